"""Which sites open in which quarter: rounded from the master's optimum, then improved a few sites at a time.

A set of openings is an array (S,): the quarter in which a site opens, T when it never does, 0 where fleet stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .master import Master
from .paths import Paths, Prices, full_paths, joined, least_paths, may_open, ramps
from .scaled import Floats, Scaled

_WHOLE = 1e-6
DBG=0
_ROUNDS = 60
_FEW = 5
"""So few sites are decided by branch and bound at once."""
_STEPS = 1_500
_ROUGH = 4e-4
_INF = highspy.kHighsInf
_NEAR = 8e-6
"""A site matters little to the optimum when its opening or not changes less than this part of the value."""
_QUARTERS = 5e-5
"""Quarters of opening that lose more than this part of the value are not tried."""
_EFFORT = 0.2
_FEW_SITES = 300
"""With no more sites than this each has a weight of its own, and every way to take up load is there from the start."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The linear optimum at fixed openings: its value, what is installed where, and what more of everything is worth."""

    openings: Ints  # (S,)
    value: float  # of the objective, in capacities, standing fleet apart
    units: Floats  # (G, K, T)
    loads: Floats  # (S, T) running
    master: Master


class Openings:
    """Finds openings for a master that has its optimum and, in `prices`, what every site is worth there."""

    def __init__(self, master: Master, prices: Prices, seed: int) -> None:
        self.coarse: Scaled = master.coarse
        self.bound, self.prices = master.value, prices
        self.may: Bools = may_open(self.coarse)
        self.horizon = self.coarse.shape[2]
        self.random = np.random.default_rng(seed)
        self.few_sites = int(self.coarse.usable.sum()) <= _FEW_SITES
        self.fixed: Bools = self.coarse.standing | ~self.coarse.usable
        best = np.maximum(prices.best, 0.0)
        self.loss: Floats = np.where(np.isfinite(prices.value), best[:, None] - prices.value, np.inf)
        self.unused: Floats = np.where(self.fixed, 0.0, best)  # what a site that stays closed loses

    def rounded(self, master: Master, seconds: float) -> Optimum | None:
        """The optimum at openings that are rounded in rounds; None where that ends in a dead end or out of time."""
        dive = _Dive(self, master, seconds)
        openings = dive.openings()
        return None if openings is None else self.settled(openings, dive.left)

    def settled(self, openings: Ints, seconds: float) -> Optimum | None:
        """The linear optimum at those openings; None where there is none."""
        master = Master(self.coarse)
        opened = np.flatnonzero((openings < self.horizon) & self.coarse.usable)
        master.add(self._ways(opened, openings[opened]))
        rows = master.site_rows[opened[~self.coarse.standing[opened]]].astype(np.int32)
        master.highs.changeRowsBounds(len(rows), rows, np.ones(len(rows)), np.ones(len(rows)))
        if not master.solve(anew=True, seconds=seconds):
            return None
        quarters = np.arange(self.horizon)
        if master.converge(seconds, allowed=self.may & (quarters == openings[:, None])) is None:
            return None
        return Optimum(openings, master.value, master.units(), master.loads(), master)

    def _ways(self, site: Ints, opens: Ints) -> Paths:
        """Paths that let a site that opens then take up any load: all, the minimum, and what the first prices favour."""
        every = [full_paths(self.coarse, site, opens), self.prices.best_paths(site, opens)]
        least = ~self.coarse.standing[site]
        if self.few_sites:
            every.append(ramps(self.coarse, site, opens))
        return joined([*every, least_paths(self.coarse, site[least], opens[least])])

    def neighbourhood(self, openings: Ints, size: int) -> Ints:
        """Sites whose opening to decide anew: such as lose much where they stand, and such as hardly matter."""
        now = np.where(openings < self.horizon, self.loss[np.arange(len(openings)), openings % self.horizon], self.unused)
        small = _NEAR * self.bound
        pool = np.flatnonzero(~self.fixed & ((now > 1e-9) | (self.loss.min(axis=1) < 5 * small)))
        weight = (now[pool] + small) / (np.abs(self.prices.best[pool]) + 1.5 * small)
        chosen: Ints = self.random.choice(pool, min(size, len(pool)), replace=False, p=weight / weight.sum())
        return chosen

    def decided(self, openings: Ints, free: Ints, seconds: float, gap: float) -> tuple[Ints, float] | None:
        """Openings and their value with the sites `free` decided anew by branch and bound; None where that found none."""
        master = Master(self.coarse)
        held = (openings < self.horizon) & self.coarse.usable
        held[free] = False
        site = np.flatnonzero(held)
        master.add(self._ways(site, openings[site]))
        rows = master.site_rows[site[~self.coarse.standing[site]]].astype(np.int32)
        master.highs.changeRowsBounds(len(rows), rows, np.ones(len(rows)), np.ones(len(rows)))

        allowed = self.may[free] & (self.loss[free] <= np.maximum(_QUARTERS * self.bound, self.loss[free].min(axis=1) + 1e-9)[:, None])
        now = openings[free] < self.horizon
        allowed[now, openings[free][now]] = True
        row, opens = np.nonzero(allowed)
        ways = self._ways(free[row], opens)
        columns = master.add(ways)
        chosen = self._choices(master, ways, columns)
        highs = master.highs
        for option, setting in (
            ("time_limit", seconds),
            ("mip_rel_gap", gap),
            ("mip_heuristic_effort", _EFFORT),
            ("mip_max_stall_nodes", 500),
            ("random_seed", int(self.random.integers(2**31 - 1))),
        ):
            highs.setOptionValue(option, setting)
        self._begin_at(highs, chosen, openings)
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            return None
        x = np.array(highs.getSolution().col_value)
        found = openings.copy()
        found[free] = self.horizon
        taken = x[list(chosen.values())] > 0.5
        for (s, a), yes in zip(chosen, taken, strict=True):
            if yes:
                found[s] = a
        return found, -info.objective_function_value

    @staticmethod
    def _begin_at(highs: Any, chosen: dict[tuple[int, int], int], openings: Ints) -> None:
        """Tell HiGHS the openings as they are: it finds the loads that go with them."""
        columns = np.fromiter(chosen.values(), np.int32, len(chosen))
        now = np.array([float(openings[s] == a) for s, a in chosen])
        highs.setSolution(len(columns), columns, now)

    @staticmethod
    def _choices(master: Master, ways: Paths, columns: Ints) -> dict[tuple[int, int], int]:
        """A column of 0 or 1 for each site and quarter, the sum of its paths."""
        highs = master.highs
        members: dict[tuple[int, int], list[int]] = {}
        for s, a, column in zip(ways.site.tolist(), ways.opens.tolist(), columns.tolist(), strict=True):
            members.setdefault((s, a), []).append(column)
        chosen = {}
        for key, paths in members.items():
            number = highs.getNumCol()
            highs.addCol(0.0, 0.0, 1.0, 0, [], [])
            highs.changeColIntegrality(number, highspy.HighsVarType.kInteger)
            index = np.array([*paths, number], dtype=np.int32)
            highs.addRow(0.0, 0.0, len(index), index, np.append(np.ones(len(paths)), -1.0))
            chosen[key] = number
        return chosen


