"""Demand, and the capacity of sites that serves it; one function per family as in `families`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..domain.scenario import Demand
from ..units import TPP_PER_H100E
from .families import Columns, by_site_quarter
from .instance import Instance
from .program import INFINITE, Builder, Ints, Namer


def site_capacity(builder: Builder, instance: Instance, columns: Columns, which: Ints) -> None:
    """The TPP in service at each site that demand or a site share looks at.

        W_st = W_{s,t-1} + sum_k w_k N_skt              for all s, t

    Counted in H100-equivalents (a column of scale 15,832 TPP), so that solvers see numbers of a sensible size. Fleet
    that stands at the site counts, and N_skt are again the units that are installed or come, less those that leave.

    Fields: `accelerators` (tpp), `fleet`.
    """
    horizon = instance.horizon
    most = most_site_tpp(instance)[which]
    name = by_site_quarter(instance, "capacity")
    columns.site_tpp[which] = builder.columns(
        "site capacity",
        np.zeros(most.size, np.int64),
        -(-most.ravel() // TPP_PER_H100E),
        lambda i: name(int(which[i // horizon]) * horizon + i % horizon),
        integral=False,
        scale=TPP_PER_H100E,
    ).reshape(most.shape)
    place = np.full(len(instance.sites), -1, np.int64)
    place[which] = np.arange(len(which))
    fixed = instance.fleet_tpp[which]
    step = np.diff(fixed, axis=1, prepend=0)
    rows = builder.rows(
        "site capacity",
        step.ravel(),
        step.ravel(),
        step.size,
        lambda i: name(int(which[i // horizon]) * horizon + i % horizon),
    ).reshape(step.shape)
    builder.entries(rows, columns.site_tpp[which], TPP_PER_H100E)
    builder.entries(rows[:, 1:], columns.site_tpp[which][:, :-1], -TPP_PER_H100E)
    chosen = place[instance.candidate_site] >= 0
    cs, ck, ct = (
        part[chosen] for part in (instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter)
    )
    builder.entries(rows[place[cs], ct], columns.n_list[chosen], -instance.unit_tpp[ck])
    shifted = columns.shifts.at_sites()
    column, site, accelerator, quarter, sign = (part[place[shifted[1]] >= 0] for part in shifted)
    builder.entries(rows[place[site], quarter], column, -sign * instance.unit_tpp[accelerator])


def most_site_tpp(instance: Instance) -> Ints:
    """An upper bound of W_st: the best TPP per power times the room left, and no more than is delivered or may move."""
    scenario = instance.scenario
    best = np.zeros(instance.power.shape, np.int64)
    room = np.maximum(instance.power - (0 if scenario.fleet_may_leave else instance.fleet_power), 0)
    for k in range(len(instance.accelerators)):
        per_power = instance.unit_tpp[k] / np.maximum(instance.unit_power[:, k], 1)
        best = np.maximum(best, np.ceil(room * per_power[:, None] * (1 + 1e-9)).astype(np.int64) + 1)
    supplied = (instance.delivered * instance.unit_tpp[:, None]).sum(axis=0)
    if scenario.move_cost_usd_per_gpu is not None:
        supplied += sum(row.gpus * scenario.catalogue[row.accelerator].tpp for row in scenario.fleet)
    most: Ints = instance.fleet_tpp + np.minimum(best, supplied[None, :])
    return most


def reachable(instance: Instance) -> list[Ints]:
    """For each demand region, the numbers of its sites."""
    number = {site.site: s for s, site in enumerate(instance.sites)}
    return [
        np.array(sorted(number[name] for name in demand.sites if name in number), dtype=np.int64)
        for demand in instance.scenario.demand
    ]


def demand(builder: Builder, instance: Instance, columns: Columns, near: list[Ints]) -> None:
    """Each region is served what it wants by sites within its reach, and capacity serves one region at a time.

        sum_{s near r} g_rst >= D_rt                    for all r, t
        sum_r g_rst <= W_st                             for all s, t
        g_rst >= 0                                      for all r, s near r, t

    Flows are counted in H100-equivalents.

    Fields: `demand` (region, h100e or tpp, max_rtt_ms or sites).
    """
    wanted, quarters = instance.scenario.demand, instance.quarters
    serves: list[tuple[Ints, int, Ints]] = []
    columns.flow_sites = near
    for t, quarter in enumerate(quarters):
        active = [r for r, region in enumerate(wanted) if region.tpp.at(quarter) > 0]
        need = [wanted[r].tpp.at(quarter) for r in active]
        rows = builder.rows("demand", need, INFINITE, len(active), _demand_namer(wanted, active, str(quarter)))
        for row, r, amount in zip(rows, active, need, strict=True):
            sites = near[r]
            flow = builder.columns(
                "serve",
                np.zeros(len(sites), np.int64),
                np.full(len(sites), -(-amount // TPP_PER_H100E), np.int64),
                _flow_namer(instance, wanted[r].region, sites, str(quarter)),
                integral=False,
                scale=TPP_PER_H100E,
            )
            columns.flow[r, t] = flow
            builder.entries(np.full(len(sites), row), flow, TPP_PER_H100E)
            serves.append((sites, t, flow))
    if not serves:
        return
    site = np.concatenate([sites for sites, _, _ in serves])
    quarter_of = np.concatenate([np.full(len(sites), t) for sites, t, _ in serves])
    flows = np.concatenate([flow for _, _, flow in serves])
    used, row_of = np.unique(site * instance.horizon + quarter_of, return_inverse=True)
    name = by_site_quarter(instance, "serving")
    margin = int(instance.unit_tpp.max(initial=0))
    rows = builder.rows("demand", -INFINITE, 0, len(used), lambda i: name(int(used[i])), margin=margin)
    builder.entries(rows[row_of], flows, TPP_PER_H100E)
    builder.entries(rows, columns.site_tpp.ravel()[used], -TPP_PER_H100E)


def _demand_namer(wanted: Sequence[Demand], active: list[int], quarter: str) -> Namer:
    return lambda i: f"demand({wanted[active[i]].region},{quarter})"


def _flow_namer(instance: Instance, region: str, sites: Ints, quarter: str) -> Namer:
    return lambda i: f"serve({instance.sites[sites[i]].site},{region},{quarter})"
