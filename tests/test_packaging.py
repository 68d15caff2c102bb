"""What is handed on: the same bytes from the same sources, taken by the registry's own checker, described as is due."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import jsonschema
import pytest
import yaml

from kg import __version__
from released import needed

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".venv" / "packaging" / "bin"
CITE = ROOT / ".venv" / "cite" / "bin"
EPOCH = "1700000000"
# What a build reads: the files under version control and new ones beside them, not what tools have left behind.
LISTED = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]


def copy_of_the_sources(folder: Path, umask: int) -> None:
    """A checkout made at another time, by somebody with other rights."""
    files = subprocess.run(LISTED, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    before = os.umask(umask)
    for name in files:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    os.umask(before)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel and the sdist, from two copies of the sources."""
    pairs = []
    for umask in (0o022, 0o077):
        folder = tmp_path_factory.mktemp("sources")
        copy_of_the_sources(folder, umask)
        command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder / "out")]
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": str(umask)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        pairs.append(sorted((folder / "out").iterdir()))
        assert [path.suffix for path in pairs[-1]] == [".whl", ".gz"]
    return pairs


@pytest.mark.parametrize("which", [0, 1], ids=["wheel", "sdist"])
def test_two_builds_are_equal_byte_by_byte(which, built):
    first, second = built[0][which], built[1][which]
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_date_within_is_the_one_given(built):
    wheel, sdist = built[0]
    with zipfile.ZipFile(wheel) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    with tarfile.open(sdist) as archive:
        assert {member.mtime for member in archive} == {int(EPOCH)}
        assert {member.uid for member in archive} == {0}


def test_the_sdist_carries_all_that_its_tests_and_goals_need(built):
    with tarfile.open(built[0][1]) as archive:
        names = {Path(*Path(name).parts[1:]) for name in archive.getnames()}
    folders = {"src", "ontology", "data", "shapes", "queries", "tests", "docs", "bench", "deploy", "w3id"}
    assert folders <= {name.parts[0] for name in names if name.parts}
    assert {Path(name) for name in ("Makefile", "pyproject.toml", "LICENSE", "CITATION.cff", "publiccode.yml")} <= names


def test_the_registry_would_take_both(built):
    twine = needed(TOOLS / "twine", "make .venv/packaging.stamp")
    told = subprocess.run([twine, "check", "--strict", *built[0]], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert told.stdout.count("PASSED") == 2


def test_the_citation_is_valid():
    cffconvert = needed(CITE / "cffconvert", "make .venv/packaging.stamp")
    command = [cffconvert, "--validate", "-i", ROOT / "CITATION.cff"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_bill_of_materials_lists_what_the_server_runs_on(tmp_path):
    make = needed(Path(shutil.which("make") or "/usr/bin/make"), "install make")
    needed(TOOLS / "cyclonedx-py", "make .venv/packaging.stamp")
    sbom = tmp_path / "sbom.json"
    told = subprocess.run([make, "sbom", f"SBOM={sbom}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    values = json.loads(sbom.read_text("utf-8"))
    assert values["bomFormat"] == "CycloneDX"
    assert values["metadata"]["component"]["name"] == "torino-kg"
    names = {component["name"].lower() for component in values["components"]}
    assert {"pyoxigraph", "uvicorn", "rdflib", "starlette"} <= names
    assert names & {"pytest", "ruff", "mypy", "pip"} == set()
    assert str(ROOT) not in sbom.read_text("utf-8")


# The standard's rules, publiccode.yml 0.4, for the keys that are used here: its own validator is a Go program that no
# package registry carries.
TEXT = {"type": "string", "minLength": 1}
LANGUAGE = {
    "type": "object",
    "required": ["shortDescription", "longDescription", "features"],
    "additionalProperties": False,
    "properties": {
        "genericName": {"type": "string", "maxLength": 35},
        "shortDescription": {"type": "string", "maxLength": 150},
        "longDescription": {"type": "string", "minLength": 150, "maxLength": 10_000},
        "features": {"type": "array", "minItems": 1, "items": {"type": "string", "maxLength": 100}},
    },
}


def strict(required: str, **properties: object) -> dict[str, object]:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def some(*values: str) -> dict[str, object]:
    return {"type": "array", "minItems": 1, "items": {"enum": list(values)}, "uniqueItems": True}


SCHEMA = strict(
    "publiccodeYmlVersion name url platforms developmentStatus softwareType description legal maintenance localisation",
    publiccodeYmlVersion={"enum": ["0.4", "0.4.0"]},
    name=TEXT,
    url={"type": "string", "pattern": r"^https://\S+\.git$"},
    landingURL={"type": "string", "pattern": r"^https://\S+$"},
    softwareVersion={"const": __version__},
    releaseDate={"type": "string", "format": "date"},
    platforms=some("web", "windows", "mac", "linux", "ios", "android"),
    categories=some("knowledge-management", "data-analytics", "data-visualization", "content-management"),
    developmentStatus={"enum": ["concept", "development", "beta", "stable", "obsolete"]},
    softwareType={"enum": ["standalone/web", "standalone/backend", "standalone/other", "library", "addon"]},
    inputTypes={"type": "array", "items": {"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"}},
    outputTypes={"type": "array", "items": {"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"}},
    intendedAudience=strict(
        "",
        countries={"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}},
        scope=some("culture", "foreign-affairs", "government", "local-authorities", "research", "society", "tourism"),
    ),
    description={
        "type": "object",
        "required": ["en", "it"],
        "patternProperties": {"^(en|it)$": LANGUAGE},
        "additionalProperties": False,
    },
    legal=strict("license", license=TEXT, mainCopyrightOwner=TEXT),
    maintenance={
        **strict("type", type={"enum": ["internal", "contract", "community", "none"]}, contacts={"type": "array"}),
        "if": {"properties": {"type": {"enum": ["internal", "community"]}}},
        "then": {"required": ["contacts"]},
    },
    localisation=strict(
        "localisationReady availableLanguages",
        localisationReady={"type": "boolean"},
        availableLanguages=some("en", "it"),
    ),
    dependsOn=strict("", open={"type": "array", "items": strict("name", name=TEXT, versionMin=TEXT)}),
    IT=strict(
        "countryExtensionVersion",
        countryExtensionVersion={"enum": ["1.0"]},
        piattaforme=strict("", **{name: {"type": "boolean"} for name in ("spid", "cie", "anpr", "pagopa", "io")}),
    ),
)


def described():
    return yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))


def test_the_entry_for_the_italian_catalogue_keeps_to_the_standard():
    jsonschema.validate(described(), SCHEMA, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("key", sorted(SCHEMA["required"]))
def test_an_entry_without_a_key_that_must_be_there_is_refused(key):
    entry = described()
    del entry[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(entry, SCHEMA)


def test_the_entry_agrees_with_the_package_and_the_citation():
    import tomllib

    entry = described()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert entry["legal"]["license"] == project["license"]
    assert entry["name"] == project["name"]
    assert entry["releaseDate"] == str(citation["date-released"])
    assert set(entry["localisation"]["availableLanguages"]) == set(entry["description"])
