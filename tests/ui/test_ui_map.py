"""The map's shapes, colours and names, without a browser."""

from __future__ import annotations

import json
import math
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ui_helpers import read_all

from optimizer.domain.countries import countries, jurisdiction
from optimizer.domain.world import MAP_OBJECT
from optimizer.explain.headroom import headroom, units_installed
from optimizer.explain.sections import Section
from optimizer.reports.tables import quarter_table, sites_by_id, stock_table
from optimizer.ui import map_chart
from optimizer.ui.load import Answer
from optimizer.ui.map_chart import clicked_country, place_labels, world_map
from optimizer.ui.places import bar, country_rows, map_words, names_at_limit, panel_lines, site_rows
from optimizer.ui.text import Words
from optimizer.ui.theme import DARK, LIGHT, palette, streamlit_options, style_sheet
from optimizer.ui.world_file import world_file, world_url, world_version
from optimizer.units import Quarter

SAY = Words()
TITLES = map_words(SAY)


@pytest.fixture
def answer(tmp_path: Path) -> Answer:
    scenario, plan, regime, books, result = read_all(tmp_path)
    units = units_installed(plan)
    stock = stock_table(books)
    return Answer(
        plan=plan,
        result=result,
        scenario=scenario,
        sites=sites_by_id(scenario.sites),
        stock=stock,
        quarters=quarter_table(books, stock, regime, scenario),
        lines=tuple(headroom(result.findings, units)),
        units=units,
        readings=Section("readings", "", (), None),
    )


def test_the_served_map_names_every_shape_by_our_own_table() -> None:
    shapes = json.loads(world_file())["objects"][MAP_OBJECT]["geometries"]
    named = [shape for shape in shapes if "id" in shape]
    assert len(named) > 230
    assert len(shapes) - len(named) == 1  # disputed ground where nobody is placed
    names = {row.name_en for row in countries().values()}
    assert {shape["properties"]["en"] for shape in named} <= names
    assert all(shape["id"] == jurisdiction(shape["id"]) for shape in named)
    by_name = {shape["properties"]["en"]: shape["id"] for shape in named}
    assert by_name["Greenland"] == "DK"
    assert by_name["Kosovo"] == "XK"
    assert by_name["Hong Kong SAR China" if "Hong Kong SAR China" in by_name else "Hong Kong"] == "CN"
    assert "Antarctica" not in by_name


def test_the_maps_address_is_relative_and_changes_with_the_map() -> None:
    assert world_url() == f"map/world.json?v={world_version()}"


def specification(sites: pd.DataFrame, names: list[tuple[str, str]] | None = None) -> dict[str, Any]:
    rows = pd.DataFrame([{"id": "MY", "bin": "4", "tier": "Tier 2", "used": "7 / 7 %", "gpus": "1"}])
    return world_map(rows, sites, LIGHT, TITLES, names=names or [])


def sites_of(*rows: tuple[str, float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"id": code, "site": "s", "lat": lat, "lon": lon, "gpus": gpus, "bin": "4", "amount": "1", "detail": "d"}
            for code, lat, lon, gpus in rows
        ]
    )


def test_the_chart_asks_no_other_host() -> None:
    chart = specification(sites_of(("MY", 1.5, 103.7, 5)), [("MY", "Malaysia")])
    text = json.dumps({name: part for name, part in chart.items() if name != "datasets"})
    assert "://" not in text
    assert re.findall(r'"url": "([^"]*)"', text) == [world_url()]


def test_an_empty_plan_still_has_a_map() -> None:
    assert len(specification(sites_of())["layer"]) == 1


def test_what_is_clicked() -> None:
    assert clicked_country({"country": [{"id": "MY"}]}) == "MY"
    for nothing in (None, {}, {"country": []}, {"country": {}}, {"country": [{}]}, {"country": [{"id": None}]}):
        assert clicked_country(nothing) is None


