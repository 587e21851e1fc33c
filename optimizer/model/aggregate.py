"""The aggregated relaxation: sites that the law, demand and cooling cannot tell apart become one group.

    n_gkt   units of k installed in group g in t              whole
    z_st    site s opens in t                                 0 or 1
    x_st    power that s takes up in t beyond its minimum     amounts, at the IT equipment (before PUE)

    group power   sum_k p_k n_gkt = sum_s in g (x_st + m_s z_st)             every quarter
    site power    sum_until t (x_s + m_s z_s) <= R_st sum_until t z_s        what opens takes up its minimum at once
    opening       sum_t z_st <= 1

and the families of the whole program over groups in place of sites: supply, money, demand, accounts, limits. All that
a plan does outside its sites shows in n and x exactly, so any plan is a point of this program with the same value, and
any bound on it is a bound on plans. What it lets through is only what does not fit a site in whole units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

import numpy as np

from ..domain.sites import Site
from ..units import TPP_PER_H100E
from . import families
from .accounts import AccountColumns, everything_in_service, limits
from .build import Model
from .costs import Costs
from .families import Columns
from .grouping import common_part, groups_of_sites
from .instance import Instance
from .objectives import OBJECTIVES
from .program import INFINITE, Bools, Builder, Ints, Namer, Program, whole


@dataclass(frozen=True, slots=True)
class Units:
    """Decisions on units, one for each entry: where (a group or a site), which accelerator, when, at most how many."""

    place: Ints
    accelerator: Ints
    quarter: Ints
    upper: Ints
    column: Ints


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The relaxation and how it reads: arrays alone. Power is counted in parts of a kW, x in `megawatt` of them."""

    program: Program
    by_group: Units  # n_gkt, columns of the relaxation
    by_site: Units  # n_skt, columns of the whole program
    site_open: Ints  # (S, T) y_st, columns of the whole program
    whole_columns: int
    group_of: Ints  # (S,)
    groups: int
    standing: Bools  # (S,) holds fleet
    unit_load: Ints  # (K,) p_k
    room: Ints  # (S, T) R_st, what the standing fleet leaves
    least: Ints  # (S,) m_s, 0 for a site that holds fleet
    megawatt: int
    opens: Ints  # (S, T) columns of z, -1 where s cannot open in t
    more: Ints  # (S, T) columns of x, -1 where s cannot hold anything
    power_rows: Ints  # (S, T) rows of site power, -1 where there is none
    opening_rows: Ints  # (S,) rows of opening, -1 where there is none


LARGE = 10_000
"""Programs of more whole columns than this are worth a relaxation of their own."""


def coarse(model: Model) -> Aggregate | None:
    """The aggregated relaxation of a large program, None for a small one."""
    return aggregate(model) if model.program.integral.sum() > LARGE else None


def aggregate(model: Model) -> Aggregate:
    """The aggregated relaxation of a scenario's program."""
    return _Maker(model).make()


