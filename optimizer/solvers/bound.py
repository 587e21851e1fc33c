"""A bound that is true whatever the solver did: weak duality in whole numbers.

For any multipliers y (one per row, of the right sign where a side is open),

    max { c x : L <= A x <= U, l <= x <= u }  <=  sum_i max(y_i L_i, y_i U_i) + sum_j max(d_j l_j, d_j u_j)

with d = c - A' y,

so the solver's floating-point duals need only be good, not exact. They are taken as multiples of 2**-48 and the sum is
done in integers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.program import INFINITE, Ints, Program
from .exact_sums import BITS, ByColumn, carried, digits, digits_of_floats, dot

PLACES = 48
"""Multipliers are whole multiples of 2**-PLACES."""

_LARGEST = 2.0**100


def exact_dual_bound(program: Program, row_duals: NDArray[np.float64]) -> int:
    """An upper bound, floor of the exact rational one, on `program`'s maximum with integrality dropped.

    `row_duals` are multipliers of the maximisation, one per row; any values give a true bound.
    """
    return WeakDuality(program).bound(row_duals)


def usable(program: Program, row_duals: NDArray[np.float64]) -> NDArray[np.float64]:
    """The multipliers as they count: multiples of 2**-48, and 0 where they are no number or ask for an open side."""
    y = np.asarray(row_duals, dtype=np.float64)
    y = np.where(np.isfinite(y) & (np.abs(y) < _LARGEST), y, 0.0)
    y = np.rint(np.ldexp(y, PLACES))
    open_side = np.where(y > 0, program.row_upper >= INFINITE, program.row_lower <= -INFINITE)
    return np.ldexp(np.where(open_side, 0.0, y), -PLACES)


class WeakDuality:
    """A program held so that many dual bounds of it, under changing bounds of columns, are quickly summed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.matrix = ByColumn(program.indptr, program.indices, program.data, program.columns)

    def bound(self, row_duals: NDArray[np.float64], lower: Ints | None = None, upper: Ints | None = None) -> int:
        """The floor of the exact dual bound on the objective, with the columns' bounds replaced by those given."""
        return self.most(self.program.objective, row_duals, lower, upper) + self.program.offset

    def most(
        self,
        coefficients: Ints,
        row_duals: NDArray[np.float64],
        lower: Ints | None = None,
        upper: Ints | None = None,
    ) -> int:
        """The floor of the exact dual bound on the columns' sum with these coefficients, one per column."""
        program = self.program
        y = usable(program, row_duals)
        y_digits = digits_of_floats(np.ldexp(y, PLACES))
        total = dot(y_digits, digits(np.where(y > 0, program.row_upper, np.where(y < 0, program.row_lower, 0))))
        reduced = carried(self._reduced(coefficients, y_digits))
        low = program.col_lower if lower is None else lower
        high = program.col_upper if upper is None else upper
        total += dot(reduced, digits(np.where(reduced[-1] < 0, low, high)))
        return total >> PLACES

    def _reduced(self, coefficients: Ints, y: Ints) -> Ints:
        """The digits of 2**48 (c - y A), not carried."""
        combined = self.matrix.combined(y)
        own = digits(coefficients) << PLACES % BITS
        first = PLACES // BITS
        sums = np.zeros((max(len(combined), first + len(own)), self.program.columns), np.int64)
        sums[: len(combined)] -= combined
        sums[first : first + len(own)] += own
        return sums
