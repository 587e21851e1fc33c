"""The head of a plan that is only a table: from `fleetplan.toml` (or pyproject.toml) and from flags.

The nearest folder at or above the table that has a `fleetplan.toml`, or a `pyproject.toml` with a part
`[tool.fleetplan]`, gives the settings; nothing is looked for above the root of its repository, nor above the home
folder. `PLAN_SETTINGS` are the fields of a plan's head that may stand there, named
and shaped as in a plan file; any other is a problem, for a mistyped `regime` would be the default one. The part
`[check]` is read by the command of that name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ..errors import Location, show
from ..frozen import Frozen
from .codes import BAD_SYNTAX, NO_HEAD, TOO_LARGE, UNKNOWN_FIELD
from .files import decode, read_bytes
from .leftovers import left_over
from .nodes import Node, Problems, did_you_mean, refuse

SETTINGS_FILE: Final = "fleetplan.toml"
PLAN_SETTINGS: Final = (
    "firm",
    "regime",
    "horizon",
    "agreements",
    "national_use",
    "consignees",
    "site_operators",
    "accelerators",
)
CHECK_PART: Final = "check"

MOST_DOTS: Final = 64
"""In a key; tomllib takes time and memory with the square of them."""
MOST_NESTED: Final = 64
"""Brackets within brackets."""
_QUOTED: Final = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_TOML_PLACE: Final = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")
_MAX_BYTES: Final = 1024 * 1024
_FLAGS: Final = Location("command line")
_NOTHING: Final[Mapping[str, Node]] = MappingProxyType({})


class HeadOverrides(Frozen):
    """What flags say about the firm of a table, and about the regime of any plan; they win over every file."""

    headquarters: str | None = None
    ultimate_parent: str | None = None
    status: str | None = None
    regime: str | None = None
    name: str | None = None
    nveu_countries: tuple[str, ...] | None = None

    @property
    def names_firm(self) -> bool:
        """Whether anything is said about the firm."""
        said = (self.headquarters, self.ultimate_parent, self.status, self.name, self.nveu_countries)
        return any(value is not None for value in said)


def table_head(
    table: Path, file: str, overrides: HeadOverrides, own: Mapping[str, Node] = _NOTHING
) -> tuple[Node, Path]:
    """The head of the table at `table` as a mapping of `PLAN_SETTINGS`, and the folder that its paths start from.

    Flags replace single fields of the settings. `own` is what the table's file says itself, which wins over the
    settings; a firm that it names is not changed by flags. Raises InputError when nothing gives a firm.
    """
    found = nearest_settings(table.absolute().parent)
    values: dict[str, Node] = {}
    folder = Path()
    at = Location(file)
    if found is not None:
        settings, settings_path = found
        refuse_unknown(settings)
        values = {key: value for key, value in _mapping(settings).items() if key != CHECK_PART}
        folder, at = settings_path.parent, settings.at
    values |= own
    if "regime" in own:
        folder = table.parent
    firm = dict(_mapping(values.get("firm")))
    for key in () if "firm" in own else ("name", "headquarters", "ultimate_parent", "status"):
        flag = getattr(overrides, key)
        if flag is not None:
            firm[key] = Node(flag, _FLAGS, quoted=True)
    if overrides.nveu_countries is not None and "firm" not in own:
        firm["nveu_countries"] = Node([Node(code, _FLAGS) for code in overrides.nveu_countries], _FLAGS)
    if "firm" not in values or isinstance(values["firm"].value, dict):
        values["firm"] = Node(firm, values["firm"].at if "firm" in values else at)
    if not firm and isinstance(values["firm"].value, dict):
        mend = (
            "Give --headquarters and --status, or write a fleetplan.toml beside the table with "
            '[firm] headquarters = "US", status = "uveu".'
        )
        raise refuse(NO_HEAD, Location(file), "a table of placements does not say whose they are", mend)
    if overrides.regime is not None:
        values["regime"] = Node(overrides.regime, _FLAGS, quoted=True)
        folder = Path()
    return Node(values, at), folder


def refuse_unknown(settings: Node) -> None:
    """Raise InputError where the settings hold anything but `PLAN_SETTINGS` and `CHECK_PART`."""
    problems = Problems()
    known = (*PLAN_SETTINGS, CHECK_PART)
    for key in _mapping(settings):
        if key not in known:
            problems.add(
                UNKNOWN_FIELD, settings.at, show(key), "", "there is no such setting", did_you_mean(key, known)
            )
    problems.raise_if_any()


def nearest_settings(folder: Path) -> tuple[Node, Path] | None:
    """The settings that hold in `folder` and the file that they stand in, None when there are none.

    A pyproject.toml that does not speak of fleetplan is not parsed: most that are met do not. The search ends in the
    folder that holds `.git`, the root of the repository, and in the home folder.
    """
    home = Path(os.path.expanduser("~"))
    for place in (folder, *folder.parents):
        own = place / SETTINGS_FILE
        if own.is_file():
            own = _from_here(own)
            return read_toml(own), own
        project = place / "pyproject.toml"
        if project.is_file() and _speaks_of_us(project):
            project = _from_here(project)
            tool = _mapping(read_toml(project)).get("tool")
            settings = _mapping(tool).get("fleetplan")
            if settings is not None:
                return settings, project
        if place == home or (place / ".git").exists():
            return None
    return None


def settings_of_table(table: Path) -> tuple[Path, list[str]] | None:
    """The file of settings that says something about the table, and what; None where there is none."""
    found = nearest_settings(table.absolute().parent)
    said = [key for key in PLAN_SETTINGS if found is not None and key in _mapping(found[0])]
    return (found[1], said) if found is not None and said else None


def _from_here(path: Path) -> Path:
    """`path` from the working folder where one lies above the other: reports need not say where a repository is."""
    here = Path.cwd()
    related = path.is_relative_to(here) or here.is_relative_to(path.parent)
    return Path(os.path.relpath(path)) if related else path


def _speaks_of_us(project: Path) -> bool:
    """Whether `[tool.fleetplan]` may stand in the file; a backslash could spell the name in another way."""
    raw = read_bytes(project, _MAX_BYTES)
    return b"fleetplan" in raw or b"\\u" in raw.lower()


def _mapping(node: Node | None) -> Mapping[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


class _Bare(str):
    """A decimal as it is written, told apart from text."""

    __slots__ = ()


def read_toml(path: Path) -> Node:
    """The TOML file at `path` as nodes without lines: numbers are exact text, dates text. Raises InputError."""
    import tomllib

    at = Location(str(path))
    text = decode(read_bytes(path, _MAX_BYTES), at.file)
    _refuse_deep(text, at)
    try:
        return _node(tomllib.loads(text, parse_float=_Bare), at)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        if place is not None:
            at = Location(at.file, int(place[1]), int(place[2]))
        why = f"not TOML: {str(error).partition(' (at ')[0]}"
        raise refuse(BAD_SYNTAX, at, why, left_over(text) or "Correct the file.") from None
    except (RecursionError, ValueError):
        raise refuse(TOO_LARGE, at, "a value is too large or too deeply nested", "Simplify the file.") from None


def _refuse_deep(text: str, at: Location) -> None:
    """Raise InputError where a key has more parts, or brackets are deeper, than any settings need."""
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        *keys, rest = line.split("=")
        if line.lstrip().startswith("["):
            keys.append(rest)
        if any(key.count(".") > MOST_DOTS for key in keys):
            why = f"a key has more than {MOST_DOTS} dots"
            raise refuse(TOO_LARGE, at._replace(line=number, column=1), why, "Simplify the file.")
    for bracket in re.finditer(r"[\[\]{}]", _QUOTED.sub("", text)):
        depth = depth + 1 if bracket[0] in "[{" else max(depth - 1, 0)
        if depth > MOST_NESTED:
            raise refuse(TOO_LARGE, at, f"brackets are nested more than {MOST_NESTED} deep", "Simplify the file.")


def _node(value: Any, at: Location) -> Node:
    if isinstance(value, dict):
        return Node({key: _node(item, at) for key, item in value.items()}, at)
    if isinstance(value, list):
        return Node([_node(item, at) for item in value], at)
    if isinstance(value, bool):
        return Node("true" if value else "false", at)
    return Node(str(value), at, quoted=isinstance(value, str) and not isinstance(value, _Bare))
