// Where a signed-in person works: header, list, one open invoice, and the feed that keeps them true.
import { ask } from "./api.js";
import { openAccount } from "./account.js";
import { openBoard } from "./board.js";
import { fullNumber, statusName } from "./catalogue.js";
import { openComposer, openImporter } from "./compose.js";
import { h, later } from "./dom.js";
import { openFeed } from "./feed.js";
import { drawHeader, liveIndicator } from "./header.js";
import { openInvoice } from "./invoice.js";
import { openNotices } from "./notices.js";
import { openPeople } from "./people.js";
import { openPrograms } from "./programs.js";
import { SIGN_OUT } from "./queries.js";
import { end } from "./session.js";
import { t } from "./words.js";

export function sidesOf({ roles, party }) {
  const sides = [];
  const admin = roles.includes("ADMIN");
  if (roles.includes("ISSUER") || (admin && party.kind !== "PUBLIC_BODY")) sides.push("ISSUER");
  if (admin || roles.includes("REGISTRAR") || roles.includes("ACCOUNTANT")) sides.push("RECEIVER");
  return sides.length ? sides : ["ISSUER", "RECEIVER"];
}

export function openDesk(page, viewer, { first } = {}) {
  const sides = sidesOf(viewer);
  const news = new Set();
  const indicator = liveIndicator();
  const header = h("header", { class: "top" });
  const said = h("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const toasts = h("div", { class: "toasts", "aria-hidden": "true" });
  const detail = h("section", { class: "detail", tabindex: "-1", "aria-live": "off" });
  const skip = h("a", { class: "skip", href: "#list" }, t("skip"));
  let side = sides.includes(first) ? first : sides[0];
  let pane = null;

  const canIssue = () => side === "ISSUER" && viewer.roles.some((role) => role === "ISSUER" || role === "ADMIN");
  const board = openBoard({ onOpen: open, onNew: () => turnTo("new"), onImport: () => turnTo("import"), canIssue });
  page.replaceChildren(skip, header, h("main", { class: "desk" }, board.rail, board.list, detail), toasts, said);

  function drawTop() {
    drawHeader(header, { viewer, sides, side, news, onSide: turn, onLanguage: translate, onSignOut: leave, onNotices: () => turnTo("notices"), onPrograms: () => turnTo("programs"), onPeople: () => turnTo("people"), onAccount: () => turnTo("account"), indicator: indicator.element });
  }

  function translate() {
    skip.textContent = t("skip");
    indicator.redraw();
    drawTop();
    board.translate();
    if (pane) pane.translate?.();
    else showNothing();
  }

  function turn(next) {
    side = next;
    news.delete(side);
    shut();
    drawTop();
    board.show(side);
  }

  function showNothing() {
    document.title = "Tramesa";
    page.classList.remove("opened");
    detail.replaceChildren(h("div", { class: "nothing" }, h("img", { src: "/live/mark.svg", alt: "", width: "56", height: "56" }), h("p", null, t("invoice.pick"))));
  }

  function put(next, { id } = {}) {
    pane?.close?.();
    pane = next;
    board.mark(id ?? null);
    page.classList.add("opened");
    detail.replaceChildren(next.element);
    detail.scrollTop = 0;
    detail.focus({ preventScroll: true });
  }

  function address(place) {
    const url = new URL(location.href);
    for (const name of ["invoice", "pane"]) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(place)) url.searchParams.set(name, value);
    if (url.href !== location.href) history.pushState(null, "", url);
  }

  function open(id, { remember = true } = {}) {
    if (remember) address({ invoice: id });
    put(openInvoice(id, { side, viewer, onChanged: board.merge, onClose: shut, onSide: follow, onOpen: open }), { id });
  }

  // A link can lead to an invoice of the other side of the desk.
  function follow(invoiceSide) {
    if (invoiceSide === side || !sides.includes(invoiceSide)) return;
    side = invoiceSide;
    news.delete(side);
    drawTop();
    board.show(side);
  }

  const composing = { onClose: () => shut(), onDone: (id) => (board.reload(), open(id)), onOpen: (id) => open(id) };
  const panes = {
    new: () => canIssue() && openComposer(composing),
    import: () => canIssue() && openImporter(composing),
    notices: () => openNotices({ viewer, onClose: () => shut(), onOpen: (id) => open(id) }),
    programs: () => openPrograms({ viewer, onClose: () => shut() }),
    people: () => viewer.roles.includes("ADMIN") && openPeople({ viewer, onClose: () => shut() }),
    account: () => openAccount({ viewer, onClose: () => shut() }),
  };

  // Each has an address, so that the way back leads out of it and not out of the page.
  function turnTo(name, { remember = true } = {}) {
    const next = panes[name]?.();
    if (!next) return shut({ remember });
    if (remember) address({ pane: name });
    document.title = `${next.element.querySelector("h1").textContent} · Tramesa`;
    put(next);
  }

  function shut({ remember = true } = {}) {
    if (!pane) return;
    pane.close?.();
    pane = null;
    if (remember) address({});
    showNothing();
    board.mark(null, { focus: true });
  }

  function changed(role, { change, invoice }, kind) {
    if (role === side) board.merge(invoice, { flash: true });
    else if (!news.has(role)) {
      news.add(role);
      drawTop();
    }
    pane?.changed?.(invoice.id);
    const state = kind === "cancellation" ? "CANCELLED" : change.to;
    // What comes with a step of the invoice is told by that step.
    if (change.act !== "ACCEPT" && change.act !== "OVERTAKE") tell(invoice, state, change.state ? t(`cancellation.${change.state}`) : statusName(state));
  }

  function tell(invoice, state, what) {
    said.textContent = `${fullNumber(invoice)}: ${what}`;
    const toast = h("p", { class: "toast" }, h("span", { class: "dot", "data-status": state }), `${fullNumber(invoice)} · ${what}`);
    toasts.append(toast);
    while (toasts.children.length > 3) toasts.firstChild.remove();
    later(5_000, () => toast.remove())();
  }

  async function leave() {
    await ask(SIGN_OUT).catch(() => {});
    end("signedOut");
  }

  function readAddress() {
    const asked = new URLSearchParams(location.search);
    if (asked.has("invoice")) open(asked.get("invoice"), { remember: false });
    else if (asked.has("pane")) turnTo(asked.get("pane"), { remember: false });
    else shut({ remember: false });
  }
  const escape = (event) => event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && !event.target.closest?.("form, input") && shut();

  drawTop();
  showNothing();
  board.show(side);
  readAddress();
  addEventListener("popstate", readAddress);
  addEventListener("keydown", escape);
  const fresh = () => {
    board.reload();
    pane?.changed?.();
  };
  // What could not be read while the server was away is read when it is back.
  function stateChanged(state, resumed) {
    indicator.set(state, resumed);
    if (state !== "live") return;
    board.recover();
    pane?.recover?.();
  }
  const closeFeed = openFeed({ roles: sides, onEvent: changed, onState: stateChanged, onFresh: fresh, onFigures: board.figures.push });

  return function close() {
    closeFeed();
    removeEventListener("popstate", readAddress);
    removeEventListener("keydown", escape);
  };
}
