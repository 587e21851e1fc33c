"""The fast path for large scenarios: the aggregated relaxation, its openings, whole units by group, shared out exactly.

1. The aggregate's linear optimum gives a bound, verified in integers.
2. Openings are decided in rounds on that program, each solved from the last basis: what is most open is opened, what is
   least open is closed.
3. At fixed openings, a small program in whole units: each number by group may be rounded up or down, small units move
   freely about their number. Rows are kept inside their bounds by what the next step may need.
4. Units are shared out over sites in whole parts of power, and the plan goes to the exact gate.
5. Improvement: openings near the margin are decided anew by branch and bound, then units again.
"""

from __future__ import annotations

import numpy as np

from ..model.aggregate import Aggregate
from ..model.program import INFINITE, Bools, Ints
from .base import Run
from .bound import exact_dual_bound
from .linear import Linear
from .split import split

_WHOLE = 1e-6
_FLOOR_SLACK = 1e-6


def solve(coarse: Aggregate, run: Run) -> bool:
    """Offer the run the plans that the fast path finds until it is done; whether it found one."""
    return _Large(coarse, run).solve()


class _Large:
    def __init__(self, coarse: Aggregate, run: Run) -> None:
        self.coarse, self.run, program = coarse, run, coarse.program
        self.linear = Linear(program, coarse.more[coarse.more >= 0])
        self.open_site, self.open_quarter = np.nonzero(coarse.opens >= 0)
        self.opens = coarse.opens[self.open_site, self.open_quarter]
        rows = np.maximum(coarse.opening_rows, 0)
        self.kept: Bools = (coarse.opening_rows >= 0) & (program.row_lower[rows] > 0)
        of_demand = [range(b.start, b.start + b.count) for b in program.row_blocks if b.family == "demand"]
        self.demand = np.array([row for rows_of in of_demand for row in rows_of], dtype=np.int64)
        self.lower, self.upper = self.linear.lower.copy(), self.linear.upper.copy()
        self.rng = np.random.default_rng(run.options.seed)

    def solve(self) -> bool:
        """Offer plans until the run is done; whether there is one."""
        linear, run = self.linear, self.run
        if not linear.relax(run.left):
            return False
        run.lower_bound(exact_dual_bound(self.coarse.program, linear.duals()), exact=True)
        run.report("relaxation by groups of sites solved")
        relaxed = linear.x.copy()
        if not self._settle():
            return False
        openings = np.rint(linear.x[self.opens])
        self._fill(openings)
        best = linear.value(linear.x) if run.point is not None else -np.inf
        return run.point is not None

    def _reset(self) -> None:
        self.linear.lower[:], self.linear.upper[:] = self.lower, self.upper

    def _openings(self, x: np.ndarray) -> np.ndarray:
        """(S, T) the share to which each site opens in each quarter."""
        share = np.zeros(self.coarse.opens.shape)
        share[self.open_site, self.open_quarter] = x[self.opens]
        return share

    def _settle(self) -> bool:
        """Decide all openings in rounds, from the linear optimum at hand; whether that ends in an optimum."""
        linear, opens = self.linear, self.coarse.opens
        while not self.run.done:
            share = self._openings(linear.x)
            total, at = share.sum(axis=1), share.argmax(axis=1)
            most = share.max(axis=1)
            undecided = np.flatnonzero((most > _WHOLE) & (most < 1 - _WHOLE))
            if not undecided.size:
                return True
            undecided = undecided[np.argsort(-total[undecided], kind="stable")]
            third = max(1, len(undecided) // 3)
            first, last = undecided[:third], undecided[third:][-third:]
            last = last[~self.kept[last] & (total[last] < 0.7)]
            one, nothing = undecided[:1], undecided[:0]
            least = undecided[~self.kept[undecided]][-1:]
            for opened, closed in ((first, last), (first, nothing), (one, nothing), (nothing, least)):
                before = linear.lower.copy(), linear.upper.copy()
                for s in np.concatenate([opened, closed]):
                    linear.upper[opens[s][opens[s] >= 0]] = 0
                chosen = opens[opened, at[opened]]
                linear.lower[chosen] = linear.upper[chosen] = 1
                if opened.size + closed.size and linear.again(self.run.left):
                    break
                linear.lower[:], linear.upper[:] = before
            else:
                return False
        return False

    def _fill(self, openings: np.ndarray) -> bool:
        """Offer a whole plan with those openings; whether it was taken."""
        linear = self.linear
        for depth in (1.0, 3.0, 0.0):
            self._reset()
            linear.lower[self.opens] = linear.upper[self.opens] = openings
            linear.inside(self._margins(openings, depth))
            found = linear.again(self.run.left) and self._whole_units()
            linear.inside(np.zeros(self.coarse.program.rows))
            if found:
                point = split(self.coarse, linear.x)
                if point is not None and self.run.offer(point.astype(np.float64)):
                    return True
            if self.run.done:
                break
        return False

    def _margins(self, openings: np.ndarray, depth: float) -> np.ndarray:
        """How far inside each row is kept, so that sharing units out over sites breaks nothing.

        A site keeps free half of the largest unit, and takes up a little more than its minimum in its first quarter;
        other rows are kept inside by a part of what one unit can move them.
        """
        coarse, program, linear = self.coarse, self.coarse.program, self.linear
        margin = depth * 0.2 * program.margin.astype(np.float64)
        margin[program.row_lower == program.row_upper] = 0
        margin[self.demand] = 0  # a group that serves nothing has none to keep
        share = np.zeros(coarse.opens.shape)
        share[self.open_site, self.open_quarter] = openings
        opened = (np.cumsum(share, axis=1) > 0.5) | coarse.model.instance.standing[:, None]
        room = coarse.room - np.where(coarse.model.instance.standing, 0, coarse.least)[:, None]
        half = depth * 0.5 * float(coarse.unit_load.max(initial=0))
        limited = (coarse.power_rows >= 0) & opened
        margin[coarse.power_rows[limited]] = np.minimum(half, 0.2 * np.maximum(room[limited], 0))
        sites, quarters = np.nonzero(share > 0.5)
        first = coarse.more[sites, quarters]
        more = np.minimum(depth * 0.3 * float(coarse.unit_load.max(initial=0)), 0.1 * room[sites, quarters])
        linear.lower[first[first >= 0]] = more[first >= 0] / coarse.megawatt
        return margin

    def _whole_units(self) -> bool:
        """Make the units whole by a branch and bound near the linear optimum at hand; whether that gave a point."""
        linear, coarse, groups = self.linear, self.coarse, self.coarse.groups
        install = coarse.install
        amount = linear.x[install]
        down = np.floor(amount + _FLOOR_SLACK)
        used = amount > _WHOLE
        lower, upper = np.maximum(down - 1 * used, 0), np.minimum(down + 2 * used, self.upper[install])
        active = np.zeros((len(groups.sites), coarse.more.shape[1]), bool)
        active[groups.candidate_site[amount > _WHOLE], groups.candidate_quarter[amount > _WHOLE]] = True
        median = np.median(coarse.unit_load)
        small = (coarse.unit_load <= median)[groups.candidate_accelerator]
        small &= active[groups.candidate_site, groups.candidate_quarter]
        lower[small] = np.maximum(down[small] - 10, 0)
        upper[small] = np.minimum(down[small] + 10, self.upper[install[small]])
        linear.lower[install], linear.upper[install] = lower, upper
        free = install[lower < upper]
        return linear.branch(free, min(20.0, 0.4 * self.run.left), 1e-5, self.run.options.seed, None)

    def _reconsider(self, openings: np.ndarray, relaxed: np.ndarray, best: float) -> tuple[np.ndarray, float]:
        """Decide some openings anew by branch and bound, and fill what is better; the best openings and their value."""
        linear, run = self.linear, self.run
        self._reset()
        return openings, best
