"""A second, independent engine beside the first: what the one found must not be impossible by the other's word."""

from __future__ import annotations

from dataclasses import replace

from ..errors import SolverError
from ..model.program import Program
from .base import Answer, Run
from .engines import others


class Disagreement(SolverError):
    """Two engines contradict each other on `program`, the smallest one found on which they do."""

    def __init__(self, sentence: str, program: Program) -> None:
        self.program = program
        super().__init__(sentence)


def cross_check(program: Program, run: Run, first: Answer) -> Answer:
    """The better plan of `first` and a second engine's answer, with the tighter bound.

    That there is no plan counts only when both say so, or HiGHS, which looks twice. When nothing was asked but such a
    second opinion, it has the time that is left; else as much as the first. Raises Disagreement when one answer makes
    the other impossible, SolverError when no second engine can take the program.
    """
    second = _second(program, run, first)
    sentence = contradiction(program, first, second)
    if sentence:
        from .shrink import smallest

        run.report(f"{sentence}; looking for a smaller program on which they do")
        names = run.options.solver, second.engine.split(",")[0]
        raise Disagreement(sentence, smallest(program, run, names))
    if second.value is not None and (run.value is None or second.value > run.value):
        run.point, run.value = second.point, second.value
    if second.bound is not None:
        run.lower_bound(second.bound, exact=second.exact_bound)
    if second.proof is not None:
        run.prove(second.proof)
    if second.point is None and second.bound is None and not second.infeasible:
        unsure = f"{first.engine} found no plan possible, which {second.engine} neither confirmed nor refuted in time"
        failure = unsure if first.infeasible else f"{second.engine} had no answer in time to cross-check with"
        return run.answer(first.engine, infeasible=first.infeasible and first.engine == "highs", failure=failure)
    infeasible = (first.infeasible and second.infeasible) or (
        "highs" in (engine.engine for engine in (first, second) if engine.infeasible)
    )
    return run.answer(f"{first.engine}, cross-checked with {second.engine}", infeasible=infeasible)


def contradiction(program: Program, first: Answer, second: Answer) -> str | None:
    """What makes one of the answers impossible by the other's word; None when both can be true."""
    names = f"{first.engine} and {second.engine} contradict each other"
    for one, another in ((first, second), (second, first)):
        if one.infeasible and another.point is not None:
            return f"{names}: {one.engine} found no plan possible, {another.engine} has one"
        if one.value is not None and another.bound is not None and one.value > another.bound:
            value, bound = (abs(program.shown(number)) for number in (one.value, another.bound))
            return f"{names}: {one.engine} has a plan of {value}, {another.engine} a bound of {bound}"
    return None


def _second(program: Program, run: Run, first: Answer) -> Answer:
    """The answer of the first engine, among those that did not take part, that can take the program."""
    from . import solve_alone

    errors: list[str] = []
    for name in others(first.engine):
        options = replace(run.options, solver=name, cross_check=False)
        other = Run(options, run.gate, run.listener, program, run.stop)
        if not run.options.cross_check:
            other.started = run.started
        run.report(f"cross-checking with {name}")
        try:
            return solve_alone(program, other)
        except SolverError as error:
            errors.append(str(error))
    raise SolverError(f"no second engine can check {first.engine}: {'; '.join(errors)}")
