"""What of the standing fleet can leave: GPUs that a plan's retirements and moves can name, and the ledger then takes.

A retirement or move names country, site, accelerator and authorization; of what stands there the ledger takes the
oldest first. So a group of the fleet is what agrees in these, and its layers are what a limit can tell apart in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..ledger import Age, Holding, age
from ..limits import Limit, Selection
from ..regimes import OWN_GROUP, Regime
from ..units import Quarter
from .instance import Instance


class Layer(NamedTuple):
    """GPUs of a group that every limit counts alike."""

    holding: Holding
    gpus: int


class FleetGroup(NamedTuple):
    """GPUs of the fleet in one place, of one accelerator and under one authorization; the oldest layer comes first.

    `country` is as the fleet writes it, `place` its jurisdiction; `site` and `accelerator` are numbers (-1: no site).
    `units` are whole units of the accelerator: what is left of the last one stays. What holds closed model weights
    does not move.
    """

    country: str
    place: str
    site: int
    accelerator: int
    authorization: str
    layers: tuple[Layer, ...]
    units: int
    may_move: bool


def fleet_groups(instance: Instance, regime: Regime, law: Iterable[Limit]) -> tuple[FleetGroup, ...]:
    """The groups of the fleet of which at least one whole unit can leave, none where the scenario lets none leave.

    What stands at no site can be named by country alone, so of that only what is older than everything else of the
    accelerator and authorization in the country is in a group. The same goes for chips with no date where the horizon
    begins before the law's caps count, since later ones would leave before them.
    """
    scenario = instance.scenario
    if not scenario.fleet_may_leave:
        return ()
    stock, written = _stock(scenario, regime)
    sites = {site.site: number for number, site in enumerate(instance.sites)}
    accelerators = {accelerator.id: number for number, accelerator in enumerate(instance.accelerators)}
    arrival = int(instance.quarters[0]) + (1 if instance.quarters[0] >= regime.cap_start else 0)
    dates = _told_apart(law)
    in_country: dict[tuple[str, str, str], list[tuple[Age, Holding]]] = {}
    for holding in stock:
        key = (holding.country, holding.accelerator, holding.authorization)
        in_country.setdefault(key, []).append((age(holding, regime.cap_start), holding))
    found = []
    for (place, name, authorization), aged in in_country.items():
        old = [holding for since, holding in sorted(aged) if since[0] < arrival]
        nowhere = list(takewhile(lambda holding: holding.site is None, old))
        at_sites: dict[str, list[Holding]] = {}
        for holding in old:
            if holding.site is not None:
                at_sites.setdefault(holding.site, []).append(holding)
        chip = scenario.catalogue[name]
        for holdings in [nowhere, *at_sites.values()]:
            units = sum(stock[holding] for holding in holdings) // chip.unit_gpus
            if units:
                first = holdings[0]
                site = -1 if first.site is None else sites[first.site]
                layers = _layers(((holding, stock[holding]) for holding in holdings), dates)
                moves = scenario.move_cost_usd_per_gpu is not None and chip.kw_per_gpu is not None
                may_move = moves and not any(holding.weights for holding in holdings)
                place_of = (written[first], place, site, accelerators[name], authorization)
                found.append(FleetGroup(*place_of, layers, units, may_move))
    return tuple(sorted(found, key=lambda group: (group.accelerator, group.site, group.place, group.authorization)))


def _stock(scenario: Scenario, regime: Regime) -> tuple[dict[Holding, int], dict[Holding, str]]:
    """GPUs of the fleet by holding, and the country as its first row writes it."""
    stock: dict[Holding, int] = {}
    written: dict[Holding, str] = {}
    for row in scenario.fleet:
        country = jurisdiction(row.country)
        authorization = row.authorization or regime.default_authorization(scenario.firm, country)
        parent = OWN_GROUP if authorization == "lpp" else None
        holding = Holding(country, row.site, row.accelerator, authorization, parent, row.quarter, row.holds_weights)
        stock[holding] = stock.get(holding, 0) + row.gpus
        written.setdefault(holding, row.country)
    return stock, written


def _told_apart(law: Iterable[Limit]) -> Sequence[Selection]:
    """What limits look at that can differ within a group: dates and weights."""
    accounts = [account for limit in law for account in (limit.measured, limit.base) if account is not None]
    looked_at: set[tuple[Quarter | None, bool | None]] = {
        (account.selection.received_from, account.selection.weights) for account in accounts
    }
    return [Selection(received_from=since, weights=weights) for since, weights in looked_at]


def _layers(holdings: Iterable[tuple[Holding, int]], told_apart: Sequence[Selection]) -> tuple[Layer, ...]:
    """Neighbours that every limit counts alike, put together."""
    layers: list[Layer] = []
    marks: list[list[bool]] = []
    for holding, gpus in holdings:
        mark = [selection.matches(holding) for selection in told_apart]
        if marks and marks[-1] == mark:
            layers[-1] = layers[-1]._replace(gpus=layers[-1].gpus + gpus)
        else:
            layers.append(Layer(holding, gpus))
            marks.append(mark)
    return tuple(layers)
