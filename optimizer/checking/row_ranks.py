"""Which rows of a plan stand behind an account, the largest first, found without looking at every row each time.

Rows are ranked once within groups that every limit without sites takes or leaves whole. A group came into service in
one quarter; as long as nothing was taken from it, its ranking holds in every later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from ..domain.plan import Move, Placement
from ..ledger import Holding, Ledger, without_site
from ..limits import Account, Chips, Span
from ..units import Quarter

Row = Placement | Move
"""A row of a plan that brings chips to a place."""


class _Ranked(NamedTuple):
    """A row in its group: ordered by its share, then by its entry."""

    share: int  # TPP, negated
    entry: int
    row: Row
    holding: Holding
    brought: int


class RowRanks:
    """The rows of a closed ledger, by group and share; they are ranked when they are first asked for."""

    def __init__(self, rows: Mapping[Holding, list[tuple[Row, int]]], ledger: Ledger) -> None:
        self.rows, self.ledger = rows, ledger
        self._groups: dict[Holding, list[_Ranked]] = {}
        self._touched: set[Holding] = set()

    def behind(self, account: Account) -> list[Row]:
        """The rows that brought what the account counts, the one with the largest share first."""
        selection = account.selection
        apart = selection._replace(sites=None)
        stock, year = self._stock(account)
        if not self._groups:
            self._rank()
        found: list[_Ranked] = []
        for group, ranked in self._groups.items():
            chip = self.ledger.chips[group.accelerator]
            if selection.chips is Chips.MEETS_3A090A and chip.meets_3a090a == "no":
                continue
            if year is not None and (group.received is None or group.received.year != year):
                continue
            if not apart.matches(group):
                continue
            if selection.sites is not None:
                ranked = [one for one in ranked if one.holding.site in selection.sites]
            if group in self._touched:
                found += self._standing(ranked, stock, chip.tpp)
            elif ranked and ranked[0].holding in stock:
                found += ranked
        found.sort(key=itemgetter(0, 1))
        return [one.row for one in found]

    def _rank(self) -> None:
        entry = 0
        for holding, brought_by in self.rows.items():
            tpp = self.ledger.chips[holding.accelerator].tpp
            group = self._groups.setdefault(without_site(holding), [])
            for row, brought in brought_by:
                group.append(_Ranked(-brought * tpp, entry, row, holding, brought))
                entry += 1
        for group in self._groups.values():
            group.sort(key=itemgetter(0, 1))
        self._touched = {without_site(holding) for holding in self.ledger.left}

    def _stock(self, account: Account) -> tuple[Mapping[Holding, int], Quarter | int | None]:
        """What there is in the account's period, before its selection, and the year that alone counts, if any."""
        ledger, period = self.ledger, account.period
        if account.span in (Span.IN_SERVICE, Span.PRESENT):
            assert isinstance(period, Quarter)
            snapshots = ledger.ends if account.span is Span.IN_SERVICE else ledger.during
            return snapshots[period - ledger.first], None
        return ledger.received, period if account.span is Span.RECEIVED else None

    def _standing(self, ranked: list[_Ranked], stock: Mapping[Holding, int], tpp: int) -> Iterator[_Ranked]:
        """The rows of which something stands, with the share that does."""
        for one in ranked:
            gpus = stock.get(one.holding)
            if gpus is not None:
                yield one._replace(share=-min(gpus, one.brought) * tpp)
