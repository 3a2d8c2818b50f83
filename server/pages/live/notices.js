// Who is mailed about what, and what was mailed.
import { ask, change } from "./api.js";
import { fullNumber, statusName } from "./catalogue.js";
import { field, h, redraw } from "./dom.js";
import { attempt, problemBox, requestError, showProblems } from "./problems.js";
import { ADDRESSES, NOTIFICATIONS, REMOVE_ADDRESS, RESEND, SAVE_ADDRESS } from "./queries.js";
import { currentLanguage, instant, LANGUAGES, t } from "./words.js";

const STATES = ["SENT", "REGISTERED", "DELIVERED", "REGISTERED_IN_RCF", "RECEIVED", "CONFORMED", "RECOGNISED", "PAID", "REJECTED", "CANCELLED"];
const OTHERS = ["NEW_INVOICE", "CANCELLATION_REQUESTED", "CANCELLATION_REFUSED", "INVITATION_ACCEPTED", "DOCUMENT_REFUSED", "WEBHOOK_DISABLED"];

const eventName = (event) => (event.startsWith("STATE_") ? statusName(event.slice(6)) : t(`notice.${event}`));

export function openNotices({ viewer, onClose, onOpen }) {
  const admin = viewer.roles.includes("ADMIN");
  const box = problemBox();
  const content = h("div", { class: "notices" });
  const element = h("article", { class: "composer" });
  let addresses = [];
  let mails = [];
  let cursor = null;
  let editing = null;

  async function load() {
    try {
      const [{ noticeAddresses }, { notifications }] = await Promise.all([ask(ADDRESSES), ask(NOTIFICATIONS, {})]);
      addresses = noticeAddresses;
      take(notifications, []);
    } catch (error) {
      showProblems(box, [requestError(error)]);
    }
  }

  function take({ nodes, pageInfo }, before) {
    mails = [...before, ...nodes];
    cursor = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    draw();
  }

  const more = async () => take((await ask(NOTIFICATIONS, { after: cursor })).notifications, mails);

  function draw() {
    redraw(element,
      h("h1", null, t("notices.title")), h("p", { class: "lead" }, t("notices.lead")), box, content,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", "data-key": "close-notices", onclick: onClose }, t("notices.close"))));
    redraw(content,
      h("h2", null, t("notices.addresses")),
      h("ul", { class: "addresses" }, addresses.map(card)),
      !addresses.length && h("p", null, t("notices.none")),
      admin && (editing ? form(editing) : h("button", { type: "button", class: "quiet", "data-key": "add-address", onclick: () => edit(fresh()) }, t("notices.add"))),
      h("h2", null, t("notices.sent")),
      mails.length ? h("ul", { class: "mails" }, mails.map(mail)) : h("p", null, t("notices.nothing")),
      cursor && h("button", { type: "button", class: "quiet", "data-key": "more-mails", onclick: more }, t("list.more")));
  }

  const fresh = () => ({ address: "", language: currentLanguage().toUpperCase(), timing: "AT_ONCE", events: ["NEW_INVOICE"] });

  function edit(address) {
    editing = address;
    draw();
    content.querySelector("form input")?.focus();
  }

  function card(one) {
    const how = `${LANGUAGES[one.language.toLowerCase()]} · ${t(`timing.${one.timing}`)}`;
    return h("li", { class: "address" },
      h("strong", null, one.address), h("small", null, how),
      one.unsubscribedAt && h("p", { class: "notice" }, t("notices.stopped", { at: instant(one.unsubscribedAt) })),
      h("p", null, one.events.length ? one.events.map(eventName).join(" · ") : t("notices.noEvents")),
      admin && h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", "data-key": `edit-${one.id}`, onclick: () => edit(one) }, t("notices.edit")),
        h("button", { type: "button", class: "danger", "data-key": `remove-${one.id}`, onclick: ({ target }) => remove(one, target) }, t("notices.remove"))));
  }

  async function remove(one, button) {
    const payload = await attempt({ box, button }, () => change(REMOVE_ADDRESS, { input: { id: one.id } }));
    if (payload) load();
  }

  function form(one) {
    const address = h("input", { type: "email", required: true, maxlength: "512", value: one.address, readonly: Boolean(one.id), name: "address" });
    const language = h("select", { name: "language" }, Object.entries(LANGUAGES).map(([code, name]) =>
      h("option", { value: code.toUpperCase(), selected: code.toUpperCase() === one.language }, name)));
    const timing = h("select", { name: "timing" }, ["AT_ONCE", "DAILY"].map((value) =>
      h("option", { value, selected: value === one.timing }, t(`timing.${value}`))));
    const choice = (event) => h("label", { class: "choice" },
      h("input", { type: "checkbox", name: "event", value: event, checked: one.events.includes(event) }), eventName(event));
    const button = h("button", { type: "submit", class: "primary" }, t("notices.save"));
    async function submit(event) {
      event.preventDefault();
      const events = [...event.target.querySelectorAll("[name=event]:checked")].map(({ value }) => value);
      const input = { address: address.value.trim(), language: language.value, timing: timing.value, events };
      const payload = await attempt({ box, button }, () => change(SAVE_ADDRESS, { input }));
      if (!payload) return;
      editing = null;
      load();
    }
    return h("form", { class: "address-form", "data-form": one.id ?? "new", onsubmit: submit },
      h("div", { class: "grid" }, field(t("notices.address"), address), field(t("language"), language), field(t("notices.timing"), timing)),
      h("fieldset", null, h("legend", null, t("notices.events")), h("div", { class: "choices" }, OTHERS.map(choice))),
      h("fieldset", null, h("legend", null, t("notices.states")), h("div", { class: "choices" }, STATES.map((state) => choice(`STATE_${state}`)))),
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: () => edit(null) }, t("form.cancel")), button));
  }

  function mail(one) {
    const invoice = one.invoice;
    const said = one.lastAnswer && `${one.lastCode ?? ""} ${one.lastAnswer}`.trim();
    return h("li", { class: "mail", "data-mail": one.state },
      h("div", null, h("strong", null, t(`mail.${one.kind}`)),
        invoice && h("button", { type: "button", class: "link", onclick: () => onOpen(invoice.id) }, fullNumber(invoice))),
      h("div", null, one.recipient, h("small", null, ` · ${instant(one.createdAt)}`)),
      h("div", null, t(`sent.${one.state}`), one.sentAt && ` · ${instant(one.sentAt)}`, said && h("small", null, ` · ${said}`)),
      !["DIGEST", "INVITATION", "USER_INVITATION"].includes(one.kind) &&
        h("button", { type: "button", class: "quiet", "data-key": `resend-${one.id}`, onclick: ({ target }) => again(one, target) }, t("notices.again")));
  }

  async function again(one, button) {
    const payload = await attempt({ box, button }, () => change(RESEND, { input: { id: one.id } }));
    if (payload) load();
  }

  draw();
  load();
  return { element, translate: draw, recover: load };
}
