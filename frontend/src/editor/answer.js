// The answer: Yasr with views of our own, its texts in the page's language, and what went wrong in our words.
import Yasgui from "@zazuko/yasgui";
import { Chart } from "./chart.js";
import { element } from "./element.js";
import { WorldMap } from "./map.js";
import { problemOf, showProblem } from "./problem.js";
import { Raw } from "./raw.js";
import { number, prefixes, settings, word } from "./settings.js";
import { Table } from "./table.js";
import { Timeline } from "./timeline.js";
import { YesOrNo } from "./yesorno.js";

const { Yasr } = Yasgui;
const VIEWS = { table: Table, raw: Raw, chart: Chart, map: WorldMap, timeline: Timeline, boolean: YesOrNo };

const FIRST = "table";

/** Show the answers to a query in an element; a value that is chosen opens its passages. */
export function makeAnswer(parent, query, passages) {
  for (const name of Object.keys(Yasr.plugins)) if (name !== "error") delete Yasr.plugins[name];
  Yasr.defaults.plugins = { error: { enabled: true } };
  for (const [name, view] of Object.entries(VIEWS)) Yasr.registerPlugin(name, view);
  const answer = new Answer(parent, {
    persistenceId: null,
    defaultPlugin: settings.view in VIEWS ? settings.view : FIRST,
    prefixes: () => prefixes,
    pluginOrder: Object.keys(VIEWS),
    errorRenderers: [async (error) => showProblem(problemOf(error.text), query)],
  });
  Object.assign(answer, { passages, query });
  query.onAnswer((found, duration) => {
    answer.named = query.named();
    answer.take(found, duration);
  });
}

class Answer extends Yasr {
  /** Show what came: results, a graph, or an error. */
  take(found, duration) {
    const failed = found instanceof Error;
    this.headerEl.hidden = failed;
    this.setResponse(failed || found.content ? found : { ...found, content: "\n" }, duration);
  }

  /** Open the passages behind a value of a row. */
  explain(row, column) {
    this.passages.explain(row, column, this.named);
  }

  drawPluginSelectors() {
    this.buttons = new Map();
    const names = this.config.pluginOrder.filter((name) => this.plugins[name] && !this.plugins[name].hideFromSelection);
    for (const name of names) {
      const button = element("button", { type: "button", onclick: () => this.selectPlugin(name) }, this.plugins[name].label);
      this.buttons.set(name, button);
    }
    this.headerEl.append(element("div", { class: "views", role: "group" }, ...this.buttons.values()));
    this.updatePluginSelectors();
  }

  updatePluginSelectors(able) {
    for (const [name, button] of this.buttons ?? []) {
      if (able) button.disabled = !able.includes(name);
      button.setAttribute("aria-pressed", String(name === (this.drawnPlugin ?? this.getSelectedPluginName())));
    }
  }

  selectPlugin(name) {
    super.selectPlugin(name);
    this.query.chooseView(name === FIRST ? "" : name);
  }

  updateResponseInfo() {
    const rows = this.results?.getBindings();
    const seconds = (this.results?.getResponseTime() ?? 0) / 1000;
    this.dataElement.textContent = rows ? word("answer-in", number(rows.length), number(seconds)) : "";
    this.dataElement.setAttribute("role", "status");
  }

  fillFallbackBox(drawn) {
    this.emptyFallbackElement();
    const wanted = this.getSelectedPlugin();
    const used = this.plugins[drawn];
    if (!wanted || !used || used.hideFromSelection || drawn === "error") return;
    this.fallbackInfoEl.append(element("p", {}, word("cannot-show", wanted.label, used.label)));
  }

  drawDownloadIcon() {} // the page has downloads of its own, in every format

  drawDocumentationButton() {}

  updateHelpButton() {}
}
