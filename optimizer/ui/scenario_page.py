"""The inputs, on the map and as tables, before anything is solved. What is assumed is marked as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import altair as alt
import pandas as pd
import streamlit as st

from ..domain.countries import countries, jurisdiction
from ..domain.scenario import Scenario
from ..regimes import Regime
from ..reports.tables import candidate_table, demand_table, fleet_table, supply_table
from . import figures, load, parts, theme
from .map_chart import HEIGHT, world_shapes
from .places import country_name, middle
from .problems import show_problems
from .session import look, words
from .text import Words

ASSUMED_MARK: Final = " *"
_SITE_COLUMNS: Final = {
    "power_last": ("power_mw", "%,.0f"),
    "first_quarter": ("first_quarter", None),
    "pue": ("pue", "%.2f"),
    "min_viable_mw": ("min_viable_mw", "%,.0f"),
    "fixed_open": ("fixed_open_cost_musd", "%,.0f"),
    "capex": ("capex_musd_per_mw", "%.1f"),
    "electricity": ("electricity_usd_per_mwh", "%.0f"),
    "carbon": ("grid_carbon_g_per_kwh", "%.0f"),
}
"""Columns of the table of sites: the key of the title, the field, and how its numbers are written."""


def show() -> None:
    """Draw the page."""
    say = words()
    entry = look().entry
    assert entry is not None  # the frame shows no page without one
    given = load.inputs(entry.file)
    if given.scenario is None or given.regime is None:
        st.html(parts.title(entry.title))
        show_problems(entry.file, given.problems)
        _source(entry.file)
        return
    scenario, regime = given.scenario, given.regime
    sites = candidate_table(scenario, regime, scenario.horizon.last)
    note = say(
        "scenario.unsolved_note",
        sites=len(sites),
        countries=sites["country"].nunique() if len(sites) else 0,
        first=scenario.horizon.first,
        last=scenario.horizon.last,
    )
    st.html(parts.title(scenario.name) + parts.quiet(f"{note} · {say('source.rules', regime=regime.name)}"))
    left, right = st.columns([2, 1])
    with left.container(border=True, key="map-card", height="stretch"):
        st.html(parts.card_title(say("scenario.map_title"), say("scenario.map_note")))
        chart = _map(scenario, regime, sites, say)
        st.altair_chart(chart, width="stretch", key="inputs-map", alt=say("scenario.map_alt"))
        st.html(_legend(say) + parts.quiet(say("map.boundaries")))
    with right.container(border=True, key="inputs-card", height="stretch"):
        st.html(parts.card_title(say("scenario.given")) + parts.facts(_facts(scenario, sites, say)))
    _tables(scenario, regime, sites, entry.file, say)


def _facts(scenario: Scenario, sites: pd.DataFrame, say: Words) -> list[tuple[str, str]]:
    """What the scenario says outside its tables; what it leaves out is left out here too."""
    firm, budget = scenario.firm, scenario.budget_musd
    seats = dict.fromkeys(country_name(code, say) for code in (firm.headquarters, firm.ultimate_parent))
    facts = [
        (say("scenario.firm"), say("scenario.firm_value", name=firm.name, status=say(f"status.{firm.status}"))),
        (say("scenario.seat"), ", ".join(seats)),
        (say("scenario.objective"), say(f"objective.{scenario.objective}")),
        (say("scenario.standing"), f"{sum(row.gpus for row in scenario.fleet):,}"),
        (say("scenario.supply_total"), f"{sum(sum(s.by_quarter.values()) for s in scenario.supply):,}"),
        (
            say("scenario.power", quarter=scenario.horizon.last),
            figures.power(float(sites["power_mw"].sum()) if len(sites) else 0.0),
        ),
        (
            say("scenario.budget"),
            say("scenario.no_budget") if budget is None else figures.money(float(sum(budget.values()))),
        ),
    ]
    agreements = [
        say("scenario.agreement", country=country_name(code, say), quarter=start)
        for code, start in scenario.agreements.items()
    ]
    used = [
        say("scenario.national_use_value", country=country_name(code, say), amount=figures.h100e(tpp))
        for code, tpp in scenario.national_use.items()
    ]
    if agreements:
        facts.append((say("scenario.agreements"), ", ".join(agreements)))
    if used:
        facts.append((say("scenario.national_use"), ", ".join(used)))
    if scenario.max_share_per_site is not None:
        facts.append((say("scenario.max_share"), figures.percent(float(scenario.max_share_per_site))))
    if scenario.min_open_sites:
        facts.append((say("scenario.min_open"), str(scenario.min_open_sites)))
    if scenario.keep_open or scenario.keep_closed:
        kept = [", ".join(sorted(names)) or "–" for names in (scenario.keep_open, scenario.keep_closed)]
        facts.append((say("scenario.keep"), " / ".join(kept)))
    return facts


def _map(scenario: Scenario, regime: Regime, sites: pd.DataFrame, say: Words) -> alt.LayerChart:
    colours = theme.palette(st.context.theme.type)
    tiers = {str(tier): say(f"scenario.tier{tier}") for tier in (1, 2, 3)}
    codes = sorted({jurisdiction(code) for code in countries()})
    world = pd.DataFrame({"id": codes, "tier": [str(regime.tier(code)) for code in codes]})
    fill = alt.Scale(domain=list(tiers), range=[colours.bins[1], colours.land, colours.forbidden])
    shapes = (
        alt.Chart(world_shapes())
        .transform_lookup(lookup="id", from_=alt.LookupData(data=world, key="id", fields=["tier"]), default="2")
        .transform_calculate(name="datum.properties ? datum.properties.en : '–'")
        .mark_geoshape(stroke=colours.sea_line, strokeWidth=0.5)
        .encode(
            color=alt.Color("tier:N", scale=fill, legend=None),
            tooltip=[alt.Tooltip("name:N", title=say("map.country")), alt.Tooltip("tier:N", title=say("map.tier"))],
        )
    )
    layers: list[Any] = [shapes]
    placed = sites.dropna(subset=["lat", "lon"]) if len(sites) else sites
    if len(placed):
        rows = placed.assign(
            label=[
                f"{name}, {country_name(code, say)}"
                for name, code in zip(placed["name"], placed["country"], strict=True)
            ],
            starts=[first if isinstance(first, str) else "–" for first in placed["first_quarter"]],
        )[["label", "lat", "lon", "power_mw", "starts"]]
        layers.append(
            alt.Chart(rows)
            .mark_circle(color=colours.accent, opacity=0.75, stroke=colours.card, strokeWidth=0.8)
            .encode(
                longitude="lon:Q",
                latitude="lat:Q",
                size=alt.Size("power_mw:Q", legend=None, scale=alt.Scale(zero=True, range=[12, 320])),
                tooltip=[
                    alt.Tooltip("label:N", title=say("map.site")),
                    alt.Tooltip("power_mw:Q", title=say("col.power_last"), format=",.0f"),
                    alt.Tooltip("starts:N", title=say("col.first_quarter")),
                ],
            )
        )
    standing = _standing(scenario, say)
    if len(standing):
        layers.append(
            alt.Chart(standing)
            .mark_point(shape="diamond", filled=False, color=colours.text, strokeWidth=1.6)
            .encode(
                longitude="lon:Q",
                latitude="lat:Q",
                size=alt.Size("gpus:Q", legend=None, scale=alt.Scale(zero=True, range=[40, 320])),
                tooltip=[
                    alt.Tooltip("label:N", title=say("scenario.fleet")),
                    alt.Tooltip("gpus:Q", title=say("map.gpus"), format=",.0f"),
                ],
            )
        )
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .resolve_scale(color="independent", size="independent")
        .project(type="equalEarth")
        .properties(height=HEIGHT)
        .configure_view(strokeWidth=0)
        .configure(background="transparent")
    )
    return chart


def _standing(scenario: Scenario, say: Words) -> pd.DataFrame:
    """One mark for each place where the fleet stands already."""
    known = {site.site: site for site in scenario.sites}
    places: dict[tuple[str, str | None], int] = {}
    for row in scenario.fleet:
        key = (jurisdiction(row.country), row.site)
        places[key] = places.get(key, 0) + row.gpus
    rows = []
    for (country, site_id), gpus in places.items():
        site = known.get(site_id) if site_id is not None else None
        at = (site.lat, site.lon) if site is not None and site.lat is not None else middle(country, scenario.sites)
        if at is not None and at[0] is not None:
            rows.append({"label": country_name(country, say), "lat": at[0], "lon": at[1], "gpus": gpus})
    return pd.DataFrame(rows)


def _legend(say: Words) -> str:
    return parts.legend(
        [
            ("var(--fp-bin-1)", "", say("scenario.tier1")),
            ("var(--fp-land)", "", say("scenario.tier2")),
            ("var(--fp-forbidden)", "", say("scenario.tier3")),
            ("var(--fp-accent)", "round", say("scenario.candidate")),
            ("transparent", "diamond", say("scenario.fleet")),
        ]
    )


def _tables(scenario: Scenario, regime: Regime, sites: pd.DataFrame, file: Path, say: Words) -> None:
    names = ("sites", "supply", "demand", "fleet", "limits", "source")
    tabs = dict(zip(names, st.tabs([say(f"scenario.tab_{name}") for name in names]), strict=True))
    with tabs["sites"]:
        _sites(sites, say)
    with tabs["supply"]:
        supply = supply_table(scenario)
        if len(supply):
            wide = {name: st.column_config.NumberColumn(format="localized") for name in supply.columns[1:]}
            first = {"accelerator": st.column_config.TextColumn(say("col.accelerator"), pinned=True)}
            st.dataframe(supply, hide_index=True, column_config=first | wide, key="supply-table")
        else:
            st.html(parts.quiet(say("scenario.no_supply")))
    with tabs["demand"]:
        demand = demand_table(scenario)
        if len(demand):
            wide = {name: st.column_config.NumberColumn(format="%,.0f") for name in demand.columns[3:]}
            fixed = {
                "region": st.column_config.TextColumn(say("col.region"), pinned=True),
                "max_rtt_ms": st.column_config.NumberColumn(say("col.rtt")),
                "sites": st.column_config.NumberColumn(say("col.sites_near")),
            }
            st.dataframe(demand, hide_index=True, column_config=fixed | wide, key="demand-table")
        else:
            st.html(parts.quiet(say("scenario.no_demand")))
    with tabs["fleet"]:
        _fleet(scenario, regime, say)
    with tabs["limits"]:
        own = [record for record in regime.records if record.rule.id in _own_ids(scenario)]
        if own:
            st.table(pd.DataFrame({record.rule.id: [record.rule.title] for record in own}).T, border="horizontal")
        else:
            st.html(parts.quiet(say("scenario.no_limits")))
    with tabs["source"]:
        _source(file)


def _own_ids(scenario: Scenario) -> set[str]:
    return {str(node.value["id"].value) for node in scenario.own_limits if isinstance(node.value, dict)}


def _sites(sites: pd.DataFrame, say: Words) -> None:
    """The candidate sites; a figure that is an assumption carries a star and stands in grey italics."""
    shown = pd.DataFrame(
        {
            say("col.site"): sites["name"],
            say("col.country"): [country_name(code, say) for code in sites["country"]],
            say("col.tier"): [say("tier", tier=tier) for tier in sites["tier"]],
        }
    )
    marks = pd.DataFrame("", index=sites.index, columns=shown.columns)
    for title, (field, pattern) in _SITE_COLUMNS.items():
        column = say(f"col.{title}")
        assumed = [field in names for names in sites["assumed"]]
        shown[column] = [
            _written(value, pattern) + (ASSUMED_MARK if guess else "")
            for value, guess in zip(sites[field], assumed, strict=True)
        ]
        marks[column] = ["color: #7A8793; font-style: italic; text-align: right" if guess else "" for guess in assumed]
    st.dataframe(
        shown.style.apply(lambda _: marks, axis=None),
        hide_index=True,
        width="stretch",
        height=430,
        column_config={say("col.site"): st.column_config.TextColumn(pinned=True)},
        key="candidates-table",
    )
    if sites["assumed"].map(len).any():
        st.html(parts.quiet(say("scenario.assumed")))


def _written(value: object, pattern: str | None) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if pattern is None or not isinstance(value, int | float):
        return str(value)
    return format(value, pattern.removeprefix("%"))


def _fleet(scenario: Scenario, regime: Regime, say: Words) -> None:
    fleet = fleet_table(scenario, regime)
    if not len(fleet):
        st.html(parts.quiet(say("scenario.no_fleet")))
        return
    fleet = fleet.assign(
        country=[country_name(code, say) for code in fleet["country"]],
        tier=[say("tier", tier=tier) for tier in fleet["tier"]],
        site=[site if isinstance(site, str) else say("col.no_site") for site in fleet["site"]],
        since=[since if isinstance(since, str) else say("col.before") for since in fleet["since"]],
    )
    titles = {name: st.column_config.TextColumn(say(f"col.{name}")) for name in fleet.columns[:5]}
    numbers = {
        "gpus": st.column_config.NumberColumn(say("col.gpus"), format="localized"),
        "h100e": st.column_config.NumberColumn(say("col.h100e"), format="%,.0f"),
    }
    st.dataframe(fleet, hide_index=True, column_config=titles | numbers, key="fleet-table")


def _source(file: Path) -> None:
    """The file as it stands, whatever is wrong with it."""
    try:
        text = file.read_bytes()[:200_000].decode("utf-8", "replace")
    except OSError as error:
        text = str(error)
    st.code(text, language="json" if file.suffix == ".json" else "yaml", line_numbers=True, height=430)
