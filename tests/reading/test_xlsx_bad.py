"""Bad workbooks: each is refused with its code and place, quickly and with little memory, whatever is in it."""

from __future__ import annotations

import io
import re
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from reading_helpers import PEAK, US_FIRM, on_linux
from xlsx_builder import HEADER, MAIN, RELATION, ROW, Cell, book, sheet, table

from optimizer.errors import InputError, Problem
from optimizer.reading import read_plan


def with_gpus(xml: str) -> bytes:
    return book(table((*ROW[:3], xml, ROW[4])))


def with_quarter(value: Cell) -> bytes:
    return book(table((*ROW[:4], value)))


def flagged(raw: bytes) -> bytes:
    """The archive with the mark of encryption on its first member."""
    out = bytearray(raw)
    at = out.index(b"PK\x01\x02")
    out[at + 8] |= 1
    return bytes(out)


def bomb() -> bytes:
    stream = io.BytesIO(book(table(ROW)))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 20_000_000)
    return stream.getvalue()


def lying_bomb() -> bytes:
    """Its directory says that a sheet is small."""
    huge = f'<worksheet xmlns="{MAIN}"><sheetData>' + " " * 30_000_000
    raw = bytearray(book({"placements": huge}))
    at = raw.rindex(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<I", raw, at + 24, 1000)
    return bytes(raw)


def twice() -> bytes:
    stream = io.BytesIO(book(table(ROW)))
    with zipfile.ZipFile(stream, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return stream.getvalue()


def altered(old: str, new: str) -> bytes:
    """A workbook of one row whose sheet has `new` in the place of `old`."""
    made = table(ROW)["placements"]
    assert old in made
    return book({"placements": made.replace(old, new, 1)})


def related(kind: str, links: str) -> bytes:
    """A workbook whose file of relations of this kind has more of them."""
    name = {"archive": "_rels/.rels", "book": "xl/_rels/workbook.xml.rels"}[kind]
    old = zipfile.ZipFile(io.BytesIO(book(table(ROW)))).read(name).decode()
    return book(table(ROW), {name: old.replace("</Relationships>", links + "</Relationships>")})


def wide(count: int) -> str:
    cells = "".join(f"<c><v>{number}</v></c>" for number in range(count))
    return f'<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>'


DOCTYPE = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;">]><worksheet xmlns="{MAIN}"/>'
EVENTS = ("country", "accelerator", "gpus", "quarter")
FIRM = [("headquarters", "US"), ("status", "uveu")]

BAD: dict[str, tuple[bytes | None, str, int | None]] = {
    "empty file": (b"", "IN006", None),
    "text": (b"country,gpus\n", "IN305", None),
    "old format or password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "IN305", None),
    "cut off": (book(table(ROW))[:400], "IN305", None),
    "no workbook in the archive": (b"PK\x05\x06" + b"\0" * 18, "IN305", None),
    "encrypted member": (flagged(book(table(ROW))), "IN305", None),
    "macros": (book(table(ROW), {"xl/vbaProject.bin": b"x"}), "IN305", None),
    "external links": (book(table(ROW), {"xl/externalLinks/externalLink1.xml": "<x/>"}), "IN305", None),
    "archive bomb": (bomb(), "IN002", None),
    "archive bomb that lies about its size": (lying_bomb(), "IN305", None),
    "many members": (book(table(ROW), {f"x/{n}": b"" for n in range(2_100)}), "IN002", None),
    "doctype": (book({"placements": DOCTYPE}), "IN005", None),
    "doctype in the texts": (book(table(ROW), {"xl/sharedStrings.xml": DOCTYPE}), "", None),
    "not XML": (book({"placements": "<worksheet><row></worksheet>"}), "IN305", None),
    "missing sheet": (book(table(ROW), {"xl/_rels/workbook.xml.rels": "<x/>"}), "IN305", None),
    "no sheets": (book({}), "IN305", None),
    "path out of the archive": (
        book(table(ROW), {"_rels/.rels": '<x><Relationship Type="a/officeDocument" Target="../../etc/passwd"/></x>'}),
        "IN305",
        None,
    ),
    "two sheets of one name": (book({**table(ROW), "Placements": sheet([])}), "IN308", None),
    "hidden placements": (book(table(ROW), hidden=["placements"]), "IN308", None),
    "hidden retirements": (
        book(
            {**table(ROW), "retirements": sheet([("country", "accelerator", "gpus", "quarter")])},
            hidden=["retirements"],
        ),
        "IN308",
        None,
    ),
    "a table under another name": (book({**table(ROW), "more rows": sheet([HEADER, ROW])}), "IN308", None),
    "retirements alone": (book({"retirements": sheet([HEADER, ROW])}), "IN308", None),
    "empty sheet": (book({"placements": sheet([])}), "IN201", None),
    "only a header": (book(table()), "IN201", None),
    "unknown column": (book({"placements": sheet([("country", "accelerator", "gpu"), ROW])}), "IN301", 1),
    "column named twice": (book({"placements": sheet([(*HEADER, "site"), ROW])}), "IN301", 1),
    "missing column": (book({"placements": sheet([("country", "gpus"), ("US", 8)])}), "IN301", 1),
    "number for a column's name": (book({"placements": sheet([(*HEADER, 7), ROW])}), "IN301", 1),
    "cell beside the columns": (book(table((*ROW, "note"))), "IN307", 2),
    "half a GPU": (with_gpus('<c r="NAME"><v>12.5</v></c>'), "IN307", 2),
    "negative": (with_gpus('<c r="NAME"><v>-8</v></c>'), "IN104", 2),
    "zero": (with_gpus('<c r="NAME"><v>0</v></c>'), "IN105", 2),
    "more digits than a spreadsheet keeps": (with_gpus('<c r="NAME"><v>1E+300</v></c>'), "IN307", 2),
    "sixteen digits": (with_gpus('<c r="NAME"><v>1234567890123456</v></c>'), "IN307", 2),
    "not a number": (with_gpus('<c r="NAME"><v>NaN</v></c>'), "IN307", 2),
    "a number as text": (with_gpus('<c r="NAME" t="inlineStr"><is><t>8</t></is></c>'), "IN307", 2),
    "truth": (with_gpus('<c r="NAME" t="b"><v>1</v></c>'), "IN307", 2),
    "error": (with_gpus('<c r="NAME" t="e"><v>#REF!</v></c>'), "IN307", 2),
    "formula with a value": (with_gpus('<c r="NAME"><f>15000*2</f><v>3</v></c>'), "IN307", 2),
    "formula for a text": (with_quarter('<c r="NAME" t="str"><f>A1</f><v>2026Q1</v></c>'), "IN307", 2),
    "formula for a blank text": (with_quarter('<c r="NAME" t="str"><f>A1</f><v> </v></c>'), "IN307", 2),
    "formula beside a text": (
        with_quarter('<c r="NAME" t="inlineStr"><f>A1</f><is><t>2026Q1</t></is></c>'),
        "IN307",
        2,
    ),
    "shared formula": (with_gpus('<c r="NAME"><f t="shared" si="0"/><v>3</v></c>'), "IN307", 2),
    "formula for a column's name": (
        book({"placements": sheet([('<c r="NAME" t="str"><f>1</f><v>country</v></c>', *HEADER[1:]), ROW])}),
        "IN301",
        1,
    ),
    "formula for a value of the firm": (
        book({**table(ROW), "firm": sheet([FIRM[0], ("status", '<c r="NAME" t="str"><f>1</f><v>uveu</v></c>')])}),
        "IN307",
        2,
    ),
    "formula for a field of the firm": (
        book({**table(ROW), "firm": sheet([FIRM[0], ('<c r="NAME" t="str"><f>1</f><v>status</v></c>', "uveu")])}),
        "IN307",
        2,
    ),
    "two values": (with_gpus('<c r="NAME"><v>8</v><v>0</v></c>'), "IN305", None),
    "element in a value": (with_gpus('<c r="NAME"><v>8<t>0</t></v></c>'), "IN305", None),
    "foreign element in a value": (with_gpus('<c r="NAME"><v>8<z xmlns="urn:z"/>0</v></c>'), "IN305", None),
    "cell in a cell": (with_gpus('<c r="NAME"><c r="E2"><v>8</v></c></c>'), "IN305", None),
    "two texts": (with_quarter('<c r="NAME" t="inlineStr"><is><t>2026</t><t>Q1</t></is></c>'), "IN305", None),
    "two texts in a run": (
        with_quarter('<c r="NAME" t="inlineStr"><is><r><t>2026</t><t>Q1</t></r></is></c>'),
        "IN305",
        None,
    ),
    "text within a text": (with_quarter('<c r="NAME" t="inlineStr"><is><t>20<t>26Q1</t></t></is></c>'), "IN305", None),
    "foreign text": (
        with_quarter('<c r="NAME" t="inlineStr"><is><z:t xmlns:z="urn:z">2026Q1</z:t></is></c>'),
        "IN305",
        None,
    ),
    "a text and a number": (with_gpus('<c r="NAME"><v>8</v><is><t>9</t></is></c>'), "IN305", None),
    "an inline text and a value": (
        with_quarter('<c r="NAME" t="inlineStr"><is><t>2026Q1</t></is><v>1</v></c>'),
        "IN305",
        None,
    ),
    "second table of cells": (book(table(ROW, after='<sheetData><row r="3"/></sheetData>')), "IN305", None),
    "row outside of the table": (book(table(ROW, after='<row r="3"/>')), "IN305", None),
    "table in alternate content": (
        book(table(ROW, after=f'<z:Choice xmlns:z="urn:z"><sheetData xmlns="{MAIN}"/></z:Choice>')),
        "IN305",
        None,
    ),
    "foreign row in the table": (altered("</sheetData>", '<z:row xmlns:z="urn:z"/></sheetData>'), "IN305", None),
    "sheet of a damaged namespace": (altered(MAIN, MAIN + "x"), "IN305", None),
    "sheet of no namespace": (altered(f' xmlns="{MAIN}"', ""), "IN305", None),
    "sheet without a table": (book({"placements": f'<worksheet xmlns="{MAIN}"/>'}), "IN305", None),
    "hidden row": (altered('<row r="2"', '<row r="2" hidden="1"'), "IN307", 2),
    "row without a height": (altered('<row r="2"', '<row r="2" ht="0" customHeight="1"'), "IN307", 2),
    "row that is almost hidden": (altered('<row r="2"', '<row r="2" ht="0.1"'), "IN307", 2),
    "hidden column": (
        altered("<sheetData>", '<cols><col min="3" max="4" hidden="true"/></cols><sheetData>'),
        "IN307",
        1,
    ),
    "column without a width": (
        altered("<sheetData>", '<cols><col min="4" max="4" width="0"/></cols><sheetData>'),
        "IN307",
        1,
    ),
    "columns after the table": (
        book(table(ROW, after='<cols><col min="4" max="4" hidden="1"/></cols>')),
        "IN305",
        None,
    ),
    "columns without a number": (altered("<sheetData>", "<cols><col/></cols><sheetData>"), "IN305", None),
    "hidden row of the firm": (
        book({**table(ROW), "firm": sheet(FIRM).replace('<row r="2"', '<row r="2" hidden="1"')}),
        "IN307",
        2,
    ),
    "two workbooks in one": (
        related("archive", f'<Relationship Id="x" Type="{RELATION}/officeDocument" Target="xl/other.xml"/>'),
        "IN305",
        None,
    ),
    "two texts of one workbook": (
        related("book", f'<Relationship Id="x" Type="{RELATION}/sharedStrings" Target="x.xml"/>'),
        "IN305",
        None,
    ),
    "two members for one sheet": (
        related("book", f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/x.xml"/>'),
        "IN305",
        None,
    ),
    "two lists of sheets": (
        book(
            table(ROW),
            {"xl/workbook.xml": f'<workbook xmlns="{MAIN}"><sheets><sheet name="a"/></sheets><sheets/></workbook>'},
        ),
        "IN305",
        None,
    ),
    "members that differ in case": (book(table(ROW), {"xl/worksheets/SHEET1.xml": "<x/>"}), "IN305", None),
    "formula without a value": (with_gpus('<c r="NAME"><f>A1</f></c>'), "IN307", 2),
    "text formula without a value": (with_quarter('<c r="NAME" t="str"><f>A1</f><v></v></c>'), "IN307", 2),
    "empty needed cell": (with_gpus('<c r="NAME"/>'), "IN101", 2),
    "date for a quarter": (with_quarter('<c r="NAME" s="1"><v>46023</v></c>'), "IN307", 2),
    "date as text for a quarter": (with_quarter("2026-01-01"), "IN107", 2),
    "ISO date for a quarter": (with_quarter('<c r="NAME" t="d"><v>2026-01-01</v></c>'), "IN307", 2),
    "number for a site": (book(table(("US", 12, *ROW[2:]))), "IN307", 2),
    "unknown type": (with_gpus('<c r="NAME" t="z"><v>1</v></c>'), "IN305", None),
    "text that is not there": (with_quarter('<c r="NAME" t="s"><v>5</v></c>'), "IN305", None),
    "negative text number": (with_quarter('<c r="NAME" t="s"><v>-1</v></c>'), "IN305", None),
    "merged cells": (
        book(table(ROW, ROW, after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')),
        "IN307",
        2,
    ),
    "a million columns": (book({"placements": wide(1_000_000)}), "IN002", None),
    "three hundred columns": (book({"placements": wide(300)}), "IN002", None),
    "a cell out of order": (with_gpus('<c r="A2"><v>1</v></c>'), "IN305", None),
    "a column beyond the last": (with_gpus('<c r="ZZZ2"><v>1</v></c>'), "IN305", None),
    "rows out of order": (
        book({"placements": f'<worksheet xmlns="{MAIN}"><row r="5"/><row r="5"/></worksheet>'}),
        "IN305",
        None,
    ),
    "a long cell": (book(table(("US", "x" * 40_000, *ROW[2:]))), "IN002", None),
    "Cyrillic country": (book(table(("АЕ", *ROW[1:]))), "IN110", 2),
    "direction character": (book(table(("US", "a\u202eb", *ROW[2:]))), "IN004", 2),
    "unknown country": (book(table(("XX", *ROW[1:]))), "IN110", 2),
    "unknown field of the firm": (book({**table(ROW), "firm": sheet([*FIRM, ("colour", "red")])}), "IN102", 3),
    "field of the firm twice": (book({**table(ROW), "firm": sheet([*FIRM, ("status", "none")])}), "IN204", 3),
    "note in the sheet of the firm": (
        book({**table(ROW), "firm": sheet([("headquarters", "US", "x"), FIRM[1]])}),
        "IN307",
        1,
    ),
    "bad retirement": (
        book(
            {
                **table(ROW),
                "retirements": sheet([("country", "accelerator", "gpus", "quarter"), ("US", "h100-sxm", 8, None)]),
            }
        ),
        "IN101",
        2,
    ),
    "move without a destination": (
        book(
            {
                **table(ROW),
                "moves": sheet(
                    [
                        ("accelerator", "gpus", "quarter", "from_country", "to_country"),
                        ("h100-sxm", 1, "2026Q1", "US", None),
                    ]
                ),
            }
        ),
        "IN101",
        2,
    ),
}
"""What is in the file, the code of its problem, and the line."""


def problems(path: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        read_plan(path, overrides=None if "firm" in path.stem else US_FIRM)
    return list(caught.value.problems)


@pytest.mark.parametrize("name", [name for name in BAD if name != "doctype in the texts"])
def test_a_bad_workbook_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    raw, code, line = BAD[name]
    assert raw is not None
    path = tmp_path / ("firm.xlsx" if "firm" in name else "plan.xlsx")
    path.write_bytes(raw)
    start = time.process_time()
    found = problems(path)
    assert time.process_time() - start < 2
    assert [problem for problem in found if problem.code == code and problem.at.line == line], found
    assert all(problem.at.file == str(path) and problem.why and problem.mend for problem in found)


def test_a_doctype_in_the_texts_is_refused(tmp_path: Path) -> None:
    row = (*ROW[:4], '<c r="NAME" t="s"><v>0</v></c>')
    (tmp_path / "plan.xlsx").write_bytes(book(table(row), {"xl/sharedStrings.xml": DOCTYPE}))
    assert problems(tmp_path / "plan.xlsx")[0].code == "IN005"


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(twice())
    assert problems(tmp_path / "plan.xlsx")[0].code == "IN305"


def test_all_wrong_cells_come_at_once(tmp_path: Path) -> None:
    rows = [("XX", None, "h100-sxm", 8, None), ("US", 7, "h100-sxm", "8", "2026Q9"), ROW]
    (tmp_path / "plan.xlsx").write_bytes(book(table(*rows)))
    found = problems(tmp_path / "plan.xlsx")
    assert [(one.code, one.at.line, one.at.column) for one in found] == [
        ("IN110", 2, 1),
        ("IN307", 3, 2),
        ("IN307", 3, 4),
    ]
    assert found[1].field == "placements!B3"


@on_linux
def test_a_huge_sheet_takes_little_memory(tmp_path: Path) -> None:
    row = sheet([ROW]).split("<sheetData>")[1].split("</sheetData>")[0]
    before, after = re.sub(r' r="[A-Z]*1"', "", row).split("<v>8</v>")
    rows = "".join(f"{before}<v>{number * 7919 % 10_000 + 1}</v>{after}" for number in range(60_000))
    body = sheet([HEADER]).replace("</sheetData>", rows + "</sheetData>")
    (tmp_path / "plan.xlsx").write_bytes(book({"placements": body}))
    probe = (
        "import sys; from optimizer.reading import read_plan, HeadOverrides as H; "
        f"print(read_plan(sys.argv[1], overrides=H(headquarters='US', status='uveu')).placements[0].gpus); {PEAK}"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, str(tmp_path / "plan.xlsx")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    gpus, megabytes = map(int, done.stdout.split())
    assert gpus == 300_030_000
    assert megabytes < 100
