"""Which plans `fleetplan check` was given: files, folders, patterns and standard input, each plan once and in order.

One plan is one file on the disk, by whatever path; it is called as it was given.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final

from ..errors import Location, Problem
from ..reading.codes import CANNOT_OPEN
from ..reports import Outcome

ENDINGS: Final = (".plan.yaml", ".plan.yml", ".plan.json", ".plan.csv", ".plan.parquet", ".plan.xlsx")
"""How the names of plans end that are found in a folder."""
INSTALLED: Final = frozenset(("node_modules", "site-packages", "__pycache__"))
"""Folders that hold other people's files."""
STDIN: Final = "-"


def find_plans(paths: Sequence[str], *, may_be_none: bool = False) -> tuple[list[str], list[Outcome]]:
    """The plans that `paths` name (none: this folder), and an outcome for each path that cannot be read or names none.

    With `may_be_none`, a folder or pattern with no plan in it is no fault; a file that is not there still is.
    """
    found: dict[str, str] = {}
    missing: list[Outcome] = []
    for path in paths or ["."]:
        unreadable: list[Outcome] = []
        matched = list(_matches(path, unreadable))
        missing += unreadable
        if not matched and not unreadable and not (may_be_none and (os.path.isdir(path) or _is_pattern(path))):
            missing.append(_nothing(path))
        for file in matched:
            found.setdefault(file if file == STDIN else os.path.realpath(file), file)
    return list(found.values()), missing


def _nothing(path: str) -> Outcome:
    why = "there is no such file"
    if os.path.isdir(path):
        why = f"no plan lies below this folder ({', '.join(f'*{ending}' for ending in ENDINGS)})"
    return Outcome(path, problems=(Problem(CANNOT_OPEN, Location(path), "", "", why, "Name a plan that is there."),))


def _is_pattern(path: str) -> bool:
    return path != STDIN and any(sign in path for sign in "*?[") and not os.path.lexists(path)


def _matches(path: str, unreadable: list[Outcome]) -> Iterator[str]:
    """The files that one path names, none when nothing is there; folders that cannot be listed are reported."""
    if path != STDIN and os.path.isdir(path):
        yield from _below(path, unreadable)
    elif _is_pattern(path):
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
                yield _joined(place, name)


def passed_over(paths: Sequence[str]) -> list[str]:
    """The plans below the folders that `paths` name (none: this one) which `find_plans` passes over, in order.

    They lie in folders that are hidden, hold other people's files or are symbolic links.
    """
    found: dict[str, str] = {}
    for path in paths or ["."]:
        if path != STDIN and os.path.isdir(path):
            for place, folders, _ in os.walk(path):
                for name in sorted(folders):
                    if _is_passed_over(place, name):
                        inner = (file for file in _all_below(os.path.join(place, name)))
                        found.update((os.path.realpath(file), file) for file in inner)
                folders[:] = sorted(name for name in folders if not _is_passed_over(place, name))
    return list(found.values())


def _is_passed_over(place: str, name: str) -> bool:
    return name.startswith(".") or name in INSTALLED or os.path.islink(os.path.join(place, name))


def _all_below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (_joined(place, name) for name in sorted(files) if name.lower().endswith(ENDINGS))


def _joined(place: str, name: str) -> str:
    """The path of a file; ``..`` stays, for behind a symbolic link it leads elsewhere."""
    path = os.path.join(place, name)
    return path if ".." in place.split(os.sep) else os.path.normpath(path)
