"""--canonical: the same input gives the same plan, whoever solves it and however its rows are ordered."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from optimizer.cli.main import main
from optimizer.domain.plan import Plan
from optimizer.optimise import Outcome, optimise
from optimizer.reading.emit import yaml_of
from optimizer.solvers import Options, canonical
from tests.optimise.every_plan import TooMany, every_plan
from tests.optimise.objective_values import objective_value
from tests.optimise.small_documents import Document, document, hard_document, read, scenario

Rows = list[tuple[Any, ...]]


def rows_of(outcome: Outcome) -> Rows:
    """What the plan says, in its own order."""
    assert outcome.plan is not None, outcome.answer.failure
    return [tuple(row[:-1]) for row in outcome.plan.placements]


def solved(given: Document, engine: str = "highs", seed: int = 0, time_limit: float = 30) -> Outcome:
    return optimise(read(given), Options(engine, time_limit=time_limit, seed=seed, canonical=True))


def tied(seed: int) -> Document:
    """Sites and chips that are the same but for their names, so that a great many plans are equally good."""
    rng = random.Random(seed)
    names = ["lima", "Oslo", "bern", "graz", "turin"][: rng.randint(3, 5)]
    chips = [
        {"accelerator": f"chip-{k}", "tpp": 10_000, "gpus_per_unit": 4, "kw_per_gpu": 1, "capex_usd": 1000}
        for k in range(2)
    ]
    return document(
        accelerators=chips,
        sites=[
            {"site": name, "country": rng.choice(["DE", "AE"]), "power_mw": 0.03, "fixed_open_cost_musd": 0.1}
            for name in names
        ],
        fleet=[
            {"country": "DE", "accelerator": "chip-0", "gpus": 8, "quarter": quarter}
            for quarter in ("2025Q2", "2025Q1")
        ],
        supply=[{"accelerator": row["accelerator"], "by_quarter": {"2026Q1": 16, "2026Q2": 12}} for row in chips],
        demand=[{"region": "x", "tpp": 80_000, "sites": names, "from": "2026Q2"}],
        objective=rng.choice(["capacity", "cost", ["capacity", "cost"], ["capacity_over_time", "open_sites"]]),
        authorizations=["allocation", "licence"],
        **({"survive_site_loss": True} if rng.random() < 0.5 else {}),
    )


@pytest.mark.parametrize("seed", range(5))
def test_engines_seeds_and_orders_of_rows_give_the_same_plan(seed: int) -> None:
    given = tied(seed)
    first = solved(given)
    expected = rows_of(first)
    assert rows_of(solved(given, "cp-sat")) == expected
    assert rows_of(solved(given, "highs", seed=7)) == expected
    shuffled = copy.deepcopy(given)
    for key in ("sites", "supply", "accelerators", "fleet"):
        random.Random(seed).shuffle(shuffled[key])
    shuffled["authorizations"].reverse()
    assert rows_of(solved(shuffled, "cp-sat", seed=3)) == expected
    assert first.plan is not None
    result = first.plan.result or {}
    assert (result["status"], result["proof"], result["gap"]) == ("optimal", "proved", 0.0)
    assert result["manifest"]["options"]["canonical"] is True


def test_of_equally_good_plans_the_declared_one_is_taken() -> None:
    """By hand: the fewest sites, open as early as can be, the alphabetically first ones, filled in that order."""
    given = document(
        sites=[{"site": name, "country": "DE", "power_mw": 0.012} for name in ("c", "a", "b")],
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q1": 8, "2026Q2": 8}}],
    )
    found = [(row[3], str(row[4]), row[2]) for row in rows_of(solved(given))]
    # both sites open in the first quarter; of that, the largest install(a,chip,2026Q1) that leaves b a unit
    assert found == [("a", "2026Q1", 4), ("a", "2026Q2", 8), ("b", "2026Q1", 4)]


def declared(plan: Plan, given: Any) -> tuple[Any, ...]:
    """What the declared order looks at, smaller is first: sites, quarters open, then units by name of the decision."""
    quarters = list(given.horizon)
    opened = {row.site: min(r.quarter or 0 for r in plan.placements if r.site == row.site) for row in plan.placements}
    y = {(site.site, q): int(site.site in opened and opened[site.site] <= q) for site in given.sites for q in quarters}
    count: dict[str, int] = {}
    for row in plan.placements:
        name = f"install({row.site},{row.accelerator},{row.quarter})"
        count[name] = count.get(name, 0) + row.gpus
    chips = [supply.accelerator for supply in given.supply]
    names = sorted(f"install({site.site},{chip},{q})" for site in given.sites for chip in chips for q in quarters)
    opens = [-y[key] for key in sorted(y, key=lambda key: f"open({key[0]},{key[1]})")]
    return len(opened), -sum(y.values()), opens, [-count.get(name, 0) for name in names]


@pytest.mark.parametrize("seed", range(8))
def test_the_list_of_all_plans_has_the_same_first_one(seed: int) -> None:
    from optimizer.business import shortfalls

    rng = random.Random(seed)
    given = scenario(
        sites=[
            {"site": name, "country": "DE", "power_mw": rng.choice([0.009, 0.013])}
            for name in ("north", "east", "south")
        ],
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q1": rng.choice([4, 8]), "2026Q2": rng.choice([4, 8])}}],
        objective=rng.choice(["capacity", "capacity_over_time"]),
    )
    try:
        plans = [plan for plan in every_plan(given) if not shortfalls(plan, given)]
    except TooMany:
        pytest.fail("the scenario is not tiny")
    best = max(objective_value(plan, given) for plan in plans)
    first = min((plan for plan in plans if objective_value(plan, given) == best), key=lambda p: declared(p, given))
    expected = sorted((row.site, row.accelerator, row.quarter, row.gpus) for row in first.placements)
    outcome = optimise(given, Options(time_limit=20, canonical=True))
    assert outcome.plan is not None
    assert sorted((row.site, row.accelerator, row.quarter, row.gpus) for row in outcome.plan.placements) == expected


@pytest.mark.parametrize("engine", ["highs", "cp-sat"])
def test_what_a_tolerance_leaves_goes_to_the_first_objectives(engine: str) -> None:
    sites = [("a", 0.03, 50), ("b", 0.03, 40), ("c", 0.04, 45)]
    given = document(
        sites=[
            {"site": s, "country": "DE", "power_mw": power, "electricity_usd_per_mwh": price}
            for s, power, price in sites
        ],
        supply=[{"accelerator": "chip", "by_quarter": {"2026Q1": 72}}],
        objective=["capacity", "cost", "open_sites"],
        objective_tolerance="20%",
    )
    outcome = solved(given, engine)
    # 72 less 20 % are 60 in whole units; the cost of those may grow by 20 % again, which lets 68 stand at two sites
    assert outcome.answer.value == 680_000
    assert outcome.ranks[-1].value == 2


def test_no_plan_is_written_when_the_proof_takes_too_long(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hard.yaml").write_text(yaml_of(hard_document()), encoding="utf-8")
    plan = tmp_path / "plan.yaml"
    code = main(["solve", str(tmp_path / "hard.yaml"), "-o", str(plan), "--canonical", "--time-limit", "2", "-q"])
    said = capsys.readouterr()
    assert code == 1
    assert not plan.exists()
    assert "that no plan is better by capacity was not proved in the time given" in said.err
    assert "nothing was written" in said.err


def test_a_tie_that_is_not_broken_in_time_leaves_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise canonical.NotProved("which of the equally good plans comes first was not proved in the time given")

    monkeypatch.setattr(canonical, "_settle", give_up)
    outcome = solved(tied(0))
    assert (outcome.status, outcome.plan, outcome.answer.point) == ("unproved", None, None)
    assert "equally good" in outcome.answer.failure


def test_objectives_pack_as_many_decisions_as_whole_numbers_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = rows_of(solved(tied(1)))
    monkeypatch.setattr(canonical, "_MOST", 2)  # a step for each decision
    assert rows_of(solved(tied(1))) == expected
