"""The errors of the endpoint and of the pages in Italian: each sentence of ours beside its translation.

`{}` stands for what differs: a number, a name, a piece of the query. A test reads the sentences from the modules that
raise errors and holds this list against them; what is missing here stays English.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

TITLES = {
    400: "Richiesta errata",
    403: "Rifiutato",
    404: "Non trovato",
    405: "Metodo non ammesso",
    406: "Formato non disponibile",
    408: "Richiesta troppo lenta",
    413: "Troppo grande",
    414: "Indirizzo troppo lungo",
    429: "Troppe richieste",
    500: "Errore interno",
    502: "Servizio esterno non raggiungibile",
    503: "Servizio occupato",
    504: "Tempo scaduto",
}

SENTENCES = {
    # what went wrong
    "a row of {} values is too long": "una riga di {} valori è troppo lunga",
    "a subject and a property are IRIs": "un soggetto e una proprietà sono IRI",
    "a triple has a subject and a property": "una tripla ha un soggetto e una proprietà",
    "a body without content type is not understood": "un corpo senza tipo di contenuto non si può leggere",
    "a prefix is not declared": "un prefisso non è dichiarato",
    "an IRI is not valid or not absolute": "un IRI non è valido o non è assoluto",
    "an endpoint that SERVICE asks does not answer: {}": "un endpoint chiamato con SERVICE non risponde: {}",
    "nothing is known of <{}>": "non si sa nulla di <{}>",
    "nothing that is offered here fits Accept: {}": "nessun formato disponibile corrisponde ad Accept: {}",
    "page={} is no number of a page": "page={} non è un numero di pagina",
    "there is no scheme {}": "non c'è uno schema {}",
    "see /{}/concepts for those there are": "vedere /{}/concepts per quelli che ci sono",
    "there is no document {}": "non c'è un documento {}",
    "see /review for those there are": "vedere /review per quelli che ci sono",
    "there is no chapter {}": "non c'è un capitolo {}",
    "see /review/{} for those there are": "vedere /review/{} per quelli che ci sono",
    "the review is for who sits at this machine": "la revisione è per chi siede a questo computer",
    "open it by http://127.0.0.1 and the port": "aprirla con http://127.0.0.1 e la porta",
    "the review cannot be shown: {} {}": "la revisione non si può mostrare: {} {}",
    "since={} is no revision": "since={} non è una revisione",
    "write the name of a revision of git": "scrivere il nome di una revisione di git",
    "no finding is by the rule {}": "nessun rilievo viene dalla regola {}",
    "see /{}/{} for all": "vedere /{}/{} per tutti",
    "there is no report: the files are not those of the release that is served, or cannot be checked": (
        "non c'è un rapporto: i file non sono quelli del rilascio servito, o non si possono verificare"
    ),
    "the operator reloads the data by `kg reload`; try again then": (
        "il gestore ricarica i dati con `kg reload`; riprovare dopo"
    ),
    "the answer cannot be written as {}: it has triples within triples": (
        "la risposta non si può scrivere come {}: contiene triple dentro triple"
    ),
    "the answer has more than {} bytes": "la risposta supera {} byte",
    "the answer has more than {} rows": "la risposta supera {} righe",
    "the answer has more than {} triples": "la risposta supera {} triple",
    "the body did not arrive within {} seconds": "il corpo della richiesta non è arrivato entro {} secondi",
    "the body has more than {} bytes": "il corpo della richiesta supera {} byte",
    "the body is said to be {}": "il corpo è dichiarato come {}",
    "the content type {} is not understood": "il tipo di contenuto {} non è ammesso",
    "the form of the query is not recognisable": "non si riconosce la forma dell'interrogazione",
    "the format {} is not offered here": "il formato {} qui non è disponibile",
    "the prefix {} is not declared": "il prefisso {} non è dichiarato",
    "the process that evaluated the query has ended": "il processo che valutava l'interrogazione è terminato",
    "the query cannot be evaluated: {}": "l'interrogazione non si può valutare: {}",
    "the query could not be evaluated": "non è stato possibile valutare l'interrogazione",
    "the query has not ended within {} seconds": "l'interrogazione non è terminata entro {} secondi",
    "the query has {} bytes": "l'interrogazione ha {} byte",
    "the query is empty": "l'interrogazione è vuota",
    "the query is not SPARQL 1.1 here": "qui l'interrogazione non è SPARQL 1.1",
    "the query is not SPARQL 1.1 here; expected: {}": "qui l'interrogazione non è SPARQL 1.1; atteso: {}",
    "the query needs more memory than it may use": "l'interrogazione richiede più memoria di quella concessa",
    "the query string has {} bytes": "la parte dell'indirizzo dopo il punto interrogativo ha {} byte",
    "the release {} cannot be asked here": "il rilascio {} qui non si può interrogare",
    "the request has no query": "la richiesta non contiene un'interrogazione",
    "the request has `{}` {} times": "la richiesta contiene `{}` {} volte",
    "the server could not answer": "il server non è riuscito a rispondere",
    "the request has no value": "la richiesta non contiene un valore",
    "the answer of the engine behind this endpoint cannot be read": (
        "la risposta del motore dietro questo endpoint non si può leggere"
    ),
    "the engine behind this endpoint answers {}": "il motore dietro questo endpoint risponde {}",
    "the engine behind this endpoint cannot be reached": "il motore dietro questo endpoint non è raggiungibile",
    "the engine behind this endpoint describes things in a way of its own": (
        "il motore dietro questo endpoint descrive le cose a modo suo"
    ),
    "the engine behind this endpoint does not give the graph <{}> in full": (
        "il motore dietro questo endpoint non dà per intero il grafo <{}>"
    ),
    "the engine behind this endpoint does not understand the query: {}": (
        "il motore dietro questo endpoint non capisce l'interrogazione: {}"
    ),
    "the engine behind this endpoint finds no graph by an empty pattern": (
        "il motore dietro questo endpoint non trova grafi con un pattern vuoto"
    ),
    "the engine behind this endpoint gives at most {} rows": "il motore dietro questo endpoint dà al massimo {} righe",
    "the engine behind this endpoint gives only a part of the answer": (
        "il motore dietro questo endpoint dà solo una parte della risposta"
    ),
    "the engine behind this endpoint holds another release, or none: {}": (
        "il motore dietro questo endpoint ha un altro rilascio, o nessuno: {}"
    ),
    "the engine behind this endpoint took too long": "il motore dietro questo endpoint ha impiegato troppo tempo",
    "there is no graph {}": "non esiste il grafo {}",
    "xsd: is refused as a prefix of your own": "xsd: è rifiutato come prefisso tuo",
    "{} is refused: it may mean more than a name to the engine": (
        "{} è rifiutato: per il motore può essere più di un nome"
    ),
    "{}( is refused: no function but SPARQL's own is called": (
        "{}( è rifiutato: non si chiamano funzioni che SPARQL non ha"
    ),
    "there is no class {} with members": "non esiste una classe {} con membri",
    "there is no example {}": "non esiste l'esempio {}",
    "there is no graph <{}>": "non esiste il grafo <{}>",
    "there is no page {}": "non esiste la pagina {}",
    "too many queries are running": "ci sono troppe interrogazioni in corso",
    "too many queries are waiting": "ci sono troppe interrogazioni in attesa",
    "too many slow queries are running": "ci sono troppe interrogazioni lente in corso",
    "updates are refused: this endpoint only answers queries": (
        "le modifiche sono rifiutate: questo endpoint risponde solo a interrogazioni"
    ),
    "your slow queries have taken their share of the time": (
        "le tue interrogazioni lente hanno esaurito il tempo a disposizione"
    ),
    "`timeout` is {}": "`timeout` vale {}",
    "SERVICE{} is refused: this endpoint calls no other": "SERVICE{} è rifiutato: questo endpoint non ne chiama altri",
    "{} is no IRI and no literal": "{} non è un IRI né un letterale",
    "{} has the broken escape {}": "{} contiene la sequenza di escape errata {}",
    "{} is not UTF-8 at byte {}": "{} non è UTF-8 al byte {}",
    "{} is not understood": "{} non è ammesso",
    "{} is refused: this endpoint only answers queries": (
        "{} è rifiutato: questo endpoint risponde solo a interrogazioni"
    ),
    "{} may be a name or FROM with a graph": "{} può essere un nome oppure FROM con un grafo",
    "{} may be an IRI or a comparison, and SERVICE is refused": (
        "{} può essere un IRI oppure un confronto, e SERVICE è rifiutato"
    ),
    "{} {} is not answered": "{} {} non è previsto",
    # what to do
    "ask again": "riprova",
    "ask again in a moment": "riprova tra un momento",
    "ask again later, or ask queries that take less than a fifth of a second: they are free": (
        "riprova più tardi, o poni interrogazioni che durano meno di un quinto di secondo: sono libere"
    ),
    "ask again when some of the slow queries have ended": "riprova quando alcune interrogazioni lente sono terminate",
    "ask by Accept or by format= for one of: {}": "chiedi con Accept o con format= uno di questi: {}",
    "ask for Turtle or N-Triples": "chiedi Turtle o N-Triples",
    "ask for less at a time: join on fewer unbound patterns, and filter before you group or sort": (
        "chiedi meno per volta: unisci meno pattern liberi, e filtra prima di raggruppare o ordinare"
    ),
    "ask for less with LIMIT and OFFSET, or count and group instead of listing": (
        "chiedi meno con LIMIT e OFFSET, oppure conta e raggruppa invece di elencare"
    ),
    "ask that endpoint yourself, or write SERVICE SILENT": "interroga tu quell'endpoint, o scrivi SERVICE SILENT",
    "ask the other endpoint yourself and join the results; if it is part of a name, put a `.` before `{{`": (
        "interroga tu l'altro endpoint e unisci i risultati; se fa parte di un nome, metti un `.` prima di `{{`"
    ),
    "ask with SELECT, ASK, CONSTRUCT or DESCRIBE; the data changes only by editing its files": (
        "usa SELECT, ASK, CONSTRUCT o DESCRIBE; i dati cambiano solo modificandone i file"
    ),
    "ask the latest or the one before it": "interroga l'ultimo o quello precedente",
    "declare it with PREFIX; these need no declaration: {}": "dichiaralo con PREFIX; questi non vanno dichiarati: {}",
    "keep it within {} bytes of UTF-8": "resta entro {} byte in UTF-8",
    "list the graphs with {}": "elenca i grafi con {}",
    "look at the line and column, and just before": "guarda alla riga e colonna indicate, e subito prima",
    "look for it from / or ask /sparql": "cercalo a partire da / o con /sparql",
    "make it cheaper: bind more of its patterns, filter early, or ask for less at a time": (
        "rendila più leggera: lega più pattern, filtra presto, o chiedi meno per volta"
    ),
    "put a space after a `<` that means less than, and write the IRI with its scheme or as a prefixed name": (
        "metti uno spazio dopo un `<` che significa minore, e scrivi l'IRI con il suo schema o con un prefisso"
    ),
    "see {} for those there are": "vedi {} per quelle che ci sono",
    "send UTF-8": "invia UTF-8",
    "send at most {}": "inviane al massimo {}",
    "send a shorter query": "invia un'interrogazione più breve",
    "send it by POST, which takes more": "inviala con POST, che accetta di più",
    "send `subject`, `property` and `value`": "invia `subject`, `property` e `value`",
    "send `value`, a term as N-Triples write it": "invia `value`, un termine come lo scrive N-Triples",
    "send one as `query`": "inviane una come `query`",
    "send the query as `query` in a form, or as {}": "invia l'interrogazione come `query` in un modulo, o come {}",
    "send the whole body at once": "invia l'intero corpo in una volta",
    "send `{}` once": "invia `{}` una volta sola",
    "send {} with `query`, or {}": "invia {} con `query`, oppure {}",
    "the pages are 1 to {}": "le pagine vanno da 1 a {}",
    "`kg push` loads release {} into it": "`kg push` vi carica il rilascio {}",
    "ask something simpler; if it stays so, tell who runs this endpoint": (
        "chiedi qualcosa di più semplice; se non basta, avvisa chi gestisce l'endpoint"
    ),
    "declare it as everybody does": "dichiaralo come fanno tutti",
    "make the query cheaper": "rendi l'interrogazione più leggera",
    "name a graph in full, or by a known prefix": "nomina un grafo per intero, o con un prefisso noto",
    "the query is SPARQL 1.1, yet this engine does not take it: write it another way": (
        "l'interrogazione è SPARQL 1.1, ma questo motore non la accetta: scrivila in un altro modo"
    ),
    "use what SPARQL 1.1 itself has": "usa ciò che offre SPARQL 1.1",
    "use what SPARQL 1.1 itself has; before a list in parentheses put a variable, and FILTER it": (
        "usa ciò che offre SPARQL 1.1; prima di un elenco tra parentesi metti una variabile, e usa FILTER"
    ),
    "write CONSTRUCT {{ ?x ?p ?o }} WHERE {{ … ?x ?p ?o }}": "scrivi CONSTRUCT {{ ?x ?p ?o }} WHERE {{ … ?x ?p ?o }} ",
    "write {{ ?s ?p ?o }} in the place of {{}}": "scrivi {{ ?s ?p ?o }} al posto di {{}}",
    "try a simpler query": "prova con un'interrogazione più semplice",
    "try again later, or ask something simpler": "riprova più tardi, o chiedi qualcosa di più semplice",
    "use the functions of SPARQL 1.1": "usa le funzioni di SPARQL 1.1",
    "use {}": "usa {}",
    "write FROM, NAMED and the name of the graph with spaces between them": (
        "scrivi FROM, NAMED e il nome del grafo separati da spazi"
    ),
    'write <IRI>, "text"@en or "2024"^^<datatype>, as in N-Triples': (
        'scrivi <IRI>, "testo"@it o "2024"^^<datatype>, come in N-Triples'
    ),
    "write both as <IRI>": "scrivi entrambi come <IRI>",
    "write a SPARQL query, e.g. ASK {{}}": "scrivi un'interrogazione SPARQL, p. es. ASK {{}}",
    "write a literal percent sign as %25": "scrivi il segno di percento come %25",
    "write a whole number from 1": "scrivi un numero intero da 1 in su",
    "write seconds, e.g. timeout=2.5": "scrivi i secondi, p. es. timeout=2.5",
    "write spaces around the first word": "metti spazi intorno alla prima parola",
    "write the IRI in full, or declare a BASE for relative ones": (
        "scrivi l'IRI per intero, o dichiara BASE per quelli relativi"
    ),
}


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The sentences as patterns, those with the most fixed text first."""
    ordered = sorted(SENTENCES.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
    return [(_pattern(english), translated) for english, translated in ordered]


def _pattern(english: str) -> re.Pattern[str]:
    parts = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in re.split(r"(?<!\{)\{\}(?!\})", english)]
    return re.compile("(.*?)".join(parts), re.DOTALL)


def sentence(english: str) -> str:
    """A sentence in Italian; one that is not in the list stays as it is."""
    for pattern, translated in _patterns():
        found = pattern.fullmatch(english)
        if found:
            return translated.format(*found.groups())
    return english


def problem(values: dict[str, Any]) -> dict[str, Any]:
    """A problem document in Italian."""
    texts: dict[str, Any] = {name: sentence(values[name]) for name in ("detail", "remedy") if name in values}
    return {**values, "title": TITLES.get(values["status"], values["title"]), **texts}
