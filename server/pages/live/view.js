// How the list is shown: its order, and which columns. What is chosen by hand stays in this browser; a kept filter brings its own.
import { h } from "./dom.js";
import { t } from "./words.js";

const ORDERS = ["STATUS_CHANGED_AT", "CREATED_AT", "ISSUE_DATE", "TOTAL"].flatMap((field) =>
  ["DESC", "ASC"].map((direction) => ({ field, direction })));
const COLUMNS = ["number", "issueDate", "office", "taxId", "registryNumber", "rcfNumber", "status", "changed"];
const USUAL = ["number", "issueDate", "office", "status", "changed"];
const KEY = "tramesa.view.";

const nameOf = ({ field, direction }) => `${field}.${direction}`;
const [FIRST] = ORDERS;

function remembered(role) {
  try {
    const { order, columns } = JSON.parse(localStorage.getItem(KEY + role)) ?? {};
    return { order: orderOf(order), columns: columnsOf(columns) };
  } catch {
    return { order: FIRST, columns: USUAL };
  }
}

// What another screen, or a later version of this one, calls its own is passed over.
const orderOf = (wanted) => ORDERS.find((one) => wanted && nameOf(one) === nameOf(wanted)) ?? FIRST;
function columnsOf(wanted) {
  const known = COLUMNS.filter((one) => wanted?.includes(one));
  return known.length ? known : USUAL;
}

export function openView({ onOrder, onColumns, onDrawn }) {
  let role;
  let view = { order: FIRST, columns: USUAL };
  let open = false;

  function choose(next) {
    view = { ...view, ...next };
    localStorage.setItem(KEY + role, JSON.stringify(view));
    onDrawn();
  }

  function show(next) {
    role = next;
    view = remembered(role);
  }

  // Of a kept filter; of none, what was chosen by hand.
  const take = (kept) => (view = kept ? { order: orderOf(kept.orderBy), columns: columnsOf(kept.columns) } : remembered(role));

  function button() {
    const turn = () => {
      open = !open;
      onDrawn();
    };
    return h("button", { type: "button", class: "quiet", "data-key": "view", "aria-expanded": String(open), onclick: turn }, t("view.open"));
  }

  function panel() {
    if (!open) return null;
    const pick = ({ target }) => {
      choose({ order: ORDERS[Number(target.value)] });
      onOrder();
    };
    const toggle = ({ target }) => {
      const left = COLUMNS.filter((one) => (one === target.value ? target.checked : view.columns.includes(one)));
      choose({ columns: left.length ? left : USUAL });
      onColumns();
    };
    const option = (one, place) => h("option", { value: place, selected: one === view.order }, t(`order.${nameOf(one)}`));
    const column = (one) => h("label", { class: "choice" },
      h("input", { type: "checkbox", value: one, "data-key": `column-${one}`, checked: view.columns.includes(one), onchange: toggle }), t(`column.${one}`));
    return h("div", { class: "view" },
      h("label", null, t("view.order"), h("select", { "data-key": "order", onchange: pick }, ORDERS.map(option))),
      h("fieldset", null, h("legend", null, t("view.columns")), h("div", { class: "columns" }, COLUMNS.map(column))));
  }

  return {
    show, take, button, panel,
    order: () => view.order,
    usualOrder: () => view.order === FIRST,
    shows: (column) => view.columns.includes(column),
    // As a kept filter keeps it: nothing where it is as usual.
    kept: () => ({
      orderBy: view.order === FIRST ? null : view.order,
      columns: view.columns.join() === USUAL.join() ? [] : view.columns,
    }),
  };
}
