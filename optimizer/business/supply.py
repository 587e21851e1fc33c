"""Supply: nothing is installed before it is delivered; what is delivered and not installed waits."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.scenario import Scenario
from .inventory import Inventory, running_totals
from .shortfall import Shortfall


def supply(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """Of each accelerator, what is installed by a quarter was delivered by then, its lead time before."""
    used = running_totals(((name, t, gpus) for (_, name, t), gpus in inventory.new.items()), len(inventory.quarters))
    deliveries = {supply.accelerator: supply.ready for supply in scenario.supply}
    for name, series in used.items():
        delivered = deliveries.get(name, {})
        for quarter, gpus in zip(inventory.quarters, series, strict=True):
            had = sum(count for when, count in delivered.items() if when <= quarter)
            if gpus > had:
                sentence = f"{gpus:,} {name} are installed by {quarter}, {had:,} were delivered"
                yield Shortfall("supply", f"supply({name},{quarter})", sentence)
