"""Puts a file through `fleetplan check` in this process, and holds the answer next to the naive reading's."""

from __future__ import annotations

import atexit
import resource
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from bad_input import FIRM, Said, assert_clean, run
from naive_reader import NotJudged, status_of

from optimizer.cli import check as check_command

FOLDER = Path(tempfile.mkdtemp(prefix="fleetplan-hostile-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
EXITS = {0: "compliant", 1: "violations"}
SECONDS, MEGABYTES = 2, 300
SEEN: Counter[str] = Counter()
"""How often each exit code was met, by format, for the measurements."""

assert check_command


def peak() -> int:
    """The most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def answer(name: str, raw: bytes, *flags: str) -> Said:
    """What the command says of a file: exit code 0, 1 or 2, no traceback, in time, in little memory."""
    (FOLDER / name).write_bytes(raw)
    before, began = peak(), time.process_time()
    said = run(("check", *(() if name.endswith((".yaml", ".json")) else FIRM), *flags, name), FOLDER)
    took = time.process_time() - began
    assert said.code in (0, 1, 2), said
    assert_clean(said)
    assert said.left == {}
    assert took < SECONDS
    assert peak() - before < MEGABYTES
    SEEN[f"{Path(name).suffix} exit {said.code}"] += 1
    return said


def check_against_oracle(name: str, raw: bytes) -> Said:
    """The answer, which is the oracle's wherever the command takes the file for a plan."""
    said = answer(name, raw)
    if said.code in EXITS:
        try:
            assert EXITS[said.code] == status_of(name, raw), raw
        except NotJudged:
            SEEN["not judged"] += 1
    return said
