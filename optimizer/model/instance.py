"""A scenario as arrays: the sets and parameters of the mathematics, in whole numbers.

Sets:

    s    candidate site                                 `sites`
    k    accelerator that is delivered or may leave     `supply`, `fleet`
    t    quarter, of T                                  `horizon`
    r    demand region                                  `demand`
    g    group of the fleet that can leave              `fleet`
    l    layer of a group, the oldest first             `fleet`: quarter

Parameters:

    w_k    TPP of a unit of k                           `accelerators`: tpp, gpus_per_unit
    a_sk   power of a unit of k at the meter of s       `accelerators`: kw_per_gpu, gpus_per_unit; `sites`: pue
    P_st   power at the meter of s in t                 `sites`: power_mw, first_quarter
    m_s    least power of s once open                   `sites`: min_viable_mw
    u_kt   units of k ready for service up to and in t  `supply`: lead_quarters
    c_sk   cost of a unit of k in place at s            `accelerators`: capex_usd; `sites`: capex_musd_per_mw
    v_sk   cost of moving a unit of k to s              `move_cost_usd_per_gpu`; `sites`: capex_musd_per_mw
    f_s    cost of opening s                            `sites`: fixed_open_cost_musd
    l_s    quarters that building s takes               `sites`: lead_quarters
    B_t    money available up to and in t               `budget_musd`
    D_rt   TPP wanted within reach of r in t            `demand`: tpp, h100e, from
    E_t    TPP of the standing fleet in t               `fleet`
    N_g    whole units in g                             `fleet`, `accelerators`: gpus_per_unit

Power is in parts of a kW (`power_scale` of a site), money in parts of a dollar (`money_scale`). A site is open when it
holds something, so m_s is at least what the smallest unit draws. What the standing fleet draws, counts and serves are
constants (`fleet_*`); what leaves is counted against them. Where the fleet may leave, its accelerators are among k.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..domain.catalogue import Accelerator
from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..domain.sites import Site
from ..regimes import Regime, usable_authorizations
from ..units import Quarter
from .program import INFINITE, Bools, Ints, whole


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
    moving_cost: Ints  # (S, K)
    opening_cost: Ints  # (S,)
    opening_lead: Ints  # (S,) quarters by which the opening is paid earlier; 0 where fleet stands
    budget: Ints | None  # (T,) cumulative
    fleet_power: Ints  # (S, T)
    fleet_tpp: Ints  # (S, T)
    may_open: Ints  # (S,) first quarter index at which the site has power and can have been built, T when never
    closed: Bools  # (S,) kept closed
    standing: Bools  # (S,) holds fleet, so it is open from the start
    room: Ints  # (S, K, T) units of k that may come to s in t and stay, for its power; 0 where s does not take k
    candidate_site: Ints
    candidate_accelerator: Ints
    candidate_quarter: Ints
    candidate_upper: Ints
    candidate_authorization: tuple[str, ...] | None = None  # None: the default everywhere

    @property
    def horizon(self) -> int:
        """Number of quarters."""
        return len(self.quarters)

    def candidate_holdings(self) -> tuple[list[tuple[str, str]], Ints]:
        """Every jurisdiction and authorization under which something may be built, and which one each candidate has."""
        numbers = {holding: number for number, holding in enumerate(dict.fromkeys(self.holdings))}
        of_site = np.array([numbers[holding] for holding in self.holdings], dtype=np.int64)
        if self.candidate_authorization is None:
            return list(numbers), of_site[self.candidate_site]
        pairs = [
            (self.holdings[s][0], name)
            for s, name in zip(self.candidate_site.tolist(), self.candidate_authorization, strict=True)
        ]
        numbers = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
        return list(numbers), np.array([numbers[pair] for pair in pairs], dtype=np.int64)


def unit_cost_usd(site: Site, accelerator: Accelerator) -> Fraction:
    """Dollars for one unit of `accelerator` in place at `site`: IT equipment, and building for the power it draws."""
    assert accelerator.gpus_per_unit is not None
    assert accelerator.capex_usd is not None
    building = unit_meter_kw(site, accelerator) / 1000 * site.capex_musd_per_mw * 1_000_000
    return accelerator.gpus_per_unit * accelerator.capex_usd + building


def unit_meter_kw(site: Site, accelerator: Accelerator) -> Fraction:
    """kW at the meter of `site` that one unit of `accelerator` draws."""
    return accelerator.unit_gpus * (accelerator.kw_per_gpu or 0) * site.pue


def _integers(values: Iterable[Fraction | int]) -> tuple[NDArray[Any], int]:
    """`values` as whole numbers of any size, and in which parts of one they are counted."""
    ratios = [value.as_integer_ratio() for value in values]
    scale = lcm(*{denominator for _, denominator in ratios})
    return np.array([numerator * (scale // denominator) for numerator, denominator in ratios], dtype=object), scale


def make_instance(scenario: Scenario, regime: Regime) -> Instance:
    """The scenario's arrays under the authorizations that may be used, else the regime's default ones."""
    quarters = tuple(scenario.horizon)
    sites = scenario.sites
    supplied = {supply.accelerator: supply.ready for supply in scenario.supply}
    leaving = {row.accelerator: dict[Quarter, int]() for row in scenario.fleet if scenario.fleet_may_leave}
    supplied = supplied | {name: nothing for name, nothing in leaving.items() if name not in supplied}
    accelerators = tuple(scenario.catalogue[name] for name in supplied)
    count_s, count_k, count_t = len(sites), len(accelerators), len(quarters)
    options = _authorizations(scenario, regime)
    holdings = tuple(
        (country, regime.default_authorization(scenario.firm, country))
        for country in (jurisdiction(site.country) for site in sites)
    )

    unit_gpus = np.array([a.unit_gpus for a in accelerators], dtype=np.int64)
    unit_tpp = np.array([a.tpp for a in accelerators], dtype=np.int64) * unit_gpus
    delivered = np.zeros((count_k, count_t), np.int64)
    for k, accelerator in enumerate(accelerators):
        total = 0
        for t, quarter in enumerate(quarters):
            total += supplied[accelerator.id].get(quarter, 0)
            delivered[k, t] = total // int(unit_gpus[k])

    power_scale, unit_power, power, fleet_power, least_power = _power(scenario, sites, accelerators, quarters)
    fleet_tpp = _fleet_tpp(scenario, sites, quarters)
    money_scale, unit_cost, moving_cost, opening_cost, budget = _money(scenario, sites, accelerators, quarters)

    closed = np.array([site.site in scenario.keep_closed for site in sites], dtype=bool)
    standing: Bools = np.any(fleet_tpp > 0, axis=1)
    smallest = unit_power.min(axis=1, initial=np.iinfo(np.int64).max, where=unit_power > 0)
    least_power = np.maximum(least_power, np.where(smallest < np.iinfo(np.int64).max, smallest, 1))
    least_power[standing] = 0  # what stands already was viable to its owner
    powered = power > 0
    may_open = np.where(powered.any(axis=1), powered.argmax(axis=1), count_t) if count_s else np.zeros(0, np.int64)
    lead = np.array([min(site.lead_quarters, count_t) for site in sites], dtype=np.int64)
    lead[standing] = 0
    may_open = np.maximum(may_open, lead)

    upper = room = np.zeros((count_s, count_k, count_t), np.int64)
    if count_s and count_k:
        stays = 0 if scenario.fleet_may_leave else fleet_power
        room = np.maximum(power - stays, 0)[:, None, :] // np.maximum(unit_power, 1)[:, :, None]
        # what is installed in t stays, so the tightest later quarter counts
        room = np.minimum.accumulate(room[:, :, ::-1], axis=2)[:, :, ::-1]
        room = np.where((np.arange(count_t) >= lead[:, None])[:, None, :], room, 0)
        for s, site in enumerate(sites):
            if site.accelerators is not None:
                room[s, [a.id not in site.accelerators for a in accelerators]] = 0
        upper = np.minimum(room, delivered[None, :, :])
        room[[default not in options[country] for country, default in holdings]] = 0  # what moves comes under it
    candidate = np.nonzero(upper)
    upper[closed] = 0
    authorization = None
    if any(options[country] != (default,) for country, default in holdings):
        listed = [options[holdings[s][0]] for s in candidate[0].tolist()]  # a candidate under each of them
        candidate = tuple(np.repeat(part, [len(names) for names in listed]) for part in candidate)
        authorization = tuple(name for names in listed for name in names)
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
        moving_cost=moving_cost,
        opening_cost=opening_cost,
        opening_lead=lead,
        budget=budget,
        fleet_power=fleet_power,
        fleet_tpp=fleet_tpp,
        may_open=may_open,
        closed=closed,
        standing=standing,
        room=room,
        candidate_site=candidate[0],
        candidate_accelerator=candidate[1],
        candidate_quarter=candidate[2],
        candidate_upper=upper[candidate],
        candidate_authorization=authorization,
    )


def _authorizations(scenario: Scenario, regime: Regime) -> dict[str, tuple[str, ...]]:
    """The authorizations that may be used in each jurisdiction of a site."""
    places = {jurisdiction(site.country) for site in scenario.sites}
    return {code: usable_authorizations(scenario.authorizations, regime, scenario.firm, code) for code in places}


def _power(
    scenario: Scenario, sites: tuple[Site, ...], accelerators: tuple[Accelerator, ...], quarters: tuple[Quarter, ...]
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """power_scale, unit_power, power, fleet_power and least_power, each site in parts of a kW of its own.

    All is first reckoned in common parts of a kW, in whole numbers of any size; what divides all of a site's numbers
    then leaves them, so that they are as small as they can be.
    """
    pue, pue_parts = _integers(site.pue for site in sites)
    unit_kw, unit_parts = _integers(a.unit_gpus * (a.kw_per_gpu or Fraction(0)) for a in accelerators)
    levels = ([site.power_mw.before, *(value for _, value in site.power_mw.steps)] for site in sites)
    available_mw, available_parts = _integers(value for row in levels for value in row)
    least_mw, least_parts = _integers(site.min_viable_mw for site in sites)
    fleet_rows = [row for row in scenario.fleet if row.site is not None]
    fleet, fleet_parts = _integers(
        row.gpus * (scenario.catalogue[row.accelerator].kw_per_gpu or 0) for row in fleet_rows
    )

    parts = lcm(pue_parts * lcm(unit_parts, fleet_parts), available_parts, least_parts)
    count_s, count_k, count_t = len(sites), len(accelerators), len(quarters)
    table = np.zeros((count_s, 1 + count_k + 2 * count_t), dtype=object)
    table[:, 0] = least_mw * (1000 * parts // least_parts)
    drawn, power, standing = (slice(1, 1 + count_k), slice(1 + count_k, 1 + count_k + count_t), slice(-count_t, None))
    table[:, drawn] = np.outer(pue, unit_kw) * (parts // (pue_parts * unit_parts))
    available = available_mw * (1000 * parts // available_parts)
    first = 0
    for s, site in enumerate(sites):
        starts = [quarter - quarters[0] for quarter, _ in site.power_mw.steps]
        table[s, power] = available[first]
        for step, start in enumerate(starts, 1):
            table[s, power][max(start, 0) :] = available[first + step]
        first += 1 + len(starts)
    number = {site.site: s for s, site in enumerate(sites)}
    for row, kw in zip(fleet_rows, fleet * (parts // (pue_parts * fleet_parts)), strict=True):
        s = number[row.site or ""]
        arrived = 0 if row.quarter is None else max(row.quarter - quarters[0], 0)
        table[s, standing][arrived:] += kw * pue[s]
    divisor: NDArray[Any] = np.gcd(np.gcd.reduce(table, axis=1), parts) if count_s else np.ones(0, dtype=object)
    table //= divisor[:, None]
    for s in np.flatnonzero(np.abs(table).max(axis=1, initial=0) > INFINITE).tolist():
        whole(table[s], f"the power of {sites[s].site}")
    numbers = table.astype(np.int64)
    scale = whole(parts // divisor, "the parts of a kW")
    return scale, numbers[:, drawn], numbers[:, power], numbers[:, standing], numbers[:, 0]


def _fleet_tpp(scenario: Scenario, sites: tuple[Site, ...], quarters: tuple[Quarter, ...]) -> Ints:
    """(S, T) TPP of the fleet that stands at each site at each quarter's end."""
    number: Mapping[str, int] = {site.site: s for s, site in enumerate(sites)}
    tpp = np.zeros((len(sites), len(quarters)), np.int64)
    for row in scenario.fleet:
        if row.site is not None:
            arrived = 0 if row.quarter is None else max(row.quarter - quarters[0], 0)
            tpp[number[row.site], arrived:] += row.gpus * scenario.catalogue[row.accelerator].tpp
    return tpp


