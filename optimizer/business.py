"""Whether a plan keeps its scenario's business constraints, by code that never saw the matrix.

Plain loops over placements in exact fractions; demand is a maximum flow in whole TPP. `check` judges the law, this
judges the rest: supply, whole units, power, minimum size, money, demand, and the planner's own choices of sites. A site
is open when it holds something.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .domain.catalogue import Accelerator
from .domain.plan import Placement, Plan
from .domain.scenario import Demand, Scenario
from .domain.sites import HOURS_PER_QUARTER, Site
from .units import TPP_PER_H100E, Quarter


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A business constraint that a plan breaks: its family, its name, and a sentence with the figures."""

    family: str
    name: str
    sentence: str


def new_placements(plan: Plan, scenario: Scenario) -> list[Placement]:
    """The placements that the plan adds to the scenario's standing fleet."""
    standing = Counter(scenario.fleet)
    added = []
    for row in plan.placements:
        if standing[row] > 0:
            standing[row] -= 1
        else:
            added.append(row)
    return added


def shortfalls(plan: Plan, scenario: Scenario) -> list[Shortfall]:
    """Every business constraint of `scenario` that `plan` breaks, none when it keeps them all."""
    added = new_placements(plan, scenario)
    return [
        *_standing(plan, scenario),
        *_installed(added, scenario),
        *_supply(added, scenario),
        *_power(plan, added, scenario),
        *_money(added, scenario),
        *_choices(plan, scenario),
        *_demand(plan, scenario),
    ]


def _standing(plan: Plan, scenario: Scenario) -> Iterator[Shortfall]:
    dropped = Counter(scenario.fleet)
    dropped.subtract(row for row in plan.placements if row in dropped)
    for row, count in dropped.items():
        if count > 0:
            sentence = f"the plan dropped {count * row.gpus:,} {row.accelerator} in {row.country}"
            yield Shortfall("fleet", row.accelerator, sentence)
    if plan.retirements or plan.moves:
        yield Shortfall("fleet", "moves", "a scenario's plan has no retirements and no moves, and this one does")


def _installed(added: list[Placement], scenario: Scenario) -> Iterator[Shortfall]:
    """Whole units, at known sites of the right country, that take the accelerator, within the horizon."""
    sites = {site.site: site for site in scenario.sites}
    for row in added:
        site, unit = sites.get(row.site or ""), scenario.catalogue[row.accelerator].gpus_per_unit
        if site is None or site.country != row.country:
            yield Shortfall("sites", str(row.site), f"{row.site} in {row.country} is not among the scenario's sites")
        elif site.accelerators is not None and row.accelerator not in site.accelerators:
            yield Shortfall("sites", site.site, f"{site.site} does not take {row.accelerator}")
        if not unit or row.gpus % unit:
            yield Shortfall("units", row.accelerator, f"{row.gpus:,} {row.accelerator} are not whole units of {unit}")
        if row.quarter is None or row.quarter not in scenario.horizon:
            yield Shortfall("sites", str(row.site), f"{row.accelerator} at {row.site} has no quarter of the horizon")


def _supply(added: list[Placement], scenario: Scenario) -> Iterator[Shortfall]:
    delivered: dict[str, Mapping[Quarter, int]] = {supply.accelerator: supply.by_quarter for supply in scenario.supply}
    for name in {row.accelerator for row in added}:
        for quarter in scenario.horizon:
            used = sum(row.gpus for row in added if row.accelerator == name and row.quarter and row.quarter <= quarter)
            had = sum(gpus for when, gpus in delivered.get(name, {}).items() if when <= quarter)
            if used > had:
                sentence = f"{used:,} {name} are installed by {quarter}, {had:,} were delivered"
                yield Shortfall("supply", f"supply({name},{quarter})", sentence)


def _power(plan: Plan, added: list[Placement], scenario: Scenario) -> Iterator[Shortfall]:
    """Power at the meter within what the site has and, once it is opened, at least its minimum."""
    rows = _by_site(plan.placements)
    new = _by_site(added)
    for site in scenario.sites:
        stood = any(row.site == site.site for row in scenario.fleet)
        for quarter in scenario.horizon:
            kw = sum(
                (
                    meter_kw(row, scenario.catalogue[row.accelerator], site)
                    for row in rows[site.site]
                    if _stands(row, quarter)
                ),
                Fraction(0),
            )
            if kw > site.meter_kw(quarter):
                sentence = (
                    f"{site.site} draws {float(kw):,.0f} kW in {quarter}, it has {float(site.meter_kw(quarter)):,.0f}"
                )
                yield Shortfall("power", f"power({site.site},{quarter})", sentence)
            opened = any(_stands(row, quarter) for row in new[site.site]) and not stood
            if opened and kw < site.min_viable_mw * 1000:
                sentence = (
                    f"{site.site} draws {float(kw):,.0f} kW in {quarter}, it is viable from {site.min_viable_mw} MW"
                )
                yield Shortfall("minimum viable power", f"power_minimum({site.site},{quarter})", sentence)


def _money(added: list[Placement], scenario: Scenario) -> Iterator[Shortfall]:
    if scenario.budget_musd is None:
        return
    for quarter in scenario.horizon:
        spent = spending_usd(added, scenario, quarter)
        had = sum((money for when, money in scenario.budget_musd.items() if when <= quarter), Fraction(0)) * 1_000_000
        if spent > had:
            sentence = f"{float(spent):,.0f} dollars are spent by {quarter}, {float(had):,.0f} were available"
            yield Shortfall("budget", f"budget({quarter})", sentence)


