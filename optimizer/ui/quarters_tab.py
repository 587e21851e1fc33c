"""The plan by quarter: computing power inside and outside Tier 1 as bars, and the figures as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from . import theme
from .load import Answer
from .session import words
from .text import Words
from .vega import Spec


def quarters_tab(answer: Answer) -> None:
    """Draw chart and table."""
    say = words()
    left, right = st.columns([2, 3])
    changing = [name for name in ("gpus_retired", "gpus_moved") if answer.quarters[name].any()]
    with left:
        st.vega_lite_chart(_bars(answer.quarters, say), width="stretch", key="quarter-bars", alt=say("quarter.chart"))
    with right:
        money = st.column_config.NumberColumn
        st.dataframe(
            answer.quarters,
            hide_index=True,
            width="stretch",
            placeholder="",
            column_order=[
                "quarter",
                "gpus_new",
                *changing,
                "gpus",
                "h100e",
                "outside_share",
                "sites",
                "power_mw",
                "spent_musd",
                "budget_musd",
            ],
            column_config={
                "quarter": st.column_config.TextColumn(say("col.quarter"), pinned=True),
                "gpus_new": st.column_config.NumberColumn(say("col.gpus_new"), format="localized"),
                "gpus_retired": st.column_config.NumberColumn(say("col.gpus_retired"), format="localized"),
                "gpus_moved": st.column_config.NumberColumn(say("col.gpus_moved"), format="localized"),
                "gpus": st.column_config.NumberColumn(say("col.gpus_in_service"), format="localized"),
                "h100e": st.column_config.NumberColumn(say("col.h100e"), format="%,.0f"),
                "outside_share": st.column_config.NumberColumn(say("col.outside_share"), format="percent"),
                "sites": st.column_config.NumberColumn(say("col.sites")),
                "power_mw": st.column_config.NumberColumn(say("col.power_mw"), format="%,.0f"),
                "spent_musd": money(say("col.spent"), format="%,.0f"),
                "budget_musd": money(say("col.budget"), format="%,.0f"),
            },
            key="quarters-table",
        )


def _bars(table: pd.DataFrame, say: Words) -> Spec:
    """H100-equivalents in service by quarter, inside Tier 1 and outside it."""
    colours = theme.palette(st.context.theme.type)
    names = {"h100e_tier1": say("quarter.tier1"), "h100e_outside": say("quarter.outside")}
    rows = pd.DataFrame(
        [
            {"quarter": quarter, "where": name, "h100e": float(value), "order": order}
            for order, (column, name) in enumerate(names.items())
            for quarter, value in zip(table["quarter"], table[column], strict=True)
        ]
    )
    quarter, amount = {"field": "quarter", "type": "ordinal"}, {"field": "h100e", "type": "quantitative"}
    where = {"field": "where", "type": "nominal"}
    fills = {"domain": list(names.values()), "range": [colours.bins[1], colours.bins[3]]}
    return {
        "data": {"values": rows},
        "mark": {"type": "bar", "size": 22, "cornerRadiusTopLeft": 2, "cornerRadiusTopRight": 2},
        "encoding": {
            "x": quarter | {"title": None, "axis": {"labelAngle": 0, "labelOverlap": "greedy"}},
            "y": amount | {"title": "H100e", "axis": {"format": "~s", "tickCount": 5}},
            "color": where | {"scale": fills, "legend": {"title": None, "orient": "top"}},
            "order": {"field": "order", "type": "quantitative"},
            "tooltip": [
                quarter | {"title": say("col.quarter")},
                where | {"title": " "},
                amount | {"title": "H100e", "format": ",.0f"},
            ],
        },
        "height": 260,
        "background": "transparent",
    }
