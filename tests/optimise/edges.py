"""Amounts set to exactly what one made-up plan uses, or to the smallest step beside it: where solvers go wrong.

A plan is drawn first; budget, power, demand, caps and choices are then drawn tight around it. One step on the wrong
side leaves that plan out, and often every plan.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.countries import jurisdiction
from optimizer.domain.plan import Head, Placement, Plan
from optimizer.domain.scenario import Scenario
from optimizer.regimes import load_regime
from optimizer.units import Quarter
from tests.optimise.objective_values import drawn_kw, money_spent
from tests.optimise.random_scenarios import Document, scenario_of

STEPS = (-1, 0, 0, 0, 1)
"""How many smallest steps beside the exact amount."""
ASKING = (
    "min_open_sites",
    "keep_open",
    "own_limits",
    "max_share_per_site",
    "budget_musd",
    "survive_site_loss",
    "demand",
)
"""The fields that ask for something or forbid it."""
DRAWS = 12
"""How many plans are drawn in search of one that keeps everything."""


def possible(rng: random.Random, document: Document) -> None:
    """Take away what asks for something, one field after the other, until a plan that is drawn keeps everything."""
    for key in (key for key in ASKING if document.get(key)):
        if lawful_plan(rng, scenario_of(document)) is not None:
            return
        del document[key]


def lawful_plan(rng: random.Random, scenario: Scenario) -> Plan | None:
    """A plan that keeps everything, None when none of those drawn does."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    for _ in range(DRAWS):
        plan = made_up_plan(rng, scenario)
        if not shortfalls(plan, scenario) and check(plan, regime).status == "compliant":
            return plan
    return None


def on_the_edge(rng: random.Random, document: Document) -> None:
    """Draw a plan, one that keeps everything if such is found soon, and some of the amounts tight around it."""
    scenario = scenario_of(document)
    plan = lawful_plan(rng, scenario) or made_up_plan(rng, scenario)
    for tighten in rng.sample(EDGES, rng.randint(1, 3)):
        tighten(rng, document, scenario, plan)


def made_up_plan(rng: random.Random, scenario: Scenario) -> Plan:
    """The fleet and a few units where supply and power allow them; nothing else is looked at."""
    rows: list[Placement] = []
    for _ in range(rng.randint(1, 6) if scenario.supply else 0):
        site, supply = rng.choice(scenario.sites), rng.choice(scenario.supply)
        quarter, unit = rng.choice(list(scenario.horizon)), scenario.catalogue[supply.accelerator].gpus_per_unit
        assert unit is not None
        row = Placement(site.country, supply.accelerator, unit, site.site, Quarter(quarter))
        if _fits(scenario, [*rows, row]):
            rows.append(row)
    return plan_of(scenario, rows)


def plan_of(scenario: Scenario, rows: list[Placement]) -> Plan:
    """The fleet and `rows` as a plan of the scenario."""
    head = {name: getattr(scenario, name) for name in Head.field_names}
    return Plan(**head, placements=(*scenario.fleet, *rows))


def _fits(scenario: Scenario, rows: list[Placement]) -> bool:
    plan = plan_of(scenario, rows)
    for quarter in scenario.horizon:
        if any(drawn_kw(plan, site, quarter) > site.meter_kw(quarter) for site in scenario.sites):
            return False
        for supply in scenario.supply:
            used = sum(row.gpus for row in rows if row.accelerator == supply.accelerator and row.quarter <= quarter)
            if used > sum(gpus for when, gpus in supply.ready.items() if when <= quarter):
                return False
    return True


