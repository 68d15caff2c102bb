// The text of the query: Yasqe without its shell, a button to ask or stop, the line of an error marked.
import Yasgui from "@zazuko/yasgui";
import { registerCompleters } from "./completion.js";
import { endpoint, language, prefixes, settings, word } from "./settings.js";

const { Yasqe } = Yasgui;
const MOST_NAMED = 20; // that the server takes
const LONGEST = 8000; // characters of an address that every browser and server takes

/** The editor in an element, with a text to begin with. */
export function makeQuery(parent, text) {
  const yasqe = new Yasqe(parent, {
    value: text,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: null,
    autocompleters: registerCompleters(Yasqe),
    screenReaderLabel: document.getElementById("query-title").textContent,
    requestConfig: {
      endpoint: endpoint(),
      method: "POST",
      acceptHeaderGraph: "text/turtle",
      acceptHeaderSelect: "application/sparql-results+json",
      headers: { "Accept-Language": language },
    },
  });
  yasqe.getInputField().setAttribute("aria-describedby", "hint");
  return new Query(yasqe);
}

class Query {
  constructor(yasqe) {
    this.yasqe = yasqe;
    this.watchers = [];
    this.running = false;
    this.view = settings.view;
    this.button = document.getElementById("run");
    this.status = document.getElementById("status");
    this.button.addEventListener("click", () => (this.running ? this.yasqe.abortQuery() : this.ask()));
    this.label = this.button.textContent;
    yasqe.on("query", () => this.started());
    yasqe.on("queryResponse", (_, answer) => this.ended(isStopped(answer) ? word("stopped") : ""));
    yasqe.on("change", () => this.unmark());
    document.querySelectorAll("a[hreflang]").forEach((link) => link.addEventListener("click", () => this.carry(link)));
  }

  get text() {
    return this.yasqe.getValue();
  }

  set text(text) {
    this.yasqe.setValue(text);
  }

  /** Whether the answer is a graph, as of CONSTRUCT and DESCRIBE. */
  get isGraph() {
    return ["CONSTRUCT", "DESCRIBE"].includes(this.yasqe.getQueryType());
  }

  /** Send the query; the address of the page says what has been asked. */
  ask() {
    this.unmark();
    const address = this.address(settings.pinned);
    if (address.length < LONGEST) history.replaceState(null, "", address);
    this.yasqe.query().catch(() => undefined); // what goes wrong comes as an answer too
  }

  /** The address of this page with this query, the view that is chosen, and a release. */
  address(release = "") {
    const named = new URLSearchParams({ query: this.text, ...(this.view && { view: this.view }), ...(release && { release }) });
    return `/${language}/sparql?${named}`;
  }

  carry(link) {
    const { search } = new URL(this.address(settings.pinned), location.href);
    if (search.length < LONGEST) link.search = search;
  }

  /** The classes and things that the query names, as terms: they tell which things its answer is about. */
  named() {
    const found = [...this.text.matchAll(/(?<![\w-])([\w-]+):([\w-]+)/g)].map(([, prefix, name]) => `<${prefixes[prefix]}${name}>`);
    return [...new Set(found.filter((iri) => !iri.startsWith("<undefined")))].slice(0, MOST_NAMED);
  }

  onAnswer(act) {
    this.yasqe.on("queryResponse", (_, answer, duration) => isStopped(answer) || act(answer, duration));
  }

  /** Take note of how the answer is looked at: it belongs to the address. */
  chooseView(view) {
    this.view = view;
    this.watchers.forEach((act) => act());
  }

  onChange(act) {
    this.watchers.push(act);
    this.yasqe.on("change", act);
  }

  refresh() {
    this.yasqe.refresh();
  }

  started() {
    this.running = true;
    this.button.textContent = word("stop");
    this.status.textContent = word("asking");
  }

  ended(text = "") {
    this.running = false;
    this.button.textContent = this.label;
    this.status.textContent = text;
  }

  /** Mark the place of an error; both count from 1. */
  mark(line, column) {
    this.marked = this.yasqe.getDoc().addLineClass(line - 1, "background", "wrong-line");
    const { start, end } = this.yasqe.getTokenAt({ line: line - 1, ch: column - 1 }); // what stands just before it
    const [from, to] = [start, end].map((ch) => ({ line: line - 1, ch }));
    this.markedText = this.yasqe.getDoc().markText(from, to, { className: "wrong-place" });
  }

  unmark() {
    if (!this.marked) return;
    this.yasqe.getDoc().removeLineClass(this.marked, "background", "wrong-line");
    this.markedText.clear();
    this.marked = null;
  }

  /** Put the cursor to a place; both count from 1. */
  goTo(line, column) {
    this.yasqe.getDoc().setCursor({ line: line - 1, ch: column - 1 });
    this.yasqe.focus();
  }
}

const isStopped = (answer) => answer?.name === "AbortError";
