"""Solvers that are programs of their own: they get an MPS file and the time, and are stopped from outside.

A door, not a fast path: values come back as text, so the model's decisions count units (never TPP or dollars), and
every plan passes the exact gate or is dropped. The bound is what the program says, and no proof.
"""

from __future__ import annotations

import contextlib
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SolverError, show
from ..model.export import mps_text
from ..model.program import Block, Program
from .base import Answer, Run
from .dialects import CBC, MODEL, SETTINGS, Dialect
from .totals import WrittenOut, write_out_if_small

_LOOK_S = 0.1
_LATE_S = 1.0
"""How long past its time a program may go on before it is asked to stop."""
_PATIENCE_S = 10.0
"""How long it may take to put its best plan down after it was asked to stop."""
_LOST_IN_PRINT = 1e-9
"""The share of a bound that is lost when it is printed, and in the doubles behind it."""
_ENDLESS = 1e20
"""What programs print where they have no bound."""


def solve(program: Program, run: Run) -> Answer:
    """The best plan that the program named in the run's options finds within the run's limits.

    Raises SolverError where it is not here, or ends without an answer.
    """
    name = run.options.solver
    dialect, path = _called(name)
    written = write_out_if_small(program)
    if run.done:
        return run.answer(name)
    with tempfile.TemporaryDirectory() as folder:
        asked = _Asked(dialect, Path(folder), written, program, run)
        asked.write()
        if run.done:
            return run.answer(name)
        run.report(f"{name} is solving")
        how = asked.run_to_its_end(path)
        return asked.answer(how)


def _called(name: str) -> tuple[Dialect, str]:
    """How the program of that name is asked, and its path; `cbc` is the one that PuLP brings."""
    if name == "cbc":
        import pulp

        return CBC, str(pulp.PULP_CBC_CMD.pulp_cbc_path)
    from .engines import SOLVERS
    from .ports import port_of

    port = port_of(name, SOLVERS)
    assert port.dialect is not None
    return port.dialect, port.program


@dataclass(slots=True)
class _Asked:
    """One program at work in `folder`, on what is `written` of the whole `program`."""

    dialect: Dialect
    folder: Path
    written: WrittenOut
    program: Program
    run: Run
    seen: set[Path] = field(default_factory=set)
    returned: int = 0

    def write(self) -> None:
        """Put the model and the settings into the folder."""
        text = mps_text(_numbered(self.written.program), "fleetplan")
        (self.folder / MODEL).write_text(text, encoding="ascii")
        for file, content in (SETTINGS, self.dialect.settings), ("script", self.dialect.script):
            (self.folder / file).write_text(self._filled(content), encoding="ascii")

    def run_to_its_end(self, path: str) -> str:
        """How the program ended where it failed, else nothing.

        It has a session of its own, so that a Ctrl-C in the terminal reaches it once, from here.
        """
        arguments = [self._filled(text) for text in self.dialect.arguments]
        with (self.folder / "script").open("rb") as script, (self.folder / "log").open("wb") as log:
            try:
                process = subprocess.Popen(
                    [path, *arguments],
                    cwd=self.folder,
                    stdin=script,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as error:
                raise SolverError(f"the program {show(path)} does not start: {error.strerror}") from error
            try:
                self._wait(process)
            finally:
                if process.poll() is None:
                    _kill(process)
        self.returned = process.returncode
        if process.returncode >= 0:
            return ""
        in_time = self.run.left > 0 and not self.run.stop.is_set()
        return "crashed" if in_time else "did not end in time and was killed"

    def answer(self, how: str) -> Answer:
        """What the program found; `how` says how it failed, if it did."""
        run, name = self.run, self.run.options.solver
        log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        self._take(self.folder / self.dialect.solution)
        bound = _bound(self.dialect.bound, log)
        if bound is not None:
            run.lower_bound(bound, exact=False)
        if how:
            kept = "no plan was found before" if run.point is None else "the best plan so far is kept"
            return run.answer(f"{name}, which {how}", failure=f"the solver {name} {how}; {kept}")
        if self.dialect.infeasible.search(log):
            return run.answer(name, infeasible=run.point is None)
        silent = run.point is None and bound is None and not run.refused and not run.done
        if silent or (self.returned and run.point is None):
            raise SolverError(
                f"{name} ended with code {self.returned} and no answer: {show(log.strip()[-300:], 300)}. "
                "If that is about its licence, renew it; else another solver may do (--solver)."
            )
        return run.answer(name)

    def _filled(self, text: str) -> str:
        seconds, gap = max(self.run.left, 1.0), 0.9 * self.run.options.gap
        return text.format(seconds=f"{seconds:.0f}", gap=f"{gap:.9g}", seed=self.run.options.seed)

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the end of `process`, taking its better plans, or ask it to end when the run is over."""
        run = self.run
        late = run.options.time_limit + _LATE_S  # it looks at the time now and then only
        while process.poll() is None and not run.stop.is_set() and run.seconds < late:
            try:
                process.wait(_LOOK_S)
            except subprocess.TimeoutExpired:
                self._take_better()
                run.tick()
        until = time.monotonic() + _PATIENCE_S
        while process.poll() is None and time.monotonic() < until:
            process.send_signal(signal.SIGINT)  # again and again: the first may come before it listens
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
        self._take_better()

    def _take_better(self) -> None:
        """Offer the plans that the program wrote down since the last look."""
        for file in sorted(self.folder.glob(self.dialect.better)) if self.dialect.better else ():
            if file not in self.seen and self._take(file):
                self.seen.add(file)

    def _take(self, file: Path) -> bool:
        """Offer the plan in `file`; False where it is not there, or not all of it."""
        count = self.written.program.columns
        x = np.zeros(count)
        named = 0
        for column, value in self._values(file):
            if column < count:
                x[column] = value
                named += 1
        if named == 0 or (named < count and file.match(self.dialect.better or "no file")):
            return False
        self.run.offer(self.written.spread(x, self.program.columns))
        return True

    def _values(self, file: Path) -> Iterator[tuple[int, float]]:
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            for number, value in self.dialect.columns.findall(text):
                yield int(number), float(value)


def _bound(pattern: re.Pattern[str], log: str) -> int | None:
    """The last bound that the program printed, outwards by what printing loses; None where there is none."""
    found = [float(next(filter(None, match.groups()))) for match in pattern.finditer(log)]
    if not found or abs(found[-1]) >= _ENDLESS:
        return None
    return math.floor(-found[-1] + abs(found[-1]) * _LOST_IN_PRINT)


def _numbered(program: Program) -> Program:
    """The program with columns named c0000000, c0000001 ... and rows likewise.

    CBC takes a first bound with a shorter name for a line in MPS's format of fixed columns.
    """
    return replace(
        program,
        column_blocks=(Block("column", 0, program.columns, lambda j: f"c{j:07}"),),
        row_blocks=(Block("row", 0, program.rows, lambda i: f"r{i:07}"),),
    )


def _kill(process: subprocess.Popen[Any]) -> None:
    """End the program and all that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
