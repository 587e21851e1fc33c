"""A scenario as arrays: the sets and parameters of the mathematics, in whole numbers.

Sets and indices: s site, k accelerator (of those delivered), t quarter, r demand region. Parameters:

    w_k      TPP of a unit of k                     a_sk   power of a unit of k at s's meter, in kW / power_scale_s
    P_st     power at the meter of s in t           m_s    least power of s once open
    u_kt     units of k delivered up to and in t    c_sk   cost of a unit of k at s, in dollars / money_scale
    f_s      cost of opening s                      B_t    money available up to and in t

A site is open when it holds something, so m_s is at least what the smallest unit draws.

`E` is the standing fleet: what it draws, counts and serves are constants (`fleet_*`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from ..domain.catalogue import Accelerator
from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..domain.sites import Site
from ..ledger import Holding
from ..regimes import Regime
from ..units import Quarter
from .program import Bools, Ints, whole


@dataclass(frozen=True, slots=True)
class Instance:
    """The arrays named above; `candidate_*` list the decisions n_skt that are possible at all, in order (s, k, t)."""

    scenario: Scenario
    sites: tuple[Site, ...]
    accelerators: tuple[Accelerator, ...]
    quarters: tuple[Quarter, ...]
    holdings: tuple[tuple[str, str], ...]  # jurisdiction and default authorization of what is built at each site
    unit_tpp: Ints  # (K,)
    unit_gpus: Ints  # (K,)
    power_scale: Ints  # (S,) parts of a kW
    unit_power: Ints  # (S, K)
    power: Ints  # (S, T)
    least_power: Ints  # (S,)
    delivered: Ints  # (K, T) cumulative units
    money_scale: int  # parts of a dollar
    unit_cost: Ints  # (S, K)
    opening_cost: Ints  # (S,)
    budget: Ints | None  # (T,) cumulative
    fleet_power: Ints  # (S, T)
    fleet_tpp: Ints  # (S, T)
    may_open: Ints  # (S,) first quarter index at which the site has power, T when never
    closed: Bools  # (S,) kept closed
    standing: Bools  # (S,) holds fleet, so it is open from the start
    candidate_site: Ints
    candidate_accelerator: Ints
    candidate_quarter: Ints
    candidate_upper: Ints

    @property
    def horizon(self) -> int:
        """Number of quarters."""
        return len(self.quarters)

    def holding(self, site: int, accelerator: int, quarter: int) -> Holding:
        """The coordinates of what is built there then."""
        country, authorization = self.holdings[site]
        return Holding(
            country=country,
            site=self.sites[site].site,
            accelerator=self.accelerators[accelerator].id,
            authorization=authorization,
            consignee_parent=None,
            received=self.quarters[quarter],
        )


def unit_cost_usd(site: Site, accelerator: Accelerator) -> Fraction:
    """Dollars for one unit of `accelerator` in place at `site`: IT equipment, and building for the power it draws."""
    assert accelerator.gpus_per_unit is not None
    assert accelerator.capex_usd is not None
    building = unit_meter_kw(site, accelerator) / 1000 * site.capex_musd_per_mw * 1_000_000
    return accelerator.gpus_per_unit * accelerator.capex_usd + building


def unit_meter_kw(site: Site, accelerator: Accelerator) -> Fraction:
    """kW at the meter of `site` that one unit of `accelerator` draws."""
    assert accelerator.gpus_per_unit is not None
    assert accelerator.kw_per_gpu is not None
    return accelerator.gpus_per_unit * accelerator.kw_per_gpu * site.pue


def _whole(values: list[Fraction], what: str) -> tuple[int, Ints]:
    """The smallest scale that makes all `values` whole, and the values so scaled; ProgramTooLarge, saying `what`."""
    scale = lcm(*(value.denominator for value in values)) if values else 1
    return scale, whole([int(value * scale) for value in values], what)


def make_instance(scenario: Scenario, regime: Regime) -> Instance:
    """The scenario's arrays under the regime's default authorizations."""
    quarters = tuple(scenario.horizon)
    sites = scenario.sites
    supplied = {supply.accelerator: supply.by_quarter for supply in scenario.supply}
    accelerators = tuple(scenario.catalogue[name] for name in supplied)
    count_s, count_k, count_t = len(sites), len(accelerators), len(quarters)
    holdings = tuple(
        (country, regime.default_authorization(scenario.firm, country))
        for country in (jurisdiction(site.country) for site in sites)
    )

    unit_gpus = np.array([a.gpus_per_unit for a in accelerators], dtype=np.int64)
    unit_tpp = np.array([a.tpp for a in accelerators], dtype=np.int64) * unit_gpus
    delivered = np.zeros((count_k, count_t), np.int64)
    for k, accelerator in enumerate(accelerators):
        total = 0
        for t, quarter in enumerate(quarters):
            total += supplied[accelerator.id].get(quarter, 0)
            delivered[k, t] = total // int(unit_gpus[k])

    fleet_kw, fleet_tpp = _fleet(scenario, sites, quarters)
    power_scale = np.ones(count_s, np.int64)
    unit_power = np.zeros((count_s, count_k), np.int64)
    power = np.zeros((count_s, count_t), np.int64)
    fleet_power = np.zeros((count_s, count_t), np.int64)
    least_power = np.zeros(count_s, np.int64)
    for s, site in enumerate(sites):
        available = [site.meter_kw(quarter) for quarter in quarters]
        drawn = [unit_meter_kw(site, accelerator) for accelerator in accelerators]
        amounts = [site.min_viable_mw * 1000, *available, *drawn, *fleet_kw[s]]
        power_scale[s], parts = _whole(amounts, f"the power of {site.site}")
        least_power[s] = parts[0]
        power[s] = parts[1 : 1 + count_t]
        unit_power[s] = parts[1 + count_t : 1 + count_t + count_k]
        fleet_power[s] = parts[1 + count_t + count_k :]

    budget = _budget(scenario, quarters)
    costs = [unit_cost_usd(site, accelerator) for site in sites for accelerator in accelerators]
    opening = [site.fixed_open_cost_musd * 1_000_000 for site in sites]
    money_scale, money = _whole([*costs, *opening, *(budget or [])], "costs and budget")
    unit_cost = money[: len(costs)].reshape(count_s, count_k)
    opening_cost = money[len(costs) : len(costs) + count_s]

    closed = np.array([site.site in scenario.keep_closed for site in sites], dtype=bool)
    standing: Bools = np.any(fleet_tpp > 0, axis=1)
    smallest = unit_power.min(axis=1, initial=np.iinfo(np.int64).max, where=unit_power > 0)
    least_power = np.maximum(least_power, np.where(smallest < np.iinfo(np.int64).max, smallest, 1))
    least_power[standing] = 0  # what stands already was viable to its owner
    powered = power > 0
    may_open = np.where(powered.any(axis=1), powered.argmax(axis=1), count_t) if count_s else np.zeros(0, np.int64)

    upper = np.zeros((count_s, count_k, count_t), np.int64)
    if count_s and count_k:
        room = np.maximum(power - fleet_power, 0)[:, None, :] // np.maximum(unit_power, 1)[:, :, None]
        # what is installed in t stays, so the tightest later quarter counts
        room = np.minimum.accumulate(room[:, :, ::-1], axis=2)[:, :, ::-1]
        upper = np.minimum(room, delivered[None, :, :])
        for s, site in enumerate(sites):
            if site.accelerators is not None:
                upper[s, [a.id not in site.accelerators for a in accelerators]] = 0
    candidate = np.nonzero(upper)
    upper[closed] = 0
    return Instance(
        scenario=scenario,
        sites=sites,
        accelerators=accelerators,
        quarters=quarters,
        holdings=holdings,
        unit_tpp=unit_tpp,
        unit_gpus=unit_gpus,
        power_scale=power_scale,
        unit_power=unit_power,
        power=power,
        least_power=least_power,
        delivered=delivered,
        money_scale=money_scale,
        unit_cost=unit_cost,
        opening_cost=opening_cost,
        budget=None if budget is None else money[len(costs) + count_s :],
        fleet_power=fleet_power,
        fleet_tpp=fleet_tpp,
        may_open=may_open,
        closed=closed,
        standing=standing,
        candidate_site=candidate[0],
        candidate_accelerator=candidate[1],
        candidate_quarter=candidate[2],
        candidate_upper=upper[candidate],
    )


def _fleet(
    scenario: Scenario, sites: tuple[Site, ...], quarters: tuple[Quarter, ...]
) -> tuple[list[list[Fraction]], Ints]:
    """What the fleet at each site draws (kW at the meter) and counts (TPP) in each quarter."""
    number: Mapping[str, int] = {site.site: s for s, site in enumerate(sites)}
    kw = [[Fraction(0)] * len(quarters) for _ in sites]
    tpp = np.zeros((len(sites), len(quarters)), np.int64)
    for row in scenario.fleet:
        if row.site is None:
            continue
        s, accelerator = number[row.site], scenario.catalogue[row.accelerator]
        for t, quarter in enumerate(quarters):
            if row.quarter is None or row.quarter <= quarter:
                kw[s][t] += row.gpus * (accelerator.kw_per_gpu or 0) * sites[s].pue
                tpp[s, t] += row.gpus * accelerator.tpp
    return kw, tpp


def _budget(scenario: Scenario, quarters: tuple[Quarter, ...]) -> list[Fraction] | None:
    """Cumulative dollars by quarter, None when money is no limit."""
    if scenario.budget_musd is None:
        return None
    total, cumulative = Fraction(0), []
    for quarter in quarters:
        total += scenario.budget_musd.get(quarter, Fraction(0)) * 1_000_000
        cumulative.append(total)
    return cumulative
