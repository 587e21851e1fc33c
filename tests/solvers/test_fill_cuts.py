"""Demand as rows over sets of regions: what is watched is exact, and what is not met is found."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from optimizer.solvers.cuts import Cuts, deficient
from tests.solvers.filling_cases import case


def is_served(capacity: np.ndarray, near: np.ndarray, wanted: np.ndarray) -> bool:
    """By networkx: whether all that is wanted can be served."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for r, amount in enumerate(wanted):
        graph.add_edge(("region", r), "sink", capacity=int(amount))
    for p, amount in enumerate(capacity):
        graph.add_edge("source", ("kind", p), capacity=int(amount))
        for r in np.flatnonzero(near[:, p]):
            graph.add_edge(("kind", p), ("region", int(r)))
    return bool(nx.maximum_flow_value(graph, "source", "sink") == wanted.sum())


@pytest.mark.parametrize("seed", range(40))
def test_a_set_that_lacks_something_is_found_if_there_is_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    near = rng.random((5, 7)) < 0.4
    capacity, wanted = rng.integers(0, 20, 7), rng.integers(0, 18, 5)
    found = deficient(capacity.copy(), near, wanted)
    assert found.any() != is_served(capacity, near, wanted)
    if found.any():
        assert wanted[found].sum() > capacity[near[found].any(axis=0)].sum()


def test_amounts_beyond_32_bits_are_exact() -> None:
    near = np.array([[True, True], [False, True]])
    capacity, wanted = np.array([2**50, 2**50 + 1]), np.array([2**50 + 1, 2**50])
    assert not deficient(capacity.copy(), near, wanted).any()
    assert deficient(capacity - [0, 1], near, wanted).any()


def test_rows_of_watched_sets_are_broken_where_demand_is_not_met() -> None:
    given = case("M", 1, 60, 4, 4)
    cuts = Cuts(given.filling)
    assert cuts.lacking(given.units) == []
    less = given.units.copy()
    less[given.filling.near.any(axis=0)[given.filling.class_of]] //= 2
    lacking = cuts.lacking(less)
    assert lacking
    for regions in lacking:
        cuts.watch(regions)
        assert not cuts.watch(regions)
    terms, upper, bundle, start, accounts = cuts.rows()
    total = np.zeros((int(accounts.max()) + 1, given.filling.shape[2]), np.int64)
    for s, k, t in zip(*np.nonzero(less), strict=True):
        b = bundle[given.filling.class_of[s], k, t]
        total[accounts[start[b] : start[b + 1]], t:] += less[s, k, t] * given.filling.unit_tpp[k]
    slack = upper.copy()
    np.subtract.at(slack, terms[:, 0], terms[:, 3] * total[terms[:, 1], terms[:, 2]])
    assert (slack[len(given.filling.row_upper) :] < 0).any()
