"""Write a commented scenario, a plan and a config to start from. Nothing that exists is overwritten.

The scenario can be solved and the plan checked as they are; the comments say what to change.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from ..errors import FleetplanError

STARTER = Path(__file__).resolve().parent / "starter"
SCENARIO, PLAN, CONFIG = "scenario.yaml", "fleet.plan.yaml", "fleetplan.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan init`."""
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="where (default: here)")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--scenario", action="store_true", help=f"write {SCENARIO} alone")
    only.add_argument("--plan", action="store_true", help=f"write {PLAN} alone")
    parser.add_argument("--force", action="store_true", help="replace files that are there already")


def run(args: argparse.Namespace) -> int:
    """0 with the files written, all or none. Raises FleetplanError when one of them is there already."""
    names = [SCENARIO] if args.scenario else [PLAN] if args.plan else [SCENARIO, PLAN, CONFIG]
    folder: Path = args.folder
    if not args.force and (there := [name for name in names if os.path.lexists(folder / name)]):
        raise FleetplanError(
            f"{', '.join(str(folder / name) for name in there)} already there, and nothing was written. "
            "Name another folder, or replace with --force."
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = (STARTER / name).read_text(encoding="utf-8")
        with (folder / name).open("w" if args.force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        print(f"wrote {folder / name}")
    print("\nNext:")
    if folder != Path():
        print(f"  cd {folder}")
    if SCENARIO in names:
        print(f"  fleetplan solve {SCENARIO} -o best.plan.yaml")
    if PLAN in names:
        print(f"  fleetplan check {PLAN}")
    return 0
