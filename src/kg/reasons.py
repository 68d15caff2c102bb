"""Why evidence doubts a statement or a passage: the messages in English and Italian, each with its remedy."""

from __future__ import annotations

Reason = tuple[str, str]  # English and Italian
NONE: Reason = ("", "")

TEXTS: dict[str, Reason] = {
    "no fact": (
        "nothing in the lines names {0}, or none of its facts is found; correct name, fact or passage",
        "le righe non nominano {0}, o non riportano alcun suo dato; correggere nome, dato o passo",
    ),
    "no words": (
        "the words {0!r} are not in the lines; write them as printed",
        "le parole {0!r} non sono nelle righe; scriverle come stampate",
    ),
    "no name": (
        "no name of {0} is in the lines; correct it, or give it the spelling used there as skos:altLabel",
        "nessun nome di {0} è nelle righe; correggerlo o dargli come skos:altLabel la grafia usata lì",
    ),
    "no concept": (
        "no word for {0} is in the lines; correct it or remove it",
        "nessuna parola per {0} è nelle righe; correggere o togliere",
    ),
    "not a number": ("{0} is no number; correct it", "{0} non è un numero; correggerlo"),
    "no number": (
        "the number {0} is not in the lines; correct it",
        "il numero {0} non è nelle righe; correggerlo",
    ),
    "no day": (
        "the day or month of {0} is not in the lines; correct it",
        "il giorno o il mese di {0} non è nelle righe; correggerlo",
    ),
    "no year": (
        "the year of {0} is not in the lines; say where it comes from by cr:yearFrom, or mend it",
        "l'anno di {0} non è nelle righe; dire da dove viene con cr:yearFrom o correggerlo",
    ),
    "other year": (
        "the year of {0} is neither in the lines nor that of the document of cr:yearFrom; correct it",
        "l'anno di {0} non è nelle righe né è quello del documento di cr:yearFrom; correggerlo",
    ),
    "note": (
        "an inferred graph needs a reason; add cr:note in both languages",
        "un grafo dedotto richiede un motivo; aggiungere cr:note nelle due lingue",
    ),
    "yearFrom": (
        "cr:yearFrom is not needed here: no date lacks its year; remove it",
        "cr:yearFrom non serve qui: a nessuna data manca l'anno; toglierlo",
    ),
    "context": (
        "cr:context is not needed here: the lines say it all; remove it",
        "cr:context non serve qui: le righe dicono tutto; toglierlo",
    ),
}


def reason(name: str, about: str = "") -> Reason:
    """The message of that name about a term as the files write it."""
    english, italian = TEXTS[name]
    return english.format(about), italian.format(about)
