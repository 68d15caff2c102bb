"""The written form of data files: what it allows, where it says no, and its one layout."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.layout import format_text, natural_order
from kg.turtle import read_page, unescape

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("data", "ontology/concepts", "tests/other-city/data")
FILES = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*")) if file.suffix in (".ttl", ".trig")]
NAMES = [str(file.relative_to(ROOT)) for file in FILES]
HEAD = "@prefix ex: <https://example.org/> .\n\n"
PREFIXES = {"ex": "https://example.org/", "other": "https://example.com/other/"}


def parsed_by_engine(text: str) -> list[str]:
    return sorted(str(quad) for quad in ox.parse(text.encode(), format=ox.RdfFormat.TRIG))


def parsed_by_us(text: str) -> list[str]:
    return sorted(str(quad) for quad, _ in read_page(text, Path("x.trig")).quads())


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_data_file_holds_the_same_quads_for_the_engine_and_for_us(file):
    text = file.read_text(encoding="utf-8")
    assert parsed_by_us(text) == parsed_by_engine(text)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_the_canonical_form_of_a_data_file_is_stable_and_says_the_same(file):
    text = file.read_text(encoding="utf-8")
    once = format_text(text, file, {})
    assert format_text(once, file, {}) == once
    assert parsed_by_engine(once) == parsed_by_engine(text)


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_each_triple_of_a_data_file_stands_on_the_line_that_is_told(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    for quad, term in read_page("\n".join(lines), file).quads():
        written = (
            quad.object.value.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
            if isinstance(quad.object, ox.NamedNode)
            else quad.object.value
        )
        assert written.split("\n")[0].split('"')[0].split("\\")[0] in lines[term.line - 1][term.column - 1 :]


# --- any page ------------------------------------------------------------------------------------------------------

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,4}(?:-[a-z0-9]{1,4}){0,2}", fullmatch=True)
NAME = st.builds("{}:{}".format, st.sampled_from(["ex", "other"]), WORDS)
IRI = st.builds("<https://example.net/{}>".format, WORDS)
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
STRING = TEXT.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
LITERAL = st.one_of(
    STRING,
    st.builds("{}@{}".format, STRING, st.sampled_from(["en", "it", "en-GB"])),
    st.sampled_from(['"2024"^^ex:gYear', '"""two\nlines"""@en', "true", "false", "12", "-3", "4.50", '"a\\tb\\u00e9"']),
)
SPACE = st.sampled_from([" ", "  ", "\n", "\n    ", "\n\n", "\t"])


@st.composite
def nodes(draw) -> str:
    """A subject with predicates and objects, with any white space between, without its final dot."""
    gap = lambda: draw(SPACE)  # noqa: E731
    pairs = []
    for _ in range(draw(st.integers(1, 3))):
        objects = draw(st.lists(st.one_of(NAME, IRI, LITERAL), min_size=1, max_size=3))
        predicate = draw(st.one_of(NAME, IRI))
        pairs.append(predicate + gap() + (gap() + "," + gap()).join(objects))
    return draw(st.one_of(NAME, IRI)) + gap() + (gap() + ";" + gap()).join(pairs) + draw(st.sampled_from(["", " ;"]))


@st.composite
def pages(draw) -> str:
    """A file: comments, plain nodes and graphs in any order."""
    parts = [draw(st.sampled_from(["", "# about the file\n\n"])), HEAD, f"@prefix other: <{PREFIXES['other']}> .\n"]
    parts.append("ex:first ex:p ex:o .\n")
    for _ in range(draw(st.integers(0, 5))):
        parts.append(draw(st.sampled_from(["", "\n", "\n# one\n", "\n# one\n# two\n", "\n# one\n\n# two\n"])))
        if draw(st.booleans()):
            inside = " .\n".join(draw(st.lists(nodes(), min_size=1, max_size=3)))
            parts.append(f"{draw(NAME)} {{\n{inside} .\n}}\n")
        else:
            parts.append(draw(nodes()) + " .\n")
    return "".join(parts)


@given(pages())
def test_the_canonical_form_of_any_page_is_stable_and_says_the_same(text):
    once = format_text(text, Path("x.trig"), PREFIXES)
    assert format_text(once, Path("x.trig"), PREFIXES) == once
    assert parsed_by_engine(text) == parsed_by_us(text)
    assert set(parsed_by_engine(once)) == set(parsed_by_us(text))
    assert [line for line in sorted(once.splitlines()) if line.startswith("#")] == sorted(
        line for line in text.splitlines() if line.startswith("#")
    )


# --- layout --------------------------------------------------------------------------------------------------------


def test_a_page_is_laid_out_in_one_way():
    messy = """# about the file

@prefix other: <https://example.com/other/> .
@prefix ex: <https://example.org/> .
@prefix unused: <https://example.org/unused/> .
# L344
ex:L344 { ex:b ex:p ex:c, ex:d ;
 ex:q "a long text that does not fit on the same line as the rest of its node: a line ends at column 120" .
   ex:short ex:p 12 }
ex:L344 ex:yearFrom ex:report .

# part two
# L96
ex:L96 { ex:a a other:T . }
"""
    assert (
        format_text(messy, Path("x.trig"), PREFIXES)
        == """# about the file

@prefix ex: <https://example.org/> .
@prefix other: <https://example.com/other/> .

# part two
# L96
ex:L96 {
    ex:a a other:T .
}

