// The states, as the server's catalogue names them in every language.
import { h } from "./dom.js";
import { currentLanguage } from "./words.js";

let statuses = [];

export const learnStatuses = (list) => (statuses = list);
export const allStatuses = () => statuses.map(({ status }) => status);
export const statusName = (status) => statuses.find((one) => one.status === status)?.[currentLanguage()] ?? status ?? "";
export const pill = (status) => h("span", { class: "pill", "data-status": status }, statusName(status));
const SEPARATOR = /^[-/._ ]/;
// As mails and pictures write it: a hyphen between, unless either brings a separator of its own.
export const fullNumber = ({ series, number }) =>
  series ? `${series}${SEPARATOR.test(series.at(-1)) || SEPARATOR.test(number) ? "" : "-"}${number}` : number;
