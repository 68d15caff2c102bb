"""IRIs: their roots, their local paths, and how they are shown."""

from __future__ import annotations

import pytest

from kg.namespaces import CONCEPT, CR, ROOT, SHAPES, local_path, parent, short

DATASET = "https://example.org/relations/northhaven"
PREFIXES = {
    "cr": str(CR),
    "source": f"{DATASET}/source/",
    "yb": f"{DATASET}/source/yearbook-2023/",
    "kind": f"{CONCEPT}kind/",
}


def test_the_roots():
    assert ROOT == "https://w3id.org/city-relations/"
    assert CR + "start" == "https://w3id.org/city-relations/ontology#start"
    assert SHAPES + "x" == "https://w3id.org/city-relations/shapes#x"
    assert CONCEPT == "https://w3id.org/city-relations/concept/"


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        (f"{DATASET}/city/eastport", "northhaven/city/eastport"),
        (DATASET, "northhaven"),
        (f"{DATASET}/source/yearbook-2023/L10-L11", "northhaven/source/yearbook-2023/L10-L11"),
        (f"{CONCEPT}kind/twinning", "concept/kind/twinning"),
        (CR + "start", "ontology"),
        ("https://example.com/other", None),
        ("https://example.org/elsewhere/x", None),
    ],
)
def test_iris_of_ours_have_a_local_path(iri, path):
    assert local_path(iri, DATASET) == path


def test_the_parent_of_a_dataset():
    assert parent(DATASET) == parent(DATASET + "/") == "https://example.org/relations/"


@pytest.mark.parametrize(
    ("iri", "shown"),
    [
        (f"{DATASET}/source/yearbook-2023", "source:yearbook-2023"),
        (f"{DATASET}/source/yearbook-2023/L5", "yb:L5"),
        (f"{DATASET}/source/yearbook-2023/L69-L78.L135-L139", "yb:L69-L78.L135-L139"),
        (f"{CONCEPT}kind/twinning", "kind:twinning"),
        (f"{CONCEPT}kind/", f"<{CONCEPT}kind/>"),
        (f"{CONCEPT}kind/a/b", f"<{CONCEPT}kind/a/b>"),
        (f"{CONCEPT}kind/end.", f"<{CONCEPT}kind/end.>"),
        (f"{CONCEPT}kind/-x", f"<{CONCEPT}kind/-x>"),
        ("https://example.com/x", "<https://example.com/x>"),
    ],
)
def test_an_iri_is_shown_by_its_closest_prefix_where_the_name_allows(iri, shown):
    assert short(iri, PREFIXES) == shown
