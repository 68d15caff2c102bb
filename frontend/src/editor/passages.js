// Who says so: the passages behind a value, in a dialogue that the keyboard enters and leaves as any other.
import { element, linked } from "./element.js";
import { language, number, prefixes, settings, word } from "./settings.js";
import { problemOf } from "./problem.js";
import { shown, term } from "./values.js";

const MOST_VALUES = 20; // of a row that the server takes

/** The panel in a dialogue element. */
export function makePassages(dialog) {
  document.getElementById("passages-close").addEventListener("click", () => dialog.close());
  return new Passages(dialog, document.getElementById("passages-title"), document.getElementById("passages-body"));
}

class Passages {
  constructor(dialog, title, body) {
    Object.assign(this, { dialog, title, body });
  }

  /** Show what stands behind the value that a row has in a column. */
  async explain(row, column, named) {
    const value = term(row[column]);
    if (value === null) return;
    this.title.textContent = word("support", shown(row[column], prefixes));
    this.body.replaceChildren(element("p", { role: "status" }, word("asking")));
    if (!this.dialog.open) this.dialog.showModal();
    this.title.focus();
    const others = Object.keys(row).filter((name) => name !== column).map((name) => ["with", term(row[name])]);
    const asked = new URLSearchParams([["value", value], ...others.filter(([, other]) => other !== null).slice(0, MOST_VALUES), ...named.map((iri) => ["named", iri]), ["lang", language]]);
    this.asked = asked;
    const content = await this.content(asked);
    if (this.asked === asked) this.body.replaceChildren(...content.filter(Boolean));
  }

  async content(asked) {
    let answer;
    try {
      answer = await fetch(`/editor/passages?${asked}`, { headers: { Accept: "application/json", "Accept-Language": language } });
    } catch (error) {
      return [element("p", { role: "alert" }, word("unreachable", error.message))];
    }
    if (!answer.ok) return [element("p", { role: "alert" }, problemOf(await answer.text()).detail)];
    const found = await answer.json();
    return [
      found.value.href && element("p", {}, element("a", { href: found.value.href }, word("open-page", found.value.text))),
      settings.pinned && settings.pinned !== found.release && element("p", { class: "notice" }, word("passages-of", found.release)),
      found.computed && element("p", {}, word("computed")),
      !found.passages.length && element("p", {}, word("no-passages")),
      found.passages.length > 0 && element("ol", { class: "found" }, found.passages.map(passage)),
      found.more > 0 && element("p", {}, word("more", number(found.more))),
      ...found.rules.length ? [element("h3", {}, word("derived")), ...found.rules.map(rule)] : [],
      ...found.described.length ? [element("h3", {}, word("described")), statements(found.described)] : [],
    ];
  }
}

function passage(found) {
  const words = found.begins && word("begins", found.begins, found.ends);
  return element("li", {},
    element("p", {}, element("a", { href: found.href }, found.label), found.inferred && element("em", {}, ` (${word("inferred")})`)),
    found.chapter && element("p", { class: "remark" }, linked(found.chapter)),
    words && element("p", { class: "remark" }, words),
    found.note && element("p", {}, found.note),
    statements(found.states),
    found.more > 0 && element("p", {}, word("more", number(found.more))));
}

function rule(found) {
  return element("div", {}, element("p", {}, element("a", { href: found.href }, found.name), ` ${found.description}`), statements(found.derives));
}

function statements(found) {
  return element("ul", {}, found.map(({ subject, property, value }) =>
    element("li", {}, linked(subject), " · ", linked(property), " · ", linked(value))));
}
