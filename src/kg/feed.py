"""The releases as a feed (Atom, RFC 4287): what portals and people subscribe to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import pyoxigraph as ox

from kg.namespaces import FIXED_PREFIXES
from kg.records import release_root
from kg.store import triples

if TYPE_CHECKING:
    from kg.bundle import Bundle
    from kg.store import Graph

ATOM = "http://www.w3.org/2005/Atom"
ENTRY = {"en": "Release {} of {}", "it": "Rilascio {} del {}"}


def feed(graph: Graph, bundles: list[Bundle], base: str, language: str) -> bytes:
    """The feed, the newest release first; `base` is the server's address."""
    Xml.register_namespace("", ATOM)
    dataset = graph.city.dataset
    root = Xml.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(root, "id", dataset)
    _text(root, "title", _said(graph, dataset, "dct:title", language))
    _text(root, "updated", _moment(bundles[0]))
    author = Xml.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", _said(graph, _said(graph, dataset, "dct:publisher", language), "foaf:name", language))
    _link(root, "self", f"{base}/releases/feed.atom", "application/atom+xml")
    _link(root, "alternate", f"{base}/releases/", "text/html")
    for bundle in bundles:
        entry = Xml.SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", release_root(graph.city) + bundle.id)
        _text(entry, "title", ENTRY[language].format(bundle.id, bundle.release["date"]))
        _text(entry, "updated", _moment(bundle))
        _link(entry, "alternate", f"{base}/dumps/{bundle.id}/", "text/html")
        _link(entry, "related", f"{base}/releases/{bundle.id}/diff", "text/html")
    Xml.indent(root, " ")
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _moment(bundle: Bundle) -> str:
    return f"{bundle.release['date']}T00:00:00Z"


def _said(graph: Graph, subject: str, name: str, language: str) -> str:
    prefix, _, local = name.partition(":")
    predicate = ox.NamedNode(FIXED_PREFIXES[prefix] + local)
    found = [value for _, _, value in triples(graph.engine, ox.NamedNode(subject), predicate, graph=ox.DefaultGraph())]
    found.sort(key=lambda value: (not isinstance(value, ox.Literal) or value.language != language, value.value))
    return found[0].value if found else subject


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: Xml.Element, relation: str, address: str, kind: str) -> None:
    Xml.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address, "type": kind})
