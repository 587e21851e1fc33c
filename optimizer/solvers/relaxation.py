"""The linear relaxation of a program in HiGHS, kept warm while bounds of columns change."""

from __future__ import annotations

from typing import Any, Final, Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from ..model.program import Ints, Program
from .bound import WeakDuality
from .highs import load, row_factors

ENDLESS: Final = 2**31 - 1


class Relaxation:
    """A relaxation between two solves; `value`, `point` and `multipliers` are those of the last optimum."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.duality = WeakDuality(program)
        self.factor = row_factors(program)
        self.highs = load(program, None)
        self.highs.setOptionValue("presolve", "off")
        self.low, self.high = program.col_lower, program.col_upper

    def optimum(
        self, lower: Ints, upper: Ints, basis: Any = None, iterations: int = ENDLESS
    ) -> Literal["optimal", "infeasible", "stopped"]:
        """Solve within these bounds of columns, from `basis` where one is given; how that ended."""
        changed = np.flatnonzero((lower != self.low) | (upper != self.high)).astype(np.int32)
        if changed.size:
            self.highs.changeColsBounds(
                len(changed), changed, lower[changed].astype(np.float64), upper[changed].astype(np.float64)
            )
        self.low, self.high = lower, upper
        if basis is not None:
            self.highs.setBasis(basis)
        self.highs.setOptionValue("simplex_iteration_limit", iterations)
        self.highs.run()
        status = self.highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return "optimal"
        return "infeasible" if status == highspy.HighsModelStatus.kInfeasible else "stopped"

    def limit(self, seconds: float) -> None:
        """All solves from now on take no longer than that together."""
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(seconds, 0.1))

    @property
    def value(self) -> float:
        """The optimum, without the objective's constant."""
        return -float(self.highs.getInfo().objective_function_value)

    @property
    def point(self) -> NDArray[np.float64]:
        """Where the optimum is."""
        return np.array(self.highs.getSolution().col_value)

    @property
    def multipliers(self) -> NDArray[np.float64]:
        """The rows' multipliers, of the maximisation."""
        found: NDArray[np.float64] = -np.array(self.highs.getSolution().row_dual) * self.factor
        return found

    @property
    def ray(self) -> NDArray[np.float64] | None:
        """Multipliers that show that there is no point, None where HiGHS has none."""
        _, has, values = self.highs.getDualRay()
        return -np.array(values) * self.factor if has else None
