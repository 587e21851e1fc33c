"""Each row by itself: what stands already is kept, and what is added can be there at all."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.scenario import Scenario
from .inventory import Inventory
from .shortfall import Shortfall


def fleet_kept(inventory: Inventory) -> Iterator[Shortfall]:
    """The plan shows all that stands already; what leaves of it is judged with `changes`."""
    for row, count in inventory.dropped.items():
        sentence = f"the plan dropped {count * row.gpus:,} {row.accelerator} in {row.country}"
        yield Shortfall("fleet", row.accelerator, sentence)


def installed(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """Whole units, at known sites of the right country, that take the accelerator, within the horizon."""
    sites = {site.site: site for site in scenario.sites}
    first, last = scenario.horizon.first, scenario.horizon.last
    for row in inventory.added:
        site, unit = sites.get(row.site or ""), scenario.catalogue[row.accelerator].gpus_per_unit
        if site is None or site.country != row.country:
            yield Shortfall("sites", str(row.site), f"{row.site} in {row.country} is not among the scenario's sites")
        elif site.accelerators is not None and row.accelerator not in site.accelerators:
            yield Shortfall("sites", site.site, f"{site.site} does not take {row.accelerator}")
        if not unit or row.gpus % unit:
            yield Shortfall("units", row.accelerator, f"{row.gpus:,} {row.accelerator} are not whole units of {unit}")
        if row.quarter is None or not first <= row.quarter <= last:
            yield Shortfall("sites", str(row.site), f"{row.accelerator} at {row.site} has no quarter of the horizon")
