"""Openings where sites are few and each is a large part of the plan: decided anew with every load of their own.

    z_sa   site s opens in a                            0 or 1
    x_st   load that s takes up in t beyond its minimum
    sum until t of x_s <= sum until t of (P_st - m_s) z_sa        every s, t

in place of the paths of the master: with few sites the ways to take up load are too many to be written down, and their
duals say little.
"""

from __future__ import annotations

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .master import Master
from .paths import may_open
from .scaled import Floats, Scaled

_INF = highspy.kHighsInf
_EFFORT = 0.2


class FewSites:
    """Decides the openings of some sites anew, by branch and bound on a program with every site's load in it."""

    def __init__(self, coarse: Scaled, seed: int) -> None:
        self.coarse, self.random = coarse, np.random.default_rng(seed)
        self.horizon = coarse.shape[2]
        self.may: Bools = may_open(coarse)
        self.free: Ints = np.flatnonzero(coarse.usable & ~coarse.standing)

    def neighbourhood(self, openings: Ints, size: int) -> Ints:
        """Sites near one demand region, drawn at random, and others: half of them open ones."""
        coarse = self.coarse
        chosen = np.zeros(0, np.int64)
        if len(coarse.near):
            near = coarse.near[self.random.integers(len(coarse.near))][coarse.group_of[self.free]]
            chosen = self.random.permutation(self.free[near])[: size // 2]
        opened = self.free[openings[self.free] < self.horizon]
        others = self.random.permutation(np.setdiff1d(self.free, chosen))[: size // 4]
        return np.unique(np.concatenate([chosen, self.random.permutation(opened)[: size // 4], others]))

    def decided(self, openings: Ints, free: Ints, seconds: float, gap: float) -> tuple[Ints, float] | None:
        """Openings and their value, the sites `free` decided anew; None where that found none."""
        opened = (openings < self.horizon) & self.coarse.usable
        allowed = self.may & (np.arange(self.horizon) == openings[:, None])
        allowed[free] = self.may[free]
        held = opened & ~self.coarse.standing
        held[free] = False
        master = Master(self.coarse)
        site, opens, columns = self._sites(master, allowed, opened | np.isin(np.arange(len(openings)), free))
        master.hold_open(np.flatnonzero(held))
        highs = master.highs
        kinds = np.full(len(columns), highspy.HighsVarType.kInteger, dtype=object)
        highs.changeColsIntegrality(len(columns), columns, kinds)
        for option, setting in (
            ("time_limit", seconds),
            ("mip_rel_gap", gap),
            ("mip_heuristic_effort", _EFFORT),
            ("random_seed", int(self.random.integers(2**31 - 1))),
        ):
            highs.setOptionValue(option, setting)
        highs.setSolution(len(columns), columns, (openings[site] == opens).astype(np.float64))
        highs.run()
        info = highs.getInfo()
        if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            return None
        taken = np.array(highs.getSolution().col_value)[columns] > 0.5
        found = openings.copy()
        found[free] = self.horizon
        found[site[taken]] = opens[taken]
        return found, -info.objective_function_value

    def _sites(self, master: Master, allowed: Bools, used: Bools) -> tuple[Ints, Ints, Ints]:
        """Add the sites' columns and rows; site, quarter and column of every opening."""
        coarse, horizon, highs = self.coarse, self.horizon, master.highs
        sites = np.flatnonzero(used)
        standing = coarse.standing[sites]
        beyond = coarse.room[sites] - coarse.least[sites][:, None]
        first, count = highs.getNumRow(), len(sites) * horizon
        upper = np.where(standing[:, None], coarse.room[sites], 0.0).ravel()
        nothing = np.zeros(0)
        starts = np.zeros(count, np.int32)
        highs.addRows(count, np.full(count, -_INF), upper, 0, starts, nothing.astype(np.int32), nothing)
        rows = first + np.arange(count).reshape(len(sites), horizon)

        place, opens = np.nonzero(allowed[sites] & ~standing[:, None])
        s = sites[place]
        later = np.arange(horizon) >= opens[:, None]
        money = coarse.building[s] * coarse.least[s] + coarse.opening[s]
        columns = _add(
            highs,
            [
                (master.power_rows[coarse.group_of[s], opens], -coarse.least[s]),
                (master.money_rows[opens], money if coarse.budget is not None else 0 * money),
                (np.full(len(s), master.count_row), np.ones(len(s))),
                (master.site_rows[s], np.ones(len(s))),
                *((rows[place, t], np.where(later[:, t], -beyond[place, t], 0.0)) for t in range(horizon)),
            ],
            1.0,
        )
        at, quarter = np.nonzero(np.ones((len(sites), horizon), dtype=bool))
        s = sites[at]
        building = coarse.building[s] if coarse.budget is not None else np.zeros(len(s))
        _add(
            highs,
            [
                (master.power_rows[coarse.group_of[s], quarter], -np.ones(len(s))),
                (master.money_rows[quarter], building),
                *((rows[at, t], (quarter <= t).astype(np.float64)) for t in range(horizon)),
            ],
            _INF,
        )
        return sites[place], opens, columns


def _add(highs: highspy.Highs, entries: list[tuple[Ints, Floats]], upper: float) -> Ints:
    """Add columns from 0 to `upper` with those rows and values, the first of each list for the first; their numbers."""
    rows = np.column_stack([row for row, _ in entries])
    values = np.column_stack([value for _, value in entries])
    column, entry = np.nonzero(values)
    count, first = len(rows), highs.getNumCol()
    starts = np.searchsorted(column, np.arange(count)).astype(np.int32)
    zero = np.zeros(count)
    index = rows[column, entry].astype(np.int32)
    highs.addCols(count, zero, zero, np.full(count, upper), len(index), starts, index, values[column, entry])
    return np.arange(first, first + count, dtype=np.int32)
