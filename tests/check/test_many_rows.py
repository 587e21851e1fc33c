"""Plans with many rows: what a check costs does not follow the product of rows and events, nor of rows and limits."""

from __future__ import annotations

import time

from optimizer.check import check
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.domain.plan import Firm, Horizon, Placement, Plan, RegimeRef, Retirement
from optimizer.errors import Location
from optimizer.ledger import Chip, Holding, Ledger
from optimizer.units import Quarter

FIRST, LAST = Quarter.parse("2025Q1"), Quarter.parse("2027Q4")


def made(placements: list[Placement], retirements: list[Retirement]) -> Plan:
    return Plan(
        firm=Firm("Example Cloud", "US", "US", "uveu"),
        regime=RegimeRef("factsheet-2025"),
        horizon=Horizon(FIRST, LAST),
        catalogue=bundled_catalogue(),
        placements=tuple(placements),
        retirements=tuple(retirements),
    )


def row(country: str, number: int, quarter: Quarter) -> Placement:
    return Placement(country, "h100-sxm", 10 + number, f"site-{number}", quarter, at=Location("x", number))


def test_thousands_of_retirements_are_no_matter() -> None:
    """Looked for in the whole stock each, they took ten seconds; they take a quarter of one."""
    home = [row("US", number, FIRST) for number in range(8_000)]
    gone = [Retirement("US", "h100-sxm", 9, FIRST + 1 + number % 10, f"site-{number}") for number in range(4_000)]
    gone += [Retirement("US", "h100-sxm", 9, LAST)] * 4_000
    start = time.process_time()
    assert check(made(home, gone)).status == "compliant"
    assert time.process_time() - start < 5


def test_the_rows_behind_a_limit_are_those_with_the_largest_shares() -> None:
    there = [row("MY", number, FIRST + number % 3) for number in range(300)]
    result = check(made(there, [Retirement("MY", "h100-sxm", 100, FIRST + 4, "site-299")]))
    last = {(finding.limit.rule.id, str(finding.limit.period)): finding for finding in result.of("fail")}
    early, late = last["UVEU101", "2025Q2"], last["UVEU101", "2026Q3"]
    assert [one.gpus for one in early.placements[:3]] == [308, 307, 305]  # those of the first two quarters
    assert [one.gpus for one in late.placements[:3]] == [308, 307, 306]  # 309 - 100 of the largest are left
    assert late.at == Location("x", 298)


def test_chips_leave_by_way_of_every_description_and_never_twice() -> None:
    ledger = Ledger({"h100-sxm": Chip(1, "yes")}, FIRST, FIRST)
    sites = [Holding("US", f"s{number}", "h100-sxm", "aia", None, FIRST + number) for number in range(3)]
    for holding in sites:
        ledger.receive(holding, 10)
    assert ledger.take("US", "h100-sxm", 4, "s1") == {sites[1]: 4}
    assert ledger.take("US", "h100-sxm", 12) == {sites[0]: 10, sites[1]: 2}
    ledger.receive(sites[0], 5)
    assert ledger.take("US", "h100-sxm", 9, authorization="aia") == {sites[0]: 5, sites[1]: 4}
    assert ledger.take("US", "h100-sxm", 10, "s2", "aia") == {sites[2]: 10}
    assert ledger.stock == {}
