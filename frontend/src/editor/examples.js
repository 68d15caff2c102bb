// The examples: found by words and by theme; one that is chosen is put into the editor without leaving the page.
import { language, number, word } from "./settings.js";

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** Make the list of links searchable; there may be none. */
export function makeExamples(query) {
  const panel = document.getElementById("examples");
  if (!panel) return;
  const [text, theme] = [document.getElementById("find-text"), document.getElementById("find-theme")];
  const sections = [...panel.querySelectorAll("section[data-theme]")];
  const items = sections.flatMap((section) => [...section.querySelectorAll("li")].map((item) => ({ item, section, sought: plain(`${section.firstElementChild.textContent} ${item.textContent}`) })));
  const narrow = () => {
    const words = plain(text.value).split(/\s+/).filter(Boolean);
    for (const { item, section, sought } of items) {
      item.hidden = (theme.value && section.dataset.theme !== theme.value) || !words.every((part) => sought.includes(part));
    }
    for (const section of sections) section.hidden = !section.querySelector("li:not([hidden])");
    document.getElementById("find-count").textContent = word("examples-found", number(items.filter(({ item }) => !item.hidden).length));
  };
  text.addEventListener("input", narrow);
  theme.addEventListener("change", narrow);
  panel.addEventListener("click", (event) => choose(event, query, panel));
  document.getElementById("find").hidden = false;
  narrow();
}

async function choose(event, query, panel) {
  const item = event.target.closest("li[data-example]");
  if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const examples = await load();
  const { title, about, query: text } = examples.find((example) => example.name === item.dataset.example);
  const heading = [title[language], about[language]].filter(Boolean).map((line) => `# ${line}\n`).join("");
  query.text = heading + text[language];
  panel.open = false;
  query.yasqe.focus();
  query.ask();
}

let examples = null;

function load() {
  examples ??= fetch("/editor/examples", { headers: { Accept: "application/json" } }).then(async (answer) => (await answer.json()).examples);
  return examples;
}
