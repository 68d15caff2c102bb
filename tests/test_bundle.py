"""The bundle of a release: the same bytes everywhere, each file as it says, and only what must change changes."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import release as releases
from kg.bundle import read_bundle
from kg.errors import DataError, SettingError
from kg.pack import write_bundle
from kg.publish import build, record
from kg.records import read_records
from kg.settings import Settings, find_folders
from released import DAY, recorded

ROOT = Path(__file__).resolve().parents[1]
NETWORKS = "data/statements/yearbook-2023/04-networks-projects-honours.trig"


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder, those in gzip as what is in them."""
    found = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            body = file.read_bytes()
            found[str(file.relative_to(folder))] = gzip.decompress(body) if file.suffix == ".gz" else body
    return found


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The bundle of the other city."""
    folder = tmp_path_factory.mktemp("bundle")
    data = ROOT / "tests" / "other-city" / "data"
    release = recorded(releases.load(find_folders(Settings(home=ROOT, data=data, queries=data))), folder / "records")
    return write_bundle(release, read_records(release.folders, release.graph.city), folder / "out")


def test_it_holds_every_format_each_also_in_gzip(bundle):
    found = contents(bundle.folder)
    names = {name for name in found if "/" not in name}
    plain = {f"northhaven.{extension}" for extension in ("trig", "nq", "ttl", "nt", "rdf", "jsonld")}
    plain |= {"partner-cities.geojson", "ontology.ttl", "concepts.ttl", "shapes.ttl"}
    about = {"release.json", "SHA256SUMS", "void.ttl", *(f"catalog.{e}" for e in ("ttl", "rdf", "nt", "jsonld"))}
    assert names == plain | {f"{name}.gz" for name in plain} | about
    assert {name: found[f"{name}.gz"] == found[name] for name in plain} == dict.fromkeys(plain, True)


def test_the_sums_are_those_of_all_files_but_gzip(bundle):
    found = contents(bundle.folder)
    wanted = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in found.items()
        if not name.endswith(".gz") and name != "SHA256SUMS"
    }
    assert bundle.sums() == wanted


def test_the_id_is_the_start_of_the_digest_of_the_quads(bundle):
    quads = (bundle.folder / "northhaven.nq").read_bytes()
    assert hashlib.sha256(quads).hexdigest()[:16] == bundle.id


def test_all_formats_hold_the_same(bundle):
    quads = set(ox.parse(path=bundle.folder / "northhaven.nq", format=ox.RdfFormat.N_QUADS))
    assert set(ox.parse(path=bundle.folder / "northhaven.trig", format=ox.RdfFormat.TRIG)) == quads
    merged = {quad.triple for quad in quads if quad.graph_name == ox.DefaultGraph()}
    for extension in ("ttl", "nt", "rdf", "jsonld"):
        form = ox.RdfFormat.from_extension(extension)
        assert {quad.triple for quad in ox.parse(path=bundle.folder / f"northhaven.{extension}", format=form)} == merged


def test_what_it_says_of_itself(bundle):
    said = json.loads((bundle.folder / "release.json").read_text(encoding="utf-8"))
    quads = list(bundle.quads())
    keys = ("release", "date", "previous", "issued", "dataset", "quads", "triples")
    assert {key: said[key] for key in keys} == {
        "release": bundle.id,
        "date": "2026-11-25",
        "previous": None,
        "issued": "2026-11-25",
        "dataset": "https://example.org/relations/northhaven",
        "quads": len(quads),
        "triples": sum(quad.graph_name == ox.DefaultGraph() for quad in quads),
    }
    assert said["classes"]["Mission"] == {"count": 1, "en": "mission", "it": "missione"}
    assert list(said["documents"]) == ["yearbook-2023"]
    sizes = {file["name"]: (file["size"], file["sha256"]) for file in said["files"]}
    found = {name: body for name, body in contents(bundle.folder).items() if name in sizes}
    assert sizes == {name: (len(body), hashlib.sha256(body).hexdigest()) for name, body in found.items()}


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"}, id="c-utc"),
        pytest.param({"PYTHONHASHSEED": "77", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kolkata"}, id="turkish-kolkata"),
    ],
)
def test_another_machine_gives_the_same_bytes(environment, city_copy, tmp_path):
    record(city_copy.folders, DAY)
    build(city_copy.folders, tmp_path / "here", None)
    elsewhere = tmp_path / "a quite other place"
    shutil.copytree(city_copy.home, elsewhere)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KG_", "LC_", "LANG"))}
    command = [sys.executable, "-m", "kg", "build", "--out", "dist/"]
    environment = kept | environment | {"KG_HOME": str(elsewhere)}
    subprocess.run(command, env=environment, cwd=elsewhere, check=True, capture_output=True)
    assert contents(elsewhere / "dist") == contents(tmp_path / "here")


def test_a_changed_fact_changes_only_what_it_must(city_copy, tmp_path):
    record(city_copy.folders, DAY)
    build(city_copy.folders, tmp_path / "old", None)
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    record(city_copy.folders, DAY)
    build(city_copy.folders, tmp_path / "new", None)
    old, new = contents(tmp_path / "old"), contents(tmp_path / "new")
    assert set(old) == set(new)
    changed = {name for name in old if old[name] != new[name] and not name.endswith(".gz")}
    assert changed == {
        *(f"northhaven.{extension}" for extension in ("trig", "nq", "ttl", "nt", "rdf", "jsonld")),
        *(f"csv/{language}/{table}.csv" for language in ("en", "it") for table in ("membership", "statements")),
        *(f"catalog.{extension}" for extension in ("ttl", "nt", "rdf", "jsonld")),
        "csv/datapackage.json",
        "release.json",
        "SHA256SUMS",
    }


def test_a_release_that_nobody_recorded_is_refused(city_copy, tmp_path):
    release = releases.load(city_copy.folders)
    with pytest.raises(SettingError, match=f"the release {release.id} is not recorded") as raised:
        build(city_copy.folders, tmp_path / "out", None)
    assert raised.value.remedy == "record it with `kg release`, which notes its day in data/releases.ttl"
    assert not (tmp_path / "out").exists()


def test_data_that_do_not_validate_are_refused(city_copy, tmp_path):
    record(city_copy.folders, DAY)
    city_copy.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    for publish in (lambda: build(city_copy.folders, tmp_path / "out", None), lambda: record(city_copy.folders, DAY)):
        with pytest.raises(DataError, match="the data do not validate"):
            publish()
    assert not (tmp_path / "out").exists()


def test_stand_ins_are_told(city_copy, tmp_path):
    record(city_copy.folders, DAY)
    assert build(city_copy.folders, tmp_path / "out", None).warnings == [
        "nobody reads mailto:relations@northhaven.example.org; an operator sets the contact in data/dataset.ttl"
    ]
    city_copy.edit("data/dataset.ttl", 'foaf:name "Northhaven test office"', 'foaf:name "City Relations project"')
    record(city_copy.folders, DAY)
    assert build(city_copy.folders, tmp_path / "out", None).warnings == [
        "the publisher is the project itself; an operator sets another in data/dataset.ttl",
        "the rights holder is the project itself; an operator sets another in data/dataset.ttl",
        "nobody reads mailto:relations@northhaven.example.org; an operator sets the contact in data/dataset.ttl",
    ]


def test_a_new_build_takes_the_place_of_the_old_one_and_of_nothing_else(city_copy, tmp_path):
    out = tmp_path / "out"
    record(city_copy.folders, DAY)
    first = contents(build(city_copy.folders, out, None).bundle.folder)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "csv" / "en" / "mission.csv").unlink()
    build(city_copy.folders, out, None)
    assert contents(out) == first | {"notes.txt": b"mine"}


def test_a_folder_without_a_release_is_no_bundle(tmp_path):
    assert read_bundle(tmp_path) is None
