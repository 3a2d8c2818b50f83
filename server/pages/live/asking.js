// Doing something to an invoice: asked in a dialog where it needs words, sent once however often it is pressed.
import { change } from "./api.js";
import { fullNumber } from "./catalogue.js";
import { h, uuid } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { t } from "./words.js";

// What the invoice has become meanwhile refuses these: it is read again.
const STALE = "[data-code=VERSION_CONFLICT], [data-code=TRANSITION_NOT_ALLOWED], [data-code=CANCELLATION_REFUSED]";

// The same answers sent again carry the same key, so what was done and whose answer got lost is not done twice.
export function performer(invoice, operations, { onMoved, onStale }) {
  const keys = new Map();
  return async function perform(name, answers, { box, button }) {
    const sent = JSON.stringify([name, answers]);
    if (!keys.has(sent)) keys.set(sent, uuid());
    const input = { invoiceId: invoice.id, ...answers, expectedVersion: invoice.version, idempotencyKey: keys.get(sent) };
    const payload = await attempt({ box, button }, () => change(operations[name], { input }));
    if (payload) onMoved(payload.invoice);
    else if (box.querySelector(STALE)) onStale();
    return payload;
  };
}

// `about` says what it is about where that is no invoice. `send` gets where to say what went wrong and the button; the dialog closes once it gives something.
export function openDialog(invoice, { title, danger, about, content, send }) {
  const box = problemBox();
  const button = h("button", { type: "submit", class: danger ? "danger" : "primary" }, title);

  async function submit(event) {
    event.preventDefault();
    if (await send({ box, button })) dialog.close();
  }

  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    h("form", { onsubmit: submit },
      h("h2", { id: "dialog-title" }, title),
      h("p", { class: "about" }, about ?? `${fullNumber(invoice)} · ${invoice.issuer.name} → ${invoice.receiver.name}`),
      content,
      box,
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("form.cancel")), button)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector("input, textarea") ?? button).focus();
}
