// Coming in by a link from a mail: joining a party, or choosing another password; and asking for such a mail.
import { field, h } from "./dom.js";
import { languagePicker } from "./header.js";
import { isKey } from "./keys.js";
import { attempt, problemBox } from "./problems.js";
import { ACCEPT_USER_INVITATION, REQUEST_RESET, RESET_PASSWORD } from "./queries.js";
import { begin } from "./session.js";
import { post } from "./transport.js";
import { currentLanguage, t } from "./words.js";

const card = (page, { title, lead, parts, onBack, again }) => {
  document.title = `${title} · Tramesa`;
  page.replaceChildren(
    h("main", { class: "welcome" },
      h("section", { class: "card" },
        h("p", { class: "brand" }, h("img", { src: "/live/mark.svg", alt: "", width: "28", height: "28" }), "Tramesa"),
        h("h1", null, title), h("p", { class: "lead" }, lead), parts),
      h("button", { type: "button", class: "link", "data-key": "back", onclick: onBack }, t("track.back")),
      languagePicker(again)));
};

const WAYS = {
  join: { words: "come", mutation: ACCEPT_USER_INVITATION },
  password: { words: "reset", mutation: RESET_PASSWORD },
};

// `link` is what comingLink gives; a key that was cut off on its way is told before anything is typed.
export function showComing(page, { link, onDone, onBack, onForgotten }) {
  const { words, mutation } = WAYS[link.what];
  const again = () => showComing(page, { link: { ...link, name: name.value }, onDone, onBack, onForgotten });
  const name = h("input", { name: "name", maxlength: "255", autocomplete: "name", value: link.name ?? "" });
  const email = h("input", { type: "email", name: "email", autocomplete: "username", readonly: true, value: link.email });
  const password = h("input", { type: "password", name: "password", required: true, minlength: "8", maxlength: "1024", autocomplete: "new-password" });
  const button = h("button", { class: "primary", type: "submit" }, t(`${words}.submit`));
  const box = problemBox();

  async function submit(event) {
    event.preventDefault();
    const input = { key: link.key, password: password.value, ...(link.what === "join" && name.value.trim() ? { name: name.value.trim() } : {}) };
    const payload = await attempt({ box, button }, async () => inWords(Object.values(await post(mutation, { input }))[0]));
    if (!payload) return;
    begin(payload);
    onDone();
  }

  const good = isKey(link.key);
  card(page, {
    title: t(`${words}.title`), lead: t(good ? `${words}.lead` : "error.BAD_LINK"), onBack, again,
    parts: good
      ? h("form", { onsubmit: submit }, link.email && field(t("signIn.email"), email), link.what === "join" && field(t("come.name"), name, { hint: t("come.nameHint") }),
        field(t("join.password"), password, { hint: t("join.passwordHint") }), box, button)
      : link.what === "password" && h("button", { type: "button", class: "primary", onclick: onForgotten }, t("forgot.open")),
  });
  (link.what === "join" ? name : password).focus();
}

export function showForgotten(page, { kept = "", onBack }) {
  const email = h("input", { id: "email", type: "email", autocomplete: "username", required: true, maxlength: "512", value: kept });
  const button = h("button", { class: "primary", type: "submit" }, t("forgot.submit"));
  const box = problemBox();

  async function submit(event) {
    event.preventDefault();
    const input = { email: email.value.trim(), language: currentLanguage().toUpperCase() };
    const payload = await attempt({ box, button }, async () => (await post(REQUEST_RESET, { input })).requestPasswordReset);
    if (payload) sent(input.email);
  }

  const sent = (to) => card(page, {
    title: t("forgot.title"), lead: t("forgot.sent", { email: to }), onBack, again: () => sent(to), parts: null,
  });
  card(page, {
    title: t("forgot.title"), lead: t("forgot.lead"), onBack, again: () => showForgotten(page, { kept: email.value, onBack }),
    parts: h("form", { onsubmit: submit }, field(t("signIn.email"), email), box, button),
  });
  email.focus();
}

const inWords = (payload) => ({
  ...payload,
  errors: payload.errors.map((error) => {
    if (error.code === "BAD_CREDENTIALS") return { ...error, code: "BAD_LINK" };
    return error.code === "INVALID" && error.path?.includes("key") ? { ...error, code: "ADDRESS_TAKEN" } : error;
  }),
});

// A link from a mail: key and address stand behind the #, which no server sees, and are taken out of the address bar.
export function comingLink() {
  const asked = new URLSearchParams(location.search);
  const what = Object.keys(WAYS).find((one) => asked.has(one));
  if (!what) return null;
  const [, key, email = ""] = /^#([0-9A-Za-z-]*)(?::(.*))?$/.exec(location.hash) ?? [null, ""];
  history.replaceState(null, "", `/live?${what}`);
  return { what, key, email: decoded(email) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
