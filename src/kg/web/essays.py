"""The longer texts in English and Italian: about, how to cite, accessibility, data quality, for software."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "about-what": {"en": "What this is", "it": "Che cos'è"},
    "about-what-text": {
        "en": "A knowledge graph: things (cities, people, agreements, events) and what public documents state of them. "
        "It was compiled independently and is no official service of any body named in it; those bodies appear "
        "as the authors of the documents, no more.",
        "it": "Un grafo di conoscenza: cose (città, persone, accordi, eventi) e ciò che documenti pubblici ne "
        "affermano. È compilato in modo indipendente e non è un servizio ufficiale degli enti citati; questi "
        "compaiono come autori dei documenti e nulla più.",
    },
    "about-read": {"en": "How to read a page", "it": "Come leggere una pagina"},
    "about-read-text": {
        "en": "The small number after a fact leads to the passage that states it: document, chapter and lines. "
        "A fact with several numbers is stated several times. Where sources disagree a box says who says what, "
        "which reading is used here and why. What rules derive from other facts is folded away at the end.",
        "it": "Il piccolo numero dopo un dato porta al passo che lo afferma: documento, capitolo e righe. "
        "Un dato con più numeri è affermato più volte. Dove le fonti discordano un riquadro dice chi afferma che "
        "cosa, quale lettura si usa qui e perché. Ciò che le regole ricavano da altri dati è ripiegato in fondo.",
    },
    "about-documents": {"en": "The documents", "it": "I documenti"},
    "about-documents-text": {
        "en": "All statements come from these; their text is not reproduced, only where to find it.",
        "it": "Tutte le affermazioni vengono da questi; il testo non è riprodotto, si dice solo dove trovarlo.",
    },
    "about-correct": {"en": "If something is wrong", "it": "Se qualcosa è sbagliato"},
    "about-correct-text": {
        "en": "At the foot of each page “Correct this” lists the file and line of every statement. Change the line, "
        "run the checks, propose the change; CONTRIBUTING.md in the repository leads through it. "
        "Or write to the contact below and name the address of the page.",
        "it": "In fondo a ogni pagina «Correggi» elenca file e riga di ogni affermazione. Cambia la riga, esegui i "
        "controlli, proponi la modifica; CONTRIBUTING.md nel deposito fa da guida. "
        "Oppure scrivi al contatto qui sotto indicando l'indirizzo della pagina.",
    },
    "about-licence": {"en": "Licence and contact", "it": "Licenza e contatti"},
    "about-city": {"en": "Another city", "it": "Un'altra città"},
    "about-city-text": {
        "en": "Ontology, shapes and software know no city: another one brings its own data.",
        "it": "Ontologia, forme e software non conoscono alcuna città: un'altra porta i propri dati.",
    },
    "licence": {"en": "Licence of the data", "it": "Licenza dei dati"},
    "publisher": {"en": "Publisher", "it": "Editore"},
    "contact": {"en": "Contact", "it": "Contatti"},
    "release": {"en": "Release", "it": "Rilascio"},
    "undated": {"en": "not recorded as a release", "it": "non registrato come rilascio"},
    "accessed": {"en": "accessed on DATE", "it": "consultato il DATA"},
    "cite-data": {"en": "The data set", "it": "L'insieme di dati"},
    "cite-data-text": {
        "en": "Name the release: its identifier is computed from the content, and the same release can be "
        "downloaded and queried again.",
        "it": "Indica il rilascio: il suo identificatore è calcolato dal contenuto, e lo stesso rilascio si può "
        "scaricare e interrogare di nuovo.",
    },
    "cite-fact": {"en": "A single fact", "it": "Un singolo dato"},
    "cite-fact-text": {
        "en": "Cite the document, by the passage behind the small number; add the identifier of the page, which "
        "stays the same when the server moves. A query is cited by its link from the editor, which names the release.",
        "it": "Cita il documento, con il passo dietro il piccolo numero; aggiungi l'identificatore della pagina, che "
        "resta lo stesso anche se il server si sposta. Una interrogazione si cita con il collegamento dell'editor, "
        "che indica il rilascio.",
    },
    "access-text": {
        "en": "These pages are meant to be usable by everyone. The aim is WCAG 2.2, levels A and AA (EN 301 549).",
        "it": "Queste pagine vogliono essere usabili da tutti. L'obiettivo è WCAG 2.2, livelli A e AA (EN 301 549).",
    },
    "access-done": {"en": "What is done", "it": "Che cosa è stato fatto"},
    "access-done-1": {
        "en": "All pages work without scripts, with the keyboard alone, at 360 pixels of width and enlarged.",
        "it": "Tutte le pagine funzionano senza script, con la sola tastiera, a 360 pixel di larghezza e ingrandite.",
    },
    "access-done-2": {
        "en": "Every map has a table or a list that says the same; no fact is told by colour alone.",
        "it": "Ogni mappa ha una tabella o un elenco che dice lo stesso; nulla è detto solo dal colore.",
    },
    "access-done-3": {
        "en": "Each kind of page is checked automatically with axe-core whenever the software changes.",
        "it": "Ogni tipo di pagina è controllato automaticamente con axe-core a ogni modifica del software.",
    },
    "access-limits": {"en": "Known limits", "it": "Limiti noti"},
    "access-limits-1": {
        "en": "Automatic checks find only some barriers; no test with people with disabilities has been made yet.",
        "it": "I controlli automatici trovano solo alcune barriere; non sono ancora state fatte prove con persone "
        "con disabilità.",
    },
    "access-limits-2": {
        "en": "Points on the maps can lie close together and be small; the table beside them is the better way.",
        "it": "I punti sulle mappe possono essere vicini e piccoli; la tabella accanto è la via migliore.",
    },
    "access-limits-3": {
        "en": "In the query editor Tab indents; press Esc, then Tab, to leave it.",
        "it": "Nell'editor Tab rientra il testo; premi Esc e poi Tab per uscirne.",
    },
    "access-report": {"en": "If you meet a barrier", "it": "Se incontri una barriera"},
    "access-report-text": {
        "en": "Write to the contact named under “About”, with the address of the page. A public body that runs this "
        "service adds its own formal statement here.",
        "it": "Scrivi al contatto indicato in «Informazioni», con l'indirizzo della pagina. Una pubblica "
        "amministrazione che gestisca il servizio aggiunge qui la propria dichiarazione formale.",
    },
    "quality-text": {
        "en": "How much of the documents is in the graph, where they disagree, and what is checked.",
        "it": "Quanta parte dei documenti è nel grafo, dove discordano, e che cosa si controlla.",
    },
    "quality-evidence": {"en": "Evidence", "it": "Prove"},
    "quality-evidence-text": {
        "en": "{} of {} statements are those of a passage and are checked against its lines before a release; {} "
        "passages hold what an editor concluded, each with the reason.",
        "it": "{} affermazioni su {} sono di un passo e si controllano sulle sue righe prima di un rilascio; {} passi "
        "contengono ciò che un redattore ha dedotto, ciascuno con il motivo.",
    },
    "quality-coverage": {"en": "Coverage", "it": "Copertura"},
    "quality-validation": {"en": "Validation", "it": "Validazione"},
    "quality-validation-text": {
        "en": "Shapes and rules are run over all data before each release.",
        "it": "Forme e regole sono applicate a tutti i dati prima di ogni rilascio.",
    },
    "quality-report": {"en": "The report of this release", "it": "Il rapporto di questo rilascio"},
    "quality-discrepancies": {"en": "Disagreements", "it": "Discordanze"},
    "quality-settled": {
        "en": "{} disagreements within or between documents are recorded; for {} of them one reading is preferred.",
        "it": "Sono registrate {} discordanze nei documenti o fra di essi; per {} di esse è preferita una lettura.",
    },
    "api-text": {
        "en": "Everything here can be had by programs, without a key. The OpenAPI description is the same in full.",
        "it": "Tutto è disponibile anche per i programmi, senza chiave. La descrizione OpenAPI dice lo stesso per "
        "esteso.",
    },
    "api-address": {"en": "Address", "it": "Indirizzo"},
    "api-answers": {"en": "Answers", "it": "Risponde"},
    "calendar": {"en": "Calendar", "it": "Calendario"},
    "geojson": {"en": "Partner cities as GeoJSON", "it": "Città partner in GeoJSON"},
}
