"""What `fleetplan check` is asked for: the part `[check]` of the settings, then FLEETPLAN_* variables, then flags.

A later one replaces an earlier one whole. A name that is not known is an error in all three, for a mistyped one would
let through what it was meant to stop.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from ..checking.findings import Severity
from ..errors import Location, show
from ..frozen import Frozen
from ..gate.codes import BAD_SETTING, OUTSIDE_ITS_FOLDER, UNFIT_OPTIONS
from ..reading.nodes import Problems, did_you_mean
from ..reading.settings import CHECK_PART
from .check_settings import MANY, OF_THE_DAY, OF_THE_FIRM, ONE, Convert, field_name
from .find_plans import STDIN

if TYPE_CHECKING:
    from ..reading.nodes import Node

PREFIX: Final = "FLEETPLAN_"
PATHS: Final = ("paths", "output", "baseline", "waivers", "regime")
"""Settings that name files; those of a settings file start from its folder."""
NOT_OPTIONS: Final = frozenset(
    ("CHROMIUM", "DEBUG", "FOLDER", "HOME", "OPTIONS", "PACKAGE", "REQUIRE_BROWSER", "VERSION")
)
"""What other variables of the prefix are for: the page, the tests, the templates for CI."""
_NOTHING: Mapping[str, str] = MappingProxyType({})


class CheckOptions(Frozen, kw_only=True):
    """Everything that was asked for; paths start from the working folder. `settings` is the file that was read."""

    paths: tuple[str, ...] = ()
    format: str = "text"
    output: tuple[tuple[str, str], ...] = ()
    fail_on: Severity = "error"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    all: bool = False
    regime: str | None = None
    as_of: str | None = None
    today: str | None = None
    readings: Mapping[str, str] = _NOTHING
    all_readings: bool = False
    headquarters: str | None = None
    ultimate_parent: str | None = None
    status: str | None = None
    nveu_countries: tuple[str, ...] | None = None
    diff: str | None = None
    baseline: str | None = None
    write_baseline: str | None = None
    waivers: str | None = None
    no_inline_waivers: bool = False
    stdin_filename: str | None = None
    allow_no_files: bool = False
    max_rows: int | None = None
    timeout: float | None = None
    exit_zero: bool = False
    headroom: bool = False
    certificate: str | None = None
    quiet: bool = False
    verbose: bool = False
    color: Literal["auto", "never"] = "auto"
    settings: Path | None = None

    @property
    def fails_on(self) -> Severity:
        """The mildest severity that fails."""
        return "warning" if self.strict else self.fail_on


def gather_options(args: argparse.Namespace, environment: Mapping[str, str], folder: Path) -> CheckOptions:
    """What settings, variables and flags ask for together; `folder` is the working folder.

    Raises InputError with everything that is wrong in the settings and variables, or does not fit together.
    """
    problems = Problems()
    values = _of_settings(folder, problems)
    values.update(_of_environment(environment, problems))
    flags = {name: value for name, value in vars(args).items() if value is not None and value != []}
    values.update({name: tuple(value) if isinstance(value, list) else value for name, value in flags.items()})
    if "format" not in values and environment.get("GITHUB_ACTIONS") == "true":
        values["format"] = "github"
    values["readings"] = dict(values.get("readings", ()))
    problems.raise_if_any()
    options = CheckOptions(**values)
    if options.stdin_filename is not None and STDIN not in options.paths:
        why, mend = "no plan is read from stdin", "Name '-' among the plans, or leave the option out."
        problems.add(UNFIT_OPTIONS, Location("command line"), "--stdin-filename", "", why, mend)
    problems.raise_if_any()
    return options


def _of_settings(folder: Path, problems: Problems) -> dict[str, Any]:
    """What the part `[check]` of the nearest settings says, its paths made to start from the working folder."""
    from ..reading.settings import nearest_settings, refuse_unknown

    found = nearest_settings(folder)
    if found is None:
        return {}
    settings, file = found
    refuse_unknown(settings)
    values: dict[str, Any] = {"settings": file}
    part = settings.value.get(CHECK_PART) if isinstance(settings.value, dict) else None
    if part is None:
        return values
    if not isinstance(part.value, dict):
        problems.add(BAD_SETTING, part.at, CHECK_PART, part.kind(), "a part [check] is needed here", "Write [check].")
        return values
    start = os.path.relpath(file.parent, folder)
    for name, node in part.value.items():
        convert = ONE.get(name) or MANY.get(name)
        if convert is None:
            why, mend = "there is no such setting", did_you_mean(name, (*ONE, *MANY))
            if name in OF_THE_DAY:
                why, mend = "a settings file does not choose the day", f"Use --{name} or {_variable(name)}."
            problems.add(BAD_SETTING, node.at, f"{CHECK_PART}.{name}"[:120], show(name), why, mend)
            continue
        try:
            value = _written(name, node, convert)
        except ValueError as error:
            problems.add(BAD_SETTING, node.at, f"{CHECK_PART}.{name}", node.kind(), str(error), "Correct it.")
            continue
        values[field_name(name)] = _from_folder(name, value, start)
        if name == "output":
            _refuse_outside(values["output"], file.parent, node, problems)
    return values


def _refuse_outside(output: Sequence[tuple[str, str]], folder: Path, node: Node, problems: Problems) -> None:
    """Report files to be written that do not lie below the folder of the settings, links followed."""
    top = os.path.join(os.path.realpath(folder), "")
    for _, path in output:
        if not os.path.realpath(path).startswith(top):
            why, mend = "it leads out of the folder of the settings", "Name a file below it, or use --output."
            problems.add(OUTSIDE_ITS_FOLDER, node.at, f"{CHECK_PART}.output", show(path), why, mend)


def _written(name: str, node: Node, convert: Convert) -> Any:
    """A value of the settings; a ValueError says what is wrong."""
    if name in ONE:
        if not isinstance(node.value, str):
            raise ValueError("a single value is needed")
        return convert(node.value)
    if name == "readings":
        if not isinstance(node.value, dict):
            raise ValueError('write readings = {NAME = "OPTION"}')
        return tuple((key, _plain(item)) for key, item in node.value.items())
    items = node.value if isinstance(node.value, list) else [node]
    return tuple(value for item in items for value in convert(_plain(item)))


def _plain(node: Node) -> str:
    if not isinstance(node.value, str):
        raise ValueError("a list of texts is needed")
    return node.value


def _from_folder(name: str, value: Any, start: str) -> Any:
    """`value` with its paths, which start from the folder of the settings, made to start from the working folder."""
    if name not in PATHS or start == ".":
        return value
    if name == "output":
        return tuple((fmt, os.path.join(start, path)) for fmt, path in value)
    if name == "paths":
        return tuple(path if path == STDIN else os.path.join(start, path) for path in value)
    if name == "regime" and not value.lower().endswith((".yaml", ".yml", ".json")):
        return value  # an id
    return os.path.join(start, value)


def _of_environment(environment: Mapping[str, str], problems: Problems) -> dict[str, Any]:
    """What the FLEETPLAN_* variables say; an empty one says nothing."""
    values: dict[str, Any] = {}
    known = {_variable(name): name for name in (*ONE, *MANY, *OF_THE_FIRM)}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable.removeprefix(PREFIX) in NOT_OPTIONS or not text:
            continue
        at = Location("environment")
        name = known.get(variable)
        if name is None:
            why, mend = "there is no such setting", did_you_mean(variable, known)
            problems.add(BAD_SETTING, at, show(variable), "", why, mend)
            continue
        try:
            values[field_name(name)] = _of_text(name, text)
        except ValueError as error:
            problems.add(BAD_SETTING, at, variable, show(text), str(error), "Correct it.")
    return values


def _of_text(name: str, text: str) -> Any:
    if name in MANY:
        parts: Sequence[str] = [part.strip() for part in text.split(",")]
        return tuple(value for part in parts for value in MANY[name](part))
    return (ONE.get(name) or OF_THE_FIRM[name])(text)


def _variable(name: str) -> str:
    return PREFIX + field_name(name).upper()
