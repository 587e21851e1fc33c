"""The search for a conflict, its time limit held from outside as that of every other solve.

    python -P -m optimizer.solvers.conflict_search

reads a program from its input and writes what it finds to its output, piece by piece, so that what was found before it
had to be ended is kept. Small programs are searched in a thread: they are not worth a process.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..model.program import Block, Program
from .conflict import Break, Families, conflicting_families, least_breaks
from .watchdog import worth_it

SECONDS = 60.0
"""How long is searched for a conflict; a program for which that is not enough is told of without one."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in time: the families in conflict and the rows that would have to give; None is not found."""

    families: Families | None = None
    breaks: tuple[Break, ...] | None = None


def search(program: Program, seconds: float = SECONDS) -> Found:
    """The conflict of a program that has no solution, as far as it is found in `seconds`."""
    pieces: list[Any] = []
    if worth_it(program):
        pieces += _in_a_process(program, seconds)
    else:
        thread = threading.Thread(target=_look, args=(program, pieces.append), daemon=True)
        thread.start()
        thread.join(seconds)
    return Found(*pieces[:2])


def _look(program: Program, tell: Callable[[Any], object]) -> None:
    """Tell the families, then the breaks."""
    families = conflicting_families(program)
    tell(families)
    breaks = least_breaks(program) if families.whole == "nothing" else []
    tell(None if breaks is None else tuple(breaks))


def _in_a_process(program: Program, seconds: float) -> Iterator[Any]:
    """What a process of its own told before it ended, or was ended."""
    nameless = replace(
        program, column_blocks=_nameless(program.column_blocks), row_blocks=_nameless(program.row_blocks)
    )
    told = b""
    with contextlib.suppress(OSError):
        try:
            told = subprocess.run(
                [sys.executable, "-P", "-m", f"{__package__}.conflict_search"],
                input=pickle.dumps(nameless, pickle.HIGHEST_PROTOCOL),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(os.path.abspath(part) for part in sys.path)},
                start_new_session=True,  # a Ctrl-C in the terminal is not meant for it
            ).stdout
        except subprocess.TimeoutExpired as late:
            told = late.stdout or b""
    source = io.BytesIO(told)
    with contextlib.suppress(EOFError, pickle.UnpicklingError):  # the end, or what was half written
        while True:
            yield pickle.load(source)


def _nameless(blocks: Any) -> tuple[Block, ...]:
    """The blocks without what names their members, which cannot be sent."""
    return tuple(replace(block, name=str) for block in blocks)


def main() -> None:
    """Search for the conflict of the program that comes in."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever an engine prints is no piece

    def tell(piece: Any) -> None:
        pickle.dump(piece, out, pickle.HIGHEST_PROTOCOL)
        out.flush()

    _look(pickle.load(sys.stdin.buffer), tell)


if __name__ == "__main__":
    main()