def tight_budget(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """What the plan spends, a cent more or less: in all, or quarter by quarter."""
    cent = Fraction(1, 10**8)
    spent = [money_spent(plan, scenario, quarter) / 10**6 for quarter in scenario.horizon]
    if rng.random() < 0.5:
        document["budget_musd"] = {"total": decimal(spent[-1] + rng.choice(STEPS) * cent)}
        return
    by_quarter = [late - early for early, late in zip([Fraction(0), *spent], spent, strict=False)]
    by_quarter[0] += rng.choice(STEPS) * cent
    names = [str(quarter) for quarter in scenario.horizon]
    document["budget_musd"] = {
        "by_quarter": {name: decimal(value) for name, value in zip(names, by_quarter, strict=True)}
    }


def tight_power(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """Sites with the power that the plan draws at the end, a thousandth of a watt more or less."""
    for row, site in zip(document["sites"], scenario.sites, strict=True):
        standing = any(placed.site == site.site for placed in scenario.fleet)
        drawn = drawn_kw(plan, site, scenario.horizon.last) / 1000
        if drawn and not isinstance(row["power_mw"], dict) and rng.random() < 0.7:
            row["power_mw"] = decimal(drawn + (0 if standing else rng.choice(STEPS)) * Fraction(1, 10**9))


def tight_minimum(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """Sites that are viable from exactly what the plan draws there in the quarter that it begins."""
    for row, site in zip(document["sites"], scenario.sites, strict=True):
        begun = [placed.quarter for placed in plan.placements if placed.site == site.site and placed.quarter]
        if begun:
            least = drawn_kw(plan, site, min(begun)) / 1000 + rng.choice(STEPS) * Fraction(1, 10**9)
            row["min_viable_mw"] = decimal(least)


def tight_demand(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """Regions that want all, or nearly all, of what the plan has at their sites."""
    names = [site.site for site in scenario.sites]
    rows = []
    for n in range(rng.randint(1, 2)):
        near = rng.sample(names, rng.randint(1, len(names)))
        has = _tpp(plan, lambda row, near=near: row.site in near)
        if has:
            rows.append({"region": f"edge-{n}", "sites": near, "tpp": has + rng.choice(STEPS)})
            rows[-1]["from"] = str(scenario.horizon.last)
    if rows:
        document["demand"] = rows


def tight_supply(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """What the plan installs is delivered when it does, and not a GPU more."""
    for row in document["supply"]:
        placed = [one for one in plan.placements if one.accelerator == row["accelerator"] and one not in scenario.fleet]
        by_quarter: dict[str, int] = {}
        for one in placed:
            assert one.quarter is not None
            delivered = str(Quarter(one.quarter - row.get("lead_quarters", 0)))
            by_quarter[delivered] = by_quarter.get(delivered, 0) + one.gpus
        if by_quarter:
            row.pop("per_quarter", None)
            first = min(by_quarter)
            by_quarter[first] = max(0, by_quarter[first] + rng.choice(STEPS))
            row["by_quarter"] = by_quarter


def tight_cap(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """An own limit of exactly the plan's TPP in one country: as an amount, or as a share and the rest."""
    country = jurisdiction(rng.choice(scenario.sites).country)
    measured = _tpp(plan, lambda row: jurisdiction(row.country) == country)
    share = rng.choice([Fraction(0), Fraction(7, 100), Fraction(1, 2)])
    rest = measured - (share * _tpp(plan, lambda row: True)).__floor__() + rng.choice(STEPS)
    row: Document = {"id": "EDGE1", "title": "On the edge", "measured": {"countries": [country]}}
    row |= {"from": str(scenario.horizon.last)}
    if share and rest >= 0:
        row |= {"at_most": f"{decimal(100 * share)}%", "of": "all", "plus": rest}
    else:
        row |= {rng.choice(["at_most", "at_most", "at_least"]): max(0, measured + rng.choice(STEPS))}
    document["own_limits"] = document.get("own_limits", []) + [row]


def tight_law(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """A national cap of exactly what the plan brings into one country."""
    if scenario.regime.base != "factsheet-2025":
        return
    country = jurisdiction(rng.choice(scenario.sites).country)
    brought = _tpp(plan, lambda row: jurisdiction(row.country) == country and row not in scenario.fleet)
    cap = {"2025Q1": max(0, brought + rng.choice(STEPS)), "to": "2027Q4"}
    if isinstance(document["regime"], str):
        document["regime"] = {"extends": document["regime"]}
    document["regime"]["amend"] = document["regime"].get("amend", {}) | {"CAP201.at_most": cap}


def tight_choice(rng: random.Random, document: Document, scenario: Scenario, plan: Plan) -> None:
    """As many open sites as the plan has, or one more."""
    used = {row.site for row in plan.placements if row.site is not None}
    may = len(scenario.sites) - len(scenario.keep_closed)
    document["min_open_sites"] = min(may, len(used) + rng.choice([0, 0, 1]))


def _tpp(plan: Plan, chosen: Callable[[Placement], bool]) -> int:
    return sum(row.gpus * plan.catalogue[row.accelerator].tpp for row in plan.placements if chosen(row))


def decimal(value: Fraction) -> float | int:
    """The value as JSON and YAML write it, rounded to 12 decimals; never one that would need an exponent."""
    rounded = round(float(value), 12)
    return 0 if rounded < 0.0001 else int(rounded) if rounded == int(rounded) else rounded


EDGES = [
    tight_budget,
    tight_power,
    tight_minimum,
    tight_demand,
    tight_supply,
    tight_cap,
    tight_law,
    tight_choice,
]
