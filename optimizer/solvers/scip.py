"""SCIP, through OR-Tools: an engine of another making than HiGHS and CP-SAT, for second opinions.

It reckons in doubles, so its plans pass the exact gate or are dropped, and its bounds are widened by what doubles can
lose. It tells its plans only at its end. OR-Tools' `model_builder` cannot stop it; `pywraplp` can.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Program
from .base import Answer, Run, watching
from .totals import write_out

_PARAMETERS = "numerics/feastol = 1e-9\nrandomization/randomseedshift = {seed}\n"


def solve(program: Program, run: Run) -> Answer:
    """The best plan that SCIP finds within the run's limits."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("SCIP")
    if solver is None:
        raise SolverError("this OR-Tools was built without SCIP")
    written = write_out(program)
    columns = _load(solver, written.program)
    solver.SetTimeLimit(max(round(run.left * 1000), 10))
    solver.SetSolverSpecificParametersAsString(_PARAMETERS.format(seed=run.options.seed))
    limits = pywraplp.MPSolverParameters()
    limits.SetDoubleParam(pywraplp.MPSolverParameters.RELATIVE_MIP_GAP, 0.9 * run.options.gap)
    run.report("scip is solving")
    with watching(run, solver.InterruptSolve):
        status = solver.Solve(limits)
    if status == pywraplp.Solver.INFEASIBLE:
        return run.answer("scip", infeasible=run.point is None)
    if status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return run.answer("scip")
    value, bound = solver.Objective().Value(), solver.Objective().BestBound()
    if math.isfinite(bound) and (status == pywraplp.Solver.OPTIMAL or bound > value):
        # when it was stopped, OR-Tools has given the best plan's value for a bound
        run.lower_bound(math.floor(bound + max(abs(bound), abs(value)) * 1e-9), exact=False)
    more = True
    while more:
        x = written.spread(np.array([column.solution_value() for column in columns]), program.columns)
        more = not run.offer(x) and solver.NextSolution()
    return run.answer("scip")


def _load(solver: Any, program: Program) -> list[Any]:
    """The program's columns in `solver`, which holds its rows and objective too."""
    infinity = solver.Infinity()
    make = (solver.NumVar, solver.IntVar)
    columns = [
        make[whole](low, high, "")
        for low, high, whole in zip(
            program.col_lower.tolist(), program.col_upper.tolist(), program.integral.tolist(), strict=True
        )
    ]
    starts, indices, data = program.indptr.tolist(), program.indices.tolist(), program.data.tolist()
    for row, (low, high) in enumerate(zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True)):
        held = solver.RowConstraint(-infinity if low <= -INFINITE else low, infinity if high >= INFINITE else high, "")
        for at in range(starts[row], starts[row + 1]):
            held.SetCoefficient(columns[indices[at]], data[at])
    objective = solver.Objective()
    for column in np.flatnonzero(program.objective).tolist():
        objective.SetCoefficient(columns[column], int(program.objective[column]))
    objective.SetOffset(program.offset)
    objective.SetMaximization()
    return columns
