"""Write a scenario's model for other solvers: an MPS or an LP file with readable names and whole numbers.

The file holds the same rows that `fleetplan solve` works on, and each row of a limit bears the limit's name, such as
UVEU101(MY,2026Q4). Comments at its top say how names are escaped and what the objective's value means.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan export`."""
    parser.add_argument("scenario", metavar="SCENARIO", help="scenario file (YAML or JSON)")
    parser.add_argument("--mps", metavar="FILE", help="write it there in free MPS format (.mps, or - for stdout)")
    parser.add_argument("--lp", metavar="FILE", help="write it there in LP format (.lp, or - for stdout)")


def run(args: argparse.Namespace) -> int:
    """0 with every file written. Raises InputError, or FleetplanError where nothing says what to write."""
    from ..errors import FleetplanError
    from ..explain.standing import refuse_undecidable
    from ..model.build import build
    from ..model.export import lp_text, mps_text
    from ..model.law import limits_of
    from ..reading import read_scenario
    from ..reading.output import write_atomically
    from ..regimes import load_regime

    wanted = [(name, write) for name, write in ((args.mps, mps_text), (args.lp, lp_text)) if name is not None]
    if not wanted:
        raise FleetplanError("nothing to write. Name a file: --mps model.mps, --lp model.lp, or both.")
    _refuse_targets(args)
    scenario = read_scenario(args.scenario)
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    refuse_undecidable(scenario, regime)
    program = build(scenario, regime, limits_of(scenario, regime)).program
    for name, write in wanted:
        text = write(program, scenario.name)
        if name == STDOUT:
            print(text, end="")
        else:
            write_atomically(Path(name), text)
            print(f"wrote {name}: {program.rows:,} rows, {program.columns:,} columns", file=sys.stderr)
    return 0


def _refuse_targets(args: argparse.Namespace) -> None:
    """Raise InputError for a target whose name other solvers would not take, or that is an input."""
    from ..errors import Location
    from ..reading.codes import UNKNOWN_FORMAT
    from ..reading.nodes import refuse
    from ..reading.output import refuse_input_as_output

    for name, suffix in ((args.mps, ".mps"), (args.lp, ".lp")):
        if name is None or name == STDOUT:
            continue
        if Path(name).suffix.lower() != suffix:
            why = "solvers tell the format by the extension"
            raise refuse(UNKNOWN_FORMAT, Location(name), why, f"Name it {Path(name).stem}{suffix}.")
        refuse_input_as_output(Path(name), [args.scenario])
