"""Whole units of a group shared out over its sites, in whole parts of power: nothing is left to tolerances.

Quarter by quarter, the largest units first: each site takes what its share of the group's power asks for, and what is
left goes where most is missing and where it fits. Sites that open take up their minimum.
"""

from __future__ import annotations

import numpy as np

from ..model.aggregate import Aggregate
from ..model.program import Ints


def split(coarse: Aggregate, x: np.ndarray, start: Ints | None = None) -> Ints | None:
    """The whole program's point for a point of the aggregate with whole n and z; None where a minimum is not met.

    Units that fit no site of their group are left out. What `start`, a point of the whole program, holds stays where
    it is, and only what x has beyond it is shared out.
    """
    return _Split(coarse, x, start).point()


def joined(coarse: Aggregate, point: Ints) -> np.ndarray:
    """A point of the whole program as one of the aggregate: its n, z and x, other columns 0."""
    site, group = coarse.by_site, coarse.by_group
    quarters = coarse.more.shape[1]
    units = point[site.column]
    n = np.zeros((coarse.groups, len(coarse.unit_load), quarters), np.int64)
    np.add.at(n, (coarse.group_of[site.place], site.accelerator, site.quarter), units)
    load = np.zeros(coarse.more.shape, np.int64)
    np.add.at(load, (site.place, site.quarter), units * coarse.unit_load[site.accelerator])
    opens = np.diff(point[coarse.site_open], axis=1, prepend=0) * ~coarse.standing[:, None]
    x = np.zeros(coarse.program.columns)
    x[group.column] = n[group.place, group.accelerator, group.quarter]
    has = coarse.opens >= 0
    x[coarse.opens[has]] = opens[has]
    has = coarse.more >= 0
    x[coarse.more[has]] = (load - opens * coarse.least[:, None])[has] / coarse.megawatt
    return x


class _Split:
    def __init__(self, coarse: Aggregate, x: np.ndarray, start: Ints | None) -> None:
        self.coarse, shape = coarse, coarse.more.shape
        opened = np.where(coarse.opens >= 0, np.rint(x[np.maximum(coarse.opens, 0)]), 0).astype(np.int64)
        more = np.where(coarse.more >= 0, x[np.maximum(coarse.more, 0)], 0.0) * coarse.megawatt
        self.open = (np.cumsum(opened, axis=1) > 0) | coarse.standing[:, None]
        self.aim = np.cumsum(more + opened * coarse.least[:, None], axis=1)
        group, site = coarse.by_group, coarse.by_site
        self.units = np.zeros((coarse.groups, len(coarse.unit_load), shape[1]), np.int64)
        self.units[group.place, group.accelerator, group.quarter] = np.rint(x[group.column]).astype(np.int64)
        self.load = np.zeros(shape, np.int64)  # at each quarter's end
        self.held = np.zeros((shape[0], len(coarse.unit_load), shape[1]), np.int64)
        self.most = np.zeros(self.held.shape, np.int64)
        self.most[site.place, site.accelerator, site.quarter] = site.upper
        if start is not None:
            self.held[site.place, site.accelerator, site.quarter] = start[site.column]
            self.load += np.cumsum(np.einsum("skt,k->st", self.held, coarse.unit_load), axis=1)
            np.subtract.at(self.units, coarse.group_of, self.held)
        self.largest_first = np.argsort(-coarse.unit_load, kind="stable")

    def point(self) -> Ints | None:
        """The whole program's point."""
        coarse, site = self.coarse, self.coarse.by_site
        order = np.argsort(coarse.group_of, kind="stable")
        starts = np.searchsorted(coarse.group_of[order], np.arange(coarse.groups + 1))
        for group in range(coarse.groups):
            sites = order[starts[group] : starts[group + 1]]
            for t in range(self.open.shape[1]):
                if not self._share_out(group, sites[self.open[sites, t]], t):
                    return None
        point = np.zeros(coarse.whole_columns, np.int64)
        point[site.column] = self.held[site.place, site.accelerator, site.quarter]
        point[coarse.site_open.ravel()] = self.open.ravel()
        return point

    def _share_out(self, group: int, sites: Ints, t: int) -> bool:
        """Place what the group installs in t; whether every site then draws its minimum."""
        if not sites.size:
            return True
        for k in self.largest_first:
            units = int(self.units[group, k, t])
            if units <= 0:
                continue
            size = int(self.coarse.unit_load[k])
            fits = self._fits(sites, int(k), t)
            wanted = np.clip((self.aim[sites, t] - self.load[sites, t]) // max(size, 1), 0, fits).astype(np.int64)
            excess = np.cumsum(wanted) - units
            wanted = np.maximum(wanted - np.maximum(excess, 0), 0) if excess[-1] > 0 else wanted
            self._put(sites, int(k), t, wanted)
            for _ in range(units - int(wanted.sum())):
                fits = self._fits(sites, int(k), t)
                missing = np.where(fits > 0, self._missing(sites, t), -np.inf)
                if missing.max() == -np.inf:
                    break
                one = np.zeros(len(sites), np.int64)
                one[missing.argmax()] = 1
                self._put(sites, int(k), t, one)
        return self._meet_minima(sites, t)

    def _missing(self, sites: Ints, t: int) -> np.ndarray:
        """How far each site is below its aim; what is below its minimum comes before all else."""
        short = self.load[sites, t] < self.coarse.least[sites]
        missing: np.ndarray = self.aim[sites, t] - self.load[sites, t] + np.where(short, float(2**50), 0.0)
        return missing

    def _fits(self, sites: Ints, k: int, t: int) -> Ints:
        """How many more units of k each site has room for."""
        size = max(int(self.coarse.unit_load[k]), 1)
        left = (self.coarse.room[sites, t:] - self.load[sites, t:]).min(axis=1)
        room = np.maximum(left, 0) // size
        fits: Ints = np.minimum(room, self.most[sites, k, t] - self.held[sites, k, t])
        return fits

    def _put(self, sites: Ints, k: int, t: int, units: Ints) -> None:
        self.held[sites, k, t] += units
        self.load[sites, t:] += (units * self.coarse.unit_load[k])[:, None]

    def _meet_minima(self, sites: Ints, t: int) -> bool:
        """Move units of this quarter from sites that have more than they need to those below their minimum."""
        for place in np.flatnonzero(self.load[sites, t] < self.coarse.least[sites]):
            site = sites[place : place + 1]
            for k in self.largest_first[::-1]:
                size = int(self.coarse.unit_load[k])
                while self.load[site[0], t] < self.coarse.least[site[0]] and size:
                    spare = (self.load[sites, t] - self.coarse.least[sites] >= size) & (self.held[sites, k, t] > 0)
                    spare[place] = False
                    if not spare.any() or self._fits(site, int(k), t)[0] < 1:
                        break
                    giver = sites[np.flatnonzero(spare)[[self.load[sites[spare], t].argmax()]]]
                    self._put(giver, int(k), t, np.array([-1]))
                    self._put(site, int(k), t, np.array([1]))
            if self.load[site[0], t] < self.coarse.least[site[0]]:
                return False
        return True
