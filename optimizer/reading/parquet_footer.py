"""Where the columns of a Parquet file lie, read from its footer.

pyarrow ends the whole process, and with it the report on every other file, when it is asked for the place of a column
whose entry in the footer is damaged. So it is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from .parquet_pages import BadPages
from .thrift_compact import BYTES, LIST, STRUCTURE, WHOLE, Compact

MAX_FOOTER_BYTES: Final = 16 * 1024 * 1024

_ROW_GROUPS, _COLUMNS, _ROWS, _META = 4, 1, 3, 3  # numbers of fields
_PATH, _VALUES, _LENGTH, _DATA, _DICTIONARY = 3, 5, 7, 9, 11
_DAMAGED: Final = "the footer is damaged"


class Chunk(NamedTuple):
    """A column's pages in a group of rows: where they begin, their bytes in the file, and how many values they hold."""

    name: str
    start: int
    length: int
    values: int


def chunks(file: BinaryIO, columns: int) -> Iterator[Chunk]:
    """Every column of every group of rows that has any, `columns` in each. Raises BadPages."""
    try:
        reader = Compact(_footer(file))
        for number, kind in reader.fields():
            if number != _ROW_GROUPS:
                reader.skip(kind)
                continue
            for _ in reader.items(STRUCTURE):
                rows, found = _group(reader)
                if len(found) != columns:
                    raise BadPages(_DAMAGED)
                yield from found if rows else ()
    except IndexError:
        raise BadPages(_DAMAGED) from None


def _footer(file: BinaryIO) -> bytes:
    """The bytes of the footer; the last eight of the file are its length and the file's mark."""
    size = file.seek(0, 2)
    file.seek(max(size - 8, 0))
    length = int.from_bytes(file.read(4), "little")
    if length > size - 12:
        raise BadPages(_DAMAGED)
    if length > MAX_FOOTER_BYTES:
        raise BadPages(f"the footer has {length:,} bytes")
    file.seek(size - 8 - length)
    return file.read(length)


def _group(reader: Compact) -> tuple[int, list[Chunk]]:
    """How many rows a group has, and its columns."""
    rows, found = 0, []
    for number, kind in reader.fields():
        if number == _COLUMNS and kind == LIST:
            found = [_column(reader) for _ in reader.items(STRUCTURE)]
        elif number == _ROWS and kind in WHOLE:
            rows = reader.signed()
        else:
            reader.skip(kind)
    return rows, found


def _column(reader: Compact) -> Chunk:
    found = None
    for number, kind in reader.fields():
        if number == _META and kind == STRUCTURE:
            found = _chunk(reader)
        else:
            reader.skip(kind)
    if found is None:
        raise BadPages(_DAMAGED)
    return found


def _chunk(reader: Compact) -> Chunk:
    path: list[str] = []
    numbers: dict[int, int] = {}
    for number, kind in reader.fields():
        if number == _PATH and kind == LIST:
            path = [reader.text().decode("utf-8", "replace") for _ in reader.items(BYTES)]
        elif kind in WHOLE:
            numbers[number] = reader.signed()
        else:
            reader.skip(kind)
    start, length, values = (numbers.get(number, -1) for number in (_DATA, _LENGTH, _VALUES))
    if min(start, length, values) < 0:
        raise BadPages(_DAMAGED)
    if 0 < numbers.get(_DICTIONARY, 0) < start:
        start = numbers[_DICTIONARY]
    return Chunk(".".join(path), start, length, values)
