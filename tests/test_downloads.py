"""Downloads over HTTP: types, validators, ranges, caching; releases, their differences, the feed; unrecorded data."""

from __future__ import annotations

import hashlib
import shutil
from xml.etree import ElementTree as Xml

import pytest

from conftest import OTHER_CITY, ROOT, CityCopy
from kg import release as releases
from kg.publish import build, record
from kg.records import read_records
from released import DAY
from served import serving

NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
MEMBERSHIP = "https://example.org/relations/northhaven/membership/northhaven-lantern-cities"
START = "https://w3id.org/city-relations/ontology#start"
YEAR = "<http://www.w3.org/2001/XMLSchema#gYear>"
MIDNIGHT = "Wed, 25 Nov 2026 00:00:00 GMT"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """Northhaven with two releases: the older one in a bundle, the newer one in the files."""
    home = tmp_path_factory.mktemp("city") / "home"
    shutil.copytree(OTHER_CITY, home)
    for name in ("ontology", "shapes"):
        shutil.copytree(ROOT / name, home / name)
    copy = CityCopy(home)
    record(copy.folders, DAY)
    build(copy.folders, home.parent / "shelf" / "first", None)
    copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    record(copy.folders, DAY)
    return copy


@pytest.fixture(scope="module")
def served(city):
    """A server that keeps the older release and serves the newer one."""
    graph = releases.load(city.folders).graph
    with serving(graph, city.folders, releases=city.home.parent / "shelf") as found:
        yield found


@pytest.fixture(scope="module")
def ids(served, city):
    """The ids of the releases, the older first."""
    return [noted.id for noted in read_records(city.folders, served.site.release.graph.city)]


TYPES = {
    "northhaven.trig": "application/trig",
    "northhaven.nq": "application/n-quads",
    "northhaven.ttl": "text/turtle; charset=utf-8",
    "northhaven.nt": "application/n-triples",
    "northhaven.rdf": "application/rdf+xml",
    "northhaven.jsonld": "application/ld+json",
    "northhaven.ttl.gz": "application/gzip",
    "csv/it/mission.csv": "text/csv; charset=utf-8",
    "csv/datapackage.json": "application/json",
    "partner-cities.geojson": "application/geo+json",
    "release.json": "application/json",
    "SHA256SUMS": "text/plain; charset=utf-8",
}


def test_each_file_has_its_own_type(served):
    found = {name: served.web.head(f"/dumps/latest/{name}").headers["content-type"] for name in TYPES}
    assert found == TYPES


def test_a_file_of_the_latest_release(served, ids):
    head, get = served.web.head("/dumps/latest/northhaven.nq"), served.web.get("/dumps/latest/northhaven.nq")
    digest = hashlib.sha256(get.content).hexdigest()
    wanted = {
        "etag": f'"{digest}"',
        "last-modified": MIDNIGHT,
        "cache-control": "public, max-age=0, must-revalidate",
        "content-disposition": 'attachment; filename="northhaven.nq"',
        "content-location": f"/dumps/{ids[1]}/northhaven.nq",
        "content-length": str(len(get.content)),
        "accept-ranges": "bytes",
    }
    assert digest.startswith(ids[1])
    for answer in (head, get):
        assert {name: answer.headers[name] for name in wanted} == wanted


def test_a_file_of_a_release_by_its_id_may_be_kept_for_ever(served, ids):
    for name in ids:
        answer = served.web.head(f"/dumps/{name}/csv/it/mission.csv")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "content-location" not in answer.headers


CONDITIONS = [
    pytest.param({"If-None-Match": "{etag}"}, 304, id="the-etag"),
    pytest.param({"If-None-Match": 'W/{etag}, "other"'}, 304, id="a-weak-list"),
    pytest.param({"If-None-Match": "*"}, 304, id="any"),
    pytest.param({"If-None-Match": '"other"'}, 200, id="another-etag"),
    pytest.param({"If-Modified-Since": MIDNIGHT}, 304, id="the-date"),
    pytest.param({"If-Modified-Since": "Tue, 24 Nov 2026 23:59:59 GMT"}, 200, id="an-earlier-date"),
    pytest.param({"If-Modified-Since": "yesterday"}, 200, id="no-date"),
    pytest.param({"If-None-Match": '"other"', "If-Modified-Since": MIDNIGHT}, 200, id="the-etag-counts-first"),
]


