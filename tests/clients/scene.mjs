// What every client here has before it: a public body with seven invoices, somebody who signs in for it, and others.
import { readFileSync } from "node:fs";
import { parse, print } from "graphql";
import WebSocket from "ws";
import { openLine } from "./line.mjs";

globalThis.WebSocket ??= WebSocket; // Browsers have it, and Node.js from 22 on.

const scene = JSON.parse(process.env.SCENE);
export const { email, password } = scene;
export const line = await openLine(scene.url);
export const endpoint = `${line.url}/graphql`;
export const file = new File([readFileSync(scene.document)], "factura.xml", { type: "application/xml" });

const { definitions } = parse(readFileSync(new URL("operations.graphql", import.meta.url), "utf8"));
export const documents = Object.fromEntries(
  definitions.map((definition) => [definition.name.value, { kind: "Document", definitions: [definition] }]),
);
export const operations = Object.fromEntries(Object.entries(documents).map(([name, text]) => [name, print(text)]));

// The names of the operations that went out over HTTP: an answer from a cache is not among them.
const sent = [];
const fetched = globalThis.fetch;
globalThis.fetch = (url, options) => {
  const text = typeof options.body === "string" ? options.body : options.body.get("operations");
  sent.push(/(?:query|mutation|subscription) (\w+)/.exec(JSON.parse(text).query)[1]);
  return fetched(url, options);
};

// Others change what the client looks at, on a line of their own that nobody cuts.
async function others(token, field, type, input) {
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { errors { code message path } } }`;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const body = JSON.stringify({ query, variables: { input } });
  const answer = await (await fetched(`${scene.url}/graphql`, { method: "POST", headers, body })).json();
  if (answer.data?.[field].errors.length !== 0) throw new Error(JSON.stringify(answer));
}

const deliver = (number) =>
  others(scene.colleague, "markInvoiceDelivered", "ChangeStatusInput", { invoiceId: scene.invoices[number] });
const issue = () => others(scene.supplier, "issueInvoice", "IssueInvoiceInput", scene.eighth);

const events = [];
let listed = [];
let wake = () => {};

// What a page would do with an event, and with a list that has changed.
export function show(event) {
  events.push(`${event.invoice.number} ${event.change.to}`);
  wake();
}

export function render(edges) {
  listed = edges.map(({ node: { number, status } }) => `${number} ${status}`);
  wake();
}

async function until(condition) {
  const patience = setTimeout(() => {
    throw new Error(`in vain; until now: ${JSON.stringify({ events, listed, sent })}`);
  }, 20_000);
  while (!condition()) await new Promise((resolve) => (wake = resolve));
  clearTimeout(patience);
}

// The list on the page, as soon as it has this line.
export async function arrival(row) {
  await until(() => listed.includes(row));
  return listed;
}

// One change is heard, two happen while the line is cut, and others after the client is back.
export async function interruption() {
  await until(() => events.length === 1);
  const broken = line.cut();
  await deliver("F-2");
  await deliver("F-3");
  line.mend();
  await until(() => events.length === 3);
  await deliver("F-4");
  await issue();
  await until(() => events.length === 6);
  return { cut: broken > 0, events: [...events], sent };
}

// What somebody hears who follows from the beginning too, and is cut off behind all that.
export async function second(follow) {
  const heard = [];
  follow((event) => {
    heard.push(`${event.invoice.number} ${event.change.to}`);
    wake();
  });
  await until(() => heard.length === 6);
  line.cut();
  await deliver("F-5");
  line.mend();
  await until(() => heard.length === 7);
  return heard;
}

export function tell(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}

export const numbers = (page) => page.invoices.edges.map((edge) => edge.node.number);
export const briefly = ({ invoice, errors }) => (errors.length ? errors : `${invoice.number} ${invoice.status}`);
