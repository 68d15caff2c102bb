// The answer as a file, in every format that the server writes for this form of query.
import { element } from "./element.js";
import { endpoint, language } from "./settings.js";
import { problemOf, showProblem } from "./problem.js";

const EXTENSIONS = { json: "srj", xml: "srx", turtle: "ttl", ntriples: "nt", jsonld: "jsonld", rdfxml: "rdf" };

/** Fill the list of formats from the plain form, and have the button fetch one. */
export function makeDownloads(query) {
  const select = document.getElementById("download-format");
  const groups = [...document.querySelectorAll("#plain select[name=format] optgroup")];
  let isGraph = null;
  const fill = () => {
    if (isGraph === query.isGraph) return;
    isGraph = query.isGraph;
    const options = [...groups[isGraph ? 1 : 0].children];
    select.replaceChildren(...options.map((option) => element("option", { value: option.value, selected: option.value === "csv" }, option.textContent)));
  };
  query.onChange(fill);
  fill();
  document.getElementById("download").addEventListener("click", () => download(query, select.value));
}

async function download(query, format) {
  const body = new URLSearchParams({ query: query.text, format });
  const answer = await fetch(endpoint(), { method: "POST", body, headers: { "Accept-Language": language } });
  const status = document.getElementById("status");
  status.replaceChildren();
  if (!answer.ok) return status.append(showProblem(problemOf(await answer.text()), query));
  const href = URL.createObjectURL(await answer.blob());
  element("a", { href, download: `query.${EXTENSIONS[format] ?? format}` }).click();
  return setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
