"""Plans in workbooks: the sheets placements, retirements, moves and firm, or placements alone on the first sheet.

Each sheet but `firm` is a table with a header row. `firm` names a field in each row and its value beside it, or is a
table of one row. A number is read exactly as the file writes it: 12.0 is 12, and 12.5 is no number of GPUs. Formulas
and hidden cells are refused: what is judged is what is written and seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final

from ..domain.catalogue import Catalogue
from ..domain.plan import Placement
from ..errors import Location, show
from .codes import BAD_CELL, BAD_HEADER, BAD_SHEET, EMPTY_PLAN, NAMED_TWICE, UNKNOWN_FIELD
from .columns import check_columns
from .csv_text import unescape
from .files import MAX_TABLE_BYTES, open_regular
from .nodes import Node, Problems, did_you_mean, refuse
from .table_rows import NEEDED_COLUMNS, OPTIONAL_COLUMNS, read_rows
from .xlsx_sheet import Cell, Layout, Row
from .xlsx_text import Sheet, Workbook, cell_name, column_name

PLACEMENTS, RETIREMENTS, MOVES, FIRM = SHEETS = ("placements", "retirements", "moves", "firm")
RETIREMENT_COLUMNS: Final = ("country", "site", "accelerator", "gpus", "quarter", "authorization")
MOVE_COLUMNS: Final = (
    "accelerator",
    "gpus",
    "quarter",
    "from_country",
    "from_site",
    "from_authorization",
    "to_country",
    "to_site",
    "to_authorization",
)
FIRM_FIELDS: Final = ("name", "headquarters", "ultimate_parent", "parent", "status", "nveu_countries")
HEAD_FIELDS: Final = ("regime", "horizon_first", "horizon_last")

_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_KINDS: Final = {
    "number": "a number",
    "text": "a text",
    "truth": "TRUE or FALSE",
    "error": "an error",
    "date": "a date",
}


class PlanBook:
    """The plan that a workbook holds, its placements apart. Raises InputError where a sheet cannot be read."""

    def __init__(self, book: Workbook, problems: Problems) -> None:
        self.book, self.file, self.problems = book, book.file, problems
        self.notes: list[str] = []
        self._placements, self._others = self._roles()
        self.head = self._head()
        self.retirements = self._events(RETIREMENTS, ("country", "accelerator", "gpus", "quarter"), RETIREMENT_COLUMNS)
        self.moves = self._events(MOVES, ("accelerator", "gpus", "quarter", "from_country", "to_country"), MOVE_COLUMNS)

    def placements(self, catalogue: Catalogue, notes: list[str], max_rows: int | None = None) -> list[Placement]:
        """The placements, rows with the same coordinates added up; bad rows are reported and left out."""
        before = len(self.problems.found) + self.problems.more
        table = _Table(self.book, self._placements, NEEDED_COLUMNS, OPTIONAL_COLUMNS, self.problems)
        found = read_rows(table, catalogue, self.problems, notes, max_rows)
        table.report_layout()
        if not found and len(self.problems.found) + self.problems.more == before:
            why, mend = "the table holds no placement", "Write its rows: an empty table is never fine."
            self.problems.add(EMPTY_PLAN, Location(self.file), self._placements.name, "", why, mend)
        return found

    def _roles(self) -> tuple[Sheet, dict[str, Sheet]]:
        """The sheet of placements, and the other sheets that are read; one that would go unread is noted or refused."""
        named = {sheet.name.casefold().strip(): sheet for sheet in self.book.sheets}
        first = named.get(PLACEMENTS, self.book.sheets[0])
        if PLACEMENTS not in named and first.name.casefold().strip() in SHEETS:
            mend = f"Name the sheet that holds the placements '{PLACEMENTS}'."
            raise refuse(BAD_SHEET, Location(self.file), "no sheet holds the placements", mend)
        others = {name: sheet for name, sheet in named.items() if name in SHEETS and sheet is not first}
        for sheet in (first, *others.values()):
            if sheet.hidden:
                mend = "Show it, so that who looks at the workbook sees what is judged."
                self._problem(BAD_SHEET, sheet.name, "the sheet is hidden", mend)
        for sheet in self.book.sheets:
            if sheet is not first and sheet not in others.values():
                self._unread(sheet)
        return first, others

    def _unread(self, sheet: Sheet) -> None:
        """Refuse a sheet that looks like a table of ours under another name; note any other that is not empty."""
        for _, row in self.book.rows(sheet, Layout()):
            header = {cell.text.strip().casefold() for cell in row.values()}
            if {"gpus", "accelerator"} <= header:
                mend = f"Name it as one of {', '.join(SHEETS)}, or remove it."
                self._problem(BAD_SHEET, sheet.name, "the sheet looks like a table of GPUs and would not be read", mend)
            else:
                self.notes.append(f"{self.file}: the sheet {show(sheet.name)} is not read")
            return

    def _problem(self, code: str, field: str, why: str, mend: str) -> None:
        self.problems.add(code, Location(self.file), show(field), "", why, mend)

    def _events(self, name: str, needed: Sequence[str], columns: Sequence[str]) -> Node | None:
        """The rows of a sheet of retirements or moves as a plan file would hold them, None without any."""
        if name not in self._others:
            return None
        optional = [column for column in columns if column not in needed]
        table = _Table(self.book, self._others[name], needed, optional, self.problems, may_be_empty=True)
        rows = []
        for line, cells in table.nodes():
            row: dict[str, Node] = {}
            for column, node in cells.items():
                end, _, key = column.partition("_")
                if key and end in ("from", "to"):
                    place = row.setdefault(end, Node({}, node.at)).value
                    assert isinstance(place, dict)
                    place[key] = node
                else:
                    row[column] = node
            rows.append(Node(row, Location(self.file, line, 1)))
        table.report_layout()
        return Node(rows, Location(self.file)) if rows else None

    def _head(self) -> dict[str, Node]:
        """The parts of a plan's head that the sheet `firm` gives."""
        if FIRM not in self._others:
            return {}
        at = Location(self.file)
        firm: dict[str, Node] = {}
        head: dict[str, Node] = {}
        horizon: dict[str, Node] = {}
        for name, node in self._fields(self._others[FIRM]):
            if name in FIRM_FIELDS:
                firm[name] = _list_of(node) if name == "nveu_countries" else node
            elif name == "regime":
                head[name] = node
            else:
                horizon[name.partition("_")[2]] = node
        if firm:
            head["firm"] = Node(firm, at)
        if horizon:
            head["horizon"] = Node(horizon, at)
        return head

    def _fields(self, sheet: Sheet) -> Iterator[tuple[str, Node]]:
        """The fields of the sheet `firm` and their values; what is no field is reported."""
        known = (*FIRM_FIELDS, *HEAD_FIELDS)
        layout = Layout()
        rows = list(islice(self.book.rows(sheet, layout), 2 * len(known)))
        _report_layout(self.file, sheet.name, layout, self.problems)
        if not rows:
            return
        line, first = rows[0]
        if len(rows) == 2 and len(first) > 1 and all(_name_of(cell) in known for cell in first.values()):
            below = rows[1]
            pairs = [(line, column, cell, below[0], column, below[1].get(column)) for column, cell in first.items()]
            pairs += [
                (below[0], column, Cell("text", ""), below[0], column, cell)
                for column, cell in below[1].items()
                if column not in first
            ]
        else:
            pairs = [(line, 1, row.get(1, Cell("text", "")), line, 2, row.get(2)) for line, row in rows]
            if _name_of(pairs[0][2]) == "field":
                del pairs[0]
            for line, row in rows:
                for column in row.keys() - {1, 2}:
                    at, cell = Location(self.file, line, column), f"{sheet.name}!{cell_name(column, line)}"
                    why, mend = "the cell stands beside the values", "Write fields in column A, values in column B."
                    self.problems.add(BAD_CELL, at, cell, show(row[column].text), why, mend)
        seen: set[str] = set()
        for name_line, name_column, name_cell, value_line, value_column, value in pairs:
            name, at = _name_of(name_cell), Location(self.file, name_line, name_column)
            if name_cell.kind == "formula":
                _Place(self.file, sheet.name, name_line, name_column).refuse(name_cell, self.problems)
            elif name not in known:
                why, mend = "there is no such field in the sheet 'firm'", did_you_mean(name, known)
                self.problems.add(UNKNOWN_FIELD, at, FIRM, show(name_cell.text), why, mend)
            elif name in seen:
                self.problems.add(NAMED_TWICE, at, f"{FIRM}.{name}", "", "the field stands there twice", "Keep one.")
            elif value is not None:
                seen.add(name)
                place = _Place(self.file, sheet.name, value_line, value_column)
                node = place.node(value, self.problems)
                if node is not None:
                    yield name, node


