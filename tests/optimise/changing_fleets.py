"""Tiny scenarios whose fleet may retire and move, and every plan of theirs; values are said anew, from the format.

Nothing here saw the matrix: a plan is listed row by row, and `check` and `business` judge it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.countries import jurisdiction
from optimizer.domain.plan import Head, Move, Place, Placement, Plan, Retirement
from optimizer.domain.scenario import Scenario
from optimizer.reading import read_scenario
from optimizer.regimes import load_regime
from optimizer.units import Quarter

Document = dict[str, Any]
Rows = tuple[tuple[Placement, ...], tuple[Retirement, ...], tuple[Move, ...]]

MOST_PLANS = 1_000


class TooMany(Exception):
    """The scenario has too many plans to list."""


def scenario_of(document: Document) -> Scenario:
    """The document as the reader takes it."""
    return read_scenario("changing.json", text=json.dumps(document))


def changing_document(seed: int) -> Document:
    """Two or three sites, a fleet of a few units, a few deliveries, and some of everything that binds them."""
    rng = random.Random(seed)
    quarters = ["2025Q4", "2026Q1", "2026Q2"][: rng.choice([1, 2, 2, 2, 2, 3])]
    units = {"chip": rng.choice([1, 2]), "old": rng.choice([1, 2, 3])}
    sites = [_site(rng, number, quarters) for number in range(rng.choice([2, 2, 2, 3]))]
    document: Document = {
        "fleetplan": "scenario/1",
        "firm": {"name": "Tiny", "headquarters": rng.choice(["US", "DE"]), "status": rng.choice(["uveu", "none"])},
        "regime": _regime(rng),
        "horizon": {"first": quarters[0], "last": quarters[-1]},
        "accelerators": [
            {"accelerator": "chip", "tpp": 9_000, "gpus_per_unit": units["chip"], "kw_per_gpu": 1, "capex_usd": 900},
            {
                "accelerator": "old",
                "tpp": rng.choice([1_500, 4_000]),
                "gpus_per_unit": units["old"],
                "kw_per_gpu": rng.choice([0.5, 1]),
                "capex_usd": 500,
                "meets_3a090a": "no",
            },
        ],
        "sites": sites,
        "fleet": [_fleet_row(rng, sites, units) for _ in range(rng.choice([1, 1, 1, 2]))],
        "supply": [{"accelerator": "chip", "per_quarter": rng.choice([0, 1, 1]) * units["chip"]}],
        "retire_allowed": rng.random() < 0.6,
        "objective": rng.choice(["capacity", "capacity", "capacity_over_time", "cost"]),
    }
    old = document["accelerators"][1]
    if old["tpp"] == 4_000:
        old["meets_3a090a"] = rng.choice(["yes", "no", "unknown"])
    if rng.random() < 0.7:
        document["move_cost_usd_per_gpu"] = rng.choice([0, 12.5, 400])
    if rng.random() < 0.3:
        document["supply"][0]["lead_quarters"] = 1
    optional: Document = {
        "demand": [
            {
                "region": "r",
                "sites": [rng.choice(sites)["site"]],
                "tpp": rng.choice([1_500, 9_000]),
                "from": quarters[-1],
            }
        ],
        "budget_musd": {"per_quarter": rng.choice([0.0005, 0.002, 0.01])},
        "keep_open": [rng.choice(sites)["site"]],
        "min_open_sites": 2,
        "max_share_per_site": rng.choice(["60%", "80%"]),
        "own_limits": [_own_limit(rng)],
    }
    for key, value in optional.items():
        if rng.random() < (0.5 if key == "demand" or document["objective"] == "cost" else 0.2):
            document[key] = value
    return document


def _regime(rng: random.Random) -> Any:
    base = rng.choice(["factsheet-2025", "ifr-2025", "none"])
    if base == "none" or rng.random() < 0.4:
        return base
    cap = {"2025Q1": rng.choice([4_000, 20_000]), "to": "2027Q4"}
    share = {"UVEU101.at_most": rng.choice(["20%", "50%"]), "UVEU102.at_most": "60%"}
    return {"extends": base, "amend": {"CAP201.at_most": cap, **share}}


def _site(rng: random.Random, number: int, quarters: list[str]) -> Document:
    kw = rng.choice([2, 3, 4, 6])
    site: Document = {
        "site": f"site-{number}",
        "country": rng.choice(["US", "DE", "DE", "MY", "AE", "PR"]),
        "power_mw": kw / 1000,
        "electricity_usd_per_mwh": rng.choice([40, 90]),
        "capex_musd_per_mw": rng.choice([0, 0.25]),
        "fixed_open_cost_musd": rng.choice([0, 0.001]),
    }
    if rng.random() < 0.3:
        site["power_mw"] = kw / 1000 if len(quarters) == 1 else {quarters[0]: kw / 1000, quarters[-1]: (kw - 1) / 1000}
    if rng.random() < 0.2:
        site["min_viable_mw"] = 0.002
    if rng.random() < 0.2:
        site["lead_quarters"] = 1
    if rng.random() < 0.15:
        site["accelerators"] = [rng.choice(["chip", "old"])]
    return site


def _fleet_row(rng: random.Random, sites: list[Document], units: dict[str, int]) -> Document:
    site = rng.choice(sites)
    name = rng.choice(["old", "old", "old", "chip"])
    row: Document = {"country": site["country"], "accelerator": name, "gpus": units[name] * rng.choice([1, 2])}
    row["gpus"] += rng.choice([0, 0, 1])
    if rng.random() < 0.8:
        row["site"] = site["site"]
    if rng.random() < 0.5:
        row["quarter"] = rng.choice(["2024Q3", "2025Q2", "2025Q3"])
    if rng.random() < 0.2:
        row["authorization"] = "licence"
    return row


def _own_limit(rng: random.Random) -> Document:
    return rng.choice(
        [
            {
                "id": "OWN1",
                "title": "Little in Germany",
                "measured": {"countries": ["DE"]},
                "at_most": 10_000,
                "unit": "tpp",
            },
            {
                "id": "OWN1",
                "title": "Few new chips",
                "measured": {"received_from": "2025Q3"},
                "at_most": "50%",
                "of": "all",
            },
            {
                "id": "OWN1",
                "title": "Little present",
                "measured": {"countries": ["US", "MY"], "span": "present"},
                "at_most": 12_000,
                "unit": "tpp",
            },
        ]
    )


def best_value(scenario: Scenario) -> Fraction | None:
    """The best value of all plans, None when none keeps everything. Raises TooMany."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    head = {name: getattr(scenario, name) for name in Head.field_names}
    plans = [
        Plan(**head, placements=(*scenario.fleet, *placed), retirements=retired, moves=moved)
        for placed, retired, moved in every_plan(scenario)
    ]
    sign = -1 if scenario.objective == "cost" else 1
    for value, _, plan in sorted((-sign * value_of(plan, scenario), i, plan) for i, plan in enumerate(plans)):
        if not shortfalls(plan, scenario) and check(plan, regime).status == "compliant":
            return -sign * value
    return None


