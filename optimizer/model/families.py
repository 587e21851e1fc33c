"""The business constraints, one function per family; each docstring is its mathematics and names the scenario fields.

Variables:

    n_skt   units of k installed at s in t              whole
    y_st    site s is open in t                         0 or 1
    U_st    power drawn at s in t                       a sum
    W_st    TPP in service at s in t                    a sum
    V_kt    units of k that wait in t                   a sum
    M_t     money spent up to and in t                  a sum
    g_rst   TPP at s that serves r in t                 continuous
    h_ijrt  TPP of group j that serves r in t after a loss in group i    continuous
    L_it    TPP of the largest site of group i in t, at least            continuous
    x_gt    units of fleet group g that retire in t     whole
    d_gt    units of g that move within their country in t    whole
    d_skt   units of k that come to s from its country in t    whole
    z_gt    units of g that move to other countries in t    whole
    z_skt   units of k that come to s from abroad in t    whole
    q_glt   GPUs of layer l of g that have left by t    whole

The last six exist only where the scenario lets its fleet retire or move (`changes`, `moves`), h and L only where the
loss of a site is planned for (`site_loss`).

docs/model.md is made of these docstrings (`make model`): indented lines are mathematics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..units import TPP_PER_H100E
from .instance import Instance
from .program import INFINITE, Builder, Ints, Namer
from .shifts import Shifts


@dataclass(frozen=True, slots=True)
class Expression:
    """An exact linear expression in TPP: coefficients on columns, and a constant."""

    terms: Mapping[int, int]
    constant: int


@dataclass(slots=True)
class Columns:
    """The column numbers of the model's variables; -1 where a variable does not exist."""

    n: Ints  # (S, K, T)
    n_list: Ints  # in candidate order
    y: Ints  # (S, T)
    power: Ints  # (S, T)
    site_tpp: Ints  # (S, T), in H100-equivalents (scale TPP_PER_H100E)
    flow: dict[tuple[int, int], Ints]  # (region, quarter) -> columns over the region's sites
    flow_sites: list[Ints]  # region -> site numbers
    held: Ints  # (S,) what counts as an open site at the end
    shifts: Shifts = field(default_factory=Shifts)  # how the fleet may change


def by_site_quarter(instance: Instance, what: str) -> Namer:
    """The names of a block that has one member for each site and quarter, such as ``power(ashburn,2026Q3)``."""
    sites, quarters = instance.sites, instance.quarters
    return lambda i: f"{what}({sites[i // len(quarters)].site},{quarters[i % len(quarters)]})"


def decisions(builder: Builder, instance: Instance) -> Columns:
    """What is decided: units, where the site takes them and while it has power, and openings.

        0 <= n_skt <= min(u_kt, P_st / a_sk)            for all s, k, t
        y_st in {0, 1}                                  for all s, t

    Where several authorizations may be used at a site, n_skt is the sum of n_skta, what is installed under each
    authorization a; accounts then look at n_skta. A site where fleet stands is open from the start; one without power,
    or kept closed, is shut.

    Fields: `supply`, `sites` (accelerators, power_mw), `fleet`, `keep_closed`, `authorizations`.
    """
    sites, accelerators, quarters = instance.sites, instance.accelerators, instance.quarters
    shape = (len(sites), len(accelerators), len(quarters))
    cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter

    authorization = instance.candidate_authorization

    def n_name(i: int) -> str:
        under = "" if authorization is None else f",{authorization[i]}"
        return f"install({sites[cs[i]].site},{accelerators[ck[i]].id},{quarters[ct[i]]}{under})"

    n_list = builder.columns("install", np.zeros(len(cs), np.int64), instance.candidate_upper, n_name, integral=True)
    n = np.full(shape, -1, np.int64)
    n[cs, ck, ct] = n_list

    t = np.arange(len(quarters))
    can = (t[None, :] >= instance.may_open[:, None]) & ~instance.closed[:, None]
    must = np.broadcast_to(instance.standing[:, None], can.shape)
    y = builder.columns(
        "open",
        must.astype(np.int64).ravel(),
        (can | must).astype(np.int64).ravel(),
        by_site_quarter(instance, "open"),
        integral=True,
    ).reshape(can.shape)
    empty = np.full((len(sites), len(quarters)), -1, np.int64)
    return Columns(n, n_list, y, empty.copy(), empty.copy(), {}, [], y[:, -1].copy())


