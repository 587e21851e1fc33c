"""A mixed-integer linear program as integer arrays, and the builder that the constraint families write into.

    maximise  objective . x + offset      subject to   row_lower <= A x <= row_upper,  col_lower <= x <= col_upper

Every coefficient and bound is a whole number, so a row says exactly what the law or the planner said. A continuous
column (`integral` False) stands for an amount of `scale` TPP, milliwatts or cents a unit: its coefficients are all
multiples of `scale`, so an engine that knows only integers counts it in ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import FleetplanError

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Namer = Callable[[int], str]

INFINITE: Final = 2**62
"""Stands for "no bound" in rows; columns always have finite bounds, so that every dual bound can be verified.

The upper bounds of totals (continuous columns that an equation defines) follow from rows and the other columns' bounds.
"""

EXACT_IN_FLOAT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Block:
    """A run of columns or rows of one family: `name(i)` is the readable name of its i-th member."""

    family: str
    start: int
    count: int
    name: Namer


@dataclass(frozen=True, slots=True)
class Program:
    """The arrays. `indptr`, `indices`, `data` are A by rows (CSR); what people read is `sense` x objective / scale.

    `margin` is how far one unit can move a row (0: not at all), a hint for engines that round: a row kept that far
    inside its bound survives the rounding of a unit. It matters only while column `margin_if` (-1: always) is 1.
    """

    objective: Ints
    offset: int
    objective_scale: int
    sense: int
    col_lower: Ints
    col_upper: Ints
    integral: Bools
    scale: Ints
    row_lower: Ints
    row_upper: Ints
    margin: Ints
    margin_if: Ints
    indptr: Ints
    indices: Ints
    data: Ints
    column_blocks: Sequence[Block]
    row_blocks: Sequence[Block]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.row_lower)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.col_lower)

    def shown(self, value: int) -> Fraction:
        """An objective value as people read it: TPP, dollars or kilograms; for what is minimised with its sign."""
        return Fraction(self.sense * value, self.objective_scale)

    def column_name(self, column: int) -> str:
        """The readable name of a column."""
        return _named(self.column_blocks, column)

    def row_name(self, row: int) -> str:
        """The readable name of a row; of a limit's row it is the limit's name."""
        return _named(self.row_blocks, row)

    def row_numbers(self) -> Ints:
        """The row of every stored coefficient."""
        return np.repeat(np.arange(self.rows, dtype=np.int64), np.diff(self.indptr))


def _named(blocks: Sequence[Block], index: int) -> str:
    for block in blocks:
        if index < block.start + block.count:
            return block.name(index - block.start)
    raise IndexError(index)


class ProgramTooLarge(FleetplanError):
    """A coefficient is too large to be held exactly by a solver."""


class Builder:
    """Collects columns, rows and coefficients block by block; `build()` gives the Program."""

    def __init__(self) -> None:
        self.column_blocks: list[Block] = []
        self.row_blocks: list[Block] = []
        self._columns: list[tuple[Ints, Ints, Bools, Ints]] = []
        self._rows: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._entries: list[tuple[Ints, Ints, Ints]] = []
        self._column_count = 0
        self._row_count = 0
        self._objective: list[tuple[Ints, Ints]] = []
        self.offset = 0
        self.objective_scale = 1
        self.sense = 1  # -1 where the objective is the negative of what people read

    def columns(
        self,
        family: str,
        lower: Ints | Sequence[int],
        upper: Ints | Sequence[int],
        name: Namer,
        *,
        integral: bool,
        scale: Ints | int = 1,
    ) -> Ints:
        """Add a block of columns; their numbers."""
        low, high = whole(lower, f"a bound of {family}"), whole(upper, f"a bound of {family}")
        count = len(low)
        self.column_blocks.append(Block(family, self._column_count, count, name))
        scales = np.broadcast_to(np.asarray(scale, dtype=np.int64), (count,))
        self._columns.append((low, high, np.full(count, integral), scales))
        numbers = np.arange(self._column_count, self._column_count + count, dtype=np.int64)
        self._column_count += count
        return numbers

    def rows(
        self,
        family: str,
        lower: Ints | Sequence[int] | int,
        upper: Ints | Sequence[int] | int,
        count: int,
        name: Namer,
        *,
        margin: Ints | int = 0,
        margin_if: Ints | int = -1,
    ) -> Ints:
        """Add a block of rows; their numbers."""
        parts = (lower, upper, margin, margin_if)
        low, high, inside, when = (_spread(part, count, f"a bound of {family}") for part in parts)
        self.row_blocks.append(Block(family, self._row_count, count, name))
        self._rows.append((low, high, inside, when))
        numbers = np.arange(self._row_count, self._row_count + count, dtype=np.int64)
        self._row_count += count
        return numbers

    def entries(self, rows: Ints, columns: Ints, coefficients: Ints | int) -> None:
        """Add coefficients at (row, column) pairs, the three broadcast together; a pair may occur once."""
        parts: Sequence[Ints] = (rows, columns, np.asarray(coefficients, dtype=np.int64))
        if not parts[0].shape == parts[1].shape == parts[2].shape:
            parts = np.broadcast_arrays(*parts)
        self._entries.append((parts[0].ravel(), parts[1].ravel(), parts[2].ravel()))

    def objective(self, columns: Ints, coefficients: NDArray[Any]) -> None:
        """Add objective coefficients (to maximise); a column may occur once. Whole numbers of any size are taken."""
        self._objective.append((columns, whole(coefficients, "the objective has a coefficient")))

    def objective_of(self, columns: int) -> Ints:
        """The objective's coefficients on that many columns."""
        objective = np.zeros(columns, np.int64)
        for numbers, coefficients in self._objective:
            objective[numbers] = coefficients
        return objective

    def build(self) -> Program:
        """The Program; ProgramTooLarge when a coefficient does not fit a solver's arithmetic exactly."""
        rows, columns, data = _joined(self._entries, 3)
        if not data.all():
            keep = data != 0
            rows, columns, data = rows[keep], columns[keep], data[keep]
        indptr = np.zeros(self._row_count + 1, np.int64)
        np.cumsum(np.bincount(rows, minlength=self._row_count), out=indptr[1:])
        order = np.argsort(rows, kind="stable")
        columns, data = columns[order], data[order]
        objective = self.objective_of(self._column_count)
        if len(data) and max(data.max(), -data.min()) >= EXACT_IN_FLOAT:
            row = int(rows[order][np.abs(data).argmax()])
            raise ProgramTooLarge(f"a coefficient of row {_named(self.row_blocks, row)} has more than 15 digits")
        low, high, integral, scale = _joined(self._columns, 4)
        row_low, row_high, margin, margin_if = _joined(self._rows, 4)
        return Program(
            objective=objective,
            offset=self.offset,
            objective_scale=self.objective_scale,
            sense=self.sense,
            col_lower=low,
            col_upper=high,
            integral=integral.astype(np.bool_),
            scale=scale,
            row_lower=row_low,
            row_upper=row_high,
            margin=margin,
            margin_if=margin_if,
            indptr=indptr,
            indices=columns,
            data=data,
            column_blocks=tuple(self.column_blocks),
            row_blocks=tuple(self.row_blocks),
        )


