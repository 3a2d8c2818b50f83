// What narrows the list beside the search, and how it is shown: an office, what is unread, order and columns, kept filters.
import { ask, change } from "./api.js";
import { h, redraw } from "./dom.js";
import { attempt, problemBox } from "./problems.js";
import { DELETE_FILTER, SAVED_FILTERS, SAVE_FILTER } from "./queries.js";
import { openView } from "./view.js";
import { t } from "./words.js";

// onPick gets the parts of a kept filter, or null; onChange says that the list is to be read anew, onColumns that it is to be
// drawn anew.
export function openSift({ onChange, onColumns, onPick, current }) {
  const element = h("div", { class: "sift" });
  const office = h("input", { class: "office", maxlength: "20", autocomplete: "off", spellcheck: "false", "data-key": "office" });
  const box = problemBox();
  const view = openView({ onOrder: () => onChange(), onColumns: () => onColumns(), onDrawn: () => draw() });
  let role;
  let unseen = false;
  let kept = [];
  let picked = null;
  let saving = false;
  let turn = 0;

  office.addEventListener("change", onChange);

  async function load() {
    turn += 1;
    const mine = turn;
    const { savedFilters } = await ask(SAVED_FILTERS, { role }).catch(() => ({ savedFilters: [] }));
    if (mine !== turn) return;
    kept = savedFilters;
    draw();
  }

  const filter = () => ({
    ...(office.value.trim() ? { office: office.value.trim().toUpperCase() } : {}),
    ...(unseen ? { unseen: true } : {}),
  });
  const active = () => Boolean(office.value.trim() || unseen || picked);

  function draw() {
    office.placeholder = t("sift.office");
    office.setAttribute("aria-label", t("sift.office"));
    redraw(element,
      h("div", { class: "sifters" }, office,
        role === "RECEIVER" && h("button", { type: "button", class: "quiet", "data-key": "unseen", "aria-pressed": String(unseen), onclick: toggle }, t("sift.unseen")),
        view.button(),
        kept.length > 0 && select(),
        picked?.mine && h("button", { type: "button", class: "quiet", "data-key": "forget", onclick: forget }, t("sift.delete")),
        !saving && h("button", { type: "button", class: "quiet", "data-key": "keep", onclick: () => turnSaving(true) }, t("sift.save"))),
      view.panel(), saving && form(), box);
  }

  function select() {
    const option = (one) => h("option", { value: one.id, selected: one.id === picked?.id }, one.mine ? one.name : `${one.name} · ${one.ownerName}`);
    return h("select", { "aria-label": t("sift.kept"), "data-key": "kept", onchange: ({ target }) => pick(kept.find(({ id }) => id === target.value) ?? null) },
      h("option", { value: "" }, t("sift.kept")), kept.map(option));
  }

  function toggle() {
    unseen = !unseen;
    draw();
    onChange();
  }

  function pick(one) {
    picked = one;
    const parts = one ? Object.fromEntries(Object.entries(one.filter).filter(([, value]) => value !== null)) : null;
    const { office: code = "", unseen: unread, ...rest } = parts ?? {};
    office.value = code;
    unseen = unread === true;
    view.take(one);
    draw();
    onPick(parts && { ...rest, ...(unread === false ? { unseen: false } : {}) });
  }

  function turnSaving(on) {
    saving = on;
    box.replaceChildren();
    draw();
    if (on) element.querySelector("[name=name]").focus();
  }

  function form() {
    const name = h("input", { name: "name", required: true, maxlength: "80", value: picked?.mine ? picked.name : "", "aria-label": t("sift.name"), placeholder: t("sift.name") });
    const shared = h("input", { type: "checkbox", name: "shared" });
    const submit = async (event) => {
      event.preventDefault();
      const input = { name: name.value, role, shared: shared.checked, filter: current(), ...view.kept() };
      const saved = await attempt({ box, button: event.submitter }, () => change(SAVE_FILTER, { input }));
      if (!saved?.savedFilter) return;
      picked = saved.savedFilter;
      saving = false;
      load();
    };
    return h("form", { class: "keeping", onsubmit: submit }, name,
      h("label", null, shared, ` ${t("sift.shared")}`),
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "quiet", onclick: () => turnSaving(false) }, t("form.cancel")),
        h("button", { type: "submit", class: "primary" }, t("sift.keep"))));
  }

  async function forget() {
    await change(DELETE_FILTER, { input: { filterId: picked.id } }).catch(() => {});
    pick(null);
    load();
  }

  function show(next) {
    role = next;
    view.show(role);
    kept = [];
    picked = null;
    unseen = false;
    saving = false;
    office.value = "";
    box.replaceChildren();
    draw();
    load();
  }

  return { element, filter, active, view, show, translate: draw };
}
