"""A second, naive reading of plans for the oracle: by other parsers, with plain conversions, and no word of ours.

It reads what is there without asking whether it may be. Where the command accepts a file, this reading has to
succeed too, and the oracle has to come to the same verdict.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from functools import cache
from types import SimpleNamespace
from typing import Any

import yaml
from oracle import FIRST, NotThere, home, judge

from optimizer.bundled import data_path
from optimizer.domain.plan import Consignee, Firm, Horizon, Move, Place, Placement, Retirement, SiteOperator
from optimizer.units import Quarter

REGIMES = ("factsheet-2025", "ifr-2025", "none")


class NotJudged(Exception):
    """The oracle cannot judge this: the plan brings rules or waivers of its own."""


def status_of(name: str, raw: bytes) -> str:
    """The oracle's verdict of a file: ``compliant``, ``violations`` or ``undecided``."""
    plan, regime = plan_from(document(name, raw))
    try:
        return judge(plan, regime)[0]
    except NotThere:
        return "undecided"


def document(name: str, raw: bytes) -> dict[str, Any]:
    """The file as mappings, lists and text, numbers included; what is left out or null is None."""
    if name.endswith(".xlsx"):
        return of_rows(workbook_rows(raw))
    if name.endswith(".parquet"):
        return of_rows(parquet_rows(raw))
    text = raw.decode("utf-8").removeprefix("\ufeff")
    if name.endswith(".csv"):
        return of_rows(csv.reader(io.StringIO(text, newline="")))
    if name.endswith(".json"):
        return whole(json.loads(text, parse_int=str, parse_float=str))
    return whole(yaml.load(text, Loader=yaml.BaseLoader))


def of_rows(rows: Iterable[Iterable[str]]) -> dict[str, Any]:
    """A table's placements, of a UVEU from the United States."""
    header, *rest = [row for row in ([unquoted(cell) for cell in row] for row in rows) if any(row)]
    cells = [dict(zip(header, row, strict=True)) for row in rest]
    placements = [row | {"country": row["country"].upper()} for row in cells]
    return {"firm": {"headquarters": "US", "status": "uveu"}, "placements": placements}


def workbook_rows(raw: bytes) -> Iterable[Iterable[str]]:
    """The first sheet, as a library for workbooks reads it: where it cannot, nothing is judged."""
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).worksheets[0]
        rows = [[shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    except Exception as error:
        raise NotJudged from error
    if not rows:
        raise NotJudged
    return rows


def parquet_rows(raw: bytes) -> Iterable[Iterable[str]]:
    """The table, as a library for Parquet reads it."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(pyarrow.BufferReader(raw))
    return [table.column_names, *([shown(cell) for cell in row.values()] for row in table.to_pylist())]


def shown(cell: object) -> str:
    """A cell as text."""
    whole_number = isinstance(cell, float) and cell.is_integer()
    return "" if cell is None else str(int(cell)) if whole_number else str(cell)  # type: ignore[call-overload]


def unquoted(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if re.match("'+[=+@-]", cell) else cell


def whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return None if value in ("", "null", "~", "Null", "NULL") else value


@cache
def catalogue() -> tuple[dict[str, SimpleNamespace], dict[str, str]]:
    """What every accelerator counts, and the aliases."""
    chips, aliases = {}, {}
    with data_path("accelerators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            chips[row["accelerator"]] = SimpleNamespace(tpp=int(row["tpp"]), meets_3a090a=row["meets_3a090a"])
            aliases |= dict.fromkeys(row["aliases"].split(";"), row["accelerator"])
    return chips, aliases


def plan_from(doc: dict[str, Any]) -> tuple[Any, str]:
    """The plan that a document holds, as the oracle takes it, and its regime."""
    regime = doc.get("regime") or REGIMES[0]
    if regime not in REGIMES or doc.get("waivers"):
        raise NotJudged
    chips, aliases = catalogue()
    chips = chips | {row["accelerator"]: own(row, chips) for row in doc.get("accelerators") or []}

    def chip(row: dict[str, Any]) -> str:
        return row["accelerator"] if row["accelerator"] in chips else aliases[row["accelerator"]]

    placements = [
        Placement(
            row["country"],
            chip(row),
            number(row["gpus"]),
            row.get("site") or None,
            Quarter.parse(row["quarter"]) if row.get("quarter") else None,
            row.get("authorization") or None,
            row.get("consignee") or None,
            row.get("holds_weights") in ("true", True),
        )
        for row in doc["placements"]
    ]
    retirements = [
        Retirement(
            row["country"],
            chip(row),
            number(row["gpus"]),
            Quarter.parse(row["quarter"]),
            row.get("site"),
            row.get("authorization"),
        )
        for row in doc.get("retirements") or []
    ]
    moves = [
        Move(chip(row), number(row["gpus"]), Quarter.parse(row["quarter"]), place(row["from"]), place(row["to"]))
        for row in doc.get("moves") or []
    ]
    consignees = [
        Consignee(row["consignee"], row["parent"], row["headquarters"]) for row in doc.get("consignees") or []
    ]
    firm = doc["firm"]
    seat = firm["headquarters"]
    parent = firm.get("ultimate_parent") or firm.get("parent") or seat
    listed = frozenset(firm.get("nveu_countries") or [])
    named = [row.quarter for row in (*placements, *retirements, *moves) if row.quarter is not None]
    horizon = Horizon(min(named, default=FIRST), max(named, default=FIRST))
    if doc.get("horizon"):
        horizon = Horizon(Quarter.parse(doc["horizon"]["first"]), Quarter.parse(doc["horizon"]["last"]))
    plan = SimpleNamespace(
        firm=Firm(firm.get("name") or "", seat, parent, firm["status"], listed),
        horizon=horizon,
        catalogue=chips,
        own_accelerators=tuple(chips),
        agreements={home(row["country"]): Quarter.parse(row["from"]) for row in doc.get("agreements") or []},
        national_use={home(code): number(tpp, 0) for code, tpp in (doc.get("national_use") or {}).items()},
        placements=placements,
        retirements=retirements,
        moves=moves,
        consignees=consignees,
        site_operators=[
            SiteOperator(row["site"], row["headquarters"], frozenset(map(int, row.get("certified") or [])))
            for row in doc.get("site_operators") or []
        ],
    )
    return plan, regime


def number(text: str, least: int = 1) -> int:
    assert re.fullmatch("0|[1-9][0-9]*", text), text
    assert int(text) >= least
    return int(text)


def place(row: dict[str, Any]) -> Place:
    return Place(row["country"], row.get("site"), row.get("authorization"))


def own(row: dict[str, Any], chips: dict[str, SimpleNamespace]) -> SimpleNamespace:
    """An accelerator of the plan's own."""
    tpp = number(row["tpp"]) if row.get("tpp") else chips[row["accelerator"]].tpp
    sure = "yes" if tpp >= 4_800 else "no" if tpp < 1_600 else None
    known = chips.get(row["accelerator"])
    return SimpleNamespace(tpp=tpp, meets_3a090a=sure or row.get("meets_3a090a") or getattr(known, "meets_3a090a", ""))
