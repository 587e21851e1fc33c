"""What a limit leaves, and when it binds: one more of the smallest unit would break it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from optimizer.check import CheckResult, check
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.explain.headroom import (
    Headroom,
    Room,
    Units,
    headroom,
    smallest_unit_tpp,
    tightest_by_country,
    units_installed,
)
from optimizer.reading import read_plan
from optimizer.units import Quarter

H100 = 15_832
SERVER = 8 * H100


def judged(rows: str, regime: str = "factsheet-2025", more: str = "") -> CheckResult:
    text = (
        "fleetplan: plan/1\nfirm: {name: Test, headquarters: US, status: uveu}\n"
        f"regime: {regime}\nhorizon: {{first: 2026Q1, last: 2026Q2}}\n{more}placements:\n{rows}"
    )
    return check(read_plan("plan.yaml", stdin_text=text))


def line(result: CheckResult, name: str, unit: int = SERVER, period: Quarter | None = None) -> Headroom:
    return next(line for line in headroom(result.findings, Units(unit), period) if line.limit.name.startswith(name))


def row(country: str, gpus: int, quarter: str = "2026Q1") -> str:
    return f"  - {{country: {country}, accelerator: h100-sxm, gpus: {gpus}, quarter: {quarter}}}\n"


@pytest.mark.parametrize(
    "abroad, room",
    [
        (7_000, Room.BINDING),  # exactly 7 % of 100,000
        (7_000 - 7, Room.BINDING),  # 8 more of 100,001 break it
        (7_000 - 8, Room.FREE),  # 8 more make exactly 7,000 of at least 100,000
        (7_001, Room.BROKEN),
    ],
)
def test_a_share_binds_when_one_more_server_would_break_it(abroad: int, room: Room) -> None:
    result = judged(row("US", 100_000 - abroad) + row("MY", abroad))
    assert line(result, "UVEU101(MY").room is room


def test_one_more_unit_raises_the_base_as_well() -> None:
    # 7 more than 93 % at home: one more GPU abroad stays below 7 % only because it counts in the total too.
    result = judged(row("US", 93_000) + row("MY", 6_999))
    found = line(result, "UVEU101(MY", unit=H100)
    assert found.room is Room.FREE
    assert found.shares == (Fraction(6_999, 99_999), Fraction(7, 100))
    assert found.left == found.allowed - 6_999 * H100


def test_a_cap_binds_by_amount_and_counts_what_others_use() -> None:
    rows = row("US", 900_000) + row("MY", 40_000)
    more = f"national_use: {{MY: {10_000 * H100 - 8 * H100 + 1}}}\n"
    found = line(judged(rows, more=more), "CAP201(MY")
    assert (found.room, found.shares, found.base) == (Room.BINDING, None, None)
    assert found.used == Fraction(40_000 * H100, found.allowed)
    assert line(judged(rows), "CAP201(MY").room is Room.FREE


def test_a_floor_binds_when_one_more_elsewhere_would_break_it() -> None:
    at_home, elsewhere = row("US", 50_000), row("GB", 50_000)
    assert line(judged(at_home + elsewhere, "ifr-2025"), "UVEU103").room is Room.BINDING
    free = line(judged(row("US", 50_008) + elsewhere, "ifr-2025"), "UVEU103")
    assert free.room is Room.FREE
    assert free.left > 0
    assert line(judged(row("US", 49_999) + elsewhere, "ifr-2025"), "UVEU103").room is Room.BROKEN


def test_the_tightest_quarter_stands_for_the_place_and_the_others_are_named() -> None:
    rows = row("US", 93_000) + row("MY", 7_000) + row("US", 50_000, "2026Q2")
    result = judged(rows)
    overall = line(result, "UVEU101(MY")
    assert (overall.period, overall.binds_in) == (Quarter.parse("2026Q1"), (Quarter.parse("2026Q1"),))
    later = line(result, "UVEU101(MY", period=Quarter.parse("2026Q2"))
    assert (later.period, later.room, later.binds_in) == (Quarter.parse("2026Q2"), Room.FREE, ())
    assert later.key == overall.key == ("UVEU101", "MY")


def test_bans_are_listed_only_when_broken() -> None:
    kept = judged(row("US", 1_000))
    assert not [
        found for found in headroom(kept.findings, Units(SERVER)) if found.limit.rule.id in ("TIER301", "AUTH200")
    ]
    broken = headroom(judged(row("US", 1_000) + row("RU", 1)).findings, Units(SERVER))
    assert broken[0].limit.rule.id == "TIER301"
    assert broken[0].room is Room.BROKEN


def test_a_country_is_known_by_its_tightest_limit() -> None:
    result = judged(row("US", 600_000) + row("MY", 40_000) + row("IN", 1_000))
    tightest = tightest_by_country(headroom(result.findings, Units(SERVER)))
    assert tightest["MY"].limit.rule.id == "UVEU101"  # 6.24 of 7 beside 40,000 of 50,000
    assert set(tightest) == {"MY", "IN"}


def test_the_smallest_unit_is_a_server_where_chips_come_in_servers() -> None:
    catalogue = bundled_catalogue()
    racks, servers = catalogue["gb200-nvl72"], catalogue["b200-hgx"]
    assert smallest_unit_tpp(["gb200-nvl72", "b200-hgx"], catalogue) == 8 * servers.tpp
    assert smallest_unit_tpp(["gb200-nvl72"], catalogue) == 72 * racks.tpp
    assert smallest_unit_tpp([], catalogue) == 1


def test_a_limit_on_a_country_binds_by_the_units_installed_there() -> None:
    plan = judged(
        row("US", 100_000) + row("MY", 72, "2026Q2").replace("h100-sxm", "gb200-nvl72") + row("US", 8, "2026Q2")
    ).plan
    units = units_installed(plan)
    assert units.at("MY") == 72 * plan.catalogue["gb200-nvl72"].tpp
    assert units.at("US") == units.at(None) == units.at("SG") == 8 * plan.catalogue["h100-sxm"].tpp
