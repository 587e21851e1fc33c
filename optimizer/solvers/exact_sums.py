"""Sums of products of large whole numbers, exact and by arrays: a number is digits in base 2**21, each digit an array.

Products of two digits have 42 bits, so a 64-bit sum of a million of them is exact. That is some 50 times faster than
arrays of Python's own integers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model.program import Ints, ProgramTooLarge

BITS = 21
_BASE = 1 << BITS
_MOST_TERMS = 1 << 20
_MOST_IN_COLUMN = 1 << 18
"""Three sums of so many products of two digits fit into 64 bits."""


def digits(values: Ints) -> Ints:
    """(D, n) digits of 64-bit numbers: all from 0 to 2**21 - 1 but the last, which has the sign."""
    found: list[Ints] = []
    rest = values
    while True:
        if not rest.size or (rest.min() >= -_BASE and rest.max() < _BASE):
            return np.array([*found, rest])
        found.append(rest & (_BASE - 1))
        rest = rest >> BITS


def digits_of_floats(values: NDArray[np.float64]) -> Ints:
    """(D, n) digits of whole numbers that are held as doubles; each digit has its number's sign."""
    found = []
    rest = values
    while True:
        digit = np.fmod(rest, _BASE)  # exact, as is what follows
        found.append(digit.astype(np.int64))
        rest = (rest - digit) / _BASE
        if not rest.any():
            return np.array(found)


def carried(sums: Ints) -> Ints:
    """(D + 3, n) digits of the same numbers, each digit but the last from 0 to 2**21 - 1; the last has the sign."""
    found = np.zeros((len(sums) + 3, sums.shape[1]), np.int64)
    carry = np.zeros(sums.shape[1], np.int64)
    for place in range(len(found) - 1):
        now = carry if place >= len(sums) else sums[place] + carry
        found[place], carry = now & (_BASE - 1), now >> BITS
    found[-1] = carry
    return found


def dot(left: Ints, right: Ints) -> int:
    """The sum over n of the products of numbers given as (D, n) digits."""
    total = 0
    for first in range(0, left.shape[1], _MOST_TERMS):
        part = slice(first, first + _MOST_TERMS)
        for i, one in enumerate(left[:, part]):
            for j, other in enumerate(right[:, part]):
                total += int(one @ other) << (BITS * (i + j))
    return total


class ByColumn:
    """A matrix by rows (CSR), held so that y A is summed exactly for any y, column by column."""

    def __init__(self, indptr: Ints, indices: Ints, data: Ints, columns: int) -> None:
        rows = np.repeat(np.arange(len(indptr) - 1, dtype=np.int64), np.diff(indptr))
        order = np.argsort(indices, kind="stable")
        self.rows = rows[order]
        self.data = digits(data[order])
        sorted_columns = indices[order]
        self.starts = np.flatnonzero(np.diff(sorted_columns, prepend=-1))
        self.used = sorted_columns[self.starts]
        self.columns = columns
        if len(self.used) and np.diff(self.starts, append=len(order)).max() > _MOST_IN_COLUMN:
            raise ProgramTooLarge("a column has more than 262,144 coefficients")

    def combined(self, y: Ints) -> Ints:
        """(D, columns) sums of the digits of y A, not carried, for y given as (D, rows) digits."""
        places = len(y) + len(self.data) - 1
        sums = np.zeros((places, self.columns), np.int64)
        if not len(self.used):
            return sums
        for i, digit in enumerate(y):
            of_entries = digit[self.rows]
            for j, part in enumerate(self.data):
                sums[i + j, self.used] += np.add.reduceat(of_entries * part, self.starts)
        return sums