def whole(values: NDArray[Any] | Sequence[int] | int, what: str) -> Ints:
    """`values` as 64-bit integers; ProgramTooLarge, which says `what`, when one of them has more than 18 digits."""
    numbers = np.asarray(values)
    if numbers.dtype.kind not in "bi":
        numbers = np.asarray(values, dtype=object)
    if numbers.size and max(numbers.max(), -numbers.min()) > INFINITE:
        raise ProgramTooLarge(f"{what} with more than 18 digits; amounts with fewer decimals would help")
    return numbers.astype(np.int64)


def _spread(values: Ints | Sequence[int] | int, count: int, what: str) -> Ints:
    """(count,) `values`, one for all where only one is given; ProgramTooLarge as for `whole`."""
    if isinstance(values, int) and abs(values) <= INFINITE:  # as for the row of a limit, of which there are many
        return np.full(count, values, dtype=np.int64)
    return np.broadcast_to(whole(values, what), (count,))


def _joined(blocks: Sequence[tuple[NDArray[np.generic], ...]], width: int) -> list[Ints]:
    """The blocks' arrays joined end to end, `width` arrays even when there are no blocks."""
    if not blocks:
        return [np.empty(0, np.int64) for _ in range(width)]
    return [np.concatenate(part) for part in zip(*blocks, strict=True)]
