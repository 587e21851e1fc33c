"""The planner's own choices of sites: kept open, kept closed, the least number of them, the largest share of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..domain.scenario import Scenario
from .inventory import Inventory, running_totals
from .shortfall import Shortfall


def lead_times(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """A site that is built first holds something its lead time after the horizon's first quarter at the earliest."""
    for site in scenario.sites:
        opens = inventory.opened.get(site.site)
        if opens is not None and opens < site.lead_quarters:
            when = inventory.quarters[opens]
            sentence = f"{site.site} takes {site.lead_quarters} quarters to build, and opens in {when}"
            yield Shortfall("site opening", f"lead({site.site})", sentence)


def chosen_sites(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """Sites to be closed never hold anything; at the end those to be open do, and as many as there are to be."""
    touched = {place for place, _, _ in inventory.changes if place is not None}
    left: Counter[str | None] = Counter()
    for (place, _, _), gpus in inventory.changes.items():
        left[place] += gpus
    used = {place for place in touched if left[place] > 0}
    for name in sorted(scenario.keep_closed & touched):
        yield Shortfall("site opening", f"keep_closed({name})", f"{name} is to be kept closed")
    for name in sorted(scenario.keep_open - used):
        yield Shortfall("site opening", f"keep_open({name})", f"{name} is to be kept open and holds nothing")
    if len(used) < scenario.min_open_sites:
        sentence = f"{len(used)} sites are open, at least {scenario.min_open_sites} are to be"
        yield Shortfall("number of open sites", "min_open_sites", sentence)


def site_shares(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """No site holds more than the largest share of everything in service."""
    share = scenario.max_share_per_site
    if share is None:
        return
    catalogue = scenario.catalogue.rows
    changes = ((place, t, catalogue[name].tpp * gpus) for (place, name, t), gpus in inventory.changes.items())
    in_service = running_totals(changes, len(inventory.quarters))
    for t, quarter in enumerate(inventory.quarters):
        total = sum(series[t] for series in in_service.values())
        for place, series in in_service.items():
            if place is not None and share.denominator * series[t] > share.numerator * total:
                sentence = f"{place} holds {series[t] / total:.2%} in {quarter}"
                yield Shortfall("largest share per site", f"site_share({place},{quarter})", sentence)
