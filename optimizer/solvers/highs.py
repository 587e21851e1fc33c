"""HiGHS on arrays, the default engine.

Openings (y) are decided by branch and bound over a relaxation in which units are continuous; each better set of
openings that it finds is filled with whole units by a dive: solve the linear program, round a few fractional units,
solve again from the same basis. Small programs are then handed to HiGHS whole, with the best plan as a start, until the
gap asked for is met.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import highspy
import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Bools, Ints, Program
from .base import Answer, Run
from .bound import exact_dual_bound

_WHOLE = 1e-6
_ENDLESS = 2**31 - 1
SMALL = 3_000
"""Programs of at most this many whole columns are also solved whole: larger ones overrun HiGHS's own time limit."""


def load(program: Program, integral: Bools | None, lower: Ints | None = None, upper: Ints | None = None) -> Any:
    """A Highs object that holds `program` (minimising the negative objective), whole where `integral` says so."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("parallel", "off")
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = program.columns, program.rows
    lp.col_cost_ = -program.objective.astype(np.float64)
    lp.col_lower_ = (program.col_lower if lower is None else lower).astype(np.float64)
    infinity = highs.getInfinity()
    most = program.col_upper if upper is None else upper
    lp.col_upper_ = np.where(most >= INFINITE, infinity, most.astype(np.float64))
    factor = row_factors(program)
    lp.row_lower_ = np.where(program.row_lower <= -INFINITE, -infinity, program.row_lower * factor)
    lp.row_upper_ = np.where(program.row_upper >= INFINITE, infinity, program.row_upper * factor)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = program.indptr
    lp.a_matrix_.index_ = program.indices
    lp.a_matrix_.value_ = program.data * factor[program.row_numbers()]
    if integral is None and program.integral.sum() <= SMALL:
        # From what presolve leaves of a linear program, HiGHS 1.12 to 1.14 wrote past the ends of its arrays; small
        # programs are solved in this process, which that ended.
        highs.setOptionValue("presolve", "off")
    if integral is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in integral.tolist()]
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model")
    return highs


def row_factors(program: Program) -> np.ndarray:
    """A power of two for each row that brings its largest coefficient near 1,000.

    Powers of two keep every whole number exact in a double. Without them HiGHS, whose tolerances are absolute, called
    feasible programs infeasible: a row in cents has coefficients of 10**9.
    """
    largest = np.zeros(program.rows, np.int64)
    np.maximum.at(largest, program.row_numbers(), np.abs(program.data))
    exponent = np.floor(np.log2(np.maximum(largest, 1))).astype(np.int64) - 10
    return np.exp2(-np.maximum(exponent, 0).astype(np.float64))


def solve(program: Program, run: Run) -> Answer:
    """The best plan that HiGHS and the dive find within the run's limits; a large program's by its fast path."""
    if run.large is not None:
        from .large.search import solve as solve_large

        if solve_large(run.large, run) or run.done:
            return run.answer("highs")
    if _relaxation(program, run) == "infeasible":
        return run.answer("highs", infeasible=True)
    run.report("linear relaxation solved")
    family = {block.family: slice(block.start, block.start + block.count) for block in program.column_blocks}
    openings = np.zeros(program.columns, bool)
    openings[family.get("open", slice(0, 0))] = True
    dive = Dive(program, run)
    dive.fill(openings, None)
    if program.integral.sum() > SMALL:
        empty = _branch(program, openings, run, dive) and _branch(program, openings, run, dive, presolve=False)
        return run.answer("highs", infeasible=empty and run.point is None)
    from . import small

    _branch(program, openings, run, dive, share=0.25)
    return small.solve(program, run)


def _relaxation(program: Program, run: Run) -> str:
    """Solve the linear relaxation and take its bound, verified in integers; "optimal", "infeasible" or "stopped".

    "infeasible" is said only when HiGHS says so without its presolve too.
    """
    highs = load(program, None)
    for presolve in ("off",) if program.integral.sum() <= SMALL else ("choose", "off"):
        highs.setOptionValue("presolve", presolve)
        highs.setOptionValue("time_limit", highs.getRunTime() + max(run.left, 0.1))
        highs.clearSolver()
        highs.run()
        status = highs.getModelStatus()
        if status != highspy.HighsModelStatus.kInfeasible:
            break
    if status == highspy.HighsModelStatus.kInfeasible:
        return "infeasible"
    if status != highspy.HighsModelStatus.kOptimal:
        return "stopped"
    duals = -np.array(highs.getSolution().row_dual) * row_factors(program)
    run.lower_bound(exact_dual_bound(program, duals), exact=True, multipliers=duals)
    return "optimal"


class Dive:
    """Fills fixed openings with whole units, keeping one linear program warm.

    The program is first solved with every row kept a unit inside its bound where that costs little (each row gives
    way for a price), so that rounding all units at once usually leaves a plan; where it does not, a few units are
    fixed and the rest solved again. What the margins and the rounding left unused is then filled.
    """

    def __init__(self, program: Program, run: Run) -> None:
        self.program, self.run = program, run
        self.units = np.flatnonzero(program.integral)
        self.margins = np.flatnonzero((program.margin > 0) & (program.row_lower < program.row_upper))
        self.highs = self._load()
        self.basis: Any = None  # of the last program that had an optimum
        self.cold = 0  # iterations of the last solve from nothing; more than that from a basis is a dead end
        self.cold_s = 0.0  # and its seconds: simplex has been seen to go round and round
        self.depth = 0

    def _load(self) -> Any:
        """The relaxation with a column for each margin: 1 means that the row's margin is given up."""
        program, rows = self.program, self.margins
        highs = load(program, None)
        factor = row_factors(program)[rows]
        margin = program.margin[rows] * factor
        capped = program.row_upper[rows] < INFINITE
        low = np.where(capped, -highs.getInfinity(), program.row_lower[rows] * factor + margin)
        high = np.where(capped, program.row_upper[rows] * factor - margin, highs.getInfinity())
        for row, lower, upper in zip(rows.tolist(), low, high, strict=True):
            highs.changeRowBounds(row, lower, upper)
        count = len(rows)
        highs.addCols(
            count,
            np.zeros(count),
            np.zeros(count),
            np.ones(count),
            count,
            np.arange(count, dtype=np.int32),
            rows.astype(np.int32),
            np.where(capped, -margin, margin),
        )
        return highs

    def fill(self, openings: Bools, x: np.ndarray | None) -> bool:
        """Offer a whole plan with the openings of `x` (None: those that a dive finds); whether it was taken."""
        lower, upper = self.program.col_lower.astype(np.float64), self.program.col_upper.astype(np.float64)
        if x is None:
            self._price_margins(0.0)
            x = self._settle(np.flatnonzero(openings), lower, upper)
            if x is None:
                return False
        lower[openings] = upper[openings] = np.rint(x[openings])
        return any(self._fill_within(depth, lower.copy(), upper.copy()) for depth in (0, 1, 3))

    def _fill_within(self, depth: int, lower: np.ndarray, upper: np.ndarray) -> bool:
        """Offer a whole plan found inside margins of `depth` + 1 units; whether it was taken."""
        self._price_margins(3.0 * float(np.abs(self.program.objective).max(initial=1)), depth)
        relaxed = self._optimum(lower, upper)
        share = 0.25
        for _ in range(10):
            if relaxed is None:
                return False
            rounded = self._rounded(relaxed, lower, upper)
            if rounded is not None:
                self._price_margins(0.0)
                return self._fill_up(rounded, lower, upper)
            relaxed, share = self._fix_some(self.units, relaxed, lower, upper, share)
        return False

    def _settle(self, columns: Ints, lower: np.ndarray, upper: np.ndarray) -> np.ndarray | None:
        """A linear optimum in which the openings are whole, found in rounds; None when the rounds end in a dead end.

        Sites that draw their minimum already are opened as they are. Of the others the fifth that comes nearest to it
        is opened and the fifth that stays farthest is closed; on a dead end only one of the two, then one site.
        """
        x = self._optimum(lower, upper)
        while x is not None:
            fractional, _ = self._fractional(columns, x)
            if not fractional.size:
                return x
            drawn = self._drawn(x)[fractional]
            order = fractional[np.argsort(-drawn, kind="stable")]
            viable = int((drawn >= 1 - _WHOLE).sum())
            fifth = max(1, len(order) // 5)
            nothing = order[:0]
            rounds = [(order[:fifth], order[-fifth:]), (order[:fifth], nothing), (nothing, order[-fifth:])]
            rounds += [(order[:1], nothing), (nothing, order[-1:]), (nothing, order[:1])]
            if viable:
                rounds.insert(0, (order[:viable], nothing))
            x = next(
                (y for opened, closed in rounds if (y := self._decide(opened, closed, lower, upper)) is not None), None
            )
        return None

    def _decide(self, opened: Ints, closed: Ints, lower: np.ndarray, upper: np.ndarray) -> np.ndarray | None:
        """Open and close those sites and solve again; None, and the bounds as they were, when that leaves no plan."""
        before = lower.copy(), upper.copy()
        upper[closed] = lower[closed]
        lower[opened] = upper[opened]
        x = self._optimum(lower, upper)
        if x is None:
            lower[:], upper[:] = before
        return x

    def _drawn(self, x: np.ndarray) -> np.ndarray:
        """For each opening, the share of the site's minimum power that `x` draws; 1 where there is no minimum."""
        program = self.program
        share = np.ones(program.columns)
        for block in program.row_blocks:
            if block.family != "minimum viable power":
                continue
            for row in range(block.start, block.start + block.count):
                part = slice(program.indptr[row], program.indptr[row + 1])
                of_opening = program.indices[part] == program.margin_if[row]
                least = -program.data[part][of_opening].sum()
                if least > 0:
                    terms = program.data[part] * x[program.indices[part]]
                    share[program.margin_if[row]] = terms[~of_opening].sum() / least
        return share

    @staticmethod
    def _fractional(columns: Ints, x: np.ndarray) -> tuple[Ints, np.ndarray]:
        """Those of `columns` that are not whole in `x`, and how far each is from it."""
        away = np.abs(x[columns] - np.rint(x[columns]))
        return columns[away > _WHOLE], away[away > _WHOLE]

    def _rounded(self, x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray | None:
        """The plan with every unit of `x` rounded to the nearest, None when that is none."""
        low, high = lower.copy(), upper.copy()
        low[self.units] = high[self.units] = np.rint(x[self.units])
        return self._optimum(low, high)

    def _fix_some(
        self, among: Ints, x: np.ndarray, lower: np.ndarray, upper: np.ndarray, share: float
    ) -> tuple[np.ndarray | None, float]:
        """Fix the fractional columns nearest to whole ones and solve again; fewer on a dead end, one the other way."""
        fractional, away = self._fractional(among, x)
        nearest_first = fractional[np.argsort(away, kind="stable")]
        to = np.rint(x)
        while True:
            columns = nearest_first[: max(1, math.ceil(share * len(nearest_first)))]
            before = lower[columns].copy(), upper[columns].copy()
            lower[columns] = upper[columns] = np.clip(to[columns], *before)
            again = self._optimum(lower, upper)
            if again is not None or self.run.done:
                return again, min(0.5, share * 2)
            lower[columns], upper[columns] = before
            if len(columns) == 1:
                to = np.floor(x) + np.ceil(x) - np.rint(x)
                lower[columns] = upper[columns] = np.clip(to[columns], *before)
                return self._optimum(lower, upper), share
            share /= 4

    def _fill_up(self, x: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> bool:
        """Offer `x` and then what more fits beside it, rounded down, for as long as that gains."""
        taken = self.run.offer(x)
        for _ in range(8):
            low = lower.copy()
            low[self.units] = np.rint(x[self.units])
            more = self._optimum(low, upper)
            if more is None:
                break
            more[self.units] = np.floor(more[self.units] + _WHOLE)
            gained = float(self.program.objective @ (more - x)[: self.program.columns])
            more = self._rounded(more, low, upper)
            if more is None or gained <= 0:
                break
            x = more
            taken = self.run.offer(x) or taken
        return taken

    def _price_margins(self, price: float, depth: int = 0) -> None:
        """What giving up one row's margin costs, and how many margins more a row may keep."""
        self.depth = depth
        first, count = self.program.columns, len(self.margins)
        columns = np.arange(first, first + count, dtype=np.int32)
        self.highs.changeColsCost(count, columns, np.full(count, price))
        self.highs.clearSolver()  # presolve and a fresh start beat the old basis under new costs
        self.basis = None

    def _optimum(self, lower: np.ndarray, upper: np.ndarray) -> np.ndarray | None:
        """The linear optimum within the bounds, None when there is none or time is up."""
        if self.run.stop.is_set() or self.run.left <= 0:
            return None
        highs, program = self.highs, self.program
        columns = np.arange(program.columns + len(self.margins), dtype=np.int32)
        when = program.margin_if[self.margins]
        idle = (when >= 0) & (upper[np.maximum(when, 0)] < 1)
        low = np.concatenate([lower, np.where(idle, 1.0, -float(self.depth))])
        high = np.concatenate([upper, np.ones(len(self.margins))])
        highs.changeColsBounds(len(columns), columns, low, high)
        highs.setOptionValue("simplex_iteration_limit", _ENDLESS if self.basis is None else self.cold + 1_000)
        before = highs.getRunTime()
        most = self.run.left if self.basis is None else min(self.run.left, 1.0 + 10 * self.cold_s)
        highs.setOptionValue("time_limit", before + max(most, 0.1))
        highs.run()
        if self.basis is None:
            self.cold = max(highs.getInfo().simplex_iteration_count, 0)
            self.cold_s = highs.getRunTime() - before
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            if self.basis is not None:
                highs.setBasis(self.basis)  # what an infeasible program leaves is a bad place to start from
            return None
        self.basis = highs.getBasis()
        return np.array(highs.getSolution().col_value)[: program.columns]


def _branch(
    program: Program, openings: Bools, run: Run, dive: Dive, *, presolve: bool = True, share: float = 1.0
) -> bool:
    """Branch and bound over openings, each better choice of which is filled; it takes `share` of the time left.

    True when it says that there is no plan (believe it without presolve only).
    """
    if run.done:
        return False
    highs = load(program, openings)
    highs.setOptionValue("presolve", "choose" if presolve else "off")
    highs.setOptionValue("time_limit", run.left * share)
    highs.setOptionValue("random_seed", run.options.seed)
    highs.setOptionValue("mip_rel_gap", run.options.gap / 10)
    highs.setOptionValue("mip_abs_gap", 0.0)
    tried: set[bytes] = set()

    def take(x: np.ndarray) -> None:
        key = np.rint(x[openings]).astype(np.int8).tobytes()
        if key not in tried:
            tried.add(key)
            dive.fill(openings, x)

    return branch_and_bound(highs, program, run, take)


def branch_and_bound(highs: Any, program: Program, run: Run, take: Callable[[np.ndarray], object]) -> bool:
    """Run HiGHS on what is loaded: each better point is taken, bounds go to the run; True when it says "infeasible"."""

    def bound(value: float) -> None:
        if math.isfinite(value):
            # outwards by what doubles can lose; the exact value of a whole point is never above it
            run.lower_bound(math.floor(-value + abs(value) * 1e-12) + program.offset, exact=False)

    def on_improvement(event: Any) -> None:
        take(np.array(event.data_out.mip_solution))

    def on_tick(event: Any) -> None:
        bound(event.data_out.mip_dual_bound)
        run.tick()
        if run.done:
            event.interrupt()

    highs.cbMipImprovingSolution.subscribe(on_improvement)
    highs.cbMipInterrupt.subscribe(on_tick)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kOptimal:
        take(np.array(highs.getSolution().col_value))
        bound(highs.getInfo().mip_dual_bound)
    return bool(status == highspy.HighsModelStatus.kInfeasible)
