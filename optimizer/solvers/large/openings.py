"""Which sites open in which quarter: decided anew for a few sites at a time, by branch and bound on the master.

A set of openings is an array (S,): the quarter in which a site opens, T when it never does, 0 where fleet stands.
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .master import Master
from .paths import Paths, Prices, full_paths, joined, least_paths, may_open
from .scaled import Floats, Scaled

NEAR = 8e-6
"""A site matters little to the optimum when its opening or not changes less than this part of the value."""
QUARTERS = 5e-5
"""Quarters of opening that lose more than this part of the value are not tried."""
_EFFORT = 0.2


class Openings:
    """Finds openings for a master that has its optimum and, in `prices`, what every site is worth there."""

    def __init__(self, master: Master, prices: Prices, seed: int) -> None:
        self.coarse: Scaled = master.coarse
        self.bound, self.prices = master.value, prices
        self.may: Bools = may_open(self.coarse)
        self.horizon = self.coarse.shape[2]
        self.random = np.random.default_rng(seed)
        filling = self.coarse.filling
        self.place_of: Ints = filling.bundle[filling.class_of, 0, -1]  # sites that the same limits look at
        self.fixed: Bools = self.coarse.standing | ~self.coarse.usable
        best = np.maximum(prices.best, 0.0)
        self.loss: Floats = np.where(np.isfinite(prices.value), best[:, None] - prices.value, np.inf)
        self.unused: Floats = np.where(self.fixed, 0.0, best)  # what a site that stays closed loses

    def ways(self, site: Ints, opens: Ints) -> Paths:
        """Paths that let a site that opens then take up any load: all, the minimum, and what the prices favour."""
        every = [full_paths(self.coarse, site, opens), self.prices.best_paths(site, opens)]
        least = ~self.coarse.standing[site]
        return joined([*every, least_paths(self.coarse, site[least], opens[least])])

    def neighbourhood(self, openings: Ints, size: int, together: bool) -> Ints:
        """Sites whose opening to decide anew: such as lose much where they stand, and such as hardly matter.

        `together`: first those that one country's limits tie together, then others.
        """
        now = np.where(
            openings < self.horizon, self.loss[np.arange(len(openings)), openings % self.horizon], self.unused
        )
        small = NEAR * self.bound
        weight = (now + small) / (np.abs(self.prices.best) + 1.5 * small)
        pool = np.flatnonzero(~self.fixed & ((now > 1e-9) | (self.loss.min(axis=1) < 5 * small)))
        chosen: Ints = np.zeros(0, np.int64)
        if together:
            total = np.bincount(self.place_of[pool], weight[pool])
            place = self.random.choice(len(total), p=total / total.sum())
            near = self.loss.min(axis=1) < 40 * small
            here = np.flatnonzero(~self.fixed & (self.place_of == place) & near)
            chosen = self._drawn(here, weight, size * 2 // 3)
        others = np.setdiff1d(pool, chosen)
        return np.concatenate([chosen, self._drawn(others, weight, size - len(chosen))])

    def _drawn(self, pool: Ints, weight: Floats, count: int) -> Ints:
        """So many of the pool, by weight."""
        share = weight[pool] / max(float(weight[pool].sum()), 1e-300)
        drawn: Ints = self.random.choice(pool, min(count, len(pool)), replace=False, p=share) if len(pool) else pool
        return drawn

    def decided(self, openings: Ints, free: Ints, seconds: float, gap: float) -> tuple[Ints, float] | None:
        """Openings and their value, the sites `free` decided anew by branch and bound; None where that found none."""
        master = Master(self.coarse)
        held = (openings < self.horizon) & self.coarse.usable
        held[free] = False
        site = np.flatnonzero(held)
        master.add(self.ways(site, openings[site]))
        master.hold_open(site[~self.coarse.standing[site]])
        allowed = self.may[free] & (
            self.loss[free] <= np.maximum(QUARTERS * self.bound, self.loss[free].min(axis=1) + 1e-9)[:, None]
        )
        now = openings[free] < self.horizon
        allowed[now, openings[free][now]] = True
        row, opens = np.nonzero(allowed)
        ways = self.ways(free[row], opens)
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
