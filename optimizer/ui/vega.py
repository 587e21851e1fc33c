"""What the charts share. They are written as Vega-Lite itself: plain data, with nothing to build at each redraw.

The shapes of the world come from our own server (`world_file`); nothing is asked of any other host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ..domain.world import MAP_OBJECT
from .theme import Palette
from .world_file import world_url

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""

HEIGHT: Final = 345
"""Of a map, in pixels."""
SHAPES: Final = "shapes"
PLACE: Final = {
    "longitude": {"field": "lon", "type": "quantitative"},
    "latitude": {"field": "lat", "type": "quantitative"},
}


def map_frame() -> Spec:
    """Projection, height and ground of a world map."""
    return {
        "projection": {"type": "equalEarth"},
        "height": HEIGHT,
        "background": "transparent",
        "config": {"view": {"stroke": None}},
    }


def shape_layer(colours: Palette, others: Mapping[str, str]) -> Spec:
    """The shapes of the world with the columns of the dataset `countries`; a country without a row has `others`.

    The shapes are fetched from our own server, by an address relative to the page.
    """
    look_up = {"lookup": "id", "from": {"data": {"name": "countries"}, "key": "id", "fields": list(others)}}
    fill_in = [
        {"calculate": f"isValid(datum.{name}) ? datum.{name} : {json.dumps(text)}", "as": name}
        for name, text in others.items()
    ]
    return {
        "name": SHAPES,
        "data": {"url": world_url(), "format": {"type": "topojson", "feature": MAP_OBJECT}},
        "transform": [
            look_up,
            *fill_in,
            {"calculate": "datum.properties ? datum.properties.en : '–'", "as": "name"},
        ],
        "mark": {"type": "geoshape", "strokeWidth": 0.5, "stroke": colours.sea_line},
    }


def tooltip(titles: Mapping[str, str]) -> list[Spec]:
    """Lines of a tooltip: for each field its title."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]


def area_by(field: str, smallest: float, largest: float) -> Spec:
    """Circles whose area grows with the field."""
    return {
        "field": field,
        "type": "quantitative",
        "legend": None,
        "scale": {"zero": True, "range": [smallest, largest]},
    }
