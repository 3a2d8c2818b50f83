// graphql-sse: queries, mutations and the feed as streams of events; files by fetch.
import { email, endpoint, file, line, operations, password } from "./scene.mjs";
import { briefly, interruption, numbers, show, tell } from "./scene.mjs";
import { bearer, session, upload } from "./session.mjs";

const { SignIn, Invoices, Register, Import, Changes } = operations;

//> set up
import { createClient } from "graphql-sse";

let last; // the cursor of the last event, which is its id: behind it the stream goes on
const headers = () => ({ ...bearer(), ...(last && { "last-event-id": last }) });
const settings = { url: endpoint, headers, retryAttempts: Infinity };
//<
settings.retry = line.whole;
//> set up
const client = createClient(settings);
const run = async (query, variables) => (await client.iterate({ query, variables }).next()).value.data;
const next = ({ data: { invoiceStatusChanged: event } }) => {
  last = event.cursor;
  show(event);
};
//<

//> use
session.token = (await run(SignIn, { input: { email, password } })).signIn.accessToken;
const pages = [await run(Invoices, { first: 3 })];
while (pages.at(-1).invoices.pageInfo.hasNextPage)
  pages.push(await run(Invoices, { first: 3, after: pages.at(-1).invoices.pageInfo.endCursor }));
const invoiceId = pages.at(-1).invoices.edges[0].node.id;
const { registerInvoiceInRcf } = await run(Register, { input: { invoiceId, rcfNumber: "2026/1" } });
const { importInvoice } = (await upload(Import, file)).data;
const feed = { query: Changes, variables: { after: pages[0].feedCursor } };
client.subscribe(feed, { next, error: console.error, complete() {} });
//<

tell({
  lists: pages.map(numbers),
  mutated: briefly(registerInvoiceInRcf),
  uploaded: briefly(importInvoice),
  ...(await interruption()),
});
