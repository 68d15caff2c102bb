"""The editor in a real browser: a researcher's walk, every view, errors, sharing, the keyboard alone, two languages."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from browser import NARROW, WIDE, Visit, launched
from kg.web import phrases
from served import make_graph, serving

PARTNERS = "partner-cities"
CITIES = "SELECT ?city { ?city a cr:City ; rdfs:label ?name FILTER(?name IN ('Lyon'@en, 'Glasgow'@en)) } ORDER BY ?city"
YEARS = "SELECT ?name ?year { ?a a cr:Agreement ; rdfs:label ?name ; cr:year ?year FILTER(LANG(?name) = 'en') }"
HEAVY = 600_000  # bytes of a first visit


@pytest.fixture(scope="module")
def site(release, folders):
    """The address of a server of the repository's data."""
    with serving(release.graph, folders) as served:
        yield str(served.web.base_url).rstrip("/")


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of this file."""
    with launched() as started:
        yield started


@contextmanager
def looking(browser, address, width=WIDE, *, language="en", scripts=True):
    """The page of a visitor; fails in the end on whatever should not have happened."""
    visit = Visit(browser, address, width, language, scripts=scripts)
    yield visit
    visit.close()


def said(name, language, *values):
    """A word of the script."""
    return phrases.SCRIPT[name][language].format(*values)


def ask(page, query, language="en", **more):
    """Open the editor with a query, which is asked at once."""
    page.goto(f"/{language}/sparql?{urlencode({'query': query, **more})}")


def view(page, name, language="en"):
    """Choose a view, and wait until it is the one shown."""
    text = said(name, language)
    page.locator(".views").get_by_role("button", name=text, exact=True).click()
    page.locator(f'.views button[aria-pressed="true"]:text-is("{text}")').wait_for()


def rows(page):
    return page.locator(".yasr tbody tr")


def wait_for_rows(page, count):
    page.wait_for_function("count => document.querySelectorAll('.yasr tbody tr').length === count", arg=count)


def written(page):
    """The text in the editor."""
    return page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")


# The researcher's walk


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_researcher_goes_from_an_example_to_a_link(browser, site, release, language, width):
    with looking(browser, site, width, language=language) as visit:
        page = visit.page
        page.goto(f"/{language}/sparql")
        page.locator("#examples summary").click()
        words = {"en": "PARTNER country kind", "it": "citta partner paese"}[language]
        page.get_by_label(phrases.PAGE["find"][language]).fill(words)
        page.get_by_label(phrases.PAGE["theme"][language]).select_option("agreements")
        visit.check()
        page.locator(f'li[data-example="{PARTNERS}"] a').click()
        wait_for_rows(page, 38)
        visit.check()

        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+End")
        page.keyboard.type("LIMIT 7")
        page.keyboard.press("Control+Enter")
        wait_for_rows(page, 7)

        view(page, "chart", language)
        page.locator(".bars .value", has_text={"en": "Brazil", "it": "Brasile"}[language]).wait_for()
        assert page.locator(".bars .size").all_inner_texts() == ["2", "2", "1", "1", "1"]
        visit.check()
        page.locator(".bars .value", has_text="Argentina").click()
        support = page.locator("#passages")
        support.locator(".found li").first.wait_for()
        visit.check()
        passage = support.locator(".found a").first.get_attribute("href")
        assert passage.startswith(f"/{language}/torino/source/annual-report-2024/L")
        page.keyboard.press("Escape")
        assert not support.is_visible()

        page.locator("#share").click()
        shared = page.locator("#share-link").input_value()
        assert f"release={release.id}" in shared
        visit.check()
        page.goto(shared)
        page.locator(".bars li").nth(4).wait_for()
        view(page, "table", language)
        wait_for_rows(page, 7)
        page.goto(passage)
        assert "3.1" in page.locator("main").inner_text()


# Views


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_answer_on_the_map_and_in_time(browser, site, width):
    with looking(browser, site, width) as visit:
        page = visit.page
        ask(page, CITIES)
        view(page, "map")
        points = page.locator(".world circle")
        points.first.wait_for()
        assert [point.get_attribute("aria-label") for point in points.all()] == ["city:glasgow", "city:lyon"]
        near = [float(part) for part in page.locator(".world").get_attribute("viewBox").split()]
        page.get_by_role("button", name=said("map-world", "en")).click()
        assert page.locator(".world").get_attribute("viewBox") == "0 0 960 440"
        assert near[2] < 200
        visit.check()
        points.first.focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name=said("open-page", "en", "Glasgow")).wait_for()
        page.keyboard.press("Escape")

        ask(page, YEARS)
        view(page, "timeline")
        lines = page.locator(".times li")
        lines.first.wait_for()
        years = [text.split()[0] for text in lines.all_inner_texts()]
        assert years == sorted(years)
        assert (years[0], years[-1]) == ("1957", "2024")
        first, last = (lines.nth(place).locator(".span").bounding_box()["x"] for place in (0, len(years) - 1))
        assert first < last
        visit.check()


def test_coordinates_of_the_answer_itself_are_drawn_where_they_lie(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, "SELECT * { VALUES (?place ?lat ?long) { ('west' 45.0 -100.0) ('east' 45.0 100.0) ('none' 95 0) } }")
        view(page, "map")
        page.locator(".world circle").nth(1).wait_for()
        west, east = (float(page.locator(".world circle").nth(n).get_attribute("cx")) for n in (0, 1))
        assert west < 480 < east
        assert round(west + east) == 960
        assert page.locator(".world circle").count() == 2


def test_yes_or_no_a_graph_and_the_text_of_the_answer(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, "ASK { city:torino a cr:City }", "it")
        page.locator(".yes-or-no").wait_for()
        assert page.locator(".yes-or-no").inner_text() == "Sì"
        ask(page, "DESCRIBE kind:twinning")
        page.locator(".yasr tbody tr").first.wait_for()
        assert page.locator(".yasr th").all_inner_texts() == ["subject", "predicate", "object"]
        view(page, "raw")
        assert "skos:prefLabel" in page.locator(".raw").inner_text()
        visit.check()
        ask(page, "CONSTRUCT { ?s ?p ?o } { ?s cr:noSuchThing ?o ; ?p ?o }")
        page.get_by_text(said("no-rows", "en")).wait_for()


def test_a_table_is_filtered_sorted_and_turned(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(
            page,
            "SELECT ?n ?name { [] a cr:Person ; rdfs:label ?name BIND(STRLEN(?name) AS ?n) FILTER(LANG(?name)='en') }",
        )
        wait_for_rows(page, 50)
        head = page.get_by_role("button", name="n", exact=True)
        head.click()
        shortest = int(rows(page).first.locator("td").first.inner_text())
        head.click()
        assert page.locator("th").first.get_attribute("aria-sort") == "descending"
        assert int(rows(page).first.locator("td").first.inner_text()) > shortest
        page.get_by_role("button", name=said("next", "en")).click()
        assert page.locator(".count").inner_text().startswith("Rows 51 to 100 of ")
        page.get_by_label(said("filter", "en")).fill("stefano lo")
        wait_for_rows(page, 1)
        assert page.locator(".count").inner_text() == "Rows 1 to 1 of 1"


def test_who_says_so(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, "SELECT ?year { city:glasgow ^cr:party/cr:year ?year }")
        wait_for_rows(page, 1)
        page.get_by_role("button", name="2003").click()
        support = page.locator("#passages")
        support.get_by_role("heading", name=said("derived", "en")).wait_for()
        assert "dates The first and last day" in support.inner_text()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.textContent") == "2003"


# What goes wrong


@pytest.mark.parametrize(
    ("language", "place"), [("en", "Go to line 2, column 11"), ("it", "Vai alla riga 2, colonna 11")]
)
def test_an_error_marks_its_line_and_leads_there(browser, site, language, place):
    with looking(browser, site, language=language) as visit:
        page = visit.page
        ask(page, "SELECT * {\n ?s nope:x ?o }", language)
        problem = page.get_by_role("alert")
        problem.wait_for()
        assert {"en": "400 Bad Request", "it": "400 Richiesta errata"}[language] in problem.inner_text()
        assert page.locator(".wrong-line").count() == 1
        assert page.locator(".wrong-place").inner_text() == "nope:x"
        assert page.locator(".parseErrorIcon").count() == 1
        visit.check()
        visit.expect_fault("Failed to load resource")
        problem.get_by_role("button", name=place).click()
        page.keyboard.press("Backspace")
        assert written(page) == "SELECT * {\n ?s nope: ?o }"
        assert page.locator(".wrong-line").count() == 0


def test_a_refusal_and_a_limit_are_told_with_what_to_do(browser, release, folders):
    with (
        serving(release.graph, folders, max_rows=10) as served,
        looking(browser, str(served.web.base_url).rstrip("/"), language="it") as visit,
    ):
        page = visit.page
        ask(page, "SELECT * { ?s ?p ?o }", "it")
        page.get_by_role("alert").get_by_text("la risposta supera 10 righe").wait_for()
        ask(page, "SELECT * { SERVICE <https://example.org/> { ?s ?p ?o } }", "it")
        page.get_by_role("alert").get_by_text("è rifiutato").wait_for()
        ask(page, "ASK {}", "it", release="0123456789abcdef")
        page.get_by_role("alert").get_by_text("il rilascio 0123456789abcdef qui non si può interrogare").wait_for()
        visit.expect_fault("Failed to load resource")
        assert "release=0123456789abcdef" in page.url  # also after the query has been asked
        assert page.locator("main .notice a").get_attribute("href") == "?query=ASK%20%7B%7D"


def test_a_query_that_takes_too_long_can_be_stopped(browser, site):
    endless = f"SELECT (COUNT(*) AS ?n) {{ {' . '.join(f'?a{n} ?b{n} ?c{n}' for n in range(9))} }}"
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, endless)
        page.get_by_role("button", name=said("stop", "en")).click()
        page.get_by_text(said("stopped", "en")).wait_for()
        page.get_by_role("button", name=phrases.PAGE["run"]["en"], exact=True).wait_for()


def test_names_with_markup_stay_text(browser):
    hostile = '"<img src=x onerror=alert(1)><script>alert(2)</script>"'
    data = f"y23:L1 {{ city:alpha rdfs:label {hostile}@en ; cr:partner city:beta . city:beta cr:note {hostile} }}"
    with (
        serving(make_graph(data)) as served,
        looking(browser, str(served.web.base_url).rstrip("/")) as visit,
    ):
        page = visit.page
        ask(page, "SELECT ?x ?name ?note { ?x rdfs:label ?name ; cr:partner/cr:note ?note }")
        wait_for_rows(page, 1)
        for name in ("chart", "map", "raw", "table"):
            view(page, name)
        page.locator(".yasr td button").nth(1).click()
        page.locator("#passages .found li").first.wait_for()
        assert "<img src=x" in page.locator("#passages").inner_text()
        assert page.locator("#editor img, #editor td script").count() == 0


# Names that are completed


def test_names_are_completed_from_the_graph(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        page.goto("/en/sparql")
        page.locator(".CodeMirror").click()
        for typed, chosen in (
            ("SELECT * { ?x a cr:Agree", "cr:Agreement"),
            (" ; cr:rene", "cr:renews"),
            (" agreement:glas", "agreement:glasgow-2003"),
        ):
            if typed.startswith("SELECT"):
                page.keyboard.press("Control+A")
            page.keyboard.type(typed)
            page.keyboard.press("Control+Space")
            page.locator(".CodeMirror-hint", has_text=chosen + " ").first.wait_for()
            page.keyboard.press("Enter")
        page.keyboard.type(" }")
        assert " ".join(written(page).split()) == "SELECT * { ?x a cr:Agreement ; cr:renews agreement:glasgow-2003 }"
        assert page.locator(".parseErrorIcon").count() == 0


# What is taken away


def test_the_answer_in_every_format(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, "SELECT ?name { agreement:glasgow-2003 rdfs:label ?name FILTER(LANG(?name) = 'it') }")
        wait_for_rows(page, 1)
        taken = {}
        for name in page.locator("#download-format option").evaluate_all(
            "options => options.map(option => option.value)"
        ):
            page.locator("#download-format").select_option(name)
            with page.expect_download() as download:
                page.locator("#download").click()
            taken[name] = download.value.path().read_text("utf-8")
        assert set(taken) == {"json", "xml", "csv", "tsv"}
        assert list(csv.reader(io.StringIO(taken["csv"]))) == [["name"], ["Gemellaggio di Torino e Glasgow (2003)"]]
        assert json.loads(taken["json"])["results"]["bindings"]
        ask(page, "DESCRIBE kind:twinning")
        page.locator("#download-format").select_option("turtle")
        with page.expect_download() as download:
            page.locator("#download").click()
        assert download.value.suggested_filename == "query.ttl"
        assert list(ox.parse(download.value.path().read_bytes(), format=ox.RdfFormat.TURTLE))


def test_the_code_runs_and_gives_the_same_answer(browser, site):
    query = r"""SELECT ?x { BIND("it's \"so\" \\ and 'so' èé $HOME %" AS ?x) } # """ + '"""'
    value = "it's \"so\" \\ and 'so' èé $HOME %"
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, query)
        wait_for_rows(page, 1)
        page.locator("#code").click()
        code = {}
        for name in ("curl", "python", "r"):
            page.locator("#code-language").select_option(name)
            code[name] = page.locator("#code-text").input_value()
        visit.check()
    told = subprocess.run(["bash", "-c", code["curl"]], capture_output=True, text=True, check=True).stdout
    assert list(csv.reader(io.StringIO(told))) == [["x"], [value]]
    told = subprocess.run([sys.executable, "-c", code["python"]], capture_output=True, text=True, check=True).stdout
    assert told == f"{ {'x': value} }\n"
    assert "read.csv(address" in code["r"]
    quoted = re.search(r'query <- "\n(.*?)\n"\n', code["r"], re.DOTALL)[1]
    assert quoted.replace('\\"', '"').replace("\\\\", "\\") == query


