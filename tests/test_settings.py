"""Settings and folders: what an operator may set, and what a wrong value says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kg.errors import SettingError
from kg.settings import Folders, Settings, find_folders, read_settings

ROOT = Path(__file__).resolve().parents[1]


def test_defaults_serve_this_machine_alone():
    settings = read_settings()
    assert (settings.host, settings.port, settings.home, settings.data) == ("127.0.0.1", 8000, None, None)


def test_variables_are_read_by_their_prefix(monkeypatch):
    monkeypatch.setenv("KG_PORT", "8080")
    monkeypatch.setenv("KG_DATA", "somewhere")
    monkeypatch.setenv("PORT", "9")
    settings = read_settings()
    assert (settings.port, settings.data) == (8080, Path("somewhere"))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("eighty", "Input should be a valid integer, unable to parse string as an integer"),
        ("70000", "Input should be less than or equal to 65535"),
        ("-1", "Input should be greater than or equal to 0"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(monkeypatch, value, reason):
    monkeypatch.setenv("KG_PORT", value)
    with pytest.raises(SettingError) as caught:
        read_settings()
    assert caught.value.message == f"KG_PORT has the value '{value}': {reason}"
    assert caught.value.remedy == "set KG_PORT to a usable value or unset it"


def test_every_setting_has_a_help_of_one_sentence():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_nothing_else_reads_the_environment():
    readers = []
    for file in sorted((ROOT / "src" / "kg").rglob("*.py")):
        names = {n.attr for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)}
        if names & {"environ", "getenv"}:
            readers.append(file.name)
    assert readers == []


def test_the_folders_are_those_of_the_checkout():
    folders = find_folders(read_settings())
    assert folders == Folders(ROOT, ROOT / "ontology", ROOT / "data", ROOT / "shapes", ROOT / "queries")


def test_another_city_takes_the_place_of_the_data_alone(monkeypatch):
    data = ROOT / "tests" / "other-city" / "data"
    monkeypatch.setenv("KG_DATA", str(data))
    folders = find_folders(read_settings())
    assert (folders.data, folders.ontology, folders.shapes) == (data, ROOT / "ontology", ROOT / "shapes")
    assert folders.queries != ROOT / "queries"
    monkeypatch.setenv("KG_QUERIES", str(data.parent / "queries"))
    assert find_folders(read_settings()).queries == data.parent / "queries"


def test_paths_in_messages_are_relative_to_the_home(tmp_path, city_copy):
    folders = city_copy.folders
    assert folders.shown(folders.data / "entities" / "people.ttl") == "data/entities/people.ttl"
    assert folders.shown(tmp_path / "elsewhere.ttl") == f"{tmp_path}/elsewhere.ttl"


def test_a_folder_that_is_missing_is_named_with_the_remedy(tmp_path):
    with pytest.raises(SettingError) as caught:
        find_folders(Settings(home=tmp_path, data=None, queries=None))
    assert caught.value.message == f"the folder {tmp_path}/ontology does not exist"
    assert (
        caught.value.remedy == "set KG_HOME to a folder with ontology/, data/ and shapes/, or KG_DATA to a city's data"
    )
