// The bytes of the answer as text.
import { element } from "./element.js";
import { View } from "./rows.js";
import { number, word } from "./settings.js";

const MOST = 200_000; // characters; a browser is slow with more, and the download has it all

export class Raw extends View {
  constructor(yasr) {
    super(yasr, word("raw"), 2);
  }

  canHandleResults() {
    return Boolean(this.yasr.results) && !this.yasr.results.hasError();
  }

  draw() {
    const text = this.yasr.results.getOriginalResponseAsString();
    const note = text.length > MOST && element("p", {}, word("first-of", number(MOST), number(text.length)));
    const area = element("pre", { class: "raw", tabindex: "0", role: "region", "aria-label": word("raw") }, text.slice(0, MOST));
    this.show(...[note, area].filter(Boolean));
  }
}
