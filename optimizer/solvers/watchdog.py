"""Holds the time limit from outside: an engine in a process of its own, which is killed when it does not end.

What the engine finds comes through a pipe while it searches, and is judged here, by the same gate and in the same exact
arithmetic as without a watchdog. So an engine that hangs or crashes costs what it had not said yet, and nothing else.

Small programs are not worth a process. Their engine has a thread, which is left alone when it does not end: that holds
the time limit too, though a crash it does not survive.
"""

from __future__ import annotations

import atexit
import contextlib
import copyreg
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from types import MappingProxyType
from typing import Any, BinaryIO

from ..errors import SolverError
from ..model.program import Block, Program
from .base import Answer, Engine, Run
from .engines import PROGRAMS, place_of
from .worker import Problem, state_of, view_of

WORTH_IT = 400
"""Programs of fewer whole columns are solved in this process: most are over before another one has started."""
_LOOK_S = 0.1
_LEAST_PATIENCE_S, _MOST_PATIENCE_S = 1.0, 10.0
_ENDED = ("ended",)
"""Stands in the inbox for the end of the worker's output."""


def worth_it(program: Program) -> bool:
    """Whether a process of its own is little beside what the program takes."""
    return int(program.integral.sum()) >= WORTH_IT


def solve(program: Program, run: Run, place: str) -> Answer | None:
    """The answer of the engine at `place` (`module:function`), None when no process could be started for it.

    However the engine ends, the answer holds the best plan that passed the gate and the tightest bound; `failure` says
    so where it crashed or had to be killed. Raises SolverError when the engine does, or fails before it had a plan.
    """
    try:
        worker = _Worker(place, program, run)
    except OSError:
        return None
    with worker:
        return worker.answer()


def patience(run: Run) -> float:
    """Seconds that an engine has for coming to an end after its time, or after it was asked to stop."""
    return min(max(run.options.time_limit / 4, _LEAST_PATIENCE_S), _MOST_PATIENCE_S)


_spares: dict[str, subprocess.Popen[bytes]] = {}
"""Processes that wait for a problem, by the place of their engine."""


def get_ready(name: str, whole_columns: int) -> None:
    """Have a process started for the engine of that name, if a program of that size will need one.

    It starts while the program is built, so that nobody waits for it. Raises SolverError where there is no such engine.
    """
    place = place_of(name)
    if place == PROGRAMS or place in _spares or whole_columns < WORTH_IT:
        return
    with contextlib.suppress(OSError):
        if not _spares:
            atexit.register(_end_spares)
        _spares[place] = _start(place)


def _end_spares() -> None:
    """End the processes that nothing was solved with."""
    while _spares:
        process = _spares.popitem()[1]
        _kill(process)
        _close(process)


def _start(place: str) -> subprocess.Popen[bytes]:
    """A process that imports the engine at `place` and waits for a problem. Raises OSError."""
    path = os.pathsep.join(os.path.abspath(part) for part in sys.path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", f"{__package__}.worker", place],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        **_OWN_GROUP,
    )


