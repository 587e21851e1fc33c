"""What must follow for one scenario from the optimum of another: nothing here knows either optimum beforehand."""

from __future__ import annotations

import copy
import functools
import random
from collections.abc import Callable

import pytest

from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options
from tests.optimise.loosenings import BASIC, amounts
from tests.optimise.random_scenarios import Document, random_document, scenario_of

SEEDS = range(50)


def solved(document: Document) -> Outcome:
    """The outcome, proved to the last unit where the engine closes the gap in time."""
    return optimise(scenario_of(document), Options(time_limit=2, gap=0))


@functools.cache
def as_drawn(seed: int) -> Outcome:
    """The outcome of a random scenario with nothing changed."""
    return solved(random_document(seed))


def better_or_equal(loose: Outcome, tight: Outcome) -> bool:
    """Whether the looser scenario's bound lies nowhere below the tighter one's value (both maximised)."""
    if tight.answer.value is None:
        return True
    return (
        loose.answer.value is not None and loose.answer.bound is not None and loose.answer.bound >= tight.answer.value
    )


@pytest.mark.parametrize("loosen", BASIC, ids=lambda change: change.__name__)
def test_loosening_never_worsens(loosen: Callable[[Document], None]) -> None:
    changed = 0
    for seed in SEEDS:
        tight = as_drawn(seed)
        looser = random_document(seed)
        loosen(looser)
        loose = solved(looser)
        assert better_or_equal(loose, tight), seed
        changed += loose.answer.value != tight.answer.value
    assert changed  # else the loosening does nothing


def doubled(document: Document) -> Document:
    """Twice of everything that is an amount: fleet, supply, power, money, demand, own limits in TPP."""
    twice = copy.deepcopy(document)
    more = {key: amounts(value, lambda musd: 2 * musd) for key, value in twice.get("budget_musd", {}).items()}
    if more:
        twice["budget_musd"] = more
    for site in twice["sites"]:
        site["power_mw"] = amounts(site["power_mw"], lambda power: round(2 * power, 6))
    for row in twice["supply"]:
        for key in row.keys() & {"per_quarter", "by_quarter"}:
            row[key] = amounts(row[key], lambda gpus: 2 * gpus)
    for row in twice["fleet"]:
        row["gpus"] *= 2
    for row in twice.get("demand", []):
        for key in row.keys() & {"h100e", "tpp"}:
            row[key] = amounts(row[key], lambda wanted: 2 * wanted)
    for row in twice.get("own_limits", []):
        for key in ("at_most", "plus"):
            if isinstance(row.get(key), int):
                row[key] *= 2
    return twice


def under_shares_alone(document: Document) -> Document:
    """The document under a law whose every bound is a share, for capacity."""
    changed = copy.deepcopy(document)
    changed["firm"] = {"name": "Random Cloud", "headquarters": "DE", "status": "uveu"}
    changed["regime"], changed["objective"] = "ifr-2025", "capacity"
    for row in changed["fleet"]:
        row.pop("authorization", None)
    return changed


def test_twice_of_everything_gives_at_least_twice() -> None:
    grown = 0
    for seed in SEEDS:
        document = under_shares_alone(random_document(seed))
        once, twice = solved(document), solved(doubled(document))
        if once.answer.value is not None:
            assert twice.answer.value is not None, seed
            assert twice.answer.bound is not None
            assert twice.answer.bound >= 2 * once.answer.value, seed
            grown += once.answer.value > 0
    assert grown > len(SEEDS) // 4


def test_the_order_of_sites_accelerators_and_rows_is_no_matter() -> None:
    met = 0
    for seed in SEEDS:
        first = as_drawn(seed)
        shuffled = random_document(seed)
        rng = random.Random(seed)
        for key in ("sites", "supply", "fleet", "accelerators", "demand", "own_limits"):
            rng.shuffle(shuffled.get(key, []))
        second = solved(shuffled)
        assert better_or_equal(first, second), seed
        assert better_or_equal(second, first), seed
        if first.status == second.status == "optimal":
            met += 1
            assert first.answer.value == second.answer.value, seed
        else:
            assert {first.status, second.status} <= {"optimal", "feasible"} or first.status == second.status, seed
    assert met > len(SEEDS) // 4
