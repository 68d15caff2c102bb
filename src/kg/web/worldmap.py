"""Points on the world map that the front end has drawn: the same projection, and a marker for each place.

The drawing is an image; markers are links of the page, so a map needs no script and every place a Tab.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from kg.namespaces import CR
from kg.web.assets import manifest

if TYPE_CHECKING:
    from kg.terms import Terms

# Coefficients of the Equal Earth projection (Šavrič, Patterson and Jenny 2018)
A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
M = sqrt(3) / 2
MARGIN = 12
NEAR = 6
FEWEST = 5


@dataclass(frozen=True)
class Point:
    """Where something lies on the drawing."""

    x: float
    y: float


@dataclass(frozen=True)
class Marker:
    """A place on a map: where, what it is called, where it leads, and the kinds that decide its look."""

    point: Point
    name: str
    href: str
    label: str
    look: str


def project(latitude: float, longitude: float) -> Point:
    """From degrees to the units of the drawing."""
    drawn = manifest()["map"]
    slant = asin(M * sin(radians(latitude)))
    square = slant * slant
    sixth = square**3
    x = radians(longitude) * cos(slant) / (M * (A1 + 3 * A2 * square + sixth * (7 * A3 + 9 * A4 * square)))
    y = slant * (A1 + A2 * square + sixth * (A3 + A4 * square))
    return Point(round(drawn["x"] + drawn["scale"] * x, 1), round(drawn["y"] - drawn["scale"] * y, 1))


def place_of(terms: Terms, thing: str) -> Point | None:
    """Where a thing with coordinates lies."""
    found = [next((value.value for value in terms.of(thing, CR + name)), None) for name in ("latitude", "longitude")]
    latitude, longitude = found
    return None if latitude is None or longitude is None else project(float(latitude), float(longitude))


def size() -> tuple[int, int]:
    """Width and height of the drawing."""
    drawn = manifest()["map"]
    return drawn["width"], drawn["height"]


def window(points: list[Point], least: float = 60) -> tuple[float, float, float, float]:
    """The part of the drawing around some points, in the proportions of the whole: left, top, width, height."""
    width, height = size()
    left, right = min(point.x for point in points), max(point.x for point in points)
    top, bottom = min(point.y for point in points), max(point.y for point in points)
    wide = min(width, max(right - left + 2 * MARGIN, (bottom - top + 2 * MARGIN) * width / height, least))
    high = wide * height / width
    x = min(max(0, (left + right - wide) / 2), width - wide)
    y = min(max(0, (top + bottom - high) / 2), height - high)
    return round(x, 1), round(y, 1), round(wide, 1), round(high, 1)


def inside(point: Point, part: tuple[float, float, float, float]) -> bool:
    """Whether a point lies in a part of the drawing."""
    x, y, wide, high = part
    return x <= point.x <= x + wide and y <= point.y <= y + high


def crowded(points: list[Point]) -> tuple[float, float, float, float] | None:
    """The part of the drawing with most points, to be shown larger; nothing where points are few."""
    width, height = size()
    wide, high = width / NEAR, height / NEAR
    parts = [
        (round(x, 1), round(y, 1), round(wide, 1), round(high, 1))
        for point in points
        for x, y in [(min(max(0, point.x - wide / 2), width - wide), min(max(0, point.y - high / 2), height - high))]
    ]
    best = max(parts, key=lambda part: sum(inside(point, part) for point in points), default=None)
    return best if best and sum(inside(point, best) for point in points) >= FEWEST else None
