// The answer as a table: filter, sort by a column, so many rows at a time; every value opens its passages.
import { element } from "./element.js";
import { View } from "./rows.js";
import { language, number, prefixes, word } from "./settings.js";
import { isNumber, shown } from "./values.js";

const SIZE = 50;
const compare = new Intl.Collator(language, { numeric: true }).compare;

export class Table extends View {
  constructor(yasr) {
    super(yasr, word("table"), 10);
  }

  canHandleResults() {
    return this.answer.columns.length > 0;
  }

  draw() {
    Object.assign(this, { sought: "", column: null, down: false, first: 0 });
    this.found = this.answer;
    this.filter = element("input", { type: "search", "aria-label": word("filter"), placeholder: word("filter"), oninput: () => this.seek() });
    this.count = element("p", { class: "count", role: "status" });
    this.body = element("tbody");
    this.heads = this.found.columns.map((name) => this.head(name));
    const table = element("table", {}, element("thead", {}, element("tr", {}, this.heads)), this.body);
    this.back = element("button", { type: "button", onclick: () => this.turn(-SIZE) }, word("previous"));
    this.on = element("button", { type: "button", onclick: () => this.turn(SIZE) }, word("next"));
    const several = this.found.rows.length > SIZE && element("p", { class: "turn" }, this.back, this.on);
    const wide = element("div", { class: "scrolling", tabindex: "0", role: "region", "aria-label": word("table") }, table);
    this.show(element("div", { class: "over-table" }, this.filter, this.count), wide, ...(several ? [several] : []));
    this.fill();
  }

  head(name) {
    const button = element("button", { type: "button", title: word("sort", name), onclick: () => this.sort(name) }, name);
    return element("th", { scope: "col", "aria-sort": "none" }, button);
  }

  seek() {
    this.sought = this.filter.value.toLocaleLowerCase(language);
    this.first = 0;
    this.fill();
  }

  sort(name) {
    this.down = this.column === name && !this.down;
    Object.assign(this, { column: name, first: 0 });
    this.heads.forEach((head, place) => {
      const order = this.found.columns[place] === name ? (this.down ? "descending" : "ascending") : "none";
      head.setAttribute("aria-sort", order);
    });
    this.fill();
  }

  turn(by) {
    this.first += by;
    this.fill();
  }

  rows() {
    const kept = this.found.rows.filter((row) => !this.sought || this.text(row).includes(this.sought));
    if (this.column === null) return kept;
    const order = kept.sort((one, other) => ordered(one[this.column], other[this.column]));
    return this.down ? order.reverse() : order;
  }

  text(row) {
    return this.found.columns.map((name) => shown(row[name], prefixes)).join("\n").toLocaleLowerCase(language);
  }

  fill() {
    const rows = this.rows();
    const last = Math.min(this.first + SIZE, rows.length);
    this.count.textContent = rows.length ? word("rows-of", number(this.first + 1), number(last), number(rows.length)) : word("no-rows");
    this.back.disabled = this.first === 0;
    this.on.disabled = last === rows.length;
    this.body.replaceChildren(...rows.slice(this.first, last).map((row) => this.row(row)));
  }

  row(row) {
    return element("tr", {}, this.found.columns.map((name) => element("td", { class: isNumber(row[name]) && "number" }, this.cell(row, name))));
  }

  cell(row, name) {
    const value = row[name];
    if (value === undefined) return null;
    const text = shown(value, prefixes);
    if (value.type === "bnode") return text;
    return element("button", { type: "button", class: "value", lang: value["xml:lang"], title: word("support", text), onclick: () => this.yasr.explain(row, name) }, text);
  }
}

function ordered(one, other) {
  if (one === undefined || other === undefined) return (one === undefined) - (other === undefined);
  if (isNumber(one) && isNumber(other)) return Number(one.value) - Number(other.value);
  return compare(one.value, other.value);
}
