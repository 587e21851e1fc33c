"""The ledger: every chip's place and date through the horizon, and the accounts summed over it. Exact integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from types import MappingProxyType
from typing import NamedTuple

from .limits import Account, Chips, Selection, Span
from .units import Quarter

LEAVES_FIRST = ("licence", "lpp", "aia", "nveu", "uveu", "allocation")
"""Of chips that are equally old, those under the authorization that fewer limits count leave first (fail closed)."""


class Holding(NamedTuple):
    """Chips that share every coordinate the law looks at. `country` is the jurisdiction; `received` None = standing.

    `weights`: closed model weights are held beside them.
    """

    country: str
    site: str | None
    accelerator: str
    authorization: str
    consignee_parent: str | None = None
    received: Quarter | None = None
    weights: bool = False


Age = tuple[int, int, str, bool, str, bool]


def age(holding: Holding, cap_start: Quarter) -> Age:
    """Where the holding stands among those that can be taken; the smallest leaves first."""
    if holding.received is None:
        since = int(cap_start)  # after every chip dated before it, before every later one
    else:
        since = int(holding.received) + (1 if holding.received >= cap_start else 0)
    leaves = LEAVES_FIRST.index(holding.authorization)
    group = holding.consignee_parent
    return since, leaves, holding.site or "", group is None, group or "", holding.weights


class _Shelf:
    """What can be taken under one description: how many GPUs, and their holdings with the oldest first.

    A holding that was emptied by way of another shelf stays until it comes first, and one may stand there twice.
    """

    __slots__ = ("gpus", "oldest")

    def __init__(self) -> None:
        self.gpus = 0
        self.oldest: list[tuple[Age, Holding]] = []


def _shelf_names(holding: Holding) -> tuple[tuple[str, str, str | None, str | None], ...]:
    """The descriptions under which the holding's chips can be taken: with and without their site and authorization."""
    country, accelerator = holding.country, holding.accelerator
    sites = (None,) if holding.site is None else (None, holding.site)
    return tuple((country, accelerator, site, way) for site in sites for way in (None, holding.authorization))


ByCountry = dict[str, list[tuple[Holding, int]]]
"""A stock, by jurisdiction, so that a limit on one country looks at that country alone."""
Index = dict[str | None, list[tuple[Holding, int]]]
"""A stock by group of consignees, or by site."""


class Chip(NamedTuple):
    """What one GPU counts: its TPP and whether it meets 3A090.a ("yes", "no", "unknown")."""

    tpp: int
    meets_3a090a: str


_NO_GPUS: Mapping[str, int] = MappingProxyType({})


class Amount(NamedTuple):
    """TPP that counts for certain, and TPP by accelerator of which it is unknown whether it counts.

    `gpus` are the GPUs behind both, by accelerator.
    """

    tpp: int
    unknown: Mapping[str, int]
    gpus: Mapping[str, int] = _NO_GPUS

    @property
    def most(self) -> int:
        """With every unknown chip counted."""
        return self.tpp + sum(self.unknown.values())


class TakesTooMuch(Exception):
    """More was taken than stands there; `stands` says how many GPUs do."""

    def __init__(self, stands: int) -> None:
        super().__init__(f"only {stands} stand there")
        self.stands = stands


