// One's own access: another password in place of a known one.
import { change } from "./api.js";
import { field, h, redraw } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { CHANGE_PASSWORD } from "./queries.js";
import { t } from "./words.js";

export function openAccount({ viewer, onClose }) {
  const box = problemBox();
  const element = h("article", { class: "composer" });
  let done = false;

  function draw() {
    const current = h("input", { type: "password", name: "current", "data-path": "currentPassword", required: true, autocomplete: "current-password" });
    const next = h("input", { type: "password", name: "next", "data-path": "password", required: true, minlength: "8", maxlength: "1024", autocomplete: "new-password" });
    const button = h("button", { type: "submit", class: "primary" }, t("account.submit"));
    async function submit(event) {
      event.preventDefault();
      const input = { currentPassword: current.value, password: next.value };
      done = Boolean(await attempt({ box, button }, async () => inWords(await change(CHANGE_PASSWORD, { input }))));
      if (!done) return current.select();
      event.target.reset();
      draw();
    }
    redraw(element,
      h("h1", null, t("account.title")), h("p", { class: "lead" }, `${viewer.name} · ${viewer.email}`),
      done && h("p", { class: "notice", role: "status" }, t("account.done")),
      h("form", { class: "address-form", "data-form": "password", onsubmit: submit },
        // Password managers want to know whose it is.
        h("input", { type: "email", autocomplete: "username", value: viewer.email, readonly: true, hidden: true }),
        field(t("account.current"), current), field(t("account.next"), next, { hint: t("join.passwordHint") }), box,
        h("div", { class: "buttons" },
          h("button", { type: "button", class: "quiet", "data-key": "close-account", onclick: onClose }, t("notices.close")), button)));
  }

  draw();
  return { element, translate: draw };
}

const inWords = (payload) => ({
  ...payload,
  errors: payload.errors.map((error) => (error.code === "BAD_CREDENTIALS" ? { ...error, code: "BAD_PASSWORD" } : error)),
});
