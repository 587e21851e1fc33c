"""Money: what is spent on opening, building and IT equipment by each quarter is there by then."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate, chain

from ..domain.scenario import Scenario
from .inventory import Inventory, in_whole_parts
from .power import it_kw_per_gpu
from .shortfall import Shortfall


def budget(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """What is spent by a quarter is available by then; unspent money carries over."""
    if scenario.budget_musd is None:
        return
    for quarter, spent in zip(inventory.quarters, spent_usd(inventory, scenario), strict=True):
        had = sum((money for when, money in scenario.budget_musd.items() if when <= quarter), Fraction(0)) * 1_000_000
        if spent > had:
            sentence = f"{float(spent):,.0f} dollars are spent by {quarter}, {float(had):,.0f} were available"
            yield Shortfall("budget", f"budget({quarter})", sentence)


def spent_usd(inventory: Inventory, scenario: Scenario) -> list[Fraction]:
    """Dollars spent on opening, building, IT equipment and moves by each quarter of the horizon, exactly.

    Building is paid for the power that what comes draws at the meter; an opening is paid the site's lead time before,
    and a site where fleet stands is open already. What stands at no site of the scenario's costs nothing here: it is a
    shortfall of its own.
    """
    usd_per_gpu, usd_parts = in_whole_parts({a.id: a.capex_usd or Fraction(0) for a in scenario.catalogue.values()})
    kw_per_gpu, kw_parts = it_kw_per_gpu(scenario)
    usd_per_move = scenario.move_cost_usd_per_gpu or Fraction(0)
    used = {site for site, _, _ in chain(inventory.new, inventory.moved)}
    sites = {site.site: site for site in scenario.sites if site.site in used}
    building = {name: 1000 * site.pue * site.capex_musd_per_mw for name, site in sites.items()}
    usd_per_kw, building_parts = in_whole_parts(building)

    count = len(inventory.quarters)
    equipment, buildings, fees = [0] * count, [0] * count, [Fraction(0)] * count
    for (place, name, t), gpus in inventory.new.items():
        if place in usd_per_kw:
            equipment[t] += gpus * usd_per_gpu[name]
            buildings[t] += gpus * kw_per_gpu[name] * usd_per_kw[place]
    for (place, name, t), gpus in inventory.moved.items():
        if place in usd_per_kw:
            fees[t] += gpus * usd_per_move
            buildings[t] += gpus * kw_per_gpu[name] * usd_per_kw[place]
    for place, t in inventory.opened.items():
        if place in sites:
            fees[max(0, t - sites[place].lead_quarters)] += 1_000_000 * sites[place].fixed_open_cost_musd
    return list(
        accumulate(
            Fraction(bought, usd_parts) + Fraction(built, kw_parts * building_parts) + fee
            for bought, built, fee in zip(equipment, buildings, fees, strict=True)
        )
    )