@pytest.mark.parametrize(
    "path", ["/dumps/latest/northhaven.ttl", "/catalog", "/.well-known/void", "/releases/feed.atom"]
)
def test_conditions(served, path):
    etag = served.web.head(path).headers["etag"]
    found, wanted = {}, {}
    for condition in CONDITIONS:
        headers = {name: value.format(etag=etag) for name, value in condition.values[0].items()}
        for method in ("GET", "HEAD"):
            answer = served.web.request(method, path, headers=headers)
            length = len(answer.content) > 0
            found[condition.id, method] = (answer.status_code, answer.headers["etag"], length)
            wanted[condition.id, method] = (condition.values[1], etag, method == "GET" and condition.values[1] == 200)
    assert found == wanted


def test_a_part_of_a_file(served):
    path = "/dumps/latest/northhaven.nq"
    whole = served.web.get(path)
    size, etag = len(whole.content), whole.headers["etag"]
    part = served.web.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 100-199/{size}")
    assert part.content == whole.content[100:200]
    rest = served.web.get(path, headers={"Range": f"bytes={size - 7}-", "If-Range": etag})
    assert (rest.status_code, rest.content) == (206, whole.content[-7:])
    stale = served.web.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (stale.status_code, stale.content) == (200, whole.content)
    beyond = served.web.get(path, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/latest/nothing.ttl",
        "/dumps/latest/..%2Frelease.json",
        "/dumps/latest/csv",
        "/dumps/0000000000000000/northhaven.ttl",
        "/releases/0000000000000000",
        "/releases/0000000000000000/diff",
        "/elsewhere/catalog",
        "/elsewhere/release/0000000000000000",
    ],
)
def test_what_is_not_there(served, path):
    assert [served.web.request(method, path).status_code for method in ("GET", "HEAD")] == [404, 404]


def test_the_catalogue_has_its_iri_for_an_address_too(served):
    assert served.web.get("/northhaven/catalog").content == served.web.get("/catalog").content


