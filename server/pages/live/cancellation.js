// Taking an invoice back: the issuer's button, the receiver's banner, and what was said.
import { openDialog, performer } from "./asking.js";
import { field, h } from "./dom.js";
import { CANCELLING } from "./queries.js";
import { wishNote } from "./travel.js";
import { instant, t } from "./words.js";

// `box` outlives the panel, as that of the actions does.
export function cancellationPanel(invoice, { box, onMoved, onStale }) {
  const { cancellation: told, canRequestCancellation, canAnswerCancellation, canWithdrawCancellation } = invoice;
  const act = performer(invoice, CANCELLING, { onMoved, onStale });
  const ask = (name, asked) => () => openQuestion(invoice, name, asked, act);
  const button = (name, kind, onclick) =>
    h("button", { type: "button", class: kind, "data-key": `cancellation-${name}`, onclick }, t(`cancellation.do.${name}`));
  if (canRequestCancellation && told.state === "NONE") {
    return h("div", { class: "cancelling" }, button("request", "link", ask("request", "reason")), box);
  }
  if (told.state === "NONE") return box;
  return h("section", { class: "cancellation", "data-cancellation": told.state, "aria-label": t("cancellation.title") },
    h("h2", null, t(canAnswerCancellation ? "cancellation.asked" : `cancellation.${told.state}`)),
    words(told),
    wishNote(told, invoice.travel?.direction),
    h("div", { class: "buttons" },
      canAnswerCancellation && [
        button("refuse", "quiet", ask("refuse", "comment")),
        button("accept", "danger", ask("accept", "comment")),
      ],
      canWithdrawCancellation && button("withdraw", "quiet", ({ currentTarget }) => act("withdraw", {}, { box, button: currentTarget })),
      canRequestCancellation && button("request", "quiet", ask("request", "reason"))),
    box);
}

const ANSWERED = ["ACCEPTED", "REFUSED", "UNDELIVERED"];

function words({ reason, comment, requestedAt, answeredAt, state, history }) {
  const asked = history.findLast(({ act }) => act === "REQUEST");
  const answer = history.at(-1);
  return [
    h("p", null, h("q", null, reason), h("small", null, `${asked.actor} · ${instant(requestedAt)}`)),
    ANSWERED.includes(state) &&
      h("p", null, comment && h("q", null, comment), h("small", null, `${answer.actor} · ${instant(answeredAt)}`)),
  ];
}

function openQuestion(invoice, name, asked, act) {
  const needed = name !== "accept";
  const atOnce = name === "request" && invoice.status === "SENT" && !invoice.receiver.registered && !invoice.travel;
  const input = h("textarea", { name: asked, rows: "3", maxlength: "4000", required: needed });
  openDialog(invoice, {
    title: t(`cancellation.do.${name}`),
    danger: name === "accept",
    content: [
      h("p", null, t(`cancellation.about.${atOnce ? "atOnce" : name}`)),
      field(t(needed ? `cancellation.${asked}` : "cancellation.optional"), input),
    ],
    send(place) {
      const text = input.value.trim();
      return act(name, text ? { [asked]: text } : {}, place);
    },
  });
}
