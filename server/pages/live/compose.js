// The two ways in: an invoice written here, and a file brought.
import { change } from "./api.js";
import { field, h, uuid } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { IMPORT, ISSUE } from "./queries.js";
import { t } from "./words.js";

const decimal = (text) => text.trim().replace(",", ".");

// In another language the form is drawn anew, and goes on with what has been entered.
function pane(draw) {
  const keys = new Map();
  const made = draw(keys);
  function translate() {
    const before = made.element;
    made.element = draw(keys, before).element;
    const entered = named(before);
    named(made.element).forEach((each, index) => {
      if (each.type === "file") each.files = entered[index].files;
      else each.value = entered[index].value;
    });
    before.replaceWith(made.element);
  }
  return { ...made, translate };
}

const named = (element) => [...element.elements].filter(({ name }) => name);

function form({ title, lead, submit, keys, onClose, onOpen, onDone }, content, send) {
  const box = problemBox();
  const button = h("button", { type: "submit", class: "primary" }, submit);
  const keyFor = (sent) => keys.get(sent) ?? keys.set(sent, uuid()).get(sent);

  async function submitted(event) {
    event.preventDefault();
    const payload = await attempt({ box, button, open: onOpen }, () => send(keyFor));
    if (payload) return onDone(payload.invoice.id);
    if (element.querySelector("[data-code=RECEIVER_UNKNOWN]")) element.querySelector(".newcomer").open = true;
  }

  const element = h("form", { class: "composer", onsubmit: submitted },
    h("h1", null, title), lead && h("p", { class: "lead" }, lead), content, box,
    h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: onClose }, t("form.cancel")), button));
  return { element };
}

export const openComposer = (events) => pane((keys, before) => composer({ ...events, keys }, before));
export const openImporter = (events) => pane((keys) => importer({ ...events, keys }));

function composer(events, before) {
  const taxId = h("input", { required: true, maxlength: "20", autocapitalize: "characters", name: "taxId" });
  const name = h("input", { maxlength: "80", name: "receiverName", "data-path": "receiver.name" });
  const email = h("input", { type: "email", maxlength: "60", name: "receiverEmail", "data-path": "receiver.email" });
  const number = h("input", { required: true, maxlength: "20", name: "number" });
  const series = h("input", { maxlength: "20", name: "series" });
  const issued = h("input", { type: "date", required: true, value: new Date().toLocaleDateString("sv"), name: "issueDate" });
  const due = h("input", { type: "date", name: "dueDate" });
  const iban = h("input", { maxlength: "34", name: "iban", autocapitalize: "characters" });
  const lines = h("div", { class: "composed-lines" });

  function addLine() {
    const n = lines.children.length + 1;
    const cell = (name, label, attributes) => field(label, h("input", { name, required: true, ...attributes }));
    const amount = { inputmode: "decimal", pattern: "-?\\d+([.,]\\d+)?" };
    const remove = n > 1 && h("button", { type: "button", class: "quiet remove", "aria-label": t("new.removeLine", { n }), onclick: () => (line.remove(), renumber()) }, "×");
    const line = h("fieldset", null, h("legend", null, t("new.line", { n })),
      cell("description", t("invoice.description"), { maxlength: "2500" }),
      cell("quantity", t("invoice.quantity"), { ...amount, value: "1" }),
      cell("unitPrice", t("invoice.unitPrice"), amount),
      cell("taxRate", t("new.taxRate"), { ...amount, value: "21" }), remove);
    lines.append(line);
    return line;
  }

  function renumber() {
    [...lines.children].forEach((line, index) => {
      line.querySelector("legend").textContent = t("new.line", { n: index + 1 });
      line.querySelector(".remove")?.setAttribute("aria-label", t("new.removeLine", { n: index + 1 }));
    });
  }

  function readLine(line) {
    const value = (name) => line.querySelector(`[name=${name}]`).value;
    return {
      description: value("description").trim(),
      quantity: decimal(value("quantity")),
      unitPrice: decimal(value("unitPrice")),
      taxRate: decimal(value("taxRate")),
    };
  }

  function send(keyFor) {
    const input = {
      receiver: { taxId: taxId.value.trim().toUpperCase(), name: name.value.trim() || null, email: email.value.trim() || null },
      number: number.value.trim(),
      series: series.value.trim() || null,
      issueDate: issued.value,
      lines: [...lines.children].map(readLine),
      payment: due.value ? { dueDate: due.value, iban: iban.value.replaceAll(" ", "") || null } : null,
    };
    return change(ISSUE, { input: { ...input, idempotencyKey: keyFor(JSON.stringify(input)) } });
  }

  const many = before?.querySelectorAll(".composed-lines fieldset").length ?? 1;
  for (let n = 0; n < many; n += 1) addLine();
  const more = h("button", { type: "button", class: "quiet", onclick: () => addLine().querySelector("input").focus() }, t("new.addLine"));
  const content = [
    h("div", { class: "grid" }, field(t("new.taxId"), taxId), field(t("new.date"), issued), field(t("new.series"), series), field(t("new.number"), number)),
    h("details", { class: "newcomer", open: before?.querySelector("details").open }, h("summary", null, t("new.newcomer")),
      h("div", { class: "grid" }, field(t("new.receiverName"), name), field(t("new.receiverEmail"), email, { hint: t("new.receiverEmailHint") }))),
    lines, more,
    h("div", { class: "grid" }, field(t("new.dueDate"), due), field(t("new.iban"), iban)),
  ];
  return form({ title: t("new.title"), submit: t("new.submit"), ...events }, content, send);
}

function importer(events) {
  const file = h("input", { type: "file", required: true, accept: ".xml,.xsig,application/xml,text/xml", name: "file" });
  const attachments = h("input", { type: "file", multiple: true, name: "attachments" });
  const email = h("input", { type: "email", maxlength: "254", name: "receiverEmail" });

  function send(keyFor) {
    const chosen = [file.files[0], ...attachments.files];
    const [, ...more] = chosen;
    const receiverEmail = email.value.trim() || null;
    const idempotencyKey = keyFor(JSON.stringify([receiverEmail, ...chosen.map(({ name, size, lastModified }) => [name, size, lastModified])]));
    const input = { file: null, attachments: more.length ? more.map(() => null) : null, receiverEmail, idempotencyKey };
    const extra = more.map((one, index) => [`variables.input.attachments.${index}`, one]);
    return change(IMPORT, { input }, { files: Object.fromEntries([["variables.input.file", file.files[0]], ...extra]) });
  }

  const content = h("div", { class: "grid" }, field(t("import.file"), file), field(t("import.attachments"), attachments),
    field(t("new.receiverEmail"), email, { hint: t("import.receiverEmailHint") }));
  return form({ title: t("import.title"), lead: t("import.lead"), submit: t("import.submit"), ...events }, content, send);
}
