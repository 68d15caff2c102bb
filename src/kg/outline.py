"""The outline of a plain text: its chapters by headings, its passages by paragraphs. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.mentions import MONTHS, fold
from kg.passages import LONGEST

CONTENTS = re.compile(r"\s*(\d+(?:\.\d+)*)\.?\s+(\S.*?)(?:\t|\s*\.{3,}|\s{3,})\s*\d+\s*")
NUMBERED = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2})*)\.?\s+(\S.{0,78}?)\s*")
MARKED = re.compile(r"#{1,3}\s+(?:(\d+(?:\.\d+)*)\.?\s+)?(\S.*?)\s*#*")
ITEM = re.compile(r"\s*(?:[-–•*·]|\d{1,2}[.)])\s+\S")
PAGE = re.compile(r"\s*(?:(?:page|pagina|p\.)\s*)?\d{1,4}\s*", re.IGNORECASE)
NO_TITLE = re.compile(r"[.;,:!?]$")


@dataclass(frozen=True)
class Chapter:
    """A part of a document from its heading to the line before the next; what stands before the first is number 0."""

    number: str
    title: str
    first: int
    last: int


def chapters(lines: list[str]) -> list[Chapter]:
    """The chapters in order, which cover every line; one without a number where no heading is found."""
    starts = _listed(lines) or _marked(lines) or _numbered(lines)
    last = len(lines)
    if not starts:
        return [Chapter("", "", 1, last)]
    if starts[0][0] > 1 and any(line.strip() for line in lines[: starts[0][0] - 1]):
        starts.insert(0, (1, "0", ""))
    ends = [line - 1 for line, _, _ in starts[1:]] + [last]
    return [Chapter(number, title, first, end) for (first, number, title), end in zip(starts, ends, strict=True)]


def _listed(lines: list[str]) -> list[tuple[int, str, str]]:
    """Headings that a table of contents names, each where its title next stands alone on a line."""
    entries = [
        (n, m[1], m[2].strip()) for n, line in enumerate(lines, 1) if (m := CONTENTS.fullmatch(line)) is not None
    ]
    if len(entries) < 2:
        return []
    after, found = entries[-1][0], []
    for _, number, title in entries:
        wanted = {fold(title), fold(f"{number} {title}")}
        place = next((n for n, line in enumerate(lines[after:], after + 1) if fold(line) in wanted), None)
        if place:
            found.append((place, number, title))
            after = place
    return found


def _marked(lines: list[str]) -> list[tuple[int, str, str]]:
    found = [(n, MARKED.fullmatch(line)) for n, line in enumerate(lines, 1)]
    return [(n, m[1] or str(k), m[2]) for k, (n, m) in enumerate(((n, m) for n, m in found if m), 1)]


def _numbered(lines: list[str]) -> list[tuple[int, str, str]]:
    """Lines like `3.1 Twinnings`, alone between blank lines, that are neither dates nor sentences."""
    found = []
    for n, line in enumerate(lines, 1):
        match = NUMBERED.fullmatch(line)
        alone = not lines[n - 2 : n - 1] or not lines[n - 2].strip() or n == 1
        alone = alone and (n == len(lines) or not lines[n].strip())
        if match and alone and not NO_TITLE.search(match[2]) and not _is_date(match[2]):
            found.append((n, match[1], match[2]))
    return found


def _is_date(title: str) -> bool:
    words = fold(title).split()
    return not words or words[0] in MONTHS or not title[0].isupper()


def is_heading(chapter: Chapter, lines: list[str], number: int) -> bool:
    """Whether a line is the heading that its chapter begins with."""
    line = lines[number - 1]
    titles = {fold(chapter.title), fold(f"{chapter.number} {chapter.title}")}
    return number == chapter.first and fold(line) in titles


def without_fact(lines: list[str], found: list[Chapter]) -> dict[int, str]:
    """Lines that state nothing, with the reason as the concept scheme has it: contents, page numbers, headings."""
    declared = {n: "page-number" for n, line in enumerate(lines, 1) if PAGE.fullmatch(line)}
    entries = [n for n, line in enumerate(lines, 1) if CONTENTS.fullmatch(line)]
    if len(entries) > 1:
        declared |= dict.fromkeys(entries, "contents")
        before = next((n for n in range(entries[0] - 1, 0, -1) if lines[n - 1].strip()), 0)
        if before and fold(lines[before - 1]) in ("contents", "table of contents", "indice", "sommario"):
            declared[before] = "contents"
    return declared | {chapter.first: "heading" for chapter in found if is_heading(chapter, lines, chapter.first)}


def paragraphs(lines: list[str], first: int, last: int) -> list[tuple[int, int]]:
    """First and last line of each paragraph or list item, none longer than a passage may be."""
    found: list[tuple[int, int]] = []
    start = 0
    for n in range(first, last + 2):
        text = lines[n - 1] if n <= last else ""
        begins = bool(text.strip()) and (not start or ITEM.match(text) or n - start >= LONGEST)
        if start and (not text.strip() or begins):
            found.append((start, n - 1))
            start = 0
        if begins:
            start = n
    return found