def value_of(plan: Plan, scenario: Scenario) -> Fraction:
    """TPP at the end, TPP summed over quarters, or dollars."""
    quarters = list(scenario.horizon)
    if scenario.objective == "capacity":
        return Fraction(_tpp(plan, quarters[-1]))
    if scenario.objective == "capacity_over_time":
        return Fraction(sum(_tpp(plan, quarter) for quarter in quarters))
    sites = {site.site: site for site in scenario.sites}
    total = Fraction(0)
    for where, name, gpus, price in _arrivals(plan, scenario):
        site = sites[where]
        mw = gpus * (plan.catalogue[name].kw_per_gpu or 0) * site.pue / 1000
        total += gpus * price + mw * site.capex_musd_per_mw * 1_000_000
    stood = {row.site for row in scenario.fleet}
    for where in {where for where, *_ in _arrivals(plan, scenario)} - stood:
        total += sites[where].fixed_open_cost_musd * 1_000_000
    for quarter, (where, site) in product(quarters, sites.items()):
        gpus_there = (
            _stock(plan, where, name, quarter) * (row.kw_per_gpu or 0) for name, row in plan.catalogue.items()
        )
        total += sum(gpus_there, Fraction(0)) * site.pue * 2190 / 1000 * site.electricity_usd_per_mwh
    return total


