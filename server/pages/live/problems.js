// What went wrong, in words: typed errors of a payload, and failures of the request itself.
import { statusName } from "./catalogue.js";
import { h } from "./dom.js";
import { ApiError } from "./transport.js";
import { currentLanguage, has, t } from "./words.js";

export function problemBox() {
  return h("div", { class: "problems", role: "alert" });
}

export function showProblems(box, errors, { open } = {}) {
  box.replaceChildren(...errors.map((error) => describe(error, open)));
  box.scrollIntoView({ block: "nearest" });
}

// Runs a request from a form: busy while it lasts, its failures shown where the form is. Returns the payload if it went well.
export async function attempt({ box, button, open }, request) {
  const label = button.textContent;
  box.replaceChildren();
  button.disabled = true;
  button.textContent = t("form.busy");
  try {
    const payload = await request();
    if (!payload.errors.length) return payload;
    showProblems(box, payload.errors, { open });
  } catch (error) {
    showProblems(box, [requestError(error)]);
  } finally {
    button.disabled = false;
    button.textContent = label;
  }
  return null;
}

export function requestError(error) {
  if (!(error instanceof ApiError)) throw error;
  return { code: error.code, message: error.code === "BAD_USER_INPUT" ? error.message : t("error.SERVER"), path: [] };
}

function describe(error, open) {
  return h(
    "div",
    { class: "problem", "data-code": error.code },
    h("p", null, sentence(error)),
    error.existing && open && h("button", { type: "button", class: "link", onclick: () => open(error.existing.id) },
      `${t("error.openExisting")}: ${error.existing.series ?? ""}${error.existing.series ? "/" : ""}${error.existing.number}`),
    error.findings?.length > 0 && h("ul", { class: "findings" }, error.findings.map(finding)),
  );
}

function sentence(error) {
  const key = error.reason ? `error.${error.code}.${error.reason}` : `error.${error.code}`;
  if (has(key)) return t(key, { from: statusName(error.from), to: statusName(error.to) });
  const where = error.path?.filter((step) => step !== "input").join(" · ");
  return where ? `${error.message} (${where})` : error.message;
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
