"""CSV tables, row by row: strict about headers, field counts and quotation marks, with the line of every row.

Cells are trimmed; an apostrophe that a writer put before = + - @ (so that no spreadsheet runs the text) is taken off.
Memory does not grow with the number of rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import Location, show
from .codes import BAD_FIELD_COUNT, BAD_QUOTING, EMPTY_FILE, TOO_LARGE, WRONG_DELIMITER
from .columns import check_columns
from .files import MAX_TABLE_BYTES, decode, open_regular
from .nodes import Problems, refuse
from .text import FORBIDDEN, forbidden

MAX_LINE_BYTES: Final = 64 * 1024
MAX_COLUMNS: Final = 256

_APOSTROPHE: Final = re.compile(r"'+[=+\-@]")
_NEEDS_APOSTROPHE: Final = re.compile(r"'*[=+\-@]")
_FIELD: Final = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])*')


def unescape(cell: str) -> str:
    """A cell trimmed, and without the apostrophe that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and _APOSTROPHE.match(cell) else cell


def escaped(text: str) -> str:
    """`text` as a cell that no spreadsheet takes for a formula; `unescape` gives it back."""
    return f"'{text}" if _NEEDS_APOSTROPHE.match(text) else text


@contextmanager
def open_table(path: Path, text: str | None = None) -> Iterator[BinaryIO]:
    """The bytes of the table at `path`; with `text` given, of that."""
    if text is not None:
        yield io.BytesIO(text.encode("utf-8", "surrogatepass"))
        return
    with open_regular(path, MAX_TABLE_BYTES) as raw:
        yield raw


class Table:
    """A CSV table: its header read and checked at once, its rows as they are asked for.

    Parameters
    ----------
    stream
        The table's bytes.
    file
        Names the table in messages.
    needed, optional
        Columns that must and that may be there. A column that is neither is a problem.
    problems
        Takes what is wrong with single rows; such rows are not yielded. What makes the rest unreadable raises at once.
    """

    def __init__(
        self, stream: BinaryIO, file: str, needed: Sequence[str], optional: Sequence[str], problems: Problems
    ) -> None:
        self.file, self.problems = file, problems
        self._lines = _Lines(stream, file)
        self._reader = csv.reader(self._lines, strict=True)
        self.columns = self._read_header(needed, optional)

    @property
    def lines_read(self) -> int:
        """The number of the line last read."""
        return self._lines.number

    def at(self, line: int, column: str | None = None) -> Location:
        """The place of the row last read, or of its field `column`."""
        if column not in self.columns or line != self._lines.number:  # a record of several lines: its first line
            return Location(self.file, line, 1)
        start, raw = 0, self._lines.last
        for _ in range(self.columns.index(column)):
            field = _FIELD.match(raw, start)
            assert field is not None
            start = field.end() + 1
        return Location(self.file, line, start + 1)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row's first line and its trimmed cells, in the order of `columns`; blank rows are skipped."""
        width, lines = len(self.columns), self._lines
        while True:
            line = lines.number + 1
            row = self._next()
            if row is None:
                return
            cells = [cell.strip() for cell in row]
            if line < lines.number or "'" in lines.last:
                cells = [unescape(cell) for cell in cells]
            if not any(cells):
                continue
            if len(row) == width:
                yield line, cells
            else:
                self._wrong_count(line, row)

    def _read_header(self, needed: Sequence[str], optional: Sequence[str]) -> tuple[str, ...]:
        row = self._next()
        while row is not None and not any(cell.strip() for cell in row):
            row = self._next()
        if row is None:
            mend = f"Begin with the header {','.join((*needed, *optional))}."
            raise refuse(EMPTY_FILE, Location(self.file), "the table is empty", mend)
        at = Location(self.file, self._lines.number, 1)
        if len(row) == 1 and any(mark in row[0] for mark in ";\t|"):
            why = "the fields are not separated by commas"
            raise refuse(WRONG_DELIMITER, at, why, "Export the table with commas.", found=show(row[0]))
        if len(row) > MAX_COLUMNS:
            raise refuse(TOO_LARGE, at, f"the table has {len(row)} columns", f"At most {MAX_COLUMNS} are read.")
        columns = tuple(cell.strip() for cell in row)
        check_columns(columns, needed, optional, at)
        return columns

    def _wrong_count(self, line: int, row: list[str]) -> None:
        width = len(self.columns)
        if len(row) > width:
            mend = "Put a text that holds a comma in quotation marks."
        else:
            mend = "Write an empty field as nothing between two commas."
        why = f"the row has {len(row)} fields, the header {width}"
        self.problems.add(BAD_FIELD_COUNT, Location(self.file, line, 1), "", show(",".join(row)), why, mend)

    def _next(self) -> list[str] | None:
        """The next record, None at the end."""
        line = self._lines.number + 1
        try:
            return next(self._reader, None)
        except csv.Error as error:
            at = Location(self.file, line, 1)
            if "field larger" in str(error):
                raise refuse(TOO_LARGE, at, "a field is too large", "Is a quotation mark left open?") from None
            why = "a quotation mark is left open, or stands inside a field"
            raise refuse(BAD_QUOTING, at, why, 'Close it; write a quotation mark in a quoted field as "".') from None


class _Lines:
    """The lines of a stream as text, each checked for its length and characters."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.stream, self.file = stream, file
        self.number = 0
        self.last = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.stream.readline(MAX_LINE_BYTES + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > MAX_LINE_BYTES:
            at = Location(self.file, self.number)
            raise refuse(TOO_LARGE, at, f"a line has more than {MAX_LINE_BYTES} bytes", "Is this a CSV file?")
        self.last = line = decode(raw, self.file, self.number)
        if raw.isascii() and line[:-1].isprintable():
            return line
        match = FORBIDDEN.search(line)
        if match is not None:
            fault = forbidden(match[0])
            assert fault is not None
            raise refuse(fault.code, Location(self.file, self.number, match.start() + 1), fault.why, fault.mend)
        return line
