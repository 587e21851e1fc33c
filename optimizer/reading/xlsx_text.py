"""Workbooks (.xlsx), sheet by sheet and row by row, with the standard library alone.

A cell keeps its kind: a number is no text, a date is no quarter, and a formula is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from ..errors import show
from .codes import BAD_SHEET
from .nodes import refuse
from .xlsx_archive import MAIN, PACKAGE, RELATIONS, Archive
from .xlsx_sheet import LETTERS, MAX_CELL, Layout, Row, SheetReader, TextReader

MAX_SHEETS: Final = 100
MAX_STRINGS: Final = 64 * 1024 * 1024
"""Characters in all cells."""


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

    def rows(self, sheet: Sheet, layout: Layout) -> Iterator[tuple[int, Row]]:
        """The number and the cells of each row that holds something; `layout` learns what is hidden or merged."""
        reader = SheetReader(self.archive, sheet.name, self.string, layout)
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
        found: list[tuple[str, bool, str]] = []
        main = self._main()
        folder, _, name = main.rpartition("/")
        related = self._related(f"{folder}/_rels/{name}.rels", folder)
        texts = [member for kind, member in related.values() if kind == "sharedStrings"]
        if len(texts) > 1:
            raise self.archive.damaged("it has its texts twice")
        self._shared_member = "".join(texts)

        def sheet(values: dict[str, str]) -> None:
            hidden = values.get("state", "visible") != "visible"
            found.append((values.get("name", ""), hidden, values.get("r:id", "")))

        self._walk(main, ("workbook", "sheets", "sheet"), sheet, MAIN)
        if not 0 < len(found) <= MAX_SHEETS:
            raise self.archive.damaged(f"it has {len(found)} sheets")
        if len({name.casefold() for name, _, _ in found}) < len(found):
            raise refuse(BAD_SHEET, self.archive.at, "two sheets have the same name", "Name each differently.")
        return [Sheet(name, hidden, related.get(key, ("", ""))[1]) for name, hidden, key in found]

    def _main(self) -> str:
        """The member that lists the sheets."""
        found = [member for kind, member in self._related("_rels/.rels", "").values() if kind == "officeDocument"]
        if len(found) != 1:
            raise self.archive.damaged("it does not say where its sheets are, or says it twice")
        return found[0]

    def _related(self, member: str, folder: str) -> dict[str, tuple[str, str]]:
        """The kind and the member of each relation, by its name; those to outside of the archive are left out."""
        found: dict[str, tuple[str, str]] = {}

        def relation(values: dict[str, str]) -> None:
            name = values.get("Id", "")
            if name in found:
                raise self.archive.damaged(f"{show(member)} names {show(name)} twice")
            namespace, _, kind = values.get("Type", "").rpartition("/")
            if values.get("TargetMode", "Internal") == "Internal":
                found[name] = (kind if namespace in RELATIONS else "", _joined(folder, values.get("Target", "")))

        self._walk(member, ("Relationships", "Relationship"), relation, PACKAGE)
        return found

    def _walk(
        self, member: str, path: tuple[str, ...], take: Callable[[dict[str, str]], object], namespaces: frozenset[str]
    ) -> None:
        """Call `take` with the attributes of each element at `path`, whose holders may be there once."""
        opened: list[str] = []
        holders: set[tuple[str, ...]] = set()

        def start(tag: str, values: dict[str, str]) -> None:
            here = (*opened, tag)
            if here in holders or (not opened and here != path[:1]):
                raise self.archive.damaged(f"{show(member)} holds {show(tag or 'a part')} where a workbook has none")
            if tag:
                opened.append(tag)
            if here == path:
                take(values)
            elif here == path[: len(here)]:
                holders.add(here)

        def end(_: str) -> None:
            opened.pop()

        for _ in self.archive.parsed(member, start, end, _pass, namespaces):
            pass

    def _shared(self) -> list[str]:
        """The texts that cells refer to by number."""
        strings: list[str] = []
        reader = TextReader(self.archive.damaged)
        total = depth = 0

        def start(tag: str, _: dict[str, str]) -> None:
            nonlocal depth
            if depth < 2 and tag != ("sst", "si")[depth]:
                raise self.archive.damaged(f"its texts hold {show(tag or 'a part')} where a workbook has none")
            if depth >= 2:
                reader.start(tag)
            depth += 1

        def end(_: str) -> None:
            nonlocal depth, total
            depth -= 1
            if depth >= 2:
                reader.end()
            elif depth == 1:
                text = reader.taken()
                total += len(text)
                if len(text) > MAX_CELL or total > MAX_STRINGS:
                    raise self.archive.too_large("the texts of the workbook are too long")
                strings.append(text)

        if self._shared_member:
            for _ in self.archive.parsed(self._shared_member, start, end, reader.text):
                pass
        return strings


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


def cell_name(column: int, line: int) -> str:
    """The name of a cell, such as C12."""
    return f"{column_name(column)}{line}"


def column_name(column: int) -> str:
    """The letters of a column, such as C."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = LETTERS[rest] + letters
    return letters
