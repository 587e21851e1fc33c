"""What a plan is worth by an objective: exact on whole columns, with the continuous ones as good as they can be."""

from __future__ import annotations

import numpy as np

from ..errors import SolverError
from ..model.program import Ints, Program
from .base import exact_value


def value_at(program: Program, point: Ints) -> int:
    """The best objective of `program` with its whole columns as in `point`, rounded down.

    Exact on whole columns. Where continuous ones count (serving costs), they are those of a linear program, in whole
    TPP; SolverError when it has no optimum.
    """
    if program.integral[program.objective != 0].all():
        return exact_value(program, np.zeros(program.columns), point)
    return exact_value(program, completed(program, point), point)


def completed(program: Program, point: Ints) -> np.ndarray:
    """The point with its continuous columns as good as they can be."""
    import highspy

    from .highs import load

    lower, upper = (np.where(program.integral, point, bound) for bound in (program.col_lower, program.col_upper))
    highs = load(program, None, lower, upper)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise SolverError("the value of a plan could not be found")
    return np.array(highs.getSolution().col_value)
