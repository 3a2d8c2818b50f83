// How an invoice looks. Draws only what it is given.
import { actionBar } from "./actions.js";
import { cancellationPanel } from "./cancellation.js";
import { invitationPanel } from "./invitation.js";
import { fullNumber, pill, statusName } from "./catalogue.js";
import { h } from "./dom.js";
import { travelNote, unexpectedNote } from "./travel.js";
import { currentLanguage, date, fileSize, instant, money, number, percent, price, t, term } from "./words.js";

const nonzero = (decimal) => /[1-9]/.test(decimal);

export function drawInvoice(invoice, { fresh, box, cancellationBox, onMoved, onStale, onDownload, onOpen }) {
  return [
    head(invoice),
    travelNote(invoice),
    actionBar(invoice, { box, onMoved, onStale }),
    invitationPanel(invoice),
    cancellationPanel(invoice, { box: cancellationBox, onMoved, onStale }),
    h("div", { class: "columns" },
      h("div", { class: "main" }, parties(invoice), facts(invoice, onOpen), lines(invoice), totals(invoice), payments(invoice), files(invoice, onDownload)),
      timeline(invoice, fresh)),
  ];
}

const section = (title, name, ...children) => h("section", { class: name }, h("h2", null, title), children);

const head = (invoice) => h("header", { class: "head" },
  h("div", null, h("h1", null, fullNumber(invoice)), pill(invoice.status)),
  h("p", { class: "payable" }, h("small", null, t("invoice.payable")), h("strong", null, money(invoice.totals.payable, invoice.currency))));

const parties = ({ issuer, receiver, offices }) => h("div", { class: "parties" },
  party(t("invoice.issuer"), issuer),
  party(t("invoice.receiver"), receiver, offices.map(({ role, code, name }) =>
    h("li", null, `${t(`office.${role}`)}: ${[code, name].filter(Boolean).join(" ")}`))));

const party = (label, { name, taxId }, offices = []) => h("div", null,
  h("h2", null, label), h("strong", null, name), h("span", null, taxId), offices.length > 0 && h("ul", null, offices));

// A link to another invoice, which opens in the place of this one.
const link = (onOpen, other) => h("a", {
  href: `/live?invoice=${encodeURIComponent(other.id)}`,
  "data-opens": other.id,
  onclick: (event) => (event.preventDefault(), onOpen(other.id)),
}, `${fullNumber(other)} · ${statusName(other.status)}`);

function facts(invoice, onOpen) {
  const { corrects, correctedBy } = invoice;
  const known = [
    ["issueDate", date(invoice.issueDate)],
    ["registryNumber", invoice.registryNumber],
    ["registeredAt", invoice.registeredAt && instant(invoice.registeredAt)],
    ["rcfNumber", invoice.rcfNumber],
    ["paymentDate", invoice.paymentDate && date(invoice.paymentDate)],
    ["reason", invoice.rejectionReason],
    ["corrects", corrects && [corrects.invoice ? link(onOpen, corrects.invoice) : corrects.number && fullNumber(corrects), corrects.reason]
      .filter(Boolean).map((part) => h("div", null, part))],
    ["correctedBy", correctedBy.length > 0 && correctedBy.map((other) => h("div", null, link(onOpen, other)))],
  ].filter(([, value]) => value);
  return h("dl", { class: "facts" }, known.map(([key, value]) =>
    h("div", null, h("dt", null, t(`invoice.${key}`)), h("dd", null, value))));
}

function lines({ lines: all, currency }) {
  const cell = (key, text) => h("td", { "data-label": t(`invoice.${key}`) }, text);
  const row = (line) => h("tr", null,
    h("td", null, line.description),
    cell("quantity", [number(line.quantity), line.unit && term("units", line.unit, line.quantity)].filter(Boolean).join(" ")),
    cell("unitPrice", price(line.unitPrice)),
    cell("rate", line.taxRate === null ? "" : percent(line.taxRate)),
    cell("amount", money(line.gross, currency)));
  const heads = ["description", "quantity", "unitPrice", "rate", "amount"].map((key) => h("th", { scope: "col" }, t(`invoice.${key}`)));
  return section(t("invoice.lines"), "lines", h("table", null, h("thead", null, h("tr", null, heads)), h("tbody", null, all.map(row))));
}

