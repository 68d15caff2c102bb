// The answer in time: a line a row from its first date to its second, under a scale of years.
import { element } from "./element.js";
import { View } from "./rows.js";
import { number, prefixes, word } from "./settings.js";
import { columnsOf, date, ending, instant, isDate, isNumber, shown } from "./values.js";

const MOST = 300;
const YEAR = /^(year|anno|since|dal|start|end)$/i;
const TICKS = 6;

/** Dates, and whole numbers in a column that is called a year. */
function timesOf(answer) {
  const dates = columnsOf(answer, isDate);
  const years = columnsOf(answer, (value) => isNumber(value) && /^\d{4}$/.test(value.value));
  return [...dates, ...years.filter((name) => YEAR.test(name))];
}

export class Timeline extends View {
  constructor(yasr) {
    super(yasr, word("timeline"), 3);
  }

  canHandleResults() {
    return timesOf(this.answer).length > 0;
  }

  draw() {
    const answer = this.answer;
    const [from, until] = timesOf(answer);
    const rows = answer.rows.filter((row) => row[from]).sort((one, other) => instant(one[from].value) - instant(other[from].value));
    const spans = rows.slice(0, MOST).map((row) => ({ row, start: instant(row[from].value), end: ending((row[until] ?? row[from]).value) }));
    const first = new Date(Math.min(...spans.map((span) => span.start))).getUTCFullYear();
    const last = new Date(Math.max(...spans.map((span) => span.end)) - 1).getUTCFullYear() + 1;
    const scale = { start: Date.UTC(first, 0), size: Date.UTC(last, 0) - Date.UTC(first, 0) };
    const lines = spans.map((span) => this.line(answer, span, scale, [from, until].filter((name) => span.row[name])));
    const note = rows.length > MOST && element("p", {}, word("first-of", number(MOST), number(rows.length)));
    this.show(...[note].filter(Boolean), ticks(first, last, scale), element("ol", { class: "times" }, lines));
  }

  line(answer, { row, start, end }, scale, columns) {
    const bar = element("span", { class: "span" });
    place(bar, start, end, scale);
    const others = answer.columns.filter((name) => row[name] && !columns.includes(name));
    const named = others.length ? others : columns.slice(0, 1);
    const when = columns.map((name) => date(row[name].value)).join(" – ");
    const name = element("button", { type: "button", class: "value", onclick: () => this.yasr.explain(row, columns[0]) }, named.map((column) => shown(row[column], prefixes)).join(" · "));
    return element("li", {}, element("span", { class: "moment" }, when), name, element("span", { class: "track", "aria-hidden": "true" }, bar));
  }
}

function place(node, start, end, scale) {
  node.style.left = `${((start - scale.start) / scale.size) * 100}%`;
  node.style.width = `${((end - start) / scale.size) * 100}%`;
}

/** The years above the lines, at most so many. */
function ticks(first, last, scale) {
  const step = Math.max(1, Math.ceil((last - first) / TICKS));
  const years = [];
  for (let year = first; year < last; year += step) years.push(year);
  const marks = years.map((year) => {
    const mark = element("span", {}, String(year));
    mark.style.left = `${((Date.UTC(year, 0) - scale.start) / scale.size) * 100}%`;
    return mark;
  });
  return element("div", { class: "ticks", "aria-hidden": "true" }, marks);
}
