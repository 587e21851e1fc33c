"""How the standing fleet may change: what leaves it and in what order, one function per family as in `families`.

A group g of the fleet is what agrees in place, accelerator and authorization (`fleet_groups`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from ..ledger import Holding
from .families import Columns
from .fleet_groups import FleetGroup
from .instance import Instance
from .program import INFINITE, Builder, Namer
from .shifts import Counted, Shift, Shifts, columns_of, group_label, leaving_columns


def retirements(builder: Builder, instance: Instance, shifts: Shifts) -> None:
    """Units of the fleet leave service, for good.

        0 <= x_gt <= N_g                                for all g, t

    What retires in t is in service no more at the end of t, and its power is free in t.

    Fields: `retire_allowed`, `fleet`.
    """
    if instance.scenario.retire_allowed:
        every = range(instance.horizon)
        pairs = [(g, t) for g in range(len(shifts.groups)) for t in every]
        shifts.each += leaving_columns(builder, instance, shifts, "retire", pairs)


def standing_fleet(builder: Builder, instance: Instance, shifts: Shifts) -> None:
    """No more leaves a group than stands in it, in whole units.

        sum_t (x_gt + d_gt + z_gt) <= N_g               for all g

    Fields: `fleet`, `accelerators` (gpus_per_unit).
    """
    bounds = [group.units for group in shifts.groups]

    def name(g: int) -> str:
        return f"standing({group_label(instance, shifts.groups[g])})"

    rows = builder.rows("standing fleet", -INFINITE, np.array(bounds, dtype=np.int64), len(bounds), name)
    leaving = [shift for shift in shifts.each if shift.group >= 0]
    builder.entries(rows[[shift.group for shift in leaving]], columns_of(leaving), 1)


def oldest_first(builder: Builder, instance: Instance, shifts: Shifts) -> None:
    """Of a group in layers that limits tell apart, such as chips of before 2025, the older layer leaves first.

        sum_l q_glt = sum_l q_{g,l,t-1} + b_k (x_gt + d_gt + z_gt)        for all g, t
        q_glt <= Q_gl e_glt                             for all g, l, t
        q_glt >= Q_gl e_{g,l+1,t}                       for all g, l, t

    q_glt are the GPUs of layer l that have left up to and in t, Q_gl those it held, b_k GPUs of a unit, and e_glt says
    that every older layer has left whole; of the oldest it is 1. A group of one layer needs none of these.

    Fields: `fleet` (quarter).
    """
    leaving: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts.each:
        if shift.group >= 0:
            leaving[shift.group].append(shift)
        else:
            shifts.counted.append(_arrival(instance, shift))
    for g, out in leaving.items():
        group = shifts.groups[g]
        if len(group.layers) == 1:
            gpus = -int(instance.unit_gpus[group.accelerator])
            plain = _plain(group.layers[0].holding)
            shifts.counted += [
                Counted(shift.column, plain, group.site, group.accelerator, shift.quarter, gpus, True) for shift in out
            ]
        else:
            _layers(builder, instance, shifts, group, out)


def still_held(builder: Builder, instance: Instance, columns: Columns) -> None:
    """A site of the fleet that can be left empty is kept open, or counts as open, while something stands there.

        o_s <= N_s + sum_{k,t} (n_skt + d_skt + z_skt) - sum_{g at s,t} (x_gt + d_gt + z_gt)    for all s
        o_s = 1                                         for all s kept open

    N_s are the units of the fleet at s; o_s takes the place of y_sT in the number of open sites.

    Fields: `keep_open`, `min_open_sites`, `fleet`.
    """
    scenario, shifts = instance.scenario, columns.shifts
    if not shifts.groups or not (scenario.keep_open or scenario.min_open_sites):
        return
    stands = Counter({site.site: 0 for site in instance.sites})
    for row in scenario.fleet:
        if row.site is not None:
            stands[row.site] += row.gpus
    leave: Counter[int] = Counter()
    units: Counter[int] = Counter()
    for group in shifts.groups:
        leave[group.site] += group.units * int(instance.unit_gpus[group.accelerator])
        units[group.site] += group.units
    sites = np.flatnonzero([leave[s] > 0 and leave[s] == stands[site.site] for s, site in enumerate(instance.sites)])
    kept = np.array([instance.sites[s].site in scenario.keep_open for s in sites], dtype=np.int64)

    def name(i: int) -> str:
        return f"still_held({instance.sites[sites[i]].site})"

    ones = np.ones(len(sites), np.int64)
    held = builder.columns("still held", kept, ones, name, integral=True)
    columns.held[sites] = held
    standing = np.array([units[s] for s in sites.tolist()], dtype=np.int64)
    rows = builder.rows("site opening", -standing, INFINITE, len(sites), name)
    builder.entries(rows, held, -1)
    row_of = np.full(len(instance.sites), -1, np.int64)
    row_of[sites] = rows
    installed = row_of[instance.candidate_site]
    builder.entries(installed[installed >= 0], columns.n_list[installed >= 0], 1)
    column, site, _, _, sign = shifts.at_sites()
    shifted = row_of[site]
    builder.entries(shifted[shifted >= 0], column[shifted >= 0], sign[shifted >= 0])


def _plain(holding: Holding) -> Holding:
    return holding._replace(site=None, accelerator="")


def _arrival(instance: Instance, shift: Shift) -> Counted:
    """What accounts count of units that come to a site: received there under the authorization that is its default."""
    country, authorization = instance.holdings[shift.site]
    holding = Holding(country, None, "", authorization, None, instance.quarters[shift.quarter])
    gpus = int(instance.unit_gpus[shift.accelerator])
    return Counted(shift.column, holding, shift.site, shift.accelerator, shift.quarter, gpus, False)


def _layers(builder: Builder, instance: Instance, shifts: Shifts, group: FleetGroup, out: Sequence[Shift]) -> None:
    """The rows of `oldest_first` for one group, and how accounts count its layers."""
    horizon, label, count = instance.horizon, group_label(instance, group), len(group.layers)
    sizes = np.array([layer.gpus for layer in group.layers], dtype=np.int64)

    def name(word: str, first: int = 0) -> Namer:
        return lambda i: f"{word}({label},{first + i // horizon},{instance.quarters[i % horizon]})"

    most = np.repeat(sizes, horizon)
    gone = builder.columns("gone", np.zeros_like(most), most, name("gone"), integral=True).reshape(count, horizon)
    later = np.zeros((count - 1) * horizon, np.int64)
    may = builder.columns("may leave", later, later + 1, name("may_leave", 1), integral=True)
    may = may.reshape(count - 1, horizon)
    rows = builder.rows("oldest first", 0, 0, horizon, lambda t: f"gone({label},{instance.quarters[t]})")
    builder.entries(rows[None, :], gone, 1)
    builder.entries(rows[None, 1:], gone[:, :-1], -1)
    quarters = np.array([shift.quarter for shift in out], dtype=np.int64)
    builder.entries(rows[quarters], columns_of(out), -int(instance.unit_gpus[group.accelerator]))
    first = builder.rows("oldest first", -INFINITE, sizes[0], horizon, name("layer"))
    builder.entries(first, gone[0], 1)
    after = builder.rows("oldest first", -INFINITE, 0, may.size, name("after", 1)).reshape(may.shape)
    builder.entries(after, gone[1:], 1)
    builder.entries(after, may, -sizes[1:, None])
    before = builder.rows("oldest first", -INFINITE, 0, may.size, name("whole", 1)).reshape(may.shape)
    builder.entries(before, gone[:-1], -1)
    builder.entries(before, may, sizes[:-1, None])
    for layer, columns in zip(group.layers, gone.tolist(), strict=True):
        place = (_plain(layer.holding), group.site, group.accelerator)
        for t, column in enumerate(columns):
            shifts.upper[column] = layer.gpus
            shifts.counted += [
                Counted(column, *place, quarter, gpus, True)
                for quarter, gpus in ((t, -1), (t + 1, 1))
                if quarter < horizon
            ]
