"""The pages in a real browser on the real data: the walks of a journalist and of an officer, barriers, weight."""

from __future__ import annotations

import csv
import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from browser import NARROW, STICKING_OUT, WIDE, Visit, launched
from kg.settings import Settings, find_folders
from served import serving

KINDS = {
    "home": "/en/",
    "kinds": "/it/browse",
    "browse": "/en/browse/Event?country=france&sort=name",
    "city": "/en/torino/city/lyon",
    "our city": "/it/torino/city/torino",
    "agreement": "/it/torino/agreement/gwangju-2024",
    "disagreement": "/en/torino/event/nitto-atp-finals-2024",
    "person": "/en/torino/person/paolo-mazzoleni",
    "network": "/en/torino/organisation/eurocities",
    "concept": "/en/concept/kind/twinning",
    "document": "/en/torino/source/annual-report-2024",
    "chapter": "/it/torino/source/annual-report-2024/03-3-missions-abroad",
    "passage": "/en/torino/source/annual-report-2024/L432-L436",
    "graph": "/en/torino/graph/external",
    "search": "/it/search?q=betleme",
    "nothing found": "/en/search?q=xyzzy",
    "correct": "/en/correct/torino/agreement/lyon-2023",
    "about": "/en/about",
    "cite": "/it/cite",
    "accessibility": "/en/accessibility",
    "quality": "/it/quality",
    "api": "/en/api",
    "ontology": "/en/ontology",
    "shapes": "/en/shapes",
    "concepts": "/it/concepts",
    "scheme": "/en/concepts/topic",
    "validation": "/it/validation",
    "not found": "/it/torino/city/atlantis",
}
# What is repeated on a page is looked at a few times: axe-core takes seconds for thousands of elements.
ALIKE = (
    "main section section:nth-of-type(n+6), section[id]:nth-of-type(n+6), li:nth-of-type(n+15), tr:nth-of-type(n+15)"
)
LIGHT = 200_000  # bytes of a first visit


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
def looking(browser, site, width=WIDE, language="en", *, scripts=True):
    """The page of a visitor; fails in the end on whatever should not have happened."""
    visit = Visit(browser, site, width, language, scripts=scripts)
    yield visit
    visit.close()


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_journalist_gets_from_the_first_page_to_the_passage(browser, site, language, width, scripts):
    city = {"en": "Lyon", "it": "Lione"}[language]
    with looking(browser, site, width, language, scripts=scripts) as visit:
        page = visit.page
        page.goto("/")
        assert page.url == f"{site}/{language}/"
        page.locator("#home-find").fill(city)
        page.locator("main form").get_by_role("button").click()
        page.wait_for_url("**/search?q=*")
        page.locator("main").get_by_role("link", name=city, exact=True).click()
        assert page.locator("h1").inner_text() == city
        shared = page.locator("section", has=page.locator("#shared"))
        years = shared.locator("h3").all_inner_texts()
        assert years[:4] == sorted(years[:4])
        shared.get_by_role("link", name=re.compile(r"\(2023\)")).click()
        assert city in page.locator("h1").inner_text()
        since = page.locator("dl.facts > div", has_text={"en": "2023", "it": "2023"}[language]).first
        note = since.locator("a.note").first
        told = note.get_attribute("aria-label")
        note.click()
        assert page.locator("h1").inner_text() in told
        assert re.search(r"\d+", page.locator("h1").inner_text())
        assert page.locator("main").get_by_role("link", name=re.compile(rf"Torino.*{city}.*2023")).count()


