"""The fast path offers plans that the exact gate takes, stops when told to, and leaves to others what it cannot do."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.model.program import Ints
from optimizer.model.readout import read_plan
from optimizer.solvers import highs
from optimizer.solvers.base import Answer, Options, Progress, Run
from optimizer.solvers.fill import warm_up
from optimizer.solvers.large import search
from tests.solvers.large.large_cases import LargeCase, large_case, shape


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compiling is not counted as time of a solve."""
    warm_up()


@pytest.fixture(params=["all paths", "clusters"])
def many_sites(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small scenarios are taken for ones with many sites, for very many in the second turn."""
    monkeypatch.setattr(search, "FEW_SITES", 0)
    if request.param == "clusters":
        monkeypatch.setattr(search, "_FEW_SITES", 0)


class Watched:
    """A run whose gate is the exact one, and what it passed and said."""

    def __init__(self, case: LargeCase, gap: float, seconds: float) -> None:
        self.case = case
        self.passed: list[Ints] = []
        self.refused: list[list[str]] = []
        self.said: list[str] = []
        self.took = 0.0
        options = Options(gap=gap, time_limit=seconds, seed=1)
        self.run = Run(options, self.gate, self.listen, case.program, large=case.large)

    def gate(self, point: Ints) -> bool:
        plan = read_plan(self.case.model, point)
        checked = check(plan, self.case.regime)
        broken = [finding.limit.name for finding in checked.findings if finding.verdict == "fail"]
        broken += [shortfall.name for shortfall in shortfalls(plan, self.case.scenario)]
        if broken or checked.status != "compliant":
            self.refused.append(broken)
            return False
        self.passed.append(point)
        return True

    def listen(self, progress: Progress) -> None:
        self.said.append(progress.message)

    def solve(self) -> bool:
        """Whether the fast path found a plan; `took` is then how many seconds it ran."""
        with over_at_the_end(self.run):
            found = search.solve(self.case.large, self.run)
            self.took = self.run.seconds
        return found

    def solve_all_ways(self) -> Answer:
        """The answer of HiGHS, with the fast path before its own."""
        with over_at_the_end(self.run):
            return highs.solve(self.case.program, self.run)


@contextmanager
def over_at_the_end(run: Run) -> Iterator[None]:
    """Threads that the path has begun end with the test."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        run.stop.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(30)


@pytest.mark.usefixtures("many_sites")
@pytest.mark.parametrize("name", ["S", "M", "share", "over time", "no money"])
def test_every_plan_passes_the_gate_and_the_gap_is_met(name: str) -> None:
    watched = Watched(shape(name), gap=0.01, seconds=30)
    assert watched.solve()
    run = watched.run
    assert watched.refused == []
    assert watched.passed
    values = [int(watched.case.program.objective @ point) for point in watched.passed]
    assert values == sorted(values)
    assert run.bound is not None
    assert run.met
    assert run.answer("highs").word(0.01) == "proved"
    assert watched.took < 29


@pytest.mark.usefixtures("many_sites")
def test_it_ends_with_the_time_limit_and_keeps_its_best_plan() -> None:
    watched = Watched(shape("M"), gap=0.0, seconds=2)
    assert watched.solve()
    assert 2 <= watched.took < 6
    assert watched.run.point is not None
    assert watched.run.answer("highs").word(0.0) == "bounded"


@pytest.mark.usefixtures("many_sites")
def test_it_stops_when_told_to() -> None:
    watched = Watched(shape("M"), gap=0.0, seconds=120)
    timer = threading.Timer(1.0, watched.run.stop.set)
    timer.start()
    watched.solve()
    timer.join()
    assert 1 <= watched.took < 4


@pytest.mark.usefixtures("many_sites")
def test_what_has_no_plan_is_left_to_the_whole_program() -> None:
    watched = Watched(large_case("M", 1, 40, 4, 4, min_open_sites=1000), gap=0.01, seconds=60)
    answer = watched.solve_all_ways()
    assert answer.infeasible
    assert answer.point is None


@pytest.mark.usefixtures("many_sites")
def test_without_numba_the_whole_program_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optimizer.solvers.fill", None)
    watched = Watched(shape("S"), gap=0.02, seconds=60)
    answer = watched.solve_all_ways()
    assert answer.value is not None
    assert any("numba" in said for said in watched.said)
    assert watched.run.met


def test_with_few_sites_the_plans_of_branch_and_bound_are_bettered() -> None:
    watched = Watched(shape("M"), gap=0.002, seconds=20)
    answer = watched.solve_all_ways()
    assert answer.value is not None
    assert watched.refused == []
    assert answer.bound is not None
    assert (answer.bound - answer.value) / answer.value < 0.01


@pytest.mark.usefixtures("many_sites")
@pytest.mark.parametrize("seed", [*range(50, 57), 58, 59])  # with seed 57 the dive comes to a dead end
def test_it_agrees_with_the_ordinary_path(seed: int) -> None:
    """Neither way's plan is above the other's bound, and their bounds are those of one relaxation."""
    case = large_case("M", seed, 24, 3, 3)
    fast = Watched(case, gap=0.01, seconds=20)
    assert fast.solve()
    assert fast.run.bound == pytest.approx(case.whole_optimum(), rel=1e-4)
    ordinary = Watched(case, gap=0.01, seconds=20)
    ordinary.run.large = None
    answer = ordinary.solve_all_ways()
    assert answer.value is not None
    assert answer.bound is not None
    assert fast.run.value is not None
    assert fast.run.bound is not None
    assert fast.run.value <= answer.bound
    assert answer.value <= fast.run.bound
    assert fast.refused == []
