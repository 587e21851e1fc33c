"""Sites of a group taken together, a few of like price at a time: a small master says roughly what all is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...model.program import Ints
from .master import Master
from .paths import Prices, full_paths, joined, least_paths, openable
from .scaled import Floats, Scaled


def rough_prices(coarse: Scaled, each: int, exact: Master, seconds: float) -> Prices | None:
    """Prices at every site by a master over at most `each` clusters of a kind; None where it has no optimum in time."""
    cluster_of = _clusters(coarse, each)
    sizes = np.bincount(cluster_of[cluster_of >= 0]).astype(np.float64)
    rough = Master(_gathered(coarse, cluster_of, sizes), sizes)
    site, opens = openable(rough.coarse)
    rough.add(joined([full_paths(rough.coarse, site, opens), least_paths(rough.coarse, site, opens)]))
    rough.allow_shortage()
    if not rough.solve(anew=True, seconds=seconds):
        return None
    return exact.prices(rough.dual[: exact.count_row + 1])  # both have the same rows up to those of the sites


def _clusters(coarse: Scaled, each: int) -> Ints:
    """(S,) cluster numbers, -1 for sites that are of no use: by group and kind, in the order of their price."""
    price = coarse.building + coarse.opening / np.maximum(coarse.room[:, -1], 1e-9)
    kind = coarse.group_of * 4 + coarse.standing * 2 + coarse.kept
    found, count = np.full(len(kind), -1), 0
    order = np.lexsort((price, kind))
    order = order[coarse.usable[order]]
    for members in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1):
        for part in np.array_split(members, min(each, len(members))):
            found[part] = count
            count += 1
    return found


def _gathered(coarse: Scaled, cluster_of: Ints, sizes: Floats) -> Scaled:
    """The clusters as sites of middling power and price."""
    used = np.flatnonzero(cluster_of >= 0)
    number = cluster_of[used]

    def mean(values: np.ndarray) -> np.ndarray:
        total = np.zeros((len(sizes), *values.shape[1:]))
        np.add.at(total, number, values[used])
        average: np.ndarray = total / sizes.reshape(-1, *[1] * (values.ndim - 1))
        return average

    room = mean(coarse.room)
    some = np.where(room > 0, room, np.inf).min(axis=1)
    example = np.zeros(len(sizes), np.int64)
    example[number] = used
    return replace(
        coarse,
        building=mean(coarse.building * coarse.room[:, -1]) / room[:, -1],
        opening=mean(coarse.opening),
        room=room,
        least=np.minimum(mean(coarse.least), some),
        usable=np.ones(len(sizes), dtype=bool),
        kept=coarse.kept[example],
        standing=coarse.standing[example],
        group_of=coarse.group_of[example],
    )