class Ledger:
    """Stock of GPUs by holding, moved forward event by event; `close()` each quarter in order.

    Within a quarter: `receive` first, then `take` for moves and retirements. Accounts can be read for closed
    quarters at any time.
    """

    def __init__(self, chips: Mapping[str, Chip], first: Quarter, cap_start: Quarter) -> None:
        self.chips = chips
        self.first = first
        self.cap_start = cap_start  # chips received before it leave first (formats.md, stock)
        self.stock: dict[Holding, int] = {}
        self.received: dict[Holding, int] = {}  # all that ever arrived, by holding (its date stands in it)
        self.left: set[Holding] = set()  # of which some were ever taken
        self.ends: list[dict[Holding, int]] = []  # stock at each closed quarter's end
        self.during: list[dict[Holding, int]] = []  # stock at the quarter's start plus what arrived in it
        self._arrivals: dict[Holding, int] = {}  # of the open quarter, as are those that leave
        self._leaving: dict[Holding, int] = {}
        self._changes: list[tuple[dict[Holding, int], dict[Holding, int]]] = []  # what came and left in each quarter
        self._plain: dict[Holding, Holding] = {}
        self._shelves: dict[tuple[str, str, str | None, str | None], _Shelf] | None = None
        self._of_group: Index | None = None
        self._of_site: Index | None = None
        self._series: dict[tuple[Selection, Span], list[Amount]] = {}
        self._places: dict[tuple[Span, bool], list[ByCountry]] = {}

    def receive(self, holding: Holding, gpus: int) -> None:
        """Put `gpus` into stock, in the open quarter."""
        self.stock[holding] = self.stock.get(holding, 0) + gpus
        self.received[holding] = self.received.get(holding, 0) + gpus
        self._arrivals[holding] = self._arrivals.get(holding, 0) + gpus
        if self._shelves is not None:
            self._put(self._shelves, holding, gpus)
        if self._places:
            self._places.clear()

    def take(
        self, country: str, accelerator: str, gpus: int, site: str | None = None, authorization: str | None = None
    ) -> dict[Holding, int]:
        """Take `gpus` out of stock, oldest first (before the cap's start, then undated, then by date); what was taken.

        What is equally old leaves in the order of LEAVES_FIRST, then by site, so that the order of rows is no matter.
        Raises TakesTooMuch, with nothing changed, when fewer stand there.
        """
        if self._shelves is None:  # most plans take nothing, and need none
            self._shelves = {}
            for holding, count in self.stock.items():
                self._put(self._shelves, holding, count)
        shelf = self._shelves.get((country, accelerator, site, authorization), _Shelf())
        if shelf.gpus < gpus:
            raise TakesTooMuch(shelf.gpus)
        taken: dict[Holding, int] = {}
        while gpus:
            holding = shelf.oldest[0][1]
            count = self.stock.get(holding, 0)
            part = min(count, gpus)
            if part:
                taken[holding] = part
                gpus -= part
                self.left.add(holding)
                self._leaving[holding] = self._leaving.get(holding, 0) + part
                for name in _shelf_names(holding):
                    self._shelves[name].gpus -= part
            if part == count:
                heappop(shelf.oldest)
                self.stock.pop(holding, None)
            else:
                self.stock[holding] = count - part
        return taken

    def _put(self, shelves: dict[tuple[str, str, str | None, str | None], _Shelf], holding: Holding, gpus: int) -> None:
        """Put chips on each shelf that they can be taken from."""
        for name in _shelf_names(holding):
            shelf = shelves.setdefault(name, _Shelf())
            shelf.gpus += gpus
            heappush(shelf.oldest, (age(holding, self.cap_start), holding))

    def close(self) -> None:
        """End the open quarter: its end and its presence can be read from now on."""
        before = self.ends[-1] if self.ends else {}
        present = dict(before)
        for holding, gpus in self._arrivals.items():
            present[holding] = present.get(holding, 0) + gpus
        self.during.append(present)
        self.ends.append(dict(self.stock))
        self._changes.append((self._arrivals, self._leaving))
        self._of_group = self._of_site = None
        self._arrivals, self._leaving = {}, {}
        self._series.clear()
        self._places.clear()

    def amount(self, account: Account) -> Amount:
        """What the account holds."""
        selection, span, period = account.selection, account.span, account.period
        if span in (Span.IN_SERVICE, Span.PRESENT):
            assert isinstance(period, Quarter)
            assert period >= self.first
            key = (selection, span)
            if key not in self._series:
                self._series[key] = [self._sum(selection, places) for places in self._by_country(selection, span)]
            return self._series[key][period - self.first]
        places = self._ever_received(selection)
        return self._sum(selection, places, period if span is Span.RECEIVED else None)

    def _ever_received(self, selection: Selection) -> ByCountry:
        """What ever arrived, by country: of the groups or at the sites alone that are selected, where some are."""
        if selection.consignee_parents is not None:
            index, names = self._received_by_group(), selection.consignee_parents
        elif selection.sites is not None:
            index, names = self._received_by_site(), selection.sites
        else:
            return self._by_country(selection, Span.EVER)[0]
        return _by_country({holding: gpus for name in names for holding, gpus in index.get(name, ())})

    def _received_by_group(self) -> Index:
        if self._of_group is None:
            self._of_group = _indexed(self.received, lambda holding: holding.consignee_parent)
        return self._of_group

    def _received_by_site(self) -> Index:
        if self._of_site is None:
            self._of_site = _indexed(self.received, lambda holding: holding.site)
        return self._of_site

    def plain(self, holding: Holding) -> Holding:
        """The holding with its site forgotten."""
        if holding not in self._plain:
            self._plain[holding] = without_site(holding)
        return self._plain[holding]

    def _by_country(self, selection: Selection, span: Span) -> list[ByCountry]:
        """What there is at each quarter's end or in it, or ever was, by country; sites only where they matter."""
        sites = selection.sites is not None
        key = (span, sites)
        if key not in self._places:
            if sites:
                snapshots = {Span.IN_SERVICE: self.ends, Span.PRESENT: self.during}.get(span, [self.received])
            else:
                snapshots = self._without_sites(span)
            self._places[key] = [_by_country(snapshot) for snapshot in snapshots]
        return self._places[key]

    def _without_sites(self, span: Span) -> list[dict[Holding, int]]:
        """The stock with sites forgotten: most limits do not look at them, and far fewer holdings are left."""
        if span not in (Span.IN_SERVICE, Span.PRESENT):
            return [aggregate((self.plain(holding), gpus) for holding, gpus in self.received.items())]
        stock: dict[Holding, int] = {}
        found = []
        for arrivals, leaving in self._changes:
            for holding, gpus in arrivals.items():
                plain = self.plain(holding)
                stock[plain] = stock.get(plain, 0) + gpus
            if span is Span.PRESENT:
                found.append(dict(stock))
            for holding, gpus in leaving.items():
                plain = self.plain(holding)
                stock[plain] -= gpus
                if not stock[plain]:
                    del stock[plain]
            if span is Span.IN_SERVICE:
                found.append(dict(stock))
        return found

    def _sum(self, selection: Selection, places: ByCountry, year: Quarter | int | None = None) -> Amount:
        """What is selected, of one year only where `year` is given."""
        total = 0
        unknown: dict[str, int] = {}
        counted: dict[str, int] = {}
        for country in places if selection.countries is None else selection.countries & places.keys():
            for holding, gpus in places[country]:
                if not selection.matches(holding):
                    continue
                if year is not None and (holding.received is None or holding.received.year != year):
                    continue
                chip, name = self.chips[holding.accelerator], holding.accelerator
                if selection.chips is Chips.ALL or chip.meets_3a090a == "yes":
                    total += gpus * chip.tpp
                elif chip.meets_3a090a == "unknown":
                    unknown[name] = unknown.get(name, 0) + gpus * chip.tpp
                else:
                    continue
                counted[name] = counted.get(name, 0) + gpus
        return Amount(total, unknown, counted)


def _by_country(stock: Mapping[Holding, int]) -> ByCountry:
    places: ByCountry = {}
    for holding, gpus in stock.items():
        places.setdefault(holding.country, []).append((holding, gpus))
    return places


def _indexed(stock: Mapping[Holding, int], name: Callable[[Holding], str | None]) -> Index:
    found: Index = {}
    for holding, gpus in stock.items():
        found.setdefault(name(holding), []).append((holding, gpus))
    return found


def aggregate(rows: Iterable[tuple[Holding, int]]) -> dict[Holding, int]:
    """Rows with the same coordinates, added up."""
    total: dict[Holding, int] = {}
    for holding, gpus in rows:
        total[holding] = total.get(holding, 0) + gpus
    return total


def without_site(holding: Holding) -> Holding:
    """The holding with its site forgotten, for accounts that do not look at sites."""
    return holding._replace(site=None)
