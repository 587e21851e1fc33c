"""The master's optimum is the linear optimum of the whole program."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from optimizer.solvers.large.clusters import rough_prices
from optimizer.solvers.large.master import Master
from optimizer.solvers.large.paths import openable
from tests.solvers.large.large_cases import SHAPES, large_case, shape

TIGHTER = {"over time", "falling power"}
"""Where whole paths say more of a site than its rows in the program do."""


@pytest.mark.parametrize("name", SHAPES)
def test_the_optimum_is_that_of_the_whole_program(name: str) -> None:
    case = shape(name)
    master, _ = case.relaxed()
    whole = case.whole_optimum()
    assert whole is not None
    # the program's bounds of single units are rounded down, the master has none: hence the 1e-5
    assert whole * (1 - (1e-3 if name in TIGHTER else 1e-8)) < case.in_tpp(master.value) < whole * (1 + 1e-5)


@pytest.mark.parametrize("name", ["S", "M", "L", "share", "over time"])
def test_a_master_begun_with_clusters_reaches_the_same_optimum(name: str) -> None:
    case = shape(name)
    expected = case.relaxed()[0].value
    for each in (1, 3):
        master = Master(case.coarse)
        rough = rough_prices(case.coarse, each, master, 60.0)
        assert rough is not None
        master.add(master.start(rough, 2e-3, 1e-4))
        master.allow_shortage()
        assert master.solve(anew=True, seconds=60.0)
        assert master.converge(60.0) is not None
        assert master.shortage < 1e-9
        assert master.value == pytest.approx(expected, rel=1e-7)
        master.forbid_shortage()
        assert master.solve(anew=False, seconds=60.0)
        assert master.value == pytest.approx(expected, rel=1e-7)


def test_no_path_can_be_missing_at_the_end() -> None:
    master, prices = shape("M").relaxed()
    over = prices.best + master.dual[master.site_rows]
    assert over[np.isfinite(over)].max() < 1e-6 * master.value


def test_units_and_loads_are_those_of_the_optimum() -> None:
    case = shape("M")
    master, _ = case.relaxed()
    units, loads, coarse = master.units(), master.loads(), case.coarse
    assert float((units * coarse.gain).sum()) == pytest.approx(master.value)
    drawn = np.cumsum(np.einsum("gkt,k->gt", units, coarse.load), axis=1)
    at_groups = np.zeros(drawn.shape)
    np.add.at(at_groups, coarse.group_of, loads)
    assert at_groups == pytest.approx(drawn, abs=1e-6)
    assert (loads <= coarse.room + 1e-6).all()
    share = np.cumsum(master.shares(), axis=1)
    assert (loads >= coarse.least[:, None] * share - 1e-6).all()
    assert (share <= 1 + 1e-9).all()
    assert share[coarse.kept, -1] == pytest.approx(1)


def test_sites_that_are_dear_to_open_are_opened_where_they_have_to_be() -> None:
    case = large_case("M", 1, 40, 4, 4, dearer_opening=5, richer=Fraction(11, 10), min_open_sites=37)
    whole = case.whole_optimum()
    assert whole is not None
    master = Master(case.coarse)
    rough = rough_prices(case.coarse, 3, master, 60.0)
    assert rough is not None
    master.add(master.start(rough, 2e-3, 1e-4))
    master.allow_shortage()
    assert master.solve(anew=True, seconds=60.0)
    assert master.converge(60.0) is not None
    assert master.shortage > 1, "at the first price it pays to miss the floor"
    assert master.converge_in_full(60.0) is not None
    assert master.shortage < 1e-9
    assert case.in_tpp(master.value) == pytest.approx(whole, rel=1e-9)


def test_what_cannot_be_met_is_a_shortage_where_that_is_allowed() -> None:
    case = shape("M")
    out_of_reach = large_case("M", 1, 40, 4, 4, min_open_sites=1000)
    assert out_of_reach.whole_optimum() is None
    master = Master(out_of_reach.coarse)
    site, _ = openable(case.coarse)
    master.add(master.start(case.relaxed()[1], 1.0, 1.0))
    assert not master.solve(anew=True, seconds=60.0)
    master.allow_shortage()
    assert master.solve(anew=True, seconds=60.0)
    assert master.converge(60.0) is not None
    missing = out_of_reach.coarse.least_opened - len(np.unique(site[~case.coarse.standing[site]]))
    assert missing <= master.shortage <= missing + 3  # a very dear site may stay closed for the price of a shortage
    assert master.converge_in_full(60.0) is None
    master.forbid_shortage()
    assert not master.solve(anew=False, seconds=60.0)
