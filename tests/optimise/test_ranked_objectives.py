"""Lists of objectives: each as good as it can be while those before it keep what they reached, within the tolerance."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from optimizer import solvers
from optimizer.errors import SolverError
from optimizer.model.build import build
from optimizer.model.goals import Goal, Held, toward
from optimizer.model.law import limits_of
from optimizer.model.program import Program, ProgramTooLarge
from optimizer.optimise import Outcome, optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Answer, Options, Progress, Run
from optimizer.solvers.cross_check import Disagreement
from tests.optimise.brute_force import TooMany, best_ranks
from tests.optimise.objective_values import objective_value
from tests.optimise.small_documents import Document, document, scenario

TIED = {
    "sites": [
        {"site": "dear", "country": "DE", "power_mw": 0.03, "electricity_usd_per_mwh": 50, "fixed_open_cost_musd": 0.2},
        {
            "site": "cheap",
            "country": "DE",
            "power_mw": 0.03,
            "electricity_usd_per_mwh": 40,
            "fixed_open_cost_musd": 0.1,
        },
        {"site": "green", "country": "DE", "power_mw": 0.04, "electricity_usd_per_mwh": 45, "grid_carbon_g_per_kwh": 9},
    ],
    "supply": [{"accelerator": "chip", "by_quarter": {"2026Q1": 48, "2026Q2": 8}}],
}


def solved(parts: Document, engine: str = "highs", **options: Any) -> Outcome:
    return optimise(scenario(**{**TIED, **parts}), Options(engine, **{"time_limit": 20, "gap": 0, **options}))


def gpus_at(outcome: Outcome) -> dict[str | None, int]:
    """GPUs by site."""
    assert outcome.plan is not None
    found: dict[str | None, int] = {}
    for row in outcome.plan.placements:
        found[row.site] = found.get(row.site, 0) + row.gpus
    return found


@pytest.mark.parametrize("engine", ["highs", "cp-sat", "scip"])
def test_of_the_plans_with_most_capacity_the_cheapest_is_taken(engine: str) -> None:
    outcome = solved({"objective": ["capacity", "cost"]}, engine)
    assert outcome.status == "optimal"
    assert outcome.answer.value == 560_000
    assert gpus_at(outcome) == {"cheap": 28, "green": 28}
    assert [rank.name for rank in outcome.ranks] == ["capacity", "cost"]
    assert [rank.gap for rank in outcome.ranks] == [0, 0]


def test_a_tolerance_is_what_a_rank_may_give_up() -> None:
    outcome = solved({"objective": ["capacity", "cost"], "objective_tolerance": "30%"})
    assert outcome.answer.value == 400_000  # at least 392,000 in whole units
    assert gpus_at(outcome) == {"green": 40}
    assert outcome.plan is not None
    result = outcome.plan.result or {}
    assert (result["capacity_tpp"], result["bound_tpp"], result["gap"]) == (400_000, 560_000, 0.4)
    assert result["proof"] == "bounded"


def test_fewest_sites_may_follow() -> None:
    parts = {"supply": [{"accelerator": "chip", "by_quarter": {"2026Q1": 28}}]}
    outcome = solved({**parts, "objective": ["capacity", "open_sites", "carbon"]})
    assert gpus_at(outcome) in ({"dear": 28}, {"cheap": 28})
    assert [rank.value for rank in outcome.ranks] == [280_000, 1, 0]


def test_the_result_tells_each_rank() -> None:
    outcome = solved(
        {"objective": ["cost", "capacity"], "demand": [{"region": "x", "tpp": 400_000, "sites": ["green"]}]}
    )
    assert outcome.plan is not None
    result = outcome.plan.result or {}
    cost, capacity = result["ranks"]
    assert result["objective"] == "cost"
    assert cost == {
        "objective": "cost",
        "status": "optimal",
        "proof": cost["proof"],
        "value": result["objective_value"],
        "bound": result["objective_bound"],
        "gap": 0.0,
    }
    assert (capacity["objective"], capacity["value"], capacity["gap"]) == ("capacity", "400000", 0.0)


def random_tiny(seed: int) -> Document:
    """A few units of one or two chips at three sites whose costs differ, with a list of two or three objectives."""
    rng = random.Random(seed)
    chips = [
        {
            "accelerator": f"chip-{k}",
            "tpp": 10_000 * (k + 1),
            "gpus_per_unit": 4,
            "kw_per_gpu": 1 + k,
            "capex_usd": 1000,
        }
        for k in range(rng.randint(1, 2))
    ]
    sites = [f"site-{n}" for n in range(3)]
    names = ["capacity", "capacity_over_time", "cost", "carbon"]
    objective = rng.sample(names, rng.randint(1, 2))
    objective.append(rng.choice([name for name in [*names, "open_sites"] if name not in objective]))
    return document(
        accelerators=chips,
        sites=[
            {
                "site": site,
                "country": "DE",
                "power_mw": rng.choice([0.009, 0.013]),
                "electricity_usd_per_mwh": rng.choice([40, 50]),
                "grid_carbon_g_per_kwh": rng.choice([20, 30]),
                "fixed_open_cost_musd": rng.choice([0, 0.1]),
            }
            for site in sites
        ],
        supply=[{"accelerator": row["accelerator"], "by_quarter": {"2026Q1": 4, "2026Q2": 8}} for row in chips],
        demand=[
            {
                "region": "x",
                "tpp": 60_000,
                "sites": sites,
                "cost_usd_per_h100e": {site: rng.choice([10, 25]) for site in sites},
                "from": "2026Q2",
            }
        ],
        objective=objective,
        objective_tolerance=rng.choice(["0%", "10%", "35%"]),
    )


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
def test_the_list_of_all_plans_reaches_the_same_in_every_rank(engine: str) -> None:
    listed = 0
    for seed in range(24):
        given = scenario(**random_tiny(seed))
        try:
            reached = best_ranks(given)
        except TooMany:
            continue
        listed += 1
        outcome = optimise(given, Options(engine, time_limit=20, gap=0))
        assert outcome.status == "optimal", seed
        assert outcome.plan is not None
        last = outcome.ranks[-1]
        assert last.value is not None
        assert abs(last.value - reached[-1]) < 1, seed  # a dollar: a flow's costs are counted in whole TPP
        for rank, best in zip(outcome.ranks, reached, strict=True):
            assert rank.value is not None
            assert abs(objective_value(outcome.plan, given, rank.name) - rank.value) < 1, seed
            assert abs(rank.value - best) <= given.objective_tolerance * abs(best) + 1, seed
    assert listed >= 8  # else the generator has gone stale


def test_later_ranks_are_skipped_when_the_first_does_not_meet_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    def run_out_of_time(program: Program, run: Run) -> Answer:
        solvers.solve(program, run)
        run.bound = run.value + 1 if run.value is not None else None
        return run.answer("highs")

    monkeypatch.setattr("optimizer.optimise.solve", run_out_of_time)
    outcome = solved({"objective": ["capacity", "cost", "carbon"]})
    assert outcome.status == "feasible"
    assert outcome.plan is not None
    assert [rank.why for rank in outcome.ranks[1:]] == ["the gap asked for was not met by capacity"] * 2
    skipped = (outcome.plan.result or {})["ranks"][1]
    assert skipped == {"objective": "cost", "status": "skipped", "why": outcome.ranks[1].why}


def test_later_ranks_are_skipped_when_the_search_is_stopped() -> None:
    stop = threading.Event()
    given = scenario(**{**TIED, "objective": ["capacity", "cost"]})

    def stop_at_the_optimum(progress: Progress) -> None:
        if progress.gap == 0:
            stop.set()

    outcome = optimise(given, Options(gap=0), stop_at_the_optimum, stop)
    assert outcome.plan is not None
    assert outcome.ranks[1].why == "the search was stopped"


@pytest.mark.parametrize("error", [SolverError("it broke"), ProgramTooLarge("too many digits")])
def test_a_rank_that_fails_costs_no_plan(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    solve = solvers.solve

    def fail(program: Any, run: Run) -> Answer:
        if run.point is not None:
            raise error
        return solve(program, run)

    monkeypatch.setattr(solvers, "solve", fail)
    outcome = solved({"objective": ["capacity", "cost"]})
    assert outcome.status == "feasible"
    assert outcome.answer.value == 560_000
    assert outcome.ranks[1].why == str(error)


def test_engines_that_contradict_each_other_in_a_later_rank_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    solve = solvers.solve

    def disagree(program: Any, run: Run) -> Answer:
        if run.point is not None:
            raise Disagreement("they contradict each other", program)
        return solve(program, run)

    monkeypatch.setattr(solvers, "solve", disagree)
    with pytest.raises(Disagreement):
        solved({"objective": ["capacity", "cost"]})


def test_a_later_rank_starts_from_the_plan_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, starts = solvers.solve, []

    def watch(program: Any, run: Run) -> Answer:
        starts.append(None if run.point is None else run.value)
        return solve(program, run)

    monkeypatch.setattr(solvers, "solve", watch)
    solved({"objective": ["capacity", "open_sites"]})
    assert starts in ([-2], [-3])  # of the later rank alone: sites, with a minus


def test_what_is_held_is_a_row_in_whole_numbers_with_a_name() -> None:
    parts: Document = {
        **TIED,
        "objective": ["cost", "capacity"],
        "demand": [{"region": "x", "tpp": 40_000, "sites": ["green"], "cost_usd_per_h100e": {"green": 0.07}}],
    }
    given = scenario(**parts)
    regime = load_regime(given.regime)
    model = build(given, regime, limits_of(given, regime))
    cost = Goal("cost", model.program.objective, model.program.offset, 1, -1)
    turned = toward(model.program, model.later[0], [Held(cost, -(10**9))])
    assert turned.row_name(turned.rows - 1) == "at_least(cost)"
    part = slice(turned.indptr[-2], turned.indptr[-1])
    continuous = ~turned.integral[turned.indices[part]]
    assert continuous.any()
    assert (turned.data[part][continuous] % turned.scale[turned.indices[part][continuous]] == 0).all()
    stated = cost.coefficients[turned.indices[part]].tolist()
    ratio = {Fraction(held, own) for held, own in zip(turned.data[part].tolist(), stated, strict=True)}
    assert len(ratio) == 1
    with pytest.raises(ProgramTooLarge, match="cost cannot be held"):
        toward(model.program, model.later[0], [Held(replace(cost, coefficients=cost.coefficients * 10**9 + 1), 0)])
