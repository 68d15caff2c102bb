"""The written form of data files: a strict subset of Turtle and TriG, and its parser with positions.

The subset has prefixed names, IRIs, literals, `;` and `,`, one level of named graphs, and comments above blocks only:
no blank nodes and no collections, so that every triple has one line of its own. pyoxigraph stays the judge of what is
valid RDF; this module owns where a triple stands, and `kg.layout` how the text looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import pyoxigraph as ox

from kg.errors import DataError
from kg.namespaces import FIXED_PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+) | (?P<newline>\n) | (?P<comment>\#[^\n]*)
      | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\" | "(?:[^"\\\n]|\\.)*")
      | (?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<keyword>@prefix\b) | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
      | (?P<number>[+-]?(?:\d+\.\d+|\d+)(?![\w:]))
      | (?P<name>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:(?:[\w%-](?:[\w%.-]*[\w%-])?)?)
      | (?P<type>a)(?![\w:-]) | (?P<word>true|false)(?![\w:-])
      | (?P<mark>\^\^|[{}.;,])""",
    re.VERBOSE | re.DOTALL,
)
ENDS = (".", "}")
RDF_TYPE = ox.NamedNode(FIXED_PREFIXES["rdf"] + "type")
XSD = FIXED_PREFIXES["xsd"]


class Term(NamedTuple):
    """A subject, predicate, object or graph name as written, with its place (both count from 1)."""

    text: str
    line: int
    column: int


class Node(NamedTuple):
    """A subject and its predicate-object pairs, in the order of the file."""

    subject: Term
    pairs: list[tuple[Term, Term]]


@dataclass
class Block:
    """What stands between two blank lines: a node, or a graph with its nodes; `comments` are the groups above it."""

    comments: list[list[str]] = field(default_factory=list)
    graph: Term | None = None
    nodes: list[Node] = field(default_factory=list)

    @property
    def name(self) -> Term:
        """The graph's name, or the subject of the only node."""
        return self.graph or self.nodes[0].subject


