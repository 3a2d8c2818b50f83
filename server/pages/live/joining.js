// Signing up as a receiver that was invited: the tax id, the key from the mail, the key from the issuer.
import { field, h } from "./dom.js";
import { languagePicker } from "./header.js";
import { isKey } from "./keys.js";
import { attempt, problemBox, showProblems } from "./problems.js";
import { ACCEPT_INVITATION } from "./queries.js";
import { begin } from "./session.js";
import { post } from "./transport.js";
import { currentLanguage, t } from "./words.js";

const KEY = { required: true, maxlength: "60", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", class: "key" };
const FIELDS = {
  taxId: { required: true, maxlength: "30", autocomplete: "off", autocapitalize: "characters" },
  keyOne: KEY,
  keyTwo: KEY,
  name: { required: true, maxlength: "255", autocomplete: "organization" },
  userName: { required: true, maxlength: "255", autocomplete: "name" },
  email: { required: true, type: "email", autocomplete: "username" },
  password: { required: true, type: "password", minlength: "8", maxlength: "1024", autocomplete: "new-password" },
};
const HINTED = ["keyOne", "keyTwo", "password"];

export function showJoining(page, { kept, onDone, onBack }) {
  const inputs = Object.fromEntries(Object.entries(FIELDS).map(([name, attributes]) =>
    [name, h("input", { ...attributes, name, "data-key": name, value: kept[name] ?? "" })]));
  const notices = h("input", { type: "checkbox", name: "notices", checked: kept.notices ?? true });
  const box = problemBox();
  const button = h("button", { class: "primary", type: "submit" }, t("join.submit"));

  const values = () => ({
    ...Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, name === "password" ? input.value : input.value.trim()])),
    notices: notices.checked,
  });

  async function submit(event) {
    event.preventDefault();
    const { notices: noticesOfNewInvoices, ...said } = values();
    const slip = ["keyOne", "keyTwo"].find((name) => !isKey(said[name]));
    if (slip) {
      inputs[slip].select();
      return showProblems(box, [{ code: "SLIP", said: t("join.slip", { key: t(`join.${slip}`) }), path: [slip] }], { form: event.target });
    }
    const input = { ...said, language: currentLanguage().toUpperCase(), noticesOfNewInvoices };
    const payload = await attempt({ box, button }, async () => inWords((await post(ACCEPT_INVITATION, { input })).acceptInvitation));
    if (!payload) return;
    begin(payload);
    onDone();
  }

  const one = (name) => field(t(`join.${name}`), inputs[name], { hint: HINTED.includes(name) && t(`join.${name}Hint`) });
  document.title = `${t("join.title")} · Tramesa`;
  page.replaceChildren(
    h("main", { class: "welcome" },
      h("section", { class: "card wide" },
        h("p", { class: "brand" }, h("img", { src: "/live/mark.svg", alt: "", width: "28", height: "28" }), "Tramesa"),
        h("h1", null, t("join.title")),
        h("p", { class: "lead" }, t("join.lead")),
        h("form", { class: "joining", onsubmit: submit },
          Object.keys(FIELDS).map(one),
          h("label", { class: "tick" }, notices, t("join.notices")),
          box, button)),
      h("button", { type: "button", class: "link", "data-key": "back", onclick: onBack }, t("track.back")),
      languagePicker(() => showJoining(page, { kept: values(), onDone, onBack }))),
  );
  Object.values(inputs).find((input) => !input.value)?.focus();
}

// "Wrong" has a sentence of its own here, since it is about keys and not about a password.
const inWords = (payload) => ({
  ...payload,
  errors: payload.errors.map((error) => (error.code === "BAD_CREDENTIALS" ? { ...error, code: "BAD_KEYS" } : error)),
});

// A link from a mail: the tax id is asked for by it, the key stands behind the #, which no server sees.
export function joiningLink() {
  const taxId = new URLSearchParams(location.search).get("invitation");
  if (taxId === null) return null;
  const keyOne = location.hash.slice(1).replace(/[^0-9A-Za-z-]/g, "");
  history.replaceState(null, "", `/live?invitation=${encodeURIComponent(taxId)}`);
  return { taxId, keyOne };
}

