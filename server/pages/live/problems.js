// What went wrong, in words: typed errors of a payload, and failures of the request itself.
import { fullNumber, statusName } from "./catalogue.js";
import { h, whenRedrawn } from "./dom.js";
import { ApiError } from "./transport.js";
import { currentLanguage, has, t } from "./words.js";

export function problemBox() {
  return h("div", { class: "problems", role: "alert" });
}

// An error that names a field of the form is said there; every other one, and what has a list or a link, in the box.
export function showProblems(box, errors, { open, form } = {}) {
  const placed = errors.map((error) => [error, error.existing || error.findings?.length ? null : fieldOf(form, error.path)]);
  placed.forEach(([error, input]) => input && mark(input, error));
  const others = placed.filter(([, input]) => !input).map(([error]) => describe(error, open));
  box.replaceChildren(...others);
  if (others.length) box.scrollIntoView({ block: "nearest" });
  form?.querySelector(":is(input, select, textarea)[aria-invalid], fieldset[aria-invalid] input")?.focus();
}

// Runs a request from a form: busy while it lasts, its failures shown where the form is. Returns the payload if it went well.
export async function attempt({ box, button, open }, request) {
  const label = button.textContent;
  const form = button.closest("form");
  const focused = document.activeElement === button;
  box.replaceChildren();
  form?.querySelectorAll("[aria-invalid]").forEach(unmark);
  button.disabled = true;
  button.textContent = t("form.busy");
  let failed = [];
  try {
    const payload = await request();
    if (!payload.errors.length) return payload;
    failed = payload.errors;
  } catch (error) {
    failed = [requestError(error)];
  } finally {
    button.disabled = false;
    button.textContent = label;
    if (focused && document.activeElement === document.body) button.focus({ preventScroll: true });
  }
  showProblems(box, failed, { open, form });
  return null;
}

// ["input", "lines", "1", "taxRate"] is the second field of that name; a dotted path is told apart by data-path.
function fieldOf(form, path) {
  const steps = path?.filter((step) => step !== "input") ?? [];
  if (!form || !steps.length) return null;
  const whole = form.querySelector(`[data-path="${CSS.escape(steps.join("."))}"]`);
  const place = steps.find((step) => /^\d+$/.test(step)) ?? 0;
  return whole ?? form.querySelectorAll(`[name="${CSS.escape(steps.at(-1))}"]`)[place] ?? null;
}

whenRedrawn(mark);
function mark(input, error) {
  input.problem = error;
  const said = h("p", { class: "problem wrong", id: `${input.id || input.name}-wrong`, "data-code": error.code }, sentence(error));
  const folded = input.closest("details");
  if (folded) folded.open = true;
  (input.closest(".field") ?? input).append(said);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  input.addEventListener("input", () => unmark(input), { once: true });
}

function unmark(input) {
  delete input.problem;
  const said = `${input.id || input.name}-wrong`;
  document.getElementById(said)?.remove();
  input.removeAttribute("aria-invalid");
  const about = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== said).join(" ");
  if (about) input.setAttribute("aria-describedby", about);
  else input.removeAttribute("aria-describedby");
}

export function requestError(error) {
  if (!(error instanceof ApiError)) throw error;
  const known = error.code === "BAD_USER_INPUT" || has(`error.${error.code}`);
  return { code: error.code, message: error.message, path: [], said: known ? null : t("error.SERVER") };
}

function describe(error, open) {
  return h(
    "div",
    { class: "problem", "data-code": error.code },
    h("p", null, sentence(error)),
    error.existing && open && h("button", { type: "button", class: "link", onclick: () => open(error.existing.id) },
      `${t("error.openExisting")}: ${fullNumber(error.existing)}`),
    error.findings?.length > 0 && h("ul", { class: "findings" }, error.findings.map(finding)),
  );
}

// What the server says is in English: what people meet has words of its own here, whatever numbers stand in it.
function sentence(error) {
  if (error.said) return error.said;
  const numbers = error.message?.match(/\d+/g) ?? [];
  const said = `said.${error.message?.replace(/\d+/g, "#")}`;
  if (has(said)) return t(said, numbers);
  const key = error.reason ? `error.${error.code}.${error.reason}` : `error.${error.code}`;
  if (has(key)) return t(key, { from: statusName(error.from), to: statusName(error.to) });
  return currentLanguage() === "en" ? error.message : [t("error.unsaid"), " ", h("small", { lang: "en" }, error.message)];
}

function finding({ rule, severity, location, line, expected, found, ...sentences }) {
  const notes = [
    line !== null && t("finding.line", { n: line }),
    line === null && location,
    expected !== null && t("finding.expected", { value: expected }),
    found !== null && t("finding.found", { value: found }),
  ].filter(Boolean);
  return h("li", { "data-severity": severity }, h("code", null, rule), h("span", null, sentences[currentLanguage()]),
    notes.length > 0 && h("small", null, notes.join(" · ")));
}
