"""A plan as tables: what stands where at each quarter's end, by site, by quarter and by country.

TPP and GPUs are whole numbers; megawatts, shares and dollars are rounded to floats here, for print, and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from ..checking.books import Books
from ..domain.catalogue import Accelerator
from ..domain.countries import jurisdiction
from ..domain.plan import Plan
from ..domain.scenario import Scenario
from ..domain.sites import Site
from ..regimes import Regime
from ..units import TPP_PER_H100E, Quarter

STOCK_COLUMNS = ("quarter", "country", "site", "accelerator", "authorization", "received", "gpus", "tpp")


SITE_COLUMNS = (
    *("country", "site", "name", "tier", "accelerator", "authorization", "since", "gpus", "h100e"),
    *("power_mw", "power_share"),
)


def stock_table(books: Books) -> pd.DataFrame:
    """One row for each quarter of the horizon and each holding in service at its end.

    `quarter` and `received` are text (received None: before any quarter), `country` is the jurisdiction.
    """
    rows = []
    for quarter, stock in zip(books.horizon, books.ledger.ends, strict=True):
        for holding, gpus in stock.items():
            tpp = gpus * books.ledger.chips[holding.accelerator].tpp
            place = (holding.country, holding.site, holding.accelerator, holding.authorization)
            received = None if holding.received is None else str(holding.received)
            rows.append((str(quarter), *place, received, gpus, tpp))
    return pd.DataFrame(rows, columns=list(STOCK_COLUMNS)).astype({"gpus": "int64", "tpp": "int64"})


def site_table(
    stock: pd.DataFrame, quarter: Quarter, plan: Plan, regime: Regime, sites: Mapping[str, Site]
) -> pd.DataFrame:
    """What stands at each site at the end of `quarter`, one row for each accelerator and authorization.

    Columns: country, site, name, tier, accelerator, authorization, since (None: before the horizon), gpus, h100e,
    power_mw (at the meter, None where the site or the accelerator's draw is not known), power_share (of what the site
    can feed in that quarter). Rows stand in the order of their GPUs, the most first.
    """
    here = stock[stock["quarter"] == str(quarter)]
    found: dict[tuple[str, str | None, str, str], list[tuple[str | None, int, int]]] = defaultdict(list)
    for country, site_id, name, authorization, received, gpus, tpp in _rows(here, STOCK_COLUMNS[1:]):
        found[country, site_id if isinstance(site_id, str) else None, name, authorization].append(
            (received if isinstance(received, str) else None, int(gpus), int(tpp))
        )
    rows: list[dict[str, Any]] = []
    for (country, site_id, name, authorization), parts in found.items():
        site = sites.get(site_id) if site_id is not None else None
        gpus = sum(part[1] for part in parts)
        dates = [received for received, _, _ in parts if received is not None]
        meter_mw = _meter_mw(plan.catalogue[name], gpus, site)
        available = site.power_mw.at(quarter) if site is not None else Fraction(0)
        rows.append(
            {
                "country": country,
                "site": site_id,
                "name": site.name if site is not None and site.name else site_id,
                "tier": regime.tier(country),
                "accelerator": name,
                "authorization": authorization,
                "since": min(dates) if len(dates) == len(parts) else None,
                "gpus": gpus,
                "h100e": sum(part[2] for part in parts) / TPP_PER_H100E,
                "power_mw": None if meter_mw is None else float(meter_mw),
                "power_share": float(meter_mw / available) if meter_mw is not None and available else None,
            }
        )
    rows.sort(key=lambda row: (-row["gpus"], row["country"], str(row["site"]), row["accelerator"]))
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS))


def quarter_table(books: Books, stock: pd.DataFrame, regime: Regime, scenario: Scenario | None = None) -> pd.DataFrame:
    """One row for each quarter of the horizon.

    Columns: quarter (text), gpus_new (that came into service), gpus_retired, gpus_moved, gpus, h100e, h100e_tier1,
    h100e_outside (in service at its end), outside_share (None while nothing is in service), sites (with something in
    service), power_mw (at named sites), and with a scenario spent_musd and budget_musd (both for the quarter; None
    where money is no limit).
    """
    plan = books.plan
    sites = {} if scenario is None else {site.site: site for site in scenario.sites}
    spent = {} if scenario is None else spending(plan, scenario)
    arrived: dict[Quarter, int] = defaultdict(int)
    for row in plan.placements:
        if row.quarter is not None and row.quarter in books.horizon:
            arrived[row.quarter] += row.gpus
    rows = []
    for quarter in books.horizon:
        here = stock[stock["quarter"] == str(quarter)]
        tiers = here["country"].map(regime.tier)
        total, inside = int(here["tpp"].sum()), int(here.loc[tiers == 1, "tpp"].sum())
        power = Fraction(0)
        for site_id, name, gpus in zip(here["site"], here["accelerator"], here["gpus"], strict=True):
            if isinstance(site_id, str):
                power += _meter_mw(plan.catalogue[name], int(gpus), sites.get(site_id)) or 0
        line: dict[str, object] = {
            "quarter": str(quarter),
            "gpus_new": arrived[quarter],
            "gpus_retired": sum(row.gpus for row in plan.retirements if row.quarter == quarter),
            "gpus_moved": sum(move.gpus for move in plan.moves if move.quarter == quarter),
            "gpus": int(here["gpus"].sum()),
            "h100e": total / TPP_PER_H100E,
            "h100e_tier1": inside / TPP_PER_H100E,
            "h100e_outside": (total - inside) / TPP_PER_H100E,
            "outside_share": (total - inside) / total if total else None,
            "sites": int(here["site"].dropna().nunique()),
            "power_mw": float(power),
        }
        if scenario is not None:
            budget = scenario.budget_musd
            line["spent_musd"] = float(spent.get(quarter, Fraction(0)) / 1_000_000)
            line["budget_musd"] = None if budget is None else float(budget.get(quarter, Fraction(0)))
        rows.append(line)
    return pd.DataFrame(rows)


def spending(plan: Plan, scenario: Scenario) -> dict[Quarter, Fraction]:
    """Dollars that the plan spends in each quarter: IT equipment, moves, building for what comes, and opening.

    A site opens in the quarter of its first chips and is paid its lead time before, within the horizon; one where the
    fleet stands already is open. Placements before the horizon cost nothing any more.
    """
    sites = {site.site: site for site in scenario.sites}
    stood = {row.site for row in scenario.fleet}
    spent: dict[Quarter, Fraction] = defaultdict(Fraction)
    opened: dict[str, Quarter] = {}
    for row in plan.placements:
        if row.quarter is None or row.quarter not in plan.horizon:
            continue
        spent[row.quarter] += row.gpus * (plan.catalogue[row.accelerator].capex_usd or 0)
        if row.site in sites:
            spent[row.quarter] += _building_usd(plan, row.accelerator, row.gpus, sites[row.site])
            opened[row.site] = min(row.quarter, opened.get(row.site, row.quarter))
    for move in plan.moves:
        spent[move.quarter] += move.gpus * (scenario.move_cost_usd_per_gpu or 0)
        if move.to.site in sites:
            spent[move.quarter] += _building_usd(plan, move.accelerator, move.gpus, sites[move.to.site])
            opened[move.to.site] = min(move.quarter, opened.get(move.to.site, move.quarter))
    for name, quarter in opened.items():
        if name not in stood:
            due = max(plan.horizon.first, quarter + -sites[name].lead_quarters)
            spent[due] += sites[name].fixed_open_cost_musd * 1_000_000
    return dict(spent)


def _building_usd(plan: Plan, accelerator: str, gpus: int, site: Site) -> Fraction:
    """Dollars for the building that these GPUs fill at the site."""
    return (_meter_mw(plan.catalogue[accelerator], gpus, site) or 0) * site.capex_musd_per_mw * 1_000_000


def country_table(stock: pd.DataFrame, quarter: Quarter, regime: Regime) -> pd.DataFrame:
    """What stands in each jurisdiction at the end of `quarter`: country, tier, gpus, h100e; the most TPP first."""
    here = stock[stock["quarter"] == str(quarter)]
    sums = (
        here.groupby("country", as_index=False)[["gpus", "tpp"]]
        .sum()
        .sort_values(["tpp", "country"], ascending=[False, True])
    )
    return pd.DataFrame(
        {
            "country": sums["country"],
            "tier": sums["country"].map(regime.tier),
            "gpus": sums["gpus"],
            "h100e": sums["tpp"] / TPP_PER_H100E,
        }
    ).reset_index(drop=True)


def candidate_table(scenario: Scenario, regime: Regime, quarter: Quarter) -> pd.DataFrame:
    """The candidate sites of a scenario as a planner reads them, with the power of `quarter`.

    Columns: site, name, country, tier, lat, lon, power_mw, first_quarter (None: always, or never), pue, min_viable_mw,
    fixed_open_cost_musd, capex_musd_per_mw, electricity_usd_per_mwh, grid_carbon_g_per_kwh, assumed (field names).
    """
    rows = []
    for site in scenario.sites:
        country = jurisdiction(site.country)
        first = next((str(start) for start, power in site.power_mw.steps if power), None)
        rows.append(
            {
                "site": site.site,
                "name": site.name or site.site,
                "country": country,
                "tier": regime.tier(country),
                "lat": site.lat,
                "lon": site.lon,
                "power_mw": float(site.power_mw.at(quarter)),
                "first_quarter": None if site.power_mw.before else first,
                "pue": float(site.pue),
                "min_viable_mw": float(site.min_viable_mw),
                "fixed_open_cost_musd": float(site.fixed_open_cost_musd),
                "capex_musd_per_mw": float(site.capex_musd_per_mw),
                "electricity_usd_per_mwh": float(site.electricity_usd_per_mwh),
                "grid_carbon_g_per_kwh": float(site.grid_carbon_g_per_kwh),
                "assumed": sorted(site.assumed),
            }
        )
    return pd.DataFrame(rows)


def supply_table(scenario: Scenario) -> pd.DataFrame:
    """GPUs by the quarter in which they can first be in service: one row for each accelerator."""
    return pd.DataFrame(
        [
            {"accelerator": supply.accelerator} | {str(q): supply.ready.get(q, 0) for q in scenario.horizon}
            for supply in scenario.supply
        ]
    )


def demand_table(scenario: Scenario) -> pd.DataFrame:
    """Demand: region, max_rtt_ms (None: its sites are named), sites within reach, and H100e by quarter."""
    return pd.DataFrame(
        [
            {
                "region": demand.region,
                "max_rtt_ms": None if demand.max_rtt_ms is None else float(demand.max_rtt_ms),
                "sites": len(demand.sites),
            }
            | {str(q): demand.tpp.at(q) / TPP_PER_H100E for q in scenario.horizon}
            for demand in scenario.demand
        ]
    )


def fleet_table(scenario: Scenario, regime: Regime) -> pd.DataFrame:
    """The fleet that stands already, in the order of the file: country, tier, site, accelerator, since, gpus, h100e."""
    return pd.DataFrame(
        [
            {
                "country": row.country,
                "tier": regime.tier(jurisdiction(row.country)),
                "site": row.site,
                "accelerator": row.accelerator,
                "since": None if row.quarter is None else str(row.quarter),
                "gpus": row.gpus,
                "h100e": row.gpus * scenario.catalogue[row.accelerator].tpp / TPP_PER_H100E,
            }
            for row in scenario.fleet
        ]
    )


def sites_by_id(sites: Iterable[Site]) -> dict[str, Site]:
    """The sites by their id."""
    return {site.site: site for site in sites}


def _rows(table: pd.DataFrame, columns: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[column] for column in columns), strict=True)


def _meter_mw(accelerator: Accelerator, gpus: int, site: Site | None) -> Fraction | None:
    """MW at the site's meter that the GPUs draw, None where that cannot be known."""
    if site is None or accelerator.kw_per_gpu is None:
        return None
    return gpus * accelerator.kw_per_gpu * site.pue / 1000
