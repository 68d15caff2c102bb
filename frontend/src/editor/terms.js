// The names that a query can use, as the server tells them; fetched once, when the editor starts.
import { language, prefixes } from "./settings.js";

const MOST = 60;

const names = { class: [], property: [], things: [], prefixes: [] };

export const ready = load().catch(() => undefined); // without them there is nothing to complete, and no harm done

async function load() {
  const answer = await fetch("/editor/terms", { headers: { Accept: "application/json" } });
  const terms = await answer.json();
  names.class = terms.classes.map(entry);
  names.property = terms.properties.map(entry);
  names.things = terms.things.map(entry);
  names.prefixes = Object.entries(prefixes).map(([prefix, iri]) => ({ name: `${prefix}: <${iri}>`, sought: prefix, shown: `${prefix}: <${iri}>` }));
}

function entry({ name, label, definition = {} }) {
  const text = label[language] ?? label.en ?? label.it ?? "";
  const more = definition[language] ?? "";
  const sought = [name, ...Object.values(label)].join(" ").toLowerCase();
  return { name, sought, shown: text ? `${name} · ${text}` : name, more };
}

/** The names of a kind that a few letters may stand for: those that begin with them first. */
export function matching(kind, typed) {
  const letters = typed.toLowerCase();
  const ranked = names[kind]
    .map((found) => ({ found, rank: rankOf(found, letters) }))
    .filter(({ rank }) => rank < 4);
  return ranked.sort((one, other) => one.rank - other.rank).slice(0, MOST).map(({ found }) => found);
}

function rankOf(found, letters) {
  const name = found.name.toLowerCase();
  if (name.startsWith(letters)) return 0;
  if (name.includes(`:${letters}`)) return 1;
  if (found.sought.includes(` ${letters}`)) return 2;
  return found.sought.includes(letters) ? 3 : 4;
}
