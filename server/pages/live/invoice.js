// One open invoice: read, marked as seen, read again when the feed says that it changed.
import { ask } from "./api.js";
import { fullNumber } from "./catalogue.js";
import { h, later, redraw } from "./dom.js";
import { drawInvoice, local } from "./paper.js";
import { problemBox, requestError, showProblems } from "./problems.js";
import { INVOICE, MARK_SEEN } from "./queries.js";
import { t } from "./words.js";

const LINKS_LAST = 10 * 60_000;

// Neither goes back. A request of cancellation does not change the version.
const isNews = (old, found) =>
  found.version > old.version ||
  (found.version === old.version && found.cancellation.history.length > old.cancellation.history.length);

export function openInvoice(id, { side, viewer, onChanged, onClose, onSide, onOpen }) {
  const box = problemBox();
  const moveBox = problemBox();
  const cancellationBox = problemBox();
  const body = h("div", { class: "body" });
  const element = h("article", { class: "invoice", "data-invoice": id }, box, body);
  const known = new Set();
  let invoice = null;
  let drawnAt = 0;
  let turn = 0;
  let closed = false;
  let failed = false;

  async function read() {
    turn += 1;
    const mine = turn;
    try {
      const { invoice: found } = await ask(INVOICE, { id });
      if (closed || mine !== turn) return;
      failed = false;
      box.replaceChildren();
      if (found) take(found);
      else if (!invoice) redraw(body, closer(), h("p", { class: "nothing" }, t("invoice.missing")));
    } catch (error) {
      if (closed || mine !== turn) return;
      failed = true;
      showProblems(box, [requestError(error)]);
    }
  }

  function take(found) {
    if (invoice && !isNews(invoice, found)) return;
    const first = !invoice;
    invoice = found;
    document.title = `${fullNumber(invoice)} · Tramesa`;
    draw();
    onChanged(invoice);
    if (first) arrived();
  }

  function arrived() {
    const mine = { ISSUER: invoice.issuer.taxId === viewer.party.taxId, RECEIVER: invoice.receiver.taxId === viewer.party.taxId };
    if (!mine[side]) onSide(mine.RECEIVER ? "RECEIVER" : "ISSUER");
    if (mine.RECEIVER && !invoice.seen) see();
  }

  // Not having told the server is no reason to trouble the reader: opening it again tries again.
  async function see() {
    const { markInvoiceSeen } = await ask(MARK_SEEN, { input: { invoiceId: id } }).catch(() => ({}));
    if (closed || !markInvoiceSeen?.invoice) return;
    invoice = { ...invoice, seen: true };
    onChanged(invoice);
  }

  const closer = () => h("div", { class: "closer" },
    h("button", { type: "button", class: "quiet back", "data-key": "close", "aria-label": `${t("invoice.back")} · ${t("invoice.close")}`, onclick: () => onClose() },
      h("span", { "aria-hidden": "true" }, "←"), h("span", { class: "words" }, t("invoice.back"))));

  function draw() {
    const fresh = invoice.history.filter((change) => known.size && !known.has(change.id)).map((change) => change.id);
    invoice.history.forEach((change) => known.add(change.id));
    drawnAt = Date.now();
    redraw(body, closer(), drawInvoice(invoice, { fresh, box: moveBox, cancellationBox, onMoved: take, onStale: read, onDownload: download, onOpen }));
  }

  // A signed link is good for fifteen minutes, an open window for much longer.
  async function download(event, pick) {
    if (Date.now() - drawnAt < LINKS_LAST) return;
    event.preventDefault();
    const { invoice: found } = await ask(INVOICE, { id }).catch(() => ({ invoice: null }));
    if (found) location.assign(local(pick(found)));
  }

  const readSoon = later(60, read);
  read();
  return {
    element,
    translate: () => (invoice ? draw() : read()),
    changed: (changedId = id) => changedId === id && readSoon(),
    recover: () => failed && read(),
    close: () => (closed = true),
  };
}
