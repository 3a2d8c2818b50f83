// The strip on top: whose desk this is, which side of it, whether it is live.
import { h, redraw } from "./dom.js";
import { currentLanguage, LANGUAGES, speak, t } from "./words.js";

export function languagePicker(onChange) {
  const choose = ({ target }) => {
    speak(target.value);
    onChange();
  };
  const options = Object.entries(LANGUAGES).map(([code, name]) =>
    h("option", { value: code, lang: code, selected: code === currentLanguage() }, name));
  return h("select", { class: "language", "aria-label": t("language"), "data-key": "language", onchange: choose }, options);
}

export function drawHeader(element, { viewer, sides, side, news, onSide, onLanguage, onSignOut, onNotices, onPrograms, onPeople, onAccount, indicator }) {
  const who = `${viewer.name} · ${viewer.roles.map((role) => t(`role.${role}`)).join(", ")}`;
  redraw(element,
    h("p", { class: "brand" }, h("img", { src: "/live/mark.svg", alt: "", width: "26", height: "26" }), h("span", null, "Tramesa")),
    h("div", { class: "who" }, h("strong", null, viewer.party.name),
      h("button", { type: "button", class: "account", "data-key": "account", title: t("account.title"), onclick: onAccount }, who)),
    sides.length > 1 && h("div", { class: "sides", role: "group", "aria-label": t("side.label") },
      sides.map((one) => sideButton(one, { current: one === side, fresh: news.has(one), onSide }))),
    h("div", { class: "tools" }, indicator, languagePicker(onLanguage),
      h("button", { class: "quiet", type: "button", "data-key": "notices", onclick: onNotices }, t("notices.open")),
      viewer.roles.includes("ADMIN") && h("button", { class: "quiet", type: "button", "data-key": "people", onclick: onPeople }, t("people.open")),
      h("button", { class: "quiet", type: "button", "data-key": "programs", onclick: onPrograms }, t("programs.open")),
      h("button", { class: "quiet", type: "button", "data-key": "sign-out", onclick: onSignOut }, t("signOut"))),
  );
}

function sideButton(side, { current, fresh, onSide }) {
  return h("button",
    { type: "button", "data-key": `side-${side}`, "aria-pressed": String(current), onclick: () => onSide(side) },
    t(`side.${side}`), fresh && h("span", { class: "news" }, h("span", { class: "hidden" }, t("side.news"))));
}

// Kept apart from the strip, which is redrawn: a screen reader only hears changes of an element that stays.
export function liveIndicator() {
  const words = h("span");
  const element = h("span", { class: "live", role: "status" }, h("i", { "aria-hidden": "true" }), words);
  let last = ["connecting", 0];
  const draw = () => {
    const [state, resumed] = last;
    element.dataset.state = state;
    element.dataset.resumed = resumed;
    words.textContent = state === "live" && resumed ? t("live.resumed", { n: resumed }) : t(`live.${state}`);
  };
  const set = (state, resumed = 0) => {
    last = [state, resumed];
    draw();
  };
  draw();
  return { element, set, redraw: draw };
}
