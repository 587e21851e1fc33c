"""The map of a plan: countries coloured by the share of their own limit used, a circle a site, names at a limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, pi, radians, sin, sqrt
from typing import Any, Final

import pandas as pd

from .theme import Palette
from .vega import PLACE, SHAPES, Spec, area_by, map_frame, shape_layer, tooltip

SELECTION: Final = "country"
"""The name of what a click selects; in a layered chart it hears clicks on shapes and on circles alike."""
UNLIMITED: Final = "free"
"""The bin of a circle in a country that has no limit of its own."""
COUNTRY_COLUMNS: Final = ("id", "bin", "tier", "used", "gpus")
SITE_COLUMNS: Final = ("id", "site", "lat", "lon", "gpus", "bin", "amount", "detail")

_ELSEWHERE: Final = "elsewhere"
_NOMINAL_WIDTH: Final = 780.0  # of the drawing, for keeping names apart; the real width follows the window
_SMALLEST, _LARGEST = 34.0, 720.0  # areas of circles in square pixels
_LETTER, _LINE = 6.9, 15.0  # pixels of a label's letter and line


@dataclass(frozen=True, slots=True)
class Label:
    """A name to write on the map, with its shift from the place it names, in pixels."""

    text: str
    lat: float
    lon: float
    dx: float
    dy: float
    align: str


def world_map(
    countries: pd.DataFrame,
    sites: pd.DataFrame,
    colours: Palette,
    words: Mapping[str, str],
    *,
    selected: str | None = None,
    names: Sequence[tuple[str, str]] = (),
) -> Spec:
    """The map.

    Parameters
    ----------
    countries
        COUNTRY_COLUMNS, one row for each jurisdiction that there is something to say of: `id` (ISO 3166 alpha-2),
        `bin` ("0" to "4"), and as text `tier`, `used` and `gpus`. The others have what `words` says for them.
    sites
        SITE_COLUMNS, one row for each circle: `id` of its country, `bin` (or UNLIMITED), `amount` and `detail` as text.
    words
        Titles of the tooltip's lines (`country`, `tier`, `used`, `gpus`, `site`, `detail`), and of countries without a
        row their `other_tier` and `other_used`.
    names
        (country id, text) of the labels to write; a label stands by its country's largest circle.
    """
    bins = {str(n): colour for n, colour in enumerate(colours.bins)} | {
        UNLIMITED: colours.free,
        _ELSEWHERE: colours.land,
    }
    scale = {"domain": list(bins), "range": list(bins.values())}
    fill = {"field": "bin", "type": "nominal", "legend": None, "scale": scale}
    shapes = shape_layer(
        colours, {"bin": _ELSEWHERE, "tier": words["other_tier"], "used": words["other_used"], "gpus": "0"}
    )
    shapes["mark"]["cursor"] = "pointer"
    shapes["encoding"] = {
        "color": fill,
        "stroke": {
            "condition": {"test": f"datum.id === '{selected or ''}'", "value": colours.text},
            "value": colours.sea_line,
        },
        "tooltip": tooltip({"name": words["country"]} | {key: words[key] for key in ("tier", "used", "gpus")}),
    }
    circles = {
        "data": {"name": "sites"},
        "mark": {"type": "circle", "opacity": 0.94, "stroke": colours.card, "strokeWidth": 1.3, "cursor": "pointer"},
        "encoding": {
            **PLACE,
            "size": area_by("gpus", _SMALLEST, _LARGEST),
            "color": fill,
            "tooltip": tooltip({"site": words["site"], "amount": words["gpus"], "detail": words["detail"]}),
        },
    }
    layers = [shapes, *([circles] if len(sites) else [])]
    for label in place_labels(sites, names):
        layers += _text(label, colours)
    click = {"type": "point", "fields": ["id"], "on": "click", "toggle": False}
    return {
        "datasets": {"countries": countries, "sites": sites},
        "params": [{"name": SELECTION, "select": click, "views": [SHAPES]}],
        "layer": layers,
        **map_frame(),
    }


def _text(label: Label, colours: Palette) -> list[Spec]:
    """The label with a halo of the card's colour, so that it reads over any shape."""
    mark = {
        "type": "text",
        "text": label.text,
        "dx": label.dx,
        "dy": label.dy,
        "align": label.align,
        "fontSize": 12,
        "fontWeight": 600,
        "tooltip": None,
    }
    here = {"data": {"values": [{"lat": label.lat, "lon": label.lon}]}, "encoding": PLACE}
    halo = {"color": colours.card, "stroke": colours.card, "strokeWidth": 3.5, "strokeJoin": "round"}
    return [here | {"mark": mark | halo}, here | {"mark": mark | {"color": colours.text}}]


