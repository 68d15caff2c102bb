// What the page says of itself: language, release, the map, and the words that scripts show.
const root = document.getElementById("editor");
const words = JSON.parse(document.getElementById("words").textContent);

export const prefixes = JSON.parse(document.getElementById("prefixes").textContent);

Object.assign(globalThis, { editorWords: words, editorPrefixes: prefixes }); // for what the build has replaced

export const language = document.documentElement.lang;

export const settings = {
  release: root.dataset.release,
  pinned: root.dataset.pinned,
  world: root.dataset.world,
  map: JSON.parse(root.dataset.map),
  asked: "asked" in root.dataset,
  view: new URLSearchParams(location.search).get("view") ?? "",
};

/** The address of the endpoint for the release that is asked. */
export function endpoint() {
  return settings.pinned ? `/sparql?release=${encodeURIComponent(settings.pinned)}` : "/sparql";
}

/** A word in the page's language; each {} gives way to a value. */
export function word(name, ...values) {
  return words[name].replace(/\{\}/g, () => values.shift());
}

/** A number as people write it. */
export function number(value) {
  return new Intl.NumberFormat(language, { useGrouping: "min2", maximumFractionDigits: 6 }).format(value);
}
