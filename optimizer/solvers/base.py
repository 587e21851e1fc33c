"""What every engine takes and gives: a Program, options, a gate for incumbents, progress, an answer."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, Protocol

import numpy as np

from ..model.layout import Large
from ..model.program import Ints, Program
from .proof import Proof, leaf, round_to_step

_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Options:
    """`gap` is the relative gap asked for, `time_limit` seconds, `seed` what engines draw from.

    With `cross_check` a second engine solves the program too, with as much time. With `canonical` every objective is
    solved to a gap of 0, and ties are broken in a declared order.
    """

    solver: str = "highs"
    time_limit: float = 60.0
    gap: float = 1e-3
    seed: int = 0
    cross_check: bool = False
    canonical: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a solve stands: value of the best plan (None before the first), bound, gap, seconds so far.

    Value and bound are in the objective's own unit (TPP, dollars, kilograms), as people read it. The gap is None until
    both are known, and where the value is 0.
    """

    incumbent: int | None
    bound: int | None
    gap: float | None
    seconds: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """How an engine ended.

    `point` holds whole values for the whole-number columns (other columns mean nothing); `value` and `bound` are
    exact objective numbers (bound >= every plan's value). `exact_bound` says that the bound rests on integer or
    rational arithmetic alone. `proof` proves the tightest bound that has a proof; where `bound` is tighter, that is an
    engine's word. `infeasible` says that the engine proved that there is no plan, `failure` in a sentence how it
    crashed or hung, empty when it ended as it should.
    """

    point: Ints | None
    value: int | None
    bound: int | None
    exact_bound: bool
    infeasible: bool
    engine: str
    failure: str = ""
    proof: Proof | None = None

    def word(self, gap: float) -> Literal["proved", "bounded", "none"]:
        """How sure the bound is: "proved" where an exact one equals the value, or one with a proof meets the `gap`."""
        if self.value is None or self.bound is None:
            return "none"
        again = self.proof is not None and self.proof.bound == self.bound and exact_gap(self.value, self.bound) <= gap
        return "proved" if again or (self.exact_bound and self.bound == self.value) else "bounded"


Gate = Callable[[Ints], bool]
"""Says whether a whole point is a plan that passes every exact check."""

Listener = Callable[[Progress], None]


class Engine(Protocol):
    """A solver engine."""

    def __call__(self, program: Program, run: Run) -> Answer:
        """The best plan found within the run's limits."""


def exact_gap(value: int, bound: int) -> Fraction:
    """|bound - value| / |value|; 0 when they are equal, more than anybody asks for when only the value is 0."""
    return Fraction(abs(bound - value), abs(value)) if value else Fraction(0 if bound == value else 2**62)


def relative_gap(value: int, bound: int) -> float:
    """|bound - value| / |value|; 0 when they are equal, infinite when only the value is 0."""
    if value == bound:
        return 0.0
    return abs(bound - value) / abs(value) if value else float("inf")


