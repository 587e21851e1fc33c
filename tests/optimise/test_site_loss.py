"""Site loss: demand is still met when any one site is lost."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import networkx as nx
import pytest

from optimizer.business import shortfalls
from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.model import site_loss
from optimizer.model.program import ProgramTooLarge
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options
from tests.optimise.brute_force import best_plan
from tests.optimise.small_documents import Document, document, scenario

ENGINES = pytest.mark.parametrize("engine", ["highs", "cp-sat"])


def served_without(plan: Plan, given: Scenario, lost: str | None) -> bool:
    """Whether all demand of every quarter is served without one site: a flow over sites, of each quarter by itself."""
    for quarter in given.horizon:
        graph: Any = nx.DiGraph()
        graph.add_nodes_from(("source", "sink"))
        for row in plan.placements:
            if row.site not in (None, lost) and (row.quarter is None or row.quarter <= quarter):
                tpp = row.gpus * plan.catalogue[row.accelerator].tpp
                held = graph.edges["source", row.site]["capacity"] if graph.has_edge("source", row.site) else 0
                graph.add_edge("source", row.site, capacity=held + tpp)
        for demand in given.demand:
            graph.add_edge(("region", demand.region), "sink", capacity=demand.tpp.at(quarter))
            graph.add_edges_from((site, ("region", demand.region)) for site in demand.sites)
        wanted = sum(demand.tpp.at(quarter) for demand in given.demand)
        if nx.maximum_flow_value(graph, "source", "sink") < wanted:
            return False
    return True


def survives(plan: Plan, given: Scenario) -> bool:
    """Whether every site can be lost, one at a time."""
    return all(served_without(plan, given, site.site) for site in given.sites)


def regions(**parts: Any) -> Document:
    """Four sites, the first two of which reach both regions; the dearest of them is `both-2`."""
    sites = [("both-1", 0.06, 50), ("both-2", 0.03, 90), ("one", 0.04, 40), ("other", 0.03, 60)]
    small: Document = {
        "sites": [
            {"site": name, "country": "DE", "power_mw": power, "electricity_usd_per_mwh": price}
            for name, power, price in sites
        ],
        "supply": [{"accelerator": "chip", "by_quarter": {"2026Q1": 60, "2026Q2": 40}}],
        "objective": "cost",
        "demand": [
            {"region": "x", "tpp": 200_000, "sites": ["both-1", "both-2", "one"]},
            {"region": "y", "tpp": {"2026Q2": 100_000}, "sites": ["both-1", "both-2", "other"]},
        ],
    }
    return document(**{**small, **parts})


def solved(engine: str, **parts: Any) -> tuple[Scenario, Outcome]:
    given = scenario(**regions(**parts))
    return given, optimise(given, Options(engine, time_limit=20, gap=0))


@ENGINES
def test_demand_is_met_after_any_loss_at_a_cost(engine: str) -> None:
    given, loose = solved(engine)
    assert loose.plan is not None
    assert loose.answer.value is not None
    assert not survives(loose.plan, given)
    given, safe = solved(engine, survive_site_loss=True)
    assert safe.status == "optimal"
    assert safe.plan is not None
    assert safe.answer.value is not None
    assert survives(safe.plan, given)
    assert safe.answer.value < loose.answer.value  # dollars, with a minus


def random_regions(seed: int) -> Document:
    """Two quarters at most, three sites, a handful of units, two or three regions."""
    rng = random.Random(seed)
    sites = [f"site-{n}" for n in range(3)]
    quarters = ["2026Q1", "2026Q2"][: rng.randint(1, 2)]
    fleet = [{"country": "DE", "site": "site-1", "accelerator": "chip", "gpus": 4}] if rng.random() < 0.4 else []
    return document(
        horizon={"first": "2026Q1", "last": quarters[-1]},
        sites=[
            {
                "site": site,
                "country": "DE",
                "power_mw": round(rng.uniform(0.008, 0.017), 4),
                "fixed_open_cost_musd": rng.choice([0, 0.1]),
                "electricity_usd_per_mwh": rng.choice([40, 60]),
            }
            for site in sites
        ],
        fleet=fleet,
        supply=[{"accelerator": "chip", "by_quarter": {quarter: rng.choice([4, 8, 12]) for quarter in quarters}}],
        objective=rng.choice(["cost", "capacity", "carbon"]),
        survive_site_loss=True,
        demand=[
            {
                "region": f"region-{r}",
                "tpp": rng.choice([10_000, 40_000, 60_000]),
                "sites": rng.sample(sites, rng.randint(2, 3)),
                "from": rng.choice(quarters),
            }
            for r in range(rng.randint(1, 2))
        ],
    )


def test_the_list_of_all_plans_says_the_same() -> None:
    found = []
    for seed in range(25):
        given = scenario(**random_regions(seed))
        best = best_plan(given)
        for engine in ("highs", "cp-sat"):
            outcome = optimise(given, Options(engine, time_limit=10, gap=0))
            if best is None:
                assert outcome.status == "infeasible", (seed, engine)
                assert outcome.conflict is not None
            else:
                assert outcome.plan is not None, (seed, engine)
                assert survives(outcome.plan, given), (seed, engine)
                result = outcome.plan.result or {}
                value = Fraction(str(result.get("objective_value", result["capacity_tpp"])))
                assert value == best.value, (seed, engine)
        found.append(best is not None)
    assert 5 <= sum(found) <= 22  # else the generator has gone stale


def test_a_plan_falls_short_just_when_a_site_cannot_be_lost() -> None:
    broken = 0
    for seed in range(60):
        document = random_regions(seed)
        given = scenario(**document)
        without = scenario(**{**document, "survive_site_loss": False})
        outcome = optimise(without, Options(time_limit=5, gap=0))
        if outcome.plan is not None:
            families = {short.family for short in shortfalls(outcome.plan, given)}
            assert families == (set() if survives(outcome.plan, given) else {"site loss"}), seed
            broken += bool(families)
    assert broken > 5


def test_a_conflict_names_the_loss() -> None:
    _, outcome = solved("highs", survive_site_loss=True, demand=[{"region": "x", "tpp": 40_000, "sites": ["one"]}])
    assert outcome.status == "infeasible"
    assert outcome.conflict is not None
    assert "site loss" in outcome.conflict.families
    assert any("survive_site_loss" in line for line in outcome.conflict.sentences())


def test_a_region_that_no_site_reaches_is_a_conflict_of_demand() -> None:
    _, outcome = solved("highs", survive_site_loss=True, demand=[{"region": "x", "tpp": 40_000, "sites": []}])
    assert outcome.conflict is not None
    assert outcome.conflict.families == ("demand",)


def test_sites_that_reach_the_same_regions_are_lost_as_one_group() -> None:
    from optimizer.model.build import build
    from optimizer.model.law import limits_of
    from optimizer.regimes import load_regime

    given = scenario(**regions(survive_site_loss=True))
    program = build(given, load_regime(given.regime), limits_of(given, load_regime(given.regime))).program
    names = [program.row_name(row) for row in range(program.rows)]
    lost = {name.split("without ")[1] for name in names if name.startswith("demand_after_loss(x,2026Q2")}
    assert lost == {"both-1+1)", "one)", "other)"}


def test_too_many_losses_are_refused_with_the_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_loss, "MOST_FLOWS", 10)
    with pytest.raises(ProgramTooLarge, match=r"asks for 18 flows, since any of 3 groups .* at most 10 "):
        solved("highs", survive_site_loss=True)
