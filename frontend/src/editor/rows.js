// The rows of an answer as the views read them; a graph has a row a triple.

/** Columns and rows; no columns where the answer is none of a SELECT, nor a graph. */
export function rowsOf(yasr) {
  const results = yasr.results;
  if (!results || results.hasError()) return { columns: [], rows: [] };
  return { columns: results.getVariables() ?? [], rows: results.getBindings() ?? [] };
}

/** What every view has in common: its name, when it can show an answer, and where it draws. */
export class View {
  constructor(yasr, label, priority) {
    Object.assign(this, { yasr, label, priority });
  }

  get answer() {
    return rowsOf(this.yasr);
  }

  /** Whether this is the view that is chosen now. */
  get isShown() {
    return this.yasr.plugins[this.yasr.drawnPlugin] === this;
  }

  show(...nodes) {
    this.yasr.resultsEl.replaceChildren(...nodes);
  }
}
