"""The process that an engine runs in. `watchdog` starts it, gives it the problem, and judges what comes back.

    python -P -m optimizer.solvers.worker PLACE

imports the engine at PLACE (`module:function`), reads the problem from its input and then the watchdog's replies; its
output carries messages to the watchdog and nothing else. The engine sees a Run as it does elsewhere, but what it offers
is judged by the watchdog, whose Run this one copies.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from dataclasses import dataclass, field
from queue import SimpleQueue
from types import MappingProxyType
from typing import Any, BinaryIO, NoReturn

import numpy as np

from ..errors import SolverError
from ..model.layout import Large
from ..model.program import Block, Ints, Program
from .base import Options, Progress, Run
from .engines import engine_at
from .proof import Proof

_SWITCH_S = 0.0005
"""How long a thread waits for its turn: compiled code that is called often must not wait for one that holds on."""
ORPHAN_S = 60.0
"""How long past its time limit a process may live that nobody watches any more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a worker is given: the engine's place, what it solves, and the Run to start from."""

    place: str
    program: Program
    options: Options
    started: float
    state: tuple[Any, ...]
    large: Large | None = None


@dataclass(slots=True)
class Channel:
    """Messages to the watchdog, and its replies, which a thread of its own reads."""

    out: BinaryIO
    replies: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    writing: threading.Lock = field(default_factory=threading.Lock)
    asking: threading.Lock = field(default_factory=threading.Lock)

    def send(self, *message: Any) -> None:
        """Tell the watchdog."""
        with self.writing:
            pickle.dump(message, self.out, pickle.HIGHEST_PROTOCOL)
            self.out.flush()

    def ask(self, *message: Any) -> Any:
        """The watchdog's reply."""
        with self.asking:
            self.send(*message)
            return self.replies.get()


@dataclass(slots=True)
class WatchedRun(Run):
    """A copy of the watchdog's Run: what happens here happens there too, and what is offered is judged there."""

    channel: Channel = None  # type: ignore[assignment]

    def offer(self, x: np.ndarray) -> bool:
        """Whether the watchdog took `x`."""
        taken, state = self.channel.ask("offer", np.asarray(x, dtype=np.float64))
        set_state(self, state)
        if taken:
            self.point = np.where(self.program.integral, np.rint(x), 0).astype(np.int64)
        return bool(taken)

    def lower_bound(self, bound: int, *, exact: bool, multipliers: np.ndarray | None = None) -> None:
        """Take a bound here and there."""
        Run.lower_bound(self, bound, exact=exact, multipliers=multipliers)
        if multipliers is None:
            self.channel.send("bound", bound, exact)

    def prove(self, proof: Proof) -> None:
        """Take a proof here and there."""
        Run.prove(self, proof)
        self.channel.send("proof", proof)

    def report(self, message: str = "") -> None:
        """Have the watchdog tell the listener."""
        Run.report(self, message)
        self.channel.send("report", message)


def state_of(run: Run) -> tuple[Any, ...]:
    """What a copy of `run` has to follow, the point apart."""
    return run.value, run.bound, run.exact_bound, run.refused


def set_state(run: Run, state: tuple[Any, ...]) -> None:
    """Make `run` stand where another one stood."""
    run.value, run.bound, run.exact_bound, run.refused = state


def view_of(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    """The mapping, to be looked at only: what pickle cannot write by itself."""
    return MappingProxyType(mapping)


def main() -> NoReturn:
    """Solve what comes in, and end the process."""
    sys.setswitchinterval(_SWITCH_S)
    messages = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever an engine prints is no message
    source = sys.stdin.buffer
    channel = Channel(messages)
    channel.send("ready")
    with contextlib.suppress(SolverError):  # which comes again below, when somebody is there to tell
        engine_at(sys.argv[1])
    problem: Problem = _Unpickler(source, channel).load()
    stop = threading.Event()
    threading.Thread(target=_listen, args=(source, channel, stop), daemon=True).start()
    try:
        run = WatchedRun(problem.options, _refuse, _ignore, problem.program, stop, problem.started, channel=channel)
        run.point, run.large = problem.state[0], problem.large
        set_state(run, problem.state[1:])
        if hasattr(signal, "alarm"):  # the system ends it, whatever the engine is doing
            signal.alarm(round(run.left + ORPHAN_S))
        answer = engine_at(problem.place)(problem.program, run)
        channel.send("answer", answer.infeasible, answer.engine)
    except SolverError as error:
        channel.send("error", str(error))
    except Exception as error:
        channel.send("fault", f"{type(error).__name__}: {error}")
    os._exit(0)


def _refuse(_: Ints) -> bool:
    """The gate of a Run whose points the watchdog judges."""
    return False


def _ignore(_: Progress) -> None:
    """The listener of a Run whose reports the watchdog passes on."""


def _listen(source: BinaryIO, channel: Channel, stop: threading.Event) -> None:
    """Pass on replies and the wish to stop; when the watchdog is gone, end the process and whatever it started."""
    while True:
        try:
            kind, content = pickle.load(source)
        except (EOFError, OSError, pickle.UnpicklingError):
            if hasattr(os, "killpg"):
                os.killpg(0, signal.SIGKILL)
            os._exit(1)
        if kind == "stop":
            stop.set()
        else:
            channel.replies.put(content)


class _Unpickler(pickle.Unpickler):
    """Reads a problem whose blocks of names stayed with the watchdog, which is asked for the few names needed."""

    def __init__(self, file: BinaryIO, channel: Channel) -> None:
        super().__init__(file)
        self.channel = channel

    def persistent_load(self, pid: Any) -> Block:
        number, family, start, count = pid
        return Block(family, start, count, lambda i: str(self.channel.ask("name", number, i)))


if __name__ == "__main__":
    main()