class _Place:
    """A cell's place, for nodes and problems."""

    def __init__(self, file: str, sheet: str, line: int, column: int) -> None:
        self.at = Location(file, line, column)
        self.name = f"{sheet}!{cell_name(column, line)}"

    def node(self, cell: Cell, problems: Problems) -> Node | None:
        """The cell as a value of a document; None, with a problem reported, for what is none."""
        if cell.kind == "text":
            return Node(unescape(cell.text), self.at, quoted=True)
        if cell.kind == "number":
            whole = _whole(cell.text)
            return Node(cell.text if whole is None else str(whole), self.at)
        self.refuse(cell, problems)
        return None

    def refuse(self, cell: Cell, problems: Problems) -> None:
        """Report a cell whose value is none."""
        mends = {
            "error": "Write the value itself.",
            "formula": "Write the value, not a formula.",
            "date": "Write a quarter as text, such as 2026Q3.",
            "truth": "Write a text or a number.",
        }
        stale = "the cell holds a formula, and the value saved beside it may be another than is seen"
        whys = {"error": "the cell holds an error", "formula": stale}
        why = whys.get(cell.kind, f"the cell holds {_KINDS.get(cell.kind)}")
        problems.add(BAD_CELL, self.at, self.name, show(cell.text) if cell.text else "", why, mends[cell.kind])


