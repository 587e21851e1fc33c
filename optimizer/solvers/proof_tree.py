"""Proves a value best, exactly: a branch and bound of our own whose leaves are closed by dual bounds in whole numbers.

An engine says what the optimum is; this makes a proof of it that anyone can sum up again (`proof.py`). HiGHS solves the
linear relaxations, whose multipliers need only be good: a part is closed when their exact dual bound is below the next
value that the objective can take. A part without any point is closed in the same way, with enough of a ray added.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.program import Ints, Program
from .base import Answer, Run
from .proof import Leaf, Proof, Split, leaf, objective_step, part_of, round_to_step, whole_columns
from .relaxation import Relaxation

LARGEST = 20_000
"""Programs of more columns are not tried: their trees do not end in any time that somebody waits."""
_WHOLE = 1e-6
_RELIABLE = 8
_TRIED = 16
_TRIAL_ITERATIONS = 50
_LEAST_S = 5.0


def solve(program: Program, run: Run) -> Answer:
    """The answer as it stood, its bound proved where the tree came to its end in time; a better plan met is taken.

    In any case the bound of the linear relaxation is proved.
    """
    value, until = None, time.thread_time() + patience(run)
    while run.value != value:
        value = run.value
        proof = ProofTree(program, run, until).grow()
        if proof is not None:
            run.prove(proof)
    return run.answer("proof tree")


def worth_it(program: Program, run: Run) -> bool:
    """Whether a proof is within reach."""
    return program.columns <= LARGEST and run.left > 0 and not (run.closed or run.stop.is_set())


def patience(run: Run) -> float:
    """Seconds of work that a tree has to come to its end: as long as it took until now, or a little."""
    return max(run.seconds, _LEAST_S)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part still to be closed: its columns' bounds, and the basis of the part that it was split from."""

    lower: Ints
    upper: Ints
    basis: Any