def spending_usd(added: list[Placement], scenario: Scenario, until: Quarter) -> Fraction:
    """Dollars spent on opening, building and IT equipment up to and in `until`, exactly."""
    stood = {row.site for row in scenario.fleet}
    opened: set[str] = set()
    total = Fraction(0)
    sites = {site.site: site for site in scenario.sites}
    for row in added:
        if not _stands(row, until):
            continue
        site, accelerator = sites.get(row.site or ""), scenario.catalogue[row.accelerator]
        if site is None:
            continue  # no site of the scenario's: a shortfall of its own
        building = meter_kw(row, accelerator, site) * site.capex_musd_per_mw * 1000
        total += row.gpus * (accelerator.capex_usd or 0) + building
        if site.site not in stood | opened:
            opened.add(site.site)
            total += site.fixed_open_cost_musd * 1_000_000
    return total


def electricity_mwh(plan: Plan, scenario: Scenario, site: Site) -> Fraction:
    """MWh at the meter of `site` over the horizon."""
    kw = sum(
        (
            meter_kw(row, scenario.catalogue[row.accelerator], site)
            for quarter in scenario.horizon
            for row in plan.placements
            if row.site == site.site and _stands(row, quarter)
        ),
        Fraction(0),
    )
    return kw * HOURS_PER_QUARTER / 1000


def meter_kw(row: Placement, accelerator: Accelerator, site: Site) -> Fraction:
    """kW at the meter that a placement draws at `site`."""
    return row.gpus * (accelerator.kw_per_gpu or Fraction(0)) * site.pue


def _choices(plan: Plan, scenario: Scenario) -> Iterator[Shortfall]:
    """Sites kept open and closed, the least number of them, and the largest share of one."""
    used = {row.site for row in plan.placements if row.site is not None}
    for name in sorted(scenario.keep_closed & used):
        yield Shortfall("site opening", f"keep_closed({name})", f"{name} is to be kept closed")
    for name in sorted(scenario.keep_open - used):
        yield Shortfall("site opening", f"keep_open({name})", f"{name} is to be kept open and holds nothing")
    if len(used) < scenario.min_open_sites:
        sentence = f"{len(used)} sites are open, at least {scenario.min_open_sites} are to be"
        yield Shortfall("number of open sites", "min_open_sites", sentence)
    if scenario.max_share_per_site is None:
        return
    for quarter in scenario.horizon:
        by_site = capacity_by_site(plan, quarter)
        total = sum(by_site.values())
        for place, tpp in by_site.items():
            if place is not None and tpp > scenario.max_share_per_site * total:
                sentence = f"{place} holds {tpp / total:.2%} in {quarter}"
                yield Shortfall("largest share per site", f"site_share({place},{quarter})", sentence)


def capacity_by_site(plan: Plan, quarter: Quarter) -> dict[str | None, int]:
    """TPP in service at each site at the end of `quarter`; None collects what names no site."""
    total: dict[str | None, int] = defaultdict(int)
    for row in plan.placements:
        if _stands(row, quarter):
            total[row.site] += row.gpus * plan.catalogue[row.accelerator].tpp
    return dict(total)


def _demand(plan: Plan, scenario: Scenario) -> Iterator[Shortfall]:
    for quarter in scenario.horizon:
        wanted = [demand for demand in scenario.demand if demand.tpp.at(quarter) > 0]
        if not wanted:
            continue
        capacity = capacity_by_site(plan, quarter)
        for demand, missing in _unserved(wanted, capacity, quarter).items():
            sentence = f"{demand} lacks {missing / TPP_PER_H100E:,.0f} H100e in {quarter}"
            yield Shortfall("demand", f"demand({demand},{quarter})", sentence)


def _unserved(wanted: list[Demand], capacity: Mapping[str | None, int], quarter: Quarter) -> dict[str, int]:
    """TPP that each region lacks when capacity is shared out as well as it can be: a maximum flow, in integers."""
    import networkx as nx

    graph: Any = nx.DiGraph()
    for demand in wanted:
        graph.add_edge(("region", demand.region), "sink", capacity=demand.tpp.at(quarter))
        for site in demand.sites:
            if capacity.get(site):
                graph.add_edge(("site", site), ("region", demand.region))
                graph.add_edge("source", ("site", site), capacity=capacity[site])
    if "source" not in graph:
        return {demand.region: demand.tpp.at(quarter) for demand in wanted}
    served, flows = nx.maximum_flow(graph, "source", "sink")
    if served == sum(demand.tpp.at(quarter) for demand in wanted):
        return {}
    lacking = {demand.region: demand.tpp.at(quarter) - flows[("region", demand.region)]["sink"] for demand in wanted}
    return {region: missing for region, missing in lacking.items() if missing}


def _stands(row: Placement, quarter: Quarter) -> bool:
    return row.quarter is None or row.quarter <= quarter


def _by_site(rows: list[Placement] | tuple[Placement, ...]) -> dict[str | None, list[Placement]]:
    found: dict[str | None, list[Placement]] = defaultdict(list)
    for row in rows:
        found[row.site].append(row)
    return found