def _money(
    scenario: Scenario, sites: tuple[Site, ...], accelerators: tuple[Accelerator, ...], quarters: tuple[Quarter, ...]
) -> tuple[int, Ints, Ints, Ints, Ints | None]:
    """money_scale, unit_cost, moving_cost, opening_cost and budget, in the largest parts of a dollar that are whole.

    A unit costs its IT equipment, or if it moves there the move, and the building for the power that it draws at the
    site's meter.
    """
    equipment, equipment_parts = _integers(a.unit_gpus * (a.capex_usd or Fraction(0)) for a in accelerators)
    move, move_parts = _integers(a.unit_gpus * (scenario.move_cost_usd_per_gpu or Fraction(0)) for a in accelerators)
    unit_kw, unit_parts = _integers(a.unit_gpus * (a.kw_per_gpu or Fraction(0)) for a in accelerators)
    pue, pue_parts = _integers(site.pue for site in sites)
    building, building_parts = _integers(site.capex_musd_per_mw for site in sites)
    building, building_parts = 1000 * pue * building, pue_parts * building_parts  # dollars per kW of IT power
    opening_musd, opening_parts = _integers(site.fixed_open_cost_musd for site in sites)
    limits = _budget(scenario, quarters)
    budget, budget_parts = _integers(limits or [])

    parts = lcm(equipment_parts, move_parts, unit_parts * building_parts, opening_parts, budget_parts)
    built = np.outer(building, unit_kw) * (parts // (unit_parts * building_parts))
    unit_cost = built + equipment * (parts // equipment_parts)
    moving_cost = built + move * (parts // move_parts) if scenario.move_cost_usd_per_gpu is not None else 0 * built
    opening = opening_musd * (1_000_000 * parts // opening_parts)
    budget = budget * (parts // budget_parts)
    amounts = (unit_cost, moving_cost, opening, budget)
    divisor = int(np.gcd.reduce(np.concatenate([*(values.ravel() for values in amounts), np.array([parts], object)])))
    unit_cost, moving_cost, opening, budget = (whole(values // divisor, "costs and budget") for values in amounts)
    return parts // divisor, unit_cost, moving_cost, opening, None if limits is None else budget


def _budget(scenario: Scenario, quarters: tuple[Quarter, ...]) -> list[Fraction] | None:
    """Cumulative dollars by quarter, None when money is no limit."""
    if scenario.budget_musd is None:
        return None
    total, cumulative = Fraction(0), []
    for quarter in quarters:
        total += scenario.budget_musd.get(quarter, Fraction(0)) * 1_000_000
        cumulative.append(total)
    return cumulative
