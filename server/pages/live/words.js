// The language of the page: words, dates and amounts.
import ca from "./words.ca.js";
import en from "./words.en.js";
import es from "./words.es.js";
import terms from "./terms.js";

const KEY = "tramesa.language";
const BOOKS = { ca, es, en };
const LOCALES = { ca: "ca-ES", es: "es-ES", en: "en-GB" };

export const LANGUAGES = { ca: "Català", es: "Castellano", en: "English" };

let language = localStorage.getItem(KEY);
if (!(language in BOOKS)) language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in BOOKS) ?? "ca";
document.documentElement.lang = language;

export const currentLanguage = () => language;

export function speak(next) {
  language = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
}

export const has = (key) => key in BOOKS[language];

export function t(key, values = {}) {
  let text = BOOKS[language][key] ?? key;
  if (typeof text === "object") text = text[new Intl.PluralRules(LOCALES[language]).select(values.n)] ?? text.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// What a code of a document is called, as the pictures call it; a code that nobody listed reads as itself.
export function term(table, code, n = 1) {
  const said = terms[language][table][code];
  if (said === undefined) return code;
  const [one, many = one] = said.split("|");
  return Number(n) === 1 ? one : many;
}

const formats = new Map();
function format(kind, options) {
  const key = JSON.stringify([language, kind, options]);
  if (!formats.has(key)) formats.set(key, new Intl[kind](LOCALES[language], options));
  return formats.get(key);
}

// Decimals stay strings all the way: Intl formats them exactly.
export const money = (decimal, currency) =>
  format("NumberFormat", { style: "currency", currency, useGrouping: "always" }).format(decimal);
export const wholeMoney = (decimal, currency) =>
  format("NumberFormat", { style: "currency", currency, useGrouping: "always", maximumFractionDigits: 0 }).format(decimal);
export const number = (decimal) => format("NumberFormat", { maximumFractionDigits: 8, useGrouping: "always" }).format(decimal);
export const price = (decimal) =>
  format("NumberFormat", { minimumFractionDigits: 2, maximumFractionDigits: 8, useGrouping: "always" }).format(decimal);
export const days = (decimal) => format("NumberFormat", { style: "unit", unit: "day", unitDisplay: "long", maximumFractionDigits: 1 }).format(decimal);
export const percent = (decimal) => `${number(decimal)}${language === "en" ? "" : " "}%`;
export const fileSize = (bytes) =>
  bytes < 1_000_000
    ? format("NumberFormat", { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }).format(Math.ceil(bytes / 1000))
    : format("NumberFormat", { style: "unit", unit: "megabyte", maximumFractionDigits: 1 }).format(bytes / 1_000_000);

// A calendar date has no hour, so it must not slip a day in a reader's time zone.
export const date = (day) => format("DateTimeFormat", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));
export const instant = (at) => format("DateTimeFormat", { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
export const shortInstant = (at) => {
  const then = new Date(at);
  const options = then.toDateString() === new Date().toDateString() ? { timeStyle: "short" } : { day: "numeric", month: "short" };
  return format("DateTimeFormat", options).format(then);
};

// Exact sum of plain decimal strings with at most two places, as the server's payable amounts are.
export function sum(decimals) {
  const cents = decimals.reduce((total, decimal) => {
    const [whole, part = ""] = decimal.replace("-", "").split(".");
    const value = BigInt(whole + part.padEnd(2, "0").slice(0, 2));
    return decimal.startsWith("-") ? total - value : total + value;
  }, 0n);
  const digits = String(cents < 0n ? -cents : cents).padStart(3, "0");
  return `${cents < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
