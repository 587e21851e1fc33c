"""A bound that is true whatever the solver did: weak duality in whole numbers.

For any multipliers y (one per row, of the right sign where a side is open),

    max { c x : L <= A x <= U, l <= x <= u }  <=  sum_i max(y_i L_i, y_i U_i) + sum_j max(d_j l_j, d_j u_j)

with d = c - A' y,

so the solver's floating-point duals need only be good, not exact. They are taken as multiples of 2**-48 and the sum is
done in integers.
"""

from __future__ import annotations

import math

import numpy as np

from ..model.program import INFINITE, Program

_BITS = 48


def exact_dual_bound(program: Program, row_duals: np.ndarray) -> int:
    """An upper bound, floor of the exact rational one, on `program`'s maximum with integrality dropped.

    `row_duals` are multipliers of the maximisation, one per row; any values give a true bound.
    """
    y = [int(math.ldexp(float(value), _BITS)) if math.isfinite(value) else 0 for value in row_duals]
    low, high = program.row_lower.tolist(), program.row_upper.tolist()
    total = 0
    for i, value in enumerate(y):
        if value > 0:
            if high[i] >= INFINITE:
                y[i] = 0
            else:
                total += value * high[i]
        elif value < 0:
            if low[i] <= -INFINITE:
                y[i] = 0
            else:
                total += value * low[i]
    multipliers = np.array(y, dtype=object)
    order = np.argsort(program.indices, kind="stable")
    products = program.data[order].astype(object) * multipliers[program.row_numbers()[order]]
    reduced = program.objective.astype(object) * (1 << _BITS)
    columns = program.indices[order]
    if len(columns):
        starts = np.flatnonzero(np.r_[True, columns[1:] != columns[:-1]])
        reduced[columns[starts]] -= np.add.reduceat(products, starts)
    at = np.where(reduced > 0, program.col_upper.astype(object), program.col_lower.astype(object))
    total += int((reduced * at).sum())
    return (total >> _BITS) + program.offset
