// Following an invoice without signing in: four things that its sender knows, and its states.
import { learnStatuses, pill, statusName } from "./catalogue.js";
import { field, h } from "./dom.js";
import { languagePicker } from "./header.js";
import { problemBox, requestError, showProblems } from "./problems.js";
import { TRACK } from "./queries.js";
import { post } from "./transport.js";
import { instant, t } from "./words.js";

const KEYS = ["number", "issuerTaxId", "receiverTaxId", "amount"];

// "1.234,50", "1,234.50" and "1234.5 €" are one amount: the last mark before one or two digits is the decimal's.
export const plainAmount = (text) => {
  const bare = text.replace(/[^\d.,-]/g, "");
  const [, whole, cents] = bare.match(/^(.*?)(?:[.,](\d{1,2}))?$/);
  return whole.replace(/[.,]/g, "") + (cents ? `.${cents}` : "");
};

export function showTracking(page, { onBack, kept = {}, found = null }) {
  const inputs = Object.fromEntries(KEYS.map((key) => [key, h("input", {
    required: true, maxlength: "200", autocomplete: "off", value: kept[key] ?? "", "data-key": key,
    name: key, inputmode: key === "amount" ? "decimal" : null,
  })]));
  const button = h("button", { class: "primary", type: "submit" }, t("track.submit"));
  const box = problemBox();
  const answer = h("div", { class: "tracked", role: "status" });

  async function submit(event) {
    event.preventDefault();
    const asked = { ...values(), amount: plainAmount(inputs.amount.value) };
    button.disabled = true;
    box.replaceChildren();
    answer.replaceChildren();
    try {
      const { trackInvoice, statuses } = await post(TRACK, asked);
      learnStatuses(statuses);
      found = { invoice: trackInvoice };
      draw();
      answer.scrollIntoView({ block: "nearest" });
    } catch (error) {
      const wrong = error.code === "BAD_USER_INPUT" && { code: error.code, said: t("track.amountWrong"), path: ["amount"] };
      showProblems(box, [wrong || requestError(error)], { form: event.target });
    } finally {
      button.disabled = false;
    }
  }

  const values = () => Object.fromEntries(KEYS.map((key) => [key, inputs[key].value.trim()]));
  const draw = () => answer.replaceChildren(...(found ? [drawn(found.invoice)] : []));

  document.title = `${t("track.title")} · Tramesa`;
  page.replaceChildren(
    h("main", { class: "welcome" },
      h("section", { class: "card" },
        h("p", { class: "brand" }, h("img", { src: "/live/mark.svg", alt: "", width: "28", height: "28" }), "Tramesa"),
        h("h1", null, t("track.title")),
        h("p", { class: "lead" }, t("track.lead")),
        h("form", { onsubmit: submit }, KEYS.map((key) => field(t(`track.${key}`), inputs[key], { hint: t(`track.${key}Hint`) })), box, button),
        answer),
      h("button", { type: "button", class: "link", "data-key": "back", onclick: onBack }, t("track.back")),
      languagePicker(() => showTracking(page, { onBack, kept: values(), found }))),
  );
  draw();
  inputs.number.focus();
}

function drawn(invoice) {
  if (!invoice) return h("p", { class: "notice", "data-found": "no" }, t("track.nothing"));
  const asked = invoice.cancellation === "REQUESTED" && h("p", null, t("cancellation.REQUESTED"));
  return h("section", { class: "history", "data-found": "yes" }, pill(invoice.status), asked,
    h("ol", null, invoice.history.map(({ status, at }) => h("li", { "data-status": status },
      h("strong", null, statusName(status)), h("time", { datetime: at }, instant(at)))).reverse()));
}
