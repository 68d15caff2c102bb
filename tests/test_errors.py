"""The tree of errors: drawn in its docstring, complete, and the only one."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from kg import errors
from kg.errors import DataError, KgError, NotAcceptable, QuerySyntaxError, SettingError

ROOT = Path(__file__).resolve().parents[1]
CLASSES = {
    name: value for name, value in vars(errors).items() if inspect.isclass(value) and value.__module__ == "kg.errors"
}


def test_the_docstring_draws_the_tree_as_it_is():
    drawn = re.findall(r"^( *)([A-Z]\w+) ", (errors.__doc__ or "").partition("\n\n")[2], re.MULTILINE)
    parents: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for indent, name in drawn:
        path = [step for step in path if step[0] < len(indent)]
        parents[name] = path[-1][1] if path else "Exception"
        path.append((len(indent), name))
    assert parents == {name: value.__bases__[0].__name__ for name, value in CLASSES.items()}


def test_no_other_module_defines_an_exception():
    found = []
    for file in sorted((ROOT / "src" / "kg").rglob("*.py")):
        for item in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            bases = [ast.unparse(base) for base in item.bases] if isinstance(item, ast.ClassDef) else []
            if file.name != "errors.py" and any(
                "Error" in base or "Exception" in base or base in CLASSES for base in bases
            ):
                found.append(f"{file.name}: {item.name}")
    assert found == []


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_error_says_in_a_sentence_what_it_means(name):
    assert (CLASSES[name].__doc__ or "").endswith(".")


def test_an_error_is_its_message_and_knows_the_remedy():
    error = SettingError("KG_PORT is odd", remedy="make it even")
    assert (str(error), error.message, error.remedy, error.where) == (
        "KG_PORT is odd",
        "KG_PORT is odd",
        "make it even",
        "",
    )


def test_an_error_in_a_file_tells_file_line_and_column():
    assert DataError("no", file="data/x.ttl", line=3, column=7).where == "data/x.ttl:3:7"
    assert DataError("no", file="data/x.ttl").where == "data/x.ttl:1:1"


def test_an_error_in_a_query_tells_line_and_column():
    assert QuerySyntaxError("no", line=2, column=9).where == "2:9"


def test_a_format_that_is_not_offered_lists_those_that_are():
    error = NotAcceptable("no", offered=("text/csv", "application/json"))
    assert error.offered == ("text/csv", "application/json")
    assert isinstance(error, KgError)