function totals({ totals: all, taxes, currency }) {
  const row = (label, amount, name) => h("div", { class: name }, h("dt", null, label), h("dd", null, money(amount, currency)));
  const optional = (key) => nonzero(all[key]) && row(t(`invoice.${key}`), all[key]);
  const tax = ({ type, rate, base, amount, withheld }) => row(
    `${term("taxes", type)} ${percent(rate)}${withheld ? ` (${t("invoice.withheld")})` : ""} · ${money(base, currency)}`,
    withheld && !amount.startsWith("-") ? `-${amount}` : amount, "tax");
  return h("dl", { class: "totals" },
    row(t("invoice.gross"), all.gross), optional("discounts"), optional("charges"), row(t("invoice.taxable"), all.taxable),
    taxes.map(tax), row(t("invoice.total"), all.total, "total"),
    all.payable !== all.total && row(t("invoice.payable"), all.payable, "total"));
}

const payments = ({ payments: all, currency }) => all.length > 0 && section(t("invoice.payments"), "payments",
  h("ul", null, all.map(({ dueDate, amount, means, iban }) => h("li", null,
    h("strong", null, money(amount, currency)), ` · ${t("invoice.dueDate")} ${date(dueDate)} · ${term("means", means)}`,
    iban && h("code", null, iban)))));

function files(invoice, onDownload) {
  const { document: original, attachments } = invoice;
  const link = (name, pick) => h("a", { href: local(pick(invoice)), onclick: (event) => onDownload(event, pick) }, name);
  const file = (name, notes, pick) => h("li", null, link(name, pick), h("small", null, notes.filter(Boolean).join(" · ")));
  const { status, signer } = original.signature;
  return section(t("invoice.files"), "files", h("ul", null,
    file(t("invoice.original"), [formatName(original.format), fileSize(original.size), t(`signature.${status}`), signer],
      (found) => found.document.signedUrl),
    h("li", { class: "forms" }, forms(invoice).map(([name, pick]) => link(name, pick))),
    attachments.map(({ id, name, size, description }) => file(name, [description, fileSize(size)],
      (found) => found.attachments.find((one) => one.id === id).signedUrl))));
}

const formatName = (format) => term("formats", format);

// A link to the document is good for it in every form; a picture is in the language of the page.
function forms({ document: { format }, receipt }) {
  const [other, name] = format.startsWith("UBL") ? ["FACTURAE_3_2_2", "Facturae 3.2.2"] : ["UBL_2_1", "UBL 2.1"];
  const language = `language=${currentLanguage()}`;
  const as = (query) => ({ document: { signedUrl } }) => `${signedUrl}&format=${query}`;
  return [
    [t("invoice.picture"), as(`PDF&${language}`)],
    [name, as(other)],
    receipt && [t("invoice.receipt"), (found) => `${found.receipt.signedUrl}&${language}`],
  ].filter(Boolean);
}

// Only the path counts: this page came from the server that has the files, by whatever name people reach it.
export function local(url) {
  const { pathname, search } = new URL(url, location.href);
  return pathname + search;
}

function timeline({ history }, fresh) {
  const step = (change) => h("li", { "data-change": change.id, "data-status": change.to, class: fresh.includes(change.id) ? "fresh" : null },
    h("strong", null, statusName(change.to)),
    h("time", { datetime: change.at }, instant(change.at)),
    h("span", { class: "actor" }, change.automated ? `${change.actor} · ${t("invoice.automated")}` : change.actor),
    information(change).map((text) => h("p", null, text)),
    unexpectedNote(change));
  return section(t("invoice.history"), "history", h("ol", null, history.map(step).reverse()));
}

// What the change carried, in the reader's language; the sentence that was written with it where it carried nothing we know.
function information({ info, registryNumber, rcfNumber, reason, reasonCode, paymentDate }) {
  const known = [
    registryNumber && `${t("invoice.registryNumber")}: ${registryNumber}`,
    rcfNumber && `${t("invoice.rcfNumber")}: ${rcfNumber}`,
    paymentDate && `${t("invoice.paymentDate")}: ${date(paymentDate)}`,
    reason && `${t("invoice.reason")}: ${[reasonCode, reason].filter(Boolean).join(" · ")}`,
  ].filter(Boolean);
  return known.length ? known : [info].filter(Boolean);
}
