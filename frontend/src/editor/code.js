// The query as a command or a program that asks it again, with nothing to install beyond the language itself.
import { settings } from "./settings.js";
import { panel } from "./share.js";

/** Have the button show the code in the language that is chosen. */
export function makeCode(query) {
  const choice = document.getElementById("code-language");
  const area = document.getElementById("code-text");
  const fill = () => {
    const address = `${location.origin}/sparql`;
    const release = settings.pinned || settings.release;
    area.value = WRITERS[choice.value](address, query.text.trim(), release, query.isGraph);
  };
  choice.addEventListener("change", fill);
  panel("code", fill, query);
}

const WRITERS = { curl, python, r };

function curl(address, query, release, isGraph) {
  const quoted = query.replace(/'/g, `'\\''`);
  return `curl --silent --show-error '${address}?release=${release}' \\
  --header 'Accept: ${isGraph ? "text/turtle" : "text/csv"}' \\
  --data-urlencode 'query=${quoted}'
`;
}

function python(address, query, release, isGraph) {
  const text = query.replace(/\\/g, "\\\\").replace(/"""/g, '\\"\\"\\"');
  const taken = isGraph ? "print(answer.read().decode())" : `rows = list(csv.DictReader(io.TextIOWrapper(answer, encoding="utf-8")))`;
  return `${isGraph ? "" : "import csv\nimport io\n"}import urllib.parse
import urllib.request

QUERY = """
${text}
"""

body = urllib.parse.urlencode({"query": QUERY, "format": "${isGraph ? "turtle" : "csv"}"}).encode()
with urllib.request.urlopen("${address}?release=${release}", body) as answer:
    ${taken}
${isGraph ? "" : "\nfor row in rows:\n    print(row)\n"}`;
}

function r(address, query, release, isGraph) {
  const text = query.replace(/\\/g, "\\\\").replace(/"/g, '\\"');
  const format = isGraph ? "turtle" : "csv";
  const taken = isGraph ? 'cat(readLines(address, encoding = "UTF-8"), sep = "\\n")' : 'rows <- read.csv(address, encoding = "UTF-8")\nprint(rows)';
  return `query <- "
${text}
"

address <- paste0("${address}?release=${release}&format=${format}&query=",
                  URLencode(enc2utf8(query), reserved = TRUE))
${taken}
`;
}
