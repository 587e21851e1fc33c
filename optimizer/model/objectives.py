"""What is maximised: each objective one function that writes its coefficients; `cost` and `carbon` with a minus."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

import numpy as np
from numpy.typing import NDArray

from ..domain.sites import HOURS_PER_QUARTER
from .families import Columns
from .instance import Instance, unit_meter_kw
from .program import Builder


def capacity(builder: Builder, instance: Instance, columns: Columns, fleet_tpp: list[int]) -> None:
    """TPP in service at the end of the horizon.

        max sum_{s,k,t} w_k n_skt - sum_{g,t} w_k x_gt + E_T

    Fields: `accelerators` (tpp), `fleet`.
    """
    builder.objective(columns.n_list, instance.unit_tpp[instance.candidate_accelerator])
    retired, accelerator, _ = columns.shifts.retiring()
    builder.objective(retired, -instance.unit_tpp[accelerator])
    builder.offset = fleet_tpp[-1]


def capacity_over_time(builder: Builder, instance: Instance, columns: Columns, fleet_tpp: list[int]) -> None:
    """TPP in service at each quarter's end, summed over the quarters.

        max sum_{s,k,t} (T - t + 1) w_k n_skt - sum_{g,t} (T - t + 1) w_k x_gt + sum_t E_t

    Fields: `accelerators` (tpp), `fleet`.
    """
    quarters_in_service = instance.horizon - instance.candidate_quarter
    builder.objective(columns.n_list, instance.unit_tpp[instance.candidate_accelerator] * quarters_in_service)
    retired, accelerator, quarter = columns.shifts.retiring()
    builder.objective(retired, -instance.unit_tpp[accelerator] * (instance.horizon - quarter))
    builder.offset = sum(fleet_tpp)


def cost(builder: Builder, instance: Instance, columns: Columns, fleet_tpp: list[int]) -> None:
    """Opening, building and IT, moves, electricity of the quarters in service, and serving, in dollars.

        min sum_s f_s y_sT + sum_t C_t + sum_{s,k,t} (T - t + 1) h_s a_sk N_skt + sum_{r,s,t} b_rs g_rst

    C_t is what units in place and moves cost, h_s the price of a kW at the meter for a quarter of 2,190 hours, N_skt
    the units that are installed or come less those that leave, b_rs what serving costs; electricity of the fleet as it
    stands at named sites is a constant beside it.

    Fields: `sites` (fixed_open_cost_musd, capex_musd_per_mw, electricity_usd_per_mwh), `accelerators` (capex_usd),
    `move_cost_usd_per_gpu`, `demand` (cost_usd_per_h100e).
    """
    per_unit = _running(instance, [site.electricity_usd_per_mwh / 1000 for site in instance.sites])
    serving = [
        [Fraction(demand.cost_usd_per_h100e.get(instance.sites[s].site, Fraction(0))) for s in sites]
        for demand, sites in zip(instance.scenario.demand, columns.flow_sites, strict=False)
    ]
    flat = [value for row in per_unit for value in row] + [value for row in serving for value in row]
    fleet = _fleet_running(instance, [site.electricity_usd_per_mwh / 1000 for site in instance.sites])
    scale = lcm(instance.money_scale, fleet.denominator, *(value.denominator for value in flat))
    running = _scaled(per_unit, scale)
    cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
    up = scale // instance.money_scale
    in_place = instance.unit_cost.astype(object) * up
    builder.objective(columns.n_list, -(in_place[cs, ck] + running[cs, ck] * (instance.horizon - ct)))
    column, site, accelerator, quarter, sign = columns.shifts.at_sites()
    moving = instance.moving_cost.astype(object)[site, accelerator] * (up * (sign > 0))
    builder.objective(column, -(moving + running[site, accelerator] * (sign * (instance.horizon - quarter))))
    new = np.nonzero(~instance.standing)[0]
    builder.objective(columns.y[new, -1], -instance.opening_cost[new].astype(object) * up)  # once, whenever it was
    for (r, _), flow in columns.flow.items():
        builder.objective(flow, -_scaled([serving[r]], scale)[0])
    builder.offset = -int(fleet * scale)
    builder.objective_scale, builder.sense = scale, -1


def carbon(builder: Builder, instance: Instance, columns: Columns, fleet_tpp: list[int]) -> None:
    """Kilograms of CO2 of the electricity drawn over the horizon.

        min sum_{s,k,t} (T - t + 1) e_s a_sk N_skt

    e_s is the intensity of the grid at s times 2,190 hours, N_skt the units that are installed or come less those that
    leave; the fleet as it stands at named sites is a constant beside it.

    Fields: `sites` (grid_carbon_g_per_kwh, pue), `accelerators` (kw_per_gpu).
    """
    per_kwh = [site.grid_carbon_g_per_kwh / 1000 for site in instance.sites]
    per_unit = _running(instance, per_kwh)
    fleet = _fleet_running(instance, per_kwh)
    scale = lcm(fleet.denominator, *(value.denominator for row in per_unit for value in row))
    cs, ck, ct = instance.candidate_site, instance.candidate_accelerator, instance.candidate_quarter
    running = _scaled(per_unit, scale)
    builder.objective(columns.n_list, -running[cs, ck] * (instance.horizon - ct))
    column, site, accelerator, quarter, sign = columns.shifts.at_sites()
    builder.objective(column, -running[site, accelerator] * (sign * (instance.horizon - quarter)))
    builder.offset = -int(fleet * scale)
    builder.objective_scale, builder.sense = scale, -1


def open_sites(builder: Builder, instance: Instance, columns: Columns, fleet_tpp: list[int]) -> None:
    """Sites that are open at the end of the horizon.

        min sum_s y_sT

    It may follow in a list of objectives.

    Fields: `sites`, `fleet`.
    """
    builder.objective(columns.y[:, -1], np.full(len(columns.y), -1, np.int64))
    builder.sense = -1


def _scaled(table: list[list[Fraction]], scale: int) -> NDArray[np.object_]:
    """The table in parts of `scale`: whole numbers of any size, which the builder takes if they fit."""
    found = np.empty((len(table), len(table[0]) if table else 0), dtype=object)
    for i, row in enumerate(table):
        found[i] = [int(value * scale) for value in row]
    return found


def _running(instance: Instance, per_kwh: list[Fraction]) -> list[list[Fraction]]:
    """(S, K) what one unit costs each quarter it is in service, at `per_kwh` of the site."""
    return [
        [unit_meter_kw(site, accelerator) * HOURS_PER_QUARTER * price for accelerator in instance.accelerators]
        for site, price in zip(instance.sites, per_kwh, strict=True)
    ]


def _fleet_running(instance: Instance, per_kwh: list[Fraction]) -> Fraction:
    """What the standing fleet at named sites costs over the horizon, at `per_kwh` of each site."""
    total = Fraction(0)
    for s, price in enumerate(per_kwh):
        drawn = sum(int(value) for value in instance.fleet_power[s])
        total += Fraction(drawn, int(instance.power_scale[s])) * HOURS_PER_QUARTER * price
    return total


OBJECTIVES = {
    "capacity": capacity,
    "capacity_over_time": capacity_over_time,
    "cost": cost,
    "carbon": carbon,
    "open_sites": open_sites,
}
