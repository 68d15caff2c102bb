"""The queries of the folder `queries/` as examples: title and description in both languages, theme, text.

A query's head comments say what it is; a file that lacks a title or a theme is no example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.derive import read_header
from kg.web.words import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

IN_ENGLISH = re.compile(r'(LANG\(\?\w+\) = )"en"')
HEAD = re.compile(r"\A(?:#[^\n]*\n)*\s*")


@dataclass(frozen=True)
class Example:
    """A query to begin with; title, description and text are by language."""

    name: str
    theme: str
    title: dict[str, str]
    about: dict[str, str]
    query: dict[str, str]


def read_examples(folder: Path) -> list[Example]:
    """The examples by theme, then by title; none where there is no such folder."""
    if not folder.is_dir():
        return []
    found = [_example(file.stem, file.read_text(encoding="utf-8")) for file in folder.glob("*.rq")]
    whole = [example for example in found if example.theme and all(example.title.values())]
    return sorted(whole, key=lambda example: (example.theme, example.title[LANGUAGES[0]].casefold()))


def _example(name: str, text: str) -> Example:
    header = read_header(text)
    return Example(
        name,
        header.get("theme", ""),
        {language: header.get(language, "") for language in LANGUAGES},
        {language: header.get(f"about-{language}", "") for language in LANGUAGES},
        {language: in_language(HEAD.sub("", text, count=1).strip() + "\n", language) for language in LANGUAGES},
    )


def in_language(query: str, language: str) -> str:
    """A query that asks for English names, asking for those of another language."""
    return IN_ENGLISH.sub(rf'\1"{language}"', query)
