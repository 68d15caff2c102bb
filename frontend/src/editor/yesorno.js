// The answer to ASK.
import { element } from "./element.js";
import { word } from "./settings.js";

export class YesOrNo {
  priority = 10;
  hideFromSelection = true;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return this.yasr.results?.getBoolean() !== undefined;
  }

  draw() {
    this.yasr.resultsEl.append(element("p", { class: "yes-or-no" }, word(this.yasr.results.getBoolean() ? "answer-yes" : "answer-no")));
  }
}