def _arrivals(plan: Plan, scenario: Scenario) -> Iterator[tuple[str, str, int, Fraction]]:
    for row in plan.placements[len(scenario.fleet) :]:
        assert row.site is not None
        yield row.site, row.accelerator, row.gpus, plan.catalogue[row.accelerator].capex_usd or Fraction(0)
    for move in plan.moves:
        assert move.to.site is not None
        yield move.to.site, move.accelerator, move.gpus, scenario.move_cost_usd_per_gpu or Fraction(0)


def _tpp(plan: Plan, quarter: Quarter) -> int:
    """TPP in service at the quarter's end; moves change nothing."""
    placed = sum(r.gpus * plan.catalogue[r.accelerator].tpp for r in plan.placements if (r.quarter or 0) <= quarter)
    return placed - sum(r.gpus * plan.catalogue[r.accelerator].tpp for r in plan.retirements if r.quarter <= quarter)


def _stock(plan: Plan, site: str, name: str, quarter: Quarter) -> int:
    """GPUs at the site at the quarter's end."""
    rows = [(r.site, r.gpus, r.quarter or 0) for r in plan.placements if r.accelerator == name]
    rows += [(r.site, -r.gpus, r.quarter) for r in plan.retirements if r.accelerator == name]
    rows += [(m.origin.site, -m.gpus, m.quarter) for m in plan.moves if m.accelerator == name]
    rows += [(m.to.site, m.gpus, m.quarter) for m in plan.moves if m.accelerator == name]
    return sum(gpus for where, gpus, when in rows if where == site and when <= quarter)


def every_plan(scenario: Scenario) -> Iterator[Rows]:
    """Every way to install what is delivered and to change the fleet. Raises TooMany."""
    installed = list(_installed(scenario))
    changed = list(_changed(scenario))
    if len(installed) * len(changed) > MOST_PLANS:
        raise TooMany
    for placed, (retired, moved) in product(installed, changed):
        yield placed, retired, moved


def _installed(scenario: Scenario) -> Iterator[tuple[Placement, ...]]:
    places = [(site, quarter) for site in scenario.sites for quarter in scenario.horizon]
    (supply,) = scenario.supply
    unit = scenario.catalogue[supply.accelerator].unit_gpus
    most = sum(supply.by_quarter.values()) // unit
    for counts in _ways(len(places), most):
        yield tuple(
            Placement(site.country, supply.accelerator, count * unit, site.site, quarter)
            for (site, quarter), count in zip(places, counts, strict=True)
            if count
        )


def _changed(scenario: Scenario) -> Iterator[tuple[tuple[Retirement, ...], tuple[Move, ...]]]:
    """Every way in which whole units of what stands in one place retire or move."""
    regime = load_regime(scenario.regime)
    stands: dict[tuple[str, str, str | None, str, str], int] = {}
    for row in scenario.fleet:
        country = jurisdiction(row.country)
        authorization = row.authorization or regime.default_authorization(scenario.firm, country)
        key = (country, row.country, row.site, row.accelerator, authorization)
        stands[key] = stands.get(key, 0) + row.gpus
    by_group = [list(_group_ways(scenario, key, gpus)) for key, gpus in stands.items()]
    for chosen in product(*by_group):
        yield tuple(r for way in chosen for r in way[0]), tuple(m for way in chosen for m in way[1])


def _group_ways(
    scenario: Scenario, key: tuple[str, str, str | None, str, str], gpus: int
) -> Iterator[tuple[tuple[Retirement, ...], tuple[Move, ...]]]:
    _, country, site, name, authorization = key
    unit = scenario.catalogue[name].unit_gpus
    ends: list[Any] = [(quarter, None) for quarter in scenario.horizon if scenario.retire_allowed]
    if scenario.move_cost_usd_per_gpu is not None:
        ends += [(quarter, to) for quarter in scenario.horizon for to in scenario.sites if to.site != site]
    for counts in _ways(len(ends), gpus // unit):
        retired, moved = [], []
        for (quarter, to), count in zip(ends, counts, strict=True):
            if count and to is None:
                retired.append(Retirement(country, name, count * unit, quarter, site, authorization))
            elif count:
                origin = Place(country, site, authorization)
                moved.append(Move(name, count * unit, quarter, origin, Place(to.country, to.site)))
        yield tuple(retired), tuple(moved)


def _ways(places: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to put at most `most` units into so many places."""
    if not places:
        yield ()
        return
    for count in range(most + 1):
        for rest in _ways(places - 1, most - count):
            yield (count, *rest)
