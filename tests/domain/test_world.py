"""The map's shapes are countries of the table, and small countries have a point."""

from __future__ import annotations

import pytest

from optimizer.domain.countries import countries
from optimizer.domain.distance import great_circle_km
from optimizer.domain.world import (
    WITHOUT_COUNTRY,
    countries_without_shape,
    country_of_shape,
    jurisdiction_of_shape,
    small_country_points,
)


def test_every_shape_is_a_country_or_knowingly_none() -> None:
    shapes = country_of_shape()
    assert len(shapes) == 236  # 240 shapes, of which Australia's three, Cyprus' two and Somalia's two share ids
    assert {shape for shape, code in shapes.items() if code is None} == WITHOUT_COUNTRY
    assert {code for code in shapes.values() if code} <= set(countries())


@pytest.mark.parametrize(
    ("shape", "code", "rules"),
    [
        ("XKX", "XK", "XK"),
        ("GRL", "GL", "DK"),
        ("HKG", "HK", "CN"),
        ("MAC", "MO", "MO"),
        ("AUS", "AU", "AU"),
        ("PRI", "PR", "US"),
    ],
)
def test_a_shape_takes_the_rules_of_its_parent(shape: str, code: str, rules: str) -> None:
    assert country_of_shape()[shape] == code
    assert jurisdiction_of_shape()[shape] == rules


def test_no_country_of_its_own_is_missing_from_the_map_but_two() -> None:
    """Dependencies without a shape lie within their parent or are specks; Antarctica and Tuvalu are not drawn."""
    assert {code for code in countries_without_shape() if countries()[code].follows is None} == {"AQ", "TV"}


def test_small_countries_have_a_point_where_they_lie() -> None:
    points = small_country_points()
    assert len(points) == 60
    assert "MY" not in points
    for code, place in {"SG": (1.35, 103.8), "HK": (22.3, 114.2), "MT": (35.9, 14.4), "BH": (26.0, 50.5)}.items():
        assert great_circle_km(*points[code], *place) < 40, code


def test_a_quarter_of_the_globe() -> None:
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(10_007.5, abs=0.1)
    assert great_circle_km(90, 0, -90, 0) == pytest.approx(20_015.1, abs=0.1)
    assert great_circle_km(51.5, -0.1, 51.5, -0.1) == 0
