"""Load paths of sites: when a site opens and how much load it takes up in each quarter.

Given what a load is worth in each quarter, the best path of a site for each quarter of opening is known at once: the
minimum comes with the opening, and every other part of its power is taken up in the best quarter from when it is there.

    worth_a = sum over u >= a of (P_u - P_{u-1}) R_u - m (R_a - r_a) - fee_a,   R_t = max(0, r_t, r_{t+1}, ...)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...model.program import Bools, Ints
from .scaled import Floats, Scaled


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths, one a row: the site, the quarter in which it opens (0 where fleet stands), the load that comes."""

    site: Ints  # (N,)
    opens: Ints  # (N,)
    load: Floats  # (N, T)

    def __len__(self) -> int:
        return len(self.site)

    def __getitem__(self, which: Ints) -> Paths:
        return Paths(self.site[which], self.opens[which], self.load[which])


def joined(parts: list[Paths]) -> Paths:
    """The paths of all parts, each path once."""
    site = np.concatenate([part.site for part in parts])
    opens = np.concatenate([part.opens for part in parts])
    load = np.concatenate([part.load for part in parts])
    key = np.column_stack([site, opens, np.rint(load * 1e6).astype(np.int64)])
    _, first = np.unique(key, axis=0, return_index=True)
    first.sort()
    return Paths(site[first], opens[first], load[first])


class Prices:
    """What loads and openings are worth at every site, and the best paths that follow."""

    def __init__(self, coarse: Scaled, worth: Floats, fee: Floats) -> None:
        """`worth` (S, T) of a load that comes in t; `fee` (S, T) of opening in t (0 where fleet stands)."""
        self.coarse, self.worth = coarse, worth
        room, least, standing = coarse.room, coarse.least[:, None], coarse.standing[:, None]
        self.ahead = np.maximum(np.maximum.accumulate(worth[:, ::-1], axis=1)[:, ::-1], 0.0)  # R
        steps = np.diff(room, axis=1, prepend=0.0)
        later = np.cumsum((steps * self.ahead)[:, ::-1], axis=1)[:, ::-1]
        value = later + (room - steps) * self.ahead - least * (self.ahead - worth) - fee
        self.value = np.where(may_open(coarse), value, -np.inf)  # (S, T) of opening in t
        self.value[:, 0] = np.where(coarse.usable & standing[:, 0], later[:, 0], self.value[:, 0])
        self.best = self.value.max(axis=1, initial=-np.inf)  # (S,)

    def best_paths(self, site: Ints, opens: Ints) -> Paths:
        """The best path of each site when it opens in that quarter."""
        coarse, horizon = self.coarse, self.worth.shape[1]
        room, load = coarse.room[site], np.zeros((len(site), horizon))
        rows = np.arange(len(site))
        load[rows, opens] += coarse.least[site]
        worth, ahead = self.worth[site], self.ahead[site]
        for t in range(horizon):
            there = np.where(opens == t, room[:, t] - coarse.least[site], room[:, t] - room[:, t - 1] if t else 0.0)
            taken = np.where((opens <= t) & (ahead[:, t] > 0), there, 0.0)
            at = t + worth[:, t:].argmax(axis=1)
            load[rows, at] += taken
        return Paths(site, opens, load)


def may_open(coarse: Scaled) -> Bools:
    """(S, T) whether the site can open in that quarter; one where fleet stands is open from the first."""
    first = np.arange(coarse.room.shape[1]) == 0
    enough = (coarse.room >= coarse.least[:, None]) & (coarse.room > 0)
    possible: Bools = coarse.usable[:, None] & np.where(coarse.standing[:, None], first, enough)
    return possible


def openable(coarse: Scaled) -> tuple[Ints, Ints]:
    """Every site and every quarter in which it can open."""
    site, opens = np.nonzero(may_open(coarse))
    return site, opens


def full_paths(coarse: Scaled, site: Ints, opens: Ints) -> Paths:
    """The paths that take up all power as soon as it is there."""
    room = coarse.room[site]
    load = np.diff(room, axis=1, prepend=0.0)
    quarters = np.arange(room.shape[1])
    load[quarters < opens[:, None]] = 0.0
    rows = np.arange(len(site))
    load[rows, opens] = room[rows, opens]
    return Paths(site, opens, load)


def least_paths(coarse: Scaled, site: Ints, opens: Ints) -> Paths:
    """The paths that take up the minimum and no more."""
    load = np.zeros((len(site), coarse.room.shape[1]))
    load[np.arange(len(site)), opens] = coarse.least[site]
    return Paths(site, opens, load)


def ramps(coarse: Scaled, site: Ints, opens: Ints) -> Paths:
    """The paths that take up the minimum first and all power from one later quarter on, for each later quarter."""
    horizon = coarse.room.shape[1]
    parts = []
    for later in range(1, horizon):
        which = np.flatnonzero((opens < later) & ~coarse.standing[site])
        room, least = coarse.room[site[which]], coarse.least[site[which]]
        load = np.diff(room, axis=1, prepend=0.0)
        load[:, :later] = 0.0
        load[:, later] = room[:, later] - least
        load[np.arange(len(which)), opens[which]] += least
        parts.append(Paths(site[which], opens[which], load))
    return joined(parts) if parts else full_paths(coarse, site[:0], opens[:0])
