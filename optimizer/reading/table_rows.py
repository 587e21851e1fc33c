"""The rows of a table of placements, whatever file they stand in: what each cell means, and rows added up.

Rows with the same coordinates (all that a row says but its number) become one placement, at the line of the largest
of them. So memory follows the number of different coordinates, and a million rows cost no more than their sums.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

from ..domain.catalogue import Catalogue
from ..domain.plan import AUTHORIZATIONS, Placement
from ..errors import InputError, Location, show
from ..units import Quarter
from . import names
from .codes import BAD_CHOICE, BAD_NUMBER, BAD_QUARTER, MISSING, OUT_OF_RANGE, TOO_LARGE, UNKNOWN_ACCELERATOR
from .nodes import Problems, did_you_mean, number_mend, quarter_mend, refuse
from .text import word

NEEDED_COLUMNS: Final = ("country", "accelerator", "gpus")
OPTIONAL_COLUMNS: Final = ("site", "quarter", "authorization", "consignee")
PLACEMENT_COLUMNS: Final = ("country", "site", "accelerator", "gpus", "quarter", "authorization", "consignee")
"""The columns of a table of placements, in the order in which they are written."""

_MOST_KNOWN: Final = 100_000
"""How many different texts, and rows apart from their number, are kept with what they mean."""


class RowSource(Protocol):
    """A table whose cells are text: its columns, its rows with their line numbers, and the place of a cell."""

    file: str
    columns: tuple[str, ...]

    def at(self, line: int, column: str | None = None) -> Location: ...

    def rows(self) -> Iterator[tuple[int, list[str]]]: ...


class Coordinates(NamedTuple):
    """All that a row of placements says but its number of GPUs."""

    country: str
    accelerator: str
    site: str | None
    quarter: Quarter | None
    authorization: str | None
    consignee: str | None


class Refused(Exception):
    """A cell's text that is not what its column needs."""

    def __init__(self, code: str, why: str, mend: str) -> None:
        super().__init__(why)
        self.code, self.why, self.mend = code, why, mend


class Cells:
    """What the texts of a table's cells mean; each is looked up once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._known: dict[tuple[str, str], Any] = {}
        self._readers: dict[str, Callable[[str], Any]] = {
            "country": _country,
            "accelerator": self._accelerator,
            "gpus": _gpus,
            "site": _name,
            "quarter": _quarter,
            "authorization": _authorization,
            "consignee": _name,
        }

    def meaning(self, column: str, text: str) -> Any:
        """What `text` means in `column`, None for an empty cell that may be empty. Raises Refused."""
        key = (column, text)
        if key in self._known:
            return self._known[key]
        if text:
            value = self._readers[column](text)
        elif column in NEEDED_COLUMNS:
            raise Refused(MISSING, "the field is missing or empty", "Fill it in.")
        else:
            value = None
        if len(self._known) < _MOST_KNOWN:
            self._known[key] = value
        return value

    def _accelerator(self, text: str) -> str:
        found = self.catalogue.resolve(text)
        if found is None:
            raise Refused(UNKNOWN_ACCELERATOR, *names.accelerator_fault(text, self.catalogue))
        return found


class Tally:
    """Placements by their coordinates, in the order of the lines that they stand at: those of their largest rows."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._sums: dict[Coordinates, list[int]] = {}  # GPUs, those of the largest row, the line of that row
        self._small = self._first_small = 0  # rows whose country code is in small letters, and the first of them

    def sums(self, coordinates: Coordinates) -> list[int]:
        """Where the rows with these coordinates are added up."""
        return self._sums.setdefault(coordinates, [0, 0, 0])

    def add(self, sums: list[int], gpus: int, largest: int, line: int) -> None:
        """Add rows up, of which the largest has `largest` GPUs and the first of those stands on `line`."""
        sums[0] += gpus
        if largest > sums[1] or (largest == sums[1] and line < sums[2]):
            sums[1], sums[2] = largest, line

    def small_letters(self, line: int) -> None:
        """Count a row with a country code in small letters."""
        self._small += 1
        self._first_small = self._first_small or line

    def placements(self, notes: list[str]) -> list[Placement]:
        """A placement for each of the coordinates; what the plan's reader should know is added to `notes`."""
        if self._small:
            first = self._first_small
            where = f"line {first}" if self._small == 1 else f"{self._small} rows, the first on line {first}"
            notes.append(f"{self.file}: country codes in small letters were read as capitals ({where})")
        file = self.file
        ordered = sorted(self._sums.items(), key=_line)
        return [
            Placement(country, accelerator, sums[0], site, quarter, way, consignee, False, Location(file, sums[2]))
            for (country, accelerator, site, quarter, way, consignee), sums in ordered
        ]


