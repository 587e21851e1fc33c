"""Workbooks (.xlsx), sheet by sheet and row by row, with the standard library alone.

A cell keeps its kind: a number is no text, a date is no quarter, and a formula without a value is not an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from ..errors import show
from .codes import BAD_SHEET
from .csv_text import MAX_COLUMNS
from .nodes import refuse
from .xlsx_archive import Archive, Start

MAX_SHEETS: Final = 100
MAX_CELL: Final = 32_767
"""Characters in a cell: the limit of spreadsheets."""
MAX_STRINGS: Final = 64 * 1024 * 1024
"""Characters in all cells."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LAST_COLUMN: Final = 16_384


class Cell(NamedTuple):
    """A cell that holds something; `kind` is number, text, truth, error, date, or formula (one without a value)."""

    kind: str
    text: str


Row = dict[int, Cell]
"""The cells of a row by the number of their column, from 1."""


class Sheet(NamedTuple):
    """A sheet: its name, whether it is hidden, and its file in the archive."""

    name: str
    hidden: bool
    member: str


class Workbook:
    """A workbook: its sheets, and their rows as they are asked for. Raises InputError where it cannot be read."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.file = file
        self.archive = Archive(stream, file)
        self._shared_member = ""
        self.sheets = self._sheets()
        self._strings: list[str] | None = None

    def rows(self, sheet: Sheet, merged: list[str]) -> Iterator[tuple[int, Row]]:
        """The number and the cells of each row that holds something; ranges of merged cells are added to `merged`."""
        reader = _SheetReader(self, sheet, merged)
        for _ in self.archive.parsed(sheet.member, reader.start, reader.end, reader.text):
            yield from reader.rows
            reader.rows.clear()

    def string(self, number: str) -> str:
        """The shared text of this number."""
        if self._strings is None:
            self._strings = self._shared()
        if not (number.isascii() and number.isdigit()) or len(number) > 9 or int(number) >= len(self._strings):
            raise self.archive.damaged("a cell names a text that is not there")
        return self._strings[int(number)]

    def _sheets(self) -> list[Sheet]:
        targets: dict[str, str] = {}
        found: list[tuple[str, bool, str]] = []
        main = self._main()
        folder, _, name = main.rpartition("/")

        def relation(tag: str, values: dict[str, str]) -> None:
            if tag == "Relationship":
                targets[values.get("Id", "")] = member = _joined(folder, values.get("Target", ""))
                if values.get("Type", "").endswith("/sharedStrings"):
                    self._shared_member = member

        def sheet(tag: str, values: dict[str, str]) -> None:
            if tag == "sheet":
                hidden = values.get("state", "visible") != "visible"
                found.append((values.get("name", ""), hidden, values.get("id", "")))

        self._walk(f"{folder}/_rels/{name}.rels", relation)
        self._walk(main, sheet)
        if not 0 < len(found) <= MAX_SHEETS:
            raise self.archive.damaged(f"it has {len(found)} sheets")
        if len({name.casefold() for name, _, _ in found}) < len(found):
            raise refuse(BAD_SHEET, self.archive.at, "two sheets have the same name", "Name each differently.")
        return [Sheet(name, hidden, targets.get(key, "")) for name, hidden, key in found]

    def _main(self) -> str:
        """The member that lists the sheets."""
        found: list[str] = []

        def relation(tag: str, values: dict[str, str]) -> None:
            if tag == "Relationship" and values.get("Type", "").endswith("/officeDocument"):
                found.append(_joined("", values.get("Target", "")))

        self._walk("_rels/.rels", relation)
        if not found:
            raise self.archive.damaged("it does not say where its sheets are")
        return found[0]

    def _walk(self, member: str, start: Start) -> None:
        """Call `start` for each tag of a member of the archive."""
        for _ in self.archive.parsed(member, start, _pass, _pass):
            pass

    def _shared(self) -> list[str]:
        """The texts that cells refer to by number."""
        strings: list[str] = []
        reader = _TextReader()
        total = 0

        def end(tag: str) -> None:
            nonlocal total
            if tag != "si":
                reader.end(tag)
                return
            text = reader.taken()
            total += len(text)
            if len(text) > MAX_CELL or total > MAX_STRINGS:
                raise self.archive.too_large("the texts of the workbook are too long")
            strings.append(text)

        if self._shared_member:
            for _ in self.archive.parsed(self._shared_member, lambda tag, _: reader.start(tag), end, reader.text):
                pass
        return strings


class _TextReader:
    """Gathers the text of a string item: plain or of several runs, without the reading aids of Eastern scripts."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open = self._aside = False

    def start(self, tag: str) -> None:
        """A tag begins."""
        if tag == "t":
            self._open = not self._aside
        elif tag == "rPh":
            self._aside = True

    def end(self, tag: str) -> None:
        """A tag ends."""
        if tag == "t":
            self._open = False
        elif tag == "rPh":
            self._aside = False

    def text(self, text: str) -> None:
        """Characters."""
        if self._open:
            self._parts.append(text)

    def taken(self) -> str:
        """The text gathered since it was last taken."""
        text = "".join(self._parts)
        self._parts.clear()
        return text