# L344
ex:L344 {
    ex:b
        ex:p ex:c ;
        ex:p ex:d ;
        ex:q "a long text that does not fit on the same line as the rest of its node: a line ends at column 120" .
    ex:short ex:p 12 .
}
ex:L344 ex:yearFrom ex:report .
"""
    )


def test_what_is_said_of_a_passage_stands_at_the_feet_of_that_passage_and_no_other():
    text = (
        HEAD
        + "ex:L12 ex:p ex:o .\n\nex:L1 {\n    ex:a ex:p ex:o .\n}\n\n"
        + "ex:L12 {\n    ex:a ex:p ex:o .\n}\nex:L1 ex:p ex:o .\n"
    )
    assert format_text(text, Path("x.trig"), PREFIXES) == (
        HEAD
        + "ex:L1 {\n    ex:a ex:p ex:o .\n}\nex:L1 ex:p ex:o .\n\n"
        + "ex:L12 ex:p ex:o .\n\nex:L12 {\n    ex:a ex:p ex:o .\n}\n"
    )


def test_a_prefix_that_is_new_to_a_file_is_added_to_its_head():
    text = "ex:a ex:p other:b .\n"
    wanted = (
        "@prefix ex: <https://example.org/> .\n@prefix other: <https://example.com/other/> .\n\nex:a ex:p other:b .\n"
    )
    assert format_text(text, Path("x.ttl"), PREFIXES) == wanted


def test_a_prefix_that_stands_for_something_else_is_an_error():
    with pytest.raises(
        DataError, match=r"^the prefix ex: stands for https://example.net/, elsewhere for https://example.org/$"
    ):
        format_text("@prefix ex: <https://example.net/> .\n\nex:a ex:p ex:b .\n", Path("x.ttl"), PREFIXES)


def test_lines_sort_by_number_and_names_by_letter():
    names = ["yb:L344-L352", "yb:L96", "city:lyon", "yb:L344", "city:bacau"]
    assert sorted(names, key=natural_order) == ["city:bacau", "city:lyon", "yb:L96", "yb:L344", "yb:L344-L352"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\tb", "a\tb"),
        (r"\"x\"", '"x"'),
        (r"back\\slash", "back\\slash"),
        (r"\u00e8", "è"),
        (r"\U0001F600", "😀"),
        (r"\\u00e8", r"\u00e8"),
    ],
)
def test_escapes_are_read(written, meant):
    assert unescape(written) == meant


# --- what is not allowed -------------------------------------------------------------------------------------------

REFUSED = {
    "blank node in brackets": (
        "ex:a ex:b [ ex:c ex:d ] .\n",
        "x.ttl:3:11 '[ ex:c ex:d ] .' is not allowed in data files",
        "give the thing an IRI: there are no blank nodes and no collections",
    ),
    "blank node with a label": ("ex:a ex:b _:c .\n", "x.ttl:3:11 '_:c .' is not allowed in data files", ""),
    "collection": (
        "ex:a ex:b ( ex:c ) .\n",
        "x.ttl:3:11 '( ex:c ) .' is not allowed in data files",
        "give the thing an IRI: there are no blank nodes and no collections",
    ),
    "graph that is not closed": (
        "ex:g {\n    ex:a ex:b ex:c .\n",
        "x.ttl:5:1 expected a subject or '}', found the end of the file",
        "",
    ),
    "graph within a graph": ("ex:g { ex:h { ex:a ex:b ex:c } }\n", "x.ttl:3:13 expected a predicate, found '{'", ""),
    "comment inside a graph": (
        "ex:g {\n    # why\n    ex:a ex:b ex:c .\n}\n",
        "x.ttl:4:5 a comment stands within or behind a block",
        "put it on lines of its own above the block",
    ),
    "comment inside a node": (
        "ex:a ex:b ex:c ;\n# why\n    ex:d ex:e .\n",
        "x.ttl:4:1 a comment stands within or behind a block",
        "put it on lines of its own above the block",
    ),
    "comment behind a statement": (
        "ex:a ex:b ex:c . # why\n",
        "x.ttl:3:18 a comment stands within or behind a block",
        "put it on lines of its own above the block",
    ),
    "single quotes": ("ex:a ex:b 'c' .\n", "x.ttl:3:11 \"'c' .\" is not allowed in data files", ""),
    "string without end": ('ex:a ex:b "never closed\n', "x.ttl:3:11 '\"never closed' is not allowed in data files", ""),
    "undeclared prefix": (
        "ex:a ex:b no:c .\n",
        "x.ttl:3:11 the prefix no: is not declared",
        "correct the prefix, or run `kg fmt`: it declares those that this city uses",
    ),
    "half a file": ("ex:a ex:b ex:c ;\n    ex:d", "x.ttl:4:9 expected an object, found the end of the file", ""),
    "missing dot": (
        "ex:a ex:b ex:c\nex:d ex:e ex:f .\n",
        "x.ttl:4:1 expected '.' after the last object, found 'ex:d'",
        "",
    ),
    "missing object": ("ex:a ex:b , .\n", "x.ttl:3:11 expected an object, found ','", ""),
    "literal as predicate": ('ex:a "b" ex:c .\n', "x.ttl:3:6 expected a predicate, found '\"b\"'", ""),
    "literal as subject": ('"x" ex:b ex:c .\n', "x.ttl:3:1 expected a subject or a graph's name, found '\"x\"'", ""),
    "base": ("@base <https://example.org/> .\n", "x.ttl:3:1 expected a subject or a graph's name, found '@base'", ""),
}


@pytest.mark.parametrize(("text", "message", "remedy"), REFUSED.values(), ids=REFUSED)
def test_an_error_tells_line_and_column_and_what_was_expected(text, message, remedy):
    with pytest.raises(DataError) as caught:
        list(read_page(HEAD + text, Path("x.ttl")).quads())
    assert f"{caught.value.where} {caught.value.message}" == message
    assert caught.value.remedy == remedy
