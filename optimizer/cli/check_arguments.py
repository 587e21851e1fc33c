"""The arguments of `fleetplan check`."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import show
from ..reports.formats import FORMATS
from .check_settings import MANY, OF_THE_FIRM, ONE, Convert, field_name, some_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `fleetplan check`; what is not given is None, so that settings show through."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH|GLOB|DIR|-", help="plans; '-' reads one from stdin, as YAML or JSON")
    group = parser.add_argument_group("the report")
    formats = " ".join(FORMATS)
    _one(group, "-f", "--format", "format", f"on stdout: {formats} (text; github in a GitHub action)", "FORMAT")
    _many(group, "-o", "--output", "output", "write a report to a file as well; may be repeated", "FORMAT:PATH")
    _flag(group, "--all", "list the limits that are kept, too")
    _flag(group, "--headroom", "how many more GPUs fit, by country and accelerator")
    _flag(group, "--all-readings", "whether the plan is compliant under all, some or none of the law's readings")
    _file(group, "--certificate", "FILE", "write every limit as integers there")
    loud = group.add_mutually_exclusive_group()
    loud.add_argument("-q", "--quiet", action="store_true", default=None, help="verdicts, errors and added parts alone")
    loud.add_argument("-v", "--verbose", action="store_true", default=None, help="say on stderr what is done")
    _one(group, "--color", "color", "of text on a terminal: auto or never", "WHEN")

    group = parser.add_argument_group("the law")
    _one(group, "--regime", "regime", "judge by this regime, whatever the plans name", "ID|FILE")
    help_as_of = "judge by the law as it stood on that day (as published)"
    group.add_argument("--as-of", type=_given(OF_THE_FIRM["as-of"]), metavar="DATE", help=help_as_of)
    _many(group, "--reading", "readings", "read the law in this way; may be repeated", "NAME=OPTION")
    _many(group, "--select", "select", "judge these rules alone (and TIER301)", "RULE,...")
    _many(group, "--ignore", "ignore", "do not judge these rules", "RULE,...")

    group = parser.add_argument_group("what fails")
    _one(group, "--fail-on", "fail-on", "mildest severity that fails: error (default) or warning", "SEVERITY")
    _flag(group, "--strict", "the same as --fail-on warning")
    _one(group, "--waivers", "waivers", "file of waivers (fleetplan schema waivers)", "FILE")
    _flag(group, "--no-inline-waivers", "leave out the waivers that plans carry themselves")
    _one(group, "--baseline", "baseline", "let through what this file records, and nothing larger", "FILE")
    _file(group, "--write-baseline", "FILE", "record what is broken now")
    _one(group, "--diff", "diff", "compare with a git ref or a file: only what is new or worse fails", "REF|FILE")
    group.add_argument("--exit-zero", action="store_true", default=None, help="exit with 0 where it would be 1")
    help_today = "the day on which waivers are judged (that of --as-of, else the clock's, in UTC)"
    group.add_argument("--today", type=_given(OF_THE_FIRM["today"]), metavar="DATE", help=help_today)

    group = parser.add_argument_group("what is read")
    _file(group, "--stdin-filename", "NAME", "what to call the plan on stdin")
    _flag(group, "--allow-no-files", "a folder or pattern with no plan in it is fine")
    _one(group, "--max-rows", "max-rows", "refuse a plan of more placements", "N")
    _one(group, "--timeout", "timeout", "give up after this time; what is not judged by then is undecided", "SECONDS")

    group = parser.add_argument_group("the firm of a table (CSV, XLSX, Parquet)")
    for name, metavar, text in (
        ("headquarters", "CC", "country code of its headquarters"),
        ("ultimate-parent", "CC", "country code of its ultimate parent (the same)"),
        ("status", "STATUS", "its validated-end-user status: uveu, nveu or none"),
        ("nveu-countries", "CC,...", "the countries for which it is a national validated end user"),
    ):
        group.add_argument(f"--{name}", type=_given(OF_THE_FIRM[name]), metavar=metavar, help=text)


def _given(convert: Convert) -> Convert:
    """`convert`, with what is wrong said in argparse's way."""

    def converted(text: str) -> Any:
        try:
            return convert(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{show(text)}: {error}") from None

    return converted


def _one(group: argparse._ArgumentGroup, *words: str) -> None:
    *flags, name, text, metavar = words
    group.add_argument(*flags, dest=field_name(name), type=_given(ONE[name]), metavar=metavar, help=text)


def _many(group: argparse._ArgumentGroup, *words: str) -> None:
    *flags, name, text, metavar = words
    convert = _given(MANY[name])
    group.add_argument(*flags, dest=field_name(name), action="extend", type=convert, metavar=metavar, help=text)


def _file(group: argparse._ArgumentGroup, flag: str, metavar: str, text: str) -> None:
    group.add_argument(flag, type=_given(some_text), metavar=metavar, help=text)


def _flag(group: argparse._ArgumentGroup, flag: str, text: str) -> None:
    group.add_argument(flag, action="store_true", default=None, help=text)
