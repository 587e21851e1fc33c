"""The header of a table: which columns may stand in it."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import Location, show
from .codes import BAD_HEADER
from .nodes import Problems, did_you_mean


def check_columns(columns: Sequence[str], needed: Sequence[str], optional: Sequence[str], at: Location) -> None:
    """Raise InputError where a needed column is missing, or one is unknown or named twice."""
    problems = Problems()
    for number, column in enumerate(columns):
        if column in columns[:number]:
            problems.add(BAD_HEADER, at, "", show(column), "the column is named twice", "Keep one of them.")
        elif column not in needed and column not in optional:
            mend = did_you_mean(column, (*needed, *optional))
            problems.add(BAD_HEADER, at, "", show(column), "there is no such column", mend)
    for column in needed:
        if column not in columns:
            mend = "The first line names the columns; add it there."
            problems.add(BAD_HEADER, at, column, "", "the column is missing", mend)
    problems.raise_if_any()
