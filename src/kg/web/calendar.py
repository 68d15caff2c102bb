"""Events, missions and visits as a calendar (iCalendar, RFC 5545): those of which a document states the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.web.plurals import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.web.reading import Reading
    from kg.web.view import Page

DATED = ("Event", "Mission", "Visit")
LONGEST = 75  # octets of a line, without its end
DAY = len("2024-03-12")


def calendar(page: Page, reading: Reading, stamp: str) -> bytes:
    """All of them in the order of their days; `stamp` is the day of the release."""
    things = reading.in_time({thing for name in DATED for thing in reading.terms.members.get(name, [])})
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{escaped(page.graph.city.dataset)}",
        f"NAME;LANGUAGE={page.language}:{escaped(page.site)}",
        f"X-WR-CALNAME:{escaped(page.site)}",
    ]
    for thing in things:
        if len(reading.start(thing)) == DAY:
            lines += _event(page, reading, thing, stamp)
    return "".join(folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _event(page: Page, reading: Reading, thing: str, stamp: str) -> Iterator[str]:
    first = date.fromisoformat(reading.start(thing))
    end = reading.end(thing)
    last = date.fromisoformat(end) if len(end) == DAY else first
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(thing)}"
    yield f"DTSTAMP:{(stamp or reading.start(thing)).replace('-', '')}T000000Z"
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY;LANGUAGE={page.language}:{escaped(reading.terms.name(thing, page.language))}"
    places = reading.values(thing, "location") or reading.values(thing, "destination")
    if places:
        names = ", ".join(reading.terms.texts(places, page.language))
        yield f"LOCATION;LANGUAGE={page.language}:{escaped(names)}"
    kind = plural(reading.classes.get(thing, ""), page.language, one=True)
    if kind:
        yield f"CATEGORIES;LANGUAGE={page.language}:{escaped(kind)}"
    yield f"URL:{page.base}{page.href(ox.NamedNode(thing).value)}"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A text as a value (RFC 5545 §3.3.11)."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text


def folded(line: str) -> str:
    """A line broken so that none is longer than it may be, in octets (RFC 5545 §3.1)."""
    parts: list[str] = []
    part = ""
    for letter in line:
        if len((part + letter).encode()) > LONGEST - bool(parts):
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part]) + "\r\n"
