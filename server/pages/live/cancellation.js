// Taking an invoice back: the issuer's button, the receiver's banner, and what was said.
import { change } from "./api.js";
import { fullNumber } from "./catalogue.js";
import { field, h, uuid } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { CANCELLING } from "./queries.js";
import { instant, t } from "./words.js";

// `box` outlives the panel, as that of the actions does.
export function cancellationPanel(invoice, { box, onMoved, onStale }) {
  const { cancellation: told, canRequestCancellation, canAnswerCancellation, canWithdrawCancellation } = invoice;
  const act = doer(invoice, { onMoved, onStale });
  const ask = (name, asked) => () => openDialog(invoice, name, asked, act);
  const button = (name, kind, onclick) =>
    h("button", { type: "button", class: kind, "data-key": `cancellation-${name}`, onclick }, t(`cancellation.do.${name}`));
  if (canRequestCancellation && told.state === "NONE") {
    return h("div", { class: "cancelling" }, button("request", "link", ask("request", "reason")), box);
  }
  if (told.state === "NONE") return box;
  return h("section", { class: "cancellation", "data-cancellation": told.state, "aria-label": t("cancellation.title") },
    h("h2", null, t(canAnswerCancellation ? "cancellation.asked" : `cancellation.${told.state}`)),
    words(told),
    h("div", { class: "buttons" },
      canAnswerCancellation && [
        button("refuse", "quiet", ask("refuse", "comment")),
        button("accept", "danger", ask("accept", "comment")),
      ],
      canWithdrawCancellation && button("withdraw", "quiet", ({ currentTarget }) => act("withdraw", {}, { box, button: currentTarget })),
      canRequestCancellation && button("request", "quiet", ask("request", "reason"))),
    box);
}

function words({ reason, comment, requestedAt, answeredAt, state, history }) {
  const asked = history.findLast(({ act }) => act === "REQUEST");
  const answer = history.at(-1);
  return [
    h("p", null, h("q", null, reason), h("small", null, `${asked.actor} · ${instant(requestedAt)}`)),
    (state === "ACCEPTED" || state === "REFUSED") &&
      h("p", null, comment && h("q", null, comment), h("small", null, `${answer.actor} · ${instant(answeredAt)}`)),
  ];
}

// The same answers sent again carry the same key, so that nothing is done twice.
function doer(invoice, { onMoved, onStale }) {
  const keys = new Map();
  return async function act(name, answers, { box, button }) {
    const sent = JSON.stringify([name, answers]);
    if (!keys.has(sent)) keys.set(sent, uuid());
    const input = { invoiceId: invoice.id, ...answers, expectedVersion: invoice.version, idempotencyKey: keys.get(sent) };
    const payload = await attempt({ box, button }, () => change(CANCELLING[name], { input }));
    if (payload) onMoved(payload.invoice);
    else if (box.querySelector("[data-code=VERSION_CONFLICT], [data-code=CANCELLATION_REFUSED]")) onStale();
    return payload;
  };
}

function openDialog(invoice, name, asked, act) {
  const needed = name !== "accept";
  const atOnce = name === "request" && invoice.status === "SENT" && !invoice.receiver.registered;
  const input = h("textarea", { rows: "3", maxlength: "4000", required: needed });
  const box = problemBox();
  const button = h("button", { type: "submit", class: name === "accept" ? "danger" : "primary" }, t(`cancellation.do.${name}`));

  async function submit(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (await act(name, text ? { [asked]: text } : {}, { box, button })) dialog.close();
  }

  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    h("form", { onsubmit: submit },
      h("h2", { id: "dialog-title" }, t(`cancellation.do.${name}`)),
      h("p", { class: "about" }, `${fullNumber(invoice)} · ${invoice.issuer.name} → ${invoice.receiver.name}`),
      h("p", null, t(`cancellation.about.${atOnce ? "atOnce" : name}`)),
      field(t(needed ? `cancellation.${asked}` : "cancellation.optional"), input),
      box,
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("form.cancel")), button)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
}
