"""What every engine must do, each on the same cases; `adapters.EXCUSED` names what one of them does not do."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from optimizer.business import shortfalls
from optimizer.model.program import Ints
from optimizer.optimise import optimise
from optimizer.solvers import SOLVERS, Options, Progress, solve
from tests.optimise.brute_force import TooMany, best_capacity
from tests.optimise.random_scenarios import scenario_of, tiny_document
from tests.optimise.small_documents import document, hard_document, read
from tests.optimise.test_closed_form import check_exactly, largest_total, without_national_cap
from tests.solvers.conformance.adapters import BESIDE, EXCUSED, engines, program_of, run_of, solved
from tests.solvers.stand_ins import put_all

FIRST_SEED, SEEDS = 5_000, 16


@pytest.fixture(autouse=True)
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_all(tmp_path, monkeypatch)


@engines()
def test_it_meets_the_list_of_all_plans(engine: str) -> None:
    listed = 0
    for seed in range(FIRST_SEED, FIRST_SEED + SEEDS):
        tiny = tiny_document(seed)
        try:
            best = best_capacity(scenario_of(tiny))
        except TooMany:
            continue
        listed += 1
        outcome = solved(engine, tiny)
        assert outcome.status == ("infeasible" if best is None else "optimal" if best else "empty"), seed
        assert outcome.answer.value == best, seed
        assert best is None or outcome.answer.bound == best, seed
    assert listed >= SEEDS - 2


@engines()
@pytest.mark.parametrize("regime", ["ifr-2025", without_national_cap()], ids=["ifr", "factsheet without CAP201"])
@pytest.mark.parametrize(("countries", "total"), [(4, 400_000), (3, 379_746)])
def test_it_meets_the_closed_form(engine: str, countries: int, total: int, regime: Any) -> None:
    rooms = [1_000_000] * countries
    assert largest_total(300_000, rooms) == total
    assert check_exactly(300_000, rooms, regime, engine) == total


NO_POWER = {"demand": [{"region": "here", "tpp": 10**7, "sites": ["berlin"]}]}
BETWEEN_UNITS = {
    "own_limits": [
        {
            "id": "OWN1",
            "title": "Between one unit of 40,000 TPP and two",
            "measured": {"countries": ["DE"]},
            "at_most": 79_999,
            "unit": "tpp",
        },
    ],
    "demand": [{"region": "here", "tpp": 40_001, "sites": ["berlin"]}],
}


@engines()
@pytest.mark.parametrize("parts", [NO_POWER, BETWEEN_UNITS], ids=["no power", "between two units"])
def test_it_finds_that_there_is_no_plan_with_a_second_opinion(engine: str, parts: dict[str, Any]) -> None:
    outcome = solved(engine, document(**parts))
    assert (outcome.status, outcome.plan) == ("infeasible", None)
    assert outcome.conflict is not None
    if engine == "highs":  # which looks again without its presolve
        assert outcome.answer.engine == "highs"
    else:
        assert "cross-checked with" in outcome.answer.engine


@engines()
def test_a_best_plan_of_nothing_is_empty_and_proved(engine: str) -> None:
    outcome = solved(engine, document(supply=[]))
    assert (outcome.status, outcome.plan) == ("empty", None)
    assert (outcome.answer.value, outcome.answer.bound) == (0, 0)


@engines()
def test_where_nothing_can_be_added_the_fleet_is_the_best_plan(engine: str) -> None:
    fleet = [{"country": "DE", "accelerator": "chip", "gpus": 7}]
    outcome = solved(engine, document(fleet=fleet, supply=[]))
    assert outcome.status == "optimal"
    assert outcome.plan is not None
    assert [row.gpus for row in outcome.plan.placements] == [7]
    assert outcome.answer.bound == 70_000


@engines()
@pytest.mark.parametrize("delivered", [10**6, 10**12])
def test_more_than_any_site_holds_is_no_unbounded_problem(engine: str, delivered: int) -> None:
    outcome = solved(engine, document(supply=[{"accelerator": "chip", "per_quarter": delivered}]))
    assert (outcome.status, outcome.answer.value) == ("optimal", 1_200_000)  # 120 kW of 1 kW and 10,000 TPP each


@engines()
@pytest.mark.parametrize(("budget", "gpus"), [("0.0400004", 40), ("0.04000039", 36)])
def test_money_counts_to_the_cent(engine: str, budget: str, gpus: int) -> None:
    """Ten units of 4 at 1,000.01 dollars a GPU are 40,000.40 dollars; for a cent less there are nine."""
    chip = {"accelerator": "chip", "tpp": 10_000, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 1000.01}
    outcome = solved(engine, document(accelerators=[chip], budget_musd={"total": float(budget)}))
    assert (outcome.status, outcome.answer.value) == ("optimal", 10_000 * gpus)


@engines()
@pytest.mark.parametrize(("share", "gpus"), [("25%", 100), ("24.99%", 99)])
def test_a_share_is_kept_to_the_last_unit(engine: str, share: str, gpus: int) -> None:
    """75 GPUs stand at home: 25 abroad are a quarter of all, 24 are 24.2 %."""
    chip = {"accelerator": "chip", "tpp": 10_000, "gpus_per_unit": 1, "kw_per_gpu": 1, "capex_usd": 0}
    parts = document(
        accelerators=[chip],
        fleet=[{"country": "DE", "accelerator": "chip", "gpus": 75}],
        sites=[{"site": "dubai", "country": "AE", "power_mw": 0.06}],
        own_limits=[
            {
                "id": "OWN1",
                "title": "A share abroad",
                "measured": {"countries": ["AE"]},
                "at_most": share,
                "of": "all",
            }
        ],
    )
    outcome = solved(engine, parts)
    assert (outcome.status, outcome.answer.value) == ("optimal", 10_000 * gpus)


@engines()
def test_the_cheapest_plan_is_found_to_the_cent(engine: str) -> None:
    """One unit is wanted, and dubai may serve it at half of berlin's price for power."""
    sites = [
        {"site": "berlin", "country": "DE", "power_mw": 0.06, "pue": 1, "capex_musd_per_mw": 10},
        {"site": "dubai", "country": "AE", "power_mw": 0.06, "pue": 1, "capex_musd_per_mw": 5},
    ]
    wanted = [{"region": "here", "tpp": 40_000, "sites": ["berlin", "dubai"]}]
    outcome = solved(engine, document(sites=sites, demand=wanted, objective="cost"))
    assert outcome.status == "optimal"
    assert outcome.plan is not None
    assert [(row.site, row.gpus) for row in outcome.plan.placements] == [("dubai", 4)]
    assert outcome.plan.result is not None
    assert outcome.plan.result["objective_bound"] == outcome.plan.result["objective_value"]


