"""CP-SAT, the second and independent engine: the same whole numbers on both sides, so its proofs are exact.

Continuous columns are counted in ones of their scale, which loses nothing: with the units fixed, the rest is sums and
a flow problem in whole TPP.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Program
from .base import Answer, Run, watching

_LARGEST = 2**62


def solve(program: Program, run: Run) -> Answer:
    """The best plan that CP-SAT finds within the run's limits."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    grain = np.where(program.integral, 1, program.scale)
    columns = [
        model.new_int_var(int(low), int(high), "")
        for low, high in zip(program.col_lower * grain, program.col_upper * grain, strict=True)
    ]
    coefficients = program.data // grain[program.indices]
    for row in range(program.rows):
        part = slice(program.indptr[row], program.indptr[row + 1])
        _add_row(
            model, cp_model, program, row, [columns[j] for j in program.indices[part]], coefficients[part].tolist()
        )
    parts = _set_objective(model, cp_model, program, columns, grain)
    if run.point is not None:
        for j in np.flatnonzero(program.integral).tolist():
            model.add_hint(columns[j], int(run.point[j]))

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(run.left, 0.01)
    solver.parameters.random_seed = run.options.seed
    solver.parameters.num_workers = 2
    solver.parameters.relative_gap_limit = 0.0  # the run judges the gap, on exact numbers that include the fleet
    solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to whoever called

    def offer(value_of: Any) -> None:
        run.offer(np.array([value_of(column) for column in columns], dtype=np.float64) / grain)

    class Watch(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            offer(self.value)
            if run.done:
                self.stop_search()

    def on_bound(bound: float) -> None:
        # integer-exact inside; the double loses at most one unit in 2**53
        whole = math.floor(bound + abs(bound) * 2**-52)
        run.lower_bound(whole // parts + program.offset, exact=abs(bound) < 2**52)
        run.tick()
        if run.done:
            solver.stop_search()

    solver.best_bound_callback = on_bound
    with watching(run, solver.stop_search):
        status = solver.solve(model, Watch())
    if status == cp_model.MODEL_INVALID:
        raise SolverError(f"CP-SAT refused the model: {model.validate()}")
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        offer(solver.value)
        on_bound(solver.best_objective_bound)
    return run.answer("cp-sat", infeasible=status == cp_model.INFEASIBLE and run.point is None)


def _set_objective(model: Any, cp_model: Any, program: Program, columns: list[Any], grain: np.ndarray) -> int:
    """Maximise the objective in parts so small that all its coefficients are whole; how many parts make one."""
    used = np.flatnonzero(program.objective).tolist()
    parts = math.lcm(1, *(int(grain[j]) for j in used))
    coefficients = [int(program.objective[j]) * (parts // int(grain[j])) for j in used]
    most = sum(abs(c) * int(program.col_upper[j]) * int(grain[j]) for c, j in zip(coefficients, used, strict=True))
    if most >= _LARGEST:
        raise SolverError("the objective is too large for CP-SAT's 64-bit sums; use another engine")
    model.maximize(cp_model.LinearExpr.weighted_sum([columns[j] for j in used], coefficients))
    return parts


def _add_row(
    model: Any, cp_model: Any, program: Program, row: int, columns: list[Any], coefficients: list[int]
) -> None:
    """One row, divided by its greatest common divisor; SolverError when its sum could leave 64 bits."""
    divisor = math.gcd(*coefficients) or 1
    low, high = int(program.row_lower[row]), int(program.row_upper[row])
    low = -_LARGEST if low <= -INFINITE else -(-low // divisor)
    high = _LARGEST if high >= INFINITE else high // divisor
    part = program.indices[program.indptr[row] : program.indptr[row + 1]]
    most = sum(
        abs(int(c))
        // divisor
        * max(abs(int(program.col_lower[j])), abs(int(program.col_upper[j])))
        * (1 if program.integral[j] else int(program.scale[j]))
        for c, j in zip(coefficients, part, strict=True)
    )
    if most >= _LARGEST:
        raise SolverError(f"row {program.row_name(row)} is too large for CP-SAT's 64-bit sums")
    expression = cp_model.LinearExpr.weighted_sum(columns, [c // divisor for c in coefficients])
    model.add_linear_expression_in_domain(expression, cp_model.Domain(low, high))
