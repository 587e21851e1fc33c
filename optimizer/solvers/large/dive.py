"""Openings rounded from the master's optimum: a dive in rounds, each from the last basis."""

from __future__ import annotations

import highspy
import numpy as np

from ...model.program import Ints
from .master import Master
from .openings import NEAR, QUARTERS, Openings
from .optimum import Optimum, optimum_at
from .scaled import Floats

_WHOLE = 1e-6
_ROUNDS = 60
_FEW = 20
"""Among many sites, so few are decided by branch and bound at once."""
_STEPS = 1_500
_ROUGH = 4e-4
_INF = highspy.kHighsInf
_MEDIUM, _MANY = 1_000, 5_000


def rounded(search: Openings, master: Master, seconds: float) -> Optimum | None:
    """The optimum at openings that are rounded in rounds; None where that ends in a dead end or out of time."""
    dive = _Dive(search, master, seconds)
    openings = dive.openings()
    return None if openings is None else optimum_at(search.coarse, openings, dive.left)


class _Dive:
    """Decides the openings that the master's optimum leaves open, a third at a time, each round from the last basis."""

    def __init__(self, search: Openings, master: Master, seconds: float) -> None:
        self.search, self.master, self.coarse = search, master, search.coarse
        self.until = master.highs.getRunTime() + seconds
        sites = len(self.coarse.group_of)
        self.quarter = np.full(sites, -1)  # decided: the quarter, or T for closed
        self.share = 1 / 3 if sites <= _MEDIUM else 0.6 if sites <= _MANY else 0.9
        self.steps = _STEPS + sites // 2
        self.few = 0 if sites <= _MEDIUM else _FEW
        self.most = self.share
        self._prepare()
        master.by_priced_in_columns(primal=False)

    def _prepare(self) -> None:
        """Add paths that leave the load open, for every opening that may be decided; the optimum stays what it is."""
        search = self.search
        close = search.loss <= QUARTERS * search.bound
        used = self.master.shares() > _WHOLE
        fractional = (used & (self.master.shares() < 1 - _WHOLE)).any(axis=1)
        matters = fractional | (np.abs(search.prices.best) < 5 * NEAR * search.bound)
        site, opens = np.nonzero(search.may & (close & matters[:, None] | used) & ~search.fixed[:, None])
        self.master.add(search.ways(site, opens))
        self.master.by_priced_in_columns(primal=True)
        self.master.solve(anew=False, seconds=self.left)

    @property
    def left(self) -> float:
        """Seconds left."""
        left: float = self.until - self.master.highs.getRunTime()
        return max(0.0, left)

    def openings(self) -> Ints | None:
        """The rounded openings, None in a dead end."""
        search, horizon = self.search, self.search.horizon
        for _ in range(_ROUNDS):
            share = self.master.shares()
            total, most = share.sum(axis=1), share.max(axis=1)
            open_still = ~search.fixed & (most > _WHOLE) & (most < 1 - _WHOLE)
            undecided = np.flatnonzero(open_still)
            if not undecided.size:
                found = np.where(most > 0.5, share.argmax(axis=1), horizon)
                found[self.coarse.standing] = 0
                return found
            if self.most > 0.6:
                self._freeze(share, most)
            if undecided.size <= self.few or not self._decide_some(undecided, share, total):
                return self._by_branch_and_bound(undecided, share, most)
        return None

    def _freeze(self, share: Floats, most: Floats) -> None:
        """Take what is whole as decided: among many sites, others would for ever take their place."""
        free = ~self.search.fixed & (self.quarter < 0)
        opened, closed = free & (most >= 1 - _WHOLE), free & (most <= _WHOLE)
        self.quarter[opened] = share[opened].argmax(axis=1)
        self.quarter[closed] = self.search.horizon

    def _decide_some(self, undecided: Ints, share: Floats, total: Floats) -> bool:
        """Open those that are most open, close those that are least; fewer where that leaves no optimum."""
        kept = self.coarse.kept
        order = undecided[np.argsort(-share[undecided].max(axis=1), kind="stable")]
        by_total = undecided[np.argsort(total[undecided], kind="stable")]
        while self.left > 0:
            count = max(1, round(self.share * len(order)))
            opened = order[:count][(total[order[:count]] >= 0.5) | kept[order[:count]]]
            closed = by_total[:count][(total[by_total[:count]] < 0.5) & ~kept[by_total[:count]]]
            if not opened.size and not closed.size:
                opened = order[:1]
            for yes, no in ((opened, closed), (opened, closed[:0]), (opened[:0], closed)):
                if (yes.size or no.size) and self._decide(yes, no, share):
                    self.share = min(self.most, 2 * self.share)
                    return True
                if not (opened.size and closed.size):
                    break
            if count == 1:
                return self._decide(order[:1], order[:0], share) or self._decide(order[:0], order[:1], share)
            self.share /= 3
        return False

    def _decide(self, opened: Ints, closed: Ints, share: Floats) -> bool:
        """Whether an optimum is left with those opened and closed; if not, all is as it was."""
        before, horizon = self.quarter.copy(), self.search.horizon
        self.quarter[opened], self.quarter[closed] = share[opened].argmax(axis=1), horizon
        self._apply()
        if self.master.solve(anew=False, seconds=self.left, steps=self.steps):
            return True
        self.quarter = before
        self._apply()
        self.master.step_back()
        return False

    def _apply(self) -> None:
        """Bounds of paths and of sites as decided."""
        master, paths, horizon = self.master, self.master.paths, self.search.horizon
        decided = self.quarter[paths.site]
        upper = np.where((decided < 0) | (decided == paths.opens), _INF, 0.0)
        columns = master.column.astype(np.int32)
        master.highs.changeColsBounds(len(columns), columns, np.zeros(len(columns)), upper)
        held = np.flatnonzero(~self.search.fixed)
        rows = master.site_rows[held].astype(np.int32)
        must = self.coarse.kept[held] | ((self.quarter[held] >= 0) & (self.quarter[held] < horizon))
        may = self.quarter[held] != horizon
        master.highs.changeRowsBounds(len(rows), rows, np.where(must, 1.0, -_INF), np.where(may, 1.0, 0.0))

    def _by_branch_and_bound(self, undecided: Ints, share: Floats, most: Floats) -> Ints | None:
        """The rest, and sites that hardly matter, by branch and bound."""
        openings = np.where(most > 0.5, share.argmax(axis=1), self.search.horizon)
        openings[self.coarse.standing] = 0
        near = np.flatnonzero(~self.search.fixed & (np.abs(self.search.prices.best) < NEAR * self.search.bound))
        for free in (undecided, np.union1d(undecided, near[:40])):
            found = self.search.decided(openings, free, self.left, _ROUGH)
            if found is not None:
                return found[0]
        return None
