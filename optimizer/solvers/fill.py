"""Whole units at given openings: a first plan from a linear optimum, then an ever better one.

`construct` rounds the linear optimum's running sums down, which keeps every upper limit, shares units out over sites,
and mends what falls short. `improve` moves units about in compiled code (unit_moves.py) in rounds of annealing: first
with what is left over priced as the linear optimum prices it, at the end using all of it up. What they hand out keeps
every limit in exact integers; demand is checked as a maximum flow (cuts.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..model.filling import Filling
from ..model.program import Ints
from . import kernel
from .cuts import Cuts
from .kernel import SHORT, Floats, State, Task
from .unit_moves import search


@dataclass(frozen=True, slots=True)
class Prices:
    """What one more of each is worth, in the objective, at a linear optimum with the openings fixed; all >= 0."""

    supply: Floats  # (K, T) per unit delivered up to and in t
    budget: Floats  # (T,) per part of money available up to and in t
    limits: Floats  # (I,) per unit of a limit's row, in the order of Filling.limit_names
    demand: Floats  # (R, T) per TPP wanted less


@dataclass(frozen=True, slots=True)
class Aim:
    """A linear optimum: units by group of sites, and the power that each site is to draw."""

    units: Floats  # (G, K, T) installed in t
    group_of: Ints  # (S,)
    loads: Floats | None  # (S, T) at the meter, running; None where each site is a group of its own


Stop = Callable[[], bool]
Offer = Callable[[Ints, Ints], None]

_CHUNK = 20_000
"""Moves between two looks at the clock: some 20 ms."""

_MENDING, _EVERYWHERE = 2_000, 20
"""Moves, beside one for each open site, before looking again at what falls short; how often all sites are tried."""


_FIRST_SWEEPS, _MOST_MOVES = 500, 12_000_000
"""Moves for each open site in the first round of annealing; moves in the longest one, of which a stop loses a part."""

_THETA, _COOLING = 0.7, (0.5, 0.2, 0.0)
"""Shares theta while annealing, and after it."""

_WARMEST, _WARMEST_FROM, _COLDEST, _STEPS = 0.15, 10_000, 0.001, 40
"""The mean loss allowed, in gains of the smallest unit: of rounds with so many moves a site, and at the end of each."""


def never() -> bool:
    """False: nobody asks to stop."""
    return False


class Fill:
    """A filling with its prices and the sets of regions whose demand is watched, as the kernel wants them."""

    def __init__(self, filling: Filling, openings: Ints, prices: Prices, seed: int = 0) -> None:
        self.filling, self.prices = filling, prices
        self.openings = np.asarray(openings, np.int64)
        self.open = np.flatnonzero(self.openings < filling.shape[2])
        self.cuts = Cuts(filling)
        self.random = np.array([2 * seed + 0x9E3779B97F4A7C15 & (2**64 - 1) | 1], np.uint64)
        self.prepare()

    def prepare(self) -> None:
        """Write the task for the cuts that are watched."""
        self.task = task_of(self.filling, self.cuts)
        self.taken = taken_value(self.filling, self.task, self.prices)

    def worth(self, theta: float) -> Floats:
        """(S, K, T) what a unit gives less the share theta of what it takes."""
        worth = np.empty(self.taken.shape)
        kernel.worth_of(self.task.gain, self.taken, theta, worth)
        return worth

    def state(self, units: Ints) -> State:
        """A state with those units, all sums made anew."""
        return state_of(self.task, units, self.openings, self.random)

    def begin(self, units: Ints, groups: Ints | None = None) -> None:
        """Prepare to work near those units, by site or by group: watch the demand that is tight there.

        Where a site may hold only a share of everything, everything stays above 99 % of theirs, so that it is known.
        """
        self.cuts.watch_tight(units, groups)
        if self.filling.site_share is not None:
            placed = np.cumsum(np.einsum("gkt,k->t", units, self.filling.unit_tpp))
            self.cuts.keep_total(self.filling.fleet_total + placed - placed // 100)
        self.prepare()

    def mended(self, state: State, stop: Stop) -> State | None:
        """The state with units moved until nothing falls short and all demand is served; None if stopped before."""
        while True:
            if not self._mend(state, stop):
                return None
            lacking = self.cuts.lacking(state.units)
            if not lacking:
                return state
            for regions in lacking:
                self.cuts.watch(regions)
            self.prepare()
            state = self.state(state.units)

    def _mend(self, state: State, stop: Stop) -> bool:
        """Move units until nothing that is watched falls short; whether that was reached before `stop`."""
        worth, count = self.worth(0.9), 0
        while state.counts[SHORT]:
            if stop() or not len(self.open):
                return False
            count += 1
            focus = _short_sites(self.task, state)
            if count % _EVERYWHERE == 0 or not focus.size:
                focus = self.open
            search(self.task, state, worth, focus, 0.0, _MENDING + len(self.open))
        return True

    def annealed(self, state: State, sweeps: int, stop: Stop) -> State | None:
        """The state after so many moves for each open site, ever cooler; None if stopped before something was lacking.

        First what is left over is priced, then ever less, and at the end all of it is used up.
        """
        moves, smallest = sweeps * len(self.open), float(self.filling.gain.min(initial=1))
        warmest = smallest * min(_WARMEST, _WARMEST * sweeps / _WARMEST_FROM)
        for step in range(_STEPS):
            heat = warmest * (_COLDEST * smallest / warmest) ** (step / (_STEPS - 1))
            self._moved(state, _THETA, heat, moves // _STEPS, stop)
        for theta in _COOLING:
            self._moved(state, theta, 0.0, moves // 20, stop)
        return self.mended(state, stop)

    def _moved(self, state: State, theta: float, heat: float, moves: int, stop: Stop) -> None:
        """Make so many moves at that theta and heat, unless stopped before."""
        worth = self.worth(theta)
        for begun in range(0, moves, _CHUNK):
            if stop():
                return
            search(self.task, state, worth, self.open, heat, min(_CHUNK, moves - begun))


def state_of(task: Task, units: Ints, openings: Ints, random: np.ndarray) -> State:
    """The state with those units, opened so; every sum made anew from them."""
    sites, kinds, horizon = units.shape
    state = State(
        units=np.zeros_like(units),
        load=np.zeros((sites, horizon), np.int64),
        tpp=np.zeros((sites, horizon), np.int64),
        used=np.zeros((kinds, horizon), np.int64),
        spent=np.zeros(horizon, np.int64),
        slack=task.row_upper.copy(),
        open_at=openings.copy(),
        cells=np.zeros(units.size, np.int64),
        place=np.full(units.size, -1, np.int64),
        counts=np.zeros(5, np.int64),
        random=random,
    )
    kernel.settle(task, state, units)
    return state


def task_of(filling: Filling, cuts: Cuts) -> Task:
    """The filling as the kernel's arrays, with a row for each cut that is watched."""
    horizon = filling.shape[2]
    terms, upper, bundle, start, accounts = cuts.rows()
    first, middle, row, factor = _touched(terms, bundle.max(initial=-1) + 1, start, accounts, horizon)
    smallest = int(filling.unit_tpp.min(initial=1))
    largest = np.ones(len(upper), np.int64)
    np.maximum.at(largest, terms[:, 0], np.abs(terms[:, 3]))
    power = np.where(filling.unit_power > 0, filling.unit_power, 1)
    return Task(
        gain=_plain(filling.gain),
        unit_tpp=_plain(filling.unit_tpp),
        unit_power=_plain(filling.unit_power),
        room=_plain(filling.room),
        least=_plain(filling.least),
        upper=_plain(filling.upper),
        delivered=_plain(filling.delivered),
        unit_cost=_plain(filling.unit_cost),
        opening_cost=_plain(filling.opening_cost),
        budget=_plain(filling.budget),
        most_tpp=_plain(cuts.most_tpp),
        bundle=bundle[filling.class_of],
        touch_start=first,
        touch_middle=middle,
        touch_row=row,
        touch_factor=factor,
        row_upper=upper,
        row_step=largest * max(smallest // 4, 1),
        power_step=np.maximum(power.min(axis=1, initial=2**40) // 4, 1),
        money_step=max(int(filling.unit_cost.min(initial=1)) // 4, 1),
    )


def _plain(array: Ints) -> Ints:
    """The array as the kernel was compiled for: its numbers one after another, writable."""
    plain: Ints = np.require(array, np.int64, ["C", "W"])
    return plain


def _touched(terms: Ints, bundles: int, start: Ints, accounts: Ints, horizon: int) -> tuple[Ints, Ints, Ints, Ints]:
    """For each bundle and quarter the rows in which its accounts' sums then stand, those made tighter first."""
    bundle_of = np.repeat(np.arange(bundles), np.diff(start))
    by_account = np.argsort(terms[:, 1], kind="stable")
    edges = np.searchsorted(terms[by_account, 1], np.arange(accounts.max(initial=-1) + 2))
    lengths = edges[accounts + 1] - edges[accounts]
    entry = by_account[np.repeat(edges[accounts], lengths) + _counted(lengths)]
    bundle = np.repeat(bundle_of, lengths)
    row, quarter, factor = terms[entry, 0], terms[entry, 2], terms[entry, 3]
    key = (bundle * horizon + quarter) * (terms[:, 0].max(initial=0) + 1) + row
    unique, inverse = np.unique(key, return_inverse=True)
    total = np.zeros(len(unique), np.int64)
    np.add.at(total, inverse, factor)
    row, place = unique % (terms[:, 0].max(initial=0) + 1), unique // (terms[:, 0].max(initial=0) + 1)
    kept = total != 0
    row, place, total = row[kept], place[kept], total[kept]
    order = np.lexsort((row, total < 0, place))
    row, place, total = row[order], place[order], total[order]
    first = np.searchsorted(place, np.arange(bundles * horizon + 1))
    tighter = np.bincount(place[total > 0], minlength=bundles * horizon)
    return first, first[:-1] + tighter, row, total


def _counted(lengths: Ints) -> Ints:
    """0, 1, 2 ... for each length in turn."""
    total = int(lengths.sum())
    counted: Ints = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return counted


def taken_value(filling: Filling, task: Task, prices: Prices) -> Floats:
    """(S, K, T) what one unit takes of deliveries, money, limits and demand, at those prices."""
    horizon = filling.shape[2]

    def onwards(values: Floats) -> Floats:
        summed: Floats = np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
        return summed

    price = np.zeros(len(task.row_upper))
    price[: len(prices.limits)] = prices.limits
    places = len(task.touch_middle)
    by_place = np.zeros(places)
    np.add.at(
        by_place, np.repeat(np.arange(places), np.diff(task.touch_start)), price[task.touch_row] * task.touch_factor
    )
    by_bundle = onwards(by_place.reshape(-1, horizon))  # a unit of t is in the sums of t and all later quarters
    served = np.where(filling.near[:, :, None], prices.demand[:, None, :], 0.0).max(axis=0, initial=0.0)
    served = onwards(served)[filling.class_of]
    law = by_bundle[task.bundle, np.arange(horizon)]
    return (
        onwards(prices.supply)[None]
        + filling.unit_cost[:, :, None] * onwards(prices.budget)
        + filling.unit_tpp[:, None] * (law - served[:, None, :])
    )


def construct(
    filling: Filling, openings: Ints, aim: Aim, prices: Prices, stop: Stop = never, seed: int = 0
) -> Ints | None:
    """(S, K, T) whole units near `aim` that keep every limit, at those first open quarters; None if stopped before."""
    fill = Fill(filling, openings, prices, seed)
    aimed = np.rint(aim.units).astype(np.int64)
    fill.begin(aimed, np.unique(aim.group_of, return_index=True)[1])
    state = fill.state(np.zeros(filling.shape, np.int64))
    _share_out(fill, state, aim)
    found = fill.mended(state, stop)
    return None if found is None else found.units


def _share_out(fill: Fill, state: State, aim: Aim) -> None:
    """Place the running sums of the aim, rounded down, at the sites of each group."""
    filling = fill.filling
    rounded = np.floor(np.cumsum(aim.units, axis=2) + 1e-6).astype(np.int64)
    units = np.diff(rounded, axis=2, prepend=0)
    if aim.loads is None:
        loads = np.cumsum(np.einsum("skt,sk->st", aim.units, filling.unit_power.astype(float)), axis=1)
    else:
        loads = aim.loads
    wanted = np.ceil(loads).astype(np.int64)
    order = np.argsort(-filling.unit_power.max(axis=0, initial=0), kind="stable")
    sites = np.argsort(aim.group_of, kind="stable")
    edges = np.searchsorted(aim.group_of[sites], np.arange(len(units) + 1))
    for group in range(len(units)):
        here = sites[edges[group] : edges[group + 1]]
        here = here[fill.openings[here] < filling.shape[2]]
        if here.size:
            kernel.share_out(fill.task, state, here, units[group], wanted, order)


def _short_sites(task: Task, state: State) -> Ints:
    """Open sites at which more units would help what falls short."""
    horizon = state.load.shape[1]
    opened = np.arange(horizon) >= state.open_at[:, None]
    small = (opened & (state.load < task.least[:, None])).any(axis=1)
    places = np.repeat(np.arange(len(task.touch_middle)), np.diff(task.touch_start))
    eases = (task.touch_factor < 0) & (state.slack[task.touch_row] < 0)
    bundles = np.unique(places[eases] // horizon)
    helps = np.isin(task.bundle[:, 0, -1], bundles)
    found: Ints = np.flatnonzero((small | helps) & (state.open_at < horizon))
    return found


def improve(
    filling: Filling, units: Ints, openings: Ints, prices: Prices, stop: Stop, offer: Offer, seed: int = 0
) -> None:
    """Hand each better plan to `offer`, from `units` on, until `stop`; each keeps every limit.

    Rounds of annealing from the best plan so far, each longer than the one before, and warmer as it is longer.
    """
    fill = Fill(filling, openings, prices, seed)
    fill.begin(units)
    best, best_value = units, filling.value(units)
    sweeps = _FIRST_SWEEPS
    while fill.open.size and not stop():
        state = fill.annealed(fill.state(best), sweeps, stop)
        if state is None:
            break
        if filling.value(state.units) > best_value:
            best, best_value = state.units, filling.value(state.units)
            offer(best.copy(), fill.openings)
        sweeps = max(_FIRST_SWEEPS, min(2 * sweeps, _MOST_MOVES // len(fill.open)))


def warm_up() -> None:
    """Have everything compiled, or loaded from the cache of what was compiled before: one site with one unit."""
    one = np.ones((1, 1), np.int64)
    filling = Filling(
        unit_tpp=one[0],
        gain=one,
        offset=0,
        unit_power=one,
        room=one,
        least=one[0],
        upper=one[None],
        delivered=one,
        unit_cost=one,
        opening_cost=one[0],
        budget=2 * one[0],
        standing=np.zeros(1, bool),
        keep_open=np.zeros(1, bool),
        least_open=0,
        class_of=np.zeros(1, np.int64),
        fleet_tpp=0 * one,
        fleet_total=0 * one[0],
        site_share=None,
        limit_names=(),
        row_upper=np.empty(0, np.int64),
        terms=np.empty((0, 4), np.int64),
        bundle=np.zeros((1, 1, 1), np.int64),
        bundle_start=np.zeros(2, np.int64),
        bundle_accounts=np.empty(0, np.int64),
        accounts=0,
        near=np.ones((1, 1), bool),
        wanted=one,
    )
    none = np.zeros((1, 1))
    prices = Prices(none, none[0], none[0, :0], none)
    aim = Aim(np.ones((1, 1, 1)), np.zeros(1, np.int64), np.ones((1, 1)))
    openings = np.zeros(1, np.int64)
    units = construct(filling, openings, aim, prices)
    assert units is not None
    looks = iter((False, False, False, True))
    improve(filling, units, openings, prices, lambda: next(looks, True), lambda *_: None)