def opening(builder: Builder, instance: Instance, columns: Columns) -> None:
    """A site that is open stays open; those kept open are open at the end, those kept closed never.

        y_st >= y_{s,t-1}                               for all s, t
        y_sT = 1                                        for all s kept open
        y_sT = 0                                        for all s kept closed

    Fields: `keep_open`, `keep_closed`.
    """
    sites, horizon = instance.sites, instance.horizon
    for name, chosen, value in (
        ("keep_open", instance.scenario.keep_open, 1),
        ("keep_closed", instance.scenario.keep_closed, 0),
    ):
        kept = np.array([s for s, site in enumerate(sites) if site.site in chosen], dtype=np.int64)
        rows = builder.rows("site opening", value, value, len(kept), _kept_namer(instance, name, kept))
        builder.entries(rows, columns.y[kept, -1], 1)
    if horizon < 2:
        return
    names = by_site_quarter(instance, "stays_open")
    rows = builder.rows(
        "site opening",
        0,
        1,
        len(sites) * (horizon - 1),
        lambda i: names((i // (horizon - 1)) * horizon + i % (horizon - 1) + 1),
    ).reshape(len(sites), horizon - 1)
    builder.entries(rows, columns.y[:, 1:], 1)
    builder.entries(rows, columns.y[:, :-1], -1)


def _kept_namer(instance: Instance, field: str, kept: Ints) -> Namer:
    return lambda i: f"{field}({instance.sites[kept[i]].site})"


def power(builder: Builder, instance: Instance, columns: Columns) -> None:
    """What is drawn fits the power at the meter, and an open site draws at least its minimum viable power.

        U_st = U_{s,t-1} + sum_k a_sk N_skt             for all s, t
        U_st <= P_st y_st                               for all s, t
        U_st >= m_s y_st                                for all s, t

    N_skt are the units that are installed at s in t or move there, less those that retire or move away. Power is
    counted in megawatts (a column of scale 1,000 kW), so that solvers see sensible numbers.

    Fields: `sites` (power_mw, pue, min_viable_mw), `accelerators` (kw_per_gpu).
    """
    megawatt = np.broadcast_to(1000 * instance.power_scale[:, None], columns.y.shape)
    columns.power[:] = builder.columns(
        "power drawn",
        (0 * megawatt if instance.scenario.fleet_may_leave else instance.fleet_power // megawatt).ravel(),
        -(-np.maximum(instance.power, instance.fleet_power) // megawatt).ravel(),
        by_site_quarter(instance, "power"),
        integral=False,
        scale=megawatt.ravel(),
    ).reshape(columns.y.shape)
    step = np.diff(instance.fleet_power, axis=1, prepend=0).ravel()
    rows = builder.rows("power drawn", step, step, len(step), by_site_quarter(instance, "power_sum"))
    rows = rows.reshape(columns.y.shape)
    builder.entries(rows, columns.power, megawatt)
    builder.entries(rows[:, 1:], columns.power[:, :-1], -megawatt[:, 1:])
    cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
    builder.entries(rows[cs, ct], columns.n_list, -instance.unit_power[cs, ck])
    column, site, accelerator, quarter, sign = columns.shifts.at_sites()
    builder.entries(rows[site, quarter], column, -sign * instance.unit_power[site, accelerator])

    count = columns.y.size
    unit = np.zeros(columns.y.shape, np.int64)  # the largest unit that could be there
    np.maximum.at(unit, (cs, ct), instance.unit_power[cs, ck])
    margin = {"margin": np.maximum.accumulate(unit, axis=1).ravel(), "margin_if": columns.y.ravel()}
    name = by_site_quarter(instance, "power_limit")
    most = builder.rows("power", -INFINITE, 0, count, name, **margin).reshape(columns.y.shape)
    builder.entries(most, columns.power, megawatt)
    builder.entries(most, columns.y, -instance.power)
    name = by_site_quarter(instance, "power_minimum")
    least = builder.rows("minimum viable power", 0, INFINITE, count, name, **margin).reshape(columns.y.shape)
    builder.entries(least, columns.power, megawatt)
    builder.entries(least, columns.y, -instance.least_power[:, None])


def supply(builder: Builder, instance: Instance, columns: Columns) -> None:
    """What is delivered and not installed waits, and nothing is installed that was not delivered.

        V_kt = V_{k,t-1} + u_kt - u_{k,t-1} - sum_s n_skt        for all k, t
        V_kt >= 0                                       for all k, t

    Fields: `supply` (GPUs, in whole units).
    """
    accelerators, quarters = instance.accelerators, instance.quarters
    shape = instance.delivered.shape

    def name(i: int) -> str:
        return f"supply({accelerators[i // shape[1]].id},{quarters[i % shape[1]]})"

    waiting = builder.columns(
        "waiting", np.zeros(shape[0] * shape[1], np.int64), instance.delivered.ravel(), name, integral=False
    ).reshape(shape)
    # the bound again as a row, for its margin: several units rounded up must not ask for more than was delivered
    left = builder.rows("supply", 0, INFINITE, waiting.size, name, margin=2)
    builder.entries(left, waiting.ravel(), 1)
    arriving = np.diff(instance.delivered, axis=1, prepend=0).ravel()
    rows = builder.rows("supply", arriving, arriving, len(arriving), lambda i: f"supply_sum{name(i)[6:]}").reshape(
        shape
    )
    builder.entries(rows, waiting, 1)
    builder.entries(rows[:, 1:], waiting[:, :-1], -1)
    builder.entries(rows[instance.candidate_accelerator, instance.candidate_quarter], columns.n_list, 1)


def budget(builder: Builder, instance: Instance, columns: Columns) -> None:
    """What is spent on units in place, on moves and on openings is there; unspent money carries over.

        C_t = sum_{s,k} (c_sk n_skt + v_sk (d_skt + z_skt))             for all t
        M_t = M_{t-1} + C_t + sum_s f_s (y_{s,t+l} - y_{s,t+l-1})       for all t
        M_t <= B_t                                      for all t

    C_t is what units in place and moves cost in t. An opening is paid l = l_s quarters before the site opens; sites
    that hold fleet are open already and cost nothing to open.

    Fields: `budget_musd`, `sites` (fixed_open_cost_musd, capex_musd_per_mw, lead_quarters), `accelerators` (capex_usd),
    `move_cost_usd_per_gpu`.
    """
    if instance.budget is None:
        return
    quarters = instance.quarters
    million = 1_000_000 * instance.money_scale

    def name(i: int) -> str:
        return f"budget({quarters[i]})"

    # counted in millions of dollars: rounding the column's upper bound up is safe, the row below is exact
    spent = builder.columns(
        "spent", np.zeros(len(quarters), np.int64), -(-instance.budget // million), name, integral=False, scale=million
    )
    rows = builder.rows("spending", 0, 0, len(quarters), lambda i: f"spent({quarters[i]})")
    builder.entries(rows, spent, million)
    builder.entries(rows[1:], spent[:-1], -million)
    cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
    builder.entries(rows[ct], columns.n_list, -instance.unit_cost[cs, ck])
    column, site, accelerator, quarter = columns.shifts.arriving()
    builder.entries(rows[quarter], column, -instance.moving_cost[site, accelerator])
    for lead in np.unique(instance.opening_lead).tolist():
        new = np.nonzero(~instance.standing & (instance.opening_lead == lead))[0]
        fee = -instance.opening_cost[new][:, None]
        builder.entries(rows[None, : len(rows) - lead], columns.y[new, lead:], fee)
        builder.entries(rows[None, 1 : len(rows) - lead], columns.y[new, lead:-1], -fee)
    margin = 2 * int(instance.unit_cost.max(initial=0))
    limit = builder.rows("budget", -INFINITE, instance.budget, len(quarters), name, margin=margin)
    builder.entries(limit, spent, million)


def open_sites(builder: Builder, instance: Instance, columns: Columns) -> None:
    """At the horizon's end at least so many sites are open.

        sum_s y_sT >= least

    A site of the fleet that can be left empty counts while something stands there (`still_held`).

    Fields: `min_open_sites`.
    """
    least = instance.scenario.min_open_sites
    if least:
        row = builder.rows("number of open sites", least, INFINITE, 1, lambda _: "min_open_sites")
        builder.entries(row, columns.held, 1)


def site_share(builder: Builder, instance: Instance, columns: Columns, total: Sequence[Expression]) -> None:
    """No site holds more than its share of everything in service, with p/q the largest share and X_t the total.

        q W_st <= p X_t                                 for all s, t

    Fields: `max_share_per_site`.
    """
    share = instance.scenario.max_share_per_site
    assert share is not None
    p, q = share.numerator, share.denominator
    fixed = np.array([p * expression.constant for expression in total], dtype=np.int64)
    name = by_site_quarter(instance, "site_share")
    bound = np.broadcast_to(fixed, columns.y.shape).ravel()
    rows = builder.rows("largest share per site", -INFINITE, bound, columns.y.size, name).reshape(columns.y.shape)
    builder.entries(rows, columns.site_tpp, q * TPP_PER_H100E)
    for t, expression in enumerate(total):
        for column, coefficient in expression.terms.items():
            builder.entries(rows[:, t], np.full(len(rows), column), -p * coefficient)