class _SheetReader:
    """Makes rows of the tags of a sheet."""

    def __init__(self, book: Workbook, sheet: Sheet, merged: list[str]) -> None:
        self.book, self.sheet, self.merged = book, sheet, merged
        self.rows: list[tuple[int, Row]] = []
        self._row: Row = {}
        self._line = self._column = 0
        self._type, self._in_cell, self._in_value, self._formula = "", False, False, False
        self._value: list[str] = []
        self._length = 0
        self._inline = _TextReader()

    def start(self, tag: str, values: dict[str, str]) -> None:
        """A tag begins."""
        if tag == "c":
            self._cell(values)
        elif tag == "row":
            self._begin_row(values.get("r"))
        elif self._in_cell:
            if tag == "v":
                self._in_value = True
            elif tag == "f":
                self._formula = True
            else:
                self._inline.start(tag)
        elif tag == "mergeCell" and len(self.merged) < 100:
            self.merged.append(values.get("ref", ""))

    def text(self, text: str) -> None:
        """Characters."""
        if not self._in_cell:
            return
        self._length += len(text)
        if self._length > MAX_CELL:
            raise self.book.archive.too_large(f"a cell of the sheet {show(self.sheet.name)} is longer than {MAX_CELL}")
        if self._in_value:
            self._value.append(text)
        else:
            self._inline.text(text)

    def end(self, tag: str) -> None:
        """A tag ends."""
        if tag == "c":
            self._end_cell()
        elif tag == "v":
            self._in_value = False
        elif tag == "row":
            if self._row:
                self.rows.append((self._line, self._row))
            self._row = {}
        elif self._in_cell:
            self._inline.end(tag)

    def _begin_row(self, number: str | None) -> None:
        line = self._line + 1 if number is None else int(number) if number.isdigit() and len(number) < 8 else 0
        if line <= self._line:
            raise self.book.archive.damaged(f"the rows of the sheet {show(self.sheet.name)} are out of order")
        self._line, self._column, self._row = line, 0, {}

    def _cell(self, values: dict[str, str]) -> None:
        reference = values.get("r")
        column = self._column + 1 if reference is None else _column(reference, self._line)
        if not self._column < column <= _LAST_COLUMN or self._in_cell or not self._line:
            raise self.book.archive.damaged(f"the cells of the sheet {show(self.sheet.name)} are out of order")
        self._column, self._type = column, values.get("t", "n")
        self._in_cell, self._formula, self._length = True, False, 0
        self._value.clear()

    def _end_cell(self) -> None:
        self._in_cell = self._in_value = False
        value, inline = "".join(self._value), self._inline.taken()
        cell = self._made(value, inline)
        if cell is None:
            return
        self._row[self._column] = cell
        if len(self._row) > MAX_COLUMNS:
            raise self.book.archive.too_large(
                f"a row of the sheet {show(self.sheet.name)} has more than {MAX_COLUMNS} cells"
            )

    def _made(self, value: str, inline: str) -> Cell | None:
        """What the cell that ends here holds, None when it is blank."""
        if self._type == "inlineStr":
            return Cell("text", inline) if inline.strip() else None
        if not value:
            return Cell("formula", "") if self._formula else None
        if self._type == "s":
            text = self.book.string(value)
            return Cell("text", text) if text.strip() else None
        if self._type == "str":
            return Cell("text", value) if value.strip() else Cell("formula", "")
        kinds = {"n": "number", "b": "truth", "e": "error", "d": "date"}
        if self._type not in kinds:
            raise self.book.archive.damaged(f"a cell has the type {show(self._type)}")
        return Cell(kinds[self._type], value)


def _pass(*_: object) -> None:
    pass


def _joined(folder: str, target: str) -> str:
    """The member that `target`, as written in a file of `folder`, names."""
    parts = [] if target.startswith("/") else [part for part in folder.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _column(reference: str, line: int) -> int:
    """The column of a cell such as C12, which stands on `line`; 0 for what is no such cell."""
    letters = reference.rstrip("0123456789")
    if (
        not 0 < len(letters) <= 3
        or not letters.isascii()
        or not letters.isupper()
        or reference[len(letters) :] != str(line)
    ):
        return 0
    column = 0
    for letter in letters:
        column = 26 * column + _LETTERS.index(letter) + 1
    return column


def cell_name(column: int, line: int) -> str:
    """The name of a cell, such as C12."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = _LETTERS[rest] + letters
    return f"{letters}{line}"
