"""What a plan is worth by each objective, said a second time: exact fractions, from the words of the format alone.

Nothing here comes from the model, and nothing from `business`: formats.md says that cost is opening, building and IT
cost over the horizon, electricity for the quarters in service, and serving.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import Any

import networkx as nx

from optimizer.domain.plan import Placement, Plan
from optimizer.domain.scenario import Demand, Scenario
from optimizer.domain.sites import Site
from optimizer.units import Quarter

HOURS = 2190
H100E = 15_832


def objective_value(plan: Plan, scenario: Scenario, objective: str = "") -> Fraction:
    """TPP (capacity: at the end; over time: summed over quarters), dollars, kilograms or sites, as people read it.

    The objective is the scenario's first one where none is named.
    """
    quarters, objective = list(scenario.horizon), objective or scenario.objective
    if objective == "capacity":
        return Fraction(tpp_at(plan, quarters[-1]))
    if objective == "capacity_over_time":
        return Fraction(sum(tpp_at(plan, quarter) for quarter in quarters))
    if objective == "open_sites":
        return Fraction(len({row.site for row in (*plan.placements, *_arrivals(plan)) if row.site is not None}))
    if objective == "carbon":
        return sum((kwh * site.grid_carbon_g_per_kwh / 1000 for site, kwh in _kwh(plan, scenario)), Fraction(0))
    return cost_without_serving(plan, scenario) + sum((serving(plan, scenario, q) for q in quarters), Fraction(0))


def better(one: Fraction, other: Fraction, objective: str) -> bool:
    """Whether `one` is the better value."""
    return one > other if objective in ("capacity", "capacity_over_time") else one < other


def cost_without_serving(plan: Plan, scenario: Scenario) -> Fraction:
    """Dollars for opening, building, IT equipment and electricity."""
    electricity = sum((kwh / 1000 * site.electricity_usd_per_mwh for site, kwh in _kwh(plan, scenario)), Fraction(0))
    return money_spent(plan, scenario, scenario.horizon.last) + electricity


def tpp_at(plan: Plan, quarter: Quarter) -> int:
    """TPP in service at the quarter's end."""
    return sum(row.gpus * plan.catalogue[row.accelerator].tpp for row in in_service(plan, quarter))


def in_service(plan: Plan, quarter: Quarter) -> list[Placement]:
    """What stands at the quarter's end; what has left stands there with fewer than no GPUs beside it."""
    rows = (*plan.placements, *_arrivals(plan), *_departures(plan))
    return [row for row in rows if row.quarter is None or row.quarter <= quarter]


def _arrivals(plan: Plan) -> list[Placement]:
    """What moves bring, as placements."""
    return [Placement(row.to.country, row.accelerator, row.gpus, row.to.site, row.quarter) for row in plan.moves]


def _departures(plan: Plan) -> list[Placement]:
    """What retirements and moves take away, as placements of so many GPUs below none."""
    moved = [(row.origin.country, row.accelerator, -row.gpus, row.origin.site, row.quarter) for row in plan.moves]
    gone = [(row.country, row.accelerator, -row.gpus, row.site, row.quarter) for row in plan.retirements]
    return [Placement(*row) for row in moved + gone]


def drawn_kw(plan: Plan, site: Site, quarter: Quarter) -> Fraction:
    """kW at the meter of `site`."""
    there = (row for row in in_service(plan, quarter) if row.site == site.site)
    return sum((_kw(plan, row, site) for row in there), Fraction(0))


def _kw(plan: Plan, row: Placement, site: Site) -> Fraction:
    kw = plan.catalogue[row.accelerator].kw_per_gpu
    assert kw is not None
    return row.gpus * kw * site.pue


def _kwh(plan: Plan, scenario: Scenario) -> list[tuple[Site, Fraction]]:
    """Each site and the kWh that it draws over the horizon."""
    return [
        (site, HOURS * sum((drawn_kw(plan, site, quarter) for quarter in scenario.horizon), Fraction(0)))
        for site in scenario.sites
    ]


def money_spent(plan: Plan, scenario: Scenario, until: Quarter) -> Fraction:
    """Dollars paid by `until`: IT equipment, moves, their building, and each new site's opening, its lead before."""
    sites = {site.site: site for site in scenario.sites}
    bought = [row for row in plan.placements if row not in scenario.fleet and row.site is not None]
    come = [(row, plan.catalogue[row.accelerator].capex_usd) for row in bought]
    come += [(row, scenario.move_cost_usd_per_gpu) for row in _arrivals(plan)]
    total = Fraction(0)
    opened: dict[str, Quarter] = {}
    for row, price in come:
        assert row.site is not None
        assert row.quarter is not None
        assert price is not None
        site = sites[row.site]
        if row.quarter <= until:
            total += row.gpus * price + _kw(plan, row, site) / 1000 * site.capex_musd_per_mw * 1_000_000
        opened[row.site] = min(row.quarter, opened.get(row.site, row.quarter))
    for name in opened.keys() - {row.site for row in scenario.fleet}:
        if opened[name] - sites[name].lead_quarters <= until:
            total += sites[name].fixed_open_cost_musd * 1_000_000
    return total


def serving(plan: Plan, scenario: Scenario, quarter: Quarter) -> Fraction:
    """The least dollars for which all demand of the quarter is served; the plan must be able to."""
    wanted = [(demand, demand.tpp.at(quarter)) for demand in scenario.demand if demand.tpp.at(quarter) > 0]
    if not any(demand.cost_usd_per_h100e for demand, _ in wanted):
        return Fraction(0)
    has: dict[str, int] = {}
    for row in in_service(plan, quarter):
        if row.site is not None:
            has[row.site] = has.get(row.site, 0) + row.gpus * plan.catalogue[row.accelerator].tpp
    prices = {(d.region, site): _price(d, site) for d, _ in wanted for site in d.sites if site in has}
    parts = lcm(*(price.denominator for price in prices.values()))
    graph: Any = nx.DiGraph()
    graph.add_node("all", demand=-sum(amount for _, amount in wanted))
    for demand, amount in wanted:
        graph.add_node(("region", demand.region), demand=amount)
    for site, tpp in has.items():
        graph.add_edge("all", ("site", site), capacity=tpp)
    for (region, site), price in prices.items():
        graph.add_edge(("site", site), ("region", region), weight=int(price * parts))
    cost, _ = nx.network_simplex(graph)
    return Fraction(cost, parts)


def _price(demand: Demand, site: str) -> Fraction:
    """Dollars for serving one TPP."""
    return demand.cost_usd_per_h100e.get(site, Fraction(0)) / H100E
