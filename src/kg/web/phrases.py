"""The words of the query editor in English and Italian: those of its page, and those that its script shows.

The script gets its own with the page, so that every word that a visitor sees stands in a list of this package.
"""

from __future__ import annotations

THEMES: dict[str, dict[str, str]] = {
    "agreements": {"en": "Agreements and partner cities", "it": "Accordi e città partner"},
    "awards": {"en": "Awards", "it": "Premi"},
    "consulates": {"en": "Consulates", "it": "Consolati"},
    "documents": {"en": "Documents", "it": "Documenti"},
    "events": {"en": "Events", "it": "Eventi"},
    "findings": {"en": "Findings", "it": "Che cosa emerge"},
    "gaps": {"en": "Gaps in the data", "it": "Lacune nei dati"},
    "missions": {"en": "Missions", "it": "Missioni"},
    "networks": {"en": "Networks", "it": "Reti"},
    "organisations": {"en": "Organisations", "it": "Organizzazioni"},
    "people": {"en": "People", "it": "Persone"},
    "programmes": {"en": "Programmes", "it": "Programmi"},
    "projects": {"en": "Projects", "it": "Progetti"},
    "provenance": {"en": "Who says so", "it": "Chi lo dice"},
    "sport": {"en": "Sport", "it": "Sport"},
    "visits": {"en": "Visits", "it": "Visite"},
}

PAGE: dict[str, dict[str, str]] = {
    "about": {
        "en": "Ask the graph in SPARQL. Its prefixes need no declaration; "
        "GRAPH ?passage { … } asks what a passage states.",
        "it": "Interroga il grafo in SPARQL. I suoi prefissi non vanno dichiarati; "
        "GRAPH ?passage { … } chiede che cosa afferma un passo.",
    },
    "all-themes": {"en": "All themes", "it": "Tutti i temi"},
    "close": {"en": "Close", "it": "Chiudi"},
    "code": {"en": "Copy as code", "it": "Copia come codice"},
    "code-text": {"en": "The query as code", "it": "L'interrogazione come codice"},
    "copy": {"en": "Copy", "it": "Copia"},
    "download": {"en": "Download", "it": "Scarica"},
    "examples": {"en": "Examples", "it": "Esempi"},
    "find": {"en": "Search the examples", "it": "Cerca negli esempi"},
    "format": {"en": "Format", "it": "Formato"},
    "help": {
        "en": "Ctrl+Enter asks, Ctrl+Space completes names. Tab indents: to leave the text, press Esc, then Tab.",
        "it": "Ctrl+Invio interroga, Ctrl+Spazio completa i nomi. Tab rientra: per uscire premi Esc, poi Tab.",
    },
    "language": {"en": "Programming language", "it": "Linguaggio"},
    "other-release": {
        "en": "This link asks the release {}; the latest is {}.",
        "it": "Questo collegamento interroga il rilascio {}; l'ultimo è {}.",
    },
    "ask-latest": {"en": "Ask the latest", "it": "Interroga l'ultimo"},
    "passages": {"en": "Who says so", "it": "Chi lo dice"},
    "query": {"en": "Query", "it": "Interrogazione"},
    "results": {"en": "Answer", "it": "Risposta"},
    "run": {"en": "Ask", "it": "Interroga"},
    "share": {"en": "Share", "it": "Condividi"},
    "share-text": {
        "en": "A link to this query and to the release {}: it gives this answer as long as the server keeps it.",
        "it": "Un collegamento a questa interrogazione e al rilascio {}: dà questa risposta finché il server lo tiene.",
    },
    "theme": {"en": "Theme", "it": "Tema"},
    "title": {"en": "Query editor", "it": "Editor di interrogazioni"},
}

