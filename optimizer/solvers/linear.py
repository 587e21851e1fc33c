"""One linear program kept warm in HiGHS: bounds are changed and it is solved again from the last basis."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Ints, Program

_OPTIMAL = highspy.HighsModelStatus.kOptimal
_FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


class Linear:
    """A program without integrality, its column bounds in `lower` and `upper`: change those, then solve.

    Continuous columns have no upper bound here where rows give one (`free`): a basis then needs no bound of theirs.
    """

    def __init__(self, program: Program, free: Ints) -> None:
        self.program = program
        self.lower = program.col_lower.astype(np.float64)
        self.upper = program.col_upper.astype(np.float64)
        self.upper[free] = np.inf
        self.factor = _row_factors(program)
        self.cost = _power_of_two(float(np.abs(program.objective).max(initial=1)) / 1024)
        """What a unit of the engine's objective stands for."""
        self.row_lower = np.where(program.row_lower <= -INFINITE, -np.inf, program.row_lower * self.factor)
        self.row_upper = np.where(program.row_upper >= INFINITE, np.inf, program.row_upper * self.factor)
        self.highs = self._load()
        self.x = np.zeros(program.columns)
        self._whole: Ints = np.empty(0, np.int64)
        self._basis: Any = None

    def _load(self) -> Any:
        program = self.program
        highs = highspy.Highs()
        for option, value in (("output_flag", False), ("parallel", "off"), ("mip_abs_gap", 0.0)):
            highs.setOptionValue(option, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = program.columns, program.rows
        lp.col_cost_ = -program.objective / self.cost
        lp.col_lower_, lp.col_upper_ = self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = program.indptr, program.indices
        lp.a_matrix_.value_ = program.data * self.factor[program.row_numbers()]
        if highs.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the model")
        return highs

    def inside(self, by: np.ndarray) -> None:
        """Keep every row `by` inside its bounds, in the row's own amounts; 0 gives the bounds back."""
        count = self.program.rows
        margin = by * self.factor
        self.highs.changeRowsBounds(
            count, np.arange(count, dtype=np.int32), self.row_lower + margin, self.row_upper - margin
        )

    def relax(self, seconds: float) -> bool:
        """Solve from nothing by the interior point method, then to a basis; whether that gave an optimum."""
        self.highs.clearSolver()
        return self._run("ipm", seconds)

    def again(self, seconds: float) -> bool:
        """Solve from the last basis by the simplex method; on failure the basis stays that of the last optimum."""
        done = self._run("simplex", seconds)
        if not done and self._basis is not None:
            self.highs.setBasis(self._basis)
        return done

    def branch(self, columns: Ints, seconds: float, gap: float, seed: int, start: np.ndarray | None) -> bool:
        """Solve with those columns whole, as far as the seconds go; whether that gave a point."""
        highs = self.highs
        self._apply()
        self._set_whole(columns)
        self._options("choose", "on", seconds)
        highs.setOptionValue("time_limit", max(seconds, 0.05))  # branch and bound has a clock of its own
        highs.setOptionValue("mip_rel_gap", gap)
        highs.setOptionValue("random_seed", seed)
        if start is not None:
            given = highspy.HighsSolution()
            given.col_value = start.tolist()
            highs.setSolution(given)
        highs.run()
        found = highspy.SolutionStatus(highs.getInfo().primal_solution_status) == _FEASIBLE
        if found:
            self.x = np.array(highs.getSolution().col_value)
        self._set_whole(np.empty(0, np.int64))
        if self._basis is not None:
            highs.setBasis(self._basis)
        return bool(found)

    def duals(self) -> np.ndarray:
        """Multipliers of the maximisation, one per row, of the last linear optimum."""
        duals: np.ndarray = -np.array(self.highs.getSolution().row_dual) * self.factor * self.cost
        return duals

    def reduced(self) -> np.ndarray:
        """What a unit more of each column would add to the objective, at the last linear optimum."""
        reduced: np.ndarray = -np.array(self.highs.getSolution().col_dual) * self.cost
        return reduced

    def value(self, x: np.ndarray) -> float:
        """The objective at `x`, without the constant."""
        return float(self.program.objective @ x)

    def _run(self, solver: str, seconds: float) -> bool:
        self._apply()
        self._options(solver, "on" if solver == "ipm" else "off", seconds)
        self.highs.run()
        if self.highs.getModelStatus() != _OPTIMAL:
            return False
        self.x = np.array(self.highs.getSolution().col_value)
        self._basis = self.highs.getBasis()
        return True

    def _apply(self) -> None:
        count = self.program.columns
        self.highs.changeColsBounds(count, np.arange(count, dtype=np.int32), self.lower, self.upper)

    def _options(self, solver: str, presolve: str, seconds: float) -> None:
        self.highs.setOptionValue("solver", solver)
        self.highs.setOptionValue("presolve", presolve)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.05))

    def _set_whole(self, columns: Ints) -> None:
        """Exactly those columns are whole."""
        kinds = {False: highspy.HighsVarType.kContinuous, True: highspy.HighsVarType.kInteger}
        for wanted, which in ((False, self._whole), (True, columns)):
            if len(which):
                count = len(which)
                kind = np.full(count, kinds[wanted], dtype=object)
                self.highs.changeColsIntegrality(count, which.astype(np.int32), kind)
        self._whole = columns


def _power_of_two(size: float) -> float:
    """The power of two at or below `size`."""
    return float(np.exp2(np.floor(np.log2(size))))


def _row_factors(program: Program) -> np.ndarray:
    """A power of two for each row that brings its largest coefficient between 16 and 32."""
    largest = np.ones(program.rows, np.int64)
    np.maximum.at(largest, program.row_numbers(), np.abs(program.data))
    factors: np.ndarray = np.exp2(4 - np.floor(np.log2(largest)))
    return factors
