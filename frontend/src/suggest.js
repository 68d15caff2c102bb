// A search field as a combobox (ARIA Authoring Practices: list autocomplete with manual selection).
const PAUSE = 120;
let count = 0;

/** Show under the field what the server suggests for its text. */
export function suggest(field) {
  const list = document.createElement("ul");
  list.id = `suggestions-${(count += 1)}`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  field.form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) {
    field.setAttribute(name, value);
  }
  let waiting = 0;
  let asked = 0;

  const show = (names, kinds, links) => {
    list.replaceChildren(...names.map((name, place) => option(list.id, place, name, kinds[place], links[place])));
    close(names.length === 0);
  };
  const close = (hidden = true) => {
    list.hidden = hidden;
    field.setAttribute("aria-expanded", String(!hidden));
    field.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const text = field.value.trim();
    const mine = (asked += 1);
    if (!text) return close();
    const answer = await fetch(`${field.dataset.suggestions}&q=${encodeURIComponent(text)}`);
    const [, names, kinds, links] = await answer.json();
    if (mine === asked && document.activeElement === field) show(names, kinds, links);
  };
  const move = (step) => {
    const options = [...list.children];
    if (list.hidden || !options.length) return;
    const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const next = options.at((now + step + options.length) % options.length);
    options.forEach((one) => one.setAttribute("aria-selected", String(one === next)));
    field.setAttribute("aria-activedescendant", next.id);
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    const chosen = list.querySelector('[aria-selected="true"]');
    if (event.key === "ArrowDown") move(1);
    else if (event.key === "ArrowUp") move(-1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen && !list.hidden) location.assign(chosen.dataset.page);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", () => close());
}

function option(list, place, name, kind, page) {
  const item = document.createElement("li");
  item.id = `${list}-${place}`;
  item.dataset.page = new URL(page).pathname;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const text = document.createElement("bdi");
  const note = document.createElement("small");
  text.textContent = name;
  note.textContent = kind;
  item.append(text, note);
  item.addEventListener("mousedown", (event) => {
    event.preventDefault();
    location.assign(item.dataset.page);
  });
  return item;
}