class ProofTree:
    """The tree of one program, that grows until no part holds a value above the run's, but for the gap asked for."""

    def __init__(self, program: Program, run: Run, until: float) -> None:
        assert run.value is not None
        self.program, self.run, self.until = program, run, until
        self.relaxation = Relaxation(program)
        allowed = run.value + math.floor(run.options.gap * abs(run.value))
        self.most = round_to_step(program, allowed) + objective_step(program) - 1  # an exact bound up to it closes
        self.whole = np.flatnonzero(whole_columns(program))
        self.gains = np.zeros((2, program.columns))
        self.trials = np.zeros((2, program.columns), np.int64)
        self.best = run.value
        self.nodes = 0

    def grow(self) -> Proof | None:
        """The proof that nothing is above the run's value, None when there is none in time."""
        program = self.program
        tree: list[Split | Leaf] = []
        parts = [_Part(program.col_lower, program.col_upper, None)]
        while parts:
            if self.run.stop.is_set() or self.run.left <= 0 or time.thread_time() > self.until:
                return None
            part = parts.pop()
            self.nodes += 1
            closed = self._closed(part)
            if closed is None and not tree and self.status == "optimal":
                self._prove_relaxation()
            node = closed or self._split(part)
            if node is None:
                return None
            tree.append(node)
            if isinstance(node, Split):
                basis = self.relaxation.highs.getBasis()
                for above in (True, False):
                    parts.append(_Part(*part_of(part.lower, part.upper, node, above=above), basis))
            self.run.tick()
        return Proof(round_to_step(self.program, self.best), tree)

    def _prove_relaxation(self) -> None:
        """Have the run take the bound of the relaxation of the whole program."""
        multipliers = self.relaxation.multipliers
        self.run.lower_bound(self.relaxation.duality.bound(multipliers), exact=True, multipliers=multipliers)

    def _closed(self, part: _Part) -> Leaf | None:
        """The leaf that closes the part, None when it stays open; the relaxation stands at its optimum then."""
        self.relaxation.limit(self.run.left)
        self.status = self.relaxation.optimum(part.lower, part.upper, part.basis)
        found = self._leaf_found(part)
        if found is None and self.status != "optimal":  # from a basis HiGHS has called infeasible what is not
            self.relaxation.highs.clearSolver()
            self.status = self.relaxation.optimum(part.lower, part.upper)
            found = self._leaf_found(part)
        return found

    def _leaf_found(self, part: _Part) -> Leaf | None:
        """The leaf that the relaxation's last solve gives, None when it closes nothing."""
        relaxation = self.relaxation
        if self.status == "optimal" and relaxation.value + self.program.offset < self.most + 1:
            return self._leaf(relaxation.multipliers, part)
        if self.status == "infeasible" and (ray := relaxation.ray) is not None:
            return self._leaf_by_ray(ray, part) or self._leaf_by_ray(-ray, part)
        return None

    def _leaf_by_ray(self, ray: NDArray[np.float64], part: _Part) -> Leaf | None:
        """The leaf of so much of the ray that what it proves is below what would close the part."""
        duality = self.relaxation.duality
        ray = np.ldexp(ray / np.abs(ray).max(initial=1e-300), 20)
        fall = duality.most(np.zeros_like(part.lower), ray, part.lower, part.upper)
        if fall >= 0:
            return None
        start = duality.bound(np.zeros(len(ray)), part.lower, part.upper)
        return self._leaf(ray * (2 * (start - self.most) / -fall + 1), part)

    def _leaf(self, multipliers: NDArray[np.float64], part: _Part) -> Leaf | None:
        """The leaf of these multipliers, None when their exact bound does not close the part."""
        bound = self.relaxation.duality.bound(multipliers, part.lower, part.upper)
        if bound > self.most:
            return None
        self.best = max(self.best, bound)
        return leaf(self.program, multipliers)

    def _split(self, part: _Part) -> Split | None:
        """Where to split the part, whose optimum the relaxation stands at; None when its point is whole."""
        if self.status != "optimal":
            return None
        x, value = self.relaxation.point, self.relaxation.value
        away = np.abs(x[self.whole] - np.rint(x[self.whole]))
        fractional = self.whole[away > _WHOLE]
        if not fractional.size:
            self.run.offer(x)  # a plan that is better than the best, by the relaxation's word
            return None
        basis = self.relaxation.highs.getBasis()
        score = self._scores(fractional, x)
        order = fractional[np.argsort(-score, kind="stable")]
        unsure = [j for j in order[:_TRIED].tolist() if self.trials[:, j].min() < _RELIABLE]
        for j in unsure:
            for above in (False, True):
                self._try(part, basis, x, value, j, above=above)
        if unsure:
            order = fractional[np.argsort(-self._scores(fractional, x), kind="stable")]
            self.relaxation.optimum(part.lower, part.upper, basis)
        chosen = int(order[0])
        return Split(chosen, math.floor(x[chosen]))

    def _try(self, part: _Part, basis: Any, x: NDArray[np.float64], value: float, j: int, *, above: bool) -> None:
        """Learn what splitting column j does to the optimum on one side."""
        lower, upper = part_of(part.lower, part.upper, Split(j, math.floor(x[j])), above=above)
        status = self.relaxation.optimum(lower, upper, basis, _TRIAL_ITERATIONS)
        room = value + self.program.offset - self.most
        loss = room if status == "infeasible" else min(max(value - self.relaxation.value, 0.0), room)
        distance = math.ceil(x[j]) - x[j] if above else x[j] - math.floor(x[j])
        self.gains[int(above), j] += loss / max(distance, _WHOLE)
        self.trials[int(above), j] += 1

    def _scores(self, columns: Ints, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """How much a split of each column promises: the product of what both sides lose."""
        tried = self.trials[:, columns]
        known = self.gains.sum() / max(self.trials.sum(), 1)
        rate = np.where(tried > 0, self.gains[:, columns] / np.maximum(tried, 1), known)
        down = x[columns] - np.floor(x[columns])
        result: NDArray[np.float64] = np.maximum(rate[0] * down, 1e-6) * np.maximum(rate[1] * (1 - down), 1e-6)
        return result
