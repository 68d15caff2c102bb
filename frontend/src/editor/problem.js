// What went wrong: the server's problem document for people, with the way to the line.
import { element } from "./element.js";
import { word } from "./settings.js";

/** The problem document in an answer's text, or one that says that there was no answer. */
export function problemOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { title: word("unreachable", text) };
  }
}

/** The element that tells it; the line is marked in the editor. */
export function showProblem(problem, query) {
  const { title, status, detail, line, column, remedy } = problem;
  if (line) query.mark(line, column);
  return element("div", { class: "problem", role: "alert" },
    element("p", {}, element("strong", {}, [status, title].filter(Boolean).join(" "))),
    detail && element("p", {}, detail),
    line && element("p", {}, element("button", { type: "button", onclick: () => query.goTo(line, column) }, word("go-to-line", line, column))),
    remedy && element("p", {}, remedy));
}