class _Table:
    """A sheet with a header row as a source of rows."""

    def __init__(
        self,
        book: Workbook,
        sheet: Sheet,
        needed: Sequence[str],
        optional: Sequence[str],
        problems: Problems,
        may_be_empty: bool = False,
    ) -> None:
        self.file, self.sheet, self.problems = book.file, sheet.name, problems
        self._layout = Layout()
        self._rows = book.rows(sheet, self._layout)
        line, header = next(self._rows, (0, {}))
        if not header and not may_be_empty:
            mend = f"Begin with the header {','.join((*needed, *optional))}."
            raise refuse(EMPTY_PLAN, Location(self.file), "the sheet is empty", mend, field=show(sheet.name))
        self._places = self._header(line, header)
        self.columns = tuple(self._places.values())
        if header:
            check_columns(self.columns, needed, optional, Location(self.file, line, 1))

    def _header(self, line: int, header: Row) -> dict[int, str]:
        """The names of the columns by their numbers."""
        for column, cell in header.items():
            if cell.kind != "text":
                at, found = Location(self.file, line, column), show(cell.text) if cell.text else ""
                why, mend = "the header holds what is no name of a column", "Write the columns' names in the first row."
                raise refuse(BAD_HEADER, at, why, mend, field=f"{self.sheet}!{cell_name(column, line)}", found=found)
        return {column: cell.text.strip() for column, cell in header.items()}

    def at(self, line: int, column: str | None = None) -> Location:
        """The place of a row, or of its cell in `column`."""
        numbers = {name: number for number, name in self._places.items()}
        return Location(self.file, line, numbers.get(column or "", 1))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row's number and its cells as text; a row with a cell of the wrong kind is reported and left out."""
        for line, row in self._rows:
            texts = [self._text(line, number, name, row.get(number)) for number, name in self._places.items()]
            beside = self._beside(line, row)
            if not beside and None not in texts:
                yield line, [text for text in texts if text is not None]

    def nodes(self) -> Iterator[tuple[int, dict[str, Node]]]:
        """Each row's number and its cells as values of a document, by column; bad ones are reported and left out."""
        for line, row in self._rows:
            self._beside(line, row)
            cells = {}
            for number, name in self._places.items():
                if number in row:
                    node = _Place(self.file, self.sheet, line, number).node(row[number], self.problems)
                    if node is not None:
                        cells[name] = node
            yield line, cells

    def report_layout(self) -> None:
        """Report what is merged or hidden, which is known when all rows have been read."""
        _report_layout(self.file, self.sheet, self._layout, self.problems)

    def _beside(self, line: int, row: Row) -> bool:
        """Whether cells stand beside the columns; they are reported."""
        beside = sorted(row.keys() - self._places.keys())
        for number in beside:
            place = _Place(self.file, self.sheet, line, number)
            why, mend = "the cell stands in a column without a name", "Remove it, or name the column."
            self.problems.add(BAD_CELL, place.at, place.name, show(row[number].text), why, mend)
        return bool(beside)

    def _text(self, line: int, number: int, name: str, cell: Cell | None) -> str | None:
        """The text that `table_rows` reads in a cell of this column, None with a problem reported."""
        if cell is None:
            return ""
        wanted = "number" if name == "gpus" else "text"
        if cell.kind == wanted == "text":
            return unescape(cell.text)
        place = _Place(self.file, self.sheet, line, number)
        if cell.kind == wanted:
            whole = _whole(cell.text)
            if whole is not None:
                return str(whole)
            why, mend = "a whole number is needed here", "Round it; a spreadsheet keeps 15 digits."
            self.problems.add(BAD_CELL, place.at, place.name, show(cell.text), why, mend)
        elif cell.kind in ("number", "text"):
            mend = "Write it as a number, not as text." if name == "gpus" else "Format the cell as text."
            if name == "quarter":
                mend = "Write the quarter as text, such as 2026Q3, not as a date."
            why = f"{name} is {_KINDS[wanted]}, and the cell holds {_KINDS[cell.kind]}"
            self.problems.add(BAD_CELL, place.at, place.name, show(cell.text), why, mend)
        else:
            place.refuse(cell, self.problems)
        return None


