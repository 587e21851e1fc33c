"""The world map for the page: which shape is which country, and where the countries too small to be seen lie.

`data/world-50m.topo.json` holds 240 shapes. Several share an id (Australia's outer islands, Northern Cyprus,
Somaliland), and a shape's own name is not the name to show: names and parents come from the country table. Boundaries
are illustrative.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ..bundled import data_path
from .countries import countries, jurisdiction

MAP_FILE = "world-50m.topo.json"
MAP_OBJECT = "countries"
"""The TopoJSON object that holds the shapes."""

WITHOUT_COUNTRY = frozenset({"Siachen Glacier"})
"""Shapes that belong to no row of the country table: disputed ground where nobody is placed."""

SMALL_SQUARE_DEGREES = 0.2
"""Below this area a country is about one pixel of a world map, and needs a point."""

Point = tuple[float, float]


@cache
def country_of_shape() -> Mapping[str, str | None]:
    """The country code (ISO 3166 alpha-2, and XK) of each shape id; None for the shapes without a country."""
    by_iso3 = {country.iso3: country.iso2 for country in countries().values()}
    return {shape: None if shape in WITHOUT_COUNTRY else by_iso3[shape] for shape in shape_ids(_topology())}


@cache
def jurisdiction_of_shape() -> Mapping[str, str | None]:
    """The country whose rules hold in each shape: Greenland's is DK, Hong Kong's is CN."""
    return {shape: None if code is None else jurisdiction(code) for shape, code in country_of_shape().items()}


@cache
def countries_without_shape() -> frozenset[str]:
    """Countries of the table that the map does not draw by themselves (most are drawn within their parent)."""
    return frozenset(countries()) - frozenset(country_of_shape().values())


@cache
def small_country_points() -> Mapping[str, tuple[float, float]]:
    """(latitude, longitude) of a point to draw for each country whose shapes are too small to be seen, by code.

    The point is the middle of the country's largest ring. Areas are in square degrees, as the map is drawn, so a
    country near a pole counts as larger than it is.
    """
    topology = _topology()
    area: dict[str, float] = {}
    largest: dict[str, tuple[float, Point]] = {}
    shapes = country_of_shape()
    for geometry in topology["objects"][MAP_OBJECT]["geometries"]:
        code = shapes[geometry["id"]]
        if code is None:
            continue
        for ring in _outer_rings(topology, geometry):
            size = _area(ring)
            area[code] = area.get(code, 0.0) + size
            if code not in largest or size > largest[code][0]:
                largest[code] = (size, _middle(ring))
    return {code: largest[code][1] for code, size in sorted(area.items()) if size < SMALL_SQUARE_DEGREES}


def shape_ids(topology: Mapping[str, Any]) -> list[str]:
    """The distinct shape ids of a parsed TopoJSON, sorted."""
    return sorted({geometry["id"] for geometry in topology["objects"][MAP_OBJECT]["geometries"]})


@cache
def _topology() -> Mapping[str, Any]:
    parsed: dict[str, Any] = json.loads(data_path(MAP_FILE).read_text(encoding="utf-8"))
    return parsed


def _outer_rings(topology: Mapping[str, Any], geometry: Mapping[str, Any]) -> Iterator[list[Point]]:
    """Each polygon's outer ring as (longitude, latitude) points."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        ring: list[Point] = []
        for index in polygon[0]:
            ring.extend(_arc(topology, index))
        yield ring


def _arc(topology: Mapping[str, Any], index: int) -> list[Point]:
    """An arc's points: TopoJSON stores steps on an integer grid, and ~n for arc n walked backwards."""
    (scale_x, scale_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    steps: Sequence[Sequence[int]] = topology["arcs"][~index if index < 0 else index]
    points, x, y = [], 0, 0
    for step_x, step_y in steps:
        x, y = x + step_x, y + step_y
        points.append((x * scale_x + west, y * scale_y + south))
    return points[::-1] if index < 0 else points


def _area(ring: Sequence[Point]) -> float:
    """The ring's area in square degrees (shoelace formula)."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _middle(ring: Sequence[Point]) -> tuple[float, float]:
    """(latitude, longitude) of the middle of the ring's box."""
    longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
    return (min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2
