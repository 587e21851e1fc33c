"""A linear program that is written down part by part, as arrays, and handed to HiGHS."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from ...errors import SolverError
from ...model.program import Ints
from .scaled import Floats


class Arrays:
    """Columns, rows and coefficients while a program is written down."""

    def __init__(self) -> None:
        self.columns = self.rows = 0
        self._columns: list[tuple[Floats, Floats, Floats]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[Ints, Ints, Floats]] = []

    def add_columns(self, cost: Floats, lower: Floats | float, upper: Floats | float) -> Ints:
        """Numbers of new columns, in the shape of `cost`."""
        low, high = np.broadcast_to(lower, cost.shape).ravel(), np.broadcast_to(upper, cost.shape).ravel()
        self._columns.append((cost.ravel(), low, high))
        self.columns += cost.size
        return np.arange(self.columns - cost.size, self.columns).reshape(cost.shape)

    def add_rows(self, lower: Floats, upper: Floats | float) -> Ints:
        """Numbers of new rows, in the shape of `lower`."""
        self._rows.append((lower.ravel(), np.broadcast_to(upper, lower.shape).ravel().astype(np.float64)))
        self.rows += lower.size
        return np.arange(self.rows - lower.size, self.rows).reshape(lower.shape)

    def enter(self, rows: Ints, columns: Ints, values: Floats | float) -> None:
        """Set coefficients, the three broadcast together."""
        row, column, value = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=np.float64))
        self._entries.append((row.ravel(), column.ravel(), value.ravel()))

    def pass_to(self, highs: Any) -> None:
        """Give the program to HiGHS."""
        row, column, value = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.argsort(column, kind="stable")
        starts = np.zeros(self.columns + 1, np.int64)
        np.cumsum(np.bincount(column, minlength=self.columns), out=starts[1:])
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = (np.concatenate(part) for part in zip(*self._columns, strict=True))
        lp.row_lower_, lp.row_upper_ = (np.concatenate(part) for part in zip(*self._rows, strict=True))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = starts, row[order], value[order]
        if highs.passModel(lp) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the model")
