"""The shape of the code: who may import whom, how long things may be, and what nothing shared may name."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "kg"
TOP = {"errors", "settings", "namespaces", "formats", "store"}

# What each module may import of ours when it runs; names that serve the types alone do not count.
ALLOWED: dict[str, set[str]] = {
    # 0
    "errors": set(),
    "settings": {"errors"},
    "namespaces": set(),
    "formats": {"errors"},
    "rawfile": {"errors"},
    # 1
    "mentions": set(),
    "store": {"errors", "namespaces", "rawfile"},
    "turtle": {"errors", "namespaces"},
    "layout": {"errors", "turtle"},
    "passages": {"errors", "store"},
    "slugs": {"mentions", "store"},
    "withheld": {"slugs", "store"},
    "index": {"errors", "rawfile", "store", "turtle", "withheld"},
    "protocol": {"errors", "formats"},
    "tokens": {"errors"},
    # 2
    "derive": {"errors", "namespaces", "store"},
    "names": {"mentions", "store"},
    "findings": {"namespaces"},
    "reasons": set(),
    "evidence": {"findings", "mentions", "names", "namespaces", "passages", "reasons", "slugs", "store"},
    "coverage": {"passages", "store"},
    "lint": {"findings", "namespaces", "passages", "slugs", "store"},
    "checks": {"derive", "errors", "findings", "namespaces"},
    "since": {"errors", "store"},
    "reports": {"__init__", "findings", "index", "namespaces", "store"},
    "validate": {"checks", "errors", "findings", "index", "lint", "namespaces", "store"},
    "syntax": {"errors"},
    "query": {"errors", "formats", "namespaces", "protocol", "store", "syntax", "tokens"},
    "describe": {"formats", "namespaces", "query", "store"},
    "confine": set(),
    "wire": {"errors", "formats", "protocol", "query"},
    "abroad": {"errors", "namespaces", "tokens"},
    "remote": {"abroad", "errors", "formats", "namespaces", "query", "tokens"},
    "engines": {"query", "remote"},
    "evaluator": {"confine", "engines", "errors", "query", "wire"},
    # 3
    "release": {"derive", "passages", "store", "withheld"},
    "disk": {"errors"},
    "holding": {"disk", "engines", "errors", "release", "store"},
    "push": {"errors", "holding", "remote"},
    "workers": {"engines", "errors", "evaluator", "query", "release", "wire"},
    "pool": {"errors", "wire", "workers"},
    "reload": {*TOP, "findings", "index", "release", "validate"},
    "inspection": {"errors", "index", "release", "reports", "settings", "validate"},
    "desk": {"errors", "evidence", "index", "passages", "reasons", "release", "since", "store"},
    "anchors": {"layout", "namespaces", "passages", "store"},
    "dictionary": {"namespaces", "passages", "store"},
    "report": {*TOP, "coverage", "evidence", "index", "mentions", "passages", "protocol", "query", "release", "slugs"},
    "terms": {"namespaces", "store"},
    "tables": {"namespaces", "passages", "terms"},
    "geo": {"namespaces", "terms"},
    "search": {"namespaces", "terms"},
    "figures": {"namespaces", "store", "terms"},
    "authority": {"formats"},
    "void": {"formats", "namespaces", "terms"},
    "catalogue": {"authority", "formats", "namespaces", "query", "store", "terms", "void"},
    "landing": {"formats", "namespaces", "store"},
    "records": {"errors", "layout", "namespaces", "store"},
    "bundle": {"formats"},
    "pack": {*TOP, "bundle", "catalogue", "figures", "geo", "query", "records", "release", "tables", "terms", "void"},
    "shelf": {"bundle", "catalogue", "errors", "pack", "records"},
    "diff": {"namespaces", "passages", "terms"},
    "feed": {"namespaces", "records", "store"},
    "publish": {*TOP, "bundle", "diff", "pack", "records", "release", "reload"},
    "outline": {"mentions", "passages"},
    "sources": {*TOP, "index", "layout", "mentions", "names", "outline", "passages", "slugs"},
    "blocks": {"errors", "index", "layout", "mentions", "namespaces", "slugs", "sources", "store"},
    "rename": {"errors", "index", "layout", "namespaces", "slugs", "turtle"},
    "reanchor": {"errors", "index", "layout", "passages", "rename", "store", "turtle"},
    # 4
    "maintain": {
        *TOP,
        "anchors",
        "blocks",
        "evidence",
        "findings",
        "index",
        "layout",
        "reanchor",
        "release",
        "rename",
        "report",
        "reports",
        "since",
        "sources",
        "validate",
    },
    "cli": {*TOP, "__init__", "dictionary", "diff", "maintain", "publish", "push", "release", "report", "web.serve"},
    "__main__": {"cli"},
    "__init__": set(),
}
WORKERS = {
    "abroad",
    "confine",
    "disk",
    "engines",
    "holding",
    "remote",
    "describe",
    "evaluator",
    "pool",
    "tokens",
    "wire",
    "workers",
}
WEB = {
    *TOP,
    *WORKERS,
    "derive",
    "passages",
    "protocol",
    "query",
    "release",
    "reload",
    "bundle",
    "catalogue",
    "checks",
    "desk",
    "diff",
    "feed",
    "geo",
    "index",
    "inspection",
    "landing",
    "search",
    "shelf",
    "terms",
    "void",
}
FILES = sorted(SOURCE.rglob("*.py"))


def module_of(file: Path) -> str:
    """`store` for src/kg/store.py, `web.app` for src/kg/web/app.py, `web` for the package itself."""
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {module_of(file) for file in FILES}


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imported(tree: ast.AST) -> set[str]:
    """The modules of ours that a module imports when it runs, also within functions."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "kg":
            package = (node.module or "").partition(".")[2]
            inside = {f"{package}.{alias.name}".strip(".") for alias in node.names}
            found |= inside & MODULES or {package or "__init__"}
        elif not is_for_types(node):
            found |= imported(node)
    return found


