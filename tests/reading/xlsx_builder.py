"""Workbooks for tests, made part by part, so that each part can be wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADER = ("country", "site", "accelerator", "gpus", "quarter")
ROW = ("US", "ashburn", "h100-sxm", 8, "2026Q1")

Cell = str | int | None
"""A text that begins with '<' is a cell's XML as it is, with NAME for its name."""


def cell(name: str, value: Cell) -> str:
    """A cell."""
    if value is None:
        return ""
    if isinstance(value, int):
        return f'<c r="{name}"><v>{value}</v></c>'
    if value.startswith("<"):
        return value.replace("NAME", name)
    return f'<c r="{name}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def sheet(rows: Sequence[Sequence[Cell]], after: str = "") -> str:
    """A sheet of the rows."""
    body = "".join(
        f'<row r="{line}">{"".join(cell(f"{chr(65 + column)}{line}", value) for column, value in enumerate(row))}</row>'
        for line, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def table(*rows: Sequence[Cell], after: str = "") -> dict[str, str]:
    """One sheet of placements: the header, and the rows."""
    return {"placements": sheet([HEADER, *rows], after)}


def book(sheets: Mapping[str, str], more: Mapping[str, bytes | str] | None = None, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of the sheets; `more` adds members to its archive, or replaces some."""
    states = {name: "hidden" if name in hidden else "visible" for name in sheets}
    named = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
        for n, (name, state) in enumerate(states.items(), 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATION}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    strings = f'<Relationship Id="rId99" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
    members: dict[str, bytes | str] = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{links}{strings}</Relationships>'
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>shared</t></si></sst>',
        **{f"xl/worksheets/sheet{number}.xml": text for number, text in enumerate(sheets.values(), 1)},
        **(more or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()
