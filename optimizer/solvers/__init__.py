"""Arrays in, best plan out: the engines behind one call. The only place with floating-point numbers."""

from __future__ import annotations

from ..model.program import Program
from . import watchdog
from .base import Answer, Gate, Listener, Options, Progress, Run
from .engines import PROGRAMS, SOLVERS, THROUGH_PULP, engine_at, place_of
from .watchdog import get_ready

__all__ = ["SOLVERS", "Answer", "Gate", "Listener", "Options", "Progress", "Run", "get_ready", "solve"]


def solve(program: Program, run: Run) -> Answer:
    """The best plan of the engine that the run's options name, cross-checked by a second one where they say so.

    That there is no plan is said only when a second engine, or HiGHS without its presolve, says so too. Raises
    SolverError when there is no such engine, when it fails, and when two engines contradict each other. The bound of a
    small program is proved, where that does not take long.
    """
    return _proved(program, run, _solve(program, run))


def _solve(program: Program, run: Run) -> Answer:
    """The engine's answer, cross-checked where that is asked for or needed; nobody is asked where enough is known."""
    if (run.met or run.enough) and not run.options.cross_check:
        return run.answer(run.options.solver)
    answer = solve_alone(program, run)
    doubtful = answer.infeasible and answer.engine != "highs"
    if doubtful or (run.options.cross_check and not run.stop.is_set()):
        from .cross_check import cross_check

        return cross_check(program, run, answer)
    return answer


def _proved(program: Program, run: Run, answer: Answer) -> Answer:
    """The answer with its bound proved, or as it was; without its bound where the proof of it does not hold."""
    from . import proof, proof_tree

    if answer.value is None:
        return answer
    if answer.word(run.options.gap) != "proved" and proof_tree.worth_it(program, run):
        place = f"{proof_tree.__name__}:solve"
        if not (watchdog.worth_it(program) and watchdog.solve(program, run, place)):
            watchdog.solve_here(program, run, proof_tree.solve)
        answer = run.answer(answer.engine, failure=answer.failure)
    if answer.proof is not None and not proof.holds(program, answer.proof):
        run.proof = run.bound = None
        answer = run.answer(answer.engine, failure=f"the proof of {answer.engine}'s bound does not hold")
    return answer


def solve_alone(program: Program, run: Run) -> Answer:
    """The answer of the engine that the run's options name, its time limit held from outside."""
    place = place_of(run.options.solver)
    if place == PROGRAMS:  # which holds it itself
        return engine_at(place)(program, run)
    if place == THROUGH_PULP or watchdog.worth_it(program):  # what is not ours never runs in this process
        answer = watchdog.solve(program, run, place)
        if answer is not None:
            return answer
    return watchdog.solve_here(program, run, engine_at(place))
