"""The map that the browser draws: the bundled TopoJSON with our own country codes and names, and no Antarctica.

Only these shapes travel, once per browser; what is drawn on them travels with each chart.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

from ..bundled import data_path
from ..domain.countries import countries
from ..domain.world import MAP_FILE, MAP_OBJECT, country_of_shape, jurisdiction_of_shape

ROUTE = "/map/world.json"


@cache
def world_file() -> bytes:
    """TopoJSON whose shapes have for id the country whose rules hold there, and for `name` the name of their own."""
    topology = json.loads(data_path(MAP_FILE).read_text(encoding="utf-8"))
    own, rules, names = country_of_shape(), jurisdiction_of_shape(), countries()
    shapes = []
    for shape in topology["objects"][MAP_OBJECT]["geometries"]:
        code = own[shape["id"]]
        if code == "AQ":
            continue
        drawn = {"type": shape["type"], "arcs": shape["arcs"]}
        if code is not None:
            drawn["id"] = rules[shape["id"]]
            drawn["properties"] = {"en": names[code].name_en, "zh": names[code].name_zh}
        shapes.append(drawn)
    topology["objects"][MAP_OBJECT]["geometries"] = shapes
    return json.dumps(topology, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def world_version() -> str:
    """A short hash of the map: in its address it lets the browser keep the map for good."""
    return hashlib.sha256(world_file()).hexdigest()[:12]


def world_url() -> str:
    """The map's address relative to a page, so that it also holds below a base path."""
    return f"{ROUTE.removeprefix('/')}?v={world_version()}"
