"""The maintainer's walk of `docs/editing.md`, step by step: next year's report, a wrong date, a new name."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pyoxigraph as ox
import pytest

from conftest import OTHER_CITY, ROOT
from kg import release
from kg.cli import main
from kg.index import read_index

REPORT = Path(__file__).parent / "annual-report-2025" / "annual-report-2025.en.txt"
STATEMENTS = "data/statements/annual-report-2025/"
DOCUMENTS = ("--documents", "documents")

# what an editor has written once the skeleton is filled
FILLED = REPORT.with_name("filled")
NEW = [
    ("city", "Reedwick", "--fact", "cr:country country:sandland"),
    ("person", "Otto Vane"),
    ("event", "Harbour Forum 2025"),
    ("agreement", "Twinning of Northhaven and Reedwick (2025)", "--slug", "reedwick-2025"),
    ("mission", "Mission to Eastport (June 2025)", "--slug", "eastport-2025-06"),
    ("mission", "Mission to Port Lumen (September 2025)", "--slug", "port-lumen-2025-09"),
    ("visit", "Visit from Reedwick (November 2025)", "--slug", "reedwick-2025-11"),
    (
        "conferral",
        "Honorary citizenship of Northhaven to Otto Vane (2025)",
        "--slug",
        "honorary-citizenship-of-northhaven-otto-vane-2025",
    ),
]


Kg = Callable[..., tuple[int, str]]


def runner(home: Path, patch: pytest.MonkeyPatch) -> Kg:
    """Runs `kg` on a home; exit code and what it printed."""
    patch.chdir(home)
    patch.setenv("KG_HOME", str(home))

    def run(*arguments: str) -> tuple[int, str]:
        patch.setattr(sys, "argv", ["kg", *arguments])
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed), pytest.raises(SystemExit) as left:
            main()
        return int(left.value.code or 0), printed.getvalue()

    return run


@pytest.fixture
def kg(city_copy, monkeypatch) -> Kg:
    """Runs `kg` on the copy of the other city."""
    return runner(city_copy.home, monkeypatch)


@pytest.fixture(scope="module")
def homes(tmp_path_factory) -> dict[str, Path]:
    """The other city with the report registered and its skeleton written, and the same filled in: made once."""
    added = tmp_path_factory.mktemp("report") / "added"
    shutil.copytree(OTHER_CITY, added)
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, added / name)
    shutil.copy(REPORT, added / "documents")
    with pytest.MonkeyPatch.context() as patch:
        run = runner(added, patch)
        title = "Northhaven in the world: annual report 2025"
        given = ("--title", title, "--year", "2025", "--speaks-for", "city:northhaven")
        code, printed = run("add-source", f"documents/{REPORT.name}", "--slug", "annual-report-2025", *given)
        assert (code, printed.splitlines()[0]) == (0, "data/sources.ttl written")
        sources = added / "data" / "sources.ttl"
        text = sources.read_text(encoding="utf-8")
        sources.write_text(text.replace('"ar25" ;', '"ar25" ;\n    dct:creator city:northhaven ;'), encoding="utf-8")
        filled = added.with_name("filled")
        shutil.copytree(added, filled)
        run = runner(filled, patch)
        for arguments in NEW:
            assert run("new", *arguments)[0] in (0, 1)
        fill(filled)
        assert run("fmt")[0] == 0
        assert run("anchor", *DOCUMENTS)[0] == 0
    return {"added": added, "filled": filled}


@pytest.fixture
def added(kg, city_copy, homes) -> Kg:
    """`kg` on the other city with the skeleton of the report."""
    shutil.copytree(homes["added"], city_copy.home, dirs_exist_ok=True)
    return kg


@pytest.fixture
def filled(kg, city_copy, homes) -> Kg:
    """`kg` on the other city with the report filled in."""
    shutil.copytree(homes["filled"], city_copy.home, dirs_exist_ok=True)
    return kg


def fill(home: Path) -> None:
    """What the editor types: the statements, and where the year of a date comes from."""
    shutil.copytree(FILLED, home / STATEMENTS, dirs_exist_ok=True)


def test_the_skeleton_has_a_block_for_each_passage_and_says_what_it_seems_to_mention(added, city_copy):
    text = (city_copy.home / STATEMENTS / "02-missions-abroad.trig").read_text(encoding="utf-8")
    assert text.partition("\n\n")[2] == (
        "# 2 Missions abroad\n\n"
        "# L18-L19 | 11 13 June Eastport\n"
        "# seems to mention city:eastport person:ada-quill series:harbour-forum\n"
        "# dates 06-11 06-13\n"
        "ar25:L18-L19 {\n}\n\n"
        "# L21-L22 | 2 September Port Lumen\n"
        "# seems to mention city:port-lumen person:ada-quill person:ivo-tamm\n"
        "# dates 09-02\n"
        "ar25:L21-L22 {\n}\n"
    )


def test_the_skeleton_is_valid_and_coverage_is_its_progress_bar(added):
    assert added("fmt", "--check")[0] == 0
    code, printed = added("validate")
    assert (code, printed.count("\n")) == (0, 1)
    code, printed = added("coverage", *DOCUMENTS, "--document", "annual-report-2025")
    assert code == 1
    assert printed.splitlines()[-1] == "annual-report-2025: open lines 1, 13-14, 18-19, 21-22, 28, 32-33"


def test_the_report_filled_in_is_valid_borne_out_and_covered(filled, city_copy):
    assert filled("fmt", "--check") == (0, "")
    code, printed = filled("validate")
    assert (code, [line for line in printed.splitlines()[:-1] if " info " not in line]) == (0, [])
    code, printed = filled("evidence", *DOCUMENTS)
    assert (code, printed.splitlines()[-1].partition(":")[0]) == (0, "92 statements")
    city_copy.edit(
        "data/editorial/no-fact-lines.ttl",
        "ar25:L3 cr:withoutFact",
        "ar25:L1 cr:withoutFact reason:heading .\n\nar25:L3 cr:withoutFact",
    )
    code, printed = filled("coverage", *DOCUMENTS)
    assert (code, "annual-report-2025  21               9        12            0" in printed) == (0, True), printed


def test_a_wrong_year_in_it_is_found_by_evidence(filled, city_copy):
    file = STATEMENTS + "04-networks-and-honours.trig"
    line = city_copy.edit(file, '"2025-04-03"', '"2025-04-30"')
    code, printed = filled("evidence", *DOCUMENTS)
    assert code == 1
    assert printed.splitlines()[0] == (
        f"{file}:{line}:18 violation evidence Honorary citizenship of Northhaven to Otto Vane (2025): "
        "the day or month of 2025-04-30 is not in the lines; correct it"
    )


def test_the_release_is_built_and_the_difference_tells_what_came(kg, city_copy, homes):
    assert kg("release", "--date", "2025-12-31")[0] == 0
    assert kg("build", "--out", "before")[0] == 0
    shutil.copytree(homes["filled"], city_copy.home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("releases.ttl"))
    assert kg("release", "--date", "2026-02-01")[0] == 0
    assert kg("build", "--out", "after")[0] == 0
    code, printed = kg("diff", "before", "after")
    assert code == 1
    assert "Otto Vane" in printed
    assert "Reedwick" in printed


def test_a_document_that_is_there_cannot_be_added_again(added):
    code, printed = added("add-source", f"documents/{REPORT.name}", "--slug", "annual-report-2025", "--title", "X")
    assert (code, printed.splitlines()[0]) == (2, "kg: the document annual-report-2025 is there already")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--slug", "Annual Report", "kg: --slug is 'Annual Report'"),
        ("--prefix", "yb", "kg: the prefix 'yb' is taken or no prefix"),
        ("--year", "25", "kg: --year is '25'"),
        ("--speaks-for", "city:atlantis", "kg: city:atlantis is no city of the data"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_written(kg, city_copy, option, value, message):
    before = snapshot(city_copy.home)
    given = {"--slug": "report", "--title": "A report"} | {option: value}
    code, printed = kg("add-source", str(REPORT), *(part for pair in given.items() for part in pair))
    assert (code, printed.splitlines()[0], snapshot(city_copy.home)) == (2, message, before)


def snapshot(home: Path) -> dict[str, bytes]:
    """Every file of the data."""
    return {str(file): file.read_bytes() for file in sorted((home / "data").rglob("*")) if file.is_file()}


# --- a new thing ---------------------------------------------------------------------------------------------------


def test_a_new_block_stands_in_the_file_of_its_kind_and_is_valid(kg, city_copy):
    code, printed = kg("new", "city", "Saltmere", "--it", "Salmastra", "--fact", "cr:country country:sandland")
    line = city_copy.line_of("data/entities/cities.ttl", "city:saltmere a cr:City ;")
    assert (code, printed) == (0, f"data/entities/cities.ttl:{line} written\n")
    assert kg("fmt", "--check")[0] == 0


def test_what_a_new_block_still_needs_is_told(kg, city_copy):
    code, printed = kg("new", "city", "Saltmere")
    line = city_copy.line_of("data/entities/cities.ttl", "city:saltmere a cr:City ;")
    assert code == 1
    assert printed.splitlines()[1].startswith(f"data/entities/cities.ttl:{line}:1 violation City-country Saltmere: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("town", "Saltmere"), "kg: there is no kind 'town'"),
        (("city", "Eastport"), "kg: city:eastport is there already: data/entities/cities.ttl:6"),
        (("person", "ADA QUILL"), "kg: person:ada-quill is there already: data/entities/people.ttl:5"),
        (("person", "!"), "kg: '!' gives no slug"),
    ],
)
def test_a_block_that_cannot_be_is_refused(kg, city_copy, arguments, message):
    before = snapshot(city_copy.home)
    code, printed = kg("new", *arguments)
    assert (code, printed.splitlines()[0], snapshot(city_copy.home)) == (2, message, before)


# --- another name --------------------------------------------------------------------------------------------------


def test_a_new_name_is_everywhere_with_the_slugs_made_of_it_and_the_old_one_leads_there(kg, city_copy):
    code, _ = kg("rename", "person:ada-quill", "person:ada-quill-marsh")
    assert code == 0
    texts = {name: text.decode() for name, text in snapshot(city_copy.home).items()}
    redirects = texts.pop(str(city_copy.home / "data/editorial/redirects.ttl"))
    assert not [name for name, text in texts.items() if re.search(r"ada-quill(?!-marsh)", text)]
    assert re.findall(r"^[^@#\n].*", redirects, re.MULTILINE) == [
        (
            "holding:ada-quill-deputy-mayor-of-northhaven dct:isReplacedBy "
            "holding:ada-quill-marsh-deputy-mayor-of-northhaven ."
        ),
        "person:ada-quill dct:isReplacedBy person:ada-quill-marsh .",
    ]
    assert kg("fmt", "--check") == (0, "")
    assert kg("validate")[0] == 0
    assert kg("evidence", *DOCUMENTS)[0] == 0


def test_a_second_new_name_shortens_the_way(kg, city_copy):
    kg("rename", "person:ada-quill", "person:ada-quill-marsh")
    kg("rename", "person:ada-quill-marsh", "person:ada-marsh")
    redirects = (city_copy.home / "data/editorial/redirects.ttl").read_text(encoding="utf-8")
    assert "person:ada-quill dct:isReplacedBy person:ada-marsh ." in redirects
    assert "person:ada-quill-marsh dct:isReplacedBy person:ada-marsh ." in redirects


def test_the_old_name_is_a_finding_that_tells_the_new_one(kg, city_copy):
    kg("rename", "city:eastport", "city:eastport-on-sea")
    file = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
    text = (
        (city_copy.home / file).read_text(encoding="utf-8").replace("agent city:eastport-on-sea", "agent city:eastport")
    )
    (city_copy.home / file).write_text(text, encoding="utf-8")
    code, printed = kg("validate")
    assert code == 1
    assert "city:eastport was renamed; write city:eastport-on-sea" in printed


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("person:nobody", "person:somebody", "kg: person:nobody has no block"),
        ("person:ada-quill", "person:ivo-tamm", "kg: person:ivo-tamm is there already"),
        ("person:ada-quill", "city:ada-quill", "kg: a new name is of the same kind as the old one"),
        ("person:ada-quill", "person:Ada Quill", "kg: 'person:Ada Quill' names nothing of this city"),
        ("kind:fair", "kind:fayre", "kg: 'kind:fair' names nothing of this city"),
    ],
)
def test_a_name_that_cannot_be_is_refused(kg, city_copy, old, new, message):
    before = snapshot(city_copy.home)
    code, printed = kg("rename", old, new)
    assert (code, printed.splitlines()[0], snapshot(city_copy.home)) == (2, message, before)


# --- what must not be shown ----------------------------------------------------------------------------------------


def test_what_is_withheld_is_in_no_graph_and_no_finding(kg, city_copy):
    (city_copy.home / "data/editorial/withheld.ttl").write_text(
        "@prefix cr: <https://w3id.org/city-relations/ontology#> .\n"
        "@prefix person: <https://example.org/relations/northhaven/person/> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
        'person:ada-quill cr:withheld "2026-03-03"^^xsd:date .\n',
        encoding="utf-8",
    )
    quads = ox.serialize(release.build(city_copy.folders).engine, format=ox.RdfFormat.N_QUADS)
    assert quads is not None
    assert b"ada-quill" not in quads
    assert b"Ada Quill" not in quads
    assert b"ivo-tamm" in quads
    assert not [key for key in read_index(city_copy.folders).triples if "ada-quill" in str(key)]
    assert kg("validate")[0] == 0
    assert kg("evidence", *DOCUMENTS)[0] == 0


# --- another conversion --------------------------------------------------------------------------------------------


def other_conversion(text: str) -> str:
    """The same words in other lines: a line more at the top, sentences on one line, twice the blank lines."""
    text = re.sub(r"(?<=\S)\n(?=\S)(?!Page|\d\. )", " ", text.partition("Page 1")[2])
    return "Northhaven\n\n" + "Northhaven in the world: annual report 2025\n\nPage 1" + text.replace("\n\n", "\n\n\n")


def test_passages_are_found_again_in_another_conversion(filled, city_copy):
    new = city_copy.documents / "annual-report-2025.new.txt"
    new.write_text(other_conversion(REPORT.read_text(encoding="utf-8")), encoding="utf-8")
    text = (city_copy.home / "data/editorial/no-fact-lines.ttl").read_text(encoding="utf-8")
    kept = re.sub(r"ar25:L[3-8] cr:withoutFact reason:contents \.\n\n", "", text)
    (city_copy.home / "data/editorial/no-fact-lines.ttl").write_text(kept, encoding="utf-8")
    filled("anchor", *DOCUMENTS)
    code, printed = filled("reanchor", f"documents/{new.name}", "--document", "annual-report-2025")
    assert (code, printed.splitlines()[-1]) == (0, "11 found, of these 0 in doubt; 0 not found")
    assert filled("fmt", "--check") == (0, "")
    assert filled("validate")[0] == 0
    code, printed = filled("evidence", *DOCUMENTS)
    assert code == 0, printed


def test_what_is_not_found_again_is_listed_and_nothing_is_written(filled, city_copy):
    new = city_copy.documents / "annual-report-2025.new.txt"
    lines = REPORT.read_text(encoding="utf-8").replace("Ada Quill met Ivo Tamm there", "She met the Mayor").split("\n")
    new.write_text("\n".join(lines), encoding="utf-8")
    before = snapshot(city_copy.home)
    code, printed = filled("reanchor", f"documents/{new.name}", "--document", "annual-report-2025")
    assert code == 1
    assert printed.splitlines()[0].startswith(
        "https://example.org/relations/northhaven/source/annual-report-2025/L21-L22 is not in "
    )
    assert snapshot(city_copy.home) == before


def test_a_word_that_changed_between_the_anchors_is_told(filled, city_copy):
    new = city_copy.documents / "annual-report-2025.new.txt"
    new.write_text(
        REPORT.read_text(encoding="utf-8").replace("Otto Vane received", "Otto Vane was given"), encoding="utf-8"
    )
    code, printed = filled("reanchor", f"documents/{new.name}", "--document", "annual-report-2025", "--check")
    assert code == 0
    assert "/L32-L33 is found by its first and last words alone" in printed
