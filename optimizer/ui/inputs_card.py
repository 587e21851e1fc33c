"""What a scenario gives, as a map of its sites and a list of facts: to be seen before anything is solved."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ..domain.countries import countries, jurisdiction
from ..domain.scenario import Scenario
from ..regimes import Regime
from . import figures, parts, theme
from .places import country_name, middle
from .session import words
from .text import Words
from .theme import Palette
from .vega import PLACE, Spec, area_by, map_frame, shape_layer, tooltip


def inputs_cards(scenario: Scenario, regime: Regime, sites: pd.DataFrame) -> None:
    """Draw the two cards; `sites` is the scenario's `candidate_table`."""
    say = words()
    left, right = st.container(key="places").columns([2, 1])
    with left.container(border=True, key="map-card", height="stretch"):
        st.html(parts.card_title(say("scenario.map_title"), say("scenario.map_note")))
        chart = _map(scenario, regime, sites, say)
        st.vega_lite_chart(chart, width="stretch", key="inputs-map", alt=say("scenario.map_alt"))
        st.html(_legend(say) + parts.quiet(say("map.boundaries")))
    with right.container(border=True, key="inputs-card", height="stretch"):
        st.html(parts.card_title(say("scenario.given")) + parts.facts(_facts(scenario, sites, say)))


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


def _map(scenario: Scenario, regime: Regime, sites: pd.DataFrame, say: Words) -> Spec:
    """Countries by tier, candidate sites by power, the standing fleet by GPUs."""
    colours = theme.palette(st.context.theme.type)
    tiers = {say(f"scenario.tier{tier}"): fill for tier, fill in enumerate(_fills(colours), 1)}
    codes = sorted({jurisdiction(code) for code in countries()})
    world = pd.DataFrame({"id": codes, "tier": [say(f"scenario.tier{regime.tier(code)}") for code in codes]})
    shapes = shape_layer(colours, {"tier": say("scenario.tier2")})
    shapes["encoding"] = {
        "color": {
            "field": "tier",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": list(tiers), "range": list(tiers.values())},
        },
        "tooltip": tooltip({"name": say("map.country"), "tier": say("map.tier")}),
    }
    layers = [shapes]
    placed = sites.dropna(subset=["lat", "lon"]) if len(sites) else sites
    datasets = {"countries": world}
    if len(placed):
        datasets["sites"] = _site_rows(placed, say)
        layers.append(
            {
                "data": {"name": "sites"},
                "mark": {
                    "type": "circle",
                    "color": colours.accent,
                    "opacity": 0.75,
                    "stroke": colours.card,
                    "strokeWidth": 0.8,
                },
                "encoding": {
                    **PLACE,
                    "size": area_by("power_mw", 12, 320),
                    "tooltip": tooltip(
                        {"label": say("map.site"), "power": say("col.power_last"), "starts": say("col.first_quarter")}
                    ),
                },
            }
        )
    standing = _standing(scenario, say)
    if len(standing):
        datasets["standing"] = standing
        layers.append(
            {
                "data": {"name": "standing"},
                "mark": {"type": "point", "shape": "diamond", "color": colours.text, "strokeWidth": 1.6},
                "encoding": {
                    **PLACE,
                    "size": area_by("gpus", 40, 320),
                    "tooltip": tooltip({"label": say("scenario.fleet"), "amount": say("map.gpus")}),
                },
            }
        )
    return {
        "datasets": datasets,
        "layer": layers,
        "resolve": {"scale": {"size": "independent"}},
        **map_frame(),
    }


def _fills(colours: Palette) -> tuple[str, str, str]:
    """The colour of each tier."""
    return colours.tier1, colours.land, colours.forbidden


def _site_rows(placed: pd.DataFrame, say: Words) -> pd.DataFrame:
    """One circle for each candidate site that has a place."""
    names = [country_name(code, say) for code in placed["country"]]
    return pd.DataFrame(
        {
            "label": [f"{name}, {country}" for name, country in zip(placed["name"], names, strict=True)],
            "lat": placed["lat"],
            "lon": placed["lon"],
            "power_mw": placed["power_mw"],
            "power": [f"{power:,.0f}" for power in placed["power_mw"]],
            "starts": [first if isinstance(first, str) else "–" for first in placed["first_quarter"]],
        }
    )


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
            name = country_name(country, say)
            rows.append({"label": name, "lat": at[0], "lon": at[1], "gpus": gpus, "amount": f"{gpus:,}"})
    return pd.DataFrame(rows)


def _legend(say: Words) -> str:
    return parts.legend(
        [
            ("var(--fp-tier1)", "", say("scenario.tier1")),
            ("var(--fp-land)", "", say("scenario.tier2")),
            ("var(--fp-forbidden)", "", say("scenario.tier3")),
            ("var(--fp-accent)", "round", say("scenario.candidate")),
            ("transparent", "diamond", say("scenario.fleet")),
        ]
    )
