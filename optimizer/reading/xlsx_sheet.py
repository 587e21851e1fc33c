"""Rows and texts of the XML of a workbook's sheet: each element counts in its own place only.

What a spreadsheet does not show must not be judged, nor the other way round: an element in another's place, a second
value in a cell and a second table are refused, and hidden rows and columns that hold something are noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from ..errors import InputError, show
from .csv_text import MAX_COLUMNS
from .xlsx_archive import Archive

MAX_CELL: Final = 32_767
"""Characters in a cell: the limit of spreadsheets."""
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LAST_COLUMN: Final = 16_384
_PARENTS: Final = {
    "worksheet": "",
    "sheetData": "worksheet",
    "cols": "worksheet",
    "col": "cols",
    "mergeCells": "worksheet",
    "mergeCell": "mergeCells",
    "row": "sheetData",
    "c": "row",
    "v": "c",
    "f": "c",
    "is": "c",
}
"""The elements that are read, and the one that each has to stand in."""
_HOLDERS: Final = frozenset({"sheetData", "row", "c", "v", "f"})
"""The elements that hold nothing but what is read."""
_WITHOUT_CELLS: Final = ("chartsheet", "dialogsheet")
_KINDS: Final = {"n": "number", "b": "truth", "e": "error", "d": "date"}
_SHOWN: Final = re.compile(r"[0-9]*[1-9][0-9]*(?:\.[0-9]*)?", re.ASCII)
"""A height or width that can be seen: 1 at least."""
_NAMED: Final = 100
"""Merged ranges, hidden rows and hidden columns that are named, each."""


class Cell(NamedTuple):
    """A cell that holds something; `kind` is number, text, truth, error, date, or formula, whatever its value is."""

    kind: str
    text: str


Row = dict[int, Cell]
"""The cells of a row by the number of their column, from 1."""


class Layout:
    """What hides cells that hold something, as far as the rows of the sheet have been read."""

    def __init__(self) -> None:
        self.merged: list[str] = []
        self.rows: list[int] = []
        self.columns: dict[int, int] = {}
        """Hidden columns, each with the first line that holds something there."""


class TextReader:
    """Gathers the text of a string item: plain or of several runs, without the reading aids of Eastern scripts."""

    def __init__(self, damaged: Callable[[str], InputError]) -> None:
        self._damaged = damaged
        self._parts: list[str] = []
        self._path: list[str] = []
        self._form, self._open, self._run_has_text = "", False, False

    def start(self, tag: str) -> None:
        """A tag begins within the item; it is empty for one of another namespace."""
        if not tag:
            raise self._damaged("a text holds a part where a spreadsheet has none")
        self._path.append(tag)
        place = "/".join(self._path)
        self._open = place in ("t", "r/t")
        if place == "r" and self._form != "t":
            self._form, self._run_has_text = "r", False
        elif place == "t" and not self._form:
            self._form = "t"
        elif place == "r/t" and not self._run_has_text:
            self._run_has_text = True
        elif self._path[0] not in ("rPh", "phoneticPr") and self._path[:2] != ["r", "rPr"]:
            raise self._damaged(f"a text holds {show(tag)} where a spreadsheet has none")

    def end(self) -> None:
        """The tag that began last ends."""
        self._path.pop()
        self._open = False

    def text(self, text: str) -> None:
        """Characters."""
        if self._open:
            self._parts.append(text)

    def taken(self) -> str:
        """The text of the item that ends here; another may begin."""
        text = "".join(self._parts)
        self._parts.clear()
        self._form = ""
        return text


class SheetReader:
    """Makes rows of the tags of a sheet; `string` gives the shared text of a number."""

    def __init__(self, archive: Archive, name: str, string: Callable[[str], str], layout: Layout) -> None:
        self.rows: list[tuple[int, Row]] = []
        self._archive, self._name, self._string, self._layout = archive, f"the sheet {show(name)}", string, layout
        self._path: list[str] = []
        self._once: set[str] = set()
        """The elements begun of which there may be one: in the sheet `sheetData` and `cols`, in a cell the others."""
        self._hidden_columns: set[int] = set()
        self._row: Row = {}
        self._line = self._column = 0
        self._row_hidden = self._in_text = False
        self._type = ""
        self._value: list[str] = []
        self._length = 0
        self._inline = TextReader(archive.damaged)

    def start(self, tag: str, values: dict[str, str]) -> None:
        """A tag begins; it is empty for one of another namespace, whose content is not given."""
        if self._in_text:
            self._inline.start(tag)
            self._path.append(tag)
            return
        parent = self._path[-1] if self._path else ""
        if not self._path and tag not in ("worksheet", *_WITHOUT_CELLS):
            raise self._archive.damaged(f"{self._name} is not one of a spreadsheet")
        if (parent in _HOLDERS and _PARENTS.get(tag) != parent) or _PARENTS.get(tag, parent) != parent:
            raise self._archive.damaged(f"{self._name} holds {show(tag or 'a part')} where a spreadsheet has none")
        if not tag:
            return
        self._path.append(tag)
        if tag == "c":
            self._begin_cell(values)
        elif tag == "row":
            self._begin_row(values)
        elif tag in ("sheetData", "cols", "v", "f", "is"):
            if tag in self._once or (tag == "cols" and "sheetData" in self._once):
                raise self._archive.damaged(f"{self._name} holds {tag} twice, or too late")
            self._once.add(tag)
            self._in_text = tag == "is"
        elif tag == "col":
            self._hide(values)
        elif tag == "mergeCell" and len(self._layout.merged) < _NAMED:
            self._layout.merged.append(values.get("ref", ""))

    def text(self, text: str) -> None:
        """Characters."""
        if not self._column or self._path[-1] in ("row", "c"):
            return
        self._length += len(text)
        if self._length > MAX_CELL:
            raise self._archive.too_large(f"a cell of {self._name} is longer than {MAX_CELL}")
        if self._in_text:
            self._inline.text(text)
        elif self._path[-1] == "v":
            self._value.append(text)

    def end(self, tag: str) -> None:
        """A tag ends that had a name where it began."""
        self._path.pop()
        if self._in_text and not (tag == "is" and self._path[-1] == "c"):
            self._inline.end()
        elif tag == "is":
            self._in_text = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self._end_row()
        elif tag == "worksheet" and "sheetData" not in self._once:
            raise self._archive.damaged(f"{self._name} has no table of cells")

    def _hide(self, values: dict[str, str]) -> None:
        """Note the columns that a `col` hides."""
        ends = [values.get(end, "") for end in ("min", "max")]
        if not all(end.isascii() and end.isdigit() and len(end) < 6 for end in ends):
            raise self._archive.damaged(f"{self._name} has columns without a number")
        if _is_hidden(values, "width"):
            self._hidden_columns.update(range(int(ends[0]), min(int(ends[1]), _LAST_COLUMN) + 1))

    def _begin_row(self, values: dict[str, str]) -> None:
        number = values.get("r")
        digits = number is not None and number.isascii() and number.isdigit() and len(number) < 8
        line = self._line + 1 if number is None else int(number) if digits else 0
        if line <= self._line:
            raise self._archive.damaged(f"the rows of {self._name} are out of order")
        self._line, self._column, self._row = line, 0, {}
        self._row_hidden = _is_hidden(values, "ht")

    def _end_row(self) -> None:
        self._column = 0
        if not self._row:
            return
        self.rows.append((self._line, self._row))
        if self._row_hidden and len(self._layout.rows) < _NAMED:
            self._layout.rows.append(self._line)
        if self._hidden_columns:
            for column in sorted(self._hidden_columns & self._row.keys()):
                self._layout.columns.setdefault(column, self._line)

    def _begin_cell(self, values: dict[str, str]) -> None:
        reference = values.get("r")
        column = self._column + 1 if reference is None else _column(reference, self._line)
        if not self._column < column <= _LAST_COLUMN:
            raise self._archive.damaged(f"the cells of {self._name} are out of order")
        self._column, self._type, self._length = column, values.get("t", "n"), 0
        self._once -= {"v", "f", "is"}
        self._value.clear()

    def _end_cell(self) -> None:
        cell = self._made("".join(self._value), self._inline.taken())
        if cell is None:
            return
        self._row[self._column] = cell
        if len(self._row) > MAX_COLUMNS:
            raise self._archive.too_large(f"a row of {self._name} has more than {MAX_COLUMNS} cells")

    def _made(self, value: str, inline: str) -> Cell | None:
        """What the cell that ends here holds, None when it is blank."""
        is_inline = self._type == "inlineStr"
        if ("v" if is_inline else "is") in self._once:
            raise self._archive.damaged(f"a cell of {self._name} holds a value that is not of its type")
        if "f" in self._once:  # its value was calculated when the workbook was last saved, by whoever saved it
            return Cell("formula", value or inline)
        if is_inline:
            return Cell("text", inline) if inline.strip() else None
        if not value:
            return None
        if self._type in ("s", "str"):
            text = self._string(value) if self._type == "s" else value
            return Cell("text", text) if text.strip() else None
        if self._type not in _KINDS:
            raise self._archive.damaged(f"a cell has the type {show(self._type)}")
        return Cell(_KINDS[self._type], value)


def _is_hidden(values: dict[str, str], size: str) -> bool:
    """Whether a row or column is marked as hidden, or is too small to be seen."""
    return values.get("hidden", "0") not in ("0", "false") or _SHOWN.fullmatch(values.get(size, "1")) is None


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
        column = 26 * column + LETTERS.index(letter) + 1
    return column
