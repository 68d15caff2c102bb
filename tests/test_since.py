"""What changed since a revision: the check of a change tells what the whole check tells of it, and no more."""

from __future__ import annotations

import subprocess

import pyoxigraph as ox
import pytest

from conftest import told
from kg import release, validate
from kg.errors import SettingError
from kg.since import changed_since, focus_of

STATEMENTS = "data/statements/yearbook-2023/"
NETWORKS = STATEMENTS + "04-networks-projects-honours.trig"
PEOPLE = "data/entities/people.ttl"


def git(home, *arguments):
    settings = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=home, check=True, capture_output=True)


@pytest.fixture
def repository(city_copy):
    """The other city under version control, as committed."""
    git(city_copy.home, "init", "--quiet")
    git(city_copy.home, "add", ".")
    git(city_copy.home, "commit", "--quiet", "--message", "as it was")
    return city_copy


def subjects(city_copy):
    focus = focus_of(changed_since(city_copy.folders, "HEAD"), release.build(city_copy.folders))
    return None if focus is None else {node.value.rpartition("northhaven/")[2] for node in focus}


def test_nothing_changed_is_nothing_to_look_at(repository):
    assert subjects(repository) == set()


def test_a_changed_statement_is_its_subject_and_its_passage(repository):
    repository.edit(NETWORKS, '"2005"^^xsd:gYear', '"2006"^^xsd:gYear')
    assert subjects(repository) == {"membership/northhaven-lantern-cities", "source/yearbook-2023/L21"}


def test_lines_that_only_moved_are_no_change(repository):
    repository.edit(NETWORKS, "# L21 |", "# moved\n\n# L21 |")
    assert subjects(repository) == set()


def test_a_block_that_went_is_looked_at_with_all_that_name_it(repository):
    repository.edit(
        PEOPLE, 'person:mira-solent a cr:Person ;\n    rdfs:label "Mira Solent"@en ;', "person:gone a cr:Person ;"
    )
    assert {"person/mira-solent", "conferral/honorary-citizenship-of-northhaven-mira-solent-2023"} <= subjects(
        repository
    )


def test_a_new_file_counts(repository):
    (repository.home / "data/entities/venues.ttl").write_text(
        "@prefix cr: <https://w3id.org/city-relations/ontology#> .\n\n"
        "<https://example.org/relations/northhaven/venue/hall> a cr:Venue .\n",
        encoding="utf-8",
    )
    assert subjects(repository) == {"venue/hall"}


@pytest.mark.parametrize("file", ["shapes/people.ttl", "ontology/city-relations.ttl", "ontology/rules/types.rq"])
def test_a_changed_shape_or_rule_is_a_reason_to_look_at_everything(repository, file):
    with (repository.home / file).open("a", encoding="utf-8") as stream:
        stream.write("# a remark\n")
    assert subjects(repository) is None


def test_what_is_no_revision_is_told(repository):
    with pytest.raises(SettingError, match="git: "):
        changed_since(repository.folders, "yesterday")


BROKEN = {
    "a date": (NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear'),
    "a label": (PEOPLE, ' ;\n    rdfs:label "Mira Solent"@it .', " ."),
    "a block": (PEOPLE, "person:mira-solent a cr:Person", "person:mira-solen a cr:Person"),
    "a link": (NETWORKS, "cr:partner city:eastport ;", "cr:partner award:honorary-citizenship-of-northhaven ;"),
    "a party": (STATEMENTS + "01-twinnings-and-agreements.trig", "        cr:party city:eastport ;\n", ""),
    "a country": ("data/entities/cities.ttl", "cr:country country:nordmark", "cr:country city:eastport"),
    "lines": (NETWORKS, "yb:L23 {", "yb:L22-L23 {"),
}


@pytest.mark.parametrize(("file", "old", "new"), BROKEN.values(), ids=BROKEN)
def test_what_is_told_of_a_change_is_what_is_told_of_everything(repository, file, old, new):
    repository.edit(file, old, new)
    graph = release.build(repository.folders)
    focus = focus_of(changed_since(repository.folders, "HEAD"), graph)
    assert focus
    everything = [told(f, graph, "en") for f in validate.validate(graph, repository.folders, repository.index)]
    change = [told(f, graph, "en") for f in validate.validate(graph, repository.folders, repository.index, focus)]
    assert change == everything
    assert change


def test_what_did_not_change_is_not_told(repository):
    repository.edit(NETWORKS, '"2005"^^xsd:gYear', '"19x7"^^xsd:gYear')
    graph = release.build(repository.folders)
    other = {ox.NamedNode("https://example.org/relations/northhaven/person/mira-solent")}
    assert validate.validate(graph, repository.folders, repository.index, other) == []
