// Builds elements. Text only ever becomes a text node, so nothing that a document contains can become markup.

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

// Redrawing must not throw a keyboard user back to the top: what had the focus is found again by its data-key. Nor must an
// answer that comes in take away what somebody is typing: a form with the same data-form goes on as it was.
export function redraw(container, ...children) {
  const active = document.activeElement;
  const key = container.contains(active) ? active.closest("[data-key]")?.dataset.key : undefined;
  const forms = new Map([...container.querySelectorAll("form[data-form]")].map((form) => [form.dataset.form, entered(form)]));
  container.replaceChildren();
  append(container, children);
  for (const form of container.querySelectorAll("form[data-form]")) enter(form, forms.get(form.dataset.form));
  if (key) container.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

let remark = () => {};
// What is wrong with a field is said again at the one that takes its place.
export const whenRedrawn = (say) => (remark = say);

const fieldsOf = (form) => [...form.elements].filter((each) => each.name);

function entered(form) {
  return fieldsOf(form).map((each) => ({
    value: each.value, checked: each.checked, problem: each.problem, focused: each === document.activeElement, at: each.selectionStart ?? null,
  }));
}

function enter(form, before) {
  fieldsOf(form).forEach((each, index) => {
    if (!before?.[index]) return;
    const { value, checked, focused, at, problem } = before[index];
    if (each.type === "checkbox") each.checked = checked;
    else each.value = value;
    if (problem) remark(each, problem);
    if (!focused) return;
    each.focus({ preventScroll: true });
    if (at !== null) each.setSelectionRange(at, at);
  });
}

const still = matchMedia("(prefers-reduced-motion: reduce)");

// Rows that have a new place glide to it from where they were.
export function redrawMoving(container, ...children) {
  const before = new Map([...container.children].map((child) => [child.dataset.row, child.getBoundingClientRect().top]));
  redraw(container, ...children);
  if (still.matches) return;
  for (const child of container.children) {
    const from = before.get(child.dataset.row);
    const by = from === undefined ? 0 : from - child.getBoundingClientRect().top;
    if (by) child.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 260, easing: "ease-out" });
  }
}

let fields = 0;

export function field(label, input, { hint, wide } = {}) {
  fields += 1;
  input.id ||= `field-${fields}`;
  if (hint) input.setAttribute("aria-describedby", `${input.id}-hint`);
  return h(
    "div",
    { class: wide ? "field wide" : "field" },
    h("label", { for: input.id }, label),
    input,
    hint && h("small", { id: `${input.id}-hint` }, hint),
  );
}

// crypto.randomUUID is only there over https and on localhost; a demo on a plain address in the office has none.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function later(milliseconds, action) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
