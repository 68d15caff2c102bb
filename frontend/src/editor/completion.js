// Completes prefixes, classes, properties and things from this graph's own names; asks no other service.
import { prefixes } from "./settings.js";
import { matching, ready } from "./terms.js";

/** Register the completers with Yasqe; their names are what `autocompleters` of an editor lists. */
export function registerCompleters(Yasqe) {
  fork(Yasqe, "prefixes", "prefixes", { onInitialize: () => undefined });
  fork(Yasqe, "class", "class", { autoShow: true });
  fork(Yasqe, "property", "property", { autoShow: true });
  fork(Yasqe, "class", "things", { autoShow: true, isValidCompletionPosition: isPrefixedName });
  return ["variables", "own-prefixes", "own-class", "own-property", "own-things"];
}

function fork(Yasqe, from, kind, changes) {
  const shown = new Map();
  Yasqe.forkAutocompleter(from, {
    name: `own-${kind}`,
    bulk: false,
    persistenceId: null,
    get: async (_, token) => {
      await ready;
      const found = matching(kind, (token?.autocompletionString ?? token?.string ?? "").trim());
      found.forEach((term) => shown.set(term.name, term));
      return found.map((term) => term.name);
    },
    preProcessToken: (_, token) => token,
    postProcessSuggestion: (_, token, name) => name,
    postprocessHints: (_, hints) => hints.map((hint) => described(hint, shown.get(hint.text))),
    ...changes,
  }, false);
}

function described(hint, term) {
  const render = (parent) => {
    parent.textContent = term.shown;
    if (term.more) parent.title = term.more;
  };
  return { ...hint, render };
}

/** A name like city:ly where an object may stand; classes and properties have completers of their own. */
function isPrefixedName(yasqe) {
  const token = yasqe.getCompleteToken();
  if (!/^[a-z][\w-]*:/.test(token.string) || !(token.string.split(":")[0] in prefixes)) return false;
  if ((token.state.possibleCurrent ?? []).includes("a")) return false;
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  return !["a", "rdf:type"].includes(before.state.lastProperty);
}
