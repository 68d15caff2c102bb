"""`/validation`: what the checks find in the release that is served, as pages and as RDF, and no query waits for it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from kg import release
from kg.formats import GRAPHS
from served import COUNT, serving, until

if TYPE_CHECKING:
    import httpx

    from conftest import CityCopy

SH = "http://www.w3.org/ns/shacl#"
NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
THING = "https://example.org/relations/northhaven/membership/northhaven-lantern-cities"


@pytest.fixture
def broken(city_copy: CityCopy) -> CityCopy:
    """The other city with a date that is none."""
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    return city_copy


@pytest.fixture
def served(broken):
    with serving(release.build(broken.folders), broken.folders) as server:
        yield server


def report(answer: httpx.Response, form: ox.RdfFormat) -> ox.Store:
    store = ox.Store()
    store.load(answer.content, format=form)
    return store


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.name)
def test_the_report_is_one_of_shacl_in_every_format(served, form):
    answer = served.web.get("/validation", headers={"Accept": form.media_types[0]})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, form.media_types[0])
    store = report(answer, form.engine)
    rows = store.query(f"""PREFIX sh: <{SH}> SELECT ?focus ?severity ?component ?value {{
        ?report a sh:ValidationReport ; sh:conforms false ; sh:result ?result .
        ?result a sh:ValidationResult ; sh:focusNode ?focus ; sh:resultSeverity ?severity ;
            sh:sourceConstraintComponent ?component ; sh:value ?value }}""")
    found = {tuple(term.value.removeprefix(SH) for term in row) for row in rows}
    assert found == {(THING, "Violation", "OrConstraintComponent", "19x7")}


def test_the_page_tells_what_is_wrong_in_both_languages_and_leads_to_the_thing(served):
    for language, words in {
        "en": ("Validation report", "no date of the calendar", "found: 19x7"),
        "it": ("Rapporto di validazione", "data inesistente", "trovato: 19x7"),
    }.items():
        answer = served.web.get(f"/{language}/validation")
        assert (answer.status_code, answer.headers["content-language"]) == (200, language)
        assert [word for word in words if word not in answer.text] == []
        path = THING.removeprefix("https://example.org/relations/")
        assert f'href="/{language}/{path}"' in answer.text
        assert served.web.get(f"/{language}/{path}").status_code == 200
        assert f"<code>{NETWORKS}:24</code>" in answer.text


def test_a_browser_is_sent_to_the_page(served):
    answer = served.web.get("/validation", headers={"Accept": "text/html", "Accept-Language": "it"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/it/validation")


def test_findings_can_be_chosen_by_severity_and_rule(served):
    assert "start-date" in served.web.get("/en/validation?severity=violation").text
    assert "start-date" not in served.web.get("/en/validation?severity=warning").text
    assert "19x7" in served.web.get("/en/validation?rule=start-date").text
    assert served.web.get("/en/validation?rule=nonesuch").status_code == 404
    assert served.web.get("/en/validation?page=2").status_code == 404
    assert served.web.get("/en/validation?page=x").status_code == 400


def test_the_report_is_made_once_and_no_query_waits_for_it(served):
    inspections = served.site.app.state.inspections
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(served.web.get, f"/{language}/validation") for language in ("en", "it", "en", "it")]
        until(lambda: inspections._task is not None)
        task = inspections._task
        assert served.ask(COUNT).status_code == 200
        assert not task.done()
        assert {future.result().status_code for future in asked} == {200}
    assert inspections._task is task


def test_files_that_are_no_longer_those_of_the_release_give_no_report(broken, served):
    broken.edit(NETWORKS, '"19x7"^^xsd:gYear', '"2005"^^xsd:gYear')
    answer = served.web.get("/validation")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert served.ask(COUNT).status_code == 200


def test_the_server_imports_nothing_that_validates():
    program = "import sys, kg.web.app; print(sorted({'pyshacl', 'rdflib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
