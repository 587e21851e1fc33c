"""Openings after a change of limits: where the master's optimum is as it was they stay, elsewhere they are decided.

The openings that are kept took long to find, and most of them are as good as before. Only where the optimum has
changed, or where an opening now loses something, a site is free. The free ones are decided in rounds, each from the
last basis: the surest half as the linear optimum has it, or fewer where something would then fall short.
"""

from __future__ import annotations

from collections.abc import Iterator

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .master import Master
from .optimum import FEW_SITES, Optimum
from .paths import Paths, Prices, full_paths, joined, least_paths, may_open, ramps
from .scaled import Floats, Scaled

_WHOLE = 1e-6
_SHORT = 1e-6
_ROUNDS = 60
_STEPS = 2_000
_LOSES = 1e-6
"""An opening that loses more than this part of the value is decided again."""
_CLOSE = 5e-5
"""Sites may open, if they are free, in quarters that lose less than this part of the value."""
_INF = highspy.kHighsInf


def reopened(master: Master, prices: Prices, openings: Ints, shares: Floats, seconds: float) -> Optimum | None:
    """The linear optimum at openings near the kept ones, from the basis of the `master`'s optimum; None in a dead end.

    `shares` (S, T) says how far each site opened in each quarter in the linear optimum that the openings belong to. The
    master allows a shortage, so that it has an optimum whatever is decided.
    """
    return _Reopening(master, prices, openings, shares, seconds).optimum()


def ways(coarse: Scaled, prices: Prices, site: Ints, opens: Ints) -> Paths:
    """Paths that let a site that opens then take up any load; with many sites only all, the minimum and the best."""
    least = ~coarse.standing[site]
    parts = [full_paths(coarse, site, opens), prices.best_paths(site, opens)]
    if int(coarse.usable.sum()) <= FEW_SITES:
        parts.append(ramps(coarse, site, opens))
    return joined([*parts, least_paths(coarse, site[least], opens[least])])