@dataclass(slots=True)
class Run:
    """One solve in progress: the clock, the best plan and bound so far, and whether to go on.

    Engines report incumbents and bounds here; an incumbent counts only when the gate passes it. `refused` counts those
    that beat the best and that the gate refused: an engine that has such must not take its own optimum for granted.
    A run that is `closed` stays as it is, whatever an engine that was given up still has to say. `proof` proves the
    tightest bound that came with multipliers or as a proof; `bound` may be an engine's word and tighter. `large` tells
    HiGHS what a large program is about, where there is a fast path for it. With `enough` no engine is asked for more
    than is known at the start.
    """

    options: Options
    gate: Gate
    listener: Listener
    program: Program
    stop: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    point: Ints | None = None
    value: int | None = None
    bound: int | None = None
    exact_bound: bool = False
    proof: Proof | None = None
    refused: int = 0
    reported: float = 0.0
    closed: bool = False
    large: Large | None = None
    enough: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds left."""
        return max(0.0, self.options.time_limit - self.seconds)

    @property
    def gap(self) -> float | None:
        """The relative gap, None until both sides are known."""
        return None if self.value is None or self.bound is None else relative_gap(self.value, self.bound)

    @property
    def done(self) -> bool:
        """Whether to stop: asked to, out of time, or the gap asked for is met."""
        return self.stop.is_set() or self.left <= 0 or self.met

    @property
    def met(self) -> bool:
        """Whether the gap asked for is met."""
        return self.gap is not None and self.gap <= self.options.gap

    def offer(self, x: np.ndarray) -> bool:
        """Take `x` as the incumbent if it beats the best and passes the gate; whether it did."""
        with self.lock:
            return not self.closed and self._offer(x)

    def _offer(self, x: np.ndarray) -> bool:
        integral = self.program.integral
        point = np.where(integral, np.rint(x), 0).astype(np.int64)
        value = exact_value(self.program, x, point)
        if self.value is not None and value <= self.value:
            return False
        if not self.gate(point):
            self.refused += 1
            self.report("a plan within the engine's tolerances broke an exact limit and was dropped")
            return False
        self.point, self.value = point, value
        if self.bound is not None and self.bound < value:
            self.bound, self.exact_bound = value, False  # a bound that a plan beats was none
        if self.proof is not None and self.proof.bound < value:
            self.proof = None
        self.report("better plan")
        return True

    def lower_bound(self, bound: int, *, exact: bool, multipliers: np.ndarray | None = None) -> None:
        """Take a bound if it is tighter (for a maximum: smaller).

        An exact one may come with the multipliers, one per row, that `exact_dual_bound` gave it for.
        """
        if multipliers is not None:
            self.prove(Proof(round_to_step(self.program, bound), (leaf(self.program, multipliers),)))
            return
        bound = round_to_step(self.program, bound)
        with self.lock:
            if self.closed:
                return
            if self.bound is None or bound < self.bound:
                self.bound = bound if self.value is None else max(bound, self.value)
                self.exact_bound = exact
            elif bound == self.bound:
                self.exact_bound = self.exact_bound or exact

    def prove(self, proof: Proof) -> None:
        """Take a proof's bound, and keep the proof if no bound that is proved is tighter."""
        self.lower_bound(proof.bound, exact=True)
        with self.lock:
            beaten = self.value is not None and proof.bound < self.value
            if not (self.closed or beaten) and (self.proof is None or proof.bound < self.proof.bound):
                self.proof = proof

    def tick(self) -> None:
        """Report, but at most twice a second."""
        if time.monotonic() - self.reported > 0.5:
            self.report()

    def report(self, message: str = "") -> None:
        """Tell the listener where it stands."""
        if self.closed:
            return
        self.reported = time.monotonic()
        value, bound = (None if own is None else round(self.program.shown(own)) for own in (self.value, self.bound))
        gap = None if self.gap is None or math.isinf(self.gap) else self.gap
        self.listener(Progress(value, bound, gap, self.seconds, message))

    def answer(self, engine: str, *, infeasible: bool = False, failure: str = "") -> Answer:
        """The answer as it stands: with the bound that is proved where that meets the gap, else with the tightest."""
        bound, exact, proof = self.bound, self.exact_bound, self.proof
        if proof is not None and self.value is not None and relative_gap(self.value, proof.bound) <= self.options.gap:
            bound, exact = proof.bound, True
        return Answer(self.point, self.value, bound, exact, infeasible, engine, failure, proof)


def exact_value(program: Program, x: np.ndarray, point: Ints) -> int:
    """The objective of a point, rounded down: exact on whole columns, and on the others once they are in whole TPP."""
    value = Fraction(program.offset)
    whole = np.flatnonzero((program.objective != 0) & program.integral & (point != 0))
    pairs = zip(program.objective[whole].tolist(), point[whole].tolist(), strict=True)
    value += sum(int(coefficient) * int(count) for coefficient, count in pairs)
    for column in np.flatnonzero((program.objective != 0) & ~program.integral):
        grain = int(program.scale[column])
        value += Fraction(int(program.objective[column]) * round(float(x[column]) * grain), grain)
    return math.floor(value)


@contextmanager
def watching(run: Run, interrupt: Callable[[], object]) -> Iterator[None]:
    """Tells the listener that time passes, and calls `interrupt` soon after the run is asked to stop."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_S):
            if run.stop.is_set():
                interrupt()
            else:
                run.tick()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
