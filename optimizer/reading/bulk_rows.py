"""Rows of a table added up many at a time: Arrow columns in, the same placements out as `table_rows` makes.

Cells are looked up once per distinct text, by the same readers. What is not plain is left to the path row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Final

from ..domain.catalogue import Catalogue
from ..domain.plan import Placement
from .table_rows import Cells, Coordinates, Refused, Tally

_LINE_BITS: Final = 29
_MOST_LINES: Final = 2**_LINE_BITS
_MOST_GPUS: Final = 2**33
"""In a row: GPUs and line together fit in 62 bits, so that one number finds the first of the largest rows."""
_MOST_GROUPS: Final = 500_000
_LONGEST_TEXT: Final = 1_000


class NotPlain(Exception):
    """Something that only the path row by row reads, or reports with its line."""


class BulkTally:
    """Blocks of rows, added up by their texts, and at the end by what the texts mean.

    Parameters
    ----------
    columns
        Of the table; `gpus` is one of them.
    clean
        What a cell's text is before it is looked up (trimmed, for one).
    """

    def __init__(self, file: str, columns: Sequence[str], catalogue: Catalogue, clean: Callable[[str], str]) -> None:
        import pyarrow.acero
        import pyarrow.compute

        self._arrow, self._compute = pyarrow, pyarrow.compute
        self.file, self.columns, self.clean = file, tuple(columns), clean
        self.keys = [column for column in columns if column != "gpus"]
        self.cells = Cells(catalogue)
        self.lines = 0  # the number of the last one so far
        self._parts: list[Any] = []

    def add(self, block: Any, header: int) -> None:
        """Add the rows of an Arrow table; those of the first block follow line `header`. Raises NotPlain.

        Text columns are dictionaries; `gpus` is a dictionary of texts, or whole numbers without nulls.
        """
        pyarrow, compute = self._arrow, self._compute
        rows = block.num_rows
        if not rows:
            return
        self.lines = max(self.lines, header)
        block = block.unify_dictionaries()
        gpus = self._numbers(block["gpus"])
        bounds = compute.min_max(gpus)
        if bounds["min"].as_py() < 1 or bounds["max"].as_py() >= _MOST_GPUS or self.lines + rows >= _MOST_LINES:
            raise NotPlain
        line = compute.cumulative_sum(pyarrow.repeat(1, rows), start=self.lines)
        largest = compute.subtract(compute.multiply(gpus, _MOST_LINES), line)
        self.lines += rows
        columns = {key: block[key] for key in self.keys}
        self._parts.append(self._summed(pyarrow.table({**columns, "gpus": gpus, "largest": largest})))
        if sum(part.num_rows for part in self._parts) > _MOST_GROUPS:
            self._parts = [self._together()]

    def placements(self, notes: list[str]) -> list[Placement] | None:
        """The placements, None when there are none; raises NotPlain."""
        if not self._parts:
            return None
        sums = self._together()
        tally = Tally(self.file)
        columns = [
            map(_Meant(sums[key], key, self).__getitem__, _whole(sums[key])) if key in self.keys else repeat(None)
            for key in Coordinates._fields
        ]
        for where, gpus, largest in zip(zip(*columns), _whole(sums["gpus"]), _whole(sums["largest"])):  # noqa: B905
            most = -(-largest // _MOST_LINES)
            tally.add(tally.sums(Coordinates._make(where)), gpus, most, most * _MOST_LINES - largest)
        return tally.placements(notes)

    def _numbers(self, column: Any) -> Any:
        """The column of GPUs as 64-bit integers. Raises NotPlain."""
        pyarrow = self._arrow
        column = column.combine_chunks()
        if not pyarrow.types.is_dictionary(column.type):
            return column.cast(pyarrow.int64())
        try:
            known = [self.cells.meaning("gpus", self.clean(text)) for text in column.dictionary.to_pylist()]
        except Refused:
            raise NotPlain from None
        return pyarrow.array(known, pyarrow.int64()).take(column.indices)

    def _summed(self, table: Any) -> Any:
        """The rows of `table` with the same texts as one."""
        ways = {"gpus": "sum", "largest": "max"}
        summed = table.group_by(self.keys).aggregate(list(ways.items()))
        return summed.select([*self.keys, *(f"{name}_{way}" for name, way in ways.items())]).rename_columns(
            [*self.keys, *ways]
        )

    def _together(self) -> Any:
        """All parts as one; the sum of a group is below 2**62, as every number is below 2**33 and every line 2**29."""
        if len(self._parts) == 1:
            return self._parts[0].unify_dictionaries()
        return self._summed(self._arrow.concat_tables(self._parts).unify_dictionaries())


class _Meant(dict[int | None, Any]):
    """What each code of a dictionary column means, looked up when it is first asked for; None is an empty cell."""

    def __init__(self, column: Any, name: str, tally: BulkTally) -> None:
        super().__init__()
        self.texts = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
        self.name, self.tally = name, tally

    def __missing__(self, code: int | None) -> Any:
        raw = "" if code is None else self.texts[code] or ""
        text = self.tally.clean(raw)
        if len(raw) > _LONGEST_TEXT or not raw.isprintable() or (self.name == "country" and text != text.upper()):
            raise NotPlain
        try:
            self[code] = value = self.tally.cells.meaning(self.name, text)
        except Refused:
            raise NotPlain from None
        return value


def _whole(column: Any) -> list[Any]:
    """A column's whole numbers, or the codes of its dictionary, as a list; None for nothing."""
    found: list[Any] = []
    for chunk in column.chunks:
        numbers = getattr(chunk, "indices", chunk)
        if numbers.null_count:
            found += numbers.to_pylist()
        else:  # four times as quick
            raw = memoryview(numbers.buffers()[1])
            values = raw.cast("i") if numbers.type.bit_width == 32 else raw.cast("q")
            found += values[numbers.offset : numbers.offset + len(numbers)].tolist()
    return found
