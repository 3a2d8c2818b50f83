// At an invoice that waits for a receiver who is not here yet: where it was invited, the second key, and every step.
import { ask, change } from "./api.js";
import { h } from "./dom.js";
import { attempt, problemBox, requestError, showProblems } from "./problems.js";
import { CREATE_KEY, INVITATION, RENEW_INVITATION, RENEW_KEY, REVOKE_KEY } from "./queries.js";
import { date, instant, t } from "./words.js";

export function invitationPanel(invoice) {
  if (invoice.status !== "SENT" || invoice.receiver.registered) return null;
  const receiverTaxId = invoice.receiver.taxId;
  const box = problemBox();
  const body = h("div", { class: "told" });
  const panel = h("section", { class: "invitation", hidden: true, "aria-label": t("invitation.title") },
    h("h2", null, t("invitation.title")), body, box);

  async function read() {
    try {
      draw(await ask(INVITATION, { receiverTaxId }));
    } catch (error) {
      panel.hidden = false;
      showProblems(box, [requestError(error)]);
    }
  }

  function draw({ invitations: { nodes: [last] }, receiverKeys: { nodes: keys }, invitationEvents: { nodes: steps } }) {
    panel.hidden = !last;
    if (!last) return;
    const key = keys.find(({ state }) => state === "ACTIVE");
    const button = (name, kind, act) => h("button", { type: "button", class: kind, "data-key": `invitation-${name}`, onclick: act }, t(`invitation.do.${name}`));
    body.replaceChildren(
      h("p", null, t(last.state === "ACTIVE" ? "invitation.invited" : "invitation.expired",
        { email: last.email, at: instant(last.createdAt), until: date(last.expiresAt.slice(0, 10)) })),
      h("p", null, key ? t("invitation.hasKey", { by: key.createdBy, until: date(key.expiresAt.slice(0, 10)) }) : t("invitation.needsKey")),
      h("div", { class: "buttons" },
        key && button("revoke", "quiet", press(REVOKE_KEY, { keyId: key.id })),
        button("again", "quiet", press(RENEW_INVITATION, { receiverTaxId })),
        key ? button("renew", "quiet", press(RENEW_KEY, { keyId: key.id }, handOver))
          : button("create", "primary", press(CREATE_KEY, { receiverTaxId }, handOver))),
      h("details", null, h("summary", null, t("invitation.log")), h("ol", null, steps.map(step))),
    );
  }

  const press = (mutation, input, then) => async ({ currentTarget }) => {
    const payload = await attempt({ box, button: currentTarget }, () => change(mutation, { input }));
    if (payload) then?.(payload.secret, invoice);
    await read();
  };

  read();
  return panel;
}

const step = ({ kind, at, actor, email }) => h("li", { "data-step": kind },
  h("strong", null, t(`step.${kind}`)), h("small", null, [instant(at), actor, email].filter(Boolean).join(" · ")));

// The key is shown this once: the dialog closes by its button alone.
function handOver(secret, invoice) {
  const copied = h("p", { role: "status", class: "copied" });
  const shown = h("output", { class: "key secret" }, secret);

  async function copy() {
    try {
      await navigator.clipboard.writeText(secret);
      copied.textContent = t("key.copied");
    } catch {
      getSelection().selectAllChildren(shown);
      copied.textContent = t("key.selected");
    }
  }

  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    h("div", { class: "handing" },
      h("h2", { id: "dialog-title" }, t("key.title")),
      h("p", { class: "about" }, `${invoice.receiver.name} · ${invoice.receiver.taxId}`),
      shown,
      h("p", null, t("key.about")),
      copied,
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", onclick: copy }, t("key.copy")),
        h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, t("key.done")))));
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
