"""Which rows of a plan stand behind an account, the largest first, found without looking at every row each time.

Rows are ranked once within groups that every limit without sites takes or leaves whole. A group came into service in
one quarter; as long as nothing was taken from it, its ranking holds in every later one.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

from ..domain.plan import Move, Placement
from ..ledger import Holding, Ledger
from ..limits import Account, Chips, Selection, Span
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
        self._groups: dict[str, dict[Holding, list[_Ranked]]] = {}  # by country
        self._touched: set[Holding] = set()

    def behind(self, account: Account, apart_from: Account | None = None, most: int | None = None) -> list[Row]:
        """The rows that brought what the account counts, the one with the largest share first, at most `most`.

        Those that brought what `apart_from` counts, an account of the same period, are left out.
        """
        if not self._groups:
            self._rank()
        stock, year = self._stock(account)
        selection = account.selection
        wanted = selection._replace(sites=None)
        countries = self._groups.keys() if selection.countries is None else selection.countries & self._groups.keys()
        found = []
        for country in countries:
            for group, ranked in self._groups[country].items():
                if year is not None and (group.received is None or group.received.year != year):
                    continue
                if apart_from is not None and self._counts(apart_from.selection, group):
                    continue
                if self._counts(wanted, group):
                    found.append(self._standing(group, ranked, stock, selection.sites))
        order = itemgetter(0, 1)
        if most is None:
            return [one.row for one in sorted(chain.from_iterable(found), key=order)]
        return [one.row for one in islice(merge(*found, key=order), most)]

    def _counts(self, selection: Selection, group: Holding) -> bool:
        """Whether chips of the group are counted."""
        chip = self.ledger.chips[group.accelerator]
        if selection.chips is Chips.MEETS_3A090A and chip.meets_3a090a == "no":
            return False
        return selection.matches(group)

    def _rank(self) -> None:
        entry = 0
        for holding, brought_by in self.rows.items():
            tpp = self.ledger.chips[holding.accelerator].tpp
            there = self._groups.setdefault(holding.country, {})
            group = there.setdefault(self.ledger.plain(holding), [])
            for row, brought in brought_by:
                group.append(_Ranked(-brought * tpp, entry, row, holding, brought))
                entry += 1
        for there in self._groups.values():
            for group in there.values():
                group.sort(key=itemgetter(0, 1))
        self._touched = {self.ledger.plain(holding) for holding in self.ledger.left}

    def _stock(self, account: Account) -> tuple[Mapping[Holding, int], Quarter | int | None]:
        """What there is in the account's period, before its selection, and the year that alone counts, if any."""
        ledger, period = self.ledger, account.period
        if account.span in (Span.IN_SERVICE, Span.PRESENT):
            assert isinstance(period, Quarter)
            snapshots = ledger.ends if account.span is Span.IN_SERVICE else ledger.during
            return snapshots[period - ledger.first], None
        return ledger.received, period if account.span is Span.RECEIVED else None

    def _standing(
        self, group: Holding, ranked: list[_Ranked], stock: Mapping[Holding, int], sites: frozenset[str] | None
    ) -> list[_Ranked]:
        """The rows of a group of which something stands, by the share that does."""
        if sites is not None:
            ranked = [one for one in ranked if one.holding.site in sites]
        if group not in self._touched:
            return ranked if ranked and ranked[0].holding in stock else []
        tpp = self.ledger.chips[group.accelerator].tpp
        standing = [one for one in ranked if one.holding in stock]
        shares = [one._replace(share=-min(stock[one.holding], one.brought) * tpp) for one in standing]
        return sorted(shares, key=itemgetter(0, 1))
