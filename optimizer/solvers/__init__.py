"""Arrays in, best plan out: the engines behind one call. The only place with floating-point numbers."""

from __future__ import annotations

from ..model.program import Program
from . import watchdog
from .base import Answer, Gate, Listener, Options, Progress, Run
from .engines import SOLVERS, engine_at, place_of
from .watchdog import get_ready

__all__ = ["SOLVERS", "Answer", "Gate", "Listener", "Options", "Progress", "Run", "get_ready", "solve"]


def solve(program: Program, run: Run) -> Answer:
    """The best plan of the engine that the run's options name, cross-checked by a second one where they say so.

    That there is no plan is said only when a second engine, or HiGHS without its presolve, says so too. Raises
    SolverError when there is no such engine, when it fails, and when two engines contradict each other.
    """
    answer = solve_alone(program, run)
    doubtful = answer.infeasible and answer.engine != "highs"
    if doubtful or (run.options.cross_check and not run.stop.is_set()):
        from .cross_check import cross_check

        return cross_check(program, run, answer)
    return answer


def solve_alone(program: Program, run: Run) -> Answer:
    """The answer of the engine that the run's options name, its time limit held from outside."""
    place = place_of(run.options.solver)
    if run.options.solver == "cbc":  # is held so by its adapter
        return engine_at(place)(program, run)
    if watchdog.worth_it(program):
        answer = watchdog.solve(program, run, place)
        if answer is not None:
            return answer
    return watchdog.solve_here(program, run, engine_at(place))
