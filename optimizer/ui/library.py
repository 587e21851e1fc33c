"""Which scenarios a planner can open: those that ship as examples, and those in the folder that FLEETPLAN_FOLDER names.

Nothing is read here beyond the first lines of each file; a file that cannot be read in full is still listed, so that
the page can say what is wrong with it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ..bundled import example_path

FOLDER_VARIABLE: Final = "FLEETPLAN_FOLDER"
MAX_SCENARIOS: Final = 500
_SUFFIXES: Final = (".yaml", ".yml", ".json")
_HEAD_BYTES: Final = 4096
_IS_SCENARIO: Final = re.compile(rb"""["']?fleetplan["']?\s*:\s*["']?scenario/""")
_NAME: Final = re.compile(rb"""^name\s*:\s*["']?(.+?)["']?\s*(?:#.*)?$""", re.MULTILINE)

Origin = Literal["example", "folder"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A scenario file. `key` names it in the page's address; `title` is the name in its head, else that of the file."""

    key: str
    title: str
    file: Path
    origin: Origin

    @property
    def shipped_plan(self) -> Path | None:
        """The solved plan beside the scenario (`x.plan.yaml` by `x.yaml` or `x.scenario.yaml`), if there is one."""
        stem = self.file.name.removesuffix(self.file.suffix).removesuffix(".scenario")
        plan = self.file.with_name(f"{stem}.plan.yaml")
        return plan if plan.is_file() else None


def entries() -> list[Entry]:
    """The person's own scenarios, then the examples, each by file name; at most MAX_SCENARIOS of them."""
    found: list[Entry] = []
    examples = example_path()
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and Path(folder).resolve() != examples.resolve():
        found += _in_folder(Path(folder), "folder")
    found += _in_folder(examples, "example")
    return found[:MAX_SCENARIOS]


def find(key: str | None, among: list[Entry]) -> Entry | None:
    """The entry with that key, else the first."""
    return next((entry for entry in among if entry.key == key), among[0] if among else None)


def entry_of(file: Path, among: list[Entry]) -> Entry | None:
    """The entry of that file, None when it is not listed any more."""
    return next((entry for entry in among if entry.file == file), None)


def _in_folder(folder: Path, origin: Origin) -> list[Entry]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file())
    except OSError:
        return []
    prefix = "" if origin == "example" else "my-"
    listed = []
    for file in files:
        head = _head(file)
        if _IS_SCENARIO.search(head):
            named = _NAME.search(head)
            title = named[1].decode("utf-8", "replace") if named and file.suffix != ".json" else file.name
            listed.append(Entry(f"{prefix}{file.stem}", title, file.resolve(), origin))
    return listed


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD_BYTES)
    except OSError:
        return b""
