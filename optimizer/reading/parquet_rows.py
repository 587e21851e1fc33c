"""Parquet tables of placements, a batch at a time, with room for no more than a batch.

pyarrow, of the extra `big`, unpacks them; it is imported when the first one is read. A row's place is its number,
counted from 1. Cells are text, numbers of GPUs whole numbers; no other types are guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from ..domain.catalogue import Catalogue
from ..domain.plan import Placement
from ..errors import Location, show
from .ahead import made_ahead
from .bulk_rows import BulkTally, NotPlain
from .codes import BAD_COLUMN_TYPE, BAD_HEADER, DAMAGED_FILE, EMPTY_FILE, MISSING_EXTRA, TOO_LARGE
from .csv_text import MAX_COLUMNS
from .files import MAX_TABLE_BYTES, open_regular
from .nodes import Problems, did_you_mean, refuse
from .parquet_footer import chunks
from .parquet_pages import MAX_TOTAL_BYTES, BadPages, unpacked_bytes
from .table_rows import NEEDED_COLUMNS, OPTIONAL_COLUMNS, PLACEMENT_COLUMNS, read_rows, too_many_rows

MAX_ROWS: Final = 50_000_000
_BATCH_ROWS: Final = 65_536
_BULK_ROWS: Final = 524_288
_MAGIC: Final = b"PAR1"
_MOST_TEXT: Final = 1_000
"""Bytes that a text takes on average, at most."""


def read_parquet(
    path: Path,
    file: str,
    catalogue: Catalogue,
    problems: Problems,
    notes: list[str],
    max_rows: int | None = None,
    *,
    by_row: bool = False,
) -> list[Placement]:
    """The placements of a Parquet table, rows with the same coordinates added up.

    Bad rows are reported to `problems` and left out; so is a bad column, and then no row is read. With `by_row`, rows
    are read one by one, as they are where something is wrong. Raises InputError where the file cannot be read.
    """
    with open_regular(path, MAX_TABLE_BYTES) as stream, _damage(file):
        table = _ParquetTable(stream, file, problems)
        if table.faulty:
            return []
        if max_rows is not None and table.num_rows > max_rows:
            raise too_many_rows(Location(file), max_rows)
        if not by_row:
            try:
                found = table.in_bulk(catalogue, notes)
            except NotPlain:
                found = None
            if found is not None:
                return found
        return read_rows(table, catalogue, problems, notes)


@contextmanager
def _damage(file: str) -> Iterator[None]:
    """What pyarrow raises on a file that it cannot read, as an InputError."""
    pyarrow = _pyarrow(file)
    mend = "Write the file again."
    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError, ValueError, OverflowError) as error:
        why = f"the Parquet file is damaged: {show(str(error).splitlines()[0] if str(error) else type(error).__name__)}"
        raise refuse(DAMAGED_FILE, Location(file), why, mend) from None
    except MemoryError:
        raise refuse(TOO_LARGE, Location(file), "the file asks for too much memory", mend) from None


def _pyarrow(file: str) -> Any:
    """The module pyarrow. Raises InputError that names the extra when it is missing."""
    try:
        import pyarrow
    except ImportError:
        mend = "Install it: pip install 'fleetplan[big]'. Or write the table as CSV."
        raise refuse(MISSING_EXTRA, Location(file), "reading Parquet needs the extra 'big'", mend) from None
    return pyarrow


class _ParquetTable:
    """A Parquet file whose size and columns have been looked at; `faulty` when its columns cannot be used."""

    def __init__(self, stream: BinaryIO, file: str, problems: Problems) -> None:
        self.file, self.problems, self.stream = file, problems, stream
        _check_magic(stream, file)
        opened = self._open([])
        self.num_rows: int = opened.metadata.num_rows
        self._check_size(opened.metadata)
        self.schema = schema = opened.schema_arrow
        self.columns = tuple(schema.names)
        before = len(problems.found) + problems.more
        self._check_columns(schema)
        self.faulty = len(problems.found) + problems.more > before
        self.texts = [name for name in self.columns if name != "gpus"]

    def at(self, line: int, column: str | None = None) -> Location:
        """The place of a row; a cell has no place of its own."""
        return Location(self.file, line)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row's number and its cells as text, an empty one for nothing."""
        line = 0
        for batch in self._batches(_BATCH_ROWS):
            columns = [_texts(batch.column(name)) for name in self.columns]
            for cells in zip(*columns, strict=True):
                line += 1
                yield line, list(cells)

    def in_bulk(self, catalogue: Catalogue, notes: list[str]) -> list[Placement] | None:
        """The placements, None when there is no row. Raises NotPlain."""
        from pyarrow.types import is_null

        said = [field.name for field in self.schema if not is_null(field.type)]
        if not {*NEEDED_COLUMNS} <= {*said}:
            raise NotPlain
        with made_ahead(self._batches(_BULK_ROWS)) as batches:
            tally = BulkTally(self.file, said, catalogue, str)
            for batch in batches:
                tally.add(_plain(batch, said), 0)
        return tally.placements(notes)

    def _open(self, dictionaries: list[str]) -> Any:
        from pyarrow.parquet import ParquetFile

        self.stream.seek(0)
        return ParquetFile(
            self.stream,
            read_dictionary=dictionaries,
            buffer_size=1 << 20,
            thrift_string_size_limit=1 << 24,
            thrift_container_size_limit=1 << 20,
            page_checksum_verification=True,
        )

    def _batches(self, rows: int) -> Iterator[Any]:
        yield from self._open(self.texts).iter_batches(rows, columns=list(self.columns))

    def _check_size(self, metadata: Any) -> None:
        """Raise InputError when the file is too large to be unpacked."""
        at = Location(self.file)
        if metadata.num_columns > MAX_COLUMNS:
            why = f"the table has {metadata.num_columns} columns"
            raise refuse(TOO_LARGE, at, why, f"At most {MAX_COLUMNS} are read.")
        if metadata.num_rows > MAX_ROWS:
            why = f"the table has {metadata.num_rows:,} rows"
            raise refuse(TOO_LARGE, at, why, f"At most {MAX_ROWS:,} are read: add up rows with the same coordinates.")
        total = 0
        try:
            for column in chunks(self.stream, metadata.num_columns):
                unpacked = unpacked_bytes(self.stream, column.start, column.length)
                total += unpacked
                if unpacked > _MOST_TEXT * column.values + (1 << 20) or total > MAX_TOTAL_BYTES:
                    why = f"column {show(column.name)} has {unpacked:,} bytes when unpacked"
                    raise refuse(TOO_LARGE, at, why, "Write the file again; a text has at most 200 characters.")
        except BadPages as error:
            raise refuse(DAMAGED_FILE, at, str(error), "Write the file again, with smaller pages.") from None

    def _check_columns(self, schema: Any) -> None:
        """Report columns that are missing, unknown, named twice or of the wrong type."""
        at, problems, known = Location(self.file), self.problems, PLACEMENT_COLUMNS
        for number, field in enumerate(schema):
            if field.name in schema.names[:number]:
                problems.add(BAD_HEADER, at, "", show(field.name), "the column is named twice", "Keep one of them.")
            elif field.name not in known:
                index = "Write the table without its index." if field.name.startswith("__index_level_") else ""
                mend = index or did_you_mean(field.name, known)
                problems.add(BAD_HEADER, at, "", show(field.name), "there is no such column", mend)
            else:
                self._check_type(field)
        for column in NEEDED_COLUMNS:
            if column not in schema.names:
                mend = f"The columns are {', '.join((*NEEDED_COLUMNS, *OPTIONAL_COLUMNS))}."
                problems.add(BAD_HEADER, at, column, "", "the column is missing", mend)

    def _check_type(self, field: Any) -> None:
        import pyarrow

        types = pyarrow.types
        kind = field.type.value_type if types.is_dictionary(field.type) else field.type
        if field.name == "gpus":
            fits, wanted, mend = types.is_integer(kind), "whole numbers are", "Write the column as 64-bit integers."
        else:
            fits = types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind)
            wanted, mend = "texts are", "Write the column as strings."
            if field.name == "quarter":
                mend = "Write the column as strings such as 2026Q3."
        if not fits:
            why = f"{wanted} needed in this column"
            self.problems.add(BAD_COLUMN_TYPE, Location(self.file), field.name, show(field.type), why, mend)