@dataclass
class Page:
    """A parsed file: its prefixes, its blocks, and the comments after the last block."""

    file: Path
    prefixes: dict[str, str] = field(default_factory=dict)
    header: list[list[str]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    footer: list[list[str]] = field(default_factory=list)
    known: dict[str, ox.NamedNode] = field(default_factory=dict, repr=False, compare=False)

    def quads(self) -> Iterator[tuple[ox.Quad, Term]]:
        """Every quad with its object as written, which tells the place."""
        for block in self.blocks:
            graph = self.name(block.graph) if block.graph else ox.DefaultGraph()
            for node in block.nodes:
                subject = self.name(node.subject)
                for predicate, obj in node.pairs:
                    yield ox.Quad(subject, self.name(predicate), self.resolve(obj), graph), obj

    def resolve(self, term: Term) -> ox.NamedNode | ox.Literal:
        """The RDF term that a written term stands for; raises DataError for an undeclared prefix."""
        text = term.text
        if text.startswith('"'):
            try:
                return self._literal(term)
            except ValueError:
                raise self.error(term, "the string holds an escape that stands for no character") from None
        if text in ("true", "false"):
            return ox.Literal(text, datatype=ox.NamedNode(XSD + "boolean"))
        if text[0].isdigit() or text[0] in "+-":
            return ox.Literal(text, datatype=ox.NamedNode(XSD + ("decimal" if "." in text else "integer")))
        return self.name(term)

    def name(self, term: Term) -> ox.NamedNode:
        """The node that an IRI, a prefixed name or `a` stands for; raises DataError for an undeclared prefix."""
        if term.text not in self.known:
            self.known[term.text] = self._named(term)
        return self.known[term.text]

    def _named(self, term: Term) -> ox.NamedNode:
        if term.text == "a":
            return RDF_TYPE
        if term.text.startswith("<"):
            return self._node(term, term.text[1:-1])
        prefix, _, local = term.text.partition(":")
        if prefix not in self.prefixes:
            remedy = "correct the prefix, or run `kg fmt`: it declares those that this city uses"
            message = f"the prefix {prefix}: is not declared"
            raise self.error(term, message, remedy)
        return self._node(term, self.prefixes[prefix] + local)

    def _node(self, term: Term, iri: str) -> ox.NamedNode:
        try:
            return ox.NamedNode(iri)
        except ValueError as error:
            raise self.error(term, f"{term.text} is no IRI: {error}") from None

    def error(self, term: Term, message: str, remedy: str = "") -> DataError:
        """A DataError at a term."""
        return DataError(message, file=self.file, line=term.line, column=term.column, remedy=remedy)

    def _literal(self, term: Term) -> ox.Literal:
        quote = '"""' if term.text.startswith('"""') else '"'
        end = term.text.rindex(quote)
        value = unescape(term.text[len(quote) : end])
        tail = term.text[end + len(quote) :]
        if tail.startswith("@"):
            return ox.Literal(value, language=tail[1:])
        if tail.startswith("^^"):
            datatype = self.name(Term(tail[2:], term.line, term.column))
            return ox.Literal(value, datatype=datatype)
        return ox.Literal(value)


ESCAPES = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def unescape(text: str) -> str:
    """The string that a Turtle string's inside stands for."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code[1:], 16)) if code[0] in "uU" else ESCAPES.get(code, code)

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", one, text)


class _Reader:
    """One pass over the tokens of a file."""

    def __init__(self, text: str, file: Path) -> None:
        self.file = file
        self.page = Page(file)
        self.comments: list[list[str]] = []
        self.tokens = self._tokens(text)
        self.kind, self.text, self.line, self.column = "", "", 1, 1
        self.advance()

    def _tokens(self, source: str) -> Iterator[tuple[str, str, int, int]]:
        position, line, start, blank, depth, last = 0, 1, 0, True, 0, "."
        while position < len(source):
            match = TOKEN.match(source, position)
            column = position - start + 1
            if match is None:
                shown = source[position : position + 20].splitlines()[0]
                remedy = (
                    "give the thing an IRI: there are no blank nodes and no collections" if shown[0] in "[](" else ""
                )
                self.fail(f"{shown!r} is not allowed in data files", line, column, remedy)
            kind, text = str(match.lastgroup), match[0]
            if kind == "newline":
                if blank and self.comments and self.comments[-1]:
                    self.comments.append([])
                blank = True
            elif kind == "comment":
                self._comment(text.rstrip(), line, column, outside=depth == 0 and last in ENDS)
                blank = False
            elif kind != "space":
                blank, last = False, text
                depth += (text == "{") - (text == "}")
                yield kind, text, line, column
            if kind in ("newline", "string") and "\n" in text:
                line, start = line + text.count("\n"), position + text.rindex("\n") + 1
            position = match.end()
        while True:
            yield "end", "", line, position - start + 1

    def _comment(self, text: str, line: int, column: int, *, outside: bool) -> None:
        if column != 1 or not outside:
            self.fail(
                "a comment stands within or behind a block", line, column, "put it on lines of its own above the block"
            )
        if not self.comments:
            self.comments.append([])
        self.comments[-1].append(text)

    def fail(self, message: str, line: int, column: int, remedy: str = "") -> NoReturn:
        raise DataError(message, file=self.file, line=line, column=column, remedy=remedy)

    def advance(self) -> None:
        self.kind, self.text, self.line, self.column = next(self.tokens)

    def take_comments(self) -> list[list[str]]:
        groups, self.comments = [group for group in self.comments if group], []
        return groups

    def expect(self, mark: str, after: str) -> None:
        if self.text != mark:
            found = repr(self.text) if self.kind != "end" else "the end of the file"
            self.fail(f"expected {mark!r} after {after}, found {found}", self.line, self.column)
        self.advance()

    def term(self, kinds: tuple[str, ...], what: str) -> Term:
        if self.kind not in kinds:
            found = repr(self.text) if self.kind != "end" else "the end of the file"
            self.fail(f"expected {what}, found {found}", self.line, self.column)
        text, line, column, kind = self.text, self.line, self.column, self.kind
        self.advance()
        if kind == "string":
            if self.kind == "lang":
                text += self.text
                self.advance()
            elif self.text == "^^":
                self.advance()
                text += "^^" + self.term(("name", "iri"), "a datatype").text
        return Term(text, line, column)

    def read(self) -> Page:
        while self.kind != "end":
            if self.kind == "keyword":
                self.directive()
            else:
                self.block()
        self.page.footer = self.take_comments()
        return self.page

    def directive(self) -> None:
        self.page.header += self.take_comments()
        self.advance()
        prefix = self.term(("name",), "a prefix and its colon")
        iri = self.term(("iri",), "the namespace in angle brackets")
        self.expect(".", "the namespace")
        self.page.prefixes[prefix.text.removesuffix(":")] = iri.text[1:-1]

    def block(self) -> None:
        comments = self.take_comments()
        name = self.term(("name", "iri"), "a subject or a graph's name")
        if self.text == "{":
            self.advance()
            block = Block(comments, name)
            while self.text != "}":
                subject = self.term(("name", "iri"), "a subject or '}'")
                block.nodes.append(self.node(subject))
                if self.text == ".":
                    self.advance()
                elif self.text != "}":
                    self.expect(".", "the last object")
            self.advance()
        else:
            block = Block(comments, None, [self.node(name)])
            self.expect(".", "the last object")
        self.page.blocks.append(block)

    def node(self, subject: Term) -> Node:
        pairs: list[tuple[Term, Term]] = []
        while True:
            predicate = self.term(("name", "iri", "type"), "a predicate")
            pairs.append((predicate, self.object()))
            while self.text == ",":
                self.advance()
                pairs.append((predicate, self.object()))
            if self.text != ";":
                return Node(subject, pairs)
            self.advance()
            if self.text in (".", "}"):
                return Node(subject, pairs)

    def object(self) -> Term:
        return self.term(("name", "iri", "string", "number", "word"), "an object")


def read_page(text: str, file: Path) -> Page:
    """The parsed file; raises DataError with line and column where the text leaves the subset."""
    return _Reader(text, file).read()
