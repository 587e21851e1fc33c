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
from ..model.program import Bools, Ints, Program
from .base import Run
from .bound import exact_dual_bound
from .linear import Linear
from .split import joined, split

_WHOLE = 1e-6
_ROUNDS, _DIVES = 40, 12
"""Rounds of deciding openings at most, and after how many of them branch and bound is tried on what is left."""
_FEW = 25
"""So few sites are decided by branch and bound at once."""
_SITES = 40
"""Sites that an improvement decides anew."""
_SECONDS = 6.0
"""What one branch and bound may take, or one and a half times what the relaxation took."""
_ENOUGH = 10_000
_FIRST, _FINE = 1e-3, 1e-5
"""Gaps of the program in whole units: for the first plan, and when openings no longer improve."""
_FIRST_DEPTHS, _DEPTHS = (1.5, 3.0, 0.25, 0.0), (1.0, 2.0, 0.25, 0.0)
"""How wide the margins are that filling tries in turn: a first plan is found sooner with wide ones."""
_GAIN = 1e-6
_SMALL = 10
"""How far a small unit's number may move from its rounded one."""
_TOP_UPS = 4
_UNIT_ROUNDS = 40
_MANY = 250
"""With more numbers in use than this, most are fixed in rounds before branch and bound."""


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
        # whole numbers keep supply by themselves, and a group that serves nothing has nothing to keep in hand
        self.exempt = _of_family(program, "supply") | _of_family(program, "demand")
        self.lower, self.upper = self.linear.lower.copy(), self.linear.upper.copy()
        self.seconds = _SECONDS  # what one branch and bound may take
        self.rng = np.random.default_rng(run.options.seed)

    def solve(self) -> bool:
        """Offer plans until the run is done; whether there is one."""
        linear, run, started = self.linear, self.run, self.run.seconds
        if not linear.relax(run.left):
            return False
        run.lower_bound(exact_dual_bound(self.coarse.program, linear.duals()), exact=True)
        run.report("relaxation by groups of sites solved")
        self.seconds = max(_SECONDS, (run.seconds - started) * 1.5)
        self.near = self._nearness()
        if not self._settle():
            return False
        openings, value = np.rint(linear.x[self.opens]), linear.value(linear.x)
        self._fill(openings, _FIRST)
        fine = False
        for count in range(_ENOUGH):
            if run.done:
                break
            sites = self._neighbourhood(openings, count)
            better = self._decide(sites, openings, min(self.seconds, 0.3 * run.left))
            if better and linear.value(linear.x) > value * (1 + _GAIN):
                openings, value = np.rint(linear.x[self.opens]), linear.value(linear.x)
                fine = False
            elif not fine:
                self._fill(openings, _FINE)
                fine = True
            elif len(sites) < _SITES:
                break  # all sites were decided at once
        return run.point is not None

    def _nearness(self) -> np.ndarray:
        """(S,) how far each site's opening is from being a matter of indifference: the loss by its power, 0 is none."""
        coarse, linear = self.coarse, self.linear
        reduced = np.abs(linear.reduced())
        per_site = np.full(coarse.opens.shape, np.inf)
        per_site[self.open_site, self.open_quarter] = reduced[self.opens]
        least = per_site.min(axis=1)
        row = coarse.opening_rows
        gain = np.where(row >= 0, np.abs(linear.duals()[np.maximum(row, 0)]), 0.0)
        near: np.ndarray = (least + gain) / np.maximum(coarse.room.max(axis=1), 1)
        near[~np.isfinite(near) | self.kept] = np.inf
        return near

    def _neighbourhood(self, openings: np.ndarray, count: int) -> Ints:
        """Sites to decide anew: some of the nearest to indifference, drawn again each time."""
        finite = np.flatnonzero(np.isfinite(self.near))
        order = finite[np.argsort(self.near[finite], kind="stable")]
        pool = order[: _SITES * (2 + count % 4)]
        chosen: Ints = self.rng.choice(pool, min(_SITES, len(pool)), replace=False)
        return chosen

    def _decide(self, sites: Ints, openings: np.ndarray, seconds: float) -> bool:
        """Decide the openings of those sites by branch and bound, the others as they are; whether that gave a point."""
        linear = self.linear
        self._reset()
        free = np.isin(self.open_site, sites)
        linear.lower[self.opens[~free]] = linear.upper[self.opens[~free]] = openings[~free]
        return linear.branch(self.opens[free], seconds, 1e-5, self.run.options.seed, None)

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
        for count in range(_ROUNDS):
            share = self._openings(linear.x)
            total, at = share.sum(axis=1), share.argmax(axis=1)
            most = share.max(axis=1)
            undecided = np.flatnonzero((most > _WHOLE) & (most < 1 - _WHOLE))
            if not undecided.size:
                return True
            if self.run.done:
                return False
            if count % 4 == 0 and (count >= _DIVES or len(undecided) <= _FEW):
                nearest = np.argsort(self.near, kind="stable")[: _SITES // 2 * (1 + count // _DIVES)]
                before = linear.lower.copy(), linear.upper.copy()
                if self._decide(np.union1d(undecided, nearest), np.rint(linear.x[self.opens]), self.seconds / 3):
                    return True
                linear.lower[:], linear.upper[:] = before
                linear.again(self.run.left)
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

    def _fill(self, openings: np.ndarray, gap: float) -> bool:
        """Offer a whole plan with those openings; whether it was taken."""
        linear = self.linear
        for depth in _FIRST_DEPTHS if gap == _FIRST else _DEPTHS:
            self._reset()
            linear.lower[self.opens] = linear.upper[self.opens] = openings
            linear.inside(self._margins(openings, depth))
            found = linear.again(self.run.left) and self._whole_units(gap)
            linear.inside(np.zeros(self.coarse.program.rows))
            if found:
                point, refused = split(self.coarse, linear.x), self.run.refused
                if point is not None:
                    taken = self.run.offer(point.astype(np.float64))
                    sound = self.run.refused == refused
                    if self._top_up(point, gap) or taken or sound:  # what was left out may be made good elsewhere
                        return True
            if self.run.done:
                break
        return False

    def _narrow(self, columns: Ints, few: int) -> None:
        """Fix those columns at whole numbers in rounds, the nearest first, until few are left or no optimum is."""
        linear = self.linear
        for _ in range(_UNIT_ROUNDS):
            amount = linear.x[columns]
            away = np.abs(amount - np.rint(amount))
            open_still = linear.lower[columns] < linear.upper[columns]
            left = np.flatnonzero((away > _WHOLE) & open_still)
            if len(left) <= few or self.run.done:
                return
            left = left[np.argsort(away[left], kind="stable")]
            whole = np.flatnonzero((away <= _WHOLE) & open_still & (amount > 0.5))
            third = left[: len(left) // 3 + 1]
            for chosen in (np.concatenate([third, whole]), third, left[: len(left) // 12 + 1], left[:1]):
                fixed = columns[chosen]
                before = linear.lower[fixed].copy(), linear.upper[fixed].copy()
                linear.lower[fixed] = linear.upper[fixed] = np.rint(linear.x[fixed])
                if linear.again(self.run.left):
                    break
                linear.lower[fixed], linear.upper[fixed] = before
            else:
                linear.again(self.run.left)
                return

    def _top_up(self, point: Ints, gap: float) -> bool:
        """Offer what more fits beside the units of `point`, for as long as that gains; whether any was taken."""
        linear, coarse, install = self.linear, self.coarse, self.coarse.by_group.column
        more = coarse.more[coarse.more >= 0]
        taken = False
        for _ in range(_TOP_UPS):
            if self.run.done:
                break
            x = joined(coarse, point)
            self._reset()
            linear.lower[self.opens] = linear.upper[self.opens] = x[self.opens]
            linear.lower[install] = x[install]
            linear.upper[install] = np.minimum(x[install] + _SMALL, self.upper[install])
            linear.lower[more] = np.maximum(x[more] - _WHOLE, 0)
            if not linear.branch(install, min(self.seconds, 0.2 * self.run.left), gap, self.run.options.seed, None):
                break
            again = split(coarse, linear.x, point)
            if again is None or not (again != point).any():
                break
            refused = self.run.refused
            taken = self.run.offer(again.astype(np.float64)) or taken
            if self.run.refused > refused:
                break
            point = again
        return taken

    def _margins(self, openings: np.ndarray, depth: float) -> np.ndarray:
        """How far inside each row is kept, so that sharing units out over sites breaks nothing.

        A site keeps free what whole units of the largest kind leave, where few small ones come to fill it, and takes up
        a little more than its minimum in its first quarter; other rows are kept inside by a part of what one unit
        moves them.
        """
        coarse, program, linear = self.coarse, self.coarse.program, self.linear
        margin = depth * 0.5 * program.margin.astype(np.float64)
        margin[program.row_lower == program.row_upper] = 0
        margin[self.exempt] = 0
        share = np.zeros(coarse.opens.shape)
        share[self.open_site, self.open_quarter] = openings
        opened = (np.cumsum(share, axis=1) > 0.5) | coarse.standing[:, None]
        beyond = np.maximum(coarse.room - coarse.least[:, None], 0)
        large = float(coarse.unit_load.max(initial=1))
        left_over = np.where(self._filled()[coarse.group_of][:, None], 0.1 * large, coarse.room % large)
        limited = (coarse.power_rows >= 0) & opened
        margin[coarse.power_rows[limited]] = np.minimum(depth * left_over, 0.2 * beyond)[limited]
        sites, quarters = np.nonzero(share > 0.5)
        first = coarse.more[sites, quarters]
        more = np.minimum(depth * 0.4 * large, 0.1 * beyond[sites, quarters])
        linear.lower[first[first >= 0]] = more[first >= 0] / coarse.megawatt
        return margin

    def _filled(self) -> Bools:
        """The groups in which small units, in the linear optimum at hand, suffice to fill what large ones leave."""
        coarse, group = self.coarse, self.coarse.by_group
        load = coarse.unit_load[group.accelerator]
        drawn = self.linear.x[coarse.by_group.column] * load
        count = coarse.groups
        total = np.bincount(group.place, drawn, minlength=count)
        small = np.bincount(group.place, drawn * (5 * load <= coarse.unit_load.max()), minlength=count)
        filled: Bools = small >= 0.05 * total
        return filled

    def _whole_units(self, gap: float) -> bool:
        """Make the units whole by a branch and bound near the linear optimum at hand; whether that gave a point."""
        linear, coarse, group = self.linear, self.coarse, self.coarse.by_group
        install = group.column
        large = coarse.unit_load[group.accelerator] > np.median(coarse.unit_load)
        if (linear.x[install] > _WHOLE).sum() > _MANY:
            self._narrow(install[large], 0)
            self._narrow(install, _MANY)
        amount = linear.x[install]
        down = np.floor(amount + _WHOLE)
        used = amount > _WHOLE
        active = np.zeros((coarse.groups, coarse.more.shape[1]), bool)
        active[group.place[used], group.quarter[used]] = True
        small = (coarse.unit_load <= np.median(coarse.unit_load))[group.accelerator]
        reach = np.where(small & active[group.place, group.quarter], _SMALL, np.where(used, 1, 0))
        fixed = linear.lower[install] == linear.upper[install]
        lower, upper = np.maximum(down - reach, 0), np.minimum(down + reach + used, self.upper[install])
        linear.lower[install] = np.where(fixed, linear.lower[install], lower)
        linear.upper[install] = np.where(fixed, linear.upper[install], upper)
        free = install[linear.lower[install] < linear.upper[install]]
        return linear.branch(free, min(3 * self.seconds, 0.4 * self.run.left), gap, self.run.options.seed, None)


def _of_family(program: Program, family: str) -> Bools:
    """Which rows are of that family."""
    return np.concatenate([np.full(block.count, block.family == family) for block in program.row_blocks])
