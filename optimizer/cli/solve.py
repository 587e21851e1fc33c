"""`fleetplan solve`: the best plan for a scenario, written only when every exact check has passed it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..optimise import Outcome
    from ..solvers import Progress

BAR = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("scenario", metavar="SCENARIO", help="scenario file (YAML or JSON)")
    parser.add_argument(
        "-o", "--output", metavar="PLAN", help="write the plan there (.yaml, .json, .csv); default: YAML to stdout"
    )
    parser.add_argument(
        "--solver", default="highs", help="highs (default), cp-sat, cbc, or a solver that PuLP finds installed"
    )
    parser.add_argument(
        "--time-limit", type=_positive, default=60.0, metavar="S", help="seconds to search (default 60)"
    )
    parser.add_argument(
        "--gap",
        type=_share,
        default=1e-3,
        metavar="G",
        help="stop when proved within this share of the best (default 0.001; 0 = optimal)",
    )
    parser.add_argument("--seed", type=int, default=0, help="what the search draws from (default 0)")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how a scenario with no plan is explained"
    )
    parser.add_argument(
        "--progress",
        choices=("auto", "bar", "lines", "json", "none"),
        default="auto",
        help="how progress is shown on stderr",
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress and no summary")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e7:
        raise argparse.ArgumentTypeError("a number of seconds above 0 is needed")
    return value


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("a share from 0 to below 1 is needed, such as 0.001")
    return value


def run(args: argparse.Namespace) -> int:
    """Solve, write the plan, say how good it is. 0 a plan, 1 none, 2 the scenario could not be used."""
    from ..optimise import optimise
    from ..reading import read_scenario
    from ..reading.output import refuse_input_as_output
    from ..reading.plan_writer import write_plan
    from ..solvers import Options

    target = Path(args.output) if args.output else None
    scenario = read_scenario(args.scenario)
    if target is not None:
        refuse_input_as_output(target, [args.scenario])
    stop = threading.Event()
    previous = signal.signal(signal.SIGINT, lambda *_: stop.set())
    options = Options(args.solver, args.time_limit, args.gap, args.seed)
    show = _listener("none" if args.quiet else args.progress, sys.stderr)
    try:
        outcome = optimise(scenario, options, show, stop)
    finally:
        signal.signal(signal.SIGINT, previous)
        show.close()
    if outcome.plan is None:
        _explain_no_plan(outcome, args.format, stop.is_set())
        return 1
    text = write_plan(outcome.plan, target, inputs=[args.scenario])
    if target is None:
        print(text, end="")
    if not args.quiet:
        print(summary(outcome, args.output), file=sys.stderr)
    return 0


def summary(outcome: Outcome, output: str | None) -> str:
    """The plan in a few lines."""
    from ..reports.summary import plan_summary

    return plan_summary(outcome, output)


def _explain_no_plan(outcome: Outcome, form: str, stopped: bool) -> None:
    """Say why there is no plan: text on stderr, or JSON on stdout."""
    infeasible = outcome.status == "infeasible"
    lines = outcome.conflict.sentences() if outcome.conflict else []
    if form == "json":
        conflict = outcome.conflict
        record: dict[str, Any] = {
            "status": outcome.status,
            "reason": "infeasible" if infeasible else "stopped" if stopped else "time limit",
            "families": list(conflict.families) if conflict else [],
            "breaks": list(conflict.breaks) if conflict else [],
            "sentences": lines,
        }
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return
    if infeasible:
        print("No plan keeps this scenario.", *lines, sep="\n", file=sys.stderr)
    else:
        why = "stopped" if stopped else "the time limit was reached"
        print(
            f"No plan was found before {why}; nothing was written. A longer --time-limit may find one.", file=sys.stderr
        )


class _Silent:
    def __call__(self, progress: Progress) -> None:
        pass

    def close(self) -> None:
        """Nothing is open."""


class _Json(_Silent):
    """One JSON object a line."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, progress: Progress) -> None:
        record = {
            "event": "progress",
            "incumbent": progress.incumbent,
            "bound": progress.bound,
            "gap": progress.gap,
            "seconds": round(progress.seconds, 3),
            "message": progress.message,
        }
        print(json.dumps(record), file=self.out, flush=True)


class _Lines(_Silent):
    """A line for each better plan, and every five seconds."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.next = out, 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.message or progress.seconds >= self.next:
            self.next = progress.seconds + 5
            print(_figures(progress), file=self.out, flush=True)


class _Bar(_Silent):
    """One line that is written over: a bar that fills as the gap closes, by powers of ten."""

    def __init__(self, out: TextIO) -> None:
        self.out, self.open = out, False

    def __call__(self, progress: Progress) -> None:
        from math import log10

        closed = 0.0 if not progress.gap else min(1.0, max(0.0, -log10(progress.gap) / 4))
        filled = BAR if progress.gap == 0 else int(closed * BAR)
        print(f"\r\x1b[K[{'#' * filled}{'.' * (BAR - filled)}] {_figures(progress)}", end="", file=self.out, flush=True)
        self.open = True

    def close(self) -> None:
        """End the line."""
        if self.open:
            print(file=self.out)


def _listener(form: str, out: TextIO) -> _Silent:
    if form == "auto":
        form = "bar" if out.isatty() else "lines"
    return {"bar": _Bar, "lines": _Lines, "json": _Json}[form](out) if form != "none" else _Silent()


def _figures(progress: Progress) -> str:
    best = "no plan yet" if progress.incumbent is None else f"best {progress.incumbent:,}"
    bound = "" if progress.bound is None else f"  bound {progress.bound:,}"
    gap = "" if progress.gap is None else f"  gap {progress.gap:.4%}"
    return f"{progress.seconds:6.1f} s  {best}{bound}{gap}" + (f"  ({progress.message})" if progress.message else "")
