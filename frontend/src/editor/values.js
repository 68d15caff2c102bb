// The values of an answer: what kind each column is of, how a value is shown, and how it is written as a term.
import { language, number } from "./settings.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "positiveInteger"].map((name) => XSD + name));
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));
const DATE = /^(-?\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/;

/** Whether a value is a number. */
export const isNumber = (value) => value?.type === "literal" && NUMBERS.has(value.datatype) && Number.isFinite(Number(value.value));

/** Whether a value is a day, a month or a year. */
export const isDate = (value) => value?.type === "literal" && DATES.has(value.datatype) && DATE.test(value.value);

/** A term as N-Triples write it; null for what has no name outside its answer. */
export function term(value) {
  if (value.type === "uri") return `<${value.value}>`;
  if (value.type === "bnode") return null;
  const text = `"${value.value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}"`;
  if (value["xml:lang"]) return `${text}@${value["xml:lang"]}`;
  return value.datatype ? `${text}^^<${value.datatype}>` : text;
}

/** A value for people; IRIs in short by the prefixes given. */
export function shown(value, prefixes) {
  if (value === undefined) return "";
  if (value.type === "uri") return short(value.value, prefixes);
  if (isNumber(value)) return number(Number(value.value));
  return isDate(value) ? date(value.value) : value.value;
}

/** An IRI as prefix:name where a prefix fits. */
export function short(iri, prefixes) {
  let best = null;
  for (const [prefix, start] of Object.entries(prefixes)) {
    if (iri.startsWith(start) && (best === null || start.length > prefixes[best].length)) best = prefix;
  }
  const name = best === null ? "" : iri.slice(prefixes[best].length);
  return /^[\w][\w.-]*$/.test(name) ? `${best}:${name}` : iri;
}

/** A day, a month or a year in words, as precise as it is written. */
export function date(text) {
  const [, year, month, day] = DATE.exec(text);
  const parts = { timeZone: "UTC", year: "numeric", ...(month && { month: "long" }), ...(day && { day: "numeric" }) };
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, parts).format(instant(text));
}

/** The beginning of a day, month or year, in milliseconds. */
export function instant(text) {
  const [, year, month, day] = DATE.exec(text);
  return Date.UTC(Number(year), Number(month ?? 1) - 1, Number(day ?? 1));
}

/** The end of a day, month or year, in milliseconds. */
export function ending(text) {
  const [, year, month, day] = DATE.exec(text);
  if (day) return Date.UTC(Number(year), Number(month) - 1, Number(day) + 1);
  return month ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year) + 1, 0, 1);
}

/** The columns of which every value that is there is of a kind, and at least one is there. */
export function columnsOf(answer, test) {
  return answer.columns.filter((name) => {
    const values = answer.rows.map((row) => row[name]).filter((value) => value !== undefined);
    return values.length > 0 && values.every(test);
  });
}

/** What a row is called: its first value that is neither number nor date, else its first. */
export function nameOf(answer, row) {
  const names = answer.columns.filter((name) => row[name] && !isNumber(row[name]) && !isDate(row[name]));
  return names[0] ?? answer.columns.find((name) => row[name]);
}