def imports_of(file: Path) -> set[str]:
    return imported(ast.parse(file.read_text(encoding="utf-8"))) - {module_of(file)}


def test_the_table_lists_the_modules_that_there_are():
    assert {module for module in MODULES if not module.startswith("web")} == set(ALLOWED)


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_a_module_imports_only_what_the_table_allows(file):
    module = module_of(file)
    allowed = (
        WEB | {m for m in MODULES if m.startswith("web")} if module.startswith("web") else ALLOWED.get(module, set())
    )
    assert imports_of(file) - allowed == set()


def test_no_module_imports_itself_by_way_of_others():
    order = list(TopologicalSorter({module_of(file): imports_of(file) for file in FILES}).static_order())
    assert order.index("errors") < order.index("store") < order.index("release") < order.index("cli")


def test_only_the_commands_know_the_commands():
    assert [module_of(file) for file in FILES if imports_of(file) & {"cli", "maintain", "report"}] == [
        "__main__",
        "cli",
        "maintain",
    ]


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_a_module_has_at_most_300_lines_and_says_what_it_owns(file):
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


def functions(file: Path) -> dict[str, int]:
    """The lines of each function."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {n.name: n.end_lineno - n.lineno + 1 for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("file", FILES, ids=module_of)
def test_no_function_has_more_than_50_lines(file):
    assert {name: lines for name, lines in functions(file).items() if lines > 50} == {}


def test_most_functions_are_short():
    assert median(lines for file in FILES for lines in functions(file).values()) <= 10


def test_there_is_no_drawer_for_odds_and_ends():
    names = {part for module in MODULES for part in module.split(".")}
    assert names & {"utils", "util", "helpers", "helper", "common", "misc", "base", "models"} == set()


def test_nothing_shared_by_cities_names_one():
    name = re.compile(r"torino|torinese|\bturin\b", re.IGNORECASE)
    found = []
    for folder in ("src/kg", "shapes", "ontology"):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                lines = file.read_bytes().decode("utf-8", errors="replace").splitlines()
                found += [f"{file.relative_to(ROOT)}:{n}" for n, line in enumerate(lines, 1) if name.search(line)]
    assert found == []
