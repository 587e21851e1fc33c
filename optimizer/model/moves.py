"""Moves of the standing fleet, within countries and between them; one function per family as in `families`.

A move is two columns, one that leaves a group of the fleet and one that comes to a site, so that there are as many
columns as places and not as pairs of them; `pairing` pairs them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

import numpy as np

from ..domain.scenario import NOTICE_QUARTERS
from .fleet_groups import FleetGroup
from .instance import Instance
from .program import INFINITE, Bools, Builder, Ints
from .shifts import Shift, Shifts, columns_of, leaving_columns


def moves_within_countries(builder: Builder, instance: Instance, shifts: Shifts) -> None:
    """Units of the fleet that leave their place for another one in the country c come to a site there at once.

        sum_{g in c} d_gt = d_ckt                       for all c, k, t
        sum_{s in c} d_skt = d_ckt                      for all c, k, t
        d_skt + sum_{g at s} d_gt <= d_ckt              for all s, k, t

    By the last row nothing moves to where it stands: what comes to s left another place. What moves is received anew,
    under the authorization that is the default where it comes to.

    Fields: `move_cost_usd_per_gpu`, `fleet`, `sites` (accelerators, power_mw).
    """
    _moves(builder, instance, shifts, abroad=False)


def moves_between_countries(builder: Builder, instance: Instance, shifts: Shifts) -> None:
    """Units of the fleet that leave their country come to sites in other countries.

        sum_g z_gt = z_kt                               for all k, t
        sum_s z_skt = z_kt                              for all k, t
        sum_{s in c} z_skt + sum_{g in c} z_gt <= z_kt    for all c, k, t

    The regimes ask for 60 days' notice before chips move between countries (DUTY602; 15 CFR part 748, Supp. No. 10,
    para. 5). It is given in the quarter before, at the earliest in the horizon's first, so that the horizon's second
    quarter is the first with such moves, for every firm and under every regime.

    Fields: `move_cost_usd_per_gpu`, `fleet`, `sites` (accelerators, power_mw), `horizon`.
    """
    _moves(builder, instance, shifts, abroad=True)


class _Ways(NamedTuple):
    """Where moves can begin and end: units by place (jurisdiction) and accelerator, and whether sites have room."""

    place: list[str]  # of each site
    takes: Bools  # (S, K, T)
    sites_in: dict[str, Ints]  # (K, T) sites that take it, by jurisdiction
    sites: Ints  # (K, T)
    units_in: Counter[tuple[str, int]]
    units_at: Counter[tuple[int, int]]
    units: Counter[int]


def _ways(instance: Instance, groups: Sequence[FleetGroup]) -> _Ways:
    place = [country for country, _ in instance.holdings]
    takes = (instance.room > 0) & ~instance.closed[:, None, None]
    sites_in = {name: np.zeros(takes.shape[1:], np.int64) for name in {*place, *(group.place for group in groups)}}
    for s, name in enumerate(place):
        sites_in[name] += takes[s]
    ways = _Ways(place, takes, sites_in, takes.sum(axis=0), Counter(), Counter(), Counter())
    for group in groups:
        if group.may_move:
            ways.units_in[group.place, group.accelerator] += group.units
            ways.units_at[group.site, group.accelerator] += group.units
            ways.units[group.accelerator] += group.units
    return ways


def _moves(builder: Builder, instance: Instance, shifts: Shifts, *, abroad: bool) -> None:
    """The columns of all moves between countries, or of all within them, and the rows that match them."""
    if instance.scenario.move_cost_usd_per_gpu is None:
        return
    family, groups, ways = ("move abroad" if abroad else "move"), shifts.groups, _ways(instance, shifts.groups)
    starts = NOTICE_QUARTERS if abroad else 0
    pairs = []
    for g, group in enumerate(groups):
        if group.may_move:
            ends = ways.sites_in[group.place][group.accelerator]
            here = ways.takes[group.site, group.accelerator] if group.site >= 0 else 0
            ends = ways.sites[group.accelerator] - ends if abroad else ends - here
            pairs += [(g, t) for t in range(starts, instance.horizon) if ends[t] > 0]
    out = leaving_columns(builder, instance, shifts, family, pairs)
    come = _coming(builder, instance, shifts, ways, starts=starts, abroad=abroad)
    shifts.each += out + come
    _match(builder, instance, shifts, ways, out + come, family)


def _coming(
    builder: Builder, instance: Instance, shifts: Shifts, ways: _Ways, *, starts: int, abroad: bool
) -> list[Shift]:
    """A column for each site, accelerator and quarter to which units can come from elsewhere."""
    triples, bounds = [], []
    for s, k, t in np.argwhere(ways.takes).tolist():
        inside = ways.units_in[ways.place[s], k]
        most = ways.units[k] - inside if abroad else inside - ways.units_at[s, k]
        if t >= starts and most > 0:
            triples.append((s, k, t))
            bounds.append(min(most, int(instance.room[s, k, t])))
    family = "arrive from abroad" if abroad else "arrive"

    def name(i: int) -> str:
        s, k, t = triples[i]
        return f"{family}({instance.sites[s].site},{instance.accelerators[k].id},{instance.quarters[t]})"

    upper = np.array(bounds, dtype=np.int64)
    columns = builder.columns(family, np.zeros(len(bounds), np.int64), upper, name, integral=True).tolist()
    shifts.upper.update(zip(columns, bounds, strict=True))
    return [Shift(column, -1, s, k, t, 1, abroad) for column, (s, k, t) in zip(columns, triples, strict=True)]


def _match(
    builder: Builder, instance: Instance, shifts: Shifts, ways: _Ways, moves: Sequence[Shift], family: str
) -> None:
    """As many units come as leave, in each market, and none come from where they stand.

    A market is a country and its places are sites, or it is the world and its places are countries.
    """
    abroad = family == "move abroad"
    markets: dict[tuple[str, int, int], list[Shift]] = defaultdict(list)
    places: dict[tuple[str, int, int, str], list[Shift]] = defaultdict(list)
    for shift in moves:
        country = ways.place[shift.site] if shift.site >= 0 else shifts.groups[shift.group].place
        market = ("" if abroad else country, shift.accelerator, shift.quarter)
        markets[market].append(shift)
        if abroad or shift.site >= 0:
            places[(*market, country if abroad else instance.sites[shift.site].site)].append(shift)
    both = {key: some for key, some in places.items() if len({shift.sign for shift in some}) == 2}

    def name(where: str, k: int, t: int) -> str:
        return f"{where}{',' if where else ''}{instance.accelerators[k].id},{instance.quarters[t]}"

    keys, crossing = list(markets), list(both)
    most = np.array([sum(shifts.upper[s.column] for s in markets[key] if s.sign < 0) for key in keys], dtype=np.int64)
    totals = builder.columns(
        "moving", np.zeros(len(keys), np.int64), most, lambda i: f"{family}({name(*keys[i])})", integral=False
    )
    total = dict(zip(keys, totals.tolist(), strict=True))
    for sign, verb in ((-1, "left"), (1, "came")):
        namer = partial(_named, f"{family}_{verb}", [name(*key) for key in keys])
        rows = builder.rows("moves", 0, 0, len(keys), namer)
        builder.entries(rows, totals, 1)
        some = [[shift for shift in markets[key] if shift.sign == sign] for key in keys]
        builder.entries(np.repeat(rows, [len(part) for part in some]), columns_of(chain(*some)), -1)
    namer = partial(_named, f"{family}_elsewhere", [name(key[3], *key[1:3]) for key in crossing])
    rows = builder.rows("moves", -INFINITE, 0, len(crossing), namer)
    builder.entries(rows, np.array([total[key[:3]] for key in crossing], np.int64), -1)
    builder.entries(np.repeat(rows, [len(both[key]) for key in crossing]), columns_of(chain(*both.values())), 1)


def _named(word: str, names: Sequence[str], i: int) -> str:
    return f"{word}({names[i]})"
