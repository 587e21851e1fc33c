"""Objectives in order of rank: each as coefficients on a program's columns, to be maximised or held as a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd, lcm

import numpy as np

from .families import Columns
from .instance import Instance
from .objectives import OBJECTIVES
from .program import EXACT_IN_FLOAT, INFINITE, Block, Builder, Ints, Program, ProgramTooLarge

HELD = "objective held"
"""The family of the rows that hold what was reached."""


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective as a Program has it: `coefficients` . x + `offset` is maximised, sense x that / scale is read."""

    name: str
    coefficients: Ints
    offset: int
    scale: int
    sense: int


@dataclass(frozen=True, slots=True)
class Held:
    """A goal whose value is to stay at `least` or above."""

    goal: Goal
    least: int


def later_goals(
    names: Sequence[str], instance: Instance, columns: Columns, fleet_tpp: list[int], count: int
) -> tuple[Goal, ...]:
    """The objectives of these names over a program of `count` columns."""
    found = []
    for name in names:
        stated = Builder()
        OBJECTIVES[name](stated, instance, columns, fleet_tpp)
        found.append(Goal(name, stated.objective_of(count), stated.offset, stated.objective_scale, stated.sense))
    return tuple(found)


def goal_of(program: Program, name: str) -> Goal:
    """The objective of `program` as a goal."""
    return Goal(name, program.objective, program.offset, program.objective_scale, program.sense)


def toward(program: Program, goal: Goal, held: Sequence[Held]) -> Program:
    """`program` with `goal` for its objective, and a row for each goal that is held.

        max G_j

    subject to all that stands above, and

        G_i >= v_i - d m_i                              for all i before j

    G_i is objective i, with a minus where it is minimised; v_i is the value that it reached with those before it held,
    m_i that value without its sign, and d the tolerance.

    Fields: `objective`, `objective_tolerance`.

    Raises ProgramTooLarge where such a row has coefficients that no solver holds exactly.
    """
    turned = replace(
        program,
        objective=goal.coefficients,
        offset=goal.offset,
        objective_scale=goal.scale,
        sense=goal.sense,
    )
    return turned if not held else _with_rows(turned, held)


def _with_rows(program: Program, held: Sequence[Held]) -> Program:
    columns, data, least = zip(*(_row(program, one) for one in held), strict=True)
    count = len(held)
    none = np.zeros(count, np.int64)
    units = [np.abs(part[program.integral[where]]).max(initial=0) for where, part in zip(columns, data, strict=True)]
    names = [f"at_least({one.goal.name})" for one in held]
    return replace(
        program,
        row_lower=np.concatenate([program.row_lower, np.array(least, np.int64)]),
        row_upper=np.concatenate([program.row_upper, none + INFINITE]),
        margin=np.concatenate([program.margin, np.array(units, np.int64)]),
        margin_if=np.concatenate([program.margin_if, none - 1]),
        indptr=np.concatenate([program.indptr, program.indptr[-1] + np.cumsum([len(part) for part in columns])]),
        indices=np.concatenate([program.indices, *columns]),
        data=np.concatenate([program.data, *data]),
        row_blocks=(*program.row_blocks, Block(HELD, program.rows, count, names.__getitem__)),
    )


def _row(program: Program, held: Held) -> tuple[Ints, Ints, int]:
    """The columns, coefficients and lower bound of a goal's row, all divided by what divides them.

    Coefficients of continuous columns are multiples of their scale, as in every row.
    """
    goal = held.goal
    columns = np.flatnonzero(goal.coefficients)
    scales = np.where(program.integral[columns], 1, program.scale[columns]).tolist()
    pairs = list(zip(goal.coefficients[columns].tolist(), scales, strict=True))
    times = lcm(1, *(scale // gcd(scale, value) for value, scale in pairs))
    least = times * (held.least - goal.offset)
    whole = bool(program.integral[columns].all())  # then the bound may be rounded up
    divisor = gcd(*(times * value // scale for value, scale in pairs), 0 if whole else least) or 1
    data = [times * value // divisor for value, _ in pairs]
    least = -(-least // divisor)
    if max(map(abs, [*data, least]), default=0) >= EXACT_IN_FLOAT:
        raise ProgramTooLarge(f"{goal.name} cannot be held as a row, whose numbers would have more than 15 digits")
    return columns, np.array(data, dtype=np.int64), least
