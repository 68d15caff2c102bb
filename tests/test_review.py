"""Review mode: the documents' texts beside the statements, on this machine alone; without it no text is served."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest

from kg import release
from kg.errors import SettingError
from kg.settings import Settings
from kg.web.review import LEVELS, WORDS
from kg.web.serve import check_documents
from served import serving
from test_since import git

NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"
CHAPTER = "/en/review/yearbook-2023/4-networks-projects-honours"
LINE = "Mira Solent received honorary citizenship on 9 March 2023."


@pytest.fixture
def desk(city_copy):
    """The other city with its document, under version control."""
    git(city_copy.home, "init", "--quiet")
    git(city_copy.home, "add", ".")
    git(city_copy.home, "commit", "--quiet", "--message", "as it was")
    with serving(release.build(city_copy.folders), city_copy.folders, documents=city_copy.documents) as server:
        yield server


def section(text: str, name: str) -> str:
    """The part of a page about one passage."""
    found = re.search(rf'<section class="[^"]*" id="{name}">.*?</section>', text, re.DOTALL)
    assert found, text
    return found[0]


def test_a_passage_stands_beside_its_statements(desk):
    part = section(desk.web.get(CHAPTER).text, "L23")
    assert f"   23  {LINE}\n" in part
    assert "Honorary citizenship of Northhaven to Mira Solent (2023)" in part
    assert "9 March 2023</bdi>" in part
    assert f"<code>{NETWORKS}:50</code>" in part
    assert "doubted" not in part


def test_documents_chapters_and_sums_lead_there(desk):
    documents = desk.web.get("/it/review").text
    assert '<a href="/it/review/yearbook-2023">' in documents
    assert "<td>63</td><td>0</td>" in documents
    chapters = desk.web.get("/it/review/yearbook-2023").text
    assert '<a href="/it/review/yearbook-2023/4-networks-projects-honours">' in chapters
    assert "<td>19</td><td>0</td>" in chapters
    answer = desk.web.get("/review", headers={"Accept-Language": "it"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/it/review")


def test_an_edit_shows_at_once_and_what_evidence_doubts_is_marked(desk, city_copy):
    assert "doubted" not in desk.web.get(CHAPTER).text
    city_copy.edit(NETWORKS, '"2023-03-09"', '"2023-03-06"')
    part = section(desk.web.get(CHAPTER).text, "L23")
    assert "<strong>doubted</strong>: the day or month of 2023-03-06 is not in the lines" in part
    assert "<strong>dubbio</strong>: il giorno o il mese" in desk.web.get(CHAPTER.replace("/en/", "/it/")).text
    only = desk.web.get(f"{CHAPTER}?doubtful=1").text
    assert re.findall(r'id="(L[^"]+)"', only) == ["L23"]
    assert "<td>19</td><td>1</td>" in desk.web.get("/en/review/yearbook-2023").text


def test_only_what_changed_since_a_revision(desk, city_copy):
    assert "No passage to show." in desk.web.get(f"{CHAPTER}?since=HEAD").text
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    assert re.findall(r'id="(L[^"]+)"', desk.web.get(f"{CHAPTER}?since=HEAD").text) == ["L21"]
    chapters = desk.web.get("/en/review/yearbook-2023?since=HEAD").text
    assert re.findall(r'/review/yearbook-2023/([^"?]+)\?since=HEAD', chapters) == ["4-networks-projects-honours"]


@pytest.mark.parametrize(("since", "status"), [("--output=x", 400), ("a b", 400), ("nonesuch", 503)])
def test_what_is_no_revision_is_told(desk, since, status):
    answer = desk.web.get(CHAPTER, params={"since": since})
    assert answer.status_code == status
    assert answer.json()["remedy"]


def test_lines_without_statement_are_shown_too(desk):
    assert "No statement." in section(desk.web.get(CHAPTER).text, "L19")


def test_a_file_that_cannot_be_read_is_told_and_does_not_end_the_review(desk, city_copy):
    whole = (city_copy.home / NETWORKS).read_text(encoding="utf-8")
    (city_copy.home / NETWORKS).write_text(whole[:900], encoding="utf-8")
    answer = desk.web.get(CHAPTER)
    assert (answer.status_code, "04-networks-projects-honours.trig:" in answer.json()["detail"]) == (503, True)
    (city_copy.home / NETWORKS).write_text(whole, encoding="utf-8")
    assert desk.web.get(CHAPTER).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Host": "127.0.0.1.evil.example:80"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_do_not_get_at_the_texts(desk, headers):
    answer = desk.web.get(CHAPTER, headers=headers)
    assert answer.status_code == 404
    assert LINE not in answer.text


def test_the_pages_are_for_their_own_site_and_are_not_kept(desk):
    headers = desk.web.get(CHAPTER).headers
    own = urlsplit(str(desk.web.base_url))
    assert headers["access-control-allow-origin"] == f"http://{own.netloc}"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/en/review/nonesuch", "/en/review/yearbook-2023/nonesuch"])
def test_what_is_not_there_is_404(desk, path):
    assert desk.web.get(path).status_code == 404


def test_documents_are_shown_on_this_machine_alone(tmp_path):
    check_documents(Settings(documents=tmp_path), "127.0.0.1")
    check_documents(Settings(), "0.0.0.0")
    for settings, host in (
        (Settings(documents=tmp_path), "0.0.0.0"),
        (Settings(documents=tmp_path, base_url="https://data.example.org"), "127.0.0.1"),
        (Settings(documents=tmp_path / "nonesuch"), "127.0.0.1"),
    ):
        with pytest.raises(SettingError) as caught:
            check_documents(settings, host)
        assert caught.value.remedy


def test_without_documents_no_line_of_one_is_ever_served(city_copy):
    text = (city_copy.documents / "yearbook-2023.en.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if len(line.split()) > 8]
    assert len(lines) > 5
    graph = release.build(city_copy.folders)
    terms = {term for quad in graph.engine for term in (quad.subject, quad.graph_name)}
    root = graph.city.dataset.rpartition("/")[0]
    paths = {term.value.removeprefix(root) for term in terms if isinstance(term, ox.NamedNode)}
    paths = {path for path in paths if path.startswith("/northhaven")}
    assert len(paths) > 50
    extra = [CHAPTER, "/review", "/en/review", "/en/", "/validation", "/catalog", "/en/releases", "/shapes"]
    with serving(graph, city_copy.folders) as server:
        assert server.web.get(CHAPTER).status_code == 404
        for path in [*sorted(paths), *(f"/en{path}" for path in sorted(paths)), *extra]:
            served = server.web.get(path).text
            assert [line for line in lines if line in served] == [], path


def test_the_words_are_there_in_both_languages():
    assert [name for name, text in (WORDS | LEVELS).items() if not (text["en"] and text["it"])] == []
