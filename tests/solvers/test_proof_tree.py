"""Optima of small programs are proved by a tree whose leaves anyone can sum up, and what is wrong in it is found."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from optimizer.model.program import INFINITE, Builder, Ints, Program
from optimizer.solvers import Options, Run, proof_tree, solve, watchdog
from optimizer.solvers.base import Answer
from optimizer.solvers.proof import Leaf, Proof, Split, holds, objective_step, whole_columns
from tests.solvers.fake_engines import PLACE


def knapsacks(seed: int, columns: int = 7) -> Program:
    """Three knapsacks over few columns from 0 to 3, the first with a least load, and a total that counts all units."""
    rng = np.random.default_rng(seed)
    builder = Builder()
    x = builder.columns("x", np.zeros(columns, np.int64), np.full(columns, 3), lambda j: f"x{j}", integral=True)
    total = builder.columns("total", [0], [3 * columns], lambda _: "total", integral=False)
    weights = rng.integers(5, 60, (3, columns))
    room = (1.4 * weights.sum(axis=1)).astype(np.int64)
    rows = builder.rows("room", [int(room[0]) - 4, -INFINITE, -INFINITE], room, 3, lambda i: f"room{i}")
    for row, weight in zip(rows, weights, strict=True):
        builder.entries(np.repeat(row, columns), x, weight)
    count = builder.rows("count", 0, 0, 1, lambda _: "count")
    builder.entries(np.repeat(count, columns), x, 1)
    builder.entries(count, total, -1)
    builder.objective(x, 3 * rng.integers(5, 60, columns))
    builder.offset = 1
    return builder.build()


def best_of(program: Program) -> tuple[int, Ints] | None:
    """The optimum and where it is, by trying all."""
    tried = np.array(list(itertools.product(range(4), repeat=program.columns - 1)), np.int64)
    dense = np.zeros((program.rows, program.columns), np.int64)
    dense[program.row_numbers(), program.indices] = program.data
    loads = tried @ dense[:3, :-1].T
    fits = ((loads >= program.row_lower[:3]) & (loads <= program.row_upper[:3])).all(axis=1)
    if not fits.any():
        return None
    worth = np.where(fits, tried @ program.objective[:-1], -1)
    return int(worth.max()) + program.offset, np.append(tried[worth.argmax()], 0)


def run_at(program: Program, value: int, point: Ints, **options: float) -> Run:
    """A Run that has that plan and takes what is better."""
    run = Run(Options(gap=options.get("gap", 0.0)), lambda _: True, lambda _: None, program)
    run.value, run.point = value, point
    return run


@pytest.mark.parametrize("seed", range(12))
def test_an_optimum_is_proved_and_nothing_below_it_is(seed: int) -> None:
    program = knapsacks(seed)
    best = best_of(program)
    assert best is not None
    answer = proof_tree.solve(program, run_at(program, *best))
    assert answer.proof is not None
    assert (answer.proof.bound, answer.bound, answer.word(0.0)) == (best[0], best[0], "proved")
    assert holds(program, answer.proof)
    assert not holds(program, replace(answer.proof, bound=best[0] - objective_step(program)))


def test_a_gap_that_is_asked_for_needs_fewer_leaves() -> None:
    program = knapsacks(1)
    best = best_of(program)
    assert best is not None
    exact, near = (proof_tree.solve(program, run_at(program, *best, gap=gap)).proof for gap in (0.0, 0.01))
    assert exact is not None
    assert near is not None
    assert holds(program, near)
    assert best[0] <= near.bound <= best[0] * 1.01
    assert len(near.tree) < len(exact.tree)


def test_a_better_plan_that_the_tree_meets_is_taken() -> None:
    program = knapsacks(2)
    best = best_of(program)
    assert best is not None
    answer = proof_tree.solve(program, run_at(program, best[0] - 30, np.zeros(program.columns, np.int64)))
    assert (answer.value, answer.bound, answer.word(0.0)) == (best[0], best[0], "proved")


def test_a_part_without_any_point_is_closed() -> None:
    program = knapsacks(3)
    program.row_lower[0] = program.row_upper[0]  # met by few points, so that most parts have none
    best = best_of(program)
    assert best is not None
    answer = proof_tree.solve(program, run_at(program, *best))
    assert answer.word(0.0) == "proved"
    assert answer.proof is not None
    assert holds(program, answer.proof)


def _leafless(proof: Proof) -> Proof:
    return replace(proof, tree=proof.tree[:-1])


def _doubled(proof: Proof) -> Proof:
    return replace(proof, tree=[*proof.tree, proof.tree[-1]])


def _lame(proof: Proof) -> Proof:
    nothing = Leaf(np.zeros(0, np.int64), np.zeros(0))
    return replace(proof, tree=[nothing if isinstance(node, Leaf) else node for node in proof.tree])


def _unsplit(proof: Proof) -> Proof:
    return replace(proof, tree=[next(node for node in proof.tree if isinstance(node, Leaf))])


def _off_the_step(proof: Proof) -> Proof:
    return replace(proof, bound=proof.bound + 1)


@pytest.mark.parametrize("change", [_leafless, _doubled, _lame, _unsplit, _off_the_step])
def test_a_proof_that_was_changed_does_not_hold(change: Callable[[Proof], Proof]) -> None:
    program = knapsacks(4)
    best = best_of(program)
    assert best is not None
    proof = proof_tree.solve(program, run_at(program, *best)).proof
    assert proof is not None
    assert len(proof.tree) > 3
    assert holds(program, proof)
    assert not holds(program, change(proof))


def test_a_split_of_a_column_that_need_not_be_whole_does_not_hold() -> None:
    program = knapsacks(5)
    total = program.columns - 1
    assert whole_columns(program)[total]
    program.data[-1] = -2  # half of the units now
    assert not whole_columns(program)[total]
    closed = Leaf(np.zeros(0, np.int64), np.zeros(0))
    most = int(program.objective @ program.col_upper) + program.offset
    assert holds(program, Proof(most, (Split(0, 1), closed, closed)))
    assert not holds(program, Proof(most, (Split(total, 1), closed, closed)))


def honest_until_the_bound(program: Program, run: Run) -> Answer:
    """An engine with the best plan, and a bound of that value with multipliers that prove nothing."""
    best = best_of(program)
    assert best is not None
    run.offer(best[1].astype(np.float64))
    run.lower_bound(best[0], exact=True, multipliers=np.zeros(program.rows))
    return run.answer("liar")


def test_a_bound_whose_multipliers_do_not_prove_it_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    program = knapsacks(6)
    monkeypatch.setattr("optimizer.solvers.engine_at", lambda _: honest_until_the_bound)
    run = Run(Options(gap=0.0), lambda _: True, lambda _: None, program)
    answer = solve(program, run)
    assert answer.point is not None
    assert (answer.bound, answer.proof, answer.word(0.0)) == (None, None, "none")
    assert "does not hold" in answer.failure


def test_multipliers_come_through_the_pipe_of_a_process() -> None:
    program = knapsacks(7)
    run = Run(Options(gap=0.0, time_limit=20), lambda _: True, lambda _: None, program)
    answer = watchdog.solve(program, run, PLACE + "honest")
    assert answer is not None
    assert answer.proof is not None
    assert holds(program, answer.proof)
