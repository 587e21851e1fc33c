"""Retirements and moves: what a scenario allows, in whole units, of its fleet alone, and to sites that take it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import takewhile

from ..domain.countries import jurisdiction
from ..domain.plan import Move, Place, Plan, Retirement
from ..domain.scenario import Scenario
from ..ledger import Holding, age
from ..regimes import Regime, load_regime, usable_authorizations
from ..units import Quarter
from .shortfall import Shortfall

Taken = tuple[str, str | None, str, str]
"""What a row takes from: jurisdiction, site, accelerator, authorization."""


def fleet_changed(plan: Plan, scenario: Scenario) -> Iterator[Shortfall]:
    """What leaves stood there before the horizon, whole units at a time, and moves end where they may."""
    if not plan.retirements and not plan.moves:
        return
    if plan.retirements and not scenario.retire_allowed:
        yield Shortfall("retirements", "retire_allowed", "the plan retires GPUs, which the scenario does not allow")
    if plan.moves and scenario.move_cost_usd_per_gpu is None:
        yield Shortfall("moves", "move_cost_usd_per_gpu", "the plan moves GPUs, which the scenario does not allow")
    regime = load_regime(scenario.regime)
    for move in plan.moves:
        yield from _arrives(move, scenario, regime)
    taken: Counter[Taken] = Counter()
    rows: list[Retirement | Move] = [*plan.retirements, *plan.moves]
    for row in rows:
        start = row.origin if isinstance(row, Move) else Place(row.country, row.site, row.authorization)
        yield from _leaves(row, scenario)
        if start.authorization is None:
            sentence = f"what of the {row.accelerator} in {start.country} leaves is open: no authorization is named"
            yield Shortfall("fleet", row.accelerator, sentence)
        else:
            taken[jurisdiction(start.country), start.site, row.accelerator, start.authorization] += row.gpus
    stock = _stock(scenario, regime)
    for (country, site, name, authorization), gpus in taken.items():
        stood = _named(stock[country, name, authorization], site, regime.cap_start)
        if gpus > stood:
            sentence = (
                f"{gpus:,} {name} leave {site or country} under {authorization}, where {stood:,} of the fleet stood"
            )
            yield Shortfall("fleet", name, sentence)


def _leaves(row: Retirement | Move, scenario: Scenario) -> Iterator[Shortfall]:
    unit = scenario.catalogue[row.accelerator].unit_gpus
    if row.gpus % unit:
        yield Shortfall("units", row.accelerator, f"{row.gpus:,} {row.accelerator} are not whole units of {unit}")
    if row.quarter not in scenario.horizon:
        yield Shortfall("fleet", row.accelerator, f"{row.accelerator} leave in {row.quarter}, outside the horizon")


def _arrives(move: Move, scenario: Scenario, regime: Regime) -> Iterator[Shortfall]:
    """A move ends at another place, a known site that takes the accelerator, under the default authorization there.

    Between countries it waits for the notice of 60 days, which is given in the quarter before.
    """
    here, there = jurisdiction(move.origin.country), jurisdiction(move.to.country)
    site = next((site for site in scenario.sites if site.site == move.to.site), None)
    if site is None or site.country != move.to.country:
        sentence = f"{move.to.site} in {move.to.country} is not among the scenario's sites"
        yield Shortfall("sites", str(move.to.site), sentence)
    elif site.accelerators is not None and move.accelerator not in site.accelerators:
        yield Shortfall("sites", site.site, f"{site.site} does not take {move.accelerator}")
    if move.origin.site == move.to.site:
        yield Shortfall("moves", str(move.to.site), f"{move.accelerator} move from {move.to.site} to {move.to.site}")
    if here != there and move.quarter < scenario.first_notified:
        sentence = f"{move.accelerator} move from {here} to {there} in {move.quarter}, before 60 days' notice is over"
        yield Shortfall("moves", "notice", sentence)
    default = regime.default_authorization(scenario.firm, there)
    usable = usable_authorizations(scenario.authorizations, regime, scenario.firm, there)
    if default not in usable or move.to.authorization not in (None, default):
        under = move.to.authorization or default
        sentence = f"{move.accelerator} come to {move.to.site} under {under}, which is not for moves there"
        yield Shortfall("moves", str(move.to.site), sentence)


def _stock(scenario: Scenario, regime: Regime) -> dict[tuple[str, str, str], Counter[Holding]]:
    """GPUs of the fleet by jurisdiction, accelerator and authorization."""
    stock: dict[tuple[str, str, str], Counter[Holding]] = defaultdict(Counter)
    for row in scenario.fleet:
        country = jurisdiction(row.country)
        authorization = row.authorization or regime.default_authorization(scenario.firm, country)
        holding = Holding(country, row.site, row.accelerator, authorization, received=row.quarter)
        stock[country, row.accelerator, authorization][holding] += row.gpus
    return stock


def _named(holdings: Counter[Holding], site: str | None, cap_start: Quarter) -> int:
    """GPUs that a row takes which names `site`; one that names none takes what is older than all that has a site."""
    if site is not None:
        return sum(gpus for holding, gpus in holdings.items() if holding.site == site)
    oldest = sorted(holdings, key=lambda holding: age(holding, cap_start))
    return sum(holdings[holding] for holding in takewhile(lambda holding: holding.site is None, oldest))
