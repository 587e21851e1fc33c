"""PuLP's door to solvers that are Python packages, and to programs that only PuLP knows how to ask.

A door, not a fast path: PuLP builds the model term by term and tells of a plan at the end only. What PuLP says of a
solver's status is little to rely on (some adapters call optimal whatever ended with a plan, or infeasible what ran out
of time), so a plan counts when it passes the exact gate, and a bound only where the solver itself says it.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import SolverError, show
from ..model.program import INFINITE, Program
from .base import Answer, Run
from .engines import SOLVERS
from .ports import Port, port_of
from .totals import write_out_if_small

_BOUNDS: dict[str, Callable[[Any], float]] = {
    "GUROBI": lambda model: float(model.ObjBound),
    "CPLEX_PY": lambda model: float(model.solution.MIP.get_best_objective()),
    "COPT": lambda model: float(model.BestBnd),
    "XPRESS_PY": lambda model: float(model.attributes.bestbound),
}
"""The best bound that a package's model holds, by PuLP's name."""

_LOST_IN_DOUBLES = 1e-9
_ENDLESS = 1e20


def solve(program: Program, run: Run) -> Answer:
    """The best plan that PuLP's solver of the name in the run's options finds within the run's limits.

    Raises SolverError where it is not here, has no licence, or fails.
    """
    import pulp

    name = run.options.solver
    port = port_of(name, SOLVERS)
    written = write_out_if_small(program)
    problem, columns = as_pulp(written.program)
    if run.done:
        return run.answer(name)
    run.report(f"{name} is solving")
    try:
        problem.solve(_engine(pulp, port, run))
    except Exception as error:  # each package has its own
        raise SolverError(
            f"{name} failed: {show(error, 300)}. If that is about its licence, or the size that it covers, renew it; "
            "else another solver may do (--solver)."
        ) from error
    if problem.status == pulp.LpStatusInfeasible and run.left > 0:  # some adapters say so when time ran out
        return run.answer(name, infeasible=run.point is None)
    _take_bound(port, problem, run, program.offset)
    values = [column.varValue for column in columns]
    if None not in values:
        run.offer(written.spread(np.array(values, dtype=np.float64), program.columns))
    return run.answer(name)


def _take_bound(port: Port, problem: Any, run: Run, offset: int) -> None:
    """Give the run the bound that the solver's own model holds, outwards by what doubles lose."""
    read = _BOUNDS.get(port.pulp_name)
    model = getattr(problem, "solverModel", None)
    if read is None or model is None:
        return
    try:
        bound = read(model)
    except Exception:  # there is none, which each package says in its own way
        return
    if math.isfinite(bound) and abs(bound) < _ENDLESS:
        run.lower_bound(math.floor(-bound + abs(bound) * _LOST_IN_DOUBLES) + offset, exact=False)


def as_pulp(program: Program) -> tuple[Any, list[Any]]:
    """The program as a PuLP problem (minimising the negative objective), and its variables in column order."""
    import pulp

    problem = pulp.LpProblem("fleetplan", pulp.LpMinimize)
    kinds = (pulp.LpContinuous, pulp.LpInteger)
    columns = [
        problem.add_variable(f"c{j}", int(low), int(high), kinds[whole])
        for j, (low, high, whole) in enumerate(
            zip(program.col_lower, program.col_upper, program.integral.tolist(), strict=True)
        )
    ]
    used = np.flatnonzero(program.objective)
    problem += pulp.LpAffineExpression([(columns[j], -int(program.objective[j])) for j in used])
    for row in range(program.rows):
        part = slice(program.indptr[row], program.indptr[row + 1])
        pairs = zip(program.indices[part].tolist(), program.data[part].tolist(), strict=True)
        expression = pulp.LpAffineExpression([(columns[j], coefficient) for j, coefficient in pairs])
        low, high = int(program.row_lower[row]), int(program.row_upper[row])
        if low == high:
            problem.addConstraint(expression == low, f"r{row}")
            continue
        if high < INFINITE:
            problem.addConstraint(expression <= high, f"r{row}_most")
        if low > -INFINITE:
            problem.addConstraint(expression >= low, f"r{row}_least")
    return problem, columns


def _engine(pulp: Any, port: Port, run: Run) -> Any:
    """PuLP's solver object. Raises PulpSolverError where PuLP finds that it cannot be used."""
    limits = {"msg": False, "timeLimit": max(run.left, 1.0), "gapRel": 0.9 * run.options.gap}
    known = inspect.signature(type(pulp.getSolver(port.pulp_name)).__init__).parameters
    engine = pulp.getSolver(port.pulp_name, **{key: value for key, value in limits.items() if key in known})
    if not engine.available():
        raise pulp.PulpSolverError(f"PuLP finds no usable {port.pulp_name}")
    return engine
