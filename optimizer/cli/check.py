"""Check plans against a regime, exactly. Without paths: those of the settings, else every *.plan.yaml, .yml, .json,
.csv, .parquet and .xlsx below this folder.

Exit code 0: compliant. 1: violations. 2: could not decide (bad input, a limit undecided, no file matched); of several
files the gravest counts. The code never depends on the format. With --diff, violations that stood before and have not
grown do not count, and with waivers or a baseline those that they cover; the report lists them all the same.

Settings stand in the part [check] of the nearest fleetplan.toml (or [tool.fleetplan.check] of pyproject.toml), by the
names of the options; FLEETPLAN_* variables win over them, and flags over both.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, show
from ..reading.output import write_atomically
from ..reports import FLAGS, Outcome
from ..reports.formats import render
from ..reports.outcome import GATES, overall_gate
from .check_arguments import add_arguments
from .check_options import CheckOptions, gather_options
from .check_outputs import refuse_outputs, refuse_over, targets
from .find_plans import find_plans, passed_over
from .judging import Judge, Tried
from .settling import Settled

if TYPE_CHECKING:
    from ..checking.findings import CheckResult

__all__ = ["add_arguments", "run"]

MOST_LISTED = 20
"""How many plans that were passed over are named."""


def run(args: argparse.Namespace) -> int:
    """The exit code, with the report printed and everything else that was asked for written."""
    options = gather_options(args, os.environ, Path.cwd())
    files, missing = find_plans(options.paths, may_be_none=options.allow_no_files)
    refuse_outputs(options, files)
    tried, faults = _judged(options, files)
    settled = Settled(tried, options)
    outcomes = [*missing, *settled.outcomes, *faults]
    if targets(options):
        from ..checking.inputs import input_files

        for result in settled.results():
            refuse_over(options, input_files(result.plan, result.regime))
    failures = _write(options, outcomes, settled, tried)
    text = render(options.format, outcomes, show_all=options.all, quiet=options.quiet)
    if options.color == "auto" and options.format == "text":
        text = _painted(text)
    print(text, end="")
    for line in failures:
        print(line, file=sys.stderr)
    code = 2 if failures else exit_code(outcomes, options)
    if options.verbose:
        _tell(options, files, outcomes, code)
    return 0 if code == 1 and options.exit_zero else code


def exit_code(outcomes: Sequence[Outcome], options: CheckOptions) -> int:
    """0, 1 or 2: that of the gravest outcome; 2 where there is none, unless that is allowed."""
    if not outcomes:
        return 0 if options.allow_no_files else 2
    return GATES.index(overall_gate(outcomes))


def _judged(options: CheckOptions, files: Sequence[str]) -> tuple[list[Tried], list[Outcome]]:
    """Every file tried, and an outcome for older versions that cannot be looked up: then nothing is compared."""
    faults = []
    try:
        judge = Judge(options, files)
    except InputError as error:
        faults = [Outcome(FLAGS, problems=error.problems, more=error.more)]
        judge = Judge(options.replace(diff=None), files)
    tried = judge.judge_all(files)
    return tried, [*faults, *judge.faults]


def _write(options: CheckOptions, outcomes: Sequence[Outcome], settled: Settled, tried: Sequence[Tried]) -> list[str]:
    """What could not be written, as lines; everything else stands on the disk afterwards."""
    failures: list[str] = []
    for fmt, path in options.output:
        try:
            write_atomically(Path(path), render(fmt, outcomes, show_all=options.all, quiet=options.quiet))
        except InputError as error:
            failures.append(str(error))
    try:
        if options.write_baseline is not None:
            _write_baseline(Path(options.write_baseline), outcomes, settled)
        if options.certificate is not None and tried[0].whole is not None:
            from ..certificate import write_certificate

            write_certificate(tried[0].whole, Path(options.certificate))
    except InputError as error:
        failures.append(str(error))
    return failures


def _write_baseline(target: Path, outcomes: Sequence[Outcome], settled: Settled) -> None:
    """The baseline of what is broken now; nothing is written while any file cannot be read. Raises InputError."""
    from ..gate.baseline import baseline_text, entries, merged, read_baseline
    from ..gate.scopes import plan_name

    if any(outcome.result is None for outcome in outcomes):
        print("fleetplan: no baseline was written, because not every file could be judged", file=sys.stderr)
        return
    results = settled.before_baseline
    found = {key: excess for result in results for key, excess in entries(result, target.parent).items()}
    old = read_baseline(target) if target.exists() else {}
    checked = [plan_name(result.plan.file, target.parent) for result in results]
    write_atomically(target, baseline_text(merged(old, found, checked, target.parent)))
    left = _left_out(results, len(found))
    what = "finding is" if len(found) == 1 else "findings are"
    print(f"fleetplan: {len(found)} {what} recorded in {show(target)}{left}", file=sys.stderr)


def _left_out(results: Sequence[CheckResult], recorded: int) -> str:
    broken = sum(len(result.of("fail")) for result in results)
    return f"; {broken - recorded} that nobody can waive are not" if broken > recorded else ""


def _painted(text: str) -> str:
    """`text` with its verdicts in colour, where stdout is a terminal that shows them."""
    stream = sys.stdout
    if stream is None or not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    colors = {"FAIL": "31", "UNDECIDED": "33", "WARNING": "33", "WAIVED": "36", "pass": "32"}
    lines = []
    for line in text.split("\n"):
        word, space, rest = line.partition(" ")
        lines.append(f"\x1b[1;{colors[word]}m{word}\x1b[0m{space}{rest}" if word in colors else line)
    return "\n".join(lines)


def _tell(options: CheckOptions, files: Sequence[str], outcomes: Sequence[Outcome], code: int) -> None:
    """Say on stderr what was read and what came out."""
    said = {
        "settings": options.settings,
        "waivers": options.waivers,
        "baseline": options.baseline,
        "compared with": options.diff,
        "plans": f"{len(files)} read, {sum(outcome.result is not None for outcome in outcomes)} judged",
        "exit code": f"{code}" + (", turned into 0 by --exit-zero" if code == 1 and options.exit_zero else ""),
    }
    for name, value in said.items():
        if value is not None:
            print(f"fleetplan: {name}: {value if name in ('plans', 'exit code') else show(value)}", file=sys.stderr)
    left = passed_over(options.paths)
    if left:
        why = "in folders that are hidden, hold other people's files or are symbolic links"
        print(f"fleetplan: plans passed over ({why}): {len(left):,}", file=sys.stderr)
    for file in left[:MOST_LISTED]:
        print(f"fleetplan: passed over: {show(file)}", file=sys.stderr)
    if len(left) > MOST_LISTED:
        print(f"fleetplan: passed over: ... and {len(left) - MOST_LISTED:,} more", file=sys.stderr)
