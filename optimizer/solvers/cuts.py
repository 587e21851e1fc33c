"""Demand as rows over sets of regions: by max-flow min-cut all is served if near every set there is what it wants.

There are too many sets to watch them all. A few are watched from the start, and those that a plan is found to fail.
"""

from __future__ import annotations

import numpy as np

from ..model.filling import Filling
from ..model.program import INFINITE, Bools, Ints
from .compiled import compiled

_TIGHT = (1, 5, 20, 60)
"""Thousandths that may be missing, for sets of regions that are watched from the start."""

Rows = tuple[Ints, Ints, Ints, Ints, Ints]


class Cuts:
    """The sets of regions that are watched, and the filling's rows with theirs."""

    def __init__(self, filling: Filling) -> None:
        self.filling = filling
        self.most_tpp: Ints = np.full(filling.fleet_tpp.shape, INFINITE // 2)
        self.least_total: Ints | None = None
        self.patterns, self.pattern_of = np.unique(filling.near, axis=1, return_inverse=True)
        self.pattern_of = self.pattern_of.ravel()
        fleet = np.zeros((self.patterns.shape[1], filling.shape[2]), np.int64)
        np.add.at(fleet, self.pattern_of[filling.class_of], filling.fleet_tpp)
        self.fleet = fleet  # (patterns, T) of the standing fleet
        self.sets: list[Bools] = []
        self._known: set[bytes] = set()
        asked = filling.wanted.any(axis=1)
        together = (filling.near.astype(np.int64) @ filling.near.T.astype(np.int64)) > 0
        count = len(filling.wanted)
        for r in np.flatnonzero(asked):
            for other in np.flatnonzero(asked & together[r]):
                self.watch(np.isin(np.arange(count), (r, other)))
        for component in _components(together):
            self.watch(component & asked)

    def watch(self, regions: Bools) -> bool:
        """Watch a set of regions from now on; whether it was not watched before."""
        key = regions.tobytes()
        if key in self._known or not regions.any():
            return False
        self._known.add(key)
        self.sets.append(regions)
        return True

    def keep_total(self, total: Ints) -> None:
        """Keep at least that much of everything in service (T,), so that a site's largest share of it is known."""
        filling = self.filling
        if filling.site_share is not None:
            p, q = filling.site_share
            self.least_total = total
            self.most_tpp = (p * total // q)[None, :] - filling.fleet_tpp

    def lacking(self, units: Ints, groups: Ints | None = None, tolerance: int = 0) -> list[Bools]:
        """Sets of regions near which there is too little, at least one for each quarter in which demand is not met.

        `units` are by site, or by group with a site of each in `groups`. With a `tolerance`, sets that would lack
        something if each kind of site held that many thousandths less.
        """
        filling = self.filling
        here = np.einsum("skt,k->st", units, filling.unit_tpp)
        capacity = np.zeros_like(self.fleet)
        class_of = filling.class_of if groups is None else filling.class_of[groups]
        np.add.at(capacity, self.pattern_of[class_of], here)
        capacity = np.cumsum(capacity, axis=1) + self.fleet
        capacity -= capacity // 1000 * tolerance
        found = []
        for t in range(filling.shape[2]):
            wanted = filling.wanted[:, t].copy()
            while wanted.any():
                reached = deficient(capacity[:, t].copy(), self.patterns, wanted)
                if not reached.any():
                    break
                found.append(reached)
                wanted[reached] = 0
        return found

    def watch_tight(self, units: Ints, groups: Ints | None = None) -> None:
        """Watch the sets of regions near which there is hardly more than they want."""
        for tolerance in _TIGHT:
            for regions in self.lacking(units, groups, tolerance):
                self.watch(regions)

    def rows(self) -> Rows:
        """Limits and watched sets: terms and bounds of rows; (C, K, T) bundles, where each begins, and its accounts."""
        filling = self.filling
        terms, upper, members = [filling.terms], [filling.row_upper], []
        row, account = len(filling.row_upper), filling.accounts
        for regions in self.sets:
            near: Bools = np.any(self.patterns[regions], axis=0)
            missing = filling.wanted[regions].sum(axis=0) - self.fleet[near].sum(axis=0)
            before = np.maximum.accumulate(np.concatenate([[0], missing[:-1]]))
            at = np.flatnonzero(missing > before)  # what is in place stays, so only what is more asks anew
            terms.append(
                np.column_stack([row + np.arange(len(at)), np.full(len(at), account), at, np.full(len(at), -1)])
            )
            upper.append(-missing[at])
            members.append(near[self.pattern_of])
            row, account = row + len(at), account + 1
        if self.least_total is not None:
            horizon = filling.shape[2]
            at = np.arange(horizon)
            terms.append(np.column_stack([row + at, np.full(horizon, account), at, np.full(horizon, -1)]))
            upper.append(filling.fleet_total - self.least_total)
            members.append(np.ones(filling.near.shape[1], dtype=bool))
        listed = np.array(members, dtype=bool).reshape(len(members), filling.near.shape[1])
        bundle, start, accounts = self._bundles(listed)
        return np.concatenate(terms).astype(np.int64), np.concatenate(upper).astype(np.int64), bundle, start, accounts

    def _bundles(self, members: Bools) -> tuple[Ints, Ints, Ints]:
        """The filling's bundles with the watched sets' accounts, which classes are members of."""
        filling = self.filling
        more, kind = np.unique(members, axis=1, return_inverse=True)
        count = len(filling.bundle_start) - 1
        pair = kind.ravel()[:, None, None] * count + filling.bundle
        used, bundle = np.unique(pair, return_inverse=True)
        accounts = [
            np.concatenate(
                [
                    filling.bundle_accounts[filling.bundle_start[b] : filling.bundle_start[b + 1]],
                    filling.accounts + np.flatnonzero(more[:, c]),
                ]
            )
            for c, b in zip(used // count, used % count, strict=True)
        ]
        start = np.concatenate([[0], np.cumsum([len(each) for each in accounts])]).astype(np.int64)
        joined = np.concatenate([np.empty(0, np.int64), *accounts]).astype(np.int64)
        return bundle.reshape(filling.bundle.shape), start, joined


def _components(together: Bools) -> list[Bools]:
    """The sets of regions that hang together by sites near two of them."""
    left, found = np.ones(len(together), dtype=bool), []
    while left.any():
        reached = np.zeros(len(together), dtype=bool)
        reached[left.argmax()] = True
        while True:
            more = together[reached].any(axis=0) | reached
            if (more == reached).all():
                break
            reached = more
        found.append(reached)
        left &= ~reached
    return found


@compiled
def deficient(capacity: Ints, near: Bools, wanted: Ints) -> Bools:
    """A set of regions that want more than there is near them, by augmenting paths; an empty one where all is served.

    `capacity` is by kind of site (written to), `near` by region and kind of site.
    """
    regions, kinds = near.shape
    flow = np.zeros((kinds, regions), np.int64)
    came_from, came_by, queue = np.empty(regions, np.int64), np.empty(regions, np.int64), np.empty(regions, np.int64)
    reached = np.zeros(regions, np.bool_)
    for r in range(regions):
        missing = wanted[r]
        while missing > 0:
            reached[:] = False
            reached[r] = True
            queue[0], head, tail, source = r, 0, 1, -1
            while head < tail and source < 0:
                at = queue[head]
                head += 1
                for p in range(kinds):
                    if not near[at, p]:
                        continue
                    if capacity[p] > 0:
                        source, last = p, at
                        break
                    for other in range(regions):
                        if flow[p, other] > 0 and not reached[other]:
                            reached[other] = True
                            came_from[other], came_by[other] = at, p
                            queue[tail] = other
                            tail += 1
            if source < 0:
                return reached
            amount, at = min(missing, capacity[source]), last
            while at != r:
                amount = min(amount, flow[came_by[at], at])
                at = came_from[at]
            capacity[source] -= amount
            flow[source, last] += amount
            at = last
            while at != r:
                flow[came_by[at], at] -= amount
                flow[came_by[at], came_from[at]] += amount
                at = came_from[at]
            missing -= amount
    reached[:] = False
    return reached