@contextmanager
def open_plan_book(path: Path, file: str, problems: Problems) -> Iterator[PlanBook]:
    """The workbook at `path`, open. Raises InputError."""
    with open_regular(path, MAX_TABLE_BYTES) as stream:
        yield PlanBook(Workbook(stream, file), problems)


def read_placements_sheet(
    path: Path, file: str, catalogue: Catalogue, problems: Problems, notes: list[str], max_rows: int | None = None
) -> list[Placement]:
    """The placements of a workbook that holds nothing else. Raises InputError."""
    with open_plan_book(path, file, problems) as book:
        for name, part in ((RETIREMENTS, book.retirements), (MOVES, book.moves), (FIRM, book.head or None)):
            if part is not None:
                why, mend = "a table of placements has no such sheet", "Write its rows into the plan."
                problems.add(BAD_SHEET, Location(file), name, "", why, mend)
        notes += book.notes
        return book.placements(catalogue, notes, max_rows)


def _whole(text: str) -> int | None:
    """The whole number that a cell holds, None when it holds another or one that a spreadsheet rounds."""
    if _NUMBER.fullmatch(text) is None:
        return None
    value = Fraction(text)
    return int(value) if value.denominator == 1 and abs(value) < 10**15 else None


def _name_of(cell: Cell) -> str:
    return cell.text.strip().casefold()


def _list_of(node: Node) -> Node:
    """Country codes that stand in one cell, with commas between them, as a list."""
    if not isinstance(node.value, str):
        return node
    return Node([Node(code.strip(), node.at) for code in node.value.split(",") if code.strip()], node.at)


def _report_layout(file: str, sheet: str, layout: Layout, problems: Problems) -> None:
    """Report merged cells, and hidden rows and columns that hold something."""
    mend = "Show it (take off filters, too), so that who looks at the workbook sees what is judged."
    for line in layout.rows:
        why = "the row is hidden and holds values"
        problems.add(BAD_CELL, Location(file, line), f"{sheet}!{line}:{line}", "", why, mend)
    for column, line in layout.columns.items():
        letters, why = column_name(column), "the column is hidden and holds values"
        problems.add(BAD_CELL, Location(file, line, column), f"{sheet}!{letters}:{letters}", "", why, mend)
    for reference in layout.merged:
        first = reference.partition(":")[0]
        digits = first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        known = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
        why, mend = "merged cells hide which row a value belongs to", "Split them, and fill in every row."
        problems.add(BAD_CELL, Location(file, known), f"{sheet}!{reference[:30]}", "", why, mend)
