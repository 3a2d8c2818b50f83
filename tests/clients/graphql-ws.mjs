// graphql-ws: queries, mutations and the feed over one WebSocket; by fetch the sign-in, which is before it, and files.
import { email, file, operations, password } from "./scene.mjs";
import { briefly, interruption, numbers, show, tell } from "./scene.mjs";
import { ask, session, upload } from "./session.mjs";
import { follow, socket } from "./socket.mjs";

const { SignIn, Invoices, Register, Import, Changes } = operations;

//> use
const run = async (query, variables) => (await socket.iterate({ query, variables }).next()).value.data;
session.token = (await ask(SignIn, { input: { email, password } })).data.signIn.accessToken;
const pages = [await run(Invoices, { first: 3 })];
while (pages.at(-1).invoices.pageInfo.hasNextPage)
  pages.push(await run(Invoices, { first: 3, after: pages.at(-1).invoices.pageInfo.endCursor }));
const invoiceId = pages.at(-1).invoices.edges[0].node.id;
const { registerInvoiceInRcf } = await run(Register, { input: { invoiceId, rcfNumber: "2026/1" } });
const { importInvoice } = (await upload(Import, file)).data;
const sink = { next: ({ data }) => show(data.invoiceStatusChanged), error: console.error, complete() {} };
follow({ query: Changes, variables: { after: pages[0].feedCursor } }, sink);
//<

tell({
  lists: pages.map(numbers),
  mutated: briefly(registerInvoiceInRcf),
  uploaded: briefly(importInvoice),
  ...(await interruption()),
});
