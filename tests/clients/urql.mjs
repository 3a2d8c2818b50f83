// urql with its normalised cache: mutations, further pages and the feed write to it, and a list shows it.
import { documents, email, endpoint, file, line, password } from "./scene.mjs";
import { arrival, briefly, interruption, render, second, show, tell } from "./scene.mjs";
import { bearer, session } from "./session.mjs";
import { follow } from "./socket.mjs";

const { SignIn, Invoices, Register, Import, Changes } = documents;

//> merge
// An invoice that a list has is changed by its id, without a word of ours; one that has just come is put first.
function invoiceStatusChanged({ invoiceStatusChanged: { cursor, change, invoice } }, _, cache) {
  if (change.to !== "SENT") return;
  const edge = { __typename: "InvoiceEdge", cursor, node: invoice };
  cache.writeFragment(gql`fragment New on InvoiceEdge { cursor node { id } }`, edge);
  const page = cache.resolve("Query", "invoices", { role: "RECEIVER", first: 3 });
  cache.link(page, "edges", [edge, ...cache.resolve(page, "edges")]);
}
//<

//> set up
import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

const cache = cacheExchange({
  keys: { InvoiceEdge: ({ cursor }) => cursor },
  resolvers: { Query: { invoices: relayPagination() } },
  updates: { Subscription: { invoiceStatusChanged } },
});
const forwardSubscription = (request) => ({ subscribe: (sink) => ({ unsubscribe: follow(request, sink) }) });
const exchanges = [cache, fetchExchange, subscriptionExchange({ forwardSubscription })];
const settings = { url: endpoint, fetchOptions: () => ({ headers: bearer() }), preferGetMethod: false };
const client = new Client({ ...settings, exchanges });
const mutate = async (mutation, input) => (await client.mutation(mutation, { input })).data;
//<

//> use
session.token = (await mutate(SignIn, { email, password })).signIn.accessToken;
const { data: first } = await client.query(Invoices, { first: 3 });
client.query(Invoices, { first: 3 }).subscribe(({ data }) => render(data.invoices.edges));
let page = first.invoices;
while (page.pageInfo.hasNextPage)
  page = (await client.query(Invoices, { first: 3, after: page.pageInfo.endCursor })).data.invoices;
//<
const lists = [await arrival("F-1 REGISTERED")];
//> use
const { registerInvoiceInRcf } = await mutate(Register, { invoiceId: page.edges.at(-1).node.id, rcfNumber: "2026/1" });
//<
lists.push(await arrival("F-1 REGISTERED_IN_RCF"));
//> use
const { importInvoice } = await mutate(Import, { file });
client.subscription(Changes, { after: first.feedCursor }).subscribe(({ data }) => show(data.invoiceStatusChanged));
//<

const followed = await interruption();
lists.push(await arrival("F-8 REGISTERED"));

//> stream
const streams = new Client({ ...settings, exchanges: [fetchExchange], fetchSubscriptions: true });

function stream(cursor, show, pause) {
  streams.subscription(Changes, { after: cursor }).subscribe(({ data, error }) => {
    if (error) return pause().then(() => stream(cursor, show, pause));
    cursor = data.invoiceStatusChanged.cursor;
    show(data.invoiceStatusChanged);
  });
}
//<

const streamed = await second((show) => stream(first.feedCursor, show, line.whole));
tell({ lists, mutated: briefly(registerInvoiceInRcf), uploaded: briefly(importInvoice), ...followed, streamed });