class _Dive:
    """Decides the openings that the master's optimum leaves open, a third at a time, each round from the last basis."""

    def __init__(self, search: Openings, master: Master, seconds: float) -> None:
        self.search, self.master, self.coarse = search, master, search.coarse
        self.until = master.highs.getRunTime() + seconds
        sites = len(self.coarse.group_of)
        self.quarter = np.full(sites, -1)  # decided: the quarter, or T for closed
        self.share = 1 / 3 if sites <= 1_000 else 0.6 if sites <= 5_000 else 0.9
        self.steps = _STEPS + sites // 2
        self.few = _FEW if sites <= 1_000 else 4 * _FEW
        self.most = self.share
        self._prepare()
        master.by_priced_in_columns(primal=False)

    def _prepare(self) -> None:
        """Add paths that leave the load open, for every opening that may be decided on; the optimum stays what it is."""
        search = self.search
        close = search.loss <= _QUARTERS * search.bound
        used = self.master.shares() > _WHOLE
        fractional = (used & (self.master.shares() < 1 - _WHOLE)).any(axis=1)
        matters = fractional | (np.abs(search.prices.best) < 5 * _NEAR * search.bound)
        site, opens = np.nonzero(search.may & (close & matters[:, None] | used) & ~search.fixed[:, None])
        self.master.add(search._ways(site, opens))
        self.master.by_priced_in_columns(primal=True)
        self.master.solve(anew=False, seconds=self.left)

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.until - self.master.highs.getRunTime())

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
            if DBG: print('   dive',len(undecided),self.master.value/search.bound-1,round(self.left,2))
            if self.most > 0.6:
                self._freeze(share, most)
            if undecided.size <= self.few or not self._decide_some(undecided, share, total):
                return self._by_branch_and_bound(undecided, share, most)
        return None

    def _freeze(self, share: Floats, most: Floats) -> None:
        """Take what is whole as decided: with many sites, others would take the place of those just decided for ever."""
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
        if DBG: print('      back',len(opened),len(closed),round(self.left,2),self.master.highs.modelStatusToString(self.master.highs.getModelStatus()))
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
        near = np.flatnonzero(~self.search.fixed & (np.abs(self.search.prices.best) < _NEAR * self.search.bound))
        for free in (undecided, np.union1d(undecided, near[:40])):
            found = self.search.decided(openings, free, self.left, _ROUGH)
            if found is not None:
                return found[0]
        return None
