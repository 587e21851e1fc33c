"""Which GPUs of the fleet move where: columns say what leaves places and what comes to places; this pairs the two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from ..domain.plan import Move, Place, Retirement
from .instance import Instance
from .program import Ints
from .shifts import Shift, Shifts

End = TypeVar("End", bound=Hashable)


def retirements_of(instance: Instance, shifts: Shifts, point: Ints) -> tuple[Retirement, ...]:
    """What `point` retires, by quarter and then in the order of the groups."""
    found = []
    for shift in sorted((shift for shift in shifts.each if shift.retires), key=lambda shift: shift.quarter):
        units = int(point[shift.column])
        if units:
            group, accelerator = shifts.groups[shift.group], instance.accelerators[shift.accelerator]
            found.append(
                Retirement(
                    country=group.country,
                    accelerator=accelerator.id,
                    gpus=units * accelerator.unit_gpus,
                    quarter=instance.quarters[shift.quarter],
                    site=None if group.site < 0 else instance.sites[group.site].site,
                    authorization=group.authorization,
                )
            )
    return tuple(found)


def moves_of(instance: Instance, shifts: Shifts, point: Ints) -> tuple[Move, ...]:
    """What `point` moves, by quarter and accelerator; within countries before between them."""
    markets: dict[tuple[int, int, bool, str], tuple[list[tuple[Shift, int]], list[tuple[Shift, int]]]]
    markets = defaultdict(lambda: ([], []))
    for shift in shifts.each:
        units = 0 if shift.retires else int(point[shift.column])
        if units:
            market = "" if shift.abroad else _country(instance, shifts, shift)
            key = (shift.quarter, shift.accelerator, shift.abroad, market)
            markets[key][0 if shift.sign < 0 else 1].append((shift, units))
    found = []
    for key in sorted(markets, key=lambda key: (key[0], instance.accelerators[key[1]].id, key[2:])):
        abroad = key[2]

        def where(shift: Shift, abroad: bool = abroad) -> Hashable:
            return _country(instance, shifts, shift) if abroad else shift.site

        leaving, coming = (sorted(ends, key=lambda end: _named(instance, shifts, end[0])) for ends in markets[key])
        for out, come, units in paired(leaving, coming, where):
            found.append(_move(instance, shifts, out, come, units))
    return tuple(found)


def paired(
    leaving: Sequence[tuple[End, int]], coming: Sequence[tuple[End, int]], where: Callable[[End], Hashable]
) -> list[tuple[End, End, int]]:
    """The pairs, with units, in which as many leave as come and none come to where they left.

    Possible where what leaves and comes at a place is no more than what leaves all places together. Then both are laid
    around a circle in one order of places, and the second turned so far that what comes to a place lies behind what
    leaves it.
    """
    order = {place: i for i, place in enumerate(dict.fromkeys(where(end) for end, _ in (*leaving, *coming)))}
    out, come = (sorted(ends, key=lambda pair: order[where(pair[0])]) for ends in (leaving, coming))
    turn = max(
        sum(units for end, units in out if order[where(end)] <= i)
        - sum(units for end, units in come if order[where(end)] < i)
        for i in range(len(order))
    )
    come = _turned(come, sum(units for _, units in come) - turn)
    found: dict[tuple[End, End], int] = {}
    to, room = come.pop(0)
    for origin, units in out:
        while units:
            if not room:
                to, room = come.pop(0)
            part = min(units, room)
            found[origin, to] = found.get((origin, to), 0) + part
            units, room = units - part, room - part
    return [(origin, to, units) for (origin, to), units in found.items()]


def _turned(ends: Sequence[tuple[End, int]], by: int) -> list[tuple[End, int]]:
    """The ends in a row, beginning after the first `by` units, which come last."""
    head, tail = [], []
    for end, units in ends:
        first = min(by, units)
        by -= first
        head.append((end, first))
        tail.append((end, units - first))
    return [(end, units) for end, units in (*tail, *head) if units]


def _named(instance: Instance, shifts: Shifts, shift: Shift) -> tuple[str, str, str]:
    """Names by which the ends of moves are put in order, whatever the order of rows in the scenario."""
    site = "" if shift.site < 0 else instance.sites[shift.site].site
    return _country(instance, shifts, shift), site, "" if shift.group < 0 else shifts.groups[shift.group].authorization


def _country(instance: Instance, shifts: Shifts, shift: Shift) -> str:
    """The jurisdiction that the shift is in."""
    return shifts.groups[shift.group].place if shift.group >= 0 else instance.holdings[shift.site][0]


def _move(instance: Instance, shifts: Shifts, out: Shift, come: Shift, units: int) -> Move:
    group, site = shifts.groups[out.group], instance.sites[come.site]
    accelerator = instance.accelerators[out.accelerator]
    origin = None if group.site < 0 else instance.sites[group.site].site
    return Move(
        accelerator=accelerator.id,
        gpus=units * accelerator.unit_gpus,
        quarter=instance.quarters[out.quarter],
        origin=Place(group.country, origin, group.authorization),
        to=Place(site.country, site.site, instance.holdings[come.site][1]),
    )
