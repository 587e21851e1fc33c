"""The business constraints said again, naively: sums in fractions over all rows for each site and quarter; and flows.

It knows placements alone, no retirement, move, lead time or loss of a site.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import networkx as nx

from optimizer.domain.plan import Placement, Plan
from optimizer.domain.scenario import Scenario
from optimizer.domain.sites import Site
from optimizer.units import Quarter


def broken(plan: Plan, scenario: Scenario) -> set[str]:
    """The names of the constraints that `plan` breaks; of demand the quarter alone, as shortage can be shared out."""
    left = list(scenario.fleet)
    added = []
    for row in plan.placements:
        if row in left:
            left.remove(row)
        else:
            added.append(row)
    names = {row.accelerator for row in left}
    for quarter in scenario.horizon:
        names |= {*_supply(added, scenario, quarter), *_power(plan, added, scenario, quarter)}
        names |= {*_money(added, scenario, quarter), *_share(plan, scenario, quarter)}
        if _lacking_tpp(plan, scenario, quarter):
            names.add(f"demand({quarter})")
    return names | {*_rows(added, scenario), *_choices(plan, scenario)}


def _stands(row: Placement, quarter: Quarter) -> bool:
    return row.quarter is None or row.quarter <= quarter


def _rows(added: list[Placement], scenario: Scenario) -> Iterator[str]:
    for row in added:
        where = [site for site in scenario.sites if (site.site, site.country) == (row.site, row.country)]
        taken = bool(where) and (where[0].accelerators is None or row.accelerator in where[0].accelerators)
        if not taken or row.quarter is None or row.quarter not in scenario.horizon:
            yield str(row.site)
        if row.gpus % (scenario.catalogue[row.accelerator].gpus_per_unit or 1):
            yield row.accelerator


def _supply(added: list[Placement], scenario: Scenario, quarter: Quarter) -> Iterator[str]:
    for name in {row.accelerator for row in added}:
        used = sum(row.gpus for row in added if row.accelerator == name and _stands(row, quarter))
        had = sum(
            gpus
            for supply in scenario.supply
            for when, gpus in supply.by_quarter.items()
            if supply.accelerator == name and when <= quarter
        )
        if used > had:
            yield f"supply({name},{quarter})"


def _meter_kw(row: Placement, site: Site, scenario: Scenario) -> Fraction:
    return row.gpus * (scenario.catalogue[row.accelerator].kw_per_gpu or Fraction(0)) * site.pue


def _power(plan: Plan, added: list[Placement], scenario: Scenario, quarter: Quarter) -> Iterator[str]:
    for site in scenario.sites:
        there = [row for row in plan.placements if row.site == site.site and _stands(row, quarter)]
        kw = sum((_meter_kw(row, site, scenario) for row in there), Fraction(0))
        if kw > site.power_mw.at(quarter) * 1000:
            yield f"power({site.site},{quarter})"
        opened = any(row.site == site.site and _stands(row, quarter) for row in added)
        stood = any(row.site == site.site for row in scenario.fleet)
        if opened and not stood and kw < site.min_viable_mw * 1000:
            yield f"power_minimum({site.site},{quarter})"


def _money(added: list[Placement], scenario: Scenario, quarter: Quarter) -> Iterator[str]:
    if scenario.budget_musd is None:
        return
    spent = Fraction(0)
    for site in scenario.sites:
        there = [row for row in added if row.site == site.site and _stands(row, quarter)]
        for row in there:
            spent += row.gpus * (scenario.catalogue[row.accelerator].capex_usd or 0)
            spent += _meter_kw(row, site, scenario) / 1000 * site.capex_musd_per_mw * 1_000_000
        if there and not any(row.site == site.site for row in scenario.fleet):
            spent += site.fixed_open_cost_musd * 1_000_000
    if spent > sum(musd for when, musd in scenario.budget_musd.items() if when <= quarter) * 1_000_000:
        yield f"budget({quarter})"


def _choices(plan: Plan, scenario: Scenario) -> Iterator[str]:
    used = {row.site for row in plan.placements if row.site is not None and _stands(row, scenario.horizon.last)}
    yield from (f"keep_closed({name})" for name in scenario.keep_closed & used)
    yield from (f"keep_open({name})" for name in scenario.keep_open - used)
    if len(used) < scenario.min_open_sites:
        yield "min_open_sites"


def _tpp(plan: Plan, scenario: Scenario, quarter: Quarter) -> dict[str | None, int]:
    total: dict[str | None, int] = {}
    for row in plan.placements:
        if _stands(row, quarter):
            total[row.site] = total.get(row.site, 0) + row.gpus * scenario.catalogue[row.accelerator].tpp
    return total


def _share(plan: Plan, scenario: Scenario, quarter: Quarter) -> Iterator[str]:
    tpp = _tpp(plan, scenario, quarter)
    for site, amount in tpp.items():
        share = scenario.max_share_per_site
        if site is not None and share is not None and Fraction(amount, sum(tpp.values())) > share:
            yield f"site_share({site},{quarter})"


def _lacking_tpp(plan: Plan, scenario: Scenario, quarter: Quarter) -> int:
    """TPP of all that is wanted that no flow from single sites can serve."""
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for site, tpp in _tpp(plan, scenario, quarter).items():
        graph.add_edge("source", ("site", site), capacity=tpp)
    for number, demand in enumerate(scenario.demand):
        graph.add_edge(number, "sink", capacity=demand.tpp.at(quarter))
        graph.add_edges_from((("site", site), number) for site in demand.sites)
    served: int = nx.maximum_flow_value(graph, "source", "sink")
    return sum(demand.tpp.at(quarter) for demand in scenario.demand) - served
