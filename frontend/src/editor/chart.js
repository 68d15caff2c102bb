// The answer as bars: a column of names, a column of numbers, each bar with its value beside it.
import { element } from "./element.js";
import { View } from "./rows.js";
import { number, prefixes, word } from "./settings.js";
import { columnsOf, isNumber, shown } from "./values.js";

const MOST = 100;

export class Chart extends View {
  constructor(yasr) {
    super(yasr, word("chart"), 3);
  }

  canHandleResults() {
    return this.answer.columns.length > 1 && columnsOf(this.answer, isNumber).length > 0;
  }

  draw() {
    this.found = this.answer;
    const measures = columnsOf(this.found, isNumber);
    const others = this.found.columns.filter((name) => !measures.includes(name));
    const names = others.length ? others : this.found.columns;
    this.label = choice("chart-label", names, names[0], () => this.fill());
    this.value = choice("chart-value", measures, measures.find((name) => name !== names[0]), () => this.fill());
    this.bars = element("ol", { class: "bars" });
    this.note = element("p", { role: "status" });
    this.show(element("div", { class: "choices" }, this.label.box, this.value.box), this.note, this.bars);
    this.fill();
  }

  fill() {
    const [label, value] = [this.label.select.value, this.value.select.value];
    const rows = this.found.rows.filter((row) => row[value]);
    const sizes = rows.map((row) => Number(row[value].value));
    const largest = Math.max(...sizes.map(Math.abs), Number.MIN_VALUE);
    this.note.textContent = rows.length > MOST ? word("first-of", number(MOST), number(rows.length)) : "";
    this.bars.replaceChildren(...rows.slice(0, MOST).map((row, place) => this.bar(row, label, value, sizes[place] / largest)));
  }

  bar(row, label, value, share) {
    const bar = element("span", { class: share < 0 ? "bar below" : "bar" });
    bar.style.width = `${Math.abs(share) * 100}%`;
    const name = element("button", { type: "button", class: "value", onclick: () => this.yasr.explain(row, value) }, shown(row[label], prefixes));
    return element("li", {}, name, element("span", { class: "track" }, bar), element("span", { class: "size" }, shown(row[value], prefixes)));
  }
}

function choice(name, options, chosen, act) {
  const select = element("select", { onchange: act }, options.map((option) => element("option", { selected: option === chosen }, option)));
  return { select, box: element("label", {}, `${word(name)} `, select) };
}
