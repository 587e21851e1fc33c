"""The linear master: units by group, and for each site a mixture of load paths. Path columns are priced in as needed.

    max   sum gain_kt n_gkt
    s.t.  sum_k load_k n_gkt = sum over paths p of g's sites, load_pt w_p              every g, t
          what waits of a delivery, money, accounts, limits, demand                    as in the whole program
          sum_p w_p <= 1 for each site (= 1 where it has to open),  w_p >= 0

A path has its site's opening in it, so sites are shared out between "closed" and whole paths: that is as tight as every
statement of a single site can be. Whatever the duals of this program are, they give a bound (lifting.py).
"""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np

from ...model.program import Bools, Ints
from .arrays import Arrays
from .paths import Paths, Prices, full_paths, joined, least_paths
from .scaled import Floats, Scaled

_INF = highspy.kHighsInf
_SHORT = (3.0, 100.0, 3_000.0)
"""What a capacity of demand, or a unit of another floor, costs that is not met; the next where it paid not to meet one.

Only while paths are still missing: low prices find them sooner.
"""
_MET = 1e-6
_FEW = 3_000
_TIGHT = 2.5e-10
"""What a path may be worth more than its site's price, by the master's value, and yet be left out."""


class Master:
    """The program in HiGHS, with the last optimum: `value`, `x`, `dual` (of the maximisation's rows, HiGHS's sign)."""

    def __init__(self, coarse: Scaled, sites: Floats | None = None) -> None:
        """`sites`: how many sites each one stands for (clusters), 1 where left out."""
        self.coarse = coarse
        self.sites = np.ones(len(coarse.group_of)) if sites is None else sites
        self.highs = highspy.Highs()
        for option, setting in (("output_flag", False), ("parallel", "off"), ("threads", 1)):
            self.highs.setOptionValue(option, setting)
        self.value, self.x, self.dual = 0.0, np.zeros(0), np.zeros(0)
        self._basis: Any = None
        self._arrays = Arrays()
        self._state()
        self.first_path = self._arrays.columns
        self._arrays.pass_to(self.highs)
        self.paths = Paths(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, coarse.shape[2])))
        self.elastic = np.zeros(0, np.int32)

    def _state(self) -> None:
        """The rows, and every column but the paths'."""
        coarse, arrays = self.coarse, self._arrays
        filling = coarse.filling
        _, count_k, count_t = coarse.shape
        group, k, t = np.nonzero(np.broadcast_to(coarse.takes[:, :, None], (coarse.groups, count_k, count_t)))
        self.unit = (group, k, t)
        self.n = arrays.add_columns(-coarse.gain[k, t], 0.0, _INF)
        self.power_rows = arrays.add_rows(np.zeros((coarse.groups, count_t)), 0.0)
        arrays.enter(self.power_rows[group, t], self.n, coarse.load[k])

        arriving = np.diff(coarse.delivered, axis=1, prepend=0.0)
        self.supply_rows = arrays.add_rows(arriving, arriving)
        waiting = arrays.add_columns(np.zeros(arriving.shape), 0.0, _INF)
        arrays.enter(self.supply_rows, waiting, 1.0)
        arrays.enter(self.supply_rows[:, 1:], waiting[:, :-1], -1.0)
        arrays.enter(self.supply_rows[k, t], self.n, 1.0)

        self.money_rows = arrays.add_rows(np.full(count_t, -_INF if coarse.budget is None else 0.0), 0.0)
        budget = np.full(count_t, _INF) if coarse.budget is None else coarse.budget
        self._chain(self.money_rows, arrays.add_columns(np.zeros(count_t), -_INF, budget))
        arrays.enter(self.money_rows[t], self.n, coarse.equipment[k])

        of_account = arrays.add_rows(np.zeros((filling.accounts, count_t)), 0.0)
        account = arrays.add_columns(np.zeros(of_account.shape), -_INF, _INF)
        self._chain(of_account, account)
        bundle = filling.bundle[coarse.group_class[group], k, t]
        size = np.diff(filling.bundle_start)[bundle]
        entry = np.repeat(np.arange(len(bundle)), size)
        place = np.arange(len(entry)) - np.repeat(np.cumsum(size) - size, size)
        member = filling.bundle_accounts[filling.bundle_start[bundle[entry]] + place]
        arrays.enter(of_account[member, t[entry]], self.n[entry], coarse.tpp[k[entry]])
        self._limits(account)
        self._demand()
        self._site_shares()
        least = float(coarse.least_opened) if coarse.least_opened > 0 else -_INF
        self.count_row = int(arrays.add_rows(np.full(1, least), _INF)[0])
        self.site_rows = arrays.add_rows(np.where(coarse.kept, self.sites, -_INF), self.sites)

    def _limits(self, account: Ints) -> None:
        """sum coefficient x account <= bound, each row by its largest coefficient."""
        filling, arrays = self.coarse.filling, self._arrays
        size = np.ones(len(filling.row_upper))
        np.maximum.at(size, filling.terms[:, 0], np.abs(filling.terms[:, 3]).astype(np.float64))
        self.limit_size = size
        self.limit_rows = arrays.add_rows(np.full(len(size), -_INF), filling.row_upper / size / self.coarse.tpp_parts)
        row, number, quarter, coefficient = filling.terms.T
        arrays.enter(self.limit_rows[row], account[number, quarter], coefficient / size[row])

    def _demand(self) -> None:
        """Flows from groups to regions, no more from a group than stands there."""
        coarse, arrays = self.coarse, self._arrays
        group, k, t = self.unit
        serving = np.flatnonzero(coarse.near.any(axis=0))
        place = np.full(coarse.groups, -1)
        place[serving] = np.arange(len(serving))
        capacity_rows = arrays.add_rows(np.zeros((len(serving), coarse.shape[2])), 0.0)
        capacity = arrays.add_columns(np.zeros(capacity_rows.shape), -_INF, _INF)
        self._chain(capacity_rows, capacity)
        here = place[group] >= 0
        arrays.enter(capacity_rows[place[group[here]], t[here]], self.n[here], coarse.tpp[k[here]])
        flows_out = arrays.add_rows(np.full(capacity.shape, -_INF), coarse.fleet[serving])
        arrays.enter(flows_out, capacity, -1.0)
        region, quarter = np.nonzero(coarse.wanted > 0)
        self.wanted_at = (region, quarter)
        self.demand_rows = arrays.add_rows(coarse.wanted[region, quarter], _INF)
        for r, at, row in zip(region, quarter, self.demand_rows, strict=True):
            near = place[coarse.near[r]]
            flow = arrays.add_columns(np.zeros(len(near)), 0.0, _INF)
            arrays.enter(row, flow, 1.0)
            arrays.enter(flows_out[near, at], flow, 1.0)

    def _site_shares(self) -> None:
        """No site that could holds more than its share of everything."""
        coarse, arrays = self.coarse, self._arrays
        group, k, t = self.unit
        count = len(coarse.watched)
        left = coarse.share * coarse.fleet_total - coarse.fleet[coarse.watched]
        self.share_rows = arrays.add_rows(np.full(left.shape, -_INF), left)
        if not count:
            return
        place = np.full(coarse.groups, -1)
        place[coarse.watched] = np.arange(count)
        of_site = arrays.add_rows(np.zeros((count, coarse.shape[2])), 0.0)
        of_all = arrays.add_rows(np.zeros(coarse.shape[2]), 0.0)
        at_site = arrays.add_columns(np.zeros(of_site.shape), -_INF, _INF)
        everything = arrays.add_columns(np.zeros(of_all.shape), -_INF, _INF)
        self._chain(of_site, at_site)
        self._chain(of_all, everything)
        here = place[group] >= 0
        arrays.enter(of_site[place[group[here]], t[here]], self.n[here], coarse.tpp[k[here]])
        arrays.enter(of_all[t], self.n, coarse.tpp[k])
        arrays.enter(self.share_rows, at_site, 1.0)
        arrays.enter(self.share_rows, everything, -coarse.share)

    def _chain(self, rows: Ints, total: Ints) -> None:
        """0 = total_{t-1} + what comes in t - total_t, for each row of rows."""
        self._arrays.enter(rows, total, -1.0)
        self._arrays.enter(rows[..., 1:], total[..., :-1], 1.0)

    def allow_shortage(self) -> None:
        """Let floors and caps be missed for a price, until `forbid_shortage`: few paths may not be enough for them."""
        floors = np.append(self.demand_rows, self.count_row).astype(np.int32)
        caps = self.limit_rows.astype(np.int32)
        count, first = len(floors) + len(caps), self.highs.getNumCol()
        rows, sign = np.concatenate([floors, caps]), np.repeat([1.0, -1.0], [len(floors), len(caps)])
        zero, starts = np.zeros(count), np.arange(count, dtype=np.int32)
        self.highs.addCols(count, np.full(count, _SHORT[0]), zero, np.full(count, _INF), count, starts, rows, sign)
        self.elastic = np.arange(first, first + count, dtype=np.int32)

    def hold_open(self, sites: Ints) -> None:
        """Have those sites open."""
        rows, ones = self.site_rows[sites].astype(np.int32), np.ones(len(sites))
        self.highs.changeRowsBounds(len(rows), rows, ones, ones)

    def forbid_shortage(self) -> None:
        """Hold every floor and cap."""
        zero = np.zeros(len(self.elastic))
        self.highs.changeColsBounds(len(self.elastic), self.elastic, zero, zero)

    @property
    def shortage(self) -> float:
        """How much of floors and caps the last optimum misses."""
        return float(self.x[self.elastic].sum()) if len(self.elastic) else 0.0

    def add(self, new: Paths) -> Ints:
        """Add columns for the paths; their numbers."""
        first, count = self.highs.getNumCol(), len(new)
        if count:
            rows, values = self._coefficients(new)
            path, entry = np.nonzero(values)
            starts = np.searchsorted(path, np.arange(count)).astype(np.int32)
            index, value = rows[path, entry].astype(np.int32), values[path, entry]
            zero = np.zeros(count)
            self.highs.addCols(count, zero, zero, np.full(count, _INF), len(index), starts, index, value)
        numbers = np.arange(first, first + count)
        if not len(self.paths):
            self.column = numbers
        else:
            self.column = np.concatenate([self.column, numbers])
        old = self.paths
        self.paths = Paths(
            np.concatenate([old.site, new.site]),
            np.concatenate([old.opens, new.opens]),
            np.concatenate([old.load, new.load]),
        )
        return numbers

    def _coefficients(self, new: Paths) -> tuple[Ints, Floats]:
        """Rows and values of the paths' columns, 0 where a path has no entry."""
        coarse, horizon = self.coarse, self.coarse.shape[2]
        count = len(new)
        group = coarse.group_of[new.site]
        opened = ~coarse.standing[new.site]
        money = coarse.building[new.site][:, None] * new.load
        money[np.arange(count), new.opens] += np.where(opened, coarse.opening[new.site], 0.0)
        if coarse.budget is None:
            money[:] = 0.0
        rows = np.concatenate(
            [
                self.power_rows[group],
                np.broadcast_to(self.money_rows, (count, horizon)),
                np.full((count, 1), self.count_row),
                self.site_rows[new.site][:, None],
            ],
            axis=1,
        )
        counted = opened.astype(np.float64)[:, None]
        values = np.concatenate([-new.load, money, counted, np.ones((count, 1))], axis=1)
        return rows, values

    def solve(self, *, anew: bool, seconds: float, steps: int = 2**31 - 1) -> bool:
        """Solve, from nothing by the interior point method or from the last basis; whether that gave an optimum.

        From a basis, more than so many `steps` of the simplex method are taken for a dead end.
        """
        highs = self.highs
        settings: tuple[tuple[str, Any], ...] = (
            ("solver", "ipm" if anew else "simplex"),
            ("presolve", "choose" if anew else "off"),
            ("time_limit", highs.getRunTime() + max(seconds, 0.05)),
            ("simplex_iteration_limit", steps),
        )
        for option, setting in settings:
            highs.setOptionValue(option, setting)
        if anew:
            highs.clearSolver()
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = highs.getSolution()
        self.x, self.dual = np.array(solution.col_value), np.array(solution.row_dual)
        self._basis = highs.getBasis()
        self.value = -highs.getInfo().objective_function_value
        return True

    def step_back(self) -> None:
        """Begin the next solve from the basis of the last optimum, when the bounds are again what they were there."""
        self.highs.setBasis(self._basis)

    def by_priced_in_columns(self, primal: bool) -> None:
        """Choose the simplex method that suits what comes: new columns (primal) or changed bounds (dual)."""
        self.highs.setOptionValue("simplex_strategy", 4 if primal else 1)

    def prices(self, dual: Floats | None = None) -> Prices:
        """What loads and openings are worth at every site, by the last duals or by others."""
        coarse = self.coarse
        dual = self.dual if dual is None else dual
        power, money = dual[self.power_rows][coarse.group_of], dual[self.money_rows]
        if coarse.budget is None:
            money = np.zeros_like(money)
        worth = coarse.building[:, None] * money - power
        fee = -coarse.opening[:, None] * money - dual[self.count_row]
        return Prices(coarse, worth, np.where(coarse.standing[:, None], 0.0, fee))

    def converge(self, seconds: float, allowed: Bools | None = None, rounds: int = 30) -> Prices | None:
        """Price paths in until none is missing; None where time runs out. `allowed` (S, T): quarters of opening."""
        started = self.highs.getRunTime()
        for _ in range(rounds):
            prices = self.prices()
            value = prices.value if allowed is None else np.where(allowed, prices.value, -np.inf)
            best = value.max(axis=1, initial=-np.inf)
            over = best + self.dual[self.site_rows]
            enough = _TIGHT * abs(self.value) + 1e-9
            missing = np.flatnonzero(np.isfinite(best) & (over > enough))
            if not missing.size:
                return prices
            new = self._missing_paths(prices, value, missing, over, enough)
            many = len(new) > _FEW
            self.add(new)
            self.by_priced_in_columns(primal=True)
            if not self.solve(anew=many, seconds=seconds - (self.highs.getRunTime() - started)):
                return None
        return prices

    def converge_in_full(self, seconds: float) -> Prices | None:
        """Price paths in until none is missing, at prices of shortages that leave none; None where there is no such."""
        started = self.highs.getRunTime()
        for price in _SHORT:
            count = len(self.elastic)
            self.highs.changeColsCost(count, self.elastic, np.full(count, price))
            if price > _SHORT[0]:
                self.by_priced_in_columns(primal=True)
                if not self.solve(anew=False, seconds=seconds - (self.highs.getRunTime() - started)):
                    return None
            prices = self.converge(seconds - (self.highs.getRunTime() - started))
            if prices is None or self.shortage <= _MET:
                return prices
        return None

    def _missing_paths(self, prices: Prices, value: Floats, missing: Ints, over: Floats, enough: float) -> Paths:
        """For each site the best path, and the best for its earliest and latest opening that are half as good."""
        beyond = value[missing] + self.dual[self.site_rows[missing]][:, None]
        good = beyond > np.maximum(enough, 0.5 * over[missing])[:, None]
        last = good.shape[1] - 1 - good[:, ::-1].argmax(axis=1)
        opens = [value[missing].argmax(axis=1), good.argmax(axis=1), last]
        return joined([prices.best_paths(missing, each) for each in opens])

    def start(self, prices: Prices, near: float, alike: float) -> Paths:
        """Paths to begin with under prices that are nearly right.

        Sites that lose less than `near` for each load, for quarters of opening that lose less than `alike`.
        """
        coarse = self.coarse
        size = coarse.room[:, -1]
        chosen = np.flatnonzero(np.isfinite(prices.best) & ((prices.best > -near * size) | coarse.kept))
        good = prices.value[chosen] >= (prices.best[chosen] - alike * size[chosen])[:, None]
        first, last = good.argmax(axis=1), good.shape[1] - 1 - good[:, ::-1].argmax(axis=1)
        parts = []
        for opens in (first, (first + last) // 2, last):
            opens = np.where(good[np.arange(len(chosen)), opens], opens, first)
            parts += [prices.best_paths(chosen, opens), full_paths(coarse, chosen, opens)]
        marginal = ~coarse.standing[chosen] & (prices.best[chosen] < near * size[chosen])
        parts.append(least_paths(coarse, chosen[marginal], prices.value[chosen[marginal]].argmax(axis=1)))
        return joined(parts)

    def shares(self) -> Floats:
        """(S, T) to what part each site opens in each quarter, in the last optimum."""
        found = np.zeros((len(self.coarse.group_of), self.coarse.shape[2]))
        if len(self.paths):
            np.add.at(found, (self.paths.site, self.paths.opens), self.x[self.column])
        return found

    def loads(self) -> Floats:
        """(S, T) load at each site at each quarter's end, in the last optimum."""
        found = np.zeros((len(self.coarse.group_of), self.coarse.shape[2]))
        np.add.at(found, self.paths.site, self.paths.load * self.x[self.column][:, None])
        return np.cumsum(found, axis=1)

    def units(self) -> Floats:
        """(G, K, T) units installed, in the last optimum."""
        found = np.zeros((self.coarse.groups, *self.coarse.shape[1:]))
        found[self.unit] = self.x[self.n]
        return found
