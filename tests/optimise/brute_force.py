"""The best capacity of a tiny scenario by listing every plan, judged by `check` and `business` alone: no matrix."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.plan import Head, Placement, Plan
from optimizer.domain.scenario import Scenario
from optimizer.regimes import load_regime
from optimizer.units import Quarter

MOST_PLANS = 6_000
"""How many plans of one scenario are listed at most; a larger scenario is not tiny."""


class TooMany(Exception):
    """The scenario has too many plans to list."""


def best_capacity(scenario: Scenario) -> int | None:
    """TPP in service at the end under the best plan, None when no plan keeps everything. Raises TooMany."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    plans = [Plan(**_head(scenario), placements=(*scenario.fleet, *rows)) for rows in _choices(scenario)]
    for plan in sorted(plans, key=capacity, reverse=True):
        if not shortfalls(plan, scenario) and check(plan, regime).status == "compliant":
            return capacity(plan)
    return None


def capacity(plan: Plan) -> int:
    """TPP of everything in the plan."""
    return sum(row.gpus * plan.catalogue[row.accelerator].tpp for row in plan.placements)


def _head(scenario: Scenario) -> dict[str, object]:
    return {name: getattr(scenario, name) for name in Head.field_names}


def _choices(scenario: Scenario) -> Iterator[list[Placement]]:
    """Every way to install what is delivered: for each accelerator, then for all of them together."""
    by_accelerator = [list(_of(scenario, number)) for number in range(len(scenario.supply))]
    count = 1
    for ways in by_accelerator:
        count *= len(ways)
    if count > MOST_PLANS:
        raise TooMany
    for chosen in product(*by_accelerator):
        yield [row for rows in chosen for row in rows]


def _of(scenario: Scenario, number: int) -> Iterator[list[Placement]]:
    """Every way to install one accelerator: whole units at sites and quarters, no more than delivered till then."""
    supply = scenario.supply[number]
    unit = scenario.catalogue[supply.accelerator].gpus_per_unit
    assert unit is not None
    places = [(site, quarter) for quarter in scenario.horizon for site in scenario.sites]
    ways: list[tuple[list[Placement], int]] = [([], 0)]
    for site, quarter in places:
        had = sum(gpus for when, gpus in supply.by_quarter.items() if when <= quarter)
        longer = []
        for rows, used in ways:
            for count in range((had - used) // unit + 1):
                placed = Placement(site.country, supply.accelerator, count * unit, site.site, Quarter(quarter))
                longer.append((rows + [placed] if count else rows, used + count * unit))
        if len(longer) > MOST_PLANS:
            raise TooMany
        ways = longer
    yield from (rows for rows, _ in ways)
