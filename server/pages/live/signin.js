import { field, h } from "./dom.js";
import { languagePicker } from "./header.js";
import { attempt, problemBox } from "./problems.js";
import { SIGN_IN } from "./queries.js";
import { begin } from "./session.js";
import { post } from "./transport.js";
import { t } from "./words.js";

export function showSignIn(page, { expired, onDone, onTrack, onForgotten }) {
  const kept = page.querySelector("#email")?.value ?? "";
  const email = h("input", { id: "email", type: "email", autocomplete: "username", required: true, value: kept });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const button = h("button", { class: "primary", type: "submit" }, t("signIn.submit"));
  const box = problemBox();

  async function submit(event) {
    event.preventDefault();
    const input = { email: email.value.trim(), password: password.value };
    const payload = await attempt({ box, button }, async () => (await post(SIGN_IN, { input })).signIn);
    if (!payload) return password.select();
    begin(payload);
    onDone();
  }

  document.title = "Tramesa";
  page.replaceChildren(
    h("main", { class: "welcome" },
      h("section", { class: "card" },
        h("p", { class: "brand" }, h("img", { src: "/live/mark.svg", alt: "", width: "28", height: "28" }), "Tramesa"),
        h("h1", null, t("signIn.title")),
        h("p", { class: "lead" }, t("signIn.lead")),
        expired && h("p", { class: "notice", role: "status" }, t("signIn.expired")),
        h("form", { onsubmit: submit },
          field(t("signIn.email"), email), field(t("signIn.password"), password), box, button),
        h("a", { class: "link", href: "/live?forgotten", "data-key": "forgotten", onclick: (event) => (event.preventDefault(), onForgotten(email.value)) }, t("forgot.open"))),
      h("a", { class: "link", href: "/live?track", "data-key": "track", onclick: (event) => (event.preventDefault(), onTrack()) }, t("track.title")),
      languagePicker(() => showSignIn(page, { expired, onDone, onTrack, onForgotten }))),
  );
  (kept ? password : email).focus();
}
