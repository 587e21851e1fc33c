"""`fleetplan solve`: the best plan for a scenario, written only when every exact check has passed it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ..errors import SolverError
    from ..optimise import Outcome
    from ..solvers import Progress
    from ..solvers.cross_check import Disagreement

BAR = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("scenario", metavar="SCENARIO", help="scenario file (YAML or JSON)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="PLAN",
        help="write the plan there (.yaml, .json, .csv, .xlsx, .parquet); default: YAML to stdout",
    )
    parser.add_argument(
        "--solver",
        default="highs",
        help="highs (default), cp-sat, scip, cbc, or one that is installed: gurobi, cplex, xpress, copt, mosek ... "
        "(docs/solvers.md; `fleetplan doctor` lists them)",
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
    parser.add_argument(
        "--cross-check",
        action="store_true",
        help="solve with a second, independent engine too; if the two contradict each other, fail and write the "
        "smallest program found on which they do",
    )
    parser.add_argument(
        "--canonical",
        action="store_true",
        help="prove the optimum (gap 0) and break ties in a declared order, so that the same input gives the same plan "
        "on every machine; no plan where that takes longer than the time limit",
    )
    parser.add_argument(
        "--certificate",
        metavar="FILE",
        help="write the plan's value and the proved bound there (.json, .xz), for examples/verify_bound.py",
    )
    parser.add_argument("--seed", type=_seed, default=0, help="what the search draws from (default 0)")
    parser.add_argument(
        "-f", "--format", choices=("text", "json"), default="text", help="how a scenario with no plan is explained"
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
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to below 1, such as 0.001 for 0.1 %")
    return value


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError("a whole number from 0 to 2147483647 is needed")
    return value


def run(args: argparse.Namespace) -> int:
    """Solve, write the plan, say how good it is. 0 a plan, 1 none, 2 the scenario could not be used."""
    from ..optimise import optimise
    from ..reading import read_scenario
    from ..reading.plan_writer import left_out, refuse_table, write_plan
    from ..solvers import Options
    from ..solvers.cross_check import Disagreement
    from .solve_certificate import refuse_unwritable, write_bound_certificate

    target = Path(args.output) if args.output else None
    scenario = read_scenario(args.scenario)
    inputs = [args.scenario, *_files_beside(Path(args.scenario))]
    if target is not None:
        _refuse_unwritable(target, inputs)
        if scenario.fleet_may_leave:
            refuse_table(target, "a plan of this scenario can have retirements and moves")
    certificate = Path(args.certificate) if args.certificate else None
    if certificate is not None:
        refuse_unwritable(certificate, target, inputs)
    options = Options(args.solver, args.time_limit, args.gap, args.seed, args.cross_check, args.canonical)
    show = _listener("none" if args.quiet else args.progress, sys.stderr)
    stop = threading.Event()
    try:
        outcome = _stoppable(lambda: optimise(scenario, options, show, stop), stop)
    except Disagreement as error:
        folder = target.parent if target else Path()
        raise _with_program(error, folder / f"{Path(args.scenario).stem}.disagreement.mps") from error
    finally:
        show.close()
    if outcome.answer.failure and (outcome.status == "unproved" or not args.quiet):
        print(f"warning: {outcome.answer.failure}", file=sys.stderr)
    if outcome.plan is None:
        _explain_no_plan(outcome, args.format, stop.is_set())
        return 1
    if outcome.checked is not None:
        inputs += [Path(source.file) for source in outcome.checked.regime.provenance.sources]
    text = write_plan(outcome.plan, target, inputs=inputs)
    if target is None:
        print(text, end="")
    elif lost := left_out(outcome.plan, target):
        print(f"warning: {target} is a table, and does not hold: {', '.join(lost)}", file=sys.stderr)
    if certificate is not None:
        write_bound_certificate(outcome, certificate, target, text)
    if not args.quiet and args.progress != "json":
        print(summary(outcome, args.output), file=sys.stderr)
    return 0


def _files_beside(scenario: Path) -> list[Path]:
    """The files that the scenario names: its table of sites and its regime."""
    from ..reading import read_document

    fields = read_document(scenario).value
    assert isinstance(fields, dict)
    regime = fields["regime"].plain() if "regime" in fields else None
    named = [regime.get("extends") if isinstance(regime, dict) else regime]
    named.append(fields["sites"].value if isinstance(fields["sites"].value, str) else None)
    return [scenario.parent / name for name in named if isinstance(name, str)]


def _with_program(error: Disagreement, path: Path) -> SolverError:
    """The error, with the program that it is about written to `path`."""
    from ..errors import SolverError
    from ..model.export import mps_text
    from ..reading.output import write_atomically

    write_atomically(path, mps_text(error.program, str(error)))
    size = f"{error.program.rows} rows, {error.program.columns} columns"
    return SolverError(f"{error}.\nThe smallest program found on which they do ({size}) is in {path}.")


def _refuse_unwritable(target: Path, inputs: list[str | Path]) -> None:
    """Raise InputError, before any time is spent, where the plan could not be written to `target`."""
    from ..errors import Location
    from ..reading.codes import CANNOT_WRITE
    from ..reading.nodes import refuse
    from ..reading.output import refuse_input_as_output
    from ..reading.plan_writer import format_of

    refuse_input_as_output(target, inputs)
    format_of(target)
    if not target.parent.is_dir():
        raise refuse(CANNOT_WRITE, Location(str(target)), "there is no such folder", "Create it first.")


def _stoppable(work: Callable[[], Outcome], stop: threading.Event) -> Outcome:
    """What `work` returns; Ctrl-C sets `stop`, a second one interrupts.

    The work is done in a thread of its own: Python looks at signals in the main thread only, and not while an engine
    has it.
    """
    done: Future[Outcome] = Future()

    def do() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)

    def on_interrupt(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    previous = signal.signal(signal.SIGINT, on_interrupt)
    try:
        worker = threading.Thread(target=do, daemon=True)
        worker.start()
        while worker.is_alive():
            worker.join(0.2)
    finally:
        signal.signal(signal.SIGINT, previous)
    return done.result()


def summary(outcome: Outcome, output: str | None) -> str:
    """The plan in a few lines."""
    from ..reports.summary import plan_summary

    return plan_summary(outcome, output)


def _explain_no_plan(outcome: Outcome, form: str, stopped: bool) -> None:
    """Say why there is no plan: text on stderr, or JSON on stdout."""
    lines = outcome.conflict.sentences() if outcome.conflict else []
    if form == "json":
        conflict = outcome.conflict
        record: dict[str, Any] = {
            "status": outcome.status,
            "reason": _reason(outcome, stopped),
            "families": list(conflict.families) if conflict else [],
            "breaks": list(conflict.breaks) if conflict else [],
            "sentences": lines,
        }
        print(json.dumps(record, indent=2, ensure_ascii=False))
        return
    words = {
        "infeasible": "No plan keeps this scenario.",
        "empty": "The best plan holds nothing: no fleet stands, and with the limits, sites and supply given nothing "
        "can, or need, be installed; nothing was written.",
        "stopped": "No plan was found before the search was stopped; nothing was written.",
        "unproved": "A canonical plan has to be proved, and this one was not; nothing was written. A longer time limit "
        "may do (--time-limit), or a plan without --canonical.",
        "failed": "There is no plan to write. Another solver may find one (--solver).",
        "time limit": "No plan was found before the time limit; nothing was written. A longer one may find one "
        "(--time-limit).",
    }
    print(words[_reason(outcome, stopped)], *lines, sep="\n", file=sys.stderr)


def _reason(outcome: Outcome, stopped: bool) -> str:
    """Why there is no plan."""
    if outcome.status in ("infeasible", "empty", "unproved"):
        return outcome.status
    if outcome.answer.failure:
        return "failed"
    return "stopped" if stopped else "time limit"


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
