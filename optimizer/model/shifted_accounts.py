"""What the changes of the standing fleet add to accounts and take from them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..limits import Selection
from .instance import Instance
from .program import Bools, Ints
from .shifts import Shifts


class ShiftedAccounts:
    """The columns by which the fleet changes, as accounts count them; the numbers that `chosen` gives name entries."""

    def __init__(self, instance: Instance, shifts: Shifts) -> None:
        self.instance = instance
        counted = shifts.counted
        self.size = len(counted)
        self._holdings = list(dict.fromkeys(entry.holding for entry in counted))
        number = {holding: i for i, holding in enumerate(self._holdings)}
        rows = [(e.column, number[e.holding], e.site, e.accelerator, e.quarter, e.gpus, e.leaving) for e in counted]
        table = np.array(rows, dtype=np.int64).reshape(len(rows), 7).T
        self._column, self._holding, self._site, self._accelerator, self._quarter, gpus, leaving = table
        tpp_of_gpu = np.array([a.tpp for a in instance.accelerators], dtype=np.int64)
        self._tpp = gpus * tpp_of_gpu[self._accelerator]
        self._leaving = leaving.astype(bool)

    def chosen(self, selection: Selection, counted: Bools, *, leaving: bool | None = None) -> Ints:
        """The entries that are selected, of the accelerators counted; `leaving` picks those that leave or do not."""
        if not self.size:
            return np.empty(0, np.int64)
        anywhere = selection._replace(sites=None)
        matching = np.array([anywhere.matches(holding) for holding in self._holdings], dtype=bool)[self._holding]
        matching &= counted[self._accelerator]
        if selection.sites is not None:
            at = np.array([*(site.site in selection.sites for site in self.instance.sites), False], dtype=bool)
            matching &= at[self._site]  # no site is -1, the last
        if leaving is not None:
            matching &= self._leaving == leaving
        return np.flatnonzero(matching)

    def entries(self, chosen: Ints) -> tuple[Ints, Ints, Ints]:
        """Columns, quarters and TPP that a unit of each column adds from that quarter on."""
        return self._column[chosen], self._quarter[chosen], self._tpp[chosen]

    def in_quarter(self, chosen: Ints, t: int) -> Iterator[tuple[int, int]]:
        """Columns and TPP of the entries of quarter `t`."""
        some = chosen[self._quarter[chosen] == t]
        yield from zip(self._column[some].tolist(), self._tpp[some].tolist(), strict=True)
