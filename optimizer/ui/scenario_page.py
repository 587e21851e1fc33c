"""The inputs, on the map and as tables, before anything is solved. What is assumed is marked as such."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from ..domain.scenario import Scenario
from ..regimes import Regime
from ..reports.tables import candidate_table, demand_table, fleet_table, supply_table
from . import load, parts
from .inputs_card import inputs_cards
from .places import country_name
from .problems import show_problems
from .session import look, words
from .text import Words

ASSUMED_MARK: Final = " *"
ASSUMED_COLOUR: Final = "#7A8793"
_SITE_COLUMNS: Final = {
    "power_mw": ("power_last", ",.0f"),
    "first_quarter": ("first_quarter", ""),
    "pue": ("pue", ".2f"),
    "min_viable_mw": ("min_viable_mw", ",.0f"),
    "fixed_open_cost_musd": ("fixed_open", ",.0f"),
    "capex_musd_per_mw": ("capex", ".1f"),
    "electricity_usd_per_mwh": ("electricity", ".0f"),
    "grid_carbon_g_per_kwh": ("carbon", ".0f"),
}
"""Columns of the table of sites: the field, the key of its title, and how its numbers are written."""


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
        "scenario.note",
        sites=len(sites),
        countries=sites["country"].nunique() if len(sites) else 0,
        first=scenario.horizon.first,
        last=scenario.horizon.last,
    )
    st.html(parts.title(scenario.name) + parts.quiet(f"{note} · {say('source.rules', regime=regime.name)}"))
    inputs_cards(scenario, regime, sites)
    _tables(scenario, regime, sites, entry.file, say)


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
    """The candidate sites; a figure that is an assumption carries a star and stands in grey."""
    shown = sites[["name", "country", "tier", *_SITE_COLUMNS]].copy()
    shown["country"] = [country_name(code, say) for code in sites["country"]]
    shown["tier"] = [say("tier", tier=tier) for tier in sites["tier"]]
    table = shown.style
    columns = {
        "name": st.column_config.TextColumn(say("col.site"), pinned=True),
        "country": st.column_config.TextColumn(say("col.country")),
        "tier": st.column_config.TextColumn(say("col.tier")),
    }
    for field, (title, pattern) in _SITE_COLUMNS.items():
        assumed = [field in names for names in sites["assumed"]]
        for rows, mark in ((shown.index[assumed], ASSUMED_MARK), (shown.index[[not guess for guess in assumed]], "")):
            table = table.format(f"{{:{pattern}}}{mark}", subset=(rows, [field]), na_rep="–")
        table = table.set_properties(subset=(shown.index[assumed], [field]), color=ASSUMED_COLOUR)
        columns[field] = st.column_config.Column(say(f"col.{title}"), alignment="right")
    st.dataframe(table, hide_index=True, width="stretch", height=430, column_config=columns, key="candidates-table")
    if sites["assumed"].map(len).any():
        st.html(parts.quiet(say("scenario.assumed")))


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
    st.code(
        text,
        language="json" if file.suffix == ".json" else "yaml",
        line_numbers=True,
        height=430 if text.count("\n") > 18 else "content",
    )