@pytest.mark.parametrize("language", ["en", "it"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_officer_narrows_the_projects_and_takes_the_table(browser, site, language, width, tmp_path):
    with looking(browser, site, width, language) as visit:
        page = visit.page
        page.goto(f"/{language}/browse")
        page.locator("main").get_by_role("link", name={"en": "projects", "it": "progetti"}[language]).click()
        whole = int(page.get_by_role("status").inner_text())
        facet = page.locator(".facets > details").nth(1)
        if facet.get_attribute("open") is None:
            facet.locator("summary").first.click()
        choice = facet.locator("li a").first
        left = int(choice.locator("span").inner_text())
        choice.click()
        assert page.get_by_role("status").inner_text().split()[0] == str(left)
        assert 0 < left < whole
        assert page.locator(".facets [aria-current]").count() == 1
        with page.expect_download() as taken:
            page.get_by_role("link", name="CSV").click()
        taken.value.save_as(tmp_path / "projects.csv")
        rows = list(csv.DictReader((tmp_path / "projects.csv").read_text(encoding="utf-8").splitlines()))
        assert len(rows) == left
        names = page.locator(".things > li > a").all_inner_texts()
        assert [row["name"] for row in rows][: len(names)] == names
        assert all(row["passages"] for row in rows)
        again = page.url
        page.locator("a.clear").click()
        assert page.get_by_role("status").inner_text() == str(whole)
        page.goto(again)
        assert page.get_by_role("status").inner_text().split()[0] == str(left)


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS.keys())
def test_no_kind_of_page_has_a_barrier_or_sticks_out(browser, site, path):
    with looking(browser, site) as visit:
        page = visit.page
        page.goto(path, timeout=120_000)  # who asks first for the report waits until it is made
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert page.evaluate(STICKING_OUT) == []
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.evaluate(f"document.querySelectorAll('{ALIKE}').forEach(one => one.remove())")
        visit.check()
        if path.endswith("atlantis"):
            visit.expect_fault("404")


def test_the_map_and_the_facets_by_keyboard_alone(browser, site):
    with looking(browser, site) as visit:
        page = visit.page
        page.goto("/en/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to content"
        page.keyboard.press("Enter")
        for _ in range(60):
            page.keyboard.press("Tab")
            label = page.evaluate("document.activeElement.closest('a.marker')?.getAttribute('aria-label') ?? ''")
            if label.startswith("Lyon"):
                break
        assert label == "Lyon, France: agreement 2023"
        assert page.locator("a.marker:focus .halo").evaluate("one => getComputedStyle(one).stroke") != "none"
        page.keyboard.press("Enter")
        page.wait_for_url("**/city/lyon")
        page.goto("/en/browse/Mission")
        page.locator(".facets details:not([open]) > summary").first.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        chosen = page.evaluate("document.activeElement.firstChild.textContent.trim()")
        page.keyboard.press("Enter")
        page.wait_for_url("**/Mission?*")
        assert page.locator(".facets [aria-current]").first.inner_text().startswith(chosen)


def test_suggestions_by_keyboard(browser, site):
    with looking(browser, site, language="it") as visit:
        page = visit.page
        page.goto("/it/")
        field = page.locator("#home-find")
        field.press_sequentially("Gwanju")
        first = page.get_by_role("option").first
        first.wait_for()
        assert first.inner_text().split("\n")[0] == "Gwangju"
        visit.check()
        field.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
        field.press("Enter")
        page.wait_for_url("**/it/torino/city/gwangju")


@pytest.mark.parametrize("path", ["/en/", "/it/torino/city/lyon", "/en/torino/event/nitto-atp-finals-2024"])
def test_a_first_visit_is_light(browser, site, path):
    with looking(browser, site) as visit:
        visit.page.goto(path, wait_until="networkidle")
        assert len(visit.sizes) > 4
        assert all(visit.sizes.values())
        assert sum(visit.sizes.values()) < LIGHT


LONG = "Very long name " * 20 + "W" * 200
ASKED = "<script>alert(4)</script>"
ODD = f"""
<{{base}}/graph/entities> {{{{
    city:nasty a cr:City ; rdfs:label "<img src=x onerror=alert(1)>"@en , "</script><script>alert(2)</script>"@it ;
        skos:altLabel "\\" onfocus=alert(3) autofocus x=\\""@en .
    city:right a cr:City ; rdfs:label "بيت لحم"@en , "بيت لحم"@it ; cr:latitude 31.7 ; cr:longitude 35.2 .
    city:long a cr:City ; rdfs:label "{LONG}"@en , "{LONG}"@it .
    city:bare a cr:City ; rdfs:label "Bare"@en , "Bare"@it .
}}}}
"""


@pytest.fixture(scope="module")
def odd_site():
    """The address of a server of cities with odd names."""
    import pyoxigraph as ox

    from kg.namespaces import FIXED_PREFIXES
    from kg.store import City, Graph, merge

    base = "https://example.org/relations/odd"
    prefixes = FIXED_PREFIXES | {"city": f"{base}/city/"}
    engine = ox.Store()
    heads = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in prefixes.items())
    engine.load(heads + ODD.format(base=base), format=ox.RdfFormat.TRIG)
    merge(engine)
    folders = find_folders(Settings(home=Path(__file__).resolve().parents[1]))
    with serving(Graph(engine, City(base, prefixes)), folders) as served:
        yield str(served.web.base_url).rstrip("/")


@pytest.mark.parametrize("name", ["nasty", "right", "long", "bare"])
def test_odd_names_stay_text_and_fit(browser, odd_site, name):
    with looking(browser, odd_site, NARROW) as visit:
        page = visit.page
        for path in (f"en/odd/city/{name}", f"it/odd/city/{name}", "en/browse/City", f"en/search?q={quote(ASKED)}"):
            page.goto(f"/{path}")
            assert page.evaluate(STICKING_OUT) == [], path
            assert page.locator("main script, main img, [onfocus], [onerror]").count() == 0
        page.goto(f"/en/odd/city/{name}")
        visit.check()
        page.locator("#header-find").press_sequentially("img")
        page.get_by_role("option").first.wait_for()
        assert page.locator(".suggestions img").count() == 0


def test_a_city_without_facts_has_a_page_all_the_same(browser, odd_site):
    with looking(browser, odd_site) as visit:
        visit.page.goto("/en/odd/city/bare")
        assert visit.page.locator("h1").inner_text() == "Bare"
        assert "beyond what is shown" in visit.page.locator("main").inner_text()
        assert visit.page.locator("a.note").count() > 0