def _check_magic(stream: BinaryIO, file: str) -> None:
    """Raise InputError unless the stream begins and ends as a Parquet file does."""
    at = Location(file)
    size = stream.seek(0, 2)
    if not size:
        raise refuse(EMPTY_FILE, at, "the file is empty", "Write a table of placements into it.")
    stream.seek(0)
    first = stream.read(4)
    stream.seek(max(0, size - 4))
    last = stream.read(4)
    if b"PARE" in (first, last):
        raise refuse(DAMAGED_FILE, at, "the Parquet file is encrypted", "Write it without encryption.")
    if first != _MAGIC:
        raise refuse(DAMAGED_FILE, at, "this is not a Parquet file", "Name a Parquet file, or use the right extension.")
    if last != _MAGIC or size < 12:
        raise refuse(DAMAGED_FILE, at, "the Parquet file is cut off", "Write or copy the file again.")


def _decoded(column: Any) -> Any:
    """The column without a dictionary."""
    import pyarrow

    return column.cast(column.type.value_type) if pyarrow.types.is_dictionary(column.type) else column


def _plain(batch: Any, columns: list[str]) -> Any:
    """The columns of a batch as a table that `BulkTally` takes. Raises NotPlain."""
    import pyarrow

    if batch["gpus"].null_count:
        raise NotPlain
    arrays = [_signed(batch[name]) if name == "gpus" else _coded(batch[name]) for name in columns]
    return pyarrow.Table.from_arrays(arrays, names=columns)


def _signed(column: Any) -> Any:
    """A column of whole numbers as one of 64-bit ones. Raises NotPlain where one is larger."""
    import pyarrow

    try:
        return _decoded(column).cast(pyarrow.int64())
    except pyarrow.ArrowInvalid:
        raise NotPlain from None


def _coded(column: Any) -> Any:
    """A column of texts as one of 32-bit codes and a dictionary."""
    import pyarrow

    wanted = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    if column.type == wanted:
        return column
    return (_decoded(column).cast(pyarrow.string())).dictionary_encode()


def _texts(column: Any) -> list[str]:
    """The cells of a column of one batch as text; the texts of a dictionary are made once each."""
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        known = ["" if text is None else str(text) for text in column.dictionary.to_pylist()]
        return ["" if code is None else known[code] for code in column.indices.to_pylist()]
    return ["" if value is None else str(value) for value in column.to_pylist()]
