"""The columns by which the standing fleet leaves its places and comes to others, as arrays that every family reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..ledger import Holding
from .fleet_groups import FleetGroup
from .instance import Instance
from .program import Bools, Builder, Ints


class Shift(NamedTuple):
    """A column: units that leave a group (-1: none), or come to a site, in a quarter; `site` -1 where there is none.

    `sign` is what a unit adds to the units in service there: 1 or -1. `abroad`: between countries; `retires`: for good.
    """

    column: int
    group: int
    site: int
    accelerator: int
    quarter: int
    sign: int
    abroad: bool = False
    retires: bool = False


class Counted(NamedTuple):
    """GPUs that a unit of a column adds to what accounts count from a quarter on, below 0 where it takes them away."""

    column: int
    holding: Holding  # its site and accelerator forgotten
    site: int
    accelerator: int
    quarter: int
    gpus: int
    leaving: bool


@dataclass(slots=True)
class Shifts:
    """Every way in which the fleet may change, and how accounts count it; nothing where it may not."""

    groups: tuple[FleetGroup, ...] = ()
    each: list[Shift] = field(default_factory=list)
    counted: list[Counted] = field(default_factory=list)
    upper: dict[int, int] = field(default_factory=dict)  # the upper bound of each column that accounts count

    def at_sites(self) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        """Columns, sites, accelerators, quarters and signs of what leaves sites and comes to them."""
        return self._arrays(shift for shift in self.each if shift.site >= 0)

    def retiring(self) -> tuple[Ints, Ints, Ints]:
        """Columns, accelerators and quarters of what leaves for good."""
        columns, _, accelerators, quarters, _ = self._arrays(shift for shift in self.each if shift.retires)
        return columns, accelerators, quarters

    def arriving(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Columns, sites, accelerators and quarters of what comes to sites."""
        columns, sites, accelerators, quarters, _ = self._arrays(shift for shift in self.each if shift.sign > 0)
        return columns, sites, accelerators, quarters

    def tpp_that_moves(self, unit_tpp: Ints, accelerators: Bools) -> int:
        """TPP of all that may move, of the accelerators chosen."""
        return sum(
            group.units * int(unit_tpp[group.accelerator])
            for group in self.groups
            if group.may_move and accelerators[group.accelerator]
        )

    @staticmethod
    def _arrays(chosen: Iterable[Shift]) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        rows = [(shift.column, shift.site, shift.accelerator, shift.quarter, shift.sign) for shift in chosen]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 5).T
        return table[0], table[1], table[2], table[3], table[4]


def group_label(instance: Instance, group: FleetGroup) -> str:
    """Place, accelerator and authorization of a group, for names of rows and columns."""
    where = group.country if group.site < 0 else instance.sites[group.site].site
    return f"{where},{instance.accelerators[group.accelerator].id},{group.authorization}"


def columns_of(some: Iterable[Shift]) -> Ints:
    """The columns of these shifts."""
    return np.array([shift.column for shift in some], dtype=np.int64)


def leaving_columns(
    builder: Builder, instance: Instance, shifts: Shifts, family: str, pairs: Sequence[tuple[int, int]]
) -> list[Shift]:
    """A column for each pair of group and quarter: units that leave the group then."""
    groups, quarters = shifts.groups, instance.quarters

    def name(i: int) -> str:
        return f"{family}({group_label(instance, groups[pairs[i][0]])},{quarters[pairs[i][1]]})"

    upper = np.array([groups[g].units for g, _ in pairs], dtype=np.int64)
    columns = builder.columns(family, np.zeros(len(pairs), np.int64), upper, name, integral=True).tolist()
    shifts.upper.update(zip(columns, upper.tolist(), strict=True))
    abroad, retires = family == "move abroad", family == "retire"
    return [
        Shift(column, g, groups[g].site, groups[g].accelerator, t, -1, abroad, retires)
        for column, (g, t) in zip(columns, pairs, strict=True)
    ]