def clicked_country(selection: Mapping[str, Any] | None) -> str | None:
    """The country code of what was clicked, shape or circle; None when the sea was."""
    for row in (selection or {}).get(SELECTION) or ():
        if isinstance(row, Mapping) and row.get("id"):
            return str(row["id"])
    return None


# -- names that do not overlap ----------------------------------------------------------------------------------------

_Box = tuple[float, float, float, float]


def place_labels(sites: pd.DataFrame, names: Sequence[tuple[str, str]]) -> list[Label]:
    """A label for each named country that has a circle, moved until it covers no label and no circle if it can."""
    if not len(sites) or not names:
        return []
    most = float(sites["gpus"].max()) or 1.0
    circles: list[tuple[float, float, float]] = []
    for lat, lon, gpus in zip(sites["lat"], sites["lon"], sites["gpus"], strict=True):
        x, y = _pixels(float(lat), float(lon))
        circles.append((x, y, sqrt((_SMALLEST + (_LARGEST - _SMALLEST) * float(gpus) / most) / pi)))
    taken: list[_Box] = [(x - r, y - r, x + r, y + r) for x, y, r in circles]
    labels = []
    for country, text in names:
        here = [n for n, code in enumerate(sites["id"]) if code == country]
        if not here:
            continue
        largest = max(here, key=lambda n: circles[n][2])
        x, y, radius = circles[largest]
        best = min(_shifts(text, radius), key=lambda shift: _overlap(_box(x, y, text, shift), taken))
        taken.append(_box(x, y, text, best))
        row = sites.iloc[largest]
        labels.append(Label(text, float(row["lat"]), float(row["lon"]), *best))
    return labels


def _shifts(text: str, radius: float) -> list[tuple[float, float, str]]:
    """Where a label may stand by a circle of that radius, the most liked place first."""
    up, side = radius + 9.0, radius + 6.0
    near = [(0.0, -up, "center"), (0.0, up + 1, "center"), (side, 1.0, "left"), (-side, 1.0, "right")]
    slanted = [(dx, dy, align) for dy in (-up, up) for dx, align in ((side * 0.7, "left"), (-side * 0.7, "right"))]
    far = [(0.0, sign * (up + n * _LINE), "center") for n in (1, 2, 3) for sign in (-1, 1)]
    return near + slanted + far


def _box(x: float, y: float, text: str, shift: tuple[float, float, str]) -> _Box:
    dx, dy, align = shift
    width = _LETTER * len(text)
    left = x + dx - {"center": width / 2, "left": 0.0, "right": width}[align]
    return left, y + dy - _LINE / 2, left + width, y + dy + _LINE / 2


def _overlap(box: _Box, others: Sequence[_Box]) -> float:
    return sum(
        max(0.0, min(box[2], o[2]) - max(box[0], o[0])) * max(0.0, min(box[3], o[3]) - max(box[1], o[1]))
        for o in others
    )


def _pixels(lat: float, lon: float) -> tuple[float, float]:
    """Where the Equal Earth projection puts the place on a map of the nominal width."""
    a1, a2, a3, a4, m = 1.340264, -0.081106, 0.000893, 0.003796, sqrt(3) / 2
    angle = asin(m * sin(radians(lat)))
    square = angle * angle
    sixth = square**3
    across = radians(lon) * cos(angle) / (m * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)))
    up = angle * (a1 + a2 * square + sixth * (a3 + a4 * square))
    scale = _NOMINAL_WIDTH / (2 * pi / (m * a1))
    return across * scale, -up * scale
