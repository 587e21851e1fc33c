"""How waivers and baselines name what they are about: the rule, the scope and the period of a limit, and the plan."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ..limits import Limit

FIRM: Final = "firm"
"""The scope of a limit that looks at the firm as a whole."""


def scope(limit: Limit) -> str:
    """What the limit's name holds beside its period: ``MY``, ``own group``, ``MY,johor``; `FIRM` where nothing is."""
    head = limit.index if limit.period is None else limit.index[:-1]
    return ",".join(head) or FIRM


def period(limit: Limit) -> str:
    """The limit's quarter or year as text, empty where it has none."""
    return "" if limit.period is None else str(limit.period)


def plan_name(file: str, folder: Path) -> str:
    """The path of a plan as a file in `folder` names it, with ``/`` on every system."""
    if file.startswith("<"):  # standard input without a name
        return file
    path, start = os.path.abspath(file), os.path.abspath(folder)
    if ".." in Path(file).parts:  # behind a symbolic link it leads elsewhere than abspath takes it to
        path = os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file))
        start = os.path.realpath(folder)
    return os.path.relpath(path, start).replace(os.sep, "/")


def matches(pattern: str, name: str) -> bool:
    """Whether the path `name` is `pattern`, in which ``*`` and ``?`` stay within a folder and ``**`` is any folders.

    Folder by folder, so that no pattern takes long.
    """
    pattern = os.path.normpath(pattern).replace(os.sep, "/")
    if pattern == name:
        return True
    from fnmatch import fnmatchcase

    wanted = pattern.split("/")
    reached = _past_any(wanted, {0})  # how many parts of the pattern may be used up
    for part in name.split("/"):
        further = {i for i in reached if i < len(wanted) and wanted[i] == "**"}
        further |= {i + 1 for i in reached if i < len(wanted) and fnmatchcase(part, wanted[i])}
        reached = _past_any(wanted, further)
    return len(wanted) in reached


def _past_any(wanted: list[str], reached: set[int]) -> set[int]:
    """`reached`, and what follows where a part stands for any number of folders, none included."""
    for i, part in enumerate(wanted):
        if i in reached and part == "**":
            reached.add(i + 1)
    return reached
