"""Plans as tables in binary files: workbooks (standard library) and Parquet (pyarrow, of the extra `big`).

A table says less than a plan file; `left_out` names what a format does not hold.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from ..domain.plan import Plan
from ..errors import Location
from .codes import MISSING_EXTRA
from .csv_text import escaped
from .nodes import refuse
from .table_rows import PLACEMENT_COLUMNS
from .xlsx_plan import MOVE_COLUMNS, RETIREMENT_COLUMNS
from .xlsx_text import cell_name

_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATION: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DATE: Final = (1980, 1, 1, 0, 0, 0)  # the same plan makes the same file

Table = Sequence[Sequence[Any]]


def workbook(plan: Plan, regime: str | None) -> bytes:
    """The plan as a workbook with the sheets placements, retirements, moves and firm."""
    sheets: dict[str, Table] = {
        "placements": [PLACEMENT_COLUMNS, *placement_rows(plan)],
        "retirements": [RETIREMENT_COLUMNS, *_retirement_rows(plan)],
        "moves": [MOVE_COLUMNS, *_move_rows(plan)],
        "firm": [("field", "value"), *_firm_rows(plan, regime)],
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(sheets):
            archive.writestr(zipfile.ZipInfo(name, _DATE), _XML + text, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def parquet(plan: Plan) -> bytes:
    """The placements as a Parquet table. Raises InputError when pyarrow is missing."""
    try:
        import pyarrow
        from pyarrow.parquet import write_table
    except ImportError:
        mend = "Install it: pip install 'fleetplan[big]'. Or write CSV."
        raise refuse(MISSING_EXTRA, Location("output"), "writing Parquet needs the extra 'big'", mend) from None
    columns = list(zip(*placement_rows(plan), strict=True)) or [()] * len(PLACEMENT_COLUMNS)
    arrays = [
        pyarrow.array(list(column), pyarrow.int64() if name == "gpus" else pyarrow.string())
        for name, column in zip(PLACEMENT_COLUMNS, columns, strict=True)
    ]
    stream = io.BytesIO()
    write_table(pyarrow.Table.from_arrays(arrays, names=list(PLACEMENT_COLUMNS)), stream)
    return stream.getvalue()


def left_out(plan: Plan, fmt: str) -> list[str]:
    """The parts of the plan's head that a file of this format does not hold."""
    kept_apart = {"xlsx": ("firm", "regime", "horizon")}.get(fmt, ())
    parts: dict[str, object] = {
        "firm": plan.firm,
        "regime": plan.regime,
        "horizon": not plan.snapshot,
        "agreements": plan.agreements,
        "national_use": plan.national_use,
        "accelerators": plan.own_accelerators,
        "consignees": plan.consignees,
        "site_operators": plan.site_operators,
        "regime.amend": plan.regime.amend,
        "regime.add": plan.regime.add,
        "regime.readings": plan.regime.readings,
        "waivers": plan.waivers,
        "result": plan.result,
    }
    return [name for name, value in parts.items() if value and name not in kept_apart]


def placement_rows(plan: Plan) -> list[tuple[Any, ...]]:
    """The placements as rows of `PLACEMENT_COLUMNS`; None where nothing is said."""
    return [
        (
            row.country,
            row.site,
            row.accelerator,
            row.gpus,
            None if row.quarter is None else str(row.quarter),
            row.authorization,
            row.consignee,
        )
        for row in plan.placements
    ]


def _retirement_rows(plan: Plan) -> list[tuple[Any, ...]]:
    return [
        (row.country, row.site, row.accelerator, row.gpus, str(row.quarter), row.authorization)
        for row in plan.retirements
    ]


def _move_rows(plan: Plan) -> list[tuple[Any, ...]]:
    return [
        (
            row.accelerator,
            row.gpus,
            str(row.quarter),
            *(row.origin.country, row.origin.site, row.origin.authorization),
            *(row.to.country, row.to.site, row.to.authorization),
        )
        for row in plan.moves
    ]


def _firm_rows(plan: Plan, regime: str | None) -> list[tuple[str, str]]:
    firm = plan.firm
    values = {
        "name": firm.name,
        "headquarters": firm.headquarters,
        "ultimate_parent": firm.ultimate_parent,
        "status": firm.status,
        "nveu_countries": ", ".join(sorted(firm.nveu_countries)),
        "regime": regime,
        "horizon_first": None if plan.snapshot else str(plan.horizon.first),
        "horizon_last": None if plan.snapshot else str(plan.horizon.last),
    }
    return [(name, value) for name, value in values.items() if value]


def _parts(sheets: dict[str, Table]) -> Iterable[tuple[str, str]]:
    """The files of a workbook and what they hold."""
    numbers = range(1, len(sheets) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{parts}</Types>',
    )
    yield "_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")})
    named = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, sheets, strict=True)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{named}</sheets></workbook>'
    targets = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
    yield "xl/_rels/workbook.xml.rels", _relations(targets)
    for number, rows in zip(numbers, sheets.values(), strict=True):
        cells = "".join(_row(line, row) for line, row in enumerate(rows, 1))
        yield (
            f"xl/worksheets/sheet{number}.xml",
            f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>',
        )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{key}" Type="{_RELATION}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'


def _row(line: int, row: Sequence[Any]) -> str:
    cells = "".join(_cell(cell_name(column, line), value) for column, value in enumerate(row, 1) if value is not None)
    return f'<row r="{line}">{cells}</row>'


def _cell(name: str, value: Any) -> str:
    if isinstance(value, int):
        return f'<c r="{name}"><v>{value}</v></c>'
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(escaped(str(value)))}</t></is></c>'
