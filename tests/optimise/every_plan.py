"""Every plan of a tiny scenario: what is installed, retired and moved, in whole units. No matrix, and no limit.

Plans are left out only where no other decision could mend them: where nothing leaves, power that is exceeded stays
exceeded, and so does supply and a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from optimizer.domain.countries import jurisdiction
from optimizer.domain.plan import Head, Move, Place, Placement, Plan, Retirement
from optimizer.domain.scenario import Scenario, Supply
from optimizer.domain.sites import Site
from optimizer.regimes import load_regime
from optimizer.units import Quarter

MOST_PLANS = 6_000
"""How many plans of one scenario are listed at most; a larger scenario is not tiny."""
MOST_CHANGING = 400
"""The same where the fleet leaves or moves, or objectives are ranked: each plan then takes a check of its own."""

FleetChange = Retirement | Move


class TooMany(Exception):
    """The scenario has too many plans to list."""


def every_plan(scenario: Scenario) -> list[Plan]:
    """Every way to install, retire and move. Raises TooMany."""
    changes, ways = fleet_changes(scenario), installations(scenario)
    slow = len(changes) > 1 or scenario.later_objectives
    if len(changes) * len(ways) > (MOST_CHANGING if slow else MOST_PLANS):
        raise TooMany
    head = {name: getattr(scenario, name) for name in Head.field_names}
    return [
        Plan(
            **head,
            placements=(*scenario.fleet, *way),
            retirements=tuple(row for row in changed if isinstance(row, Retirement)),
            moves=tuple(row for row in changed if isinstance(row, Move)),
        )
        for changed, way in product(changes, ways)
    ]


def fleet_changes(scenario: Scenario) -> list[tuple[FleetChange, ...]]:
    """Every way in which units of the fleet leave service or move, one of which is that nothing does."""
    regime = load_regime(scenario.regime)
    stands: Counter[tuple[Place, str]] = Counter()
    for row in scenario.fleet if scenario.fleet_may_leave else ():
        default = regime.default_authorization(scenario.firm, jurisdiction(row.country))
        stands[Place(row.country, row.site, row.authorization or default), row.accelerator] += row.gpus
    ways: list[tuple[FleetChange, ...]] = [()]
    for (place, name), gpus in stands.items():
        units = gpus // scenario.catalogue[name].unit_gpus
        ways = [(*way, *more) for way, more in product(ways, _changes(scenario, place, name, units))]
        _refuse_many(ways)
    return ways


def _changes(scenario: Scenario, place: Place, name: str, units: int) -> list[tuple[FleetChange, ...]]:
    """Every way in which up to so many units leave one place."""
    unit, can = scenario.catalogue[name].unit_gpus, []
    for quarter in scenario.horizon:
        if scenario.retire_allowed:
            can.append(Retirement(place.country, name, unit, quarter, place.site, place.authorization))
        for site in scenario.sites if scenario.move_cost_usd_per_gpu is not None else ():
            can.append(Move(name, unit, quarter, place, Place(site.country, site.site)))
    ways: list[tuple[int, tuple[FleetChange, ...]]] = [(0, ())]
    for row in can:
        ways = [
            (used + count, (*way, row.replace(gpus=count * unit)) if count else way)
            for used, way in ways
            for count in range(units - used + 1)
        ]
        _refuse_many(ways)
    return [way for _, way in ways]


@dataclass(frozen=True)
class _Way:
    """Some rows; GPUs installed by accelerator and quarter, kW drawn by site, dollars in all, and the open sites."""

    rows: tuple[Placement, ...]
    installed: dict[str, dict[Quarter, int]]
    drawn: dict[str, Fraction]
    spent: Fraction
    opened: frozenset[str]


def installations(scenario: Scenario) -> list[tuple[Placement, ...]]:
    """Every way to install what is delivered, under every authorization that is named."""
    ways = [_Way((), {}, {}, Fraction(0), frozenset(row.site for row in scenario.fleet if row.site))]
    for site, supply, quarter in product(scenario.sites, scenario.supply, scenario.horizon):
        taken = site.accelerators is None or supply.accelerator in site.accelerators
        if not taken or site.site in scenario.keep_closed:
            continue
        for authorization in authorizations_at(scenario, site):
            place = Placement(site.country, supply.accelerator, 0, site.site, Quarter(quarter), authorization)
            ways = [longer for way in ways for longer in _longer(way, scenario, site, supply, place)]
            _refuse_many(ways)
    return [way.rows for way in ways]


def authorizations_at(scenario: Scenario, site: Site) -> tuple[str | None, ...]:
    """What new units at the site may stand under as far as the scenario says; None is the default."""
    named, country = scenario.authorizations, jurisdiction(site.country)
    if named is not None and country in named.by_country:
        return named.by_country[country]
    if named is not None and named.elsewhere is not None and load_regime(scenario.regime).tier(country) != 1:
        return named.elsewhere
    return (None,)


def _longer(way: _Way, scenario: Scenario, site: Site, supply: Supply, place: Placement) -> Iterator[_Way]:
    """The way with 0, 1, 2 ... units more in one place, for as long as they fit."""
    accelerator = scenario.catalogue[supply.accelerator]
    unit, kw, capex = accelerator.unit_gpus, accelerator.kw_per_gpu, accelerator.capex_usd
    assert kw is not None
    assert capex is not None
    assert place.quarter is not None
    yield way
    stays = [row for row in scenario.fleet if row.site == site.site and not scenario.fleet_may_leave]
    stands = sum((row.gpus * (scenario.catalogue[row.accelerator].kw_per_gpu or 0) for row in stays), Fraction(0))
    most = site.meter_kw(scenario.horizon.last) - stands * site.pue
    ready = min(site.meter_kw(later) for later in scenario.horizon if later >= place.quarter) - stands * site.pue
    count = 0
    while True:
        count += 1
        gpus = count * unit
        takes = gpus * kw * site.pue
        drawn = way.drawn.get(site.site, Fraction(0)) + takes
        if drawn > most or takes > ready:
            return
        by_quarter = dict(way.installed.get(supply.accelerator, {}))
        by_quarter[place.quarter] = by_quarter.get(place.quarter, 0) + gpus
        if not _delivered(by_quarter, scenario, supply):
            return
        spent = way.spent + gpus * capex + takes * site.capex_musd_per_mw * 1000
        if site.site not in way.opened:
            spent += site.fixed_open_cost_musd * 1_000_000
        if scenario.budget_musd is not None and spent > sum(scenario.budget_musd.values(), Fraction(0)) * 1_000_000:
            return
        yield _Way(
            (*way.rows, place._replace(gpus=gpus)),
            way.installed | {supply.accelerator: by_quarter},
            way.drawn | {site.site: drawn},
            spent,
            way.opened | {site.site},
        )


def _delivered(by_quarter: dict[Quarter, int], scenario: Scenario, supply: Supply) -> bool:
    """Whether what is installed by each quarter arrived by then, its lead time before."""
    for quarter in scenario.horizon:
        used = sum(gpus for when, gpus in by_quarter.items() if when <= quarter)
        if used > sum(gpus for when, gpus in supply.by_quarter.items() if when + supply.lead_quarters <= quarter):
            return False
    return True


def _refuse_many(ways: Sequence[object]) -> None:
    if len(ways) > MOST_PLANS:
        raise TooMany
