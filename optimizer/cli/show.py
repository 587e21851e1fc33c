"""Show what fleetplan knows: the accelerators of its catalogue, or one of them.

    fleetplan show accelerators
    fleetplan show accelerators gb200-nvl72

TPP, power and price are per GPU. What is assumed or recollected, and not published by the vendor, is marked with a *.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from ..domain.catalogue import Accelerator, bundled_catalogue
from ..errors import FleetplanError, show
from ..units import h100e

HEAD = ("accelerator", "TPP", "H100e", "3A090.a", "GPUs a unit", "kW", "USD", "name")
NUMBERS = range(1, 7)
FIELDS = {
    "3A090.a": "meets_3a090a",
    "GPUs a unit": "gpus_per_unit",
    "kW": "kw_per_gpu",
    "USD": "capex_usd",
    "TPP": "tpp",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan show`."""
    parser.add_argument("what", choices=("accelerators",), help="accelerators: the catalogue")
    parser.add_argument("name", nargs="?", metavar="NAME", help="this one alone, by its id or an alias")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="(text)")


def run(args: argparse.Namespace) -> int:
    """0, with the accelerators printed. Raises FleetplanError where there is none of that name."""
    rows = _chosen(args.name)
    if args.format == "json":
        print(json.dumps([_document(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        print("\n".join(_table(rows)))
    return 0


def _chosen(name: str | None) -> list[Accelerator]:
    """The accelerator of that name, or all of them, the largest first."""
    catalogue = bundled_catalogue()
    if name is None:
        return sorted(catalogue.values(), key=lambda row: (-row.tpp, row.id))
    found = catalogue.resolve(name)
    if found is None:
        near = get_close_matches(name, [*catalogue, *catalogue.aliases], 3, 0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "`fleetplan show accelerators` lists them all."
        raise FleetplanError(f"no accelerator {show(name)} in the catalogue. {hint}")
    return [catalogue[found]]


def _table(rows: Sequence[Accelerator]) -> list[str]:
    """The rows in columns under their heads; the last line says what the * means, where there is one."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    lines = [
        "  ".join(
            f"{cell:>{width}}" if column in NUMBERS else f"{cell:<{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return [*lines, "* assumed or recollected"] if any(row.assumed for row in rows) else lines


def _cells(row: Accelerator) -> tuple[str, ...]:
    """One row as text."""
    shown = {
        "accelerator": row.id,
        "TPP": f"{row.tpp:,}",
        "H100e": f"{h100e(row.tpp):.2f}",
        "3A090.a": row.meets_3a090a,
        "GPUs a unit": _text(row.gpus_per_unit),
        "kW": _text(row.kw_per_gpu),
        "USD": _text(row.capex_usd),
        "name": f"{row.vendor} {row.name}" if not row.name.startswith(row.vendor) else row.name,
    }
    return tuple(f"{text}{'*' if FIELDS.get(head) in row.assumed else ''}" for head, text in shown.items())


def _text(value: Fraction | int | None) -> str:
    """The value as a decimal, - where it is not known."""
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else f"{float(value):,.10g}"


def _document(row: Accelerator) -> dict[str, Any]:
    """One row as JSON: whole numbers, and decimals as text."""
    aliases = sorted(alias for alias, name in bundled_catalogue().aliases.items() if name == row.id)
    return {
        "accelerator": row.id,
        "name": row.name,
        "vendor": row.vendor,
        "tpp": row.tpp,
        "meets_3a090a": row.meets_3a090a,
        "gpus_per_unit": row.gpus_per_unit,
        "kw_per_gpu": None if row.kw_per_gpu is None else _text(row.kw_per_gpu).replace(",", ""),
        "capex_usd": None if row.capex_usd is None else _text(row.capex_usd).replace(",", ""),
        "confidence": row.confidence,
        "assumed": sorted(row.assumed),
        "aliases": aliases,
    }
