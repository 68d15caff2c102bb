"""The redirections of w3id.org: every rule, through a real Apache, to a running server that answers for the IRI."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest

from kg.namespaces import ROOT
from released import needed, recorded
from served import serving, until

RULES = Path(__file__).resolve().parents[1] / "w3id" / ".htaccess"
APACHE = Path(shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "/usr/sbin/apache2")
MODULES = Path("/usr/lib/apache2/modules")
SERVER = "https://city-relations.example.org"
TURTLE, BROWSER = {"Accept": "text/turtle"}, {"Accept": "text/html", "Accept-Language": "it"}


@pytest.fixture(scope="module")
def served(release, tmp_path_factory):
    moved = recorded(release, tmp_path_factory.mktemp("records"))
    with serving(moved.graph, moved.folders) as found:
        yield found


@pytest.fixture(scope="module")
def w3id(served):
    """A client for an Apache that has only the rules of this folder, with the address of the test's server."""
    needed(APACHE, "install Debian's apache2")
    folder = Path(tempfile.mkdtemp(prefix="w3id-"))
    folder.chmod(0o755)  # Apache does not read as root
    home = folder / "htdocs" / "city-relations"
    home.mkdir(parents=True)
    rules = RULES.read_text(encoding="utf-8")
    assert rules.count(SERVER) == 1
    (home / ".htaccess").write_text(rules.replace(SERVER, str(served.web.base_url).rstrip("/")), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = ("mpm_event", "authz_core", "rewrite")
    loaded = [f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names]
    lines = [
        *("ServerName w3id.org", f"Listen 127.0.0.1:{port}", f"PidFile {folder}/pid", f"ErrorLog {folder}/errors"),
        *(loaded if os.getuid() else [*loaded, "User www-data", "Group www-data"]),
        f"DocumentRoot {folder}/htdocs",
        f"<Directory {folder}/htdocs>",
        *("AllowOverride All", "Options FollowSymLinks", "Require all granted", "</Directory>"),
    ]
    (folder / "conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen([str(APACHE), "-f", str(folder / "conf"), "-D", "FOREGROUND"])
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/city-relations", timeout=60) as client:
            until(lambda: answers(client))
            yield client
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def answers(client):
    try:
        return client.get("/").status_code
    except httpx.TransportError:
        return None


CASES = [
    pytest.param("/", "/", id="address"),
    pytest.param("/ontology/0.1.0", "/ontology", id="version"),
    pytest.param("/ontology/", "/ontology", id="slash-ontology"),
    pytest.param("/shapes/", "/shapes", id="slash-shapes"),
    pytest.param("/catalog/", "/catalog", id="slash-catalog"),
    pytest.param("/ontology", "/ontology", id="ontology"),
    pytest.param("/shapes", "/shapes", id="shapes"),
    pytest.param("/catalog.rdf", "/catalog.rdf", id="catalogue"),
    pytest.param("/concept/kind/twinning", "/concept/kind/twinning", id="concept"),
    pytest.param("/torino", "/torino", id="dataset"),
    pytest.param("/torino/catalog", "/torino/catalog", id="catalogue-of-the-dataset"),
    pytest.param("/torino/agreement/glasgow-2003", "/torino/agreement/glasgow-2003", id="thing"),
    pytest.param("/torino/graph/entities", "/torino/graph/entities", id="graph"),
    pytest.param("/dumps/latest/torino.ttl", "/dumps/latest/torino.ttl", id="dump"),
    pytest.param("/sparql?query=ASK%20%7B%7D", "/sparql?query=ASK%20%7B%7D", id="query"),
    pytest.param("/torino?format=nt", "/torino?format=nt", id="format"),
    pytest.param("/torino/city/bac%C4%83u", "/torino/city/bac%c4%83u", id="escapes"),
]


@pytest.mark.parametrize(("path", "target"), CASES)
def test_a_redirection(w3id, served, path, target):
    answer = w3id.get(path, headers=TURTLE)
    assert (answer.status_code, answer.headers["location"]) == (302, str(served.web.base_url).rstrip("/") + target)


@pytest.mark.parametrize(("path", "target"), [case for case in CASES if case.id != "escapes"])
def test_where_it_leads_there_is_an_answer(w3id, path, target):
    for headers in (TURTLE, BROWSER, {"Accept": "*/*"}):
        if not path.startswith("/sparql") or headers == {"Accept": "*/*"}:
            answer = w3id.get(path, headers=headers, follow_redirects=True)
            assert (path, answer.status_code) == (path, 200)
            assert str(answer.url).endswith(target) or headers is not TURTLE or target == "/"


def test_every_rule_is_driven():
    rules = re.findall(r"^RewriteRule (\S+) (\S+) \[R=302,L\]$", RULES.read_text(encoding="utf-8"), re.MULTILINE)
    paths = [str(case.values[0]).partition("?")[0].removeprefix("/") for case in CASES]
    first = [next(place for place, (pattern, _) in enumerate(rules) if re.search(pattern, path)) for path in paths]
    assert set(first) == set(range(len(rules)))
    assert len(rules) == 4


def test_one_thing_of_every_kind_answers_for_its_iri(w3id, release):
    """The document that an IRI leads to speaks of that very IRI."""
    query = f'SELECT (STR(?s) AS ?thing) {{ ?s a ?class . ?class cr:segment ?x FILTER(STRSTARTS(STR(?s), "{ROOT}")) }}'
    by_kind: dict[str, str] = {}
    for row in release.graph.engine.query(query, prefixes=release.graph.city.prefixes):
        iri = row[0].value
        kind = iri.removeprefix(release.graph.city.dataset + "/").partition("/")[0]
        by_kind[kind] = min(iri, by_kind.get(kind, iri))
    assert len(by_kind) > 15
    for iri in by_kind.values():
        answer = w3id.get("/" + iri.removeprefix(ROOT), headers=TURTLE, follow_redirects=True)
        subjects = {quad.subject for quad in ox.parse(answer.content, format=ox.RdfFormat.TURTLE)}
        assert (iri, ox.NamedNode(iri) in subjects) == (iri, True)
