"""A session's what-ifs: legal plans, valid bounds, and the same answers as a new solve would give."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any
from unittest import mock

import pytest

from benchmarks.generator import generate_with_plan
from benchmarks.sizes import SIZES
from optimizer.business import shortfalls
from optimizer.check import check
from optimizer.domain.scenario import Scenario
from optimizer.domain.steps import Steps
from optimizer.errors import InputError
from optimizer.model import layout
from optimizer.model.build import build
from optimizer.model.law import limits_of
from optimizer.optimise import Outcome, optimise
from optimizer.regimes import load_regime
from optimizer.session import CHANGEABLE, Session
from optimizer.solvers import Options
from optimizer.solvers import proof as proofs
from optimizer.solvers.bound import exact_dual_bound
from optimizer.solvers.large import warm
from optimizer.solvers.large.lifting import multipliers
from optimizer.solvers.large.master import Master
from optimizer.solvers.large.paths import full_paths, joined, least_paths, openable
from optimizer.solvers.large.scaled import scaled
from tests.optimise.small_documents import scenario as small_scenario

OPTIONS = Options(time_limit=20.0, gap=5e-3)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A session of a generated scenario that counts as large, solved."""
    scenario, _ = generate_with_plan(SIZES["M"].cut(40, 4, 4), 1, "M-1")
    with mock.patch.object(layout, "LARGE", 0):
        solved = Session(scenario, OPTIONS)
        assert solved.solve().plan is not None
        yield solved


