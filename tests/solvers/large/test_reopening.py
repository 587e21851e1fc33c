"""Openings decided again after a change: they stay where nothing changed, and their optimum is the linear program's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimizer.solvers.large.dive import rounded
from optimizer.solvers.large.master import Master
from optimizer.solvers.large.openings import Openings
from optimizer.solvers.large.optimum import Optimum
from optimizer.solvers.large.paths import Prices
from optimizer.solvers.large.reopening import reopened
from optimizer.solvers.large.scaled import Floats
from tests.solvers.large.large_cases import LargeCase, shape

NAMES = ("M", "M again", "L", "no demand", "share", "over time")


def relaxed(case: LargeCase) -> tuple[Master, Prices]:
    """A master at its optimum that allows a shortage, and the prices there."""
    master, _ = case.relaxed()
    master.allow_shortage()
    master.by_priced_in_columns(primal=True)
    assert master.solve(anew=False, seconds=60.0)
    return master, master.prices()


def first_openings(case: LargeCase) -> tuple[Optimum, Floats]:
    """Openings that a dive finds, and how far sites opened in the optimum that it began at."""
    master, prices = case.relaxed()
    shares = master.shares()
    found = rounded(Openings(master, prices, 0), master, 60.0)
    assert found is not None
    return found, shares


@pytest.mark.parametrize("name", NAMES)
def test_the_optimum_is_that_of_the_whole_program_at_its_openings(name: str) -> None:
    case = shape(name)
    kept, shares = first_openings(case)
    master, prices = relaxed(case)
    bound = master.value
    found = reopened(master, prices, kept.openings, 0 * shares, 60.0)  # as if every site had changed
    assert found is not None
    assert found.value <= bound * (1 + 1e-9)
    whole = case.whole_optimum(found.openings)
    assert whole is not None
    # the whole program also knows how many whole units fit at a site
    assert whole * (1 - 1e-9) <= case.in_tpp(found.value) <= whole * (1 + 1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_sites_that_lose_nothing_stay_where_nothing_has_changed(name: str) -> None:
    case = shape(name)
    kept, shares = first_openings(case)
    master, prices = relaxed(case)
    opened = kept.openings < case.coarse.shape[2]
    value = prices.value[np.arange(len(opened)), kept.openings % case.coarse.shape[2]]
    best = np.where(case.coarse.kept, prices.best, np.maximum(prices.best, 0.0))
    losing = best - np.where(opened, value, 0.0) > 1e-6 * abs(master.value)
    same = (np.abs(master.shares() - shares) <= 1e-6).all(axis=1)
    found = reopened(master, prices, kept.openings, shares, 60.0)
    assert found is not None
    staying = same & ~losing & ~case.coarse.standing & case.coarse.usable
    assert staying.any()
    assert (found.openings[staying] == kept.openings[staying]).all()


def test_there_is_no_optimum_where_demand_is_out_of_reach() -> None:
    case = shape("M")
    kept, shares = first_openings(case)
    master = Master(replace(case.coarse, wanted=100 * case.coarse.wanted))
    master.add(case.relaxed()[0].paths)
    master.allow_shortage()
    assert master.solve(anew=True, seconds=60.0)
    assert reopened(master, master.prices(), kept.openings, shares, 60.0) is None
