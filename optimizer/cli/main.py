"""The `fleetplan` command: finds the command asked for, imports that one module alone, and answers for its failures.

Exit codes are those of docs/architecture.md: 0 done, 1 a finding or no plan, 2 could not decide. A failure of any
kind, foreseen or not, is 2 and never 0; Ctrl-C outside `solve` is 130.
"""

from __future__ import annotations

import gc
import os
import sys

COMMANDS = {
    "Plan": {
        "solve": "find the best plan for a scenario and prove how good it is",
        "export": "write a scenario's model for other solvers (MPS, LP)",
        "init": "write a commented scenario, a plan and a config to start from",
        "ui": "open the planner's page in the browser",
    },
    "Check": {
        "check": "check plans against a regime: the gate for CI",
    },
    "Look up": {
        "regimes": "list the regimes, or show one",
        "rules": "list the rules, or explain one with its source",
        "show": "list the accelerators of the catalogue, or show one",
        "schema": "print the JSON Schema of a file format",
        "doctor": "tell whether this installation works",
    },
}
"""Each command is the module of its name in this package, with `add_arguments(parser)` and `run(args) -> int`."""

EXAMPLES = """\
Examples:
  fleetplan init my-fleet                     a folder to start in, with comments
  fleetplan solve scenario.yaml -o plan.yaml  the best plan, and how far from proven
  fleetplan check plan.yaml                   exit code 0: compliant, 1: violations, 2: could not decide
  fleetplan COMMAND --help                    what a command takes
"""


def entry() -> None:
    """Run the command line as a process of its own, and end it with the exit code."""
    from .streams import close_output, guard_output

    guard_output()
    if sys.argv[1:2] == ["check"]:
        gc.disable()  # it is over before there is anything worth collecting
        sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # pyarrow starts in a third of the time without
    code = main(sys.argv[1:])
    sys.exit(close_output(code))


def main(argv: list[str]) -> int:
    """The exit code of `fleetplan ARGV`, with the report printed on stdout and everything else on stderr."""
    try:
        return _dispatch(argv)
    except KeyboardInterrupt:
        print("fleetplan: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        print(_failure(argv[0], error), file=sys.stderr)
        return 2


def _failure(command: str, error: Exception) -> str:
    """What to tell of an error: bad input is one line per problem, each with its place; a fault of ours says so."""
    from ..errors import FleetplanError, InputError

    if isinstance(error, InputError):
        return str(error)
    if os.environ.get("FLEETPLAN_DEBUG") == "1":
        import traceback

        return "".join(traceback.format_exception(error))
    if isinstance(error, FleetplanError | OSError):  # OSError: a full disk, a file that may not be read
        return f"fleetplan: {error}"
    return (
        f"fleetplan: internal error in '{command}': {type(error).__name__}: {error}\n"
        "This is a fault of fleetplan, not of your file. Please report it with the output of the same command\n"
        "with FLEETPLAN_DEBUG=1 set, and of 'fleetplan doctor'."
    )


def _dispatch(argv: list[str]) -> int:
    match argv:
        case []:  # a CI job whose command got lost must not come out green
            print(_help(), end="", file=sys.stderr)
            return 2
        case ["help"] | ["-h" | "--help", *_]:
            print(_help(), end="")
            return 0
        case ["--version" | "-V", *_]:
            from .. import __version__

            print(f"fleetplan {__version__}")
            return 0
        case ["help", name, *_]:
            return _run(name, ["--help"])
    return _run(argv[0], argv[1:])


def _help() -> str:
    width = max(len(name) for commands in COMMANDS.values() for name in commands)
    lines = [
        "fleetplan: where an accelerator fleet may stand, planned and checked against export-control limits.",
        "",
        "Usage: fleetplan COMMAND [ARGUMENT ...]",
        "       fleetplan --version",
    ]
    for group, commands in COMMANDS.items():
        lines += ["", f"{group}:", *(f"  {name:<{width}}  {text}" for name, text in commands.items())]
    return "\n".join(lines) + "\n\n" + EXAMPLES


def _run(name: str, rest: list[str]) -> int:
    summary = {command: text for commands in COMMANDS.values() for command, text in commands.items()}
    if name not in summary:
        print(_unknown(name, list(summary)), file=sys.stderr)
        return 2

    from importlib import import_module

    from .parser import command_parser

    module = import_module(f".{name}", __package__)
    parser = command_parser(f"fleetplan {name}", module.__doc__ or summary[name])
    module.add_arguments(parser)
    try:
        args = parser.parse(rest)
    except SystemExit as stop:  # the parser has printed the help (0) or what is wrong (2)
        return int(stop.code or 0)
    code: int = module.run(args)
    return code


def _unknown(name: str, known: list[str]) -> str:
    import difflib

    from ..errors import show

    what = "option" if name.startswith("-") else "command"
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"Did you mean 'fleetplan {near[0]}'?" if near else f"Commands: {', '.join(known)}."
    return f"fleetplan: no {what} {show(name)}. {hint} See 'fleetplan --help'."
