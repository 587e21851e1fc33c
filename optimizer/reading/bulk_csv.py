"""Long CSV tables, a block at a time, through pyarrow: the same placements as row by row, many times faster.

This path never reports anything. Whatever is not plain (quotation marks, characters beyond ASCII, blank rows, a wrong
number of fields, a cell that means nothing) makes it give up, and the table is read row by row, which names the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, BinaryIO, Final

from ..domain.catalogue import Catalogue
from ..domain.plan import Placement
from .ahead import made_ahead
from .bulk_rows import BulkTally, NotPlain
from .csv_text import Table, unescape

BLOCK_BYTES: Final = 24_000_000
_LONGEST_LINE: Final = 4_096


def available() -> bool:
    """Whether the extra that brings pyarrow is installed."""
    return find_spec("pyarrow") is not None


def read_blocks(
    table: Table,
    stream: BinaryIO,
    catalogue: Catalogue,
    notes: list[str],
    max_rows: int | None = None,
    *,
    block_bytes: int = BLOCK_BYTES,
) -> list[Placement] | None:
    """The placements of a table whose header has been read from `stream`; None when the rest is not plain."""
    header = table.lines_read
    parts = (_parsed(block, table.columns) for block in _blocks(stream, block_bytes))
    try:
        with made_ahead(parts) as parsed:
            tally = BulkTally(table.file, table.columns, catalogue, unescape)
            for part in parsed:
                tally.add(part, header)
                if max_rows is not None and tally.lines - header > max_rows:
                    raise NotPlain
            return tally.placements(notes)
    except NotPlain:
        return None


def _blocks(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The rest of the stream in blocks of whole lines. Raises NotPlain."""
    while block := stream.read(size):
        cut = block.rfind(b"\n") + 1
        if len(block) == size and cut < size:
            if size - cut > _LONGEST_LINE:
                raise NotPlain
            stream.seek(cut - size, 1)
            block = block[:cut]
        yield block


def _parsed(block: bytes, columns: tuple[str, ...]) -> Any:
    """The block as an Arrow table of dictionary columns. Raises NotPlain."""
    import pyarrow
    from pyarrow import csv

    if not block.isascii() or b'"' in block:
        raise NotPlain
    if b"\r" in block and block.count(b"\r") != block.count(b"\r\n"):
        raise NotPlain
    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    try:
        return csv.read_csv(
            pyarrow.BufferReader(block),
            csv.ReadOptions(column_names=list(columns)),
            csv.ParseOptions(quote_char=False, double_quote=False, ignore_empty_lines=False),
            csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(columns, text),
                null_values=[],
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except pyarrow.ArrowInvalid:
        raise NotPlain from None