def solve_here(program: Program, run: Run, engine: Engine) -> Answer:
    """The engine's answer, found in a thread of this process; raises what the engine raises.

    A thread that does not end in time is left to itself, and what it finds from then on is lost.
    """
    done: Future[Answer] = Future()

    def work() -> None:
        try:
            done.set_result(engine(program, run))
        except BaseException as error:
            done.set_exception(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    deadline = _Deadline(run)
    try:
        while thread.is_alive() and not deadline.passed():
            thread.join(_LOOK_S)
    except KeyboardInterrupt:
        run.stop.set()
        raise
    if done.done():
        return done.result()
    with run.lock:
        answer = _failed(run, f"{deadline.missed} and was left alone")
        run.closed = True
    return answer


def _failed(run: Run, how: str) -> Answer:
    """The best plan so far, from an engine that failed."""
    name = run.options.solver
    kept = "no plan was found before" if run.point is None else "the best plan so far is kept"
    failure = f"the solver {name} {how}; {kept}"
    run.report(failure)
    return run.answer(f"{name}, which {how.split(' (')[0]}", failure=failure)


class _Deadline:
    """When patience with an engine ends: some time after its time limit, or after it was asked to stop."""

    def __init__(self, run: Run) -> None:
        self.run, self.stopped = run, False
        self.at = run.started + run.options.time_limit + patience(run)

    def passed(self) -> bool:
        """Whether it has passed."""
        if self.run.stop.is_set() and not self.stopped:
            self.stopped = True
            self.at = min(self.at, time.monotonic() + patience(self.run))
        return time.monotonic() > self.at

    @property
    def missed(self) -> str:
        """What the engine did not do."""
        return "did not stop when asked to" if self.stopped else "did not end in time"


class _Worker:
    """A running process and the conversation with it. The `with` statement ends it, and whatever it started."""

    def __init__(self, place: str, program: Program, run: Run) -> None:
        self.place, self.program, self.run = place, program, run
        self.blocks: list[Block] = []
        self.inbox: queue.Queue[tuple[Any, ...]] = queue.Queue(maxsize=2)  # points are large
        self.ready = self.sent = self.told = False
        self.deadline = _Deadline(run)
        spare = _spares.pop(place) if place in _spares else None
        if spare is not None and spare.poll() is not None:  # it died while it waited
            _close(spare)
            spare = None
        self.process = spare or _start(place)
        self.reader = threading.Thread(target=self._converse, daemon=True)
        self.reader.start()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        _kill(self.process)
        while self.reader.is_alive():
            with contextlib.suppress(queue.Empty):
                self.inbox.get(timeout=0.01)
        _close(self.process)

    def answer(self) -> Answer | None:
        """The engine's answer, or what is left when there is none."""
        while True:
            self._hurry()
            if self.deadline.passed():
                return _failed(self.run, f"{self.deadline.missed} and was killed")
            try:
                message = self.inbox.get(timeout=_LOOK_S)
            except queue.Empty:
                if self.ready:
                    self.run.tick()
                continue
            match message:
                case ("answer", infeasible, engine):
                    return self.run.answer(engine, infeasible=infeasible and self.run.point is None)
                case ("error", text):
                    raise SolverError(text)
                case ("fault", text):
                    return _failed(self.run, f"failed ({text})")
                case ("ended",) if not self.ready:
                    return None
                case ("ended",):
                    return _failed(self.run, f"crashed ({_end_of(self.process)})")
                case _:
                    self._take(message)

    def _take(self, message: tuple[Any, ...]) -> None:
        """Do what the engine's Run did, here, and reply where it waits for that."""
        run = self.run
        match message:
            case ("ready",):
                self.ready = True
            case ("offer", x):
                self._tell("taken", (run.offer(x), state_of(run)))
            case ("bound", bound, exact):
                run.lower_bound(bound, exact=exact)
            case ("proof", proof):
                run.prove(proof)
            case ("report", text):
                run.report(text)
            case ("name", block, member):
                self._tell("name", self.blocks[block].name(member))

    def _hurry(self) -> None:
        """Ask the engine to stop as soon as the run is, once it listens."""
        if self.run.stop.is_set() and self.sent and not self.told:
            self.told = True
            self._tell("stop", None)

    def _tell(self, kind: str, content: Any) -> None:
        """Send a reply; a worker that is gone is found out by the reader."""
        with contextlib.suppress(OSError):
            pickle.dump((kind, content), self._stdin, pickle.HIGHEST_PROTOCOL)
            self._stdin.flush()

    @property
    def _stdin(self) -> BinaryIO:
        assert self.process.stdin is not None
        return self.process.stdin  # type: ignore[return-value]

    def _converse(self) -> None:
        """Hand over the problem, then put every message into the inbox until there are no more."""
        run = self.run
        problem = Problem(self.place, self.program, run.options, run.started, (run.point, *state_of(run)), run.large)
        try:
            _Pickler(self._stdin, self.blocks).dump(problem)
            self._stdin.flush()
            self.sent = True
            while True:
                self.inbox.put(pickle.load(self.process.stdout))  # type: ignore[arg-type]
        except Exception:  # the end of the pipe, or what a crash left half written
            self.inbox.put(_ENDED)


class _Pickler(pickle.Pickler):
    """Writes a problem with its blocks numbered in place of pickled: what names rows and columns stays here."""

    def __init__(self, file: BinaryIO, blocks: list[Block]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda view: (view_of, (dict(view),))}
        self.blocks = blocks

    def persistent_id(self, obj: Any) -> Any:
        if not isinstance(obj, Block):
            return None
        self.blocks.append(obj)
        return len(self.blocks) - 1, obj.family, obj.start, obj.count


# A session of its own: Ctrl-C in the terminal is not meant for it, and what it starts can be ended with it.
if sys.platform == "win32":
    _OWN_GROUP: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def _kill(process: subprocess.Popen[bytes]) -> None:
        """End the process."""
        process.kill()
        process.wait()

else:
    _OWN_GROUP: dict[str, Any] = {"start_new_session": True}

    def _kill(process: subprocess.Popen[bytes]) -> None:
        """End the process and all that it started; one that has ended already keeps its own exit code."""
        if process.returncode is None:  # nobody has waited for it, so its number is still its own
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _close(process: subprocess.Popen[bytes]) -> None:
    """Close this end of the pipes."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # about what the other end had not read
            pipe.close()  # type: ignore[union-attr]


def _end_of(process: subprocess.Popen[bytes]) -> str:
    """How a process that ended without a word came to its end."""
    _kill(process)
    if process.returncode >= 0:
        return f"code {process.returncode}"
    name = signal.Signals(-process.returncode).name
    return f"{name}, as when memory runs out" if -process.returncode == 9 else name
