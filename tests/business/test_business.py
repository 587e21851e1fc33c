"""Plans of every kind break what a naive reading says they break; each sentence has the figures; demand is exact."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import networkx as nx
import pytest

from optimizer.business import Shortfall, new_placements, shortfalls
from optimizer.business.demand import Reach, unserved
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.domain.plan import Firm, Head, Horizon, Placement, Plan, RegimeRef
from optimizer.domain.scenario import Demand, Scenario, Supply
from optimizer.domain.sites import Site
from optimizer.domain.steps import Steps
from optimizer.units import TPP_PER_H100E, Quarter
from tests.business.naive_shortfalls import broken
from tests.optimise.random_scenarios import random_document, scenario_of

FIRST, LAST = Quarter.parse("2026Q1"), Quarter.parse("2026Q3")
CHUNK = 30


def placed(scenario: Scenario, *rows: Placement) -> Plan:
    return Plan(**{name: getattr(scenario, name) for name in Head.field_names}, placements=rows)


def random_plan(rng: random.Random, scenario: Scenario) -> Plan:
    """The fleet, seldom all of it, and up to a dozen rows, some of which cannot be."""
    rows = list(scenario.fleet)
    if rows and rng.random() < 0.1:
        rows.pop(rng.randrange(len(rows)))
    names = [supply.accelerator for supply in scenario.supply] or ["h100-sxm"]
    for _ in range(rng.randint(0, 12)):
        site, name = rng.choice(scenario.sites), rng.choice(names) if rng.random() < 0.95 else "h100-sxm"
        unit = scenario.catalogue[name].gpus_per_unit or 1
        gpus = unit * rng.choice([1, 1, 2, 3, 10]) if rng.random() < 0.95 else 3
        quarter = rng.choice(list(scenario.horizon)) + (rng.randint(-6, 6) if rng.random() < 0.05 else 0)
        country = site.country if rng.random() < 0.97 else "FR"
        place = site.site if rng.random() < 0.97 else rng.choice([None, "nowhere"])
        rows.append(Placement(country, name, gpus, place, quarter))
    return placed(scenario, *rows)


def names_of(found: list[Shortfall]) -> set[str]:
    """As the naive reading says them: of demand the quarter alone."""
    return {f"demand({each.name.split(',')[-1]}" if each.family == "demand" else each.name for each in found}


@pytest.mark.parametrize("first", range(0, 180, CHUNK))
def test_what_a_plan_breaks_is_what_a_naive_reading_finds(first: int) -> None:
    families: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        scenario, rng = scenario_of(random_document(seed)), random.Random(seed)
        for _ in range(4):
            plan = random_plan(rng, scenario)
            found = shortfalls(plan, scenario)
            families.update(each.family for each in found)
            assert names_of(found) == broken(plan, scenario), seed
    assert families.keys() >= {"power", "supply", "sites", "demand", "budget", "minimum viable power", "fleet"}


def small(**changes: object) -> Scenario:
    """Two sites, one of which may draw 10 kW and one 20, and deliveries of H100s."""
    sites = (
        Site("ashburn", "US", Steps(((FIRST, Fraction(1, 100)),), before=Fraction(0)), pue=Fraction(5, 4)),
        Site("dallas", "US", Steps(((FIRST + 1, Fraction(2, 100)),), before=Fraction(0))),
    )
    scenario = Scenario(
        firm=Firm("Example", "US", "US", "uveu"),
        regime=RegimeRef("factsheet-2025"),
        horizon=Horizon(FIRST, LAST),
        catalogue=bundled_catalogue(),
        name="small",
        supply=(Supply("h100-sxm", {FIRST: 24}),),
        sites=sites,
    )
    return scenario.replace(**changes)


def h100(gpus: int, site: str | None = "ashburn", quarter: Quarter | None = FIRST) -> Placement:
    return Placement("US", "h100-sxm", gpus, site, quarter)


def sentences(scenario: Scenario, *rows: Placement) -> list[str]:
    return [each.sentence for each in shortfalls(placed(scenario, *rows), scenario)]


def test_power_is_kept_to_the_last_watt() -> None:
    kw = bundled_catalogue()["h100-sxm"].kw_per_gpu
    assert kw is not None
    scenario = small()
    site = replace(scenario.sites[0], power_mw=Steps(((FIRST, 8 * kw * Fraction(5, 4) / 1000),), before=Fraction(0)))
    exact = scenario.replace(sites=(site,))
    assert sentences(exact, h100(8)) == []
    less = replace(site, power_mw=Steps(((FIRST, site.power_mw.at(FIRST) - Fraction(1, 10**18)),), before=Fraction(0)))
    assert sentences(scenario.replace(sites=(less,)), h100(8)) == [
        f"ashburn draws 14 kW in {quarter}, it has 14" for quarter in scenario.horizon
    ]
    viable = replace(site, min_viable_mw=site.power_mw.at(FIRST))
    assert sentences(scenario.replace(sites=(viable,)), h100(8)) == []
    larger = replace(viable, min_viable_mw=viable.min_viable_mw + Fraction(1, 10**18))
    assert len(sentences(scenario.replace(sites=(larger,)), h100(8))) == 3
    assert sentences(scenario.replace(sites=(larger,), fleet=(h100(8),)), h100(8)) == []  # viable to its owner


def test_power_that_comes_later_and_falls_again_is_seen() -> None:
    steps = Steps(((FIRST + 1, Fraction(1)), (LAST, Fraction(0))), before=Fraction(0))
    scenario = small(sites=(replace(small().sites[0], power_mw=steps),))
    found = shortfalls(placed(scenario, h100(8)), scenario)
    assert [each.name for each in found] == ["power(ashburn,2026Q1)", "power(ashburn,2026Q3)"]


def test_money_is_kept_to_the_last_cent_and_carries_over() -> None:
    capex = bundled_catalogue()["h100-sxm"].capex_usd
    kw = bundled_catalogue()["h100-sxm"].kw_per_gpu
    assert capex is not None
    assert kw is not None
    site = replace(small().sites[0], fixed_open_cost_musd=Fraction(2), capex_musd_per_mw=Fraction(10))
    site = replace(site, power_mw=Steps((), before=Fraction(10)))
    cost_musd = 2 + 8 * capex / 10**6 + 8 * kw * Fraction(5, 4) / 100
    scenario = small(sites=(site,), budget_musd={FIRST: cost_musd - 1, LAST: Fraction(1)})
    assert sentences(scenario, h100(8, quarter=LAST)) == []
    assert len(sentences(scenario, h100(8))) == 2
    short = scenario.replace(budget_musd={FIRST: cost_musd - Fraction(1, 10**8)})
    assert len(sentences(short, h100(8, quarter=LAST))) == 1
    standing = short.replace(fleet=(h100(8),), budget_musd={FIRST: cost_musd - 2})
    assert sentences(standing, h100(8), h100(8, quarter=LAST)) == []  # a site where fleet stands is open already


def test_sentences_name_the_figures() -> None:
    scenario = small(keep_open=frozenset({"dallas"}), keep_closed=frozenset({"ashburn"}), min_open_sites=2)
    assert sentences(scenario, h100(8), h100(20, "paris")) == [
        "paris in US is not among the scenario's sites",
        "20 h100-sxm are not whole units of 8",
        "28 h100-sxm are installed by 2026Q1, 24 were delivered",
        "28 h100-sxm are installed by 2026Q2, 24 were delivered",
        "28 h100-sxm are installed by 2026Q3, 24 were delivered",
        "ashburn draws 14 kW in 2026Q1, it has 10",
        "ashburn draws 14 kW in 2026Q2, it has 10",
        "ashburn draws 14 kW in 2026Q3, it has 10",
        "ashburn is to be kept closed",
        "dallas is to be kept open and holds nothing",
    ]
    assert sentences(small(fleet=(h100(8, None), h100(8, None))), h100(8, None)) == [
        "the plan dropped 8 h100-sxm in US"
    ]
    half = small(max_share_per_site=Fraction(1, 2), sites=(replace(small().sites[1], pue=Fraction(1, 1000)),))
    assert sentences(half, h100(8, "dallas", LAST)) == ["dallas holds 100.00% in 2026Q3"]
    assert sentences(half.replace(fleet=(h100(8, None),)), h100(8, None), h100(8, "dallas", LAST)) == []


def test_demand_lacks_what_no_sharing_out_can_serve() -> None:
    wanted = [
        Demand("near", Steps(((LAST, 10 * TPP_PER_H100E),), before=0), frozenset({"dallas"})),
        Demand("far", Steps(((LAST, 6 * TPP_PER_H100E),), before=0), frozenset({"dallas", "ashburn"})),
    ]
    sites = tuple(replace(site, power_mw=Steps((), before=Fraction(1))) for site in small().sites)
    scenario = small(demand=tuple(wanted), sites=sites)
    assert sentences(scenario, h100(8), h100(16, "dallas")) == []
    assert sentences(scenario, h100(8), h100(8, "dallas")) == ["near lacks 2 H100e in 2026Q3"]
    assert sentences(scenario) == ["near lacks 10 H100e in 2026Q3", "far lacks 6 H100e in 2026Q3"]


@pytest.mark.parametrize("seed", range(200))
def test_what_is_unserved_is_what_a_maximum_flow_leaves(seed: int) -> None:
    rng = random.Random(seed)
    wanted = {number: rng.randint(1, 40) for number in rng.sample(range(7), rng.randint(1, 6))}
    capacity: dict[Reach, int] = {
        tuple(sorted(rng.sample(range(7), rng.randint(1, 4)))): rng.randint(1, 40) for _ in range(rng.randint(0, 8))
    }
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for reach, amount in capacity.items():
        graph.add_edge("source", reach, capacity=amount)
        graph.add_edges_from((reach, number) for number in reach)
    graph.add_edges_from((number, "sink", {"capacity": amount}) for number, amount in wanted.items())
    lacking = unserved(wanted, capacity)
    assert sum(lacking.values()) == sum(wanted.values()) - nx.maximum_flow_value(graph, "source", "sink")
    assert all(0 < missing <= wanted[number] for number, missing in lacking.items())


def test_the_fleets_rows_are_not_new_however_often_they_stand_there() -> None:
    row, other = h100(8, None, None), h100(16)
    scenario = small(fleet=(row, row))
    assert new_placements(placed(scenario, row, other, row, row), scenario) == [other, row]
