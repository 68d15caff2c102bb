// The query editor: takes the place of the plain form at /sparql. The form stays for browsers without scripts.
import "./editor.css";
