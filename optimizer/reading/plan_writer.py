"""Plans into files: YAML and JSON with everything, workbooks with all but parts of the head, CSV and Parquet with the
placements. Read back, each is the same plan."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from ..domain.catalogue import Accelerator, bundled_catalogue
from ..domain.plan import Firm, Place, Placement, Plan, RegimeRef
from ..errors import Location, show
from .codes import LOST_IN_FORMAT, TOO_LARGE, UNKNOWN_FORMAT
from .csv_text import escaped
from .emit import Number, json_of, yaml_of
from .files import MAX_TEXT_BYTES
from .nodes import did_you_mean, refuse
from .output import refuse_input_as_output, write_atomically
from .placements_reader import PLACEMENT_COLUMNS
from .text import word

BINARY_FORMATS: Final = ("xlsx", "parquet")
FORMATS: Final = ("yaml", "json", "csv", *BINARY_FORMATS)
_BY_SUFFIX: Final = {".yml": "yaml", **{f".{fmt}": fmt for fmt in FORMATS}}
_NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)


def write_plan(
    plan: Plan,
    target: Path | None,
    fmt: str | None = None,
    *,
    inputs: Iterable[str | Path] = (),
    may_replace_input: bool = False,
) -> str:
    """The plan as text, written to `target` as well when one is given. Raises InputError.

    A plan in a binary format is only written, and the text is empty.

    Parameters
    ----------
    target
        Written whole or not at all. None only makes the text.
    fmt
        One of `FORMATS`; left out, the extension of `target` says it, and YAML is the format without a target.
    inputs
        Files that the plan was made from; neither they nor the plan's own file are replaced
        unless `may_replace_input`.
    """
    fmt = fmt or ("yaml" if target is None else format_of(target))
    if target is not None and not may_replace_input:
        refuse_input_as_output(target, (*inputs, *([plan.file] if plan.file else [])))
    if fmt in BINARY_FORMATS:
        if target is None:
            mend = "Name a file, or choose a text format."
            raise refuse(UNKNOWN_FORMAT, Location("output"), f"{fmt} is written to files only", mend)
        write_atomically(target, plan_bytes(plan, fmt, target.parent))
        return ""
    text = plan_text(plan, fmt, Path() if target is None else target.parent)
    if target is not None:
        write_atomically(target, text)
    return text


def format_of(target: Path) -> str:
    """The format that the extension of `target` names. Raises InputError."""
    fmt = _BY_SUFFIX.get(target.suffix.lower())
    if fmt is None:
        mend = f"Use one of the extensions {', '.join(_BY_SUFFIX)}, or say the format."
        raise refuse(UNKNOWN_FORMAT, Location(str(target)), "the extension names no format that is written here", mend)
    return fmt


def plan_text(plan: Plan, fmt: str, folder: Path = Path()) -> str:
    """The plan in the format `fmt`, for a file in `folder` (from which its regime's path starts)."""
    if fmt == "csv":
        return placements_csv(plan)
    if fmt not in FORMATS or fmt in BINARY_FORMATS:
        mend = did_you_mean(fmt, FORMATS)
        raise refuse(UNKNOWN_FORMAT, Location("output"), f"plans are not written as {show(fmt)}", mend)
    document = plan_document(plan, folder)
    text = yaml_of(document) if fmt == "yaml" else json_of(document)
    if len(text.encode("utf-8")) > MAX_TEXT_BYTES:
        why = (
            f"the plan is larger than {MAX_TEXT_BYTES // (1024 * 1024)} MB as {fmt.upper()}, and could not be read back"
        )
        raise refuse(TOO_LARGE, Location("output"), why, "Write it as CSV.")
    return text


def plan_document(plan: Plan, folder: Path = Path()) -> dict[str, Any]:
    """The plan as the plain data of a `plan/1` document; what is empty is left out."""
    document: dict[str, Any] = {
        "fleetplan": "plan/1",
        "firm": _firm(plan.firm),
        "regime": _regime(plan.regime, folder),
    }
    if not plan.snapshot:
        document["horizon"] = {"first": str(plan.horizon.first), "last": str(plan.horizon.last)}
    document |= {
        "agreements": [{"country": code, "from": str(quarter)} for code, quarter in plan.agreements.items()],
        "national_use": dict(plan.national_use),
        "accelerators": [_accelerator(plan.catalogue[name]) for name in plan.own_accelerators],
        "consignees": [
            {"consignee": _name(row.consignee), "parent": _name(row.parent), "headquarters": row.headquarters}
            for row in plan.consignees
        ],
        "site_operators": [
            {"site": _name(row.site), "headquarters": row.headquarters, "certified": sorted(row.certified)}
            for row in plan.site_operators
        ],
        "placements": [_placement(row) for row in plan.placements],
        "retirements": [
            _given(
                country=row.country,
                site=_name(row.site),
                accelerator=row.accelerator,
                gpus=row.gpus,
                quarter=str(row.quarter),
                authorization=row.authorization,
            )
            for row in plan.retirements
        ],
        "moves": [
            {
                "accelerator": row.accelerator,
                "gpus": row.gpus,
                "quarter": str(row.quarter),
                "from": _place(row.origin),
                "to": _place(row.to),
            }
            for row in plan.moves
        ],
        "waivers": [_numbers(row.plain()) for row in plan.waivers],
    }
    for key in [key for key, value in document.items() if value in ([], {})]:
        del document[key]
    if plan.result is not None:
        document["result"] = dict(plan.result)
    return document


def plan_bytes(plan: Plan, fmt: str, folder: Path = Path()) -> bytes:
    """The plan in one of the `BINARY_FORMATS`. InputError when it holds what the format cannot say."""
    from . import table_files

    plan_document(plan, folder)  # refuses what is no name
    if fmt == "xlsx":
        _refuse_lost(plan, fmt, ())
        regime = _regime(plan.regime, folder)
        return table_files.workbook(plan, regime["extends"] if isinstance(regime, dict) else regime)
    _refuse_lost(plan, fmt, ("retirements", "moves"))
    return table_files.parquet(plan)


def placements_csv(plan: Plan) -> str:
    """The placements as a CSV table. InputError when the plan holds what the table cannot say."""
    _refuse_lost(plan, "csv", ("retirements", "moves"))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(PLACEMENT_COLUMNS)
    for row in plan.placements:
        cells = _placement(row)
        writer.writerow([escaped(str(cells.get(column, ""))) for column in PLACEMENT_COLUMNS])
    return stream.getvalue()


def left_out(plan: Plan, target: Path) -> list[str]:
    """The parts of the plan that a file of this name does not hold; none for YAML and JSON."""
    fmt = format_of(target)
    if fmt in ("yaml", "json"):
        return []
    from . import table_files

    return table_files.left_out(plan, fmt)


def refuse_table(target: Path, why: str) -> None:
    """Raise InputError where `target` is a table of placements alone."""
    fmt = format_of(target)
    if fmt in ("csv", "parquet"):
        why = f"{fmt.upper()} holds placements alone, and {why}"
        raise refuse(LOST_IN_FORMAT, Location("output"), why, "Write it as YAML, JSON or XLSX.")


def _refuse_lost(plan: Plan, fmt: str, parts: Iterable[str]) -> None:
    """Raise InputError where the plan would be another one without what a table cannot say."""
    lost = [name for name in parts if getattr(plan, name)]
    if any(row.holds_weights for row in plan.placements):
        lost.append("holds_weights")
    if lost:
        why = f"{fmt.upper()} does not hold all of a plan, and this one has {', '.join(lost)}"
        raise refuse(LOST_IN_FORMAT, Location("output"), why, "Write it as YAML or JSON.")


def _given(**values: Any) -> dict[str, Any]:
    """The values that are there."""
    return {key: value for key, value in values.items() if value is not None}


def _name(text: str | None) -> str | None:
    """`text`, fit for a name; InputError otherwise."""
    fault = None if text is None else word(text)
    if fault is not None:
        raise refuse(fault.code, Location("output"), fault.why, fault.mend, found=show(text))
    return text


def _firm(firm: Firm) -> dict[str, Any]:
    head = _given(name=_name(firm.name or None), headquarters=firm.headquarters, ultimate_parent=firm.ultimate_parent)
    return (
        head
        | {"status": firm.status}
        | ({"nveu_countries": sorted(firm.nveu_countries)} if firm.nveu_countries else {})
    )


def _regime(regime: RegimeRef, folder: Path) -> Any:
    base = regime.base
    if "/" in base or Path(base).suffix in (".yaml", ".yml", ".json"):  # a path starts from the file that names it
        base = Path(os.path.relpath(regime.folder / base, folder)).as_posix() if regime.folder != folder else base
    changes = {
        "amend": _numbers(regime.amend),
        "add": [_numbers(row) for row in regime.add],
        "readings": dict(regime.readings),
    }
    changes = {key: value for key, value in changes.items() if value}
    return {"extends": base, **changes} if changes else base


def _numbers(value: Any) -> Any:
    """Amendments, with numbers (kept as exact text) written bare."""
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    return Number(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


def _placement(row: Placement) -> dict[str, Any]:
    return _given(
        country=row.country,
        site=_name(row.site),
        accelerator=row.accelerator,
        gpus=row.gpus,
        quarter=None if row.quarter is None else str(row.quarter),
        authorization=row.authorization,
        consignee=_name(row.consignee),
        holds_weights=True if row.holds_weights else None,
    )


def _place(place: Place) -> dict[str, Any]:
    return _given(country=place.country, site=_name(place.site), authorization=place.authorization)


def _accelerator(own: Accelerator) -> dict[str, Any]:
    """The row that makes `own` again: all figures of a new accelerator, the replaced ones of a catalogue's."""
    known = bundled_catalogue().get(own.id)
    values = {
        "tpp": own.tpp,
        "gpus_per_unit": own.gpus_per_unit,
        "kw_per_gpu": own.kw_per_gpu,
        "capex_usd": own.capex_usd,
        "meets_3a090a": own.meets_3a090a,
    }
    row: dict[str, Any] = {"accelerator": _name(own.id)}
    for key, value in values.items():
        replaced = known is None or value != getattr(known, key) or key in known.assumed - own.assumed
        if value is not None and replaced:
            row[key] = decimal(value) if isinstance(value, Fraction) else value
    return row


def decimal(value: Fraction) -> Number:
    """`value` in plain digits, exactly; a ValueError when it has no end."""
    denominator, places = value.denominator, 0
    while 10**places % denominator:
        places += 1
        if places > 18:
            raise ValueError(f"{value} has no exact decimal form of 18 places")
    digits = f"{abs(value.numerator) * (10**places // denominator):0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return Number(f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits)
