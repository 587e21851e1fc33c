"""Ties broken in a declared order, so that the same input gives the same plan on every machine and by every engine.

First every objective is proved optimal, in whole numbers. Of the plans that are left, the one is taken that

1. is the best by each objective again, in order of rank (where a tolerance left room for that),
2. opens the fewest sites,
3. has them open for the most quarters, added up,
4. moves the fewest units of the fleet, where it may,
5. is the largest where it first differs, in the order of the names of what is decided: first the openings
   (`open(SITE,QUARTER)`), then everything else (`install(SITE,ACCELERATOR,QUARTER)` ...), alphabetically.

No two plans are equal in all of these, and none of it depends on the order of rows in the scenario, on the engine or on
the seed. Each step packs as many decisions into one objective as whole numbers up to 2**52 hold, is solved by CP-SAT,
which counts in whole numbers alone, and leaves them fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

import numpy as np

from ..errors import FleetplanError, SolverError
from ..model.build import Model
from ..model.goals import Goal, Held, toward
from ..model.program import Ints, Program
from .base import Options, Run
from .values import value_at

_MOST = 2**52
"""Objectives stay below it, so that CP-SAT's bound, a double, is exact."""
_EXACT = "cp-sat"


class NotProved(FleetplanError):
    """A canonical plan was asked for, and what makes it one was not proved in time."""


def prove(run: Run, name: str) -> None:
    """The best plan of `run` is optimal, proved in whole numbers. Raises NotProved where time is too short for that."""
    if run.bound == run.value and run.exact_bound:
        return
    run.report("proving it in whole numbers")
    exactly = _run(run.program, run)
    exactly.point, exactly.value = run.point, run.value
    _solve(exactly, f"that no plan is better by {name}")
    run.point, run.value = exactly.point, exactly.value
    run.bound, run.exact_bound = exactly.bound, True


def break_ties(model: Model, run: Run, held: Sequence[Held], point: Ints) -> Ints:
    """The one plan, among those that keep every goal that is held, that comes first in the declared order.

    `point` is such a plan. Raises NotProved when the time of `run` is not enough.
    """
    run.report("breaking ties")
    columns, instance = model.columns, model.instance
    steps = [one.goal for one in held[:-1]] if instance.scenario.objective_tolerance else []
    steps.append(_few_sites_early(columns.y, model.program.columns))
    if columns.shifts.each:
        steps.append(_few_moves(columns.shifts.arriving()[0], model.program.columns))
    kept = list(held)
    for goal in steps:
        program = toward(model.program, goal, kept)
        point = _improved(program, run, point)
        kept.append(Held(goal, value_at(program, point)))
    program = toward(model.program, steps[-1], kept)

    named = {int(j): program.column_name(int(j)) for j in np.flatnonzero(program.integral)}
    openings = sorted(columns.y.ravel().tolist(), key=named.__getitem__)
    program, point = _settle(program, run, openings, point)
    shut = point[columns.y[instance.candidate_site, instance.candidate_quarter]] == 0
    idle = columns.n_list[shut]
    program = _with_bounds(program, idle, np.zeros(len(idle), np.int64))
    others = sorted(named.keys() - {*openings}, key=named.__getitem__)
    return _settle(program, run, others, point)[1]


def _few_sites_early(openings: Ints, count: int) -> Goal:
    """The fewest sites at the end, then the most quarters in which they are open; `openings` are columns (S, T)."""
    coefficients = np.zeros(count, np.int64)
    coefficients[openings] = 1
    coefficients[openings[:, -1]] -= openings.size + 1
    return Goal("few sites, early", coefficients, 0, 1, 1)


def _few_moves(arriving: Ints, count: int) -> Goal:
    """The fewest units that move; `arriving` are the columns that count them where they come to."""
    coefficients = np.zeros(count, np.int64)
    coefficients[arriving] = -1
    return Goal("few moves", coefficients, 0, 1, -1)


def _settle(program: Program, run: Run, order: Sequence[int], point: Ints) -> tuple[Program, Ints]:
    """`program` with the columns in `order` fixed at their lexicographically largest values, and a plan in it."""
    for block in _blocks(program, order):
        span = (program.col_upper - program.col_lower + 1)[block].tolist()
        weights = np.zeros(program.columns, np.int64)
        weights[block] = [prod(span[i + 1 :]) for i in range(len(span))]
        point = _improved(replace(program, objective=weights, offset=0), run, point)
        program = _with_bounds(program, block, point[block])
    return program, point


def _blocks(program: Program, order: Sequence[int]) -> Iterator[Ints]:
    """The columns in `order` that are not fixed yet, in runs that one objective can rank."""
    free = [j for j in order if program.col_lower[j] < program.col_upper[j]]
    block: list[int] = []
    size = 1
    for j in free:
        span = int(program.col_upper[j] - program.col_lower[j]) + 1
        if size * span >= _MOST and block:
            yield np.array(block, dtype=np.int64)
            block, size = [], 1
        block.append(j)
        size *= span
    if block:
        yield np.array(block, dtype=np.int64)


def _with_bounds(program: Program, columns: Ints, values: Ints) -> Program:
    """`program` with those columns fixed."""
    lower, upper = program.col_lower.copy(), program.col_upper.copy()
    lower[columns] = upper[columns] = values
    return replace(program, col_lower=lower, col_upper=upper)


def _improved(program: Program, run: Run, point: Ints) -> Ints:
    """The plan that is proved to be the best for the program's objective; `point` is one to start from."""
    exactly = _run(program, run)
    exactly.point, exactly.value = point, value_at(program, point)
    _solve(exactly, "which of the equally good plans comes first")
    assert exactly.point is not None
    return exactly.point


def _run(program: Program, run: Run) -> Run:
    """A run of the exact engine in the time that `run` has left, with the same gate; nobody listens to it."""
    options = Options(_EXACT, max(run.left, 0.01), gap=0.0, seed=run.options.seed)
    return Run(options, run.gate, lambda _: None, program, run.stop)


def _solve(exactly: Run, what: str) -> None:
    """Solve to the end. Raises NotProved, which says `what` was not."""
    from . import solve_alone

    try:
        solve_alone(exactly.program, exactly)
    except SolverError as error:
        raise NotProved(f"{what} was not proved: {error}") from error
    if not (exactly.point is not None and exactly.bound == exactly.value and exactly.exact_bound):
        raise NotProved(f"{what} was not proved in the time given")
