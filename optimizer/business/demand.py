"""Demand: each region is served what it wants, and capacity serves one region at a time.

Sites that reach the same regions are as one here, so that the maximum flow runs over few groups of sites.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..domain.scenario import Scenario
from ..units import TPP_PER_H100E
from .inventory import Inventory, running_totals
from .shortfall import Shortfall

Reach = tuple[int, ...]
"""The demands that a group of sites can serve, by their numbers in the scenario."""


def demand(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """All that is wanted in a quarter is served at once, when capacity is shared out as well as it can be."""
    groups = capacity_by_reach(inventory, scenario)
    for t, quarter in enumerate(inventory.quarters):
        amounts = [demand.tpp.at(quarter) for demand in scenario.demand]
        wanted = {number: tpp for number, tpp in enumerate(amounts) if tpp > 0}
        capacity = {reach: series[t] for reach, series in groups.items() if series[t]}
        for number, missing in unserved(wanted, capacity).items():
            region = scenario.demand[number].region
            sentence = f"{region} lacks {missing / TPP_PER_H100E:,.0f} H100e in {quarter}"
            yield Shortfall("demand", f"demand({region},{quarter})", sentence)


def capacity_by_reach(inventory: Inventory, scenario: Scenario) -> dict[Reach, list[int]]:
    """TPP in service at each quarter's end by the demands that it can serve; what serves none is left out."""
    reaches = reaches_of(scenario)
    catalogue = scenario.catalogue.rows
    return running_totals(
        (
            (reaches[place], t, catalogue[name].tpp * gpus)
            for (place, name, t), gpus in inventory.changes.items()
            if place in reaches
        ),
        len(inventory.quarters),
    )


def reaches_of(scenario: Scenario) -> dict[str | None, Reach]:
    """The demands that each site can serve; sites that serve none are left out."""
    reaches: dict[str | None, Reach] = {}
    for number, demand in enumerate(scenario.demand):
        for place in demand.sites:
            reaches[place] = (*reaches.get(place, ()), number)
    return reaches


def unserved(wanted: Mapping[int, int], capacity: Mapping[Reach, int]) -> dict[int, int]:
    """TPP that each demand lacks when capacity is shared out as well as it can be; nothing when all are served."""
    if _served_in_turn(wanted, capacity):
        return {}
    import networkx as nx

    graph: Any = nx.DiGraph()
    graph.add_nodes_from(("source", "sink"))
    for reach, tpp in capacity.items():
        graph.add_edge("source", reach, capacity=tpp)
        graph.add_edges_from((reach, number) for number in reach if number in wanted)
    graph.add_edges_from((number, "sink", {"capacity": tpp}) for number, tpp in wanted.items())
    _, flows = nx.maximum_flow(graph, "source", "sink")
    lacking = {number: tpp - flows[number]["sink"] for number, tpp in wanted.items()}
    return {number: missing for number, missing in lacking.items() if missing}


def _served_in_turn(wanted: Mapping[int, int], capacity: Mapping[Reach, int]) -> bool:
    """Whether all are served when they take in turn, each first of what serves the fewest others.

    Mostly they are, and then no flow has to be found. False says nothing: another order might do.
    """
    left = dict(capacity)
    near: dict[int, list[Reach]] = {number: [] for number in wanted}
    for reach in sorted(capacity, key=len):
        for number in reach:
            if number in near:
                near[number].append(reach)
    spare = {number: sum(capacity[reach] for reach in near[number]) - tpp for number, tpp in wanted.items()}
    for number in sorted(wanted, key=lambda number: (len(near[number]), spare[number])):
        missing = wanted[number]
        for reach in near[number]:
            taken = min(missing, left[reach])
            left[reach] -= taken
            missing -= taken
        if missing:
            return False
    return True