@engines()
def test_no_point_gets_past_the_gate(engine: str) -> None:
    program = program_of(document())
    asked: list[Ints] = []

    def refuse(point: Ints) -> bool:
        asked.append(point)
        return False

    answer = solve(program, run_of(engine, program, refuse, time_limit=3))
    assert asked
    assert (answer.point, answer.value, answer.infeasible) == (None, None, False)


@engines()
def test_the_answer_is_a_point_that_the_gate_took(engine: str) -> None:
    program = program_of(document())
    taken: list[bytes] = []

    def gate(point: Ints) -> bool:
        taken.append(point.tobytes())
        return True

    answer = solve(program, run_of(engine, program, gate))
    assert answer.point is not None
    assert answer.point.tobytes() in taken
    assert answer.value == int(program.objective @ answer.point) + program.offset


@engines()
def test_the_time_limit_is_held(engine: str) -> None:
    started = time.monotonic()
    outcome = solved(engine, hard_document(), time_limit=2)
    assert time.monotonic() - started < 4
    assert outcome.status in ("feasible", "no_plan", "optimal")  # some are done before, and none says infeasible


@engines()
def test_it_stops_when_asked_and_keeps_its_plan(engine: str) -> None:
    stop = threading.Event()
    timer = threading.Timer(3, stop.set)
    timer.start()
    started = time.monotonic()
    scenario = read(hard_document())
    outcome = optimise(scenario, Options(engine, time_limit=60, gap=0), stop=stop)
    timer.join()
    assert time.monotonic() - started < 8
    assert outcome.plan is not None
    assert shortfalls(outcome.plan, scenario) == []


@engines()
def test_it_does_not_start_once_stopped(engine: str) -> None:
    stop = threading.Event()
    stop.set()
    started = time.monotonic()
    outcome = optimise(read(hard_document()), Options(engine, time_limit=60, gap=0), stop=stop)
    assert time.monotonic() - started < 5
    assert outcome.status in ("feasible", "no_plan")


@engines("plans while searching")
def test_plans_and_bounds_come_while_it_searches(engine: str) -> None:
    reports: list[Progress] = []
    optimise(read(hard_document()), Options(engine, time_limit=4, gap=0), reports.append)
    values = [report.incumbent for report in reports if report.incumbent is not None]
    bounds = [report.bound for report in reports if report.bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert len(set(values)) > 1
    assert max(values) <= min(bounds)


@engines("reproducible")
def test_the_same_seed_gives_the_same_plan(engine: str) -> None:
    for number in range(3):
        chosen = tiny_document(FIRST_SEED + number)
        once, twice = (solved(engine, chosen, seed=number) for _ in range(2))
        assert once.status == twice.status
        assert (once.plan and once.plan.placements) == (twice.plan and twice.plan.placements)


@engines()
@pytest.mark.parametrize("gap", [0.3, 0.01])
def test_the_gap_asked_for_is_met(engine: str, gap: float) -> None:
    outcome = solved(engine, hard_document(), gap=gap, time_limit=60)
    assert outcome.status == "optimal"
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    assert outcome.plan.result["gap"] <= gap


@engines()
def test_the_arrays_are_left_as_they_were(engine: str) -> None:
    program = program_of(document())
    names = ("objective", "col_lower", "col_upper", "row_lower", "row_upper", "indptr", "indices", "data")
    before: dict[str, Ints] = {name: getattr(program, name).copy() for name in names}
    solve(program, run_of(engine, program, lambda _: True))
    for name in names:
        assert np.array_equal(getattr(program, name), before[name]), name


def test_what_is_excused_is_a_case_of_an_engine() -> None:
    assert {engine for engine, _ in EXCUSED} <= {*SOLVERS, *BESIDE}
    assert all(EXCUSED.values())
