"""Engines that do what an engine must not: each finds the best plan first, unless its name says otherwise."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

from optimizer.errors import SolverError
from optimizer.model.program import Program
from optimizer.solvers import Answer, Run
from optimizer.solvers.highs import solve as find_plan

PLACE = "tests.solvers.fake_engines:"
GO_ON, ENDED = threading.Event(), threading.Event()


def hang(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    time.sleep(3600)
    raise AssertionError


def hang_and_go_on(program: Program, run: Run) -> Answer:
    """In a thread: hangs until GO_ON, then says what would be better than the best."""
    ENDED.clear()
    find_plan(program, run)
    GO_ON.wait(60)
    run.gate = lambda _: True
    run.offer(program.col_upper.astype(np.float64))
    run.lower_bound(-1, exact=True)
    run.report("too late")
    ENDED.set()
    return run.answer("late")


def hang_in_c(program: Program, run: Run) -> Answer:
    """No thread of this process does anything any more, the one that listens neither."""
    find_plan(program, run)
    re.match(r"(a|a)*$", "a" * 64 + "b")
    raise AssertionError


def hang_with_child(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    run.report(f"child {child.pid}")
    time.sleep(3600)
    raise AssertionError


def abort(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    os.abort()


def abort_at_once(program: Program, run: Run) -> Answer:
    os.abort()


def exit_quietly(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    os._exit(3)


def write_nonsense(program: Program, run: Run) -> Answer:
    """Breaks off in the middle of a message."""
    find_plan(program, run)
    for descriptor in range(3, 20):
        try:
            os.write(descriptor, b"\x80\x05nonsense")
        except OSError:
            continue
    os._exit(0)


def flood(program: Program, run: Run) -> Answer:
    """Says the same for ever, on every way out, and takes no notice of the time or of being asked to stop."""
    find_plan(program, run)
    best = np.zeros(program.columns) if run.point is None else run.point.astype(np.float64)
    while True:
        run.offer(best)
        run.offer(program.col_upper.astype(np.float64))
        run.report("still here")
        run.lower_bound(2**60, exact=False)
        print("x" * 10_000)
        print("x" * 10_000, file=sys.stderr)


def lie(program: Program, run: Run) -> Answer:
    """Calls optimal what breaks every row, and hides the plan that it knows."""
    point = program.col_upper.copy()
    run.offer(point.astype(np.float64))
    return Answer(point, 10**15, 10**15, True, False, "liar")


def deny(program: Program, run: Run) -> Answer:
    """Says that there is no plan although it has given one."""
    answer = find_plan(program, run)
    return Answer(None, None, None, True, True, answer.engine)


def raise_solver_error(program: Program, run: Run) -> Answer:
    raise SolverError(f"row {program.row_name(0)} is too large for this engine")


def raise_something(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    raise ZeroDivisionError("division by zero")


def raise_at_once(program: Program, run: Run) -> Answer:
    raise ZeroDivisionError("division by zero")


def wait_for_stop(program: Program, run: Run) -> Answer:
    find_plan(program, run)
    run.stop.wait()
    return run.answer("patient")


def write_file(program: Program, run: Run) -> Answer:
    """Lives until it is told to stop or loses its watchdog; the file named in the environment holds its number."""
    Path(os.environ["FAKE_ENGINE_FILE"]).write_text(str(os.getpid()), encoding="utf-8")
    run.report("written")
    time.sleep(3600)
    raise AssertionError


def honest(program: Program, run: Run) -> Answer:
    return find_plan(program, run)


def settle_for_nothing(program: Program, run: Run) -> Answer:
    """Calls the empty plan the best, but only where supply is limited: a fault that one row is enough for."""
    if not any(block.family == "supply" for block in program.row_blocks):
        return find_plan(program, run)
    run.offer(program.col_lower.astype(np.float64))
    if run.value is not None:
        run.lower_bound(run.value, exact=False)
    return run.answer("cp-sat")


def see_no_plan(program: Program, run: Run) -> Answer:
    return run.answer("scip", infeasible=True)


def know_nothing(program: Program, run: Run) -> Answer:
    return run.answer("cp-sat")


def find_it_too_large(program: Program, run: Run) -> Answer:
    raise SolverError("a row is too large for 64-bit sums")
