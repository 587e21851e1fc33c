"""An engine that hangs, crashes, floods or lies costs its search; the best plan so far and the exact checks stay."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from optimizer.errors import SolverError
from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.model.program import Ints, Program
from optimizer.optimise import optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Answer, Options, Progress, Run, watchdog
from optimizer.solvers.engines import PLACES
from optimizer.solvers.highs import solve as find_plan
from tests.optimise.small_documents import hard_document, read, scenario
from tests.solvers import fake_engines
from tests.solvers.fake_engines import PLACE

ROOT = Path(__file__).resolve().parents[2]
BEST = 800_000
LIMIT = 3.0
"""Seconds, which a process needs for starting on a busy machine; then it has one more."""

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="processes end by signals on POSIX only")


def small_program() -> Program:
    read = scenario()
    regime = load_regime(read.regime)
    return build(read, regime, limits_of(read, regime)).program


@pytest.fixture(scope="module")
def program() -> Program:
    return small_program()


def run_for(program: Program, time_limit: float = LIMIT, *, stop: bool = False) -> tuple[Run, list[str]]:
    """A Run whose gate takes points of no more than is delivered, and what it reports; `stop`: once it has the best."""
    said: list[str] = []
    units = np.flatnonzero(program.objective)

    def listen(progress: Progress) -> None:
        if progress.message:
            said.append(progress.message)
        if stop and run.value == BEST:
            run.stop.set()

    def gate(point: Ints) -> bool:
        return int(program.objective[units] @ point[units]) <= BEST

    run = Run(Options(time_limit=time_limit, gap=0), gate, listen, program)
    return run, said


def watched(program: Program, run: Run, engine: str) -> Answer:
    answer = watchdog.solve(program, run, PLACE + engine)
    assert answer is not None  # the process could be started
    return answer


def test_an_engine_that_behaves_answers_as_it_does_without_a_watchdog(program: Program) -> None:
    run, said = run_for(program, 20)
    alone, _ = run_for(program, 20)
    answer = watched(program, run, "honest")
    expected = find_plan(program, alone)
    assert (answer.value, answer.bound, answer.exact_bound) == (BEST, BEST, expected.exact_bound)
    assert (answer.engine, answer.failure, answer.infeasible) == (expected.engine, "", False)
    assert answer.point is not None
    assert "linear relaxation solved" in said


@pytest.mark.parametrize("engine", ["hang", "hang_in_c", "flood"])
def test_an_engine_that_does_not_end_is_killed_soon_after_its_time(program: Program, engine: str) -> None:
    run, _ = run_for(program)
    answer = watched(program, run, engine)
    assert LIMIT <= run.seconds < 2 * LIMIT + 1
    assert (answer.value, answer.bound) == (BEST, BEST)
    assert answer.failure == "the solver highs did not end in time and was killed; the best plan so far is kept"
    assert answer.engine == "highs, which did not end in time and was killed"


@pytest.mark.parametrize("engine", ["hang", "hang_in_c", "flood"])
def test_an_engine_that_does_not_stop_when_asked_is_killed(program: Program, engine: str) -> None:
    run, said = run_for(program, 20, stop=True)
    answer = watched(program, run, engine)
    assert run.seconds < 15
    assert answer.value == BEST
    assert "did not stop when asked to" in answer.failure
    assert answer.failure in said


def test_an_engine_that_stops_when_asked_answers(program: Program) -> None:
    run, _ = run_for(program, 60, stop=True)
    answer = watched(program, run, "wait_for_stop")
    assert run.seconds < 30
    assert (answer.value, answer.engine, answer.failure) == (BEST, "patient", "")


@pytest.mark.parametrize(
    ("engine", "how"),
    [
        pytest.param("abort", "crashed (SIGABRT)", marks=needs_signals),
        ("exit_quietly", "crashed (code 3)"),
        ("write_nonsense", "crashed"),
        ("raise_something", "failed (ZeroDivisionError: division by zero)"),
    ],
)
def test_an_engine_that_crashes_leaves_its_best_plan(program: Program, engine: str, how: str) -> None:
    run, said = run_for(program, 20)
    answer = watched(program, run, engine)
    assert (answer.value, answer.infeasible) == (BEST, False)
    assert answer.failure.startswith(f"the solver highs {how}")
    assert answer.failure.endswith("the best plan so far is kept")
    assert answer.failure in said
    assert run.seconds < 15


@pytest.mark.parametrize("engine", ["abort_at_once", "raise_at_once"])
def test_an_engine_that_fails_before_it_had_a_plan_has_none(program: Program, engine: str) -> None:
    run, _ = run_for(program, 20)
    answer = watched(program, run, engine)
    assert (answer.point, answer.value, answer.bound, answer.infeasible) == (None, None, None, False)
    assert answer.failure.endswith("no plan was found before")


def test_a_lie_does_not_pass_the_gate(program: Program) -> None:
    run, said = run_for(program, 20)
    answer = watched(program, run, "lie")
    assert (answer.point, answer.value, answer.bound, answer.exact_bound) == (None, None, None, False)
    assert run.refused == 1
    assert "a plan within the engine's tolerances broke an exact limit and was dropped" in said


def test_no_plan_is_possible_does_not_count_beside_a_plan(program: Program) -> None:
    run, _ = run_for(program, 20)
    answer = watched(program, run, "deny")
    assert (answer.value, answer.infeasible) == (BEST, False)


def test_an_error_of_the_engine_keeps_its_words_and_the_names_of_rows(program: Program) -> None:
    run, _ = run_for(program, 20)
    with pytest.raises(SolverError) as caught:
        watched(program, run, "raise_solver_error")
    assert str(caught.value) == f"row {program.row_name(0)} is too large for this engine"


def test_where_no_process_can_be_started_there_is_no_answer(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    run, _ = run_for(program, 20)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert watchdog.solve(program, run, PLACE + "honest") is None
    monkeypatch.setattr(sys, "executable", shutil.which("false"))  # the process ends before it is ready
    assert watchdog.solve(program, run, PLACE + "honest") is None


def test_a_process_that_was_got_ready_is_the_one_that_solves(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLACES, "fake", PLACE + "honest")
    watchdog.get_ready("fake", watchdog.WORTH_IT - 1)
    watchdog.get_ready("cbc", 10**6)  # a program of its own
    with pytest.raises(SolverError, match="there is no solver named 'no such engine'"):
        watchdog.get_ready("no such engine", 10**6)
    assert watchdog._spares == {}
    watchdog.get_ready("fake", watchdog.WORTH_IT)
    [spare] = watchdog._spares.values()
    watchdog.get_ready("fake", watchdog.WORTH_IT)
    assert list(watchdog._spares.values()) == [spare]
    run, _ = run_for(program, 20)
    assert watched(program, run, "honest").value == BEST
    assert watchdog._spares == {}
    assert spare.returncode is not None


def test_a_process_that_died_while_it_waited_is_not_missed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLACES, "fake", PLACE + "honest")
    watchdog.get_ready("fake", watchdog.WORTH_IT)
    [spare] = watchdog._spares.values()
    os.kill(spare.pid, signal.SIGTERM)
    time.sleep(0.5)
    run, _ = run_for(program, 20)
    answer = watched(program, run, "honest")
    assert (answer.value, answer.failure) == (BEST, "")


def test_processes_that_nobody_needed_end_with_this_one(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLACES, "fake", PLACE + "honest")
    watchdog.get_ready("fake", watchdog.WORTH_IT)
    [spare] = watchdog._spares.values()
    watchdog._end_spares()
    assert spare.returncode is not None
    assert watchdog._spares == {}


def test_a_listener_that_raises_ends_the_process_too(program: Program) -> None:
    run, _ = run_for(program, 20)

    def listen(progress: Progress) -> None:
        raise KeyboardInterrupt

    run.listener = listen
    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        watched(program, run, "hang")
    assert run.seconds < 10
    assert threading.active_count() == threads


@needs_signals
def test_what_the_engine_started_ends_with_it(program: Program) -> None:
    run, said = run_for(program)
    watched(program, run, "hang_with_child")
    child = int(next(line for line in said if line.startswith("child")).split()[1])
    assert ended(child)


@needs_signals
def test_an_engine_ends_when_its_watchdog_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "number"
    code = (
        "from optimizer.solvers import watchdog\n"
        "from tests.solvers import test_watchdog as t\n"
        "program = t.small_program()\n"
        "run, _ = t.run_for(program, 600)\n"
        "watchdog.solve(program, run, t.PLACE + 'write_file')\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FAKE_ENGINE_FILE": str(file)}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env)
    try:
        wait_for(lambda: file.exists() and file.read_text(encoding="utf-8") != "")
    finally:
        process.kill()
        process.wait()
    assert ended(int(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("stop", [False, True])
def test_without_a_process_an_engine_that_hangs_is_left_alone_with_its_plan_kept(
    program: Program, *, stop: bool
) -> None:
    run, said = run_for(program, 20 if stop else 0.5, stop=stop)
    answer = watchdog.solve_here(program, run, fake_engines.hang_and_go_on)
    assert run.seconds < 8
    assert (answer.value, answer.bound) == (BEST, BEST)
    missed = "did not stop when asked to" if stop else "did not end in time"
    assert answer.failure == f"the solver highs {missed} and was left alone; the best plan so far is kept"
    assert said[-1] == answer.failure
    fake_engines.GO_ON.set()  # what it says from now on comes too late
    fake_engines.ENDED.wait(20)
    fake_engines.GO_ON.clear()
    assert (run.value, run.bound) == (BEST, BEST)
    assert said[-1] == answer.failure


def test_without_a_process_answers_and_errors_are_those_of_the_engine(program: Program) -> None:
    run, _ = run_for(program, 20)
    answer = watchdog.solve_here(program, run, fake_engines.honest)
    assert (answer.value, answer.bound, answer.failure) == (BEST, BEST, "")
    with pytest.raises(ZeroDivisionError):
        watchdog.solve_here(program, run, fake_engines.raise_at_once)


def wait_for(condition: object, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def ended(process: int) -> bool:
    """Whether the process of that number ends within some seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        with contextlib.suppress(OSError):
            if "State:\tZ" in Path(f"/proc/{process}/status").read_text(encoding="utf-8"):
                return True
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False


@pytest.mark.parametrize("engine", ["highs", "cp-sat", "scip"])
def test_every_engine_solves_in_a_process_of_its_own(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WORTH_IT", 0)
    outcome = optimise(scenario(), Options(engine, time_limit=20, gap=0))
    assert (outcome.status, outcome.answer.value, outcome.answer.bound) == ("optimal", BEST, BEST)


def test_a_hard_scenario_gives_a_checked_plan_from_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WORTH_IT", 0)
    reports: list[Progress] = []
    outcome = optimise(read(hard_document()), Options(time_limit=4, gap=0), reports.append)
    assert outcome.checked is not None
    assert outcome.checked.status == "compliant"
    assert outcome.answer.failure == ""
    values = [report.incumbent for report in reports if report.incumbent is not None]
    assert values == sorted(values)
    assert len(set(values)) > 1  # plans come while it searches
