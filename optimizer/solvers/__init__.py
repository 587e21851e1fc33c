"""Arrays in, best plan out: the engines behind one call. The only place with floating-point numbers."""

from __future__ import annotations

from dataclasses import replace

from ..errors import SolverError
from ..model.program import Program
from .base import Answer, Gate, Listener, Options, Progress, Run

SOLVERS = ("highs", "cp-sat", "cbc")
"""Engines that every installation has; other names go to PuLP."""

__all__ = ["SOLVERS", "Answer", "Gate", "Listener", "Options", "Progress", "Run", "solve"]


def solve(program: Program, run: Run) -> Answer:
    """The best plan of the engine that the run's options name, cross-checked by a second one where they say so.

    Raises SolverError when there is no such engine, when it fails, and when two engines contradict each other.
    """
    answer = _solve(program, run)
    if not run.options.cross_check or run.stop.is_set():
        return answer
    second = "highs" if run.options.solver == "cp-sat" else "cp-sat"
    other = Run(replace(run.options, solver=second), run.gate, run.listener, program, run.stop)
    run.report(f"cross-checking with {second}")
    return _agreed(run, answer, other, _solve(program, other))


def _agreed(run: Run, answer: Answer, other: Run, second: Answer) -> Answer:
    """The better of two answers with the tighter of their bounds; SolverError when one makes the other impossible."""
    names = f"{answer.engine} and {second.engine}"
    for one, another in ((answer, second), (second, answer)):
        if one.infeasible and another.point is not None:
            raise SolverError(f"{names} contradict each other: {one.engine} found no plan possible, the other has one")
        if one.value is not None and another.bound is not None and one.value > another.bound:
            raise SolverError(
                f"{names} contradict each other: a plan of {one.value} is above a bound of {another.bound}"
            )
    if second.value is not None and (run.value is None or second.value > run.value):
        run.point, run.value = second.point, second.value
    if second.bound is not None:
        run.lower_bound(second.bound, exact=second.exact_bound)
    infeasible = answer.infeasible or second.infeasible
    return run.answer(f"{answer.engine}, cross-checked with {second.engine}", infeasible=infeasible)


def _solve(program: Program, run: Run) -> Answer:
    """The answer of the engine that the run's options name."""
    name = run.options.solver
    try:
        if name == "highs":
            from . import highs

            return highs.solve(program, run)
        if name == "cp-sat":
            from . import cp_sat

            return cp_sat.solve(program, run)
        from . import pulp_solvers

        return pulp_solvers.solve(program, run, name)
    except ImportError as error:
        raise SolverError(f"the solver {name} is not installed: {error}") from error
