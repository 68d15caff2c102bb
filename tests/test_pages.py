"""The pages over HTTP on the real data: facets, tables, search, corrections, and what other software reads."""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from kg.web.browse import FACETS
from kg.web.calendar import escaped, folded
from kg.web.openapi import ADDRESSES
from kg.web.worldmap import project
from served import serving

BROWSER = {"Accept": "text/html"}
SITE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def served(release, folders):
    """A server of the repository's data."""
    with serving(release.graph, folders) as running:
        yield running


@pytest.fixture(scope="module")
def web(served):
    """A client for it."""
    return served.web


def rows(answer):
    """The rows of a table."""
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(answer.text.splitlines()))


def total(answer):
    """How many things a list says it has."""
    return int(re.search(r'<p role="status"><strong>(\d+)', answer.text)[1])


def test_the_figures_of_home_are_those_of_the_graph(served):
    home = served.web.get("/en/").text
    for name, text in (("Agreement", "agreements"), ("Mission", "missions"), ("ConsularPost", "consular posts")):
        number = served.rows(f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x a cr:{name} }}")[0]
        assert f"<strong>{number}</strong> {text}" in home
    partners = served.rows(
        "SELECT DISTINCT ?c { ?a a cr:Agreement ; cr:party ?o , ?c . ?d cr:speaksFor ?o . ?c a cr:City "
        "FILTER(?c != ?o) }"
    )
    table = home.partition('id="partners"')[2].partition("</table>")[0]
    assert table.count('<th scope="row">') == len(partners)
    drawn = home.partition('<svg class="map world"')[2].partition("</svg>")[0]
    assert drawn.count("<a ") == len(partners)


@pytest.mark.parametrize("facet", FACETS)
def test_a_facet_leaves_as_many_as_it_says(web, facet):
    page = web.get("/en/browse/Event").text
    block = page.partition(f"<summary>{facet.capitalize()}</summary>")[2].partition("</details>")[0]
    choices = re.findall(r'href="(\?[^"]*)">.*?<span>(\d+)</span>', block)
    assert choices
    for address, number in choices[:3]:
        assert f"{facet}=" in address
        assert total(web.get(f"/en/browse/Event{address}")) == int(number)


def test_facets_together_and_the_table_of_what_is_shown(web):
    chosen = {"year": "2024", "country": "france"}
    shown = web.get("/it/browse/Event", params=chosen)
    table = rows(web.get("/it/browse/Event", params=chosen | {"format": "csv"}))
    assert 0 < total(shown) == len(table) < total(web.get("/it/browse/Event", params={"year": "2024"}))
    assert all(row["start"].startswith("2024") or row["end"].startswith("2024") for row in table)
    assert all("Francia" in row["country"] for row in table)
    assert all(row["passages"] for row in table)
    assert [row["start"] for row in table] == sorted((row["start"] for row in table), reverse=True)
    named = rows(web.get("/it/browse/Event", params=chosen | {"format": "csv", "sort": "name"}))
    assert [row["name"].casefold() for row in named] == sorted(row["name"].casefold() for row in named)


def test_what_no_facet_has_is_an_empty_list_and_a_wrong_order_an_error(web):
    assert total(web.get("/en/browse/Event?country=atlantis")) == 0
    assert total(web.get("/en/browse/Event?month=99")) == 0
    assert web.get("/en/browse/Event?sort=size").status_code == 400
    assert "&lt;b&gt;" in web.get("/en/browse/Event?country=<b>").text


def test_a_city_shows_what_it_shares_in_the_order_of_time(served):
    page = served.web.get("/en/torino/city/lyon").text
    part = page.partition('id="shared"')[2].partition("<h2>")[0]
    years = re.findall(r"<h3>(.*?)</h3>", part)
    assert years == sorted(years)
    situations = served.rows("SELECT ?s { ?s cr:involves city:torino , city:lyon . ?s a cr:Event }")
    for situation in situations:
        assert situation.partition("/torino/")[2] in part
    assert part.count('class="note"') >= part.count("<li>")
    assert (
        "shared" not in served.web.get("/en/torino/city/torino").text.partition("<main")[2].partition("</h1>")[2][:2000]
    )


