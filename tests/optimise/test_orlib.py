"""The facility location problem is a special case of the model: our engine finds its optima, to the last digit."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

import pytest

from benchmarks.orlib import CLOSE, FOLDER, OPTIMA, Warehouses, cost_of, read_instance, scenario, solve


def made_up(seed: int, warehouses: int = 6, customers: int = 8) -> Warehouses:
    """An instance in which every warehouse alone has room for everything."""
    rng = random.Random(seed)
    demand = [Fraction(rng.randint(5, 60)) for _ in range(customers)]
    cost = [tuple(wanted * Fraction(rng.randint(100, 900), 80) for _ in range(warehouses)) for wanted in demand]
    fixed = [Fraction(rng.randint(500, 3000)) for _ in range(warehouses)]
    return Warehouses("made-up", (sum(demand),) * warehouses, tuple(fixed), tuple(demand), tuple(cost))


def least_cost(instance: Warehouses) -> Fraction:
    """The optimum by looking at every set of warehouses, for an instance in which one has room for everything."""
    numbers = range(len(instance.fixed))
    return min(
        sum(instance.fixed[s] for s in chosen) + sum(min(row[s] for s in chosen) for row in instance.cost)
        for count in numbers
        for chosen in combinations(numbers, count + 1)
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("solver", ["highs", "cp-sat"])
def test_a_made_up_instance_is_solved_to_its_optimum(seed: int, solver: str) -> None:
    instance = made_up(seed)
    outcome = solve(instance, solver, time_limit=30.0)
    assert outcome.status == "optimal"
    assert cost_of(outcome) == least_cost(instance)


def test_every_number_of_an_instance_stands_in_its_scenario() -> None:
    instance = made_up(1)
    read = scenario(instance)
    quarter = read.horizon.first
    assert [site.meter_kw(quarter) for site in read.sites] == list(instance.capacity)
    assert [site.fixed_open_cost_musd * 1_000_000 for site in read.sites] == list(instance.fixed)
    for demand, wanted, row in zip(read.demand, instance.demand, instance.cost, strict=True):
        assert demand.tpp.at(quarter) == wanted * 15_832
        assert [demand.cost_usd_per_h100e[site.site] * wanted for site in read.sites] == list(row)


@pytest.mark.external
@pytest.mark.parametrize("name", ["cap41", "cap71"])
def test_the_published_optimum_is_found(name: str) -> None:
    if not FOLDER.is_dir():
        pytest.skip("OR-Library's instances are not beside the checkout (../shared/external/orlib_cflp)")
    outcome = solve(read_instance(FOLDER / f"{name}.txt"), time_limit=60.0)
    assert outcome.status == "optimal"
    assert abs(cost_of(outcome) - OPTIMA[name]) <= CLOSE * OPTIMA[name]
