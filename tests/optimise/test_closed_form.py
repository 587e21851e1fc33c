"""The optimum under shares alone has a closed form, which both engines must meet to the last GPU.

A firm with A GPUs in Tier 1, no home floor, and room for u_c GPUs in each Tier 2 country c, may grow to the largest
T >= A with T - A <= min(floor(T/4), sum_c min(u_c, floor(7T/100))): a quarter outside Tier 1, 7 % in each country.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from optimizer.optimise import optimise
from optimizer.solvers import Options
from tests.optimise.small_documents import document, read

TPP = 15_832
COUNTRIES = ("MY", "AE", "SG", "IN", "BR", "KZ")
ENGINES = ("highs", "cp-sat")


def largest_total(standing: int, rooms: list[int]) -> int:
    """T*, by trying every T from the largest that a quarter outside allows."""
    for total in range(4 * standing // 3 + 1, standing, -1):
        if total - standing <= min(total // 4, sum(min(room, 7 * total // 100) for room in rooms)):
            return total
    return standing


def shares_only(standing: int, rooms: list[int], regime: Any) -> dict[str, Any]:
    """A scenario in which nothing but the two shares and the rooms bind. One GPU draws 1 kW."""
    return document(
        firm={"name": "Old Cloud", "headquarters": "DE", "status": "uveu"},
        regime=regime,
        horizon={"first": "2026Q1", "last": "2026Q1"},
        accelerators=[{"accelerator": "one", "tpp": TPP, "gpus_per_unit": 1, "kw_per_gpu": 1, "capex_usd": 0}],
        fleet=[{"country": "DE", "accelerator": "one", "gpus": standing}],
        supply=[{"accelerator": "one", "per_quarter": 10 * standing}],
        sites=[
            {"site": f"site-{code}", "country": code, "power_mw": room / 1000}
            for code, room in zip(COUNTRIES, rooms, strict=False)
        ],
    )


def without_national_cap() -> dict[str, Any]:
    return {"extends": "factsheet-2025", "amend": {"CAP201.at_most": {"2025Q1": 10**15, "to": "2027Q4"}}}


def check_exactly(standing: int, rooms: list[int], regime: Any, engine: str) -> int:
    """The number of GPUs that the engine reaches, which it has to prove."""
    outcome = optimise(read(shares_only(standing, rooms, regime)), Options(engine, time_limit=20, gap=0))
    assert outcome.status == "optimal"
    assert outcome.plan is not None
    assert outcome.plan.result is not None
    assert outcome.plan.result["gap"] == 0.0
    assert outcome.plan.result["bound_tpp"] == outcome.plan.result["capacity_tpp"]
    gpus, rest = divmod(outcome.plan.result["capacity_tpp"], TPP)
    assert rest == 0
    return int(gpus)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("regime", ["ifr-2025", without_national_cap()], ids=["ifr", "factsheet without CAP201"])
@pytest.mark.parametrize(("countries", "total"), [(4, 400_000), (3, 379_746)])
def test_three_hundred_thousand_gpus_at_home(countries: int, total: int, regime: Any, engine: str) -> None:
    rooms = [1_000_000] * countries
    assert largest_total(300_000, rooms) == total
    assert check_exactly(300_000, rooms, regime, engine) == total


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("seed", range(14))
def test_random_rooms(seed: int, engine: str) -> None:
    rng = random.Random(seed)
    standing = rng.choice([rng.randint(1, 60), rng.randint(61, 5_000), rng.randint(5_001, 40_000)])
    rooms = [rng.choice([10**6, rng.randint(1, 1 + standing // 8)]) for _ in range(rng.randint(1, len(COUNTRIES)))]
    regime = rng.choice(["ifr-2025", without_national_cap()])
    assert check_exactly(standing, rooms, regime, engine) == largest_total(standing, rooms)
