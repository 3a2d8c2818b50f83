// An invoice whose other side lives on another platform: where it is on its way, in a sentence or two.
import { h } from "./dom.js";
import { instant, t } from "./words.js";

export function travelNote({ travel }) {
  if (!travel) return null;
  const { platform, direction, state } = travel;
  const kind = direction === "IN" ? "IN" : state;
  return h("div", { class: "travel", "data-travel": kind },
    h("p", null, h("strong", null, t(`travel.${kind}`, { platform })), " ", h("small", null, since(kind, travel))),
    kind === "TRAVELLING" && trouble(travel));
}

function since(kind, { sentAt, arrivedAt }) {
  if (kind === "IN") return t("travel.received", { at: instant(arrivedAt) });
  return kind === "ARRIVED" ? t("travel.arrived", { at: instant(arrivedAt) }) : t("travel.sent", { at: instant(sentAt) });
}

// A request of cancellation on its way, for as long as it waits.
export function wishNote({ state, travel }, direction) {
  if (!travel || direction !== "OUT" || state !== "REQUESTED") return null;
  const kind = travel.withdrawnAt ? "withdrawing" : travel.arrivedAt ? "there" : "travelling";
  return h("div", { class: "wish", "data-wish": kind },
    h("small", null, t(`cancellation.${kind}`, { platform: travel.platform })),
    travel.nextAttemptAt && trouble(travel));
}

// What the other side answered is in its words, for whoever asks there.
const trouble = ({ attempts, nextAttemptAt, lastError }) => lastError && h("p", { class: "trouble" },
  t("travel.tried", { n: attempts }), " ", nextAttemptAt && t("travel.next", { at: instant(nextAttemptAt) }),
  h("code", null, lastError));

export const unexpectedNote = ({ unexpected }) => unexpected && h("p", { class: "unexpected" }, t("travel.unexpected"));
