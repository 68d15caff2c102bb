// The answer as bars: for a column of names, how long by a column of numbers or by the number of rows.
import { element } from "./element.js";
import { View } from "./rows.js";
import { number, prefixes, word } from "./settings.js";
import { columnsOf, isNumber, shown } from "./values.js";

const MOST = 100;
const NO_MEASURE = /^(year|anno|since|lat|lon|lng)|(itude|itudine)$/i; // numbers that are no amount

export class Chart extends View {
  constructor(yasr) {
    super(yasr, word("chart"), 3);
  }

  canHandleResults() {
    return this.answer.rows.length > 0;
  }

  draw() {
    this.found = this.answer;
    const measures = columnsOf(this.found, isNumber);
    const others = this.found.columns.filter((name) => !measures.includes(name));
    const names = others.length ? others : this.found.columns;
    const amount = measures.find((name) => name !== names[0] && !NO_MEASURE.test(name)) ?? "";
    this.label = choice("chart-label", names.map((name) => [name, name]), names[0], () => this.fill());
    this.value = choice("chart-value", [...measures.map((name) => [name, name]), ["", word("chart-rows")]], amount, () => this.fill());
    this.bars = element("ol", { class: "bars" });
    this.note = element("p", { role: "status" });
    this.show(element("div", { class: "choices" }, this.label.box, this.value.box), this.note, this.bars);
    this.fill();
  }

  fill() {
    const [label, value] = [this.label.select.value, this.value.select.value];
    const bars = value ? this.measured(label, value) : this.counted(label);
    const largest = Math.max(...bars.map((bar) => Math.abs(bar.size)), Number.MIN_VALUE);
    this.note.textContent = bars.length > MOST ? word("first-of", number(MOST), number(bars.length)) : "";
    this.bars.replaceChildren(...bars.slice(0, MOST).map((bar) => this.bar(bar, bar.size / largest)));
  }

  measured(label, value) {
    const rows = this.found.rows.filter((row) => row[value]);
    return rows.map((row) => ({ row, column: value, text: shown(row[label], prefixes), size: Number(row[value].value) }));
  }

  counted(label) {
    const bars = new Map();
    for (const row of this.found.rows.filter((found) => found[label])) {
      const text = shown(row[label], prefixes);
      const bar = bars.get(text) ?? { row: { [label]: row[label] }, column: label, text, size: 0 };
      bars.set(text, { ...bar, size: bar.size + 1 });
    }
    return [...bars.values()].sort((one, other) => other.size - one.size);
  }

  bar({ row, column, text, size }, share) {
    const bar = element("span", { class: share < 0 ? "amount below" : "amount" });
    bar.style.width = `${Math.abs(share) * 100}%`;
    const name = element("button", { type: "button", class: "value", onclick: () => this.yasr.explain(row, column) }, text);
    return element("li", {}, name, element("span", { class: "track" }, bar), element("span", { class: "size" }, number(size)));
  }
}

function choice(name, options, chosen, act) {
  const select = element("select", { onchange: act }, options.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  return { select, box: element("label", {}, `${word(name)} `, select) };
}
