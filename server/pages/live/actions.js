// The buttons of availableTransitions, and the dialog where a step needs to be told something.
import { change } from "./api.js";
import { fullNumber } from "./catalogue.js";
import { field, h, uuid } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { MOVES } from "./queries.js";
import { t } from "./words.js";

const today = () => new Date().toLocaleDateString("sv");

// What a step asks for: the input's field, and how it is entered.
const QUESTIONS = {
  REGISTERED: () => [["registryNumber", h("input", { maxlength: "100" }), "form.registryHint"]],
  REGISTERED_IN_RCF: () => [["rcfNumber", h("input", { required: true, maxlength: "100" })]],
  PAID: () => [["paymentDate", h("input", { type: "date", required: true, value: today() })]],
  REJECTED: () => [
    ["reason", h("textarea", { required: true, rows: "3", maxlength: "2000" })],
    ["reasonCode", h("input", { maxlength: "20" })],
  ],
};

// `box` outlives the bar: a refusal redraws the invoice as it stands now, and its reason has to stay readable.
export function actionBar(invoice, { box, onMoved, onStale }) {
  const possible = invoice.availableTransitions.filter((status) => status in MOVES);
  if (!possible.length) return box;
  const move = mover(invoice, { onMoved, onStale });
  const [next] = possible;
  const press = (status) => ({ currentTarget }) =>
    status in QUESTIONS ? openDialog(invoice, status, move) : move(status, {}, { box, button: currentTarget });
  const buttons = possible.map((status) => h("button", {
    type: "button",
    class: status === "REJECTED" ? "danger" : status === next ? "primary" : "quiet",
    "data-key": `do-${status}`,
    "data-to": status,
    onclick: press(status),
  }, t(`do.${status}`)));
  return h("div", { class: "actions", role: "group", "aria-label": t("invoice.actions") }, buttons, box);
}

// The same answers sent again carry the same key, so a step whose answer got lost on the way is not taken twice.
function mover(invoice, { onMoved, onStale }) {
  const keys = new Map();
  return async function move(status, answers, { box, button }) {
    const sent = JSON.stringify([status, answers]);
    if (!keys.has(sent)) keys.set(sent, uuid());
    const input = { invoiceId: invoice.id, ...answers, expectedVersion: invoice.version, idempotencyKey: keys.get(sent) };
    const payload = await attempt({ box, button }, () => change(MOVES[status], { input }));
    if (payload) onMoved(payload.invoice);
    else if (box.querySelector("[data-code=VERSION_CONFLICT], [data-code=TRANSITION_NOT_ALLOWED]")) onStale();
    return payload;
  };
}

function openDialog(invoice, status, move) {
  const questions = QUESTIONS[status]();
  const box = problemBox();
  const button = h("button", { type: "submit", class: status === "REJECTED" ? "danger" : "primary" }, t(`do.${status}`));

  async function submit(event) {
    event.preventDefault();
    const answers = questions.map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value);
    if (await move(status, Object.fromEntries(answers), { box, button })) dialog.close();
  }

  const dialog = h("dialog", { class: "sheet", "aria-labelledby": "dialog-title" },
    h("form", { onsubmit: submit },
      h("h2", { id: "dialog-title" }, t(`do.${status}`)),
      h("p", { class: "about" }, `${fullNumber(invoice)} · ${invoice.issuer.name} → ${invoice.receiver.name}`),
      questions.map(([name, input, hint]) => field(t(`form.${name}`), input, { hint: hint && t(hint) })),
      box,
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("form.cancel")), button)));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("input, textarea").focus();
}