def test_names_do_not_overlap_where_there_is_room() -> None:
    gulf = sites_of(
        ("AE", 24.4, 54.4, 90_000), ("QA", 25.3, 51.5, 60_000), ("BH", 26.2, 50.6, 40_000), ("SA", 24.7, 46.7, 90_000)
    )
    names = [("AE", "United Arab Emirates"), ("QA", "Qatar"), ("BH", "Bahrain"), ("SA", "Saudi Arabia")]
    labels = place_labels(gulf, names)
    assert [label.text for label in labels] == [text for _, text in names]
    boxes = []
    for label in labels:
        x, y = map_chart._pixels(label.lat, label.lon)
        boxes.append(map_chart._box(x, y, label.text, (label.dx, label.dy, label.align)))
    assert all(map_chart._overlap(one, [other]) == 0 for one, other in combinations(boxes, 2))


def test_a_name_stands_by_the_countrys_largest_circle_and_only_where_there_is_one() -> None:
    sites = sites_of(("MY", 1.5, 103.7, 10), ("MY", 5.4, 100.3, 900))
    (label,) = place_labels(sites, [("MY", "Malaysia"), ("FR", "France")])
    assert (label.lat, label.lon) == (5.4, 100.3)


def test_the_projection_is_equal_earth() -> None:
    # Šavrič, Patterson and Jenny (2018): the equator is 2.05 times as long as the meridian.
    right, top = map_chart._pixels(0, 180)[0], -map_chart._pixels(90, 0)[1]
    assert right / top == pytest.approx(2.0547, abs=0.001)
    assert map_chart._pixels(0, 0) == (0, 0)


def test_rows_of_the_map_say_tier_limit_and_gpus(answer: Answer) -> None:
    first = Quarter.parse("2026Q3")
    lines = panel_lines(answer, first)
    rows = country_rows(answer, lines, first, SAY).set_index("id")
    assert rows.loc["MY"].to_dict() == {"bin": "4", "tier": "Tier 2", "used": "6.99 / 7 %", "gpus": "6,768"}
    assert rows.loc["US", ["bin", "used", "gpus"]].tolist() == ["0", "has none", "90,000"]
    assert rows.loc["CN", "used"] == "nothing is allowed here"
    assert "FR" in rows.index
    assert "BR" not in rows.index  # in Tier 2 with nothing there, as the chart itself says
    circles = site_rows(answer, lines, first, SAY).set_index("site")
    assert list(circles["gpus"]) == [90_000, 6_768]  # the largest first, so that the small ones lie on top
    assert circles.loc["somewhere in United States", "bin"] == "free"
    assert circles.loc["johor, Malaysia", ["bin", "amount", "detail"]].tolist() == ["4", "6,768", "6,768 h100-sxm"]
    assert names_at_limit(lines, SAY) == [("MY", "Malaysia")]


def test_lines_of_the_panel_read_as_a_planner_reads(answer: Answer) -> None:
    first, last = Quarter.parse("2026Q3"), answer.last
    tightest = {line.key: line for line in answer.lines}
    early = bar(panel_lines(answer, first)[0], tightest, SAY, answer.regime)
    assert (early.name, early.note, early.value, early.mark, early.bin) == (
        "Malaysia",
        "UVEU101",
        "6.99 / 7 %",
        "● binding",
        4,
    )
    assert early.value_note == ""
    late = next(line for line in panel_lines(answer, last) if line.limit.country == "MY")
    shown = bar(late, tightest, SAY, answer.regime)
    assert (shown.value, shown.mark, shown.value_note) == ("6.4 / 7 %, ", "0.6 left", "binds in 2026Q3")
    places = [line.limit.country or line.limit.rule.id for line in panel_lines(answer, last)]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("mode, expected", [("light", LIGHT), ("dark", DARK), (None, LIGHT)])
def test_palette(mode: str | None, expected: Any) -> None:
    assert palette(mode) is expected


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_the_contrast_that_wcag_asks(colours: Any) -> None:
    for ground in (colours.page, colours.card, colours.rail):
        assert contrast(colours.text, ground) >= 7
        assert contrast(colours.quiet, ground) >= 4.5
    for one, other in combinations(colours.bins[1:], 2):
        assert math.dist(*[[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (one, other)]) > 40


def test_the_style_sheet_and_the_theme_ask_for_nothing() -> None:
    sheet = style_sheet()
    assert "http" not in sheet.replace("http%3A//www.w3.org/2000/svg", "")
    assert "@import" not in sheet
    assert sheet.count("{") == sheet.count("}")
    from streamlit import config

    assert streamlit_options().keys() <= config._config_options_template.keys()
