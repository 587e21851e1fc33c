"""Why a program has no solution: an irreducible set of constraint families, and the least that would have to give.

First a deletion filter over families: leave one out; if there still is no solution, it is not needed for the conflict.
Then, with every family back, each row may be broken for a price in its own size, and the cheapest breaks are named.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np

from ..model.program import INFINITE, Bools, Program
from .highs import SMALL, load, row_factors

DEFINITIONS = frozenset(
    (
        *("power drawn", "spending", "site capacity", "group capacity", "account"),
        *("standing fleet", "oldest first", "moves"),
    )
)
"""Families that only define what others limit; they are never left out."""

_SECONDS = 3.0
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Break:
    """A row, by its number, that would have to give, and by how much of its own bound's size (1 = the whole bound)."""

    row: int
    family: str
    relative: float


@dataclass(frozen=True, slots=True)
class Families:
    """Families in conflict; `whole` says what had to be whole for it: nothing, openings, or openings and units.

    Not `in_time`: there may be fewer that are needed for the conflict, or where none are named, some there may be.
    """

    names: tuple[str, ...]
    whole: str
    in_time: bool = True


def conflicting_families(program: Program) -> Families:
    """Families that together leave no solution, while without any one of them there is one.

    Looked for in the linear relaxation first, then with whole openings, then (small programs) with whole units too;
    no names when none of them shows the conflict in a few seconds.
    """
    in_time = True
    loose = _without_implied_bounds(program)
    stages: list[tuple[str, Bools | None]] = [("nothing", None), ("openings", _openings(program))]
    if program.integral.sum() <= SMALL:
        stages.append(("openings and units", program.integral))
    for whole, integral in stages:
        unsolvable = _unsolvable(loose, frozenset(), integral)
        if unsolvable:
            return _filtered(loose, integral, whole)
        in_time = in_time and unsolvable is not None
    return Families((), "openings and units", in_time)


def _filtered(loose: Program, integral: Bools | None, whole: str) -> Families:
    """The families that a deletion filter leaves."""
    started = time.monotonic()
    needed = sorted({block.family for block in loose.row_blocks} - DEFINITIONS)
    dropped: set[str] = set()
    in_time = True
    for family in list(needed):
        late = time.monotonic() - started > _PATIENCE
        unsolvable = None if late else _unsolvable(loose, frozenset(dropped | {family}), integral)
        in_time = in_time and unsolvable is not None
        if unsolvable:
            dropped.add(family)
            needed.remove(family)
    return Families(tuple(needed), whole, in_time)


def least_breaks(program: Program, most: int = 8) -> list[Break] | None:
    """Rows of the cheapest way to break the program into having a solution, the largest first; None: not in time."""
    loose = _without_implied_bounds(program)
    highs = load(replace(loose, objective=np.zeros_like(loose.objective)), None)
    rows = [
        (row, block.family)
        for block in program.row_blocks
        if block.family not in DEFINITIONS
        for row in range(block.start, block.start + block.count)
    ]
    factor = row_factors(program)
    slacks: list[tuple[int, str, float]] = []
    for row, family in rows:
        low, high = int(program.row_lower[row]), int(program.row_upper[row])
        part = program.data[program.indptr[row] : program.indptr[row + 1]]
        size = float(
            max(abs(low) if low > -INFINITE else 0, abs(high) if high < INFINITE else 0, np.abs(part).max(initial=1))
        )
        for sign in (1.0, -1.0):
            if (sign > 0 and low > -INFINITE) or (sign < 0 and high < INFINITE):
                slacks.append((row, family, size))
                value = np.array([sign * size * factor[row]])
                highs.addCol(1.0, 0.0, highs.getInfinity(), 1, np.array([row], dtype=np.int32), value)
    highs.setOptionValue("time_limit", _SECONDS * 2)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    values = list(highs.getSolution().col_value)[program.columns :]
    found = [Break(row, family, value) for (row, family, _), value in zip(slacks, values, strict=True) if value > 1e-7]
    return sorted(found, key=lambda item: -item.relative)[:most]


def _without_implied_bounds(program: Program) -> Program:
    """The program with no upper bounds but those of openings: what the others imply stands in rows too."""
    return replace(program, col_upper=np.where(_openings(program), 1, INFINITE))


def _openings(program: Program) -> Bools:
    """Which columns are openings of sites."""
    openings = np.zeros(program.columns, bool)
    for block in program.column_blocks:
        if block.family == "open":
            openings[block.start : block.start + block.count] = True
    return openings


def _unsolvable(program: Program, without: frozenset[str], integral: Bools | None) -> bool | None:
    """Whether there is no solution when the rows of the families `without` are left out; None: not known in time."""
    left = _without_rows(replace(program, objective=np.zeros_like(program.objective)), without)
    highs: Any = load(left, integral)
    # With rows left out HiGHS did not end, or ended the process: 1.14 in its presolve, 1.12 and 1.13 in that of the
    # smaller programs which these heuristics make.
    highs.setOptionValue("presolve", "off")
    for heuristic in ("rens", "rins", "root_reduced_cost"):
        highs.setOptionValue(f"mip_heuristic_run_{heuristic}", False)
    highs.setOptionValue("time_limit", _SECONDS)
    highs.run()
    return {highspy.HighsModelStatus.kInfeasible: True, highspy.HighsModelStatus.kOptimal: False}.get(
        highs.getModelStatus()
    )


def _without_rows(program: Program, families: frozenset[str]) -> Program:
    """The program without the rows of `families`."""
    keep = np.ones(program.rows, bool)
    for block in program.row_blocks:
        keep[block.start : block.start + block.count] = block.family not in families
    stored = keep[program.row_numbers()]
    return replace(
        program,
        row_lower=program.row_lower[keep],
        row_upper=program.row_upper[keep],
        margin=program.margin[keep],
        margin_if=program.margin_if[keep],
        indptr=np.concatenate([[0], np.cumsum(np.diff(program.indptr)[keep])]),
        indices=program.indices[stored],
        data=program.data[stored],
        row_blocks=(),
    )
