"""The archive that a workbook (.xlsx) is, and the XML files in it, as written by strangers.

Sizes are looked at before anything is unpacked and counted while it is; documents with a DOCTYPE are refused, and so
are workbooks whose cells may say something else than what is seen (macros, links to other workbooks). An element
counts only under the name of its own namespace.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from ..errors import InputError, Location, show
from .codes import BAD_SYNTAX, DAMAGED_FILE, EMPTY_FILE, TOO_LARGE
from .nodes import refuse

MAX_MEMBERS: Final = 2_000
MAX_UNPACKED_BYTES: Final = 512 * 1024 * 1024
MAX_RATIO: Final = 200
_SMALL: Final = 1024 * 1024  # members below this size are never bombs
_CHUNK: Final = 64 * 1024

MAIN: Final = frozenset(
    {"http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"}
)
"""The namespaces of spreadsheets: the transitional and the strict one."""
RELATIONS: Final = frozenset(
    {
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
)
"""The namespaces of the attribute that names a relation, and of the kinds of relations."""
PACKAGE: Final = frozenset({"http://schemas.openxmlformats.org/package/2006/relationships"})
"""The namespace of the members that say how members are related."""
_NEVER_ASIDE: Final = frozenset({"sheets", "sheet", "sheetData", "cols", "mergeCells", "row"})
"""Elements that a spreadsheet might take from parts that are passed over here, such as alternate content."""

Start = Callable[[str, dict[str, str]], object]
"""Called where a tag begins, with its name (empty for one that is passed over) and its attributes."""
Take = Callable[[str], object]
"""Called where a tag ends, with its name, or with characters."""


class Archive:
    """The members of a workbook's archive, known to be of sizes that can be unpacked. Raises InputError."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.at = Location(file)
        self._archive = self._opened(stream)
        self._unpacked = 0

    def damaged(self, why: str) -> InputError:
        """The error for a workbook that is not as it should be."""
        return refuse(DAMAGED_FILE, self.at, f"the workbook is damaged: {why}", "Save it again as .xlsx.")

    def too_large(self, why: str) -> InputError:
        """The error for a workbook of which too much would have to be read."""
        return refuse(TOO_LARGE, self.at, why, "Write the table as CSV.")

    def parsed(
        self,
        member: str,
        start: Start,
        end: Take,
        text: Take,
        namespaces: frozenset[str] = MAIN,
    ) -> Iterator[None]:
        """Parse a member of the archive, a chunk at each step, with tags of `namespaces` and plain attributes.

        Elements of other namespaces and lists of extensions are passed over with all that is in them. Of the attributes
        with a namespace only the name of a relation is handed on, as `r:id`.
        """
        passed_over = 0  # how many elements are open that are

        def begins(tag: str, values: dict[str, str]) -> None:
            nonlocal passed_over
            namespace, _, name = tag.rpartition(" ")
            known = namespace in namespaces
            if passed_over and known and name in _NEVER_ASIDE:
                raise self.damaged(f"{show(member)} holds {name} where a spreadsheet has none")
            if not known and not passed_over:
                start("", {})
            if passed_over or not known or name == "extLst":
                passed_over += 1
            else:
                start(name, _plain(values) if values else values)

        def ends(tag: str) -> None:
            nonlocal passed_over
            if passed_over:
                passed_over -= 1
            else:
                end(tag.rpartition(" ")[2])

        def characters(found: str) -> None:
            if not passed_over:
                text(found)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = begins
        parser.EndElementHandler = ends
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        try:
            with self._archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > MAX_UNPACKED_BYTES:
                        raise self.too_large("the workbook unpacks to more than it says")
                    parser.Parse(chunk, False)
                    yield
                parser.Parse(b"", True)
                yield
        except KeyError:
            raise self.damaged(f"{show(member)} is missing") from None
        except expat.ExpatError as error:
            why = f"{show(member)} is not XML: {expat.errors.messages.get(error.code, 'unknown error')}"
            raise self.damaged(why) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise self.damaged(f"{show(member)} cannot be unpacked: {show(error)}") from None

    def _opened(self, stream: BinaryIO) -> zipfile.ZipFile:
        """The archive, whose members are of a size that can be unpacked."""
        first = stream.read(8)
        stream.seek(0)
        if not first:
            raise refuse(EMPTY_FILE, self.at, "the file is empty", "Write a table of placements into it.")
        if first == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            why = "the workbook is protected by a password, or of the format of before 2007"
            raise refuse(DAMAGED_FILE, self.at, why, "Save it as .xlsx without a password.")
        if not first.startswith(b"PK"):
            raise refuse(DAMAGED_FILE, self.at, "this is not a workbook", "Save it as .xlsx.")
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError, OverflowError) as error:
            raise self.damaged(show(error)) from None
        members = archive.infolist()
        names = {member.filename.casefold() for member in members}
        if len(members) > MAX_MEMBERS:
            raise self.too_large(f"the archive has {len(members)} members")
        if len(names) < len(members):
            raise self.damaged("a member of the archive is there twice")
        for member in members:
            self._check_member(member)
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise self.too_large(f"the workbook is larger than {MAX_UNPACKED_BYTES // _SMALL} MB when unpacked")
        return archive

    def _check_member(self, member: zipfile.ZipInfo) -> None:
        name = member.filename.lower()
        if member.flag_bits & 1:
            raise refuse(DAMAGED_FILE, self.at, "the workbook is encrypted", "Save it without a password.")
        if member.file_size > MAX_RATIO * max(member.compress_size, 1) and member.file_size > _SMALL:
            raise self.too_large(f"{show(member.filename)} unpacks to more than {MAX_RATIO} times its size")
        if name.endswith("vbaproject.bin") or "/macrosheets/" in name:
            raise refuse(DAMAGED_FILE, self.at, "the workbook has macros", "Save it as .xlsx without macros.")
        if "/externallinks/" in name:
            why = "the workbook has links to other workbooks, whose values may be old"
            raise refuse(DAMAGED_FILE, self.at, why, "Break the links, and save it again.")

    def _refuse_doctype(self, *_: object) -> None:
        raise refuse(BAD_SYNTAX, self.at, "a part of the workbook declares a DOCTYPE", "Save it again as .xlsx.")


def _plain(values: dict[str, str]) -> dict[str, str]:
    """The attributes without a namespace, and the one that names a relation."""
    found = {}
    for key, value in values.items():
        namespace, _, name = key.rpartition(" ")
        if not namespace:
            found[key] = value
        elif name == "id" and namespace in RELATIONS:
            found["r:id"] = value
    return found
