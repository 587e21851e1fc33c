"""What a plan puts where: its rows apart from the standing fleet, and GPUs by site, accelerator and quarter.

Every concern reads these tables, which are made in one pass over the rows, so that a plan of tens of thousands of rows
is judged in a fraction of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain
from math import lcm
from typing import TypeVar

from ..domain.plan import Placement, Plan
from ..domain.scenario import Scenario
from ..units import Quarter

Name = TypeVar("Name")

Changes = Mapping[tuple[str | None, str, int], int]
"""GPUs that come into service, by site, accelerator and number of the quarter; site None collects what names no site.

Quarter 0 is the horizon's first, and what stood before it comes with it. What leaves counts below 0.
"""


@dataclass(frozen=True, slots=True)
class Inventory:
    """A plan's rows, and what they change over the quarters of its scenario's horizon.

    `added` are the rows beyond the scenario's fleet, `dropped` the rows of the fleet that the plan does not show, with
    how many times; `changes` are those of all rows, retirements and moves, `new` those of `added` alone, `moved` what
    moves bring. `opened` gives the quarter's number in which a site that holds no fleet first holds something.
    """

    quarters: tuple[Quarter, ...]
    added: tuple[Placement, ...]
    dropped: Mapping[Placement, int]
    changes: Changes
    new: Changes
    moved: Changes
    opened: Mapping[str | None, int]


def take_inventory(plan: Plan, scenario: Scenario) -> Inventory:
    """The inventory of `plan`."""
    added, dropped = _apart(plan, scenario)
    quarters = tuple(scenario.horizon)
    new = _changes(((row.site, row.accelerator, row.quarter, row.gpus) for row in added), quarters)
    moved = _changes(((row.to.site, row.accelerator, row.quarter, row.gpus) for row in plan.moves), quarters)
    stood = {row.site for row in scenario.fleet}
    opened: dict[str | None, int] = {}
    for site, _, t in chain(new, moved):
        if site not in stood:
            opened[site] = min(t, opened.get(site, t))
    return Inventory(quarters, added, dropped, _changes(_events(plan), quarters), new, moved, opened)


def new_placements(plan: Plan, scenario: Scenario) -> list[Placement]:
    """The placements that the plan adds to the scenario's standing fleet."""
    return list(_apart(plan, scenario)[0])


def _apart(plan: Plan, scenario: Scenario) -> tuple[tuple[Placement, ...], dict[Placement, int]]:
    """The plan's rows beyond the fleet, and the fleet's rows that the plan does not show, with how many times."""
    missing = dict(Counter(scenario.fleet))
    added = []
    for row in plan.placements:
        if missing and row in missing:  # soon empty: the fleet's rows mostly come first
            missing[row] -= 1
            if not missing[row]:
                del missing[row]
        else:
            added.append(row)
    return tuple(added), missing


Event = tuple[str | None, str, Quarter | None, int]
"""GPUs that come to a site, of an accelerator, in a quarter; below 0 where they leave it."""


def _events(plan: Plan) -> Iterator[Event]:
    for row in plan.placements:
        yield row.site, row.accelerator, row.quarter, row.gpus
    for retirement in plan.retirements:
        yield retirement.site, retirement.accelerator, retirement.quarter, -retirement.gpus
    for move in plan.moves:
        yield move.origin.site, move.accelerator, move.quarter, -move.gpus
        yield move.to.site, move.accelerator, move.quarter, move.gpus


def _changes(events: Iterable[Event], quarters: tuple[Quarter, ...]) -> Changes:
    """What the events bring in each quarter; what comes after the last one is not counted."""
    first, last = quarters[0], quarters[-1]
    changes: dict[tuple[str | None, str, int], int] = {}
    for site, accelerator, quarter, gpus in events:
        if quarter is None or quarter <= first:
            quarter = first
        elif quarter > last:
            continue
        key = (site, accelerator, quarter - first)
        changes[key] = changes.get(key, 0) + gpus
    return changes


def running_totals(amounts: Iterable[tuple[Name, int, int]], count: int) -> dict[Name, list[int]]:
    """For each name in `amounts` (name, quarter's number, amount), its total up to and in each of `count` quarters."""
    arriving: dict[Name, list[int]] = {}
    for name, t, amount in amounts:
        series = arriving.get(name)
        if series is None:
            series = arriving[name] = [0] * count
        series[t] += amount
    return {name: list(accumulate(series)) for name, series in arriving.items()}


def in_whole_parts(amounts: Mapping[str, Fraction]) -> tuple[dict[str, int], int]:
    """`amounts` as whole numbers, and in which parts of one they are counted."""
    parts = lcm(*(amount.denominator for amount in amounts.values()))
    return {name: amount.numerator * (parts // amount.denominator) for name, amount in amounts.items()}, parts
