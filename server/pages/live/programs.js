// The programs that act for the party: tokens that they come in with, webhooks that they are told by.
import { ask, change } from "./api.js";
import { field, h, redraw } from "./dom.js";
import { attempt, problemBox, requestError, showProblems } from "./problems.js";
import { API_TOKENS, CREATE_TOKEN, CREATE_WEBHOOK, DELETE_WEBHOOK, REVOKE_TOKEN, TEST_WEBHOOK, UPDATE_WEBHOOK, WEBHOOKS } from "./queries.js";
import { instant, t } from "./words.js";

const SCOPES = ["INVOICES_READ", "INVOICES_SEND", "STATUS_CHANGE", "WEBHOOKS_MANAGE", "TOKENS_MANAGE", "PARTY_MANAGE"];

export function openPrograms({ viewer, onClose }) {
  const admin = viewer.roles.includes("ADMIN");
  const box = problemBox();
  const content = h("div", { class: "notices" });
  const element = h("article", { class: "composer" });
  let tokens = [];
  let webhooks = [];
  let making = null;
  // Shown once, until the next thing is done.
  let secret = null;

  async function load() {
    try {
      const [one, other] = await Promise.all([ask(API_TOKENS), ask(WEBHOOKS)]);
      tokens = one.apiTokens.nodes.filter(({ revokedAt }) => !revokedAt);
      webhooks = other.webhooks;
      draw();
    } catch (error) {
      showProblems(box, [requestError(error)]);
    }
  }

  function draw() {
    redraw(element,
      h("h1", null, t("programs.title")), h("p", { class: "lead" }, t("programs.lead")), box, content,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", "data-key": "close-programs", onclick: onClose }, t("notices.close"))));
    redraw(content,
      secret && h("p", { class: "notice", role: "status" }, t(secret.label), h("br"), h("code", { class: "secret" }, secret.value)),
      h("h2", null, t("programs.tokens")),
      tokens.length ? h("ul", { class: "addresses" }, tokens.map(token)) : h("p", null, t("programs.noTokens")),
      making === "token" ? tokenForm() : adder("token", t("programs.addToken")),
      admin && h("h2", null, t("programs.webhooks")),
      admin && (webhooks.length ? h("ul", { class: "addresses" }, webhooks.map(webhook)) : h("p", null, t("programs.noWebhooks"))),
      admin && (making === "webhook" ? webhookForm() : adder("webhook", t("programs.addWebhook"))));
  }

  const adder = (what, words) =>
    h("button", { type: "button", class: "quiet", "data-key": `add-${what}`, onclick: () => make(what) }, words);

  function make(what) {
    making = what;
    secret = null;
    draw();
    content.querySelector("form input")?.focus();
  }

  async function act(button, work, shown) {
    const payload = await attempt({ box, button }, work);
    if (!payload) return;
    making = null;
    secret = shown ? shown(payload) : null;
    load();
  }

  function token(one) {
    const used = one.lastUsedAt ? t("programs.used", { at: instant(one.lastUsedAt) }) : t("programs.unused");
    const ends = one.expiresAt && ` · ${t("programs.ends", { at: instant(one.expiresAt) })}`;
    return h("li", { class: "address" },
      h("strong", null, one.name), h("small", null, one.userName, " · ", used, ends),
      h("p", null, one.scopes.map((scope) => t(`scope.${scope}`)).join(" · ")),
      h("div", { class: "buttons" }, h("button",
        { type: "button", class: "danger", "data-key": `revoke-${one.id}`, onclick: ({ target }) => act(target, () => change(REVOKE_TOKEN, { input: { tokenId: one.id } })) },
        t("programs.revoke"))));
  }

  function webhook(one) {
    const input = { webhookId: one.id };
    const button = (name, words, work, kind = "quiet") => h("button",
      { type: "button", class: kind, "data-key": `${name}-${one.id}`, onclick: ({ target }) => act(target, work) }, words);
    const off = one.state === "DISABLED";
    const state = off ? t(`webhook.${one.disabledWhy}`, { at: instant(one.disabledAt) })
      : one.failingSince ? t("webhook.failing", { at: instant(one.failingSince) }) : t("webhook.ACTIVE");
    return h("li", { class: "address" },
      h("strong", { class: "target" }, one.url), h("p", { class: off ? "notice" : null }, state, one.lastError && ` · ${one.lastError}`),
      h("ul", { class: "deliveries" }, one.deliveries.nodes.map((each) => h("li", null, h("code", null, each.event), delivery(each, off)))),
      h("div", { class: "buttons" },
        !off && button("test", t("webhook.test"), () => change(TEST_WEBHOOK, { input })),
        button("switch", t(off ? "webhook.enable" : "webhook.disable"), () => change(UPDATE_WEBHOOK, { input: { ...input, enabled: off } })),
        button("delete", t("notices.remove"), () => change(DELETE_WEBHOOK, { input }), "danger")));
  }

  // When it is tried next is only worth a word where it was tried, and will be.
  const delivery = ({ state, attempts, lastCode, lastError, nextAttemptAt, sentAt, createdAt }, off) => [
    ` · ${t(`sent.${state}`)} · ${instant(sentAt ?? createdAt)}`,
    lastCode && ` · HTTP ${lastCode}`,
    state !== "SENT" && attempts > 0 && ` · ${t("travel.tried", { n: attempts })}`,
    state === "QUEUED" && attempts > 0 && !off && nextAttemptAt && ` ${t("travel.next", { at: instant(nextAttemptAt) })}`,
    lastError && ` · ${lastError}`,
  ];

  function tokenForm() {
    const name = h("input", { required: true, maxlength: "255", name: "name" });
    const choice = (scope) => h("label", { class: "choice" },
      h("input", { type: "checkbox", name: "scope", value: scope, checked: scope === "INVOICES_READ" }), t(`scope.${scope}`));
    return form(t("programs.makeToken"), (target) => {
      const scopes = [...target.querySelectorAll("[name=scope]:checked")].map(({ value }) => value);
      return change(CREATE_TOKEN, { input: { name: name.value.trim(), scopes } });
    }, ({ token: value }) => ({ label: "programs.tokenOnce", value }),
    field(t("programs.name"), name, { hint: t("programs.nameHint") }),
    h("fieldset", { name: "scopes" }, h("legend", null, t("programs.scopes")), h("div", { class: "choices" }, SCOPES.map(choice))));
  }

  function webhookForm() {
    const url = h("input", { type: "url", required: true, maxlength: "2000", name: "url", placeholder: "https://" });
    return form(t("programs.makeWebhook"), () => change(CREATE_WEBHOOK, { input: { url: url.value.trim() } }),
      ({ secret: value }) => ({ label: "programs.secretOnce", value }),
      field(t("programs.url"), url, { hint: t("programs.urlHint") }));
  }

  function form(words, work, shown, ...parts) {
    const button = h("button", { type: "submit", class: "primary" }, words);
    const submit = (event) => {
      event.preventDefault();
      act(button, () => work(event.target), shown);
    };
    const cancel = h("button", { type: "button", class: "quiet", onclick: () => make(null) }, t("form.cancel"));
    return h("form", { class: "address-form", "data-form": making, onsubmit: submit }, parts, h("div", { class: "buttons" }, cancel, button));
  }

  draw();
  load();
  return { element, translate: draw, recover: load };
}
