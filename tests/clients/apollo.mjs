// Apollo Client: a normalised cache that mutations, further pages and the feed write to, and a list that shows it.
import { documents, email, endpoint, file, password } from "./scene.mjs";
import { arrival, briefly, interruption, render, show, tell } from "./scene.mjs";
import { bearer, session } from "./session.mjs";
import { follow, socket } from "./socket.mjs";

const { SignIn, Invoices, Register, Import, Changes } = documents;

//> set up
import { ApolloClient, ApolloLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { relayStylePagination } from "@apollo/client/utilities";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";

const credentials = new SetContextLink(() => ({ headers: bearer() }));
const http = credentials.concat(new UploadHttpLink({ uri: endpoint }));
const live = new GraphQLWsLink({ ...socket, subscribe: follow });
const link = ApolloLink.split(({ operationType }) => operationType === "subscription", live, http);
const fields = { invoices: relayStylePagination(["role", "filter", "orderBy"]) };
const client = new ApolloClient({ link, cache: new InMemoryCache({ typePolicies: { Query: { fields } } }) });
const mutate = async (mutation, input) => (await client.mutate({ mutation, variables: { input } })).data;
//<

//> merge
// An invoice that the list has is changed by its id, without a word of ours; one that has just come is put first.
function updateQuery(list, { subscriptionData: { data } }) {
  const { cursor, change, invoice } = data.invoiceStatusChanged;
  show({ change, invoice });
  if (list.invoices.edges.some(({ node }) => node.id === invoice.id)) return list;
  const edges = [{ __typename: "InvoiceEdge", cursor, node: invoice }, ...list.invoices.edges];
  return { ...list, invoices: { ...list.invoices, edges } };
}
//<

//> use
session.token = (await mutate(SignIn, { email, password })).signIn.accessToken;
const { data: first } = await client.query({ query: Invoices, variables: { first: 3 } });
const list = client.watchQuery({ query: Invoices, variables: { first: 3 } });
list.subscribe(({ data }) => render(data.invoices.edges));
let page = first.invoices;
while (page.pageInfo.hasNextPage)
  page = (await list.fetchMore({ variables: { after: page.pageInfo.endCursor } })).data.invoices;
//<
const lists = [await arrival("F-1 REGISTERED")];
//> use
const { registerInvoiceInRcf } = await mutate(Register, { invoiceId: page.edges[0].node.id, rcfNumber: "2026/1" });
//<
lists.push(await arrival("F-1 REGISTERED_IN_RCF"));
//> use
const { importInvoice } = await mutate(Import, { file });
list.subscribeToMore({ document: Changes, variables: { after: first.feedCursor }, updateQuery });
//<

const followed = await interruption();
lists.push(await arrival("F-8 REGISTERED"));
tell({ lists, mutated: briefly(registerInvoiceInRcf), uploaded: briefly(importInvoice), ...followed });
