"""What the classes of the ontology are called when there are several, and one, in English and Italian."""

from __future__ import annotations

CLASSES: dict[str, dict[str, tuple[str, str]]] = {
    "Agreement": {"en": ("agreement", "agreements"), "it": ("accordo", "accordi")},
    "Award": {"en": ("award", "awards"), "it": ("riconoscimento", "riconoscimenti")},
    "City": {"en": ("city", "cities"), "it": ("città", "città")},
    "Conferral": {"en": ("conferral", "conferrals"), "it": ("conferimento", "conferimenti")},
    "ConsularPost": {"en": ("consular post", "consular posts"), "it": ("sede consolare", "sedi consolari")},
    "Country": {"en": ("country", "countries"), "it": ("Paese", "Paesi")},
    "Discrepancy": {"en": ("discrepancy", "discrepancies"), "it": ("discordanza", "discordanze")},
    "Document": {"en": ("document", "documents"), "it": ("documento", "documenti")},
    "Event": {"en": ("event", "events"), "it": ("evento", "eventi")},
    "Figure": {"en": ("figure", "figures"), "it": ("dato", "dati numerici")},
    "Holding": {"en": ("office held", "offices held"), "it": ("carica ricoperta", "cariche ricoperte")},
    "Membership": {"en": ("membership", "memberships"), "it": ("appartenenza", "appartenenze")},
    "Mission": {"en": ("mission", "missions"), "it": ("missione", "missioni")},
    "Network": {"en": ("network", "networks"), "it": ("rete", "reti")},
    "Organisation": {"en": ("organisation", "organisations"), "it": ("organizzazione", "organizzazioni")},
    "Participation": {"en": ("participation", "participations"), "it": ("partecipazione", "partecipazioni")},
    "Person": {"en": ("person", "people"), "it": ("persona", "persone")},
    "Post": {"en": ("post", "posts"), "it": ("carica", "cariche")},
    "Programme": {"en": ("programme", "programmes"), "it": ("programma", "programmi")},
    "Project": {"en": ("project", "projects"), "it": ("progetto", "progetti")},
    "Region": {"en": ("region", "regions"), "it": ("area", "aree")},
    "Series": {"en": ("series", "series"), "it": ("serie", "serie")},
    "Venue": {"en": ("venue", "venues"), "it": ("luogo", "luoghi")},
    "Visit": {"en": ("visit", "visits"), "it": ("visita", "visite")},
    "Work": {"en": ("work", "works"), "it": ("opera", "opere")},
    "WorkingGroup": {"en": ("working group", "working groups"), "it": ("gruppo di lavoro", "gruppi di lavoro")},
}


def plural(name: str, language: str, *, one: bool = False) -> str:
    """What several of a class, or one, are called; empty for a class that is not in the list."""
    found = CLASSES.get(name)
    return "" if found is None else found[language][0 if one else 1]
