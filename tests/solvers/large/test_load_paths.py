"""The best load paths of a site are the best among all that there are."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from optimizer.solvers.large.paths import Paths, Prices, full_paths, joined, least_paths, may_open, openable, ramps
from optimizer.solvers.large.scaled import Scaled
from tests.solvers.large.large_cases import large_case

SITES, QUARTERS = 40, 3


def random_sites(seed: int) -> Scaled:
    """Sites with whole room and minima, so that the best path is one of whole loads; fleet stands at some."""
    rng = np.random.default_rng(seed)
    coarse = large_case("M", 1, SITES, 3, QUARTERS).coarse
    room = np.cumsum(rng.integers(0, 3, (SITES, QUARTERS)), axis=1).astype(float)
    standing = rng.random(SITES) < 0.2
    least = np.where(standing, 0.0, rng.integers(1, 4, SITES))
    usable = (room[:, -1] > 0) & (standing | (room >= least[:, None]).any(axis=1))
    return replace(coarse, room=room, least=least, standing=standing, usable=usable)


def random_prices(coarse: Scaled, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What a load is worth by site and quarter, and what opening costs."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(0.3, 1.0, coarse.room.shape)
    return worth, np.where(coarse.standing[:, None], 0.0, rng.normal(0.5, 0.5, worth.shape))


def every_load(coarse: Scaled, site: int, opens: int) -> Iterator[np.ndarray]:
    """All whole loads that the site can take up when it opens then."""
    for load in itertools.product(range(7), repeat=QUARTERS):
        fits = (np.cumsum(load) <= coarse.room[site]).all()
        if fits and not any(load[:opens]) and load[opens] >= coarse.least[site]:
            yield np.array(load, dtype=float)


def follows_the_rules(coarse: Scaled, paths: Paths) -> bool:
    """Whether each path takes up its minimum when it opens, nothing before it, and never more than there is."""
    rows = np.arange(len(paths))
    before = np.arange(QUARTERS) < paths.opens[:, None]
    fits = np.cumsum(paths.load, axis=1) <= coarse.room[paths.site]
    viable = paths.load[rows, paths.opens] >= coarse.least[paths.site]
    return bool(fits.all() and viable.all() and not paths.load[before].any() and (paths.load >= 0).all())


@pytest.mark.parametrize("seed", range(4))
def test_no_path_is_worth_more_than_the_value_and_the_best_is_worth_it(seed: int) -> None:
    coarse = random_sites(seed)
    worth, fee = random_prices(coarse, seed)
    prices = Prices(coarse, worth, fee)
    site, opens = openable(coarse)
    best = prices.best_paths(site, opens)
    assert len(site) > SITES
    assert follows_the_rules(coarse, best)
    for load, s, a in zip(best.load, site, opens, strict=True):
        most = max(float(each @ worth[s]) for each in every_load(coarse, s, a))
        assert load @ worth[s] == pytest.approx(most)
        assert prices.value[s, a] == pytest.approx(most - fee[s, a])


def test_a_site_can_open_where_its_minimum_fits() -> None:
    coarse = random_sites(9)
    found = {(s, a) for s in range(SITES) for a in range(QUARTERS) if any(True for _ in every_load(coarse, s, a))}
    usable = {(s, a) for s, a in found if coarse.room[s, a] > 0 and not coarse.standing[s]}
    standing = {(s, 0) for s in np.flatnonzero(coarse.standing & coarse.usable)}
    assert set(zip(*openable(coarse), strict=True)) == usable | standing
    assert (np.isfinite(Prices(coarse, *random_prices(coarse, 9)).value) == may_open(coarse)).all()


def test_paths_to_begin_with_follow_the_rules() -> None:
    coarse = random_sites(5)
    site, opens = openable(coarse)
    full, least = full_paths(coarse, site, opens), least_paths(coarse, site, opens)
    assert all(follows_the_rules(coarse, paths) for paths in (full, least, ramps(coarse, site, opens)))
    assert (full.load.sum(axis=1) == coarse.room[site, -1]).all()
    assert (least.load.sum(axis=1) == coarse.least[site]).all()


def test_joined_paths_are_there_once() -> None:
    coarse = random_sites(6)
    site, opens = openable(coarse)
    full, least = full_paths(coarse, site, opens), least_paths(coarse, site, opens)
    both = joined([full, least, full])

    def keys(paths: Paths) -> list[tuple[int, int, bytes]]:
        return [(s, a, load.tobytes()) for s, a, load in zip(paths.site, paths.opens, paths.load, strict=True)]

    assert len(set(keys(both))) == len(both)
    assert set(keys(both)) == set(keys(full)) | set(keys(least))
