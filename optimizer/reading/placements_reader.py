"""Placements: from the rows of a document, and from a CSV table of any length."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from ..domain.catalogue import Catalogue
from ..domain.plan import AUTHORIZATIONS, Placement
from ..errors import Location
from . import names
from .codes import EMPTY_PLAN
from .csv_text import Table, open_table
from .nodes import Fields, Problems
from .table_rows import NEEDED_COLUMNS, OPTIONAL_COLUMNS, PLACEMENT_COLUMNS, read_rows

__all__ = ["MANY_BYTES", "PLACEMENT_COLUMNS", "read_placement", "read_table"]

MANY_BYTES: Final = 5_000_000
"""A CSV table from about 200,000 rows on: there the start of pyarrow costs less than it saves."""


def read_placement(row: Fields, catalogue: Catalogue) -> Placement | None:
    """One row of `placements` or `fleet`; None, with problems reported, when something needed is wrong."""
    code = names.country(row)
    accelerator = names.accelerator(row, catalogue)
    row.require("gpus", "Write the number of GPUs.")
    gpus = row.whole("gpus", least=1)
    site, consignee, quarter = row.word("site"), row.word("consignee"), row.quarter("quarter")
    authorization = row.choice("authorization", AUTHORIZATIONS, "") or None
    weights = row.boolean("holds_weights")
    row.done()
    if not code or not accelerator or gpus is None:
        return None
    return Placement(code, accelerator, gpus, site, quarter, authorization, consignee, weights, at=row.node.at)


def read_table(
    path: Path,
    file: str,
    catalogue: Catalogue,
    problems: Problems,
    notes: list[str],
    text: str | None = None,
    max_rows: int | None = None,
    *,
    many_bytes: int = MANY_BYTES,
) -> list[Placement]:
    """The placements of a CSV, XLSX or Parquet table, rows with the same coordinates added up.

    Bad rows are reported to `problems` and left out; a table without rows is a problem. `file` names the table in
    messages; with `text` given, that is read instead of the file at `path`. From `many_bytes` on, a CSV table is read
    block by block where the extra is installed. Raises InputError where the table cannot be read to its end.
    """
    before = len(problems.found) + problems.more
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        from .parquet_rows import read_parquet

        placements = read_parquet(path, file, catalogue, problems, notes, max_rows)
    elif suffix == ".xlsx":
        from .xlsx_plan import read_placements_sheet

        placements = read_placements_sheet(path, file, catalogue, problems, notes, max_rows)
    else:
        with open_table(path, text) as stream:
            placements = _read_csv(stream, file, catalogue, problems, notes, max_rows, many_bytes)
    if not placements and len(problems.found) + problems.more == before:
        mend = "Write its rows: an empty table is never fine."
        problems.add(EMPTY_PLAN, Location(file), "placements", "", "the table holds no placement", mend)
    return placements


def _read_csv(
    stream: BinaryIO,
    file: str,
    catalogue: Catalogue,
    problems: Problems,
    notes: list[str],
    max_rows: int | None,
    many_bytes: int,
) -> list[Placement]:
    if _is_long(stream, many_bytes):
        from . import bulk_csv

        if bulk_csv.available():
            table = Table(stream, file, NEEDED_COLUMNS, OPTIONAL_COLUMNS, problems)
            found = bulk_csv.read_blocks(table, stream, catalogue, notes, max_rows)
            if found is not None:
                return found
            stream.seek(0)
    table = Table(stream, file, NEEDED_COLUMNS, OPTIONAL_COLUMNS, problems)
    return read_rows(table, catalogue, problems, notes, max_rows)


def _is_long(stream: BinaryIO, many_bytes: int) -> bool:
    """Whether the stream, at its start, has at least `many_bytes`."""
    size = stream.seek(0, 2)
    stream.seek(0)
    return size >= many_bytes
