// The list by state: a rail of counts and sums, and the invoices, latest change first.
import { ask } from "./api.js";
import { allStatuses, fullNumber, pill, statusName } from "./catalogue.js";
import { h, later, redraw, redrawMoving } from "./dom.js";
import { openFigures } from "./figures.js";
import { problemBox, requestError, showProblems } from "./problems.js";
import { INVOICES, SUMMARY } from "./queries.js";
import { openSift } from "./sift.js";
import { date, money, shortInstant, sum, t, wholeMoney } from "./words.js";

const asked = ({ cancellation }) =>
  cancellation?.state === "REQUESTED" && h("span", { class: "asked" }, t("cancellation.short"));

export function openBoard({ onOpen, onNew, onImport, canIssue }) {
  const rail = h("nav", { class: "rail" });
  const rows = h("ul", { class: "rows" });
  const box = problemBox();
  const foot = h("div", { class: "foot" });
  const search = h("input", { type: "search", id: "search", maxlength: "100", autocomplete: "off" });
  const heading = h("div", { class: "heading" });
  const figures = openFigures();
  const sift = openSift({ onChange: () => reload(), onColumns: () => drawRows(), onPick: pick, current: () => filter(true) });
  const list = h("section", { class: "list", id: "list", tabindex: "-1" }, heading, box, rows, foot);

  let role;
  let status = null;
  let picked = null;
  let invoices = [];
  let page = { hasNextPage: false, endCursor: null };
  let summary = [];
  let loaded = false;
  let failed = false;
  let marked = null;
  const flashing = new Map();
  const recent = new Map();
  let turn = 0;
  let counting = 0;

  const filter = (withStatus) => ({
    ...(withStatus ? picked : { ...picked, status: undefined }),
    ...(withStatus && status ? { status: [status] } : {}),
    ...(search.value.trim() ? { search: search.value.trim() } : {}),
    ...sift.filter(),
  });

  // A kept filter: its words and its only state show where they are set by hand, the rest narrows unseen.
  function pick(parts) {
    const { search: words = "", ...rest } = parts ?? {};
    search.value = words;
    picked = parts && rest;
    status = rest.status?.length === 1 ? rest.status[0] : null;
    if (status) delete picked.status;
    drawRail();
    reload();
  }

  async function load(after = null) {
    turn += 1;
    const mine = turn;
    recent.clear();
    try {
      const { invoices: found } = await ask(INVOICES, { role, filter: filter(true), orderBy: sift.view.order(), after });
      if (mine !== turn) return;
      const known = new Set(after ? invoices.map(({ id }) => id) : []);
      invoices = [...(after ? invoices : []), ...found.nodes.filter(({ id }) => !known.has(id))];
      page = found.pageInfo;
      loaded = true;
      failed = false;
      box.replaceChildren();
      for (const invoice of recent.values()) merge(invoice, { flash: true }); // what was pushed while the page was on its way
      drawRows();
    } catch (error) {
      if (mine !== turn) return;
      failed = true;
      showProblems(box, [requestError(error)]);
    }
  }

  async function count() {
    counting += 1;
    const mine = counting;
    const { invoiceSummary } = await ask(SUMMARY, { role, filter: filter(false) }).catch(() => ({ invoiceSummary: null }));
    if (!invoiceSummary || mine !== counting) return;
    summary = invoiceSummary;
    drawRail();
    drawFoot();
  }
  const countSoon = later(150, count);
  const drawSoon = later(16, drawRows);
  const loadSoon = later(300, load);

  const reload = () => Promise.all([load(), count()]);
  const recover = () => failed && reload();
  search.addEventListener("input", later(220, reload));

  function drawRail() {
    rail.setAttribute("aria-label", t("list.states"));
    redraw(rail, railButton(null), allStatuses().map(railButton));
  }

  function railButton(one) {
    const counted = summary.filter((row) => one === null || row.status === one);
    const total = counted.reduce((sofar, row) => sofar + row.count, 0);
    const currencies = [...new Set(counted.map(({ currency }) => currency))];
    const sums = currencies.map((currency) =>
      wholeMoney(sum(counted.filter((row) => row.currency === currency).map(({ payable }) => payable)), currency));
    return h("button",
      { type: "button", "data-key": `state-${one}`, "data-status": one, "data-count": total, "aria-pressed": String(status === one),
        onclick: () => choose(one) },
      h("span", { class: "dot", "data-status": one }), h("span", { class: "name" }, one ? statusName(one) : t("list.all")),
      h("span", { class: "count" }, String(total)), h("span", { class: "sum" }, sums.join(" + ")));
  }

  function choose(one) {
    status = one;
    drawRail();
    load();
  }

  function drawHeading() {
    search.placeholder = t("list.searchHint");
    search.setAttribute("aria-label", t("list.search"));
    redraw(heading, h("h1", null, t(`side.${role}`)), canIssue() && h("div", { class: "starters" },
      h("button", { type: "button", class: "primary", "data-key": "new", onclick: onNew }, t("new.open")),
      h("button", { type: "button", class: "quiet", "data-key": "import", onclick: onImport }, t("import.open"))), figures.element, search, sift.element);
  }

  function drawRows() {
    redrawMoving(rows, invoices.map(row));
    drawFoot();
  }

  function drawFoot() {
    const states = status ? [status] : picked?.status;
    const total = summary.filter((one) => !states || states.includes(one.status)).reduce((sofar, one) => sofar + one.count, 0);
    const none = search.value || status || sift.active() ? "list.nothing" : "list.empty";
    redraw(foot, loaded && h("p", null, invoices.length ? t("list.count", { n: Math.max(total, invoices.length) }) : t(none)),
      page.hasNextPage && h("button", { type: "button", class: "quiet", "data-key": "more", onclick: () => load(page.endCursor) }, t("list.more")));
  }

  function row(invoice) {
    const other = role === "ISSUER" ? invoice.receiver : invoice.issuer;
    const unseen = role === "RECEIVER" && !invoice.seen;
    const follow = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      onOpen(invoice.id);
    };
    const attributes = { href: `?invoice=${encodeURIComponent(invoice.id)}`, "data-key": invoice.id, onclick: follow,
      class: unseen ? "unseen" : null, "aria-current": invoice.id === marked ? "true" : null };
    const item = h("li", { "data-row": invoice.id, "data-status": invoice.status },
      h("a", attributes,
        h("span", { class: "party" }, unseen && h("span", { class: "hidden" }, `${t("list.unseen")}: `), other.name),
        h("span", { class: "amount" }, money(invoice.totals.payable, invoice.currency)),
        h("span", { class: "number" }, joined(details(invoice, other))),
        h("span", { class: "state" }, shown("status") && pill(invoice.status), asked(invoice),
          shown("changed") && h("time", { datetime: invoice.statusChangedAt }, shortInstant(invoice.statusChangedAt)))));
    glow(item, performance.now() - (flashing.get(invoice.id) ?? -Infinity));
    return item;
  }

  const shown = (column) => sift.view.shows(column);
  const joined = (parts) => parts.flatMap((part, place) => (place ? [" · ", part] : [part]));

  // The columns of a row that stand in its second line, as far as they are chosen and there is something in them.
  function details(invoice, other) {
    const parts = {
      number: () => fullNumber(invoice),
      issueDate: () => date(invoice.issueDate),
      office: () => officeOf(invoice),
      taxId: () => other.taxId,
      registryNumber: () => invoice.registryNumber && labelled("invoice.registryNumber", invoice.registryNumber),
      rcfNumber: () => invoice.rcfNumber && labelled("invoice.rcfNumber", invoice.rcfNumber),
    };
    return Object.entries(parts).map(([column, part]) => shown(column) && part()).filter(Boolean);
  }

  const labelled = (label, text) => h("span", { class: "of-office", title: t(label) }, h("span", { class: "hidden" }, `${t(label)}: `), text);

  function officeOf({ offices }) {
    const office = offices.find(({ role: one }) => one === "ACCOUNTING_OFFICE") ?? offices[0];
    return office && h("span", { class: "of-office", title: office.name ?? t(`office.${office.role}`) }, office.code);
  }

  // A row drawn again in the middle of its glow goes on where it was.
  function glow(item, since) {
    if (since > 2_400) return;
    item.classList.add("flash");
    item.style.animationDelay = `-${Math.round(since)}ms`;
  }

  const belongs = (invoice) => !status || invoice.status === status;

  // News of one invoice: it goes to the top if its state is new, leaves if it belongs here no more. An older version is no news.
  function merge(invoice, { flash = false } = {}) {
    const old = invoices.find(({ id }) => id === invoice.id);
    if (old && old.version > invoice.version) return;
    if (flash) recent.set(invoice.id, invoice);
    const moved = !old || old.version !== invoice.version;
    if (moved) countSoon();
    if (!old && !flash) return;
    // Only the server knows whether words, an office or a kept filter still find it, and where another order has it.
    if (moved && (search.value.trim() || sift.active() || !sift.view.usualOrder())) {
      if (flash) flashing.set(invoice.id, performance.now());
      loadSoon();
      return;
    }
    if (moved && flash) flashing.set(invoice.id, performance.now());
    if (!belongs(invoice)) invoices = invoices.filter((one) => one !== old);
    else if (old && old.statusChangedAt === invoice.statusChangedAt) invoices = invoices.map((one) => (one === old ? invoice : one));
    else invoices = [invoice, ...invoices.filter((one) => one !== old)].sort((a, b) => Date.parse(b.statusChangedAt) - Date.parse(a.statusChangedAt));
    drawSoon();
  }

  function mark(id, { focus = false } = {}) {
    const before = marked;
    marked = id;
    drawRows();
    if (focus && before) rows.querySelector(`[data-key="${CSS.escape(before)}"]`)?.focus({ preventScroll: true });
  }

  function translate() {
    figures.translate();
    sift.translate();
    drawHeading();
    drawRail();
    drawRows();
  }

  function show(next) {
    role = next;
    status = null;
    picked = null;
    search.value = "";
    figures.show(role);
    sift.show(role);
    invoices = [];
    summary = [];
    loaded = false;
    page = { hasNextPage: false, endCursor: null };
    translate();
    reload();
  }

  return { rail, list, figures, show, reload, recover, merge, mark, translate };
}
