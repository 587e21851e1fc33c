"""Retirements, moves and lead times: what a plan gains by them, what they must keep, and every plan of tiny ones."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer.business import shortfalls
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.model.build import build
from optimizer.model.export import mps_text
from optimizer.model.law import limits_of
from optimizer.model.pairing import paired
from optimizer.model.program import Ints
from optimizer.model.readout import read_plan as read_plan_of
from optimizer.optimise import Outcome, optimise
from optimizer.reading import read_plan, write_plan
from optimizer.regimes import load_regime
from optimizer.solvers import Options, Run, solve
from optimizer.solvers.still_fleet import begin_with_still_fleet
from tests.optimise import small_documents
from tests.optimise.changing_fleets import TooMany, best_value, changing_document, scenario_of, value_of

OLD = {"accelerator": "old", "tpp": 1_500, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 500}
CHIP = {"accelerator": "chip", "tpp": 10_000, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 1000}


def scenario(**parts: Any) -> Scenario:
    """Two quarters; 40 old GPUs stand in Berlin, which has 60 kW as Dubai and Bonn do; with `parts`."""
    sites = [
        {"site": "berlin", "country": "DE", "power_mw": 0.06},
        {"site": "bonn", "country": "DE", "power_mw": 0.06},
        {"site": "dubai", "country": "AE", "power_mw": 0.06},
    ]
    standard: dict[str, Any] = {
        "accelerators": [CHIP, OLD],
        "sites": sites,
        "fleet": [{"country": "DE", "site": "berlin", "accelerator": "old", "gpus": 40}],
        "supply": [],
    }
    return small_documents.scenario(**standard | parts)


def solved(engine: str = "highs", **parts: Any) -> Outcome:
    return optimise(scenario(**parts), Options(engine, time_limit=20, gap=0))


def phased(**power: Any) -> list[dict[str, Any]]:
    """The sites Berlin and those named, with their power."""
    country = {"berlin": "DE", "bonn": "DE", "dubai": "AE"}
    return [{"site": name, "country": country[name], "power_mw": megawatts} for name, megawatts in power.items()]


CASES = 36
CHUNK = 12


@pytest.mark.parametrize("first", range(0, CASES, CHUNK))
def test_both_engines_meet_the_list_of_all_plans(first: int) -> None:
    listed = changed = 0
    for seed in range(first, first + CHUNK):
        tiny = scenario_of(changing_document(seed))
        try:
            best = best_value(tiny)
        except TooMany:
            continue
        listed += 1
        for engine in ("highs", "cp-sat"):
            outcome = optimise(tiny, Options(engine, time_limit=20, gap=0))
            if best is None:
                assert outcome.status == "infeasible", (seed, engine)
                continue
            assert outcome.status == "optimal", (seed, engine)
            assert outcome.plan is not None
            assert value_of(outcome.plan, tiny) == best, (seed, engine)
            changed += bool(outcome.plan.retirements or outcome.plan.moves)
    assert listed >= CHUNK - 4  # else the generator has gone stale
    assert changed >= CHUNK // 3


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
def test_what_retires_makes_room_for_better_chips(engine: str) -> None:
    supply = [{"accelerator": "chip", "by_quarter": {"2026Q2": 40}}]
    one_site = phased(berlin=0.06)
    assert solved(engine, supply=supply, sites=one_site).answer.value == 40 * 1_500 + 20 * 10_000
    outcome = solved(engine, supply=supply, sites=one_site, retire_allowed=True)
    assert outcome.answer.value == 20 * 1_500 + 40 * 10_000
    assert outcome.plan is not None
    rows = outcome.plan.retirements
    assert sum(row.gpus for row in rows) == 20
    assert {(r.country, r.site, r.accelerator, r.authorization) for r in rows} == {("DE", "berlin", "old", "aia")}
    assert outcome.plan.result is not None
    assert outcome.plan.result["capacity_tpp"] == outcome.answer.value
    assert read_plan("p.json", stdin_text=write_plan(outcome.plan, None, "json")).retirements == rows


def test_where_power_falls_the_fleet_has_to_leave() -> None:
    sites = phased(berlin={"2026Q1": 0.06, "2026Q2": 0.02}, bonn=0.006)
    stuck = solved(sites=sites)
    assert stuck.status == "infeasible"
    assert stuck.conflict is not None
    assert any("retire_allowed" in line for line in stuck.conflict.sentences())
    assert solved(sites=sites, retire_allowed=True).answer.value == 20 * 1_500
    # Bonn takes one unit of 4
    assert solved(sites=sites, retire_allowed=True, move_cost_usd_per_gpu=1).answer.value == 24 * 1_500
    assert solved(sites=sites, move_cost_usd_per_gpu=1).status == "infeasible"


def test_moves_between_countries_wait_for_the_notice_of_60_days() -> None:
    wanted = [{"region": "gulf", "sites": ["dubai"], "tpp": 60_000, "from": "2026Q2"}]
    outcome = solved(demand=wanted, move_cost_usd_per_gpu=10, regime="ifr-2025", objective="cost", firm=_uveu())
    assert outcome.plan is not None
    assert outcome.checked is not None
    assert [(str(move.quarter), move.gpus, move.to.site) for move in outcome.plan.moves] == [("2026Q2", 40, "dubai")]
    assert [duty.due for duty in outcome.checked.duties if duty.rule.id == "DUTY602"] == ["2026-01-31"]
    at_once = [{**wanted[0], "from": "2026Q1"}]
    assert solved(demand=at_once, move_cost_usd_per_gpu=10, regime="none").status == "infeasible"
    near = [{"region": "rhine", "sites": ["bonn"], "tpp": 60_000, "from": "2026Q1"}]
    within = solved(demand=near, move_cost_usd_per_gpu=10, regime="none")
    assert within.plan is not None
    assert {str(move.quarter) for move in within.plan.moves} == {"2026Q1"}


def _uveu() -> dict[str, str]:
    return {"name": "Plain Cloud", "headquarters": "US", "status": "uveu"}


def test_a_move_is_paid_with_its_building_and_the_opening_of_its_target() -> None:
    wanted = [{"region": "rhine", "sites": ["bonn"], "tpp": 30_000, "from": "2026Q1"}]
    sites = phased(berlin=0.06, bonn=0.06)
    sites[1] |= {"fixed_open_cost_musd": 0.001, "capex_musd_per_mw": 0.5}
    # 20 GPUs at 10 dollars, 20 kW of building at 500, and the opening
    musd = (20 * 10 + 20 * 500 + 1000) / 1e6
    parts: dict[str, Any] = {"sites": sites, "demand": wanted, "move_cost_usd_per_gpu": 10}
    assert solved(**parts, budget_musd={"total": musd}).status == "optimal"
    assert solved(**parts, budget_musd={"total": round(musd - 1e-6, 6)}).status == "infeasible"
    cheapest = solved(**parts, objective="cost").answer
    assert cheapest.value == -round(musd * 1e6)


def test_chips_of_before_the_cap_leave_first() -> None:
    fleet = [
        {"country": "AE", "site": "dubai", "accelerator": "h100", "gpus": 8, "quarter": quarter}
        for quarter in ("2024Q3", "2025Q2")
    ]
    accelerators = [{"accelerator": "h100", "tpp": 10_000, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 1}]
    regime = {"extends": "ifr-2025", "amend": {"CAP201.at_most": {"2025Q1": 40_000, "to": "2027Q4"}}}
    parts: dict[str, Any] = {"fleet": fleet, "accelerators": accelerators, "regime": regime, "retire_allowed": True}
    outcome = solved(**parts)
    # what counts is half too much, but what does not count has to leave before it
    assert outcome.answer.value == 4 * 10_000
    assert outcome.plan is not None
    assert sum(row.gpus for row in outcome.plan.retirements) == 12


def test_what_leaves_in_a_quarter_was_present_in_it() -> None:
    cap = {
        "id": "OWN1",
        "title": "Little in Germany",
        "measured": {"countries": ["DE"], "span": "present"},
        "at_most": 16 * 1_500 + 4 * 10_000,
        "unit": "tpp",
    }
    supply = [{"accelerator": "chip", "by_quarter": {"2026Q1": 4}}]
    parts: dict[str, Any] = {
        "own_limits": [cap],
        "supply": supply,
        "sites": phased(berlin=0.06),
        "retire_allowed": True,
    }
    outcome = solved(**parts)
    # 24 old ones have to be gone before the four chips come, and so leave in the first quarter
    assert outcome.answer.value == 16 * 1_500 + 4 * 10_000
    assert outcome.plan is not None
    assert {str(row.quarter) for row in outcome.plan.retirements} == {"2026Q1"}
    assert {str(row.quarter) for row in outcome.plan.placements if row.quarter is not None} == {"2026Q2"}


def test_a_site_that_is_kept_open_is_not_left_empty() -> None:
    parts: dict[str, Any] = {"retire_allowed": True, "objective": "cost", "regime": "none"}
    priced = [site | {"electricity_usd_per_mwh": 50} for site in phased(berlin=0.06, bonn=0.06)]
    empty = solved(**parts, sites=priced)
    assert empty.plan is not None
    assert sum(row.gpus for row in empty.plan.retirements) == 40
    for choice in ({"keep_open": ["berlin"]}, {"min_open_sites": 1}):
        kept = solved(**parts, sites=priced, **choice)
        assert kept.plan is not None
        assert sum(row.gpus for row in kept.plan.retirements) == 36


def test_a_site_that_is_built_is_paid_before_it_opens() -> None:
    sites = phased(bonn=0.06)
    sites[0] |= {"lead_quarters": 1, "fixed_open_cost_musd": 1}
    supply = [{"accelerator": "chip", "by_quarter": {"2026Q1": 40}}]
    parts: dict[str, Any] = {"sites": sites, "fleet": [], "supply": supply}
    outcome = solved(**parts, budget_musd={"by_quarter": {"2026Q1": 1, "2026Q2": 0.04}})
    assert outcome.answer.value == 40 * 10_000
    assert outcome.plan is not None
    assert {str(row.quarter) for row in outcome.plan.placements} == {"2026Q2"}
    late = solved(**parts, budget_musd={"by_quarter": {"2026Q2": 1.04}})
    assert late.status == "empty"
    assert solved(**parts | {"sites": [sites[0] | {"lead_quarters": 2}]}).status == "empty"
    standing = [{"country": "DE", "site": "bonn", "accelerator": "old", "gpus": 4}]
    assert solved(**parts | {"fleet": standing}, budget_musd={"total": 0.04}).answer.value == 40 * 10_000 + 4 * 1_500


def test_a_delivery_waits_its_lead_time() -> None:
    supply = {"accelerator": "chip", "by_quarter": {"2026Q1": 4, "2026Q2": 8}}
    assert solved(supply=[supply]).answer.value == 40 * 1_500 + 12 * 10_000
    outcome = solved(supply=[supply | {"lead_quarters": 1}])
    assert outcome.answer.value == 40 * 1_500 + 4 * 10_000
    assert outcome.plan is not None
    assert {str(row.quarter) for row in outcome.plan.placements if row.quarter is not None} == {"2026Q2"}


def test_without_the_fields_no_column_is_added() -> None:
    plain = scenario()
    regime = load_regime(plain.regime)
    families = {block.family for block in build(plain, regime, limits_of(plain, regime)).program.column_blocks}
    assert not families & {
        "retire",
        "move",
        "move abroad",
        "arrive",
        "arrive from abroad",
        "moving",
        "gone",
        "still held",
    }


def test_the_columns_are_named_in_an_export() -> None:
    changing = scenario(retire_allowed=True, move_cost_usd_per_gpu=1)
    regime = load_regime(changing.regime)
    text = mps_text(build(changing, regime, limits_of(changing, regime)).program, "changes")
    for name in (
        "retire(berlin,old,aia,2026Q1)",
        "move(berlin,old,aia,2026Q1)",
        "move%20abroad(berlin,old,aia,2026Q2)",
        "arrive(bonn,old,2026Q1)",
        "arrive%20from%20abroad(dubai,old,2026Q2)",
        "standing(berlin,old,aia)",
    ):
        assert name in text
    assert "move%20abroad(berlin,old,aia,2026Q1)" not in text


def test_a_second_engine_agrees() -> None:
    outcome = optimise(
        scenario(retire_allowed=True, move_cost_usd_per_gpu=1, supply=[{"accelerator": "chip", "per_quarter": 40}]),
        Options(time_limit=20, gap=0, cross_check=True),
    )
    assert outcome.status == "optimal"


def test_a_large_scenario_begins_with_the_fleet_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.solvers.still_fleet.LARGE", 0)
    changing = scenario(
        retire_allowed=True,
        move_cost_usd_per_gpu=1,
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q2": 40}}],
        sites=phased(berlin=0.06),
    )
    regime = load_regime(changing.regime)
    model = build(changing, regime, limits_of(changing, regime))
    offered: list[Plan] = []

    def gate(point: Ints) -> bool:
        offered.append(read_plan_of(model, point))
        return not shortfalls(offered[-1], changing)

    run = Run(Options(time_limit=20, gap=0), gate, lambda _: None, model.program)
    begin_with_still_fleet(model, regime, run)
    assert run.value == 40 * 1_500 + 20 * 10_000
    assert run.bound is None
    assert not offered[-1].retirements
    assert solve(model.program, run).value == 20 * 1_500 + 40 * 10_000


def test_what_stands_at_no_site_leaves_only_where_it_is_the_oldest() -> None:
    fleet = [
        {"country": "DE", "accelerator": "old", "gpus": 8, "quarter": "2025Q1"},
        {"country": "DE", "site": "berlin", "accelerator": "old", "gpus": 8, "quarter": "2024Q1"},
    ]
    wanted = [{"region": "rhine", "sites": ["bonn"], "tpp": 16 * 1_500, "from": "2026Q1"}]
    parts: dict[str, Any] = {"demand": wanted, "move_cost_usd_per_gpu": 1}
    assert solved(fleet=fleet, **parts).status == "infeasible"
    younger = [fleet[0] | {"quarter": "2023Q1"}, fleet[1]]
    outcome = solved(fleet=younger, **parts)
    assert outcome.plan is not None
    assert sorted((move.origin.site or "", move.gpus) for move in outcome.plan.moves) == [("", 8), ("berlin", 8)]


def spoiled(plan: dict[str, Any], part: str, **changes: Any) -> dict[str, Any]:
    """The plan with its first row of `part` changed; None takes a field away."""
    row = {key: value for key, value in (plan[part][0] | changes).items() if value is not None}
    return plan | {part: [row, *plan[part][1:]]}


def test_a_plan_that_changes_the_fleet_otherwise_is_seen() -> None:
    changing = scenario(
        retire_allowed=True,
        move_cost_usd_per_gpu=1,
        demand=[{"region": "rhine", "sites": ["bonn"], "tpp": 6_000, "from": "2026Q1"}],
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q2": 200}}],
        sites=phased(berlin=0.06, bonn={"2026Q1": 0.004}, dubai=0.0),
    )
    outcome = optimise(changing, Options(time_limit=20, gap=0))
    assert outcome.plan is not None
    plan = json.loads(write_plan(outcome.plan, None, "json"))
    move, retirement = plan["moves"][0], plan["retirements"][0]

    def found(document: dict[str, Any], scene: Scenario = changing) -> set[str]:
        read = read_plan("plan.json", stdin_text=json.dumps(document))
        return {one.family for one in shortfalls(read, scene)}

    assert found(plan) == set()
    gpus = retirement["gpus"]
    assert "units" in found(spoiled(plan, "retirements", gpus=gpus - 1))
    assert "power" in found(spoiled(plan, "retirements", gpus=gpus - 4))
    assert "fleet" in found(spoiled(plan, "retirements", gpus=44))
    assert "fleet" in found(spoiled(plan, "retirements", authorization=None))
    assert "fleet" in found(spoiled(plan, "retirements", site=None))
    assert "sites" in found(spoiled(plan, "moves", to={"country": "DE", "site": "hanover"}))
    assert "moves" in found(spoiled(plan, "moves", to=move["to"] | {"authorization": "licence"}))
    assert "moves" in found(spoiled(plan, "moves", to=move["from"] | {"authorization": None}))
    assert {"moves", "power"} <= found(spoiled(plan, "moves", to={"country": "AE", "site": "dubai"}))
    assert "moves" in found(plan, scenario(retire_allowed=True))
    assert "retirements" in found(plan, scenario(move_cost_usd_per_gpu=1))


@given(st.data())
def test_pairs_match_and_nothing_comes_to_where_it_left(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 6))
    units = st.lists(st.integers(0, 5), min_size=count, max_size=count)
    out = data.draw(units)
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    come = [0] * count
    for place, leaving in enumerate(out):  # each unit goes to some other place, so that there is a pairing
        for _ in range(leaving):
            come[rng.choice([other for other in range(count) if other != place])] += 1
    if not sum(out):
        return
    ends = (
        [("out", place, gpus) for place, gpus in enumerate(out)],
        [("in", place, gpus) for place, gpus in enumerate(come)],
    )
    leaving_ends, coming_ends = ([((word, place), gpus) for word, place, gpus in part if gpus] for part in ends)
    pairs = paired(leaving_ends, coming_ends, lambda end: end[1])
    assert all(here[1] != there[1] and gpus > 0 for here, there, gpus in pairs)
    for place in range(count):
        assert sum(gpus for here, _, gpus in pairs if here[1] == place) == out[place]
        assert sum(gpus for _, there, gpus in pairs if there[1] == place) == come[place]
