"""What power, minimum and opening of a site have to be worth, so that nothing gains there at the shared prices.

At every site, with r_t the worth of power to the units of quarter t, R_t the sum of prices of power from t on and M_t
that of the minimum's:

    minimise c   s.t.   R_t - M_t >= r_t   for all t,     c >= sum over u >= a of (o_u + P_u p_u - m q_u)   for all a
    where  R_t = sum over u >= t of p_u,   M_t = sum over u >= t of q_u,   p, q >= 0;   c >= 0 unless it has to open

a: quarters in which the site can open; o_u: what being open in u gains otherwise, mostly what opening costs. Most sites
have their best prices from a few candidates; a linear program finds those of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .arrays import Arrays
from .scaled import Floats

_INF = highspy.kHighsInf
_MOST_SITES = 3_000
"""So many sites, those that lose most, get their prices from a linear program."""


@dataclass(frozen=True, slots=True)
class Sites:
    """What is known of sites s in quarters t at the shared prices; the power of a site in parts of its own."""

    worth: Floats  # (S, T) of a part of power to the best unit of t, -inf where there is none
    room: Floats  # (S, T) that the fleet leaves
    least: Floats  # (S,) 0 where fleet stands: there the minimum has no price, since what stands would have to pay it
    opening: Floats  # (S, T) what being open gains beside power
    may: Bools  # (S, T) can be open
    kept: Bools  # (S,) has to be open at the end

    def at(self, which: Ints) -> Sites:
        """Those sites alone."""
        worth, room, least, opening = (part[which] for part in (self.worth, self.room, self.least, self.opening))
        return Sites(worth, room, least, opening, self.may[which], self.kept[which])


@dataclass(frozen=True, slots=True)
class SitePrices:
    """Prices p of power and q of the minimum, (S, T) each, and `level`, their difference summed from t on."""

    level: Floats
    power: Floats
    minimum: Floats

    def cost(self, sites: Sites) -> Floats:
        """(S,) what the site can gain at most."""
        gained = sites.opening + np.maximum(sites.room, 0) * self.power - sites.least[:, None] * self.minimum
        most = np.where(sites.may, onwards(gained), -np.inf).max(axis=1, initial=-np.inf)
        cost: Floats = np.where(sites.kept, most, np.maximum(most, 0.0))
        return cost

    def at(self, which: Bools | Ints) -> SitePrices:
        """The prices of those sites."""
        return SitePrices(self.level[which], self.power[which], self.minimum[which])

    def take(self, which: Bools | Ints, new: SitePrices) -> None:
        """Give those sites the new prices, theirs alone and in their order."""
        self.level[which], self.power[which], self.minimum[which] = new.level, new.power, new.minimum


def site_prices(sites: Sites, reached: Floats, slack: float) -> SitePrices:
    """Prices at which each site gains about as little as it can; `reached` (S,) is a gain that cannot be undercut.

    Sites that gain more than that by `slack` at the best candidate have their prices from a linear program.
    """
    horizon = sites.worth.shape[1]
    best = _prices_at(sites, _level(sites, 0))
    cost = best.cost(sites)
    for turn in range(1, horizon + 1):
        other = _prices_at(sites, _level(sites, turn))
        here = other.cost(sites)
        better = here < cost
        best.take(better, other.at(better))
        cost = np.where(better, here, cost)
    over = np.where(np.isfinite(cost), cost - reached, 0.0)
    doubtful = np.argsort(-over, kind="stable")[:_MOST_SITES]
    doubtful = doubtful[over[doubtful] > slack]
    if doubtful.size:
        few = sites.at(doubtful)
        found = _by_linear_program(few)
        if found is not None:
            better = found.cost(few) < cost[doubtful]
            best.take(doubtful[better], found.at(better))
    return best


def _level(sites: Sites, turn: int) -> Floats:
    """(S, T) what power is to be worth at least: from `turn` on what it can still be put to, before it the least."""
    worth, room = sites.worth, sites.room
    level = np.maximum(np.maximum.accumulate(worth[:, ::-1], axis=1)[:, ::-1], 0.0)
    if turn:
        before = np.maximum.accumulate(worth[:, :turn], axis=1)
        floor = np.where(np.isfinite(before), before, np.minimum(worth.max(axis=1, initial=0.0), 0.0)[:, None])
        choice = sites.least > 0
        level[choice, :turn] = np.where(np.isfinite(floor), floor, 0.0)[choice]
    for t in range(1, level.shape[1]):  # where power falls, what is taken up before has to fit then
        falls = room[:, t] < room[:, t - 1]
        level[falls, t] = np.maximum(level[falls, t], level[falls, t - 1])
    return level


def _prices_at(sites: Sites, level: Floats) -> SitePrices:
    """The prices that a level asks for, and such that a site with less power than its minimum gains nothing."""
    step = level - np.concatenate([level[:, 1:], np.zeros_like(level[:, :1])], axis=1)
    power, minimum = np.maximum(step, 0.0), np.maximum(-step, 0.0)
    too_small = (sites.room < sites.least[:, None]) & sites.may
    gap = np.where(too_small, sites.least[:, None] - sites.room, 1.0)
    scale = (np.abs(sites.opening).sum(axis=1) + (np.abs(sites.room) * power).sum(axis=1))[:, None]
    extra = np.where(too_small, 2 * scale / gap, 0.0)
    return SitePrices(level, power + extra, minimum + extra)


def _by_linear_program(sites: Sites) -> SitePrices | None:
    """The best prices of every site, None where HiGHS finds none: the program above, its sites side by side."""
    count, horizon = sites.worth.shape
    known = np.isfinite(sites.worth)
    room = np.maximum(sites.room, 0)
    load = np.maximum(room.max(axis=1), np.maximum(sites.least, 1.0))[:, None]  # powers and prices in parts of these
    price = np.abs(np.where(known, sites.worth, 0.0)).max(axis=1, keepdims=True)
    price = np.maximum(price, np.abs(sites.opening).max(axis=1, keepdims=True) / load)
    price = np.where(price > 0, price, 1.0)

    arrays, none = Arrays(), np.zeros((count, horizon))
    power = arrays.add_columns(none, 0.0, _INF)
    minimum = arrays.add_columns(none, 0.0, np.where(sites.least > 0, _INF, 0.0)[:, None])
    gained = arrays.add_columns(np.ones(count), np.where(sites.kept, -_INF, 0.0), _INF)
    levels = arrays.add_rows(np.where(known, sites.worth / price, -_INF), _INF)
    gains = arrays.add_rows(np.where(sites.may, onwards(sites.opening) / load / price, -_INF), _INF)
    arrays.enter(gains, gained[:, None], 1.0)
    for t in range(horizon):  # a price counts in the sums from every quarter up to its own
        earlier = slice(0, t + 1)
        arrays.enter(levels[:, earlier], power[:, t, None], 1.0)
        arrays.enter(levels[:, earlier], minimum[:, t, None], -1.0)
        arrays.enter(gains[:, earlier], power[:, t, None], -room[:, t, None] / load)
        arrays.enter(gains[:, earlier], minimum[:, t, None], sites.least[:, None] / load)
    highs = highspy.Highs()
    for option, setting in (("output_flag", False), ("parallel", "off"), ("threads", 1)):
        highs.setOptionValue(option, setting)
    arrays.pass_to(highs)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    x = np.maximum(np.array(highs.getSolution().col_value), 0.0)
    of_power, of_minimum = x[power] * price, x[minimum] * price
    level = onwards(of_power - of_minimum)
    lacking = np.where(known, sites.worth - level, 0.0).max(axis=1, initial=0.0)[:, None]
    of_power[:, -1:] += lacking  # what HiGHS's tolerance left open
    return SitePrices(level + lacking, of_power, of_minimum)


def onwards(values: Floats) -> Floats:
    """The sum from each quarter to the last."""
    summed: Floats = np.cumsum(values[..., ::-1], axis=-1)[..., ::-1]
    return summed
