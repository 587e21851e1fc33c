"""The linear optimum at fixed openings: what whole units are filled in by."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...model.program import Ints
from .master import Master
from .paths import Paths, full_paths, joined, least_paths, may_open, ramps
from .scaled import Floats, Scaled

FEW_SITES = 300
"""With no more usable sites than this each is a large part of the plan."""
_MARGIN = 0.6
"""By how much of the largest unit a site is to draw more than its minimum."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The linear optimum at fixed openings: its value, what is installed where, and its duals."""

    openings: Ints  # (S,)
    value: float  # of the objective, in capacities, standing fleet apart
    units: Floats  # (G, K, T)
    loads: Floats  # (S, T) running
    master: Master  # with this optimum


def optimum_at(coarse: Scaled, openings: Ints, seconds: float) -> Optimum | None:
    """The linear optimum at those openings, with a little room above minima if it can be; None where there is none.

    Whole units, rounded down, then still reach the minima.
    """
    return _optimum_at(_with_room(coarse), openings, seconds) or _optimum_at(coarse, openings, seconds)


def _optimum_at(coarse: Scaled, openings: Ints, seconds: float) -> Optimum | None:
    master = Master(coarse)
    master.add(_ways(coarse, openings))
    opened = np.flatnonzero((openings < coarse.shape[2]) & coarse.usable & ~coarse.standing)
    master.hold_open(opened)
    if not master.solve(anew=True, seconds=seconds):
        return None
    quarters = np.arange(coarse.shape[2])
    if master.converge(seconds, allowed=may_open(coarse) & (quarters == openings[:, None])) is None:
        return None
    return Optimum(openings, master.value, master.units(), master.loads(), master)


def _ways(coarse: Scaled, openings: Ints) -> Paths:
    """Paths that let the open sites take up any load; with few sites, in any quarter too: the rest is priced in."""
    opened = np.flatnonzero((openings < coarse.shape[2]) & coarse.usable)
    opens, least = openings[opened], ~coarse.standing[opened]
    ways = [full_paths(coarse, opened, opens), least_paths(coarse, opened[least], opens[least])]
    if int(coarse.usable.sum()) <= FEW_SITES:
        ways.append(ramps(coarse, opened, opens))
    return joined(ways)


def _with_room(coarse: Scaled) -> Scaled:
    """The same with minima a little higher, where the site has so much power whenever it opens."""
    first = np.where(may_open(coarse), coarse.room, np.inf).min(axis=1)
    more = np.minimum(coarse.least + _MARGIN * coarse.load.max(initial=0.0), np.maximum(first, coarse.least))
    return replace(coarse, least=np.where(coarse.standing, 0.0, more))