def test_people_get_from_the_catalogue_to_the_page_of_the_dataset(served):
    answer = served.web.get("/catalog", headers={**BROWSER, "Accept-Language": "it"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/it/northhaven")
    assert served.web.get("/it/northhaven").status_code == 200


def test_addresses_are_as_the_visitor_writes_them_unless_they_are_set(served, city):
    graph = served.site.release.graph
    assert str(served.web.base_url).rstrip("/") + "/sparql" in served.web.get("/catalog").text
    with serving(graph, city.folders, base_url="https://data.example.org/") as other:
        text = other.web.get("/catalog.nt").text
    assert "<https://data.example.org/dumps/latest/northhaven.ttl>" in text
    assert "127.0.0.1" not in text


def test_the_files_of_a_release_as_a_page(served, ids):
    for path, language in (("/dumps/latest/", "en"), ("/it/dumps/latest", "it"), (f"/en/dumps/{ids[0]}", "en")):
        answer = served.web.get(path)
        assert (answer.status_code, answer.headers["content-language"]) == (200, language)
        assert answer.text.count(".csv.gz") == 16
        assert 'href="/dumps/' in answer.text


def test_the_files_of_a_release_for_programs(served, ids):
    said = served.web.get(f"/dumps/{ids[0]}/", headers={"Accept": "application/json"}).json()
    assert (said["release"], said["previous"]) == (ids[0], None)


@pytest.mark.parametrize("path", ["/dumps", "/dumps/"])
def test_the_dumps_without_a_name_are_the_latest(served, path):
    answer = served.web.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dumps/latest/")


def test_a_release_has_an_iri(served, ids):
    for path in (f"/northhaven/release/{ids[0]}", f"/releases/{ids[0]}"):
        answer = served.web.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/dumps/{ids[0]}/")


def test_the_list_of_releases(served, ids):
    assert served.web.get("/releases/", headers={"Accept": "application/json"}).json() == {
        "releases": [
            {"release": ids[1], "date": "2026-11-25", "previous": ids[0]},
            {"release": ids[0], "date": "2026-11-25", "previous": None},
        ]
    }
    for language in ("en", "it"):
        page = served.web.get(f"/{language}/releases").text
        assert [page.count(f"/dumps/{name}") for name in ids] == [1, 1]


def test_the_difference_as_json(served, ids):
    assert served.web.get(f"/releases/{ids[1]}/diff", headers={"Accept": "application/json"}).json() == {
        "old": ids[0],
        "new": ids[1],
        "added": [],
        "removed": [],
        "changed": [
            {
                "iri": MEMBERSHIP,
                "name": {"en": "Northhaven in Lantern Cities", "it": "Northhaven in Lantern Cities"},
                "removed": [{"property": START, "value": f'"2005"^^{YEAR}'}],
                "added": [{"property": START, "value": f'"2006"^^{YEAR}'}],
            }
        ],
    }


def test_the_difference_for_people(served, ids):
    text = served.web.get(f"/releases/{ids[1]}/diff?format=text", headers={"Accept-Language": "it"})
    assert (text.headers["content-type"], text.headers["content-language"]) == ("text/plain; charset=utf-8", "it")
    assert text.text.splitlines() == [
        f"Dal rilascio {ids[0]} al rilascio {ids[1]}",
        "",
        "Cambiati: 1",
        f"  Northhaven in Lantern Cities <{MEMBERSHIP}>",
        "    - inizio: 2005",
        "    + inizio: 2006",
    ]
    page = served.web.get(f"/en/releases/{ids[1]}/diff").text
    assert f"&lt;{MEMBERSHIP}&gt;\n    - start: 2005\n    + start: 2006" in page


def test_the_endpoint_answers_for_the_latest_release_and_the_one_before(served, ids):
    query = f"SELECT (STR(?start) AS ?year) {{ <{MEMBERSHIP}> <{START}> ?start }}"

    def year(**release):
        return served.ask(query, format="csv", **release).text.splitlines()

    wanted = {ids[0]: ["year", "2005"], ids[1]: ["year", "2006"], "latest": ["year", "2006"]}
    for _ in range(2):  # the second time from the caches
        assert {name: year(release=name) for name in wanted} == wanted
    assert year() == wanted["latest"]
    etags = {served.ask(query, release=name).headers["etag"] for name in ids}
    assert len(etags) == 2


def test_the_endpoint_knows_no_other_release(served):
    answer = served.ask("ASK {}", release="0000000000000000")
    assert answer.status_code == 404
    assert "the release 0000000000000000 cannot be asked here" in answer.text


def test_there_is_nothing_before_the_first_release(served, ids):
    assert served.web.get(f"/releases/{ids[0]}/diff").status_code == 404


def test_the_feed(served, ids):
    answer = served.web.get("/releases/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    root = Xml.fromstring(answer.text)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = [
        (entry.findtext(f"{atom}id"), entry.findtext(f"{atom}title"), entry.findtext(f"{atom}updated"))
        for entry in root.iter(f"{atom}entry")
    ]
    release = "https://example.org/relations/northhaven/release/"
    assert entries == [
        (release + name, f"Release {name} of 2026-11-25", "2026-11-25T00:00:00Z") for name in reversed(ids)
    ]
    assert root.findtext(f"{atom}id") == "https://example.org/relations/northhaven"
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{atom}link")}
    base = str(served.web.base_url).rstrip("/")
    assert links == {"self": f"{base}/releases/feed.atom", "alternate": f"{base}/releases/"}


def test_a_release_that_nobody_recorded_is_served_but_not_published(city_copy):
    release = releases.load(city_copy.folders)
    with serving(release.graph, city_copy.folders) as served:
        answer = served.web.get("/catalog")
        assert answer.status_code == 404
        assert f"the release {release.id} is not recorded" in answer.text
        assert (served.web.get("/en/").status_code, served.web.get("/en/").text.count("ld+json")) == (200, 0)
        record(city_copy.folders, DAY)  # and it is at once, without a restart
        assert served.web.get("/catalog").status_code == 200