class _Reopening:
    def __init__(self, master: Master, prices: Prices, openings: Ints, shares: Floats, seconds: float) -> None:
        self.master, self.coarse = master, master.coarse
        self.until = master.highs.getRunTime() + seconds
        self.horizon = self.coarse.shape[2]
        self.may = may_open(self.coarse)
        self.given: Bools = self.coarse.standing | ~self.coarse.usable
        self.needed: Bools = self.coarse.kept.copy()  # not to be closed
        kept, value = self.coarse.kept, abs(master.value)
        best = np.where(kept, prices.best, np.maximum(prices.best, 0.0))
        loss = np.where(np.isfinite(prices.value), best[:, None] - prices.value, np.inf)
        opened = openings < self.horizon
        now = np.where(opened, loss[np.arange(len(loss)), openings % self.horizon], np.where(kept, np.inf, best))
        changed = (np.abs(master.shares() - shares) > _WHOLE).any(axis=1)
        free = ~self.given & (changed | (now > _LOSES * value))
        self.quarter = np.where(free, -1, openings)  # -1: not decided
        self.quarter[self.coarse.standing] = 0
        self.quarter[~self.coarse.usable] = self.horizon
        staying = np.flatnonzero(~free & (self.quarter < self.horizon))
        site, opens = np.nonzero(free[:, None] & self.may & (loss <= _CLOSE * value))
        site, opens = np.concatenate([site, staying]), np.concatenate([opens, self.quarter[staying]])
        master.add(ways(self.coarse, prices, site, opens))

    @property
    def left(self) -> float:
        """Seconds left."""
        left: float = self.until - self.master.highs.getRunTime()
        return max(0.0, left)

    def optimum(self) -> Optimum | None:
        """The optimum once every site is decided."""
        master = self.master
        master.by_priced_in_columns(primal=True)
        if not master.solve(anew=False, seconds=self.left):
            return None
        self._apply()
        master.by_priced_in_columns(primal=False)
        if not master.solve(anew=False, seconds=self.left) or (master.shortage > _SHORT and not self._freed()):
            return None
        for _ in range(_ROUNDS):
            share = master.shares()
            whole = (share.max(axis=1) > 1 - _WHOLE) | (share.sum(axis=1) < _WHOLE)
            fractional = np.flatnonzero((self.quarter < 0) & ~whole)
            if not fractional.size:
                return self._settled(share)
            if not self._decide(fractional, share):
                return None
        return None

    def _freed(self) -> bool:
        """Free every site; whether then nothing falls short."""
        self.quarter[~self.given] = -1
        self._apply()
        self.master.by_priced_in_columns(primal=True)
        solved = self.master.solve(anew=False, seconds=self.left)
        self.master.by_priced_in_columns(primal=False)
        return solved and self.master.shortage <= _SHORT

    def _settled(self, share: Floats) -> Optimum | None:
        """The optimum with every path priced in that these openings may use."""
        left = self.quarter < 0
        self.quarter[left] = np.where(share[left].sum(axis=1) > 0.5, share[left].argmax(axis=1), self.horizon)
        self._apply()
        master, openings = self.master, self.quarter.copy()
        allowed = self.may & (np.arange(self.horizon) == openings[:, None])
        if not master.solve(anew=False, seconds=self.left) or master.converge(self.left, allowed) is None:
            return None
        if master.shortage > _SHORT:
            return None
        return Optimum(openings, master.value, master.units(), master.loads(), master)

    def _decide(self, fractional: Ints, share: Floats) -> bool:
        """Decide some of the sites so that nothing falls short; whether that was possible."""
        master, before = self.master, self.quarter.copy()
        for site, quarter in self._choices(fractional, share):
            self.quarter = before.copy()
            self.quarter[site] = quarter
            self._apply()
            solved = master.solve(anew=False, seconds=self.left, steps=_STEPS)
            if solved and master.shortage < _SHORT:
                master.by_priced_in_columns(primal=False)
                return True
            self.needed[site[quarter == self.horizon]] = True
            if not solved:
                master.step_back()
            master.by_priced_in_columns(primal=solved)  # what is taken back leaves that optimum a plan of the next one
        return False

    def _choices(self, fractional: Ints, share: Floats) -> Iterator[tuple[Ints, Ints]]:
        """Sites and the quarters in which they open: half of those mostly open, half of the others closed, then less.

        What is wanted near a site may hang on it, so one whose closing left something short is not closed again.
        """
        part = share[fractional]
        total = part.sum(axis=1)
        order = np.argsort(-part.max(axis=1), kind="stable")
        opened = order[: max(1, (int((total >= 0.5).sum()) + 1) // 2)]
        rest = np.argsort(total, kind="stable")
        rest = rest[(total[rest] < 0.5) & ~self.needed[fractional[rest]] & ~np.isin(rest, opened)]
        closed = rest[: (len(rest) + 1) // 2]
        most, first = part.argmax(axis=1), (part > _WHOLE).argmax(axis=1)
        if closed.size:
            both = np.concatenate([opened, closed])
            yield fractional[both], np.where(np.isin(both, closed), self.horizon, most[both])
        yield fractional[opened], most[opened]
        yield fractional[opened], first[opened]
        one = opened[:1]
        yield fractional[one], most[one]
        yield fractional[one], first[one]
        yield fractional[one], np.full(1, self.horizon)

    def _apply(self) -> None:
        """Bounds of paths and of sites as decided."""
        master, paths, horizon = self.master, self.master.paths, self.horizon
        decided = self.quarter[paths.site]
        upper = np.where((decided < 0) | (decided == paths.opens), _INF, 0.0)
        columns = master.column.astype(np.int32)
        master.highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), upper)
        held = np.flatnonzero(~self.given)
        rows = master.site_rows[held].astype(np.int32)
        must = self.coarse.kept[held] | ((self.quarter[held] >= 0) & (self.quarter[held] < horizon))
        may = self.quarter[held] != horizon
        master.highs.changeRowsBounds(len(rows), rows, np.where(must, 1.0, -_INF), np.where(may, 1.0, 0.0))
