"""Power at the meter of each site: within what the site has and, once it is opened, at least its minimum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..domain.scenario import Scenario
from ..domain.sites import Site
from ..domain.steps import Steps
from .inventory import Inventory, in_whole_parts, running_totals
from .shortfall import Shortfall


def power(inventory: Inventory, scenario: Scenario) -> Iterator[Shortfall]:
    """What is drawn is added up in whole parts of a kW of IT power; what a site has is turned into such parts.

    A site is open when it holds something; one where fleet stands was viable to its owner.
    """
    kw, parts = it_kw_per_gpu(scenario)
    changes = ((site, t, kw[name] * gpus) for (site, name, t), gpus in inventory.changes.items())
    drawn = running_totals(changes, len(inventory.quarters))
    for site in scenario.sites:
        if site.site not in drawn:
            continue
        has = _available(site, inventory, parts)
        opened = inventory.opened.get(site.site, len(has))
        least = -_it_parts(-site.min_viable_mw, site, parts)  # rounded up
        for t, (draws, most) in enumerate(zip(drawn[site.site], has, strict=True)):
            if draws > most:
                quarter = inventory.quarters[t]
                sentence = f"{_draws(site, draws, parts)} in {quarter}, it has {float(site.meter_kw(quarter)):,.0f}"
                yield Shortfall("power", f"power({site.site},{quarter})", sentence)
            if draws < least and t >= opened:
                quarter = inventory.quarters[t]
                sentence = f"{_draws(site, draws, parts)} in {quarter}, it is viable from {site.min_viable_mw} MW"
                yield Shortfall("minimum viable power", f"power_minimum({site.site},{quarter})", sentence)


def it_kw_per_gpu(scenario: Scenario) -> tuple[dict[str, int], int]:
    """IT power of a GPU of each accelerator in whole parts of a kW, and in which parts."""
    return in_whole_parts({row.id: row.kw_per_gpu or Fraction(0) for row in scenario.catalogue.values()})


def _available(site: Site, inventory: Inventory, parts: int) -> list[int]:
    """IT power that the site can feed in each quarter, in parts of a kW, rounded down."""
    steps = tuple((start, _it_parts(power_mw, site, parts)) for start, power_mw in site.power_mw.steps)
    return Steps(steps, before=_it_parts(site.power_mw.before, site, parts)).over(inventory.quarters)


def _it_parts(power_mw: Fraction, site: Site, parts: int) -> int:
    """How many parts of a kW of IT power `power_mw` at the meter of `site` feeds, rounded down."""
    pue = site.pue
    return power_mw.numerator * 1000 * parts * pue.denominator // (power_mw.denominator * pue.numerator)


def _draws(site: Site, drawn: int, parts: int) -> str:
    """In words, what `drawn` parts of a kW of IT power are at the meter of `site`."""
    return f"{site.site} draws {float(Fraction(drawn, parts) * site.pue):,.0f} kW"