SCRIPT: dict[str, dict[str, str]] = {
    "answer-in": {"en": "Rows: {} in {} s", "it": "Righe: {} in {} s"},
    "answer-yes": {"en": "Yes", "it": "Sì"},
    "answer-no": {"en": "No", "it": "No"},
    "asking": {"en": "Asking …", "it": "Interrogo …"},
    "begins": {"en": "from “{}” to “{}”", "it": "da «{}» a «{}»"},
    "cannot-show": {
        "en": "This answer cannot be shown as {}; here it is as {}.",
        "it": "Questa risposta non si può mostrare come {}; eccola come {}.",
    },
    "chart": {"en": "Chart", "it": "Grafico"},
    "chart-label": {"en": "Bars for", "it": "Barre per"},
    "chart-rows": {"en": "number of rows", "it": "numero di righe"},
    "chart-value": {"en": "Length by", "it": "Lunghezza secondo"},
    "complete": {"en": "Press Ctrl+Space to complete", "it": "Premi Ctrl+Spazio per completare"},
    "computed": {
        "en": "The query has computed this value. These passages are about the other values of its row.",
        "it": "L'interrogazione ha calcolato questo valore. Questi passi riguardano gli altri valori della riga.",
    },
    "copied": {"en": "Copied", "it": "Copiato"},
    "derived": {"en": "Derived by rules", "it": "Ricavato con regole"},
    "described": {"en": "Kept by the editors", "it": "Curato dai redattori"},
    "examples-found": {"en": "Examples found: {}", "it": "Esempi trovati: {}"},
    "expected": {"en": "This line is no SPARQL yet. Expected: ", "it": "Questa riga non è ancora SPARQL. Atteso: "},
    "filter": {"en": "Filter the rows", "it": "Filtra le righe"},
    "first-of": {"en": "The first {} of {}.", "it": "I primi {} di {}."},
    "go-to-line": {"en": "Go to line {}, column {}", "it": "Vai alla riga {}, colonna {}"},
    "inferred": {"en": "concluded by an editor", "it": "dedotto da un redattore"},
    "map": {"en": "Map", "it": "Mappa"},
    "map-fit": {"en": "Only the points", "it": "Solo i punti"},
    "map-text": {"en": "Map with {} places", "it": "Mappa con {} luoghi"},
    "map-world": {"en": "Whole world", "it": "Tutto il mondo"},
    "more": {"en": "and {} more", "it": "e altri {}"},
    "next": {"en": "Next rows", "it": "Righe successive"},
    "no-passages": {
        "en": "No passage states this: it comes from the ontology, from reference data, or from the query itself.",
        "it": "Nessun passo lo afferma: viene dall'ontologia, da dati di riferimento o dall'interrogazione stessa.",
    },
    "no-places": {"en": "Nothing in this answer has a place.", "it": "Niente in questa risposta ha un luogo."},
    "no-rows": {"en": "No rows.", "it": "Nessuna riga."},
    "open-page": {"en": "Page of {}", "it": "Pagina di {}"},
    "passages-of": {
        "en": "These are the passages of the latest release, {}.",
        "it": "Questi sono i passi dell'ultimo rilascio, {}.",
    },
    "previous": {"en": "Previous rows", "it": "Righe precedenti"},
    "raw": {"en": "Raw", "it": "Testo"},
    "rows-of": {"en": "Rows {} to {} of {}", "it": "Righe da {} a {} di {}"},
    "sort": {"en": "Sort by {}", "it": "Ordina per {}"},
    "stop": {"en": "Stop", "it": "Ferma"},
    "stopped": {"en": "Stopped.", "it": "Fermato."},
    "support": {"en": "Passages for {}", "it": "Passi per {}"},
    "table": {"en": "Table", "it": "Tabella"},
    "timeline": {"en": "Timeline", "it": "Linea del tempo"},
    "too-long": {
        "en": "The query is too long for a link; copy its text instead.",
        "it": "L'interrogazione è troppo lunga per un collegamento; copiane il testo.",
    },
    "undeclared": {"en": "The prefix {} is not declared", "it": "Il prefisso {} non è dichiarato"},
    "unreachable": {"en": "The server does not answer: {}", "it": "Il server non risponde: {}"},
}


def phrase(name: str, language: str, *values: object) -> str:
    """A word of the editor's page."""
    text = PAGE[name][language]
    return text.format(*values) if values else text


def theme(name: str, language: str) -> str:
    """What a theme of the examples is called; one that is not listed by its own name."""
    return THEMES.get(name, {}).get(language, name)


def for_script(language: str) -> dict[str, str]:
    """The words that the script shows."""
    return {name: texts[language] for name, texts in SCRIPT.items()}