def changes_of(kind: str, scenario: Scenario) -> dict[str, Any]:
    """A change of that kind."""
    amend = scenario.regime.amend
    first = scenario.demand[0]
    less = Steps(tuple((quarter, tpp * 3 // 4) for quarter, tpp in first.tpp.steps), before=first.tpp.before)
    budget = scenario.budget_musd or {}
    opened = sorted(scenario.keep_open)
    spare = [site.site for site in scenario.sites if site.site not in scenario.keep_open | scenario.keep_closed]
    changes: dict[str, dict[str, Any]] = {
        "a share": {"regime": scenario.regime.replace(amend={**amend, "UVEU102.at_most": "27%"})},
        "a floor": {"regime": scenario.regime.replace(amend={**amend, "UVEU103.at_least": "48%"})},
        "more money": {"budget_musd": {quarter: musd * Fraction(11, 10) for quarter, musd in budget.items()}},
        "no money": {"budget_musd": None},
        "demand": {"demand": (replace(first, tpp=less), *scenario.demand[1:])},
        "a region less": {"demand": scenario.demand[1:]},
        "national use": {"national_use": {code: tpp * 9 // 10 for code, tpp in scenario.national_use.items()}},
        "agreements": {"agreements": {}, "demand": ()},
        "supply": {"supply": tuple(replace(each, lead_quarters=1) for each in scenario.supply), "demand": ()},
        "closed": {"keep_closed": scenario.keep_closed | {spare[0]}, "demand": ()},
        "opened": {"keep_open": frozenset(opened[1:])},
        "a share per site": {"max_share_per_site": Fraction(1, 8), "demand": ()},
        "fewer sites": {"min_open_sites": 0},
        "another objective": {"objective": "capacity_over_time"},
        "no fleet at sites": {"fleet": tuple(row for row in scenario.fleet if row.site is None), "demand": ()},
        "a site less": {"sites": scenario.sites[:-1], "demand": (), "keep_open": frozenset(), "min_open_sites": 0},
    }
    return changes[kind]


LIMITS = ("a share", "a floor", "more money", "demand", "national use", "fewer sites")
"""Changes of limits alone: what is kept fits as it is."""
OTHERS = (
    "no money",
    "a region less",
    "agreements",
    "supply",
    "closed",
    "opened",
    "a share per site",
    "another objective",
    "no fleet at sites",
    "a site less",
)


def judged(outcome: Outcome, scenario: Scenario) -> None:
    """The plan is legal under the changed scenario, and the bound proved for its program."""
    assert outcome.plan is not None
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    assert check(outcome.plan, regime).status == "compliant"
    assert shortfalls(outcome.plan, scenario) == []
    answer = outcome.answer
    assert answer.bound is not None
    assert answer.value is not None
    assert answer.bound >= answer.value
    if answer.proof is not None:
        assert outcome.program is not None
        assert proofs.holds(outcome.program, answer.proof)


def cold_bound(scenario: Scenario) -> int:
    """The bound from a master that knows nothing."""
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    model = build(scenario, regime, limits_of(scenario, regime))
    large = layout.large(model)
    assert large is not None
    coarse = scaled(large.filling)
    master = Master(coarse)
    site, opens = openable(coarse)
    master.add(joined([full_paths(coarse, site, opens), least_paths(coarse, site, opens)]))
    assert master.solve(anew=True, seconds=60.0)
    assert master.converge(60.0) is not None
    bound = exact_dual_bound(model.program, multipliers(model.program, large, master))
    return proofs.round_to_step(model.program, bound)


@pytest.mark.parametrize("kind", LIMITS)
def test_a_changed_limit_has_the_bound_that_a_new_master_gives(session: Session, kind: str) -> None:
    changes = changes_of(kind, session.scenario)
    changed = session.scenario.replace(**changes)
    with mock.patch.object(warm, "_solved", wraps=warm._solved) as solved:
        outcome = session.resolve(changes)
    assert [call.kwargs for call in solved.call_args_list] == [{"anew": False}], "begun with the kept basis, once"
    judged(outcome, changed)
    assert outcome.answer.proof is not None
    assert outcome.answer.proof.bound == pytest.approx(cold_bound(changed), rel=1e-9)


@pytest.mark.parametrize("kind", OTHERS)
def test_whatever_else_changes_the_plan_is_legal_and_the_bound_valid(session: Session, kind: str) -> None:
    changes = changes_of(kind, session.scenario)
    changed = session.scenario.replace(**changes)
    outcome = session.resolve(changes)
    judged(outcome, changed)
    rough = optimise(changed, replace(OPTIONS, gap=5e-2)).answer.value
    assert rough is not None
    assert outcome.answer.bound is not None
    assert outcome.answer.bound >= rough


def test_the_answer_does_not_depend_on_what_was_asked_before(session: Session) -> None:
    some, other = (changes_of(kind, session.scenario) for kind in ("more money", "a share"))
    first = session.resolve(some).answer
    session.resolve(other)
    again = session.resolve(some).answer
    assert first.bound == again.bound


def test_the_scenario_of_the_session_stays_as_it_is(session: Session) -> None:
    before = session.scenario
    session.resolve(changes_of("more money", before))
    assert session.scenario is before
    assert session.solve() is session.solve()


def test_a_changed_scenario_is_no_longer_the_one_of_its_file(session: Session) -> None:
    outcome = session.resolve(changes_of("demand", session.scenario))
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    assert outcome.plan.result["manifest"]["inputs"] == {}
    assert outcome.plan.file == ""


def test_a_change_that_leaves_no_plan_is_called_infeasible(session: Session) -> None:
    first = session.scenario.demand[0]
    tpp = Steps(tuple((quarter, 1000 * tpp) for quarter, tpp in first.tpp.steps), before=0)
    outcome = session.resolve({"demand": (replace(first, tpp=tpp), *session.scenario.demand[1:])})
    assert outcome.status == "infeasible"
    assert outcome.plan is None
    assert outcome.conflict is not None


def test_a_thorough_answer_meets_the_gap_asked_for(session: Session) -> None:
    changes = changes_of("a share", session.scenario)
    with mock.patch.object(session, "options", replace(OPTIONS, gap=2e-3)):
        outcome = session.resolve(changes, thorough=True)
    assert outcome.status == "optimal"
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    assert outcome.plan.result["gap"] <= 2e-3


def test_fields_that_cannot_be_changed_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        Session(small_scenario()).resolve({"budget": 1, "name": "x", "demand": ()})
    assert [problem.field for problem in caught.value.problems] == ["'budget'", "'name'"]
    assert all("budget_musd" in problem.mend for problem in caught.value.problems)


def test_every_changeable_field_is_one_of_a_scenario() -> None:
    assert set(Scenario.field_names) > CHANGEABLE


def test_an_engine_that_hangs_does_not_hang_the_session(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "solve_again", lambda *_: time.sleep(60))
    monkeypatch.setattr("optimizer.session._WARM_SHARE", 0.01)
    monkeypatch.setattr("optimizer.solvers.watchdog._LEAST_PATIENCE_S", 0.2)
    monkeypatch.setattr(session, "options", replace(OPTIONS, time_limit=10.0))
    changes = changes_of("more money", session.scenario)
    began = time.monotonic()
    outcome = session.resolve(changes)
    assert time.monotonic() - began < 20
    judged(outcome, session.scenario.replace(**changes))


def test_a_small_scenario_is_solved_again_from_the_last_plan() -> None:
    scenario = small_scenario()
    session = Session(scenario, Options(gap=0.0))
    session.solve()
    changes = {"min_open_sites": 1}
    cold = optimise(scenario.replace(**changes), Options(gap=0.0))
    again = session.resolve(changes)
    assert again.answer.value == cold.answer.value
    assert again.status == cold.status == "optimal"
    with mock.patch("optimizer.optimise.solve", lambda _, run: run.answer("nobody")):
        assert session.resolve(changes).answer.value == cold.answer.value


def test_a_scenario_with_no_plan_can_still_be_changed_into_one_that_has() -> None:
    scenario = small_scenario()
    session = Session(scenario.replace(min_open_sites=99), Options(gap=0.0))
    assert session.solve().status == "infeasible"
    assert session.resolve({"min_open_sites": 0}).plan is not None
