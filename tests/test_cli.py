"""The commands as a maintainer meets them: exit codes, messages with place and remedy, never a traceback."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from kg import __version__
from kg.cli import app, main

NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
COMMANDS = [command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands]


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def kg(city_copy, monkeypatch, capsys):
    """Runs `kg` in this process on the copy of the other city."""
    monkeypatch.chdir(city_copy.home)
    monkeypatch.setenv("KG_HOME", str(city_copy.home))

    def run(*arguments: str, text: str = "", **settings: str) -> Result:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["kg", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Result(int(left.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def process(city_copy):
    """Runs `kg` as a process of its own on the copy of the other city."""

    def run(*arguments: str) -> Result:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
        command = [sys.executable, "-m", "kg", *arguments]
        environment = kept | {"KG_HOME": str(city_copy.home)}
        done = subprocess.run(command, env=environment, cwd=city_copy.home, capture_output=True, text=True, check=False)
        return Result(done.returncode, done.stdout, done.stderr)

    return run


# --- help ----------------------------------------------------------------------------------------------------------


def test_the_commands():
    assert {"serve", "validate", "fmt", "evidence", "coverage", "anchor", "query", "where"} - set(COMMANDS) == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_an_example(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    example = " ".join(result.output.partition("Example: ")[2].split())
    assert f"kg {command}" in example


def test_without_a_command_the_help_is_printed(kg):
    result = kg()
    assert all(command in result.out + result.err for command in COMMANDS)


def test_the_version(process):
    result = process("--version")
    assert (result.code, result.out) == (0, f"kg {__version__}\n")


def test_an_unknown_command_is_told(kg):
    result = kg("celebrate")
    assert result.code == 2
    assert "No such command 'celebrate'" in result.err


# --- validate ------------------------------------------------------------------------------------------------------


def test_validate_exits_with_0_where_the_data_conform(process):
    result = process("validate")
    assert (result.code, result.out) == (0, "")
    assert result.err.endswith(" quads checked: 0 violations, 0 warnings and ideas\n")


def test_validate_exits_with_1_and_prints_each_finding(process, city_copy):
    line = city_copy.edit(NETWORKS, "cr:partner city:eastport ;", "cr:partner city:westport ;")
    result = process("validate", "--lang", "it")
    assert (result.code, result.out) == (
        1,
        (
            f"{NETWORKS}:{line}:20 violation declared TIDEWORK: city:westport non è dichiarato; correggere il nome o "
            "aggiungere la voce in data/entities/ (trovato: city:westport)\n"
        ),
    )
    assert result.err.endswith(" quads checked: 1 violations, 0 warnings and ideas\n")


def test_a_file_that_does_not_parse_exits_with_2_and_tells_file_line_and_column(process, city_copy):
    line = city_copy.edit(NETWORKS, 'cr:start "2005"^^xsd:gYear .', "cr:start .")
    result = process("validate")
    assert (result.code, result.out) == (2, "")
    assert result.err == f"kg: {city_copy.home}/{NETWORKS}:{line}:18 expected an object, found '.'\n"


def test_a_blank_node_exits_with_2_and_tells_the_remedy(kg, city_copy):
    line = city_copy.edit(NETWORKS, "cr:role role:pilot-city", "cr:role [ ]")
    result = kg("validate")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"kg: {city_copy.home}/{NETWORKS}:{line}:17 '[ ] .' is not allowed in data files\n"
        "    give the thing an IRI: there are no blank nodes and no collections\n"
    )


def test_a_file_that_ends_too_early_exits_with_2(kg, city_copy):
    path = city_copy.home / NETWORKS
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("cr:partner city:eastport ;")], encoding="utf-8")
    result = kg("validate")
    assert result.code == 2
    assert "found the end of the file\n" in result.err
    assert result.err.startswith(f"kg: {city_copy.home}/{NETWORKS}:")


def test_a_language_that_is_not_spoken_exits_with_2(kg):
    result = kg("validate", "--lang", "fr")
    assert (result.code, result.out, result.err) == (2, "", "kg: --lang is 'fr'\n    choose en or it\n")


def test_a_wrong_setting_exits_with_2(kg):
    result = kg("validate", KG_PORT="eighty")
    assert result.code == 2
    assert result.err == (
        "kg: KG_PORT has the value 'eighty': Input should be a valid integer, unable to parse string as an integer\n"
        "    set KG_PORT to a usable value or unset it\n"
    )


def test_a_missing_home_exits_with_2(kg, tmp_path):
    result = kg("validate", KG_HOME=str(tmp_path / "nowhere"))
    assert result.code == 2
    assert result.err == (
        f"kg: the folder {tmp_path}/nowhere/ontology does not exist\n"
        "    set KG_HOME to a folder with ontology/, data/ and shapes/, or KG_DATA to a city's data\n"
    )


# --- fmt -----------------------------------------------------------------------------------------------------------


def test_fmt_check_exits_with_0_where_all_files_are_in_form(kg):
    result = kg("fmt", "--check")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_fmt_check_names_the_file_and_changes_nothing(kg, city_copy):
    city_copy.edit(NETWORKS, "        cr:leader city:northhaven ;", "    cr:leader    city:northhaven ;")
    before = (city_copy.home / NETWORKS).read_text(encoding="utf-8")
    result = kg("fmt", "--check")
    assert (result.code, result.out) == (1, f"{NETWORKS} is not in form; run kg fmt\n")
    assert (city_copy.home / NETWORKS).read_text(encoding="utf-8") == before


def test_fmt_writes_the_form_and_adds_the_prefixes_that_are_new(kg, city_copy):
    before = (city_copy.home / NETWORKS).read_text(encoding="utf-8")
    city_copy.edit(NETWORKS, "        cr:leader city:northhaven ;", "    cr:leader    city:northhaven ;")
    city_copy.edit(NETWORKS, "@prefix role: <https://w3id.org/city-relations/concept/role/> .\n", "")
    result = kg("fmt", NETWORKS)
    assert (result.code, result.out) == (0, f"{NETWORKS} written\n")
    assert (city_copy.home / NETWORKS).read_text(encoding="utf-8") == before


def test_fmt_tells_where_a_file_leaves_the_form(kg, city_copy):
    line = city_copy.edit(NETWORKS, "cr:role role:pilot-city", "# why")
    result = kg("fmt")
    assert result.code == 2
    assert result.err.splitlines()[0].endswith(f"{NETWORKS}:{line}:9 a comment stands within or behind a block")


# --- evidence and coverage -----------------------------------------------------------------------------------------


def test_evidence_exits_with_0_where_all_is_borne_out(kg):
    result = kg("evidence", "--documents", "documents")
    assert result.code == 0
    assert result.out.splitlines()[-1] == "63 statements: 0 findings, 0 unsupported, 1 by context, 1 inferred (1.6%)"


def test_evidence_exits_with_1_and_prints_each_finding(kg, city_copy):
    line = city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    result = kg("evidence", "--documents", "documents")
    assert result.code == 1
    assert result.out.splitlines()[0] == (
        f"{NETWORKS}:{line}:18 violation evidence Northhaven in Lantern Cities: the year of 2006 is not in the lines; "
        "say where it comes from by cr:yearFrom, or mend it"
    )


@pytest.mark.parametrize("command", ["evidence", "coverage", "anchor"])
def test_a_missing_folder_of_documents_exits_with_2(kg, command):
    result = kg(command, "--documents", "nowhere")
    assert (result.code, result.out) == (2, "")
    assert (
        result.err
        == "kg: the folder nowhere does not exist\n    name the folder with the documents' text files by --documents\n"
    )


def test_coverage_exits_with_0_where_no_line_is_open(kg):
    result = kg("coverage", "--documents", "documents", "--document", "yearbook-2023", "--lines", "1-24")
    assert result.code == 0
    assert [line.split() for line in result.out.splitlines()] == [
        ["document", "lines", "with", "text", "covered", "without", "fact", "open"],
        ["yearbook-2023", "16", "12", "4", "0"],
    ]


def test_coverage_exits_with_1_and_lists_the_open_lines(kg, city_copy):
    city_copy.edit("data/editorial/no-fact-lines.ttl", "yb:L1 cr:withoutFact reason:heading .\n", "")
    city_copy.edit("data/editorial/no-fact-lines.ttl", "yb:L3 cr:withoutFact reason:heading .\n", "")
    result = kg("coverage", "--documents", "documents")
    assert result.code == 1
    assert result.out.splitlines()[-1] == "yearbook-2023: open lines 1, 3"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "--document",
            "almanac",
            "kg: --document is 'almanac'\n    name a document of data/sources.ttl by the last part of its IRI\n",
        ),
        ("--lines", "all", "kg: --lines is 'all'\n    write one range, e.g. 277-316\n"),
    ],
)
def test_coverage_of_what_there_is_not_exits_with_2(kg, option, value, message):
    result = kg("coverage", "--documents", "documents", option, value)
    assert (result.code, result.err) == (2, message)


def test_anchor_check_exits_with_1_where_a_file_is_out_of_date(kg, city_copy):
    assert kg("anchor", "--check", "--documents", "documents").code == 0
    city_copy.edit(NETWORKS, "yb:L23 {", "yb:L23-L24 {")
    result = kg("anchor", "--check", "--documents", "documents")
    assert result.code == 1
    assert result.out == "data/statements/yearbook-2023/anchors.ttl is out of date; run kg anchor\n"


# --- query and where -----------------------------------------------------------------------------------------------

PARTNERS = """SELECT ?partner ?name {
    city:northhaven cr:twinnedWith ?partner . ?partner rdfs:label ?name FILTER(LANG(?name) = "it") }"""


def test_query_prints_a_table(kg):
    result = kg("query", "-", text=PARTNERS)
    assert result.code == 0
    assert [line.split() for line in result.out.splitlines()] == [
        ["partner", "name"],
        ["city:eastport", "Eastport"],
        ["1", "row"],
    ]


def test_query_reads_a_file_and_answers_in_a_format(kg, city_copy):
    result = kg("query", "queries/partners.rq", "--format", "csv")
    assert result.code == 0
    assert (
        result.out.splitlines()
        == (city_copy.home / "queries" / "partners.csv").read_text(encoding="utf-8").splitlines()
    )


def test_query_answers_yes_or_no(kg):
    assert kg("query", "-", text="ASK { city:northhaven cr:twinnedWith city:eastport }").out == "yes\n"
    assert kg("query", "-", text="ASK { city:northhaven cr:twinnedWith city:port-lumen }").out == "no\n"


def test_query_builds_a_graph(kg):
    result = kg(
        "query",
        "-",
        "--format",
        "nt",
        text="CONSTRUCT { ?a cr:year ?y } WHERE { ?a a cr:Agreement ; cr:year ?y . FILTER(?y < 2000) }",
    )
    assert result.out == (
        "<https://example.org/relations/northhaven/agreement/eastport-1998> "
        "<https://w3id.org/city-relations/ontology#year> "
        '"1998"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )


def test_a_query_that_does_not_parse_exits_with_2_and_tells_line_and_column(kg):
    result = kg("query", "-", text="SELECT * {\n  ?a cr:party }\n")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("kg: 2:15 ")


@pytest.mark.parametrize(
    "text", ["DROP ALL", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }", "LOAD <file:///etc/hosts>"]
)
def test_a_query_that_would_change_or_reach_out_is_refused(kg, text):
    result = kg("query", "-", text=text)
    assert (result.code, result.out) == (2, "")
    assert "refused" in result.err


def test_a_query_file_that_is_missing_exits_with_2(kg):
    result = kg("query", "nowhere.rq")
    assert result.code == 2
    assert result.err.startswith("kg: nowhere.rq cannot be read: ")
    assert result.err.endswith("\n    name a file with a SPARQL query, or - for standard input\n")


def test_a_format_that_is_not_offered_exits_with_2(kg):
    result = kg("query", "-", "--format", "pdf", text=PARTNERS)
    assert result.code == 2
    assert "pdf" in result.err


def test_where_prints_file_and_line_of_entities_and_statements(kg, city_copy):
    result = kg("where", "mira sol")
    people = city_copy.line_of("data/entities/people.ttl", "person:mira-solent a")
    stated = city_copy.line_of(NETWORKS, "cr:recipient person:mira-solent")
    assert result.code == 0
    assert f"data/entities/people.ttl:{people} person:mira-solent rdf:type cr:Person\n" in result.out
    recipient = "conferral:honorary-citizenship-of-northhaven-mira-solent-2023 cr:recipient person:mira-solent"
    assert f"{NETWORKS}:{stated} {recipient}\n" in result.out


def test_where_says_that_nothing_is_called_so(kg):
    result = kg("where", "atlantis")
    assert result.out == ""
    assert result.code == 1
    assert result.err == "nothing is called 'atlantis'; try a shorter part of the name\n"
