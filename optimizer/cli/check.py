"""Check plans against a regime, exactly. Without paths: every *.plan.yaml, .yml, .json and .csv below this folder.

Exit code 0: compliant. 1: violations. 2: could not decide (bad input, a limit undecided, no file matched); of several
files the gravest counts. The code never depends on the format.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..check import check
from ..checking.inputs import input_files
from ..errors import InputError, Location, Problem, show
from ..reading import HeadOverrides, read_plan
from ..reading.codes import CANNOT_OPEN
from ..reading.output import refuse_input_as_output, write_atomically
from ..reports import EXIT_CODES, Outcome, internal, overall

FORMATS = ("text", "json")
INSTALLED = frozenset(("node_modules", "site-packages", "__pycache__"))
"""Folders that hold other people's files."""
ENDINGS = (".plan.yaml", ".plan.yml", ".plan.json", ".plan.csv")
STDIN = "-"
STDIN_NAME = "<stdin>"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan check`."""
    parser.add_argument("paths", nargs="*", metavar="PATH|GLOB|DIR|-", help="plans; '-' reads YAML or JSON from stdin")
    parser.add_argument("-f", "--format", choices=FORMATS, default="text", help="of the report on stdout (text)")
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        type=_output,
        metavar="FORMAT:PATH",
        help="write a report to a file as well; may be given several times",
    )
    parser.add_argument("--all", action="store_true", help="list the limits that are kept, too")
    parser.add_argument("-q", "--quiet", action="store_true", help="text: one line for each file")
    parser.add_argument("--regime", metavar="ID|FILE", help="judge by this regime, whatever the plan names")
    firm = parser.add_argument_group("the firm of a CSV plan")
    firm.add_argument("--headquarters", metavar="CC", help="country code of its headquarters")
    firm.add_argument("--ultimate-parent", metavar="CC", help="country code of its ultimate parent (the same)")
    firm.add_argument("--status", choices=("uveu", "nveu", "none"), help="its validated-end-user status")


def run(args: argparse.Namespace) -> int:
    """The exit code, with the report printed and written."""
    overrides = HeadOverrides(
        headquarters=args.headquarters,
        ultimate_parent=args.ultimate_parent,
        status=args.status,
        regime=args.regime,
    )
    files, outcomes = _find(args.paths)
    _refuse_inputs(args.output, files)
    outcomes += [_checked(file, overrides) for file in files]
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    _refuse_inputs(args.output, [file for result in results for file in input_files(result.plan, result.regime)])
    for fmt, path in args.output:
        write_atomically(Path(path), _render(fmt, outcomes, args))
    print(_render(args.format, outcomes, args), end="")
    return EXIT_CODES[overall(outcomes)]


def _output(text: str) -> tuple[str, str]:
    """``json:report.json`` as its two parts."""
    fmt, _, path = text.partition(":")
    if fmt not in FORMATS or not path:
        raise argparse.ArgumentTypeError(f"write FORMAT:PATH, with a format of {', '.join(FORMATS)}")
    return fmt, path


def _refuse_inputs(outputs: Sequence[tuple[str, str]], files: Sequence[str | Path]) -> None:
    """InputError when an output would replace a file that is read."""
    for _, path in outputs:
        refuse_input_as_output(Path(path), [file for file in files if file != STDIN])


def _render(fmt: str, outcomes: Sequence[Outcome], args: argparse.Namespace) -> str:
    if fmt == "json":
        from ..reports import json_report

        return json_report.render(outcomes, show_all=args.all)
    from ..reports import text

    return text.render(outcomes, show_all=args.all, quiet=args.quiet)


def _find(paths: Sequence[str]) -> tuple[list[str], list[Outcome]]:
    """The plans that the arguments name, each once and in order, and an outcome for each argument that names none."""
    found: dict[str, str] = {}
    missing: list[Outcome] = []
    for path in paths or ["."]:
        unreadable: list[Outcome] = []
        matched = list(_matches(path, unreadable))
        missing += unreadable
        if not matched and not unreadable:
            endings = ", ".join(f"*{ending}" for ending in ENDINGS)
            why = f"no plan lies below this folder ({endings})" if os.path.isdir(path) else "there is no such file"
            problem = Problem(CANNOT_OPEN, Location(path), "", "", why, "Name a plan that is there.")
            missing.append(Outcome(path, problems=(problem,)))
        for file in matched:
            found.setdefault(os.path.normpath(file), file)
    return list(found.values()), missing


def _matches(path: str, unreadable: list[Outcome]) -> Iterator[str]:
    """The files that one argument names, none when nothing is there; folders that cannot be listed are reported."""
    if path != STDIN and os.path.isdir(path):
        yield from _below(path, unreadable)
    elif path != STDIN and any(sign in path for sign in "*?[") and not os.path.exists(path):
        import glob

        yield from sorted(file for file in glob.glob(path, recursive=True) if not os.path.isdir(file))
    elif path == STDIN or os.path.lexists(path):
        yield path


def _below(folder: str, unreadable: list[Outcome]) -> Iterator[str]:
    """The plans below `folder` by their names, in order; what is hidden or installed is passed over, links too."""

    def report(error: OSError) -> None:
        place = str(error.filename)
        why = f"the folder cannot be listed, so plans in it would go unchecked: {error.strerror}"
        problem = Problem(CANNOT_OPEN, Location(place), "", "", why, "Allow reading it, or name the plans.")
        unreadable.append(Outcome(place, problems=(problem,)))

    for place, folders, files in os.walk(folder, onerror=report):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in INSTALLED)
        for name in sorted(files):
            if name.lower().endswith(ENDINGS):
                yield os.path.normpath(os.path.join(place, name))


def _checked(file: str, overrides: HeadOverrides) -> Outcome:
    """The outcome of one file. A failure of fleetplan itself leaves this file undecided, and the others checked."""
    shown = STDIN_NAME if file == STDIN else file
    try:
        plan = read_plan(shown, overrides=overrides, stdin_text=_stdin() if file == STDIN else None)
        return Outcome(shown, check(plan))
    except InputError as error:
        return Outcome(shown, problems=error.problems, more=error.more)
    except Exception as error:
        if os.environ.get("FLEETPLAN_DEBUG") == "1":
            raise
        print(f"fleetplan: internal error at {show(shown)}: {type(error).__name__}: {error}", file=sys.stderr)
        return internal(shown, error)


def _stdin() -> str:
    """All of standard input as text. Raises InputError when it is not text or too long."""
    from ..reading.files import MAX_TEXT_BYTES, decode, too_large

    raw = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise too_large(Location(STDIN_NAME), MAX_TEXT_BYTES)
    return decode(raw, STDIN_NAME)
