// What the pages do beyond being pages: the search fields show what fits while somebody types, and where
// there is room the first filters are open. All works without it.
import { suggest } from "./suggest.js";

for (const field of document.querySelectorAll("input[data-suggestions]")) suggest(field);

if (matchMedia("(min-width: 48rem)").matches) {
  for (const facet of [...document.querySelectorAll(".facets > details")].slice(0, 2)) facet.open = true;
}
