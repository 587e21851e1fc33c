"""A whole point with its continuous columns filled in exactly, so that every row can be summed up in whole numbers."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ..errors import SolverError
from ..model.program import INFINITE, Ints, Program
from .values import completed


def parts_of(program: Program, point: Ints) -> list[int]:
    """Every column in whole parts of 1/scale (whole columns in ones), so that all rows and bounds hold exactly.

    Totals follow from the equations that define them, what is left (flows) is a corner of what is possible, and its
    amounts are whole TPP. Raises SolverError where they do not come out whole.
    """
    grain = np.where(program.integral, 1, program.scale)
    parts: list[int] = np.where(program.integral, point, 0).tolist()
    totals = _totals(program)
    rest = np.flatnonzero(~program.integral)
    rest = rest[~np.isin(rest, [column for _, column in totals])]
    if rest.size:
        x = completed(program, point)
        for j in rest.tolist():
            parts[j] = round(float(x[j]) * int(grain[j]))
    coefficients = (program.data // grain[program.indices]).tolist()
    indices, starts = program.indices.tolist(), program.indptr.tolist()
    lower, upper = program.row_lower.tolist(), program.row_upper.tolist()
    for row, column in totals:
        entries = range(starts[row], starts[row + 1])
        others = sum(coefficients[at] * parts[indices[at]] for at in entries if indices[at] != column)
        own = next(coefficients[at] for at in entries if indices[at] == column)
        parts[column] = (lower[row] - others) // own
    for row in range(program.rows):
        found = sum(coefficients[at] * parts[indices[at]] for at in range(starts[row], starts[row + 1]))
        if (found < lower[row] and lower[row] > -INFINITE) or (found > upper[row] and upper[row] < INFINITE):
            raise SolverError(f"the plan could not be written out in whole numbers: {program.row_name(row)} is broken")
    for j, (low, part, high) in enumerate(
        zip((program.col_lower * grain).tolist(), parts, (program.col_upper * grain).tolist(), strict=True)
    ):
        if not low <= part <= high:
            raise SolverError(f"the plan could not be written out in whole numbers: {program.column_name(j)}")
    return parts


def value_of(program: Program, parts: list[int]) -> int:
    """The objective of columns given in whole parts, rounded down."""
    value = Fraction(program.offset)
    for j in np.flatnonzero(program.objective).tolist():
        grain = 1 if program.integral[j] else int(program.scale[j])
        value += Fraction(int(program.objective[j]) * parts[j], grain)
    return math.floor(value)


def _totals(program: Program) -> list[tuple[int, int]]:
    """Rows and columns such that the row, an equation, gives the column from whole ones and from columns before it."""
    known = program.integral.copy()
    found = []
    for row in np.flatnonzero(program.row_lower == program.row_upper).tolist():
        columns = program.indices[program.indptr[row] : program.indptr[row + 1]]
        unknown = columns[~known[columns]]
        if len(unknown) == 1:
            known[unknown] = True
            found.append((row, int(unknown[0])))
    return found
