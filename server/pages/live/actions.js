// The buttons of availableTransitions, and the dialog where a step needs to be told something.
import { openDialog, performer } from "./asking.js";
import { field, h } from "./dom.js";
import { MOVES } from "./queries.js";
import { t } from "./words.js";

const today = () => new Date().toLocaleDateString("sv");

// What a step asks for: the input's field, and how it is entered.
const QUESTIONS = {
  REGISTERED: () => [["registryNumber", h("input", { name: "registryNumber", maxlength: "100" }), "form.registryHint"]],
  REGISTERED_IN_RCF: () => [["rcfNumber", h("input", { name: "rcfNumber", required: true, maxlength: "100" })]],
  PAID: () => [["paymentDate", h("input", { name: "paymentDate", type: "date", required: true, value: today() })]],
  REJECTED: () => [
    ["reason", h("textarea", { name: "reason", required: true, rows: "3", maxlength: "2000" })],
    ["reasonCode", h("input", { name: "reasonCode", maxlength: "20" })],
  ],
};

// `box` outlives the bar: a refusal redraws the invoice as it stands now, and its reason has to stay readable.
export function actionBar(invoice, { box, onMoved, onStale }) {
  const possible = invoice.availableTransitions.filter((status) => status in MOVES);
  if (!possible.length) return box;
  const move = performer(invoice, MOVES, { onMoved, onStale });
  const [next] = possible;
  const press = (status) => ({ currentTarget }) =>
    status in QUESTIONS ? ask(invoice, status, move) : move(status, {}, { box, button: currentTarget });
  const buttons = possible.map((status) => h("button", {
    type: "button",
    class: status === "REJECTED" ? "danger" : status === next ? "primary" : "quiet",
    "data-key": `do-${status}`,
    "data-to": status,
    onclick: press(status),
  }, t(`do.${status}`)));
  return h("div", { class: "actions", role: "group", "aria-label": t("invoice.actions") }, buttons, box);
}

function ask(invoice, status, move) {
  const questions = QUESTIONS[status]();
  openDialog(invoice, {
    title: t(`do.${status}`),
    danger: status === "REJECTED",
    content: questions.map(([name, input, hint]) => field(t(`form.${name}`), input, { hint: hint && t(hint) })),
    send(place) {
      const answers = questions.map(([name, input]) => [name, input.value.trim()]).filter(([, value]) => value);
      return move(status, Object.fromEntries(answers), place);
    },
  });
}