def test_every_fact_has_a_note_that_leads_to_its_passage(web):
    page = web.get("/en/torino/mission/cannes-2024-03").text
    facts = page.partition("<h2>Facts</h2>")[2].partition('class="derived"')[0].partition("<h2>")[0]
    items = re.findall(r"<li>(.*?)</li>", facts, re.DOTALL)
    assert len(items) > 8
    assert all('class="note"' in item for item in items)
    address = re.search(r'class="note" href="(/en/torino/source/[^"]*)"', facts)[1]
    passage = web.get(address).text
    assert "lines 432–436" in passage
    assert "Mission to Cannes" in passage


def test_a_disagreement_names_who_says_what(web):
    page = web.get("/en/torino/event/nitto-atp-finals-2024").text
    box = page.partition("disagree")[2].partition("</section>")[0]
    assert re.search(r"17 November 2024</bdi> <strong>used here</strong><span class=\"notes\">", box)
    assert re.search(r"19 November 2024</bdi><span class=\"notes\">", box)


def test_a_correction_names_file_and_line(web, folders):
    page = web.get("/en/correct/torino/agreement/lyon-2023").text
    places = re.findall(r"<code>(data/[^:<]*):(\d+)</code>", page)
    assert len(places) > 4
    for file, line in places:
        text = (folders.root / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert re.search(r"lyon|label|party|kind|start", text)
    passage = web.get("/en/correct/torino/source/annual-report-2024/L432-L436").text
    assert "03-3-missions-abroad" in passage
    assert web.get("/en/correct/torino/agreement/none").status_code == 404


def test_a_document_adds_up(web):
    page = web.get("/en/torino/source/annual-report-2024").text
    cells = re.findall(r'<td data-label="(lines|statements|passages)">([\d–]+)</td>', page)
    statements = sum(int(number) for name, number in cells if name == "statements")
    passages = sum(int(number) for name, number in cells if name == "passages")
    quality = web.get("/en/quality").text
    row = quality.partition("annual-report-2024")[2].partition("</tr>")[0]
    assert f'data-label="statements">{statements}<' in row
    assert f'data-label="passages">{passages}<' in row
    spans = [tuple(map(int, span.split("–"))) for name, span in cells if name == "lines"]
    assert all(before[1] + 1 == after[0] for before, after in pairwise(spans))


def test_search_for_programs(web):
    answer = web.get("/search", params={"q": "lione", "lang": "it"})
    assert answer.headers["content-type"] == "application/json"
    first = answer.json()["results"][0]
    assert (first["name"], first["kind"], first["kind_name"]) == ("Lione", "City", "città")
    assert web.get(first["page"]).status_code == 200
    assert web.get("/search?q=").json()["results"] == []
    moved = web.get("/search?q=lyon", headers=BROWSER | {"Accept-Language": "it"})
    assert (moved.status_code, moved.headers["location"]) == (303, "/it/search?q=lyon")


def test_suggestions_and_the_description_by_which_browsers_find_them(web):
    described = ElementTree.fromstring(web.get("/it/opensearch.xml").content)
    templates = {node.get("type"): node.get("template") for node in described if node.tag.endswith("Url")}
    answer = web.get(templates["application/x-suggestions+json"].replace("{searchTerms}", "Gwanju"))
    query, names, kinds, links = answer.json()
    assert (query, names[0], kinds[0]) == ("Gwanju", "Gwangju", "città")
    assert links[0].endswith("/it/torino/city/gwangju")
    assert web.get(templates["text/html"].replace("{searchTerms}", "Gwanju")).status_code == 200


def test_the_sitemap_lists_pages_that_there_are(web):
    root = ElementTree.fromstring(web.get("/sitemap.xml").content)
    places = [node.findtext(f"{SITE}loc") for node in root]
    assert len(places) == len(set(places)) > 5000
    base = str(web.base_url).rstrip("/")
    assert all(place.startswith((f"{base}/en/", f"{base}/it/")) for place in places)
    for place in places[:: len(places) // 60]:
        page = web.get(place)
        assert page.status_code == 200, place
        assert f'<link rel="canonical" href="{place}">' in page.text
        assert f'hreflang="it" href="{place.replace("/en/", "/it/", 1)}"' in page.text
    robots = web.get("/robots.txt").text
    assert f"Sitemap: {base}/sitemap.xml" in robots


def test_the_calendar_has_every_day_that_is_stated(served):
    answer = served.web.get("/calendar.ics?lang=it")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    text = answer.text.replace("\r\n ", "")
    days = served.rows(
        "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a ?c ; cr:start ?s . VALUES ?c { cr:Event cr:Mission cr:Visit } "
        "FILTER(DATATYPE(?s) = xsd:date) }"
    )
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == int(days[0])
    mission = text.partition("UID:https://w3id.org/city-relations/torino/mission/cannes-2024-03")[2].partition("END:")[
        0
    ]
    assert "DTSTART;VALUE=DATE:20240312" in mission
    assert "DTEND;VALUE=DATE:20240315" in mission
    assert "LOCATION;LANGUAGE=it:Cannes" in mission


def test_calendar_text_is_escaped_and_folded_between_letters():
    assert escaped("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"
    line = folded("SUMMARY:" + "è" * 100)
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    assert line.replace("\r\n ", "").rstrip("\r\n") == "SUMMARY:" + "è" * 100


def test_the_map_for_programs(web):
    answer = web.get("/partner-cities.geojson")
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert len(answer.json()["features"]) == 38


def test_markers_lie_where_the_drawing_has_the_place(web):
    point = project(0, 0)
    east, north = project(0, 90), project(60, 0)
    assert east.x > point.x
    assert east.y == point.y
    assert north.y < point.y
    assert north.x == point.x
    # Equal Earth: the pole's line is 0.5922 times as long as the equator (Šavrič, Patterson and Jenny 2018)
    assert (project(90, 180).x - point.x) / (project(0, 180).x - point.x) == pytest.approx(0.5922, abs=0.001)


def test_the_openapi_description_tells_what_is_answered(web):
    described = web.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {address.path for address in ADDRESSES}
    examples = {
        "/sparql": "/sparql?query=ASK{}",
        "/{path}": "/torino/city/lyon",
        "/{language}/browse/{kind}": "/en/browse/Event",
        "/editor/passages": "/editor/passages?value=%22Lyon%22@en",
        "/search": "/search?q=lyon",
        "/search/suggestions": "/search/suggestions?q=lyon",
    }
    recorded = ("/catalog", "/dumps", "/releases", "/.well-known")  # only once the data are noted as a release
    for path, operations in described["paths"].items():
        answer = web.get(examples.get(path, path), headers={"Accept": "*/*"})
        if not path.startswith(recorded) or answer.status_code != 404:
            assert answer.status_code == 200, path
            offered = operations["get"]["responses"]["200"]["content"]
            assert answer.headers["content-type"].partition(";")[0] in offered, path
    assert "post" in described["paths"]["/sparql"]
    json.dumps(described)


@pytest.mark.parametrize("name", ["about", "cite", "accessibility", "quality", "api"])
def test_the_pages_about_the_service(web, release, name):
    for language in ("en", "it"):
        page = web.get(f"/{language}/{name}")
        assert page.status_code == 200
        if name in ("about", "cite", "quality"):
            assert release.id in page.text


def test_every_address_within_the_pages_is_answered(web):
    seen: set[str] = set()
    for start in ("/en/", "/it/about", "/en/quality", "/en/api", "/en/torino/city/lyon", "/it/torino/series/mipim"):
        seen |= set(re.findall(r'(?:href|src)="(/[^"#]*)', web.get(start).text))
    unrecorded = ("/en/dumps", "/it/dumps", "/releases", "/en/releases", "/it/releases")
    checked = sorted(address for address in seen if not address.startswith(unrecorded))
    assert len(checked) > 150
    for address in checked:
        assert web.get(address.replace("&amp;", "&"), follow_redirects=True).status_code == 200, address


def test_a_page_that_has_not_changed_is_not_sent_again(web):
    first = web.get("/en/torino/city/lyon")
    again = web.get("/en/torino/city/lyon", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    coded = web.get("/en/torino/city/lyon", headers={"Accept-Encoding": "br"})
    assert coded.headers["content-encoding"] == "br"
    assert coded.headers["etag"] != web.get("/en/torino/city/lyon", headers={"Accept-Encoding": "gzip"}).headers["etag"]
    assert coded.text == first.text


def test_a_thing_is_listed_under_its_narrowest_class(web):
    kinds = web.get("/en/browse").text
    assert "networks" in kinds
    assert "consular posts" in kinds
    assert 'href="/en/browse/Network"' in web.get("/en/torino/organisation/eurocities").text
