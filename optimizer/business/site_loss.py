"""Site loss: where the scenario asks for it, demand is still met when any one site is lost."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.scenario import Scenario
from ..units import TPP_PER_H100E
from .demand import Reach, capacity_by_reach, reaches_of, unserved
from .inventory import Inventory, running_totals
from .shortfall import Shortfall


def site_loss(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """What is wanted in a quarter is served without any one site, capacity shared out anew.

    Of the sites that reach the same regions the largest one is the worst to lose, so the others are not looked at.
    """
    if not scenario.survive_site_loss:
        return
    groups = capacity_by_reach(inventory, scenario)
    reaches = reaches_of(scenario)
    for t, quarter in enumerate(inventory.quarters):
        amounts = [demand.tpp.at(quarter) for demand in scenario.demand]
        wanted = {number: tpp for number, tpp in enumerate(amounts) if tpp > 0}
        for reach, (site, tpp) in _largest(inventory, scenario, reaches, t).items():
            left = {group: series[t] - (tpp if group == reach else 0) for group, series in groups.items()}
            for number, missing in unserved(wanted, {group: most for group, most in left.items() if most}).items():
                region = scenario.demand[number].region
                sentence = f"{region} lacks {missing / TPP_PER_H100E:,.0f} H100e in {quarter} when {site} is lost"
                yield Shortfall("site loss", f"demand_after_loss({region},{quarter},{site})", sentence)


def _largest(
    inventory: Inventory, scenario: Scenario, reaches: dict[str | None, Reach], t: int
) -> dict[Reach, tuple[str | None, int]]:
    """The site of each reach with the most TPP in service in quarter number `t`, and that TPP."""
    catalogue = scenario.catalogue.rows
    in_service = running_totals(
        (
            (place, when, catalogue[name].tpp * gpus)
            for (place, name, when), gpus in inventory.changes.items()
            if place in reaches
        ),
        len(inventory.quarters),
    )
    largest: dict[Reach, tuple[str | None, int]] = {}
    for place, series in in_service.items():
        if series[t] > largest.get(reaches[place], (None, 0))[1]:
            largest[reaches[place]] = (place, series[t])
    return largest
