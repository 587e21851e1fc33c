"""Prices of power and of the minimum at which no site gains more than it has to."""

from __future__ import annotations

import highspy
import numpy as np
import pytest

from optimizer.solvers.large.site_prices import Sites, onwards, site_prices


def least(cost: np.ndarray, rows: np.ndarray, upper: np.ndarray, limits: list[tuple[int | None, int | None]]) -> float:
    """The least of cost x where rows x <= upper and x is within the limits."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = rows.shape
    program.col_cost_ = cost
    program.col_lower_ = np.array([-np.inf if low is None else low for low, _ in limits], dtype=float)
    program.col_upper_ = np.array([np.inf if high is None else high for _, high in limits], dtype=float)
    program.row_lower_, program.row_upper_ = np.full(len(upper), -np.inf), upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.arange(len(rows) + 1) * rows.shape[1]
    program.a_matrix_.index_ = np.tile(np.arange(rows.shape[1]), len(rows))
    program.a_matrix_.value_ = rows.ravel()
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(program)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def random_sites(seed: int, count: int = 30, quarters: int = 4) -> Sites:
    rng = np.random.default_rng(seed)
    room = np.cumsum(rng.integers(0, 4, (count, quarters)), axis=1) * 1.0
    falls = rng.random(count) < 0.3
    room[falls, 2:] = np.floor(room[falls, 2:] / 2)
    standing = rng.random(count) < 0.2
    worth = rng.normal(0.2, 1.0, (count, quarters))
    worth[rng.random(worth.shape) < 0.1] = -np.inf
    least = np.where(standing, 0.0, rng.integers(1, 4, count))
    return Sites(
        worth=worth,
        room=room,
        least=least,
        opening=np.where(standing[:, None], 0.0, rng.normal(-0.3, 0.2, worth.shape)),
        may=np.where(standing[:, None], np.arange(quarters) == 0, room > 0),
        kept=standing | ((rng.random(count) < 0.3) & (room[:, -1] >= least)),
    )


def least_gain(sites: Sites, s: int) -> float:
    """What the site gains at the best prices, by another solver: variables p, q and the gain."""
    quarters = sites.worth.shape[1]
    ahead, zero = np.triu(np.ones((quarters, quarters))), np.zeros((quarters, 1))
    levels = np.hstack([-ahead, ahead, zero])
    rows = np.vstack([levels, np.hstack([ahead * sites.room[s], -ahead * sites.least[s], zero - 1])])
    bound = np.concatenate([-sites.worth[s], -onwards(sites.opening[s])])
    kept = np.concatenate([np.isfinite(sites.worth[s]), sites.may[s]])
    most = [(0, None if sites.least[s] > 0 else 0)] * quarters
    limits = [(0, None)] * quarters + most + [(None if sites.kept[s] else 0, None)]
    return least(np.append(np.zeros(2 * quarters), 1.0), rows[kept], bound[kept], limits)


@pytest.mark.parametrize("seed", range(5))
def test_every_site_gains_as_little_as_it_can(seed: int) -> None:
    sites = random_sites(seed)
    best = np.array([least_gain(sites, s) for s in range(len(sites.kept))])
    found = site_prices(sites, best, 1e-9)
    assert found.cost(sites) == pytest.approx(best, abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_prices_are_such_that_nothing_gains_at_the_site(seed: int) -> None:
    sites = random_sites(seed)
    best = np.array([least_gain(sites, s) for s in range(len(sites.kept))])
    for reached in (best, np.full(len(best), np.inf)):  # with the linear program, and without it
        found = site_prices(sites, reached, 1e-9)
        assert (found.power >= 0).all()
        assert (found.minimum >= 0).all()
        assert onwards(found.power - found.minimum) == pytest.approx(found.level, rel=1e-6, abs=1e-9)
        assert (found.level >= sites.worth - 1e-12).all()
        assert (found.cost(sites) >= best - 1e-6).all()
        assert not found.minimum[sites.least == 0].any()
