"""Objectives in order of rank: what one reached is held as a row, within the tolerance, while the next is improved.

Each rank may use all the time that is left, and starts from the plan that the one before it ended with. A rank that
does not meet the gap asked for ends the list: what it reached is no value to hold the later ones to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..errors import SolverError
from ..model.build import Model
from ..model.goals import Goal, Held, goal_of, toward
from ..model.program import Ints, Program, ProgramTooLarge
from .base import Answer, Run, exact_gap
from .canonical import NotProved, break_ties, prove
from .values import value_at


@dataclass(frozen=True, slots=True)
class Rank:
    """One objective of a list: its value in the final plan and its bound, as people read them.

    `met` says that the gap asked for was met when this rank was solved, `proof` how sure the bound is for that value.
    One that was skipped has neither value nor bound, and says `why`.
    """

    name: str
    value: Fraction | None = None
    bound: Fraction | None = None
    gap: Fraction | None = None
    met: bool = False
    proof: Literal["proved", "bounded", "none"] = "none"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The answer of the first rank with the plan of the last one, and how each rank ended."""

    answer: Answer
    ranks: tuple[Rank, ...]

    @property
    def met(self) -> bool:
        """Whether every rank met the gap asked for."""
        return all(rank.met for rank in self.ranks)


@dataclass(frozen=True, slots=True)
class _Solved:
    """A rank that was solved: its goal, its run, and the bound and value that it ended with."""

    goal: Goal
    run: Run
    answer: Answer

    @property
    def met(self) -> bool:
        """Whether it met the gap asked for."""
        return self.run.met


def solve_later(model: Model, run: Run, answer: Answer) -> Ranked:
    """What comes of `answer`, that of the model's own program, after every objective that follows it.

    The plan is never worse by an earlier objective than the tolerance allows. Where a canonical plan is asked for and
    not proved in time, the answer has no plan, and `failure` says what was not. Raises Disagreement where engines
    contradict each other.
    """
    tolerance = model.instance.scenario.objective_tolerance
    try:
        solved, why = _solve_all(model, _Solved(goal_of(model.program, model.instance.scenario.objective), run, answer))
        last = solved[-1].answer.point
        assert last is not None
        if run.options.canonical:
            held = [*(_held(one, tolerance) for one in solved[:-1]), _held(solved[-1], Fraction(0))]
            last = break_ties(model, run, held, last)
    except NotProved as error:
        return Ranked(replace(answer, point=None, failure=str(error)), ())
    ranks = [_rank(model.program, one, last) for one in solved]
    ranks += [Rank(goal.name, why=why) for goal in model.later[len(solved) - 1 :]]
    run.point, run.value = last, value_at(model.program, last)
    return Ranked(replace(solved[0].answer, point=last, value=run.value), tuple(ranks))


def _solve_all(model: Model, first: _Solved) -> tuple[list[_Solved], str]:
    """The ranks that were solved, and why the next one was not (nothing when all were). Raises NotProved."""
    canonical = first.run.options.canonical
    solved, why = [_proved(first) if canonical else first], ""
    for goal in model.later:
        why = _why_not(solved[-1])
        rank = None
        if not why:
            rank, why = _solve_next(model, goal, solved)
        if rank is None:
            break
        solved.append(_proved(rank) if canonical else rank)
    if why and canonical:
        raise NotProved(f"{model.later[len(solved) - 1].name} was not looked at: {why}")
    return solved, why


def _proved(one: _Solved) -> _Solved:
    """The rank with its optimum proved in whole numbers. Raises NotProved."""
    run = one.run
    prove(run, one.goal.name.replace("_", " "))
    answer = replace(one.answer, point=run.point, value=run.value, bound=run.bound, exact_bound=True)
    return replace(one, answer=answer)


def _why_not(last: _Solved) -> str:
    """Why the objective after `last` is not looked at; nothing when it is."""
    if last.run.stop.is_set():
        return "the search was stopped"
    if not last.met:
        return f"the gap asked for was not met by {last.goal.name}"
    return "no time was left" if last.run.left <= 0 else ""


def _solve_next(model: Model, goal: Goal, solved: Sequence[_Solved]) -> tuple[_Solved | None, str]:
    """The next rank solved, or None and why not: a plan is in hand, so that is no reason to end without one."""
    from . import solve
    from .cross_check import Disagreement

    program, first, point = model.program, solved[0].run, solved[-1].answer.point
    assert point is not None
    held = [_held(one, model.instance.scenario.objective_tolerance) for one in solved]
    try:
        turned = toward(program, goal, held)
        value = value_at(turned, point)
        options = replace(first.options, time_limit=first.left)
        run = Run(options, lambda x: first.gate(x) and keeps(program, held, x), first.listener, turned, first.stop)
        run.point, run.value = point, value
        run.report(f"rank {len(solved) + 1}: {goal.name.replace('_', ' ')}")
        answer = solve(turned, run)
    except Disagreement:
        raise
    except (SolverError, ProgramTooLarge) as error:
        return None, str(error)
    return _Solved(goal, run, answer), ""


def _held(one: _Solved, tolerance: Fraction) -> Held:
    """A rank's goal with the least value that the tolerance leaves it."""
    assert one.run.value is not None
    return Held(one.goal, one.run.value - int(tolerance * abs(one.run.value)))


def keeps(program: Program, held: Sequence[Held], point: Ints) -> bool:
    """Whether a whole point keeps every goal that is held."""
    return all(value_at(toward(program, one.goal, ()), point) >= one.least for one in held)


def _rank(program: Program, one: _Solved, last: Ints) -> Rank:
    """How a rank ended, with its value in the last plan."""
    turned = toward(program, one.goal, ())
    value, bound = value_at(turned, last), one.answer.bound
    return Rank(
        name=one.goal.name,
        value=turned.shown(value),
        bound=None if bound is None else turned.shown(bound),
        gap=None if bound is None or (bound and not value) else exact_gap(value, bound),
        met=one.met,
        proof=replace(one.answer, value=value).word(one.run.options.gap),
    )