def _line(item: tuple[Coordinates, list[int]]) -> int:
    return item[1][2]


def read_rows(
    source: RowSource, catalogue: Catalogue, problems: Problems, notes: list[str], max_rows: int | None = None
) -> list[Placement]:
    """The placements of a table, row by row; bad rows are reported to `problems` and left out.

    Raises InputError where the table cannot be read to its end, or has more than `max_rows`.
    """
    cells_of, tally = Cells(catalogue), Tally(source.file)
    number, country = source.columns.index("gpus"), source.columns.index("country")
    known: dict[tuple[str, ...], tuple[list[int], bool]] = {}  # where rows that differ in their number alone belong
    for row, (line, cells) in enumerate(source.rows()):
        if row == max_rows:
            raise too_many_rows(source.at(line), max_rows)
        written = cells[number]
        cells[number] = ""
        key = tuple(cells)
        found = known.get(key)
        if found is None or not _plain(written):
            cells[number] = written
            meanings = _meanings(source, line, cells, cells_of, problems)
            if meanings is None:
                continue
            found = tally.sums(coordinates_of(meanings)), meanings["country"] != cells[country]
            if len(known) < _MOST_KNOWN:
                known[key] = found
        sums, small = found
        gpus = int(written)
        tally.add(sums, gpus, gpus, line)
        if small:
            tally.small_letters(line)
    return tally.placements(notes)


def too_many_rows(at: Location, most: int) -> InputError:
    """The error for a table of more rows than were allowed."""
    return refuse(TOO_LARGE, at, f"there are more than {most:,} placements", "Allow more (--max-rows), or split it.")


def coordinates_of(meanings: Mapping[str, Any]) -> Coordinates:
    """The coordinates that the meanings of a row's cells come to, by column."""
    return Coordinates(
        meanings["country"],
        meanings["accelerator"],
        meanings.get("site"),
        meanings.get("quarter"),
        meanings.get("authorization"),
        meanings.get("consignee"),
    )


def _plain(text: str) -> bool:
    """Whether `text` is a number of GPUs beyond doubt."""
    return text.isdigit() and text.isascii() and text[0] != "0" and len(text) <= 18


def _meanings(
    source: RowSource, line: int, cells: list[str], of: Cells, problems: Problems
) -> Mapping[str, Any] | None:
    """What the cells of a row mean, by column; None when one is wrong: all its wrong cells are reported."""
    texts = dict(zip(source.columns, cells, strict=True))
    meanings: dict[str, Any] = {}
    for column in PLACEMENT_COLUMNS:
        if column not in texts:
            continue
        try:
            meanings[column] = of.meaning(column, texts[column])
        except Refused as refused:
            shown = show(texts[column]) if texts[column] else ""
            problems.add(refused.code, source.at(line, column), column, shown, refused.why, refused.mend)
    return meanings if len(meanings) == len(texts) else None


def _country(text: str) -> str:
    code = text.upper() if text.isascii() else text
    fault = names.country_fault(code)
    if fault is not None:
        raise Refused(fault.code, fault.why, fault.mend)
    return code


def _gpus(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or (text[0] == "0" and text != "0"):
        raise Refused(BAD_NUMBER, "a whole number is needed here", number_mend(text))
    if text == "0":
        raise Refused(OUT_OF_RANGE, "the number must be at least 1", "Remove the row, or correct it.")
    return int(text)


def _quarter(text: str) -> Quarter:
    try:
        return Quarter.parse(text)
    except ValueError:
        raise Refused(BAD_QUARTER, "not a quarter", quarter_mend(text)) from None


def _authorization(text: str) -> str:
    if text not in AUTHORIZATIONS:
        why = f"one of {', '.join(AUTHORIZATIONS)} is needed here"
        raise Refused(BAD_CHOICE, why, did_you_mean(text, AUTHORIZATIONS))
    return text


def _name(text: str) -> str:
    fault = word(text)
    if fault is not None:
        raise Refused(fault.code, fault.why, fault.mend)
    return text
