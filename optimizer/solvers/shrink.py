"""The smallest program found on which two engines still contradict each other, for whoever has to mend one of them.

Rows and whole columns are left out in ever smaller pieces, for as long as the contradiction remains; a column is left
out by holding it at its least.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Block, Bools, Ints, Namer, Program
from . import cp_sat
from .base import Answer, Options, Run
from .cross_check import contradiction
from .engines import engine_at, place_of

_SECONDS = 60.0
"""How long to go on at most."""
_LOOK_S = 3.0
"""How long each engine has for each smaller program."""


def smallest(program: Program, run: Run, engines: Sequence[str]) -> Program:
    """A part of `program` on which the two engines contradict each other; the whole where no part was found."""
    until = time.monotonic() + _SECONDS

    def remains(part: Program) -> bool:
        return not run.stop.is_set() and time.monotonic() < until and contradicted(part, run, engines)

    rows = np.arange(program.rows)
    kept = _fewest(rows, lambda some: remains(part_of(program, _without(program.rows, rows, some), None)))
    in_rows = _without(program.rows, rows, kept)
    whole = np.flatnonzero(program.integral)
    free = _fewest(whole, lambda some: remains(part_of(program, in_rows, _without(program.columns, whole, some))))
    found = part_of(program, in_rows, _without(program.columns, whole, free))
    return found if found.rows < program.rows or found.columns < program.columns else program


def contradicted(program: Program, run: Run, engines: Sequence[str]) -> bool:
    """Whether the two engines contradict each other on `program`, a plan being what its rows alone allow."""
    first, second = (_alone(program, run, name) for name in engines)
    return first is not None and second is not None and contradiction(program, first, second) is not None


def part_of(program: Program, rows: Bools, columns: Bools | None) -> Program:
    """The program of these rows, with the other columns held at their least and left out (None: with all columns).

    Rows that say nothing any more go too.
    """
    keep = np.ones(program.columns, bool) if columns is None else columns
    gone = np.where(keep, 0, program.col_lower)
    numbers, indices = program.row_numbers(), program.indices
    shift = np.zeros(program.rows, np.int64)
    np.add.at(shift, numbers, program.data * gone[indices])
    stored = rows[numbers] & keep[indices]
    filled = rows & (np.bincount(numbers[stored], minlength=program.rows) > 0)
    low, high = program.row_lower, program.row_upper
    counts = np.bincount(numbers[stored], minlength=program.rows)[filled]
    return replace(
        program,
        objective=program.objective[keep],
        offset=program.offset + sum(int(c) * int(x) for c, x in zip(program.objective, gone, strict=True) if c and x),
        col_lower=program.col_lower[keep],
        col_upper=program.col_upper[keep],
        integral=program.integral[keep],
        scale=program.scale[keep],
        row_lower=np.where(low <= -INFINITE, low, low - shift)[filled],
        row_upper=np.where(high >= INFINITE, high, high - shift)[filled],
        margin=np.zeros(int(filled.sum()), np.int64),
        margin_if=np.full(int(filled.sum()), -1, np.int64),
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        indices=(np.cumsum(keep) - 1)[indices[stored]].astype(np.int64),
        data=program.data[stored],
        column_blocks=tuple(_blocks(program.column_blocks, keep)),
        row_blocks=tuple(_blocks(program.row_blocks, filled)),
    )


def _fewest(items: Ints, remains: Callable[[Ints], bool]) -> Ints:
    """The fewest of `items` found for which it remains, pieces of a half, a quarter and so on being left out."""
    size = max(1, len(items) // 2)
    while True:
        at = 0
        while at < len(items):
            fewer = np.delete(items, slice(at, at + size))
            if remains(fewer):
                items = fewer
            else:
                at += size
        if size == 1:
            return items
        size = max(1, size // 2)


def _without(count: int, candidates: Ints, kept: Ints) -> Bools:
    """Which of `count` things stay: all but the candidates that were not kept."""
    stay = np.ones(count, bool)
    stay[candidates] = False
    stay[kept] = True
    return stay


def _blocks(blocks: Sequence[Block], keep: Bools) -> Iterator[Block]:
    """The blocks of what is kept, each member with the name that it had."""
    start = 0
    for block in blocks:
        members = np.flatnonzero(keep[block.start : block.start + block.count]).tolist()
        if members:
            yield Block(block.family, start, len(members), _namer(block, members))
            start += len(members)


def _namer(block: Block, members: list[int]) -> Namer:
    """Names the members of a block that are left."""
    return lambda i: block.name(members[i])


def _alone(program: Program, run: Run, name: str) -> Answer | None:
    """The engine's answer on `program`, None when it has none."""
    options = Options(name, _LOOK_S, run.options.gap, run.options.seed)
    try:
        return engine_at(place_of(name))(
            program, Run(options, lambda point: _is_point(program, point), lambda _: None, program, run.stop)
        )
    except SolverError:
        return None


def _is_point(program: Program, point: Ints) -> bool:
    """Whether the whole values of `point` leave room for the other columns, in exact arithmetic."""
    held = program.integral
    if (point[held] < program.col_lower[held]).any() or (point[held] > program.col_upper[held]).any():
        return False
    fixed = replace(
        program,
        objective=np.zeros_like(program.objective),
        offset=0,
        col_lower=np.where(held, point, program.col_lower),
        col_upper=np.where(held, point, program.col_upper),
    )
    run = Run(Options("cp-sat", _LOOK_S), lambda _: True, lambda _: None, fixed)
    return cp_sat.solve(fixed, run).value is not None
