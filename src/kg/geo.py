"""The partner cities as a map: GeoJSON (RFC 7946), a point for each city with which one of ours has an agreement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.namespaces import CR
from kg.terms import LANGUAGES, Terms, kebab, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator


def partner_cities(terms: Terms) -> bytes:
    """A collection of points, in the order of their IRIs; a city without coordinates is no point."""
    features = list(_features(terms))
    return (
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


def _features(terms: Terms) -> Iterator[dict[str, Any]]:
    found = partners(terms)
    for city, agreements in sorted(found.items()):
        place = [_one(terms, city, name) for name in ("longitude", "latitude")]
        if all(place):
            properties: dict[str, Any] = {"iri": city}
            for language in LANGUAGES:
                properties[f"name_{language}"] = terms.name(city, language)
                countries = terms.texts(terms.of(city, CR + "country"), language)
                properties[f"country_{language}"] = countries[0] if countries else None
            properties["twinned"] = bool(terms.of(city, CR + "twinnedWith"))
            properties["agreements"] = [_agreement(terms, agreement) for agreement in agreements]
            point = {"type": "Point", "coordinates": [float(part) for part in place]}
            yield {"type": "Feature", "id": city, "geometry": point, "properties": properties}


def partners(terms: Terms) -> dict[str, list[str]]:
    """The cities that are party to an agreement with one that a document speaks for, and these agreements."""
    own = {
        value.value for document in terms.members.get("Document", []) for value in terms.of(document, CR + "speaksFor")
    }
    cities = set(terms.members.get("City", []))
    found: dict[str, list[str]] = {}
    for agreement in terms.members.get("Agreement", []):
        parties = {value.value for value in terms.of(agreement, CR + "party") if isinstance(value, ox.NamedNode)}
        for city in sorted(parties & cities - own) if parties & own else ():
            found.setdefault(city, []).append(agreement)
    return found


def _agreement(terms: Terms, agreement: str) -> dict[str, Any]:
    names = {f"name_{language}": terms.name(agreement, language) for language in LANGUAGES}
    kinds = [kebab(local_name(value.value)) for value in terms.of(agreement, CR + "kind")]
    return {"iri": agreement, **names, "kind": kinds, "start": _one(terms, agreement, "start") or None}


def _one(terms: Terms, thing: str, name: str) -> str:
    return next((value.value for value in terms.of(thing, CR + name)), "")
