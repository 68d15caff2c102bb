// What the pages do beyond being pages: the search fields show what fits while somebody types. All works without it.
import { suggest } from "./suggest.js";

for (const field of document.querySelectorAll("input[data-suggestions]")) suggest(field);
