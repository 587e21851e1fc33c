"""Solvers that are Python packages, by the way of PuLP's own HiGHS: what the gate passes counts, little else."""

from __future__ import annotations

import time

import pulp
import pytest

from optimizer.errors import SolverError
from optimizer.solvers import Answer, engines, ports, pulp_solvers
from optimizer.solvers.ports import Port
from tests.optimise.small_documents import document
from tests.solvers.conformance.adapters import program_of, run_of

NO_PLAN = [{"region": "here", "tpp": 10**7, "sites": ["berlin"]}]


@pytest.fixture(autouse=True)
def as_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """PuLP's HiGHS under the name of a solver that others bring."""
    monkeypatch.setitem(ports.PORTS, "brought", (Port("HiGHS", package="highspy"),))


def answered(time_limit: float = 20, **parts: object) -> Answer:
    program = program_of(document(**parts))
    return pulp_solvers.solve(program, run_of("brought", program, lambda _: True, time_limit=time_limit))


def test_it_is_reached_through_pulp() -> None:
    assert engines.place_of("brought") == engines.THROUGH_PULP
    answer = answered()
    assert (answer.value, answer.engine) == (800_000, "brought")


def test_a_bound_counts_only_where_the_solver_itself_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered().bound is None
    monkeypatch.setitem(pulp_solvers._BOUNDS, "HiGHS", lambda model: model.getInfo().mip_dual_bound)
    answer = answered()
    assert (answer.bound, answer.exact_bound) == (800_000, False)
    monkeypatch.setitem(pulp_solvers._BOUNDS, "HiGHS", lambda model: model.no_such_thing)
    assert answered().bound is None
    monkeypatch.setitem(pulp_solvers._BOUNDS, "HiGHS", lambda model: -1e30)
    assert answered().bound is None


def test_no_plan_possible_is_believed_in_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answered(demand=NO_PLAN).infeasible

    def out_of_time(self: object, problem: pulp.LpProblem, callback: object = None) -> int:
        time.sleep(1.1)
        return int(problem.assignStatus(pulp.LpStatusInfeasible))

    monkeypatch.setattr(pulp.HiGHS, "actualSolve", out_of_time)
    assert not answered(time_limit=1).infeasible


def test_what_a_package_complains_of_is_an_error_that_speaks_of_the_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, problem: pulp.LpProblem, callback: object = None) -> int:
        raise RuntimeError("Model too large for size-limited license")

    monkeypatch.setattr(pulp.HiGHS, "actualSolve", refuse)
    with pytest.raises(SolverError, match=r"brought failed: 'Model too large.*its licence, or the size"):
        answered()


def test_what_pulp_finds_unusable_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulp.HiGHS, "available", lambda self: False)
    with pytest.raises(SolverError, match="PuLP finds no usable HiGHS"):
        answered()
