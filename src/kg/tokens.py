"""What a query asks for, read from its SPARQL tokens alone: its form, and every word that opens a door.

Judges no syntax (the engine does) and decides nothing (`kg.query` does). What it must never do is read a text
otherwise than the engine: what that takes for SERVICE is found here however it is written, glued to its neighbours too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")

# Terminals of SPARQL 1.1, §19.8.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_"
_CHAR = _START + "0-9\u00b7\u0300-\u036f\u203f\u2040\\-"
_UNICODE = r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U(?!0000[Dd][89A-Fa-f])00(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4}"
_ECHAR = rf"""\\[tbnrf"'\\]|{_UNICODE}"""
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LONGEST_PREFIX = 100  # a longer one is read as words: without a bound the time grows with the square of the length
_TOKEN = re.compile(
    rf"""
    (?P<space>[\x20\t\r\n]++|\#[^\r\n]*+)
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_UNICODE})*+>)
  | (?P<string>\"\"\"(?:"{{0,2}}(?:[^"\\]|{_ECHAR}))*+\"\"\"|'''(?:'{{0,2}}(?:[^'\\]|{_ECHAR}))*+'''
      |"(?:[^"\\\n\r]|{_ECHAR})*+"|'(?:[^'\\\n\r]|{_ECHAR})*+')
  | (?P<variable>[?$][{_START}0-9][{_CHAR}]*+)
  | (?P<blank>_:[{_START}0-9](?:\.*+[{_CHAR}])*+)
  | (?P<name>(?:[{_BASE}](?:\.*+[{_CHAR}]){{0,{_LONGEST_PREFIX}}}+)?:
      (?:(?:[{_START}:0-9]|{_ESCAPED})(?:\.*+(?:[{_CHAR}:]|{_ESCAPED}))*+)?)
  | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
  | (?P<number>[0-9]++)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_HEAD = re.compile(
    r"""(?:[\x20\t\r\n]++|\#[^\r\n]*+|BASE\s*+<[^>]*+>|PREFIX\s*+[^\s:<]*+:\s*+<[^>]*+>)*+([A-Z]++)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_WORTH_READING = re.compile(rf"\\u|SERVICE|FROM|(?<![A-Z_])(?:{'|'.join(UPDATES)})", re.IGNORECASE | re.ASCII)
_PLAIN_PREFIX = re.compile(r"https?://[A-Za-z0-9.-]+/[A-Za-z0-9._~/#-]*+", re.ASCII)
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_.-]*+", re.ASCII)
_GLUED = re.compile(r"(?:.*FROM)?(?:NAMED)?", re.IGNORECASE | re.DOTALL)
# A call of a function whose value changes from one time to the next; white space and comments may stand before `(`.
_VOLATILE = re.compile(r"(?:NOW|RAND|UUID|BNODE)(?:[\x20\t\r\n]++|#[^\r\n]*+)*+\(", re.IGNORECASE | re.ASCII)
_CODEPOINT = re.compile(r"\\\\|\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SCHEME = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_LOCAL_ESCAPE = re.compile(r"\\(.)")

# After these a `<` within parentheses may be "less than": something that ends an operand.
_OPERAND = ("variable", "name", "iri", "string", "language", "number", "word", "blank")
_OPERAND_MARKS = (")", "}", "]", ">")


class Token(NamedTuple):
    """A token of a kind: `iri`, `name`, `variable`, `word`, `string`, `mark` …."""

    kind: str
    text: str
    start: int = 0


@dataclass
class Asks:
    """What a query asks for: its form, FROM and FROM NAMED, the updates it names, targets of SERVICE (None: no IRI).

    `unclear` is a `<` that may be an operator or the start of an IRI, in a text that has the word SERVICE; `glued` is
    a FROM that no space parts from the name of the graph.
    """

    form: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    services: tuple[str | None, ...] = ()
    updates: tuple[str, ...] = ()
    unclear: str | None = None
    glued: str | None = None
    base: str = field(default="", repr=False)


def read(query: str, prefixes: Mapping[str, str], base: str = "") -> Asks:
    """What the query asks for; `prefixes` need no declaration, `base` is what relative IRIs begin from.

    SPARQL 1.1 §19.2 has codepoint escapes decoded before anything else, some engines decode them in strings and IRIs
    only: a query with escapes is read both ways, and asks for what either reading finds.
    """
    asks = Asks(form=_form(query), base=base)
    if _WORTH_READING.search(query) is None:
        return asks
    _Reader(query, prefixes, asks).read()
    decoded = _CODEPOINT.sub(_decoded, query)
    if decoded != query:
        asks.form = asks.form or _form(decoded)
        second = Asks(base=base)
        _Reader(decoded, prefixes, second).read()
        asks.services += second.services
        asks.updates += second.updates
        asks.unclear = asks.unclear or second.unclear
        asks.glued = asks.glued or second.glued
    return asks


def is_volatile(query: str) -> bool:
    """Whether the answer may be another each time: NOW, RAND, UUID, STRUUID, BNODE (or a text that looks like it)."""
    return any(_VOLATILE.search(text) for text in {query, _CODEPOINT.sub(_decoded, query)})


def decoded(query: str) -> str:
    """The query with its codepoint escapes decoded."""
    return _CODEPOINT.sub(_decoded, query)


def _form(query: str) -> str | None:
    head = _HEAD.match(query)
    word = head.group(1).upper() if head else ""
    return next((form for form in FORMS if word.startswith(form)), None)


def _decoded(escape: re.Match[str]) -> str:
    code = int(escape.group(1) or escape.group(2) or "110000", 16)
    return chr(code) if code < 0x110000 else escape.group()


def scan(query: str) -> list[Token]:
    """The tokens of a query without white space and comments; what is no token comes as single characters."""
    found = (match for match in _TOKEN.finditer(query) if match.lastgroup != "space")
    return [Token(match.lastgroup or "mark", match.group(), match.start()) for match in found]


class _Reader:
    """One walk over the tokens of one reading."""

    def __init__(self, query: str, prefixes: Mapping[str, str], asks: Asks) -> None:
        self.tokens = scan(query)
        self.prefixes = dict(prefixes)
        self.declared: dict[str, set[str]] = {}
        self.asks = asks
        self.open: list[str] = []
        self.groups = 0
        self.has_service = "service" in query.lower()

    def read(self) -> None:
        """Fill `asks`."""
        for index, token in enumerate(self.tokens):
            if token.kind == "word":
                self._word(index, token.text.upper())
            elif token.kind in ("iri", "name"):
                self._iri_or_name(index, token)
            elif token.kind == "mark":
                self._mark(token.text)

    def _mark(self, mark: str) -> None:
        if mark in "({":
            self.open.append(mark)
        elif mark in ")}" and self.open:
            self.groups += self.open.pop() == "{" and not self.open

    def _word(self, index: int, word: str) -> None:
        if word == "BASE" and self._is(index + 1, "iri"):
            self.asks.base = self._iri(self.tokens[index + 1])
        elif "FROM" in word and not self.open:
            self._from(index, word)
        elif "SERVICE" in word:  # the engine needs no space around it: `trueSERVICE`, `SERVICESILENT`
            self._service(index)
        else:
            self.asks.updates += tuple(update for update in UPDATES if word.startswith(update))

    def _prefix(self, index: int, name: str) -> None:
        """Note what is, or might be, a declaration: the engine needs no space after PREFIX either."""
        iri = self._iri(self.tokens[index + 1])
        if self._text(index - 1).upper() == "PREFIX":
            self.prefixes[name] = iri
        for known in {name, name[len("PREFIX") :] if name.upper().startswith("PREFIX") else name}:
            self.prefixes.setdefault(known, iri)
            self.declared.setdefault(known, set()).add(iri)

    def _from(self, index: int, word: str) -> None:
        named = word.endswith("NAMED") or self._text(index + 1).upper() == "NAMED"
        at = index + 1 + (named and not word.endswith("NAMED"))
        graph = self._target(at)
        if not named and self._is(at, "name") and self.tokens[at].text.upper().startswith("NAMED"):
            self._from_glued(self.tokens[at])
        if graph is not None and named:
            self.asks.named_graphs += (graph,)
        elif graph is not None:
            self.asks.default_graphs += (graph,)

    def _from_glued(self, token: Token) -> None:
        """The engine reads `FROMx:a` as FROM x:a; whether it is so depends on what else could stand there."""
        prefix = token.text.partition(":")[0]
        hidden = _GLUED.match(prefix)
        rest = prefix[hidden.end() :] if hidden else prefix
        if rest != prefix and rest in self.prefixes:
            self.asks.glued = self.asks.glued or token.text

    def _in_head(self) -> bool:
        """Whether FROM may stand here: outside of all brackets, and before the end of the pattern."""
        return not self.open and self.groups < (2 if self.asks.form == "CONSTRUCT" else 1)

    def _service(self, index: int) -> None:
        silent = self._text(index + 1).upper() == "SILENT"
        self.asks.services += (self._target(index + 1 + silent),)

    def _iri_or_name(self, index: int, token: Token) -> None:
        """An engine that tries one rule after the other can find SERVICE inside what looks like a name or an IRI."""
        if token.text.endswith(":") and self._is(index + 1, "iri"):
            self._prefix(index, token.text[:-1])
        elif token.kind == "name" and "FROM" in token.text.upper() and self._in_head():
            expected = self.asks.form == "DESCRIBE" or self._text(index - 1).upper().endswith(("FROM", "NAMED"))
            if not expected or token.text.partition(":")[0] not in self.prefixes:
                self._from_glued(token)
        if not self.has_service:
            return
        hidden = "service" in token.text.lower() and not self._is_plain_name(token)
        if hidden and self._before_group(index) and not self._after_graph(index):
            self.asks.services += (None,)
        if token.kind == "iri" and self._may_be_operator(index, token):
            self.asks.unclear = self.asks.unclear or token.text

    def _before_group(self, index: int) -> bool:
        """Whether `{` follows, or one operand and `{`, or SILENT: what must follow a SERVICE that this token hides."""
        operand = index + 1 < len(self.tokens) and self.tokens[index + 1].kind in ("iri", "name", "variable")
        follows = [self._text(index + 1).upper()] + ([self._text(index + 2)] if operand else [])
        return "{" in follows or follows[0].startswith("SILENT")

    def _is_plain_name(self, token: Token) -> bool:
        """Whether a name has the word in its last part and gives a valid IRI: then no engine takes it for two tokens.

        Every IRI that the prefix may stand for must be plain, as a declaration can be written so that it is overlooked.
        """
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or "service" in prefix.lower() or not _PLAIN_LOCAL.fullmatch(local):
            return False
        iris = self.declared.get(prefix, set()) | ({self.prefixes[prefix]} if prefix in self.prefixes else set())
        return bool(iris) and all(_PLAIN_PREFIX.fullmatch(iri) for iri in iris)

    def _after_graph(self, index: int) -> bool:
        """Whether the place before can only be followed by the name of a graph or thing."""
        return self._text(index - 1).upper() in ("GRAPH", "FROM", "NAMED", "DESCRIBE")

    def _may_be_operator(self, index: int, token: Token) -> bool:
        """Whether the `<` may be an operator, and the text behind it hold the start of a comment or of a string.

        Where both are so, the two readings part for good: in one of them what follows may be a comment or a string.
        """
        scheme = _SCHEME.match(token.text)
        if not ("#" in token.text or "'" in token.text) or (scheme and (scheme[2] or scheme[1] not in self.prefixes)):
            return False
        before = self.tokens[index - 1] if index else Token("mark", "")
        in_expression = bool(self.open) and self.open[-1] == "("
        operand = before.kind in _OPERAND or before.text in _OPERAND_MARKS
        return before.text == "<" or (in_expression and operand)

    def _is(self, index: int, kind: str) -> bool:
        return index < len(self.tokens) and self.tokens[index].kind == kind

    def _text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _target(self, index: int) -> str | None:
        """The IRI that the token gives, if it is one or a name with a known prefix."""
        if self._is(index, "iri"):
            return self._iri(self.tokens[index])
        if self._is(index, "name"):
            prefix, _, local = self.tokens[index].text.partition(":")
            if prefix in self.prefixes:
                return self.prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)
        return None

    def _iri(self, token: Token) -> str:
        iri = _CODEPOINT.sub(_decoded, token.text[1:-1])
        return urljoin(self.asks.base, iri) if self.asks.base else iri
