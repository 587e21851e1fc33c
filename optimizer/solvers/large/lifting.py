"""Multipliers of the whole program's rows from the master's prices: what proves the master's bound without the master.

What is shared (deliveries, money, accounts, limits, demand) has the master's prices. Totals that an equation defines
get the equation's multiplier that leaves them worth nothing. At every site the best use of power in each quarter then
sets what its power, its minimum and its opening are worth.

Any multipliers give a true bound (bound.py); these make it as tight as the master's.
"""

from __future__ import annotations

import numpy as np

from ...model.layout import Large
from ...model.program import INFINITE, Block, Ints, Program
from ...units import TPP_PER_H100E
from .master import Master
from .scaled import Floats
from .site_prices import Sites, onwards, site_prices

_SLACK = 1e-9
"""So much of the value a site may gain beyond its best path before a linear program is asked for its prices."""


def multipliers(program: Program, large: Large, master: Master) -> Floats:
    """One multiplier for each row of `program`, of its maximisation, from the master's last duals."""
    return _Lifting(program, large, master).multipliers()


class _Lifting:
    def __init__(self, program: Program, large: Large, master: Master) -> None:
        self.program, self.large, self.master = program, large, master
        self.row_of_entry = program.row_numbers()
        self.y = np.zeros(program.rows)
        self.rows: dict[str, list[Block]] = {}
        self.columns: dict[str, list[Block]] = {}
        for blocks, by_family in ((program.row_blocks, self.rows), (program.column_blocks, self.columns)):
            for block in blocks:
                by_family.setdefault(block.family, []).append(block)

    def multipliers(self) -> Floats:
        """All of them."""
        self._deliveries_and_money()
        self._law()
        self._demand()
        self._sites()
        return self.y

    def _deliveries_and_money(self) -> None:
        """What waits and what is spent are worth what they are worth later, and something where they bind."""
        master, coarse = self.master, self.master.coarse
        supply = np.maximum(-master.dual[master.supply_rows] * coarse.tpp_parts, 0.0)
        supply = np.maximum.accumulate(supply[:, ::-1], axis=1)[:, ::-1]
        waiting, arriving = (_slice(block) for block in self.rows["supply"])
        self.y[arriving] = supply.ravel()
        self.y[waiting] = -_falls(supply).ravel()
        if coarse.budget is not None:
            worth = np.maximum(-master.dual[master.money_rows] * coarse.tpp_parts / coarse.money_parts, 0.0)
            worth = np.maximum.accumulate(worth[::-1])[::-1]
            self.y[_slice(self.rows["spending"][0])] = -worth
            self.y[_slice(self.rows["budget"][0])] = _falls(worth)
            row = self.rows.get("number of open sites")
            if row:
                self.y[row[0].start] = -max(master.dual[master.count_row], 0.0) * coarse.tpp_parts
        elif self.rows.get("number of open sites"):
            self.y[self.rows["number of open sites"][0].start] = (
                -max(master.dual[master.count_row], 0.0) * coarse.tpp_parts
            )

    def _law(self) -> None:
        """Limits have their prices; an account is worth what its limits take or give, in its quarter and onwards."""
        price = np.maximum(-self.master.dual[self.master.limit_rows], 0.0) / self.master.limit_size
        has = self.large.limits >= 0
        rows = self.large.limits[has]
        self.y[rows] = np.where(self.program.row_upper[rows] < INFINITE, price[has], -price[has])
        self._site_shares()
        taken = self._taken()
        for row, column in zip(self.rows.get("account", []), self.columns.get("account", []), strict=True):
            here = taken[_slice(column)] / TPP_PER_H100E
            self.y[_slice(row)] = -onwards(here)

    def _site_shares(self) -> None:
        """A site's share has its price where it is watched."""
        coarse, blocks = self.master.coarse, self.rows.get("largest share per site")
        if not blocks or not coarse.watched.size:
            return
        site = np.unique(coarse.group_of, return_index=True)[1][coarse.watched]
        price = np.zeros(self.large.opens.shape)
        price[site] = np.maximum(-self.master.dual[self.master.share_rows], 0.0) * coarse.tpp_parts
        filling = self.large.filling
        assert filling.site_share is not None
        size = filling.site_share[1] * coarse.tpp_parts  # the row of the program is q times as large
        self.y[_slice(blocks[0])] = price.ravel() / size

    def _demand(self) -> None:
        """A region's price is that of the capacity near it; a site's capacity is worth the dearest region it serves."""
        wanted = self.large.filling.wanted
        if (wanted > 0).any():
            self._serving(self.rows["demand"], wanted)
        if "site capacity" in self.rows:
            taken, horizon = self._taken(), wanted.shape[1]
            block, of = self.columns["site capacity"][0], self.rows["site capacity"][0]
            self.y[_slice(of)] = -onwards(taken[_slice(block)].reshape(-1, horizon) / TPP_PER_H100E).ravel()

    def _serving(self, blocks: list[Block], wanted: Ints) -> None:
        """Prices of regions, and of the flows that serve them."""
        program = self.program
        price = np.zeros(wanted.shape)
        price[self.master.wanted_at] = np.maximum(self.master.dual[self.master.demand_rows], 0.0)
        quarter, region = np.nonzero(wanted.T > 0)
        asking = np.concatenate([np.arange(block.start, block.start + block.count) for block in blocks[:-1]])
        self.y[asking] = -price[region, quarter]
        serving = blocks[-1]
        flows = np.zeros(program.columns, dtype=bool)
        for block in self.columns["serve"]:
            flows[_slice(block)] = True
        entry = np.flatnonzero(flows[program.indices])
        row, column = self.row_of_entry[entry], program.indices[entry]
        asks = row < serving.start
        worth = np.zeros(program.columns)
        worth[column[asks]] = -self.y[row[asks]]
        np.maximum.at(self.y, row[~asks], worth[column[~asks]])

    def _taken(self) -> Floats:
        """What a unit of each column takes at the multipliers so far."""
        program = self.program
        weights = program.data * self.y[self.row_of_entry]
        return np.bincount(program.indices, weights=weights, minlength=program.columns).astype(np.float64)

    def _sites(self) -> None:
        """Power, minimum and opening of every site."""
        coarse, filling, large, program = self.master.coarse, self.large.filling, self.large, self.program
        sites, _, horizon = filling.shape
        left = program.objective - self._taken()
        drawn = filling.unit_power[large.site, large.accelerator].astype(np.float64)
        free = drawn == 0
        worth = np.full((sites, horizon), -np.inf)
        np.maximum.at(worth, (large.site[~free], large.quarter[~free]), left[large.units[~free]] / drawn[~free])
        opening = left[large.opens]
        first = np.arange(horizon) == 0
        at_sites = Sites(
            worth=worth,
            room=filling.room.astype(np.float64),
            least=np.where(filling.standing, 0.0, filling.least.astype(np.float64)),
            opening=opening,
            may=(program.col_upper[large.opens] > 0) & (first | ~filling.standing[:, None]),
            kept=filling.keep_open | filling.standing,
        )
        prices = site_prices(at_sites, self._reached(opening), _SLACK * abs(self.master.value) * coarse.tpp_parts)
        self.y[_slice(self.rows["power drawn"][0])] = -prices.level.ravel()
        self.y[_slice(self.rows["power"][0])] = prices.power.ravel()
        self.y[_slice(self.rows["minimum viable power"][0])] = -prices.minimum.ravel()
        self._openings()

    def _reached(self, opening: Floats) -> Floats:
        """(S,) what the best load path of each site gains at the master's prices."""
        coarse, best = self.master.coarse, self.master.prices().best
        best = np.where(np.isfinite(best), best, 0.0) * coarse.tpp_parts
        gained: Floats = np.where(coarse.kept, best, np.maximum(best, 0.0))
        gained[coarse.standing] += opening[coarse.standing].sum(axis=1)
        return gained

    def _openings(self) -> None:
        """A site that stays open is worth in its first quarter what it is worth from its best quarter on."""
        filling, large, program = self.large.filling, self.large, self.program
        may = program.col_upper[large.opens] > 0
        left = (program.objective - self._taken())[large.opens]
        total = onwards(left)
        blocks = self.rows["site opening"]
        kept = np.flatnonzero(filling.keep_open)
        most = np.where(may, total, -np.inf).max(axis=1)
        must = np.where(filling.keep_open & np.isfinite(most), most, 0.0)
        self.y[_slice(blocks[0])] = must[kept]
        total = total - must[:, None]
        if filling.shape[2] < 2:
            return
        ahead = np.maximum(np.maximum.accumulate(total[:, ::-1], axis=1)[:, ::-1], 0.0)
        ahead[filling.standing] = total[filling.standing]  # open from the start: nothing to wait for
        self.y[_slice(blocks[-1])] = np.minimum(total - ahead, 0.0)[:, 1:].ravel()


def _falls(level: Floats) -> Floats:
    """How far a level that never rises falls to the next quarter, to 0 after the last."""
    falls: Floats = level - np.concatenate([level[..., 1:], np.zeros_like(level[..., :1])], axis=-1)
    return falls


def _slice(block: Block) -> slice:
    return slice(block.start, block.start + block.count)