class _Maker:
    """The relaxation, family by family."""

    def __init__(self, model: Model) -> None:
        self.model, self.instance, self.builder = model, model.instance, Builder()
        instance = self.instance
        self.group_of = groups_of_sites(instance, model.law)
        self.count = int(self.group_of.max(initial=-1)) + 1
        self.horizon = instance.horizon
        self._load()
        self.groups = self._groups()

    def _load(self) -> None:
        """Unit loads, room and minimum of every site in parts of a kW of IT power, rounded inwards."""
        instance = self.instance
        kw = [(a.gpus_per_unit or 0) * (a.kw_per_gpu or Fraction(0)) for a in instance.accelerators]
        part = common_part(kw)
        self.parts = 1 / part
        self.unit_load = np.array([int(each / part) for each in kw], dtype=np.int64)
        self.megawatt = max(1, floor(1000 / part))
        shape = instance.power.shape
        room, least = np.zeros(shape, dtype=object), np.zeros(len(instance.sites), dtype=object)
        for s, site in enumerate(instance.sites):
            per_part = site.pue * int(instance.power_scale[s]) * part
            over, under = per_part.denominator, per_part.numerator
            left = (instance.power[s] - instance.fleet_power[s]).astype(object)
            room[s] = left * over // under
            least[s] = -(-int(instance.least_power[s]) * over // under)
        room[instance.closed] = np.minimum(room[instance.closed], 0)
        # what a site takes up stays, so it has to fit the tightest later quarter
        self.room = np.minimum.accumulate(whole(room, "power")[:, ::-1], axis=1)[:, ::-1]
        self.least = np.where(instance.standing, 0, whole(least, "least power"))

    def _groups(self) -> Instance:
        """The instance with one site for each group: what families ask for that look at more than one site."""
        instance = self.instance
        first = np.unique(self.group_of, return_index=True)[1]
        shape = (self.count, len(instance.accelerators), self.horizon)
        upper = np.zeros(shape, np.int64)
        place = (self.group_of[instance.candidate_site], instance.candidate_accelerator, instance.candidate_quarter)
        np.add.at(upper, place, instance.candidate_upper)
        upper = np.minimum(upper, instance.delivered[None])
        candidate = np.nonzero(upper)
        return replace(
            instance,
            sites=tuple(instance.sites[s] for s in first),
            holdings=tuple(instance.holdings[s] for s in first),
            unit_power=np.broadcast_to(self.unit_load, (self.count, len(self.unit_load))),
            power=self._summed(np.maximum(self.room, 0)),
            fleet_power=np.zeros((self.count, self.horizon), np.int64),
            fleet_tpp=self._summed(instance.fleet_tpp),
            candidate_site=candidate[0],
            candidate_accelerator=candidate[1],
            candidate_quarter=candidate[2],
            candidate_upper=upper[candidate],
        )

    def _summed(self, by_site: Ints) -> Ints:
        total = np.zeros((self.count, self.horizon), np.int64)
        np.add.at(total, self.group_of, by_site)
        return total

    def make(self) -> Aggregate:
        model, instance, groups, builder = self.model, self.instance, self.groups, self.builder
        self._decisions()
        self._opening()
        self._site_power()
        self._group_power()
        families.supply(builder, groups, self.columns)
        self._money()
        near = [np.unique(self.group_of[sites]) for sites in families.reachable(instance)]
        shared = instance.scenario.max_share_per_site is not None
        looked_at = np.arange(self.count) if shared else np.unique(np.concatenate([np.empty(0, np.int64), *near]))
        families.site_capacity(builder, groups, self.columns, looked_at)
        families.demand(builder, groups, self.columns, near)
        accounts = AccountColumns(builder, groups, self.columns, model.ledger)
        limits(builder, accounts, model.law)
        if shared:
            self._site_share(accounts)
        self._objective()
        return Aggregate(
            program=builder.build(),
            by_group=_units(groups, self.columns),
            by_site=_units(instance, model.columns),
            site_open=model.columns.y,
            whole_columns=model.program.columns,
            group_of=self.group_of,
            groups=self.count,
            standing=instance.standing,
            unit_load=self.unit_load,
            room=self.room,
            least=self.least,
            megawatt=self.megawatt,
            opens=self.opens,
            more=self.more,
            power_rows=self.power_rows,
            opening_rows=self.opening_rows,
        )

    def _decisions(self) -> None:
        """n_gkt whole, z_st in {0, 1} where s has power and is not kept closed, x_st >= 0."""
        groups, instance, builder, quarters = self.groups, self.instance, self.builder, self.instance.quarters
        cg, ck, ct = groups.candidate_site, groups.candidate_accelerator, groups.candidate_quarter

        def n_name(i: int) -> str:
            return f"install({groups.sites[cg[i]].site}+,{groups.accelerators[ck[i]].id},{quarters[ct[i]]})"

        n_list = builder.columns("install", np.zeros(len(cg), np.int64), groups.candidate_upper, n_name, integral=True)
        n = np.full((self.count, len(groups.accelerators), self.horizon), -1, np.int64)
        n[cg, ck, ct] = n_list
        empty = np.full((self.count, self.horizon), -1, np.int64)
        self.columns = Columns(n, n_list, empty.copy(), empty.copy(), empty.copy(), {}, [])

        t = np.arange(self.horizon)
        may = (t >= instance.may_open[:, None]) & ~instance.closed[:, None] & ~instance.standing[:, None]
        may &= self.room >= self.least[:, None]
        self.open_site, self.open_quarter = np.nonzero(may)
        self.opens = np.full(may.shape, -1, np.int64)
        count = len(self.open_site)
        self.opens[may] = builder.columns(
            "open",
            np.zeros(count, np.int64),
            np.ones(count, np.int64),
            self._namer("open", self.open_site, self.open_quarter),
            integral=True,
        )
        beyond = self.room - self.least[:, None]
        opened = np.maximum.accumulate(may, axis=1) | instance.standing[:, None]
        holds = opened & (beyond > 0)
        self.more_site, self.more_quarter = np.nonzero(holds)
        self.more = np.full(holds.shape, -1, np.int64)
        self.more[holds] = builder.columns(
            "load",
            np.zeros(len(self.more_site), np.int64),
            -(-beyond[holds] // self.megawatt),
            self._namer("load", self.more_site, self.more_quarter),
            integral=False,
            scale=self.megawatt,
        )

    def _namer(self, what: str, sites: Ints, quarters: Ints) -> Namer:
        instance = self.instance
        return lambda i: f"{what}({instance.sites[sites[i]].site},{instance.quarters[quarters[i]]})"

    def _opening(self) -> None:
        """sum_t z_st <= 1, = 1 where kept open;  sum_s sum_t z_st >= least number of open sites - standing ones."""
        instance, builder = self.instance, self.builder
        kept = np.array([site.site in instance.scenario.keep_open for site in instance.sites], dtype=bool)
        sites = np.flatnonzero((self.opens >= 0).any(axis=1) | (kept & ~instance.standing))
        rows = builder.rows(
            "site opening",
            kept[sites].astype(np.int64),
            1,
            len(sites),
            lambda i: f"opens_once({instance.sites[sites[i]].site})",
        )
        self.opening_rows = np.full(len(instance.sites), -1, np.int64)
        self.opening_rows[sites] = rows
        columns = self.opens[self.open_site, self.open_quarter]
        builder.entries(self.opening_rows[self.open_site], columns, 1)
        least = instance.scenario.min_open_sites
        if least:
            stand = int(instance.standing.sum())
            row = builder.rows("number of open sites", least - stand, INFINITE, 1, lambda _: "min_open_sites")
            builder.entries(np.repeat(row, len(columns)), columns, 1)

    def _site_power(self) -> None:
        """sum_until t x_s <= (R_st - m_s) sum_until t z_s; for a site that holds fleet R_st alone."""
        instance, builder = self.instance, self.builder
        limited = (self.more >= 0) & (self.instance.standing | (self.opens >= 0).any(axis=1))[:, None]
        sites, quarters = np.nonzero(limited)
        self.power_rows = rows = np.full(limited.shape, -1, np.int64)
        standing = instance.standing[sites]
        rows[limited] = builder.rows(
            "power",
            -INFINITE,
            np.where(standing, self.room[sites, quarters], 0),
            len(sites),
            self._namer("power", sites, quarters),
        )
        beyond = self.room - self.least[:, None]
        for t in range(self.horizon):
            for earlier in range(t + 1):
                both = (rows[:, t] >= 0) & (self.more[:, earlier] >= 0)
                builder.entries(rows[both, t], self.more[both, earlier], self.megawatt)
                both = (rows[:, t] >= 0) & (self.opens[:, earlier] >= 0)
                builder.entries(rows[both, t], self.opens[both, earlier], -beyond[both, t])

    def _group_power(self) -> None:
        """sum_k p_k n_gkt - sum_s in g (x_st + m_s z_st) = 0."""
        builder, groups, quarters = self.builder, self.groups, self.instance.quarters

        def name(i: int) -> str:
            return f"load({groups.sites[i // self.horizon].site}+,{quarters[i % self.horizon]})"

        rows = builder.rows("group power", 0, 0, self.count * self.horizon, name).reshape(self.count, self.horizon)
        cg, ck, ct = groups.candidate_site, groups.candidate_accelerator, groups.candidate_quarter
        builder.entries(rows[cg, ct], self.columns.n_list, self.unit_load[ck])
        s, t = self.more_site, self.more_quarter
        builder.entries(rows[self.group_of[s], t], self.more[s, t], -self.megawatt)
        s, t = self.open_site, self.open_quarter
        builder.entries(rows[self.group_of[s], t], self.opens[s, t], -self.least[s])

    def _money(self) -> None:
        """M_t = M_t-1 + sum equipment_k n_gkt + sum_s building_s (x_st + m_s z_st) + f_s z_st <= B_t."""
        instance, builder, quarters = self.instance, self.builder, self.instance.quarters
        if instance.budget is None:
            return
        scale = instance.money_scale
        million = 1_000_000 * scale

        def name(i: int) -> str:
            return f"budget({quarters[i]})"

        none = np.zeros(len(quarters), np.int64)
        spent = builder.columns("spent", none, -(-instance.budget // million), name, integral=False, scale=million)
        rows = builder.rows("spending", -INFINITE, 0, len(quarters), lambda i: f"spent({quarters[i]})")
        builder.entries(rows, spent, -million)
        builder.entries(rows[1:], spent[:-1], million)
        units, loads, opens = self._costs(Costs.to_build(instance), scale)
        builder.entries(rows[self.groups.candidate_quarter], self.columns.n_list, units)
        builder.entries(rows[self.more_quarter], self.more[self.more_site, self.more_quarter], loads)
        builder.entries(rows[self.open_quarter], self.opens[self.open_site, self.open_quarter], opens)
        margin = int(instance.unit_cost.max(initial=0))
        limit = builder.rows("budget", -INFINITE, instance.budget, len(quarters), name, margin=margin)
        builder.entries(limit, spent, million)

    def _costs(self, costs: Costs, scale: int) -> tuple[Ints, Ints, Ints]:
        """Coefficients of n, x and z in parts of `scale`, each rounded down, so that no plan is shut out."""
        units = [floor(price * scale) for price in costs.unit]
        shape = self.more.shape
        loads, opens = np.zeros(shape, dtype=object), np.zeros(shape, dtype=object)
        for s, (once, running, opening) in enumerate(zip(costs.once, costs.running, costs.opening, strict=True)):
            minimum = int(self.least[s])
            for t in range(self.horizon if running else 1):
                part = (once + running * (self.horizon - t)) * scale / self.parts
                loads[s, t:] = floor(part * self.megawatt)
                opens[s, t:] = floor(part * minimum + opening * scale)
        return (
            whole(np.array(units, dtype=object), "costs")[self.groups.candidate_accelerator],
            whole(loads[self.more_site, self.more_quarter], "costs"),
            whole(opens[self.open_site, self.open_quarter], "costs"),
        )

    def _site_share(self, accounts: AccountColumns) -> None:
        """q W_gt <= |g| p (everything in service in t);  q (E_st + d_g load_st) <= p (everything in service in t).

        What a site holds is at least what its load would be in the accelerator with the fewest TPP for its power, d_g.
        """
        instance, builder, groups = self.instance, self.builder, self.groups
        share = instance.scenario.max_share_per_site
        assert share is not None
        p, q = share.numerator, share.denominator
        size = np.bincount(self.group_of, minlength=self.count)
        density = [self._least_density(site.accelerators) for site in instance.sites]
        loads = whole(np.array([q * floor(each * self.megawatt) for each in density], dtype=object), "a site's share")
        minima = whole(
            np.array([q * floor(each * int(m)) for each, m in zip(density, self.least, strict=True)], dtype=object),
            "a site's share",
        )
        for t, everything in enumerate(everything_in_service(accounts)):
            fixed = p * everything.constant
            of_group = builder.rows(
                "largest share per site",
                -INFINITE,
                size * fixed,
                self.count,
                self._share_name(groups.sites, "+", t),
            )
            builder.entries(of_group, self.columns.site_tpp[:, t], q * TPP_PER_H100E)
            of_site = builder.rows(
                "largest share per site",
                -INFINITE,
                fixed - q * instance.fleet_tpp[:, t],
                len(instance.sites),
                self._share_name(instance.sites, "", t),
            )
            for columns, coefficients in ((self.more, loads), (self.opens, minima)):
                s, earlier = np.nonzero(columns[:, : t + 1] >= 0)
                builder.entries(of_site[s], columns[s, earlier], coefficients[s])
            for column, coefficient in everything.terms.items():
                builder.entries(of_group, np.full(self.count, column), -p * coefficient * size)
                builder.entries(of_site, np.full(len(of_site), column), -p * coefficient)

    def _share_name(self, sites: Sequence[Site], more: str, t: int) -> Namer:
        return lambda i: f"site_share({sites[i].site}{more},{self.instance.quarters[t]})"

    def _least_density(self, accelerators: frozenset[str] | None) -> Fraction:
        """The fewest TPP for a part of a kW among what a site takes."""
        instance = self.instance
        return min(
            (
                Fraction(int(instance.unit_tpp[k]), int(self.unit_load[k]))
                for k, a in enumerate(instance.accelerators)
                if self.unit_load[k] and (accelerators is None or a.id in accelerators)
            ),
            default=Fraction(0),
        )

    def _objective(self) -> None:
        """The scenario's objective, in the whole program's parts; costs rounded down."""
        builder, instance, program = self.builder, self.instance, self.model.program
        objective, scale = instance.scenario.objective, program.objective_scale
        if objective in ("cost", "carbon"):
            costs = Costs.in_dollars(instance) if objective == "cost" else Costs.in_carbon(instance)
            units, loads, opens = self._costs(costs, scale)
            builder.objective(self.columns.n_list, -units)
            builder.objective(self.more[self.more_site, self.more_quarter], -loads)
            builder.objective(self.opens[self.open_site, self.open_quarter], -opens)
        else:
            OBJECTIVES[objective](builder, self.groups, self.columns, [0] * self.horizon)
        if objective == "cost":
            for (r, _), flow in self.columns.flow.items():
                price = instance.scenario.demand[r].cost_usd_per_h100e
                sites = self.columns.flow_sites[r]
                each = [floor(Fraction(price.get(self.groups.sites[g].site, 0)) * scale) for g in sites]
                builder.objective(flow, -whole(np.array(each, dtype=object), "costs"))
        builder.offset, builder.objective_scale, builder.sense = program.offset, scale, program.sense


def _units(instance: Instance, columns: Columns) -> Units:
    return Units(
        place=instance.candidate_site,
        accelerator=instance.candidate_accelerator,
        quarter=instance.candidate_quarter,
        upper=instance.candidate_upper,
        column=columns.n_list,
    )
