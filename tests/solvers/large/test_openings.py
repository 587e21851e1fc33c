"""Openings that are decided keep what the scenario asks of sites, and their values are those of the whole program."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.model.program import Ints
from optimizer.solvers.large.dive import rounded
from optimizer.solvers.large.few_sites import FewSites
from optimizer.solvers.large.openings import Openings
from optimizer.solvers.large.optimum import Optimum, optimum_at
from optimizer.solvers.large.paths import may_open
from tests.solvers.large.large_cases import LargeCase, shape


def are_legal(case: LargeCase, openings: Ints) -> bool:
    """Whether sites open when they can, those that have to be open are, and there are enough of them."""
    coarse, horizon = case.coarse, case.coarse.shape[2]
    opened = openings < horizon
    sites = np.flatnonzero(opened & ~coarse.standing)
    return bool(
        may_open(coarse)[sites, openings[sites]].all()
        and (openings[coarse.standing] == 0).all()
        and opened[case.large.filling.keep_open].all()
        and opened.sum() >= case.scenario.min_open_sites
        and not opened[[site.site in case.scenario.keep_closed for site in case.scenario.sites]].any()
    )


def dived(case: LargeCase) -> tuple[Openings, Optimum, float]:
    """Openings from the master's optimum, the optimum at the rounded ones, and the master's value."""
    master, prices = case.relaxed()
    value = master.value
    openings = Openings(master, prices, seed=1)
    found = rounded(openings, master, 10.0)
    assert found is not None
    return openings, found, value


@pytest.mark.parametrize("name", ["S", "M", "L", "no money", "share", "over time", "falling power"])
def test_rounded_openings_are_legal_and_their_value_is_true(name: str) -> None:
    case = shape(name)
    _, found, bound = dived(case)
    assert are_legal(case, found.openings)
    whole = case.whole_optimum(found.openings)
    assert whole is not None
    assert found.value <= bound * (1 + 1e-9)
    # minima are raised a little, so that whole units reach them: that costs something
    assert whole * (1 - 1e-2) < case.in_tpp(found.value) < whole * (1 + 1e-5)


@pytest.mark.parametrize("name", ["S", "L", "falling power"])
def test_units_and_loads_keep_to_the_openings(name: str) -> None:
    case = shape(name)
    _, found, _ = dived(case)
    coarse, quarters = case.coarse, np.arange(case.coarse.shape[2])
    opened = quarters >= found.openings[:, None]
    assert (found.loads <= coarse.room * opened + 1e-6).all()
    assert (found.loads >= coarse.least[:, None] * opened - 1e-6).all()
    assert float((found.units * coarse.gain).sum()) == pytest.approx(found.value)


@pytest.mark.parametrize("name", ["S", "one quarter", "no demand", "share", "falling power"])
def test_sites_decided_anew_are_legal_and_no_worse(name: str) -> None:
    case = shape(name)
    search, found, _ = dived(case)
    few = FewSites(case.coarse, seed=1)
    for decider, free in (
        (search, search.neighbourhood(found.openings, 8, together=False)),
        (search, search.neighbourhood(found.openings, 8, together=True)),
        (few, few.neighbourhood(found.openings, 8)),
    ):
        decided = decider.decided(found.openings, free, 10.0, 1e-5)
        assert decided is not None
        openings, value = decided
        assert are_legal(case, openings)
        assert not np.delete(openings != found.openings, free).any(), "only what is free is decided"
        before, after = case.whole_optimum(found.openings), case.whole_optimum(openings)
        assert before is not None
        assert after is not None
        assert after >= case.in_tpp(value) * (1 - 1e-5)
        assert after >= before * (1 - 1e-3)  # the one looks at some paths of each site only
        if decider is few:  # the other lets it take up every load
            assert case.in_tpp(value) == pytest.approx(after, rel=1e-5)
            assert after >= before * (1 - 1e-5)


def test_the_same_seed_draws_the_same_sites() -> None:
    case = shape("M")
    master, prices = case.relaxed()
    openings = np.where(case.coarse.standing, 0, case.coarse.shape[2])

    def drawn(seed: int) -> list[list[int]]:
        search = Openings(master, prices, seed)
        return [search.neighbourhood(openings, 8, together=turn % 2 == 0).tolist() for turn in range(4)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert all(len(set(free)) == len(free) <= 8 for free in drawn(1))
    assert not any(case.coarse.standing[free].any() for free in drawn(1))


def test_openings_that_cannot_serve_have_no_optimum() -> None:
    case = shape("M")
    nothing = np.where(case.coarse.standing, 0, case.coarse.shape[2])
    assert case.whole_optimum(nothing) is None
    assert optimum_at(case.coarse, nothing, 20.0) is None
