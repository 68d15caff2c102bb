// The query editor: takes the place of the plain form at /sparql. The form stays for browsers without scripts.
import "@zazuko/yasgui/build/yasgui.min.css";
import "./editor.css";
import { makeAnswer } from "./editor/answer.js";
import { makeCode } from "./editor/code.js";
import { makeDownloads } from "./editor/downloads.js";
import { makeExamples } from "./editor/examples.js";
import { makePassages } from "./editor/passages.js";
import { makeQuery } from "./editor/query.js";
import { makeShare, onCopy } from "./editor/share.js";
import { settings } from "./editor/settings.js";

const query = makeQuery(document.getElementById("yasqe"), document.querySelector("#plain textarea").value);
const passages = makePassages(document.getElementById("passages"));
makeAnswer(document.getElementById("yasr"), query, passages);
makeDownloads(query);
makeShare(query);
makeCode(query);
makeExamples(query);
onCopy(document);

document.getElementById("plain").hidden = true;
document.getElementById("workbench").hidden = false;
query.refresh();
if (settings.asked) query.ask();
