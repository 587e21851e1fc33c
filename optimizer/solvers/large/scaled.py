"""A filling as floating-point arrays of a sensible size, its sites gathered into groups.

Sites of a group share class and accelerators: what a unit adds to the law, to supply and to demand is the same there.
What remains a site's own is its power, its minimum, the price of its building and its opening. Power is counted at the
IT equipment: what a unit draws at a site's meter is its load times a factor of the site (the PUE and the site's parts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model.filling import Filling
from ...model.program import INFINITE, Bools, Ints

Floats = NDArray[np.float64]

_UNIT_LOAD, _UNIT_TPP, _UNIT_COST = 0.125, 0.125, 0.004
"""What a middling unit counts in each measure, so that sums over a fleet stay within some thousands."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """Arrays over sites s, groups g, accelerators k, quarters t, regions r, accounts a, rows of the law i."""

    filling: Filling
    load_parts: Floats  # (S,) the site's parts of power at the meter in one of our loads
    tpp_parts: float  # TPP in one of our capacities
    money_parts: float  # parts of money in one of our amounts
    load: Floats  # (K,)
    tpp: Floats  # (K,)
    gain: Floats  # (K, T) of the objective, in capacities
    equipment: Floats  # (K,) what a unit costs at the cheapest building
    building: Floats  # (S,) what a load costs more than there
    opening: Floats  # (S,)
    budget: Floats | None  # (T,) cumulative
    room: Floats  # (S, T) load that can still come, the tightest later quarter's
    least: Floats  # (S,) 0 where fleet stands
    delivered: Floats  # (K, T) cumulative
    usable: Bools  # (S,) takes anything at all
    kept: Bools  # (S,) has to be opened
    standing: Bools  # (S,) holds fleet
    group_of: Ints  # (S,)
    group_class: Ints  # (G,)
    takes: Bools  # (G, K)
    near: Bools  # (R, G)
    wanted: Floats  # (R, T)
    fleet: Floats  # (G, T) standing capacity at the group's sites
    watched: Ints  # groups of a single site that could come to hold more than the share that one site may hold
    share: float  # that share, 0 where there is none
    fleet_total: Floats  # (T,) standing capacity anywhere
    least_opened: int  # sites to open beside those where fleet stands, at most 0 where none are

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of sites, accelerators and quarters."""
        return self.filling.shape

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.group_class)


def scaled(filling: Filling) -> Scaled:
    """The filling in floating-point numbers."""
    site_load = filling.unit_power.sum(axis=1).astype(np.float64)
    reference = int(np.argmax(site_load > 0))
    load = filling.unit_power[reference] / max(site_load[reference], 1.0)
    stretch = _UNIT_LOAD / _middle(load)
    load_parts = np.maximum(site_load, 1.0) / stretch
    tpp_parts = _middle(filling.unit_tpp) / _UNIT_TPP
    heavy = int(load.argmax())
    cheapest = int(np.argmin(filling.unit_cost[:, heavy])) if len(filling.unit_cost) else 0
    money_parts = _middle(filling.unit_cost[cheapest]) / _UNIT_COST
    load = load * stretch
    over = (filling.unit_cost[:, heavy] - filling.unit_cost[cheapest, heavy]).astype(np.float64)

    allowed: Bools = np.any(filling.upper > 0, axis=2)
    room = np.minimum.accumulate(np.maximum(filling.room, 0)[:, ::-1], axis=1)[:, ::-1] / load_parts[:, None]
    room[~allowed.any(axis=1)] = 0
    least = np.where(filling.standing, 0, filling.least) / load_parts
    apart = np.where(_may_exceed(filling), np.arange(len(site_load)) + 1, 0)
    key = np.column_stack([filling.class_of, allowed, apart])
    kinds, group_of = np.unique(key, axis=0, return_inverse=True)
    group_of = group_of.ravel()
    fleet = np.zeros((len(kinds), filling.room.shape[1]))
    np.add.at(fleet, group_of, filling.fleet_tpp / tpp_parts)
    return Scaled(
        filling=filling,
        load_parts=load_parts,
        tpp_parts=tpp_parts,
        money_parts=money_parts,
        load=load,
        tpp=filling.unit_tpp / tpp_parts,
        gain=filling.gain / tpp_parts,
        equipment=filling.unit_cost[cheapest] / money_parts,
        building=over / money_parts / load[heavy],
        opening=filling.opening_cost / money_parts,
        budget=None if filling.budget.max() >= INFINITE else filling.budget / money_parts,
        room=room,
        least=least,
        delivered=filling.delivered.astype(np.float64),
        usable=(room[:, -1] > 0) & (filling.standing | (room >= least[:, None]).any(axis=1)),
        kept=filling.keep_open & ~filling.standing,
        standing=filling.standing,
        group_of=group_of,
        group_class=kinds[:, 0],
        takes=kinds[:, 1:-1].astype(bool),
        near=filling.near[:, kinds[:, 0]],
        wanted=filling.wanted / tpp_parts,
        fleet=fleet,
        watched=np.flatnonzero(kinds[:, -1]),
        share=0.0 if filling.site_share is None else filling.site_share[0] / filling.site_share[1],
        fleet_total=filling.fleet_total / tpp_parts,
        least_opened=filling.least_open - int(filling.standing.sum()),
    )


def _may_exceed(filling: Filling) -> Bools:
    """(S,) whether the site could hold more than one site may of what stands in the first quarter."""
    sites = len(filling.unit_power)
    if filling.site_share is None:
        return np.zeros(sites, dtype=bool)
    density = np.where(filling.upper.any(axis=2), filling.unit_tpp / np.maximum(filling.unit_power, 1), 0.0)
    most = density.max(axis=1, initial=0.0) * np.maximum(filling.room, 0).max(axis=1) + filling.fleet_tpp.max(axis=1)
    p, q = filling.site_share
    found: Bools = most * q > p * filling.fleet_total.min(initial=0)
    return found


def _middle(values: Ints | Floats) -> float:
    """The median of what is above 0, else 1."""
    above = np.asarray(values)[np.asarray(values) > 0]
    return float(np.median(above)) if above.size else 1.0
