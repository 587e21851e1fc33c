"""Placements: from the rows of a document, and from a CSV table of any length."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from ..domain.catalogue import Catalogue
from ..domain.plan import AUTHORIZATIONS, Placement
from ..errors import Location, show
from ..units import Quarter
from . import names
from .codes import BAD_CHOICE, BAD_NUMBER, BAD_QUARTER, MISSING, OUT_OF_RANGE, UNKNOWN_ACCELERATOR
from .csv_text import Table, open_table
from .nodes import Fields, Problems, did_you_mean, number_mend
from .text import word

T = TypeVar("T")

NEEDED_COLUMNS: Final = ("country", "accelerator", "gpus")
OPTIONAL_COLUMNS: Final = ("site", "quarter", "authorization", "consignee")
PLACEMENT_COLUMNS: Final = ("country", "site", "accelerator", "gpus", "quarter", "authorization", "consignee")
"""The columns of a table of placements, in the order in which they are written."""


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
    path: Path, file: str, catalogue: Catalogue, problems: Problems, notes: list[str], text: str | None = None
) -> list[Placement]:
    """The placements of a CSV table; bad rows are reported to `problems` and left out.

    `file` names the table in messages; with `text` given, that is read instead of the file at `path`. Raises
    InputError where the table cannot be read to its end.
    """
    with open_table(path, text) as stream:
        table = Table(stream, file, NEEDED_COLUMNS, OPTIONAL_COLUMNS, problems)
        reader = _RowReader(table, catalogue, problems)
        placements = [made for line, cells in table.rows() if (made := reader.read(line, cells)) is not None]
    if reader.lower_case:
        first = reader.first_lower_case
        where = f"line {first}" if reader.lower_case == 1 else f"{reader.lower_case} rows, the first on line {first}"
        notes.append(f"{file}: country codes in small letters were read as capitals ({where})")
    return placements


class _RowReader:
    """Reads rows; what a cell means is looked up once per distinct text, so that long tables are quick."""

    def __init__(self, table: Table, catalogue: Catalogue, problems: Problems) -> None:
        self.table, self.catalogue, self.problems = table, catalogue, problems
        self.lower_case = self.first_lower_case = 0  # how many rows have a country code in small letters; the first
        self._known: dict[tuple[str, str], object] = {}

    def read(self, line: int, cells: list[str]) -> Placement | None:
        """The placement of one row, None when a cell is wrong (all its wrong cells are reported)."""
        texts = dict(zip(self.table.columns, cells, strict=True))
        before = len(self.problems.found) + self.problems.more
        country = self._cell(line, texts, "country", self._country)
        if country and country != texts["country"]:
            self.lower_case += 1
            self.first_lower_case = self.first_lower_case or line
        accelerator = self._cell(line, texts, "accelerator", self._accelerator)
        gpus = self._cell(line, texts, "gpus", self._gpus)
        site = self._cell(line, texts, "site", self._name)
        quarter = self._cell(line, texts, "quarter", self._quarter)
        authorization = self._cell(line, texts, "authorization", self._authorization)
        consignee = self._cell(line, texts, "consignee", self._name)
        if len(self.problems.found) + self.problems.more > before:
            return None
        assert country is not None
        assert accelerator is not None
        assert gpus is not None
        at = Location(self.table.file, line)
        return Placement(country, accelerator, gpus, site, quarter, authorization, consignee, at=at)

    def _cell(self, line: int, texts: dict[str, str], column: str, parse: Callable[[str], T]) -> T | None:
        """The cell parsed; None when it is empty or wrong."""
        text = texts.get(column, "")
        if not text:
            if column in NEEDED_COLUMNS:
                at = self.table.at(line, column)
                self.problems.add(MISSING, at, column, "", "the field is missing or empty", "Fill it in.")
            return None
        key = (column, text)
        if key in self._known:
            return self._known[key]  # type: ignore[return-value]  # what `parse` gave for this column before
        try:
            value = parse(text)
        except _Refused as refused:
            code, why, mend = refused.args
            self.problems.add(code, self.table.at(line, column), column, show(text), why, mend)
            return None
        if len(self._known) < 100_000:
            self._known[key] = value
        return value

    def _country(self, text: str) -> str:
        code = text.upper() if text.isascii() else text
        fault = names.country_fault(code)
        if fault is not None:
            raise _Refused(fault.code, fault.why, fault.mend)
        return code

    def _accelerator(self, text: str) -> str:
        found = self.catalogue.resolve(text)
        if found is None:
            raise _Refused(UNKNOWN_ACCELERATOR, *names.accelerator_fault(text, self.catalogue))
        return found

    def _gpus(self, text: str) -> int:
        if not (text.isascii() and text.isdigit()) or len(text) > 18 or (text[0] == "0" and text != "0"):
            raise _Refused(BAD_NUMBER, "a whole number is needed here", number_mend(text))
        if text == "0":
            raise _Refused(OUT_OF_RANGE, "the number must be at least 1", "Remove the row, or correct it.")
        return int(text)

    def _quarter(self, text: str) -> Quarter:
        try:
            return Quarter.parse(text)
        except ValueError:
            raise _Refused(BAD_QUARTER, "not a quarter", "Write it as 2026Q3.") from None

    def _authorization(self, text: str) -> str:
        if text not in AUTHORIZATIONS:
            why = f"one of {', '.join(AUTHORIZATIONS)} is needed here"
            raise _Refused(BAD_CHOICE, why, did_you_mean(text, AUTHORIZATIONS))
        return text

    def _name(self, text: str) -> str:
        fault = word(text)
        if fault is not None:
            raise _Refused(fault.code, fault.why, fault.mend)
        return text


class _Refused(Exception):
    """A cell's text that is not what the column needs: (code, why, mend)."""
