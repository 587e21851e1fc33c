"""Print the JSON Schema of a file format, for editors and for validation elsewhere.

Without a name, the formats are listed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import FleetplanError

FORMATS = {
    "plan": "plan/1: where a fleet stands and will stand (what `solve` writes and `check` reads)",
    "scenario": "scenario/1: what a planner can choose from (what `solve` reads)",
    "regime": "a regime: the rules that a plan is judged by, as data",
    "waivers": "waivers/1: who lets plans break which limits, where, by how much, why and until when",
    "report": "what `fleetplan check --format json` prints",
}
SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan schema`."""
    parser.add_argument("name", nargs="?", metavar="FORMAT", help=", ".join(FORMATS))


def run(args: argparse.Namespace) -> int:
    """The exit code, with the schema (or the list of formats) printed."""
    if args.name is None:
        width = max(map(len, FORMATS))
        for name, text in FORMATS.items():
            print(f"{name:<{width}}  {text}")
        return 0
    print(schema_text(args.name), end="")
    return 0


def schema_text(name: str) -> str:
    """The schema of a format as it is published; FleetplanError when there is none of that name."""
    if name not in FORMATS:
        raise FleetplanError(f"no schema {name!r}. There are: {', '.join(FORMATS)}.")
    return (SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")