# The keyboard alone, another language, no script, weight


def test_the_keyboard_alone(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        page.goto("/en/sparql")

        def reach(selector):
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                    return
            pytest.fail(f"{selector} cannot be reached")

        reach("#examples summary")
        page.keyboard.press("Enter")
        reach("#find-text")
        page.keyboard.type("honorary")
        reach('li[data-example="honorary-citizens"] a')
        page.keyboard.press("Enter")
        wait_for_rows(page, 37)
        assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")
        page.keyboard.press("Control+End")
        page.keyboard.type("LIMIT 3")
        page.keyboard.press("Escape")
        reach("#run")
        page.keyboard.press("Enter")
        wait_for_rows(page, 3)
        reach(".views button:nth-child(3)")
        page.keyboard.press("Enter")
        page.locator(".bars").wait_for()
        reach(".bars .value")
        page.keyboard.press("Enter")
        page.locator("#passages .found li").first.wait_for()
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.matches('.bars .value')")


def test_the_query_goes_along_to_the_other_language(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        ask(page, "ASK { city:torino a cr:City }")
        page.locator(".yes-or-no").wait_for()
        page.locator('a[hreflang="it"]').first.click()
        page.get_by_text("Sì", exact=True).wait_for()
        assert written(page) == "ASK { city:torino a cr:City }"


def test_the_plain_form_without_scripts(browser, site):
    with looking(browser, site, NARROW, language="it", scripts=False) as visit:
        page = visit.page
        page.goto("/it/sparql")
        page.locator("#examples summary").click()
        page.locator(f'li[data-example="{PARTNERS}"] a').click()
        page.locator("#format").select_option("csv")
        assert not page.locator("#workbench").is_visible()
        with page.expect_download() as download:
            page.locator("#plain button").click()
        assert len(download.value.path().read_text("utf-8").splitlines()) == 39


def test_a_first_visit_weighs_little(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        page.goto("/en/sparql", wait_until="networkidle")
        assert len(visit.sizes) > 5
        assert all(visit.sizes.values())
        assert sum(visit.sizes.values()) < HEAVY
