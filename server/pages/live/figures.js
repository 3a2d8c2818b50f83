// How many wait and for how long, and how long paying takes: as it is pushed.
import { h, redraw } from "./dom.js";
import { days, t } from "./words.js";

export function openFigures() {
  const element = h("dl", { class: "figures" });
  const told = new Map();
  let role;

  const figure = (name, value, more) =>
    h("div", { "data-figure": name }, h("dt", null, t(`figures.${name}`)), h("dd", null, value, more && h("small", null, ` ${more}`)));

  // Currencies are summed apart: the one that most invoices are in stands for the days.
  function draw() {
    const rows = [...(told.get(role) ?? [])].sort((a, b) => b.count - a.count);
    const [most] = rows;
    const waiting = rows.reduce((total, row) => total + row.waiting, 0);
    const longest = Math.max(0, ...rows.map((row) => row.longestWaiting ?? 0));
    redraw(element, most && [
      figure("waiting", String(waiting)),
      figure("daysWaiting", most.daysWaiting === null ? "–" : days(most.daysWaiting), waiting ? t("figures.longest", { n: longest }) : null),
      figure("daysToPay", most.daysToPay === null ? "–" : days(most.daysToPay)),
    ]);
  }

  function show(next) {
    role = next;
    draw();
  }

  function push(side, { totals }) {
    told.set(side, totals);
    if (side === role) draw();
  }

  return { element, show, push, translate: draw };
}
