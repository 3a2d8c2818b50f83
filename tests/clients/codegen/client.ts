// What graphql-codegen makes of schema and operations, used: every operation, its variables and its answer have types.
//> set up
import { createClient, type ClientOptions, type ExecutionResult } from "graphql-ws";
import * as api from "./api/graphql.js";

const session: { token?: string | null } = {};
const bearer = (): Record<string, string> => (session.token ? { authorization: `Bearer ${session.token}` } : {});
type Event = api.ChangesSubscription["invoiceStatusChanged"];
//<

/** What the client is given. */
interface Scene {
  endpoint: string;
  email: string;
  password: string;
  file: File;
  line: { whole: () => Promise<void> };
  show: (event: Event) => void;
  interruption: () => Promise<object>;
}

export async function main({ endpoint, email, password, file, line, show, interruption }: Scene): Promise<object> {
  //> set up

  async function post<Data>(body: BodyInit, headers?: Record<string, string>): Promise<Data> {
    const response = await fetch(endpoint, { method: "POST", body, headers: { ...bearer(), ...headers } });
    return (await response.json()).data;
  }

  function ask<Data, Given>(query: api.TypedDocumentString<Data, Given>, variables: Given): Promise<Data> {
    return post<Data>(JSON.stringify({ query, variables }), { "content-type": "application/json" });
  }

  function upload(file: File): Promise<api.ImportMutation> {
    const form = new FormData();
    form.set("operations", JSON.stringify({ query: api.ImportDocument, variables: { input: { file: null } } }));
    form.set("map", JSON.stringify({ 0: ["variables.input.file"] }));
    form.set("0", file);
    return post<api.ImportMutation>(form);
  }

  const url = endpoint.replace("http", "ws");
  const settings: ClientOptions = { url, connectionParams: bearer, shouldRetry: () => true, retryAttempts: Infinity };
  //<
  settings.retryWait = line.whole;
  //> set up
  const socket = createClient(settings);

  function follow(after: string, show: (event: Event) => void): () => void {
    const variables: api.ChangesSubscriptionVariables = { after };
    const next = ({ data }: ExecutionResult<api.ChangesSubscription>): void => {
      if (!data) return;
      variables.after = data.invoiceStatusChanged.cursor;
      show(data.invoiceStatusChanged);
    };
    const payload = { query: api.ChangesDocument.toString(), variables };
    return socket.subscribe<api.ChangesSubscription>(payload, { next, error: console.error, complete() {} });
  }
  //<

  //> use
  session.token = (await ask(api.SignInDocument, { input: { email, password } })).signIn.accessToken;
  let page = await ask(api.InvoicesDocument, { first: 3 });
  const pages = [page];
  while (page.invoices.pageInfo.hasNextPage)
    pages.push((page = await ask(api.InvoicesDocument, { first: 3, after: page.invoices.pageInfo.endCursor })));
  const invoiceId = page.invoices.edges[0].node.id;
  const { registerInvoiceInRcf } = await ask(api.RegisterDocument, { input: { invoiceId, rcfNumber: "2026/1" } });
  const { importInvoice } = await upload(file);
  follow(pages[0].feedCursor, show);
  //<

  const status: api.InvoiceStatus | undefined = registerInvoiceInRcf.invoice?.status;
  return {
    lists: pages.map(({ invoices }) => invoices.edges.map(({ node }) => node.number)),
    mutated: `${registerInvoiceInRcf.invoice?.number} ${status}`,
    uploaded: `${importInvoice.invoice?.number} ${importInvoice.invoice?.status}`,
    ...(await interruption()),
  };
}
