// Relay without React: a connection in its store that pages, steps and events fill, and a list that shows it.
import { createRequire } from "node:module";
import { arrival, briefly, email, file, interruption, password, render, show, tell } from "./scene.mjs";
import { ask, session, upload } from "./session.mjs";
import { follow } from "./socket.mjs";

// What relay-compiler made of relay/src/Invoices.js.
const require = createRequire(`${process.env.ARTIFACTS}/`);
const made = (name) => require(`./${name}.graphql`);
const [InvoicesQuery, PageQuery, RowQuery] = ["InvoicesQuery", "InvoicesPageQuery", "InvoicesRowQuery"].map(made);
const [Changes, InvoicesList, InvoicesRow] = ["InvoicesChangesSubscription", "Invoices_list", "Invoices_row"].map(made);
const [SignIn, Register, Import] = ["SignIn", "Register", "Import"].map((name) => made(`Invoices${name}Mutation`));

//> set up
import { Environment, Network, Observable, RecordSource, Store } from "relay-runtime";
import { commitMutation, createOperationDescriptor, fetchQuery, getSelector, requestSubscription } from "relay-runtime";

const network = Network.create(
  ({ text }, variables, _, files) => (files ? upload(text, files["input.file"]) : ask(text, variables)),
  ({ text }, variables) => Observable.create((sink) => follow({ query: text, variables }, sink)),
);
const environment = new Environment({ network, store: new Store(new RecordSource()) });
const query = (text, variables) => fetchQuery(environment, text, variables).toPromise();
const mutate = (mutation, input, uploadables) =>
  new Promise((onCompleted, onError) =>
    commitMutation(environment, { mutation, variables: { input }, uploadables, onCompleted, onError }),
  );
//<

//> watch
// What a fragment of a query says, now and whenever the store changes.
function watch(fragment, text, variables, next) {
  const operation = createOperationDescriptor(text, variables);
  environment.retain(operation);
  const snapshot = environment.lookup(getSelector(fragment, environment.lookup(operation.fragment).data));
  environment.subscribe(snapshot, ({ data }) => next(data));
  next(snapshot.data);
}
//<

//> use
session.token = (await mutate(SignIn, { email, password })).signIn.accessToken;
const { feedCursor } = await query(InvoicesQuery, { first: 3 });
let list;
watch(InvoicesList, InvoicesQuery, { first: 3 }, ({ invoices }) => render((list = invoices).edges));
while (list.pageInfo.hasNextPage) await query(PageQuery, { first: 3, after: list.pageInfo.endCursor });
//<
const lists = [await arrival("F-1 REGISTERED")];
//> use
const { registerInvoiceInRcf } = await mutate(Register, { invoiceId: list.edges.at(-1).node.id, rcfNumber: "2026/1" });
//<
lists.push(await arrival("F-1 REGISTERED_IN_RCF"));
//> use
const { importInvoice } = await mutate(Import, { file: null }, { "input.file": file });
const variables = { after: feedCursor, connections: [list.__id] };
const onNext = ({ invoiceStatusChanged: event }) => show(event);
requestSubscription(environment, { subscription: Changes, variables, onNext, onError: console.error });
//<

const followed = await interruption();
lists.push(await arrival("F-8 REGISTERED"));
const { node } = await query(RowQuery, { id: list.edges[0].node.id });
const { number, status, version } = environment.lookup(getSelector(InvoicesRow, node)).data;
const refetched = { number, status, version };
tell({ lists, mutated: briefly(registerInvoiceInRcf), uploaded: briefly(importInvoice), ...followed, refetched });
