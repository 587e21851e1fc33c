"""Map and limits side by side, and the table of sites under them: one quarter at a time, one country when clicked.

It is a fragment: a click or another quarter draws this part anew and nothing else.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ..units import Quarter
from . import parts, theme
from .load import Answer
from .map_chart import SELECTION, clicked_country, world_map
from .places import (
    MOST_LINES,
    bar,
    bin_of,
    country_name,
    country_rows,
    map_words,
    names_at_limit,
    panel_lines,
    site_rows,
)
from .quarters_tab import quarters_tab
from .session import words
from .text import Words

MOST_ROWS: Final = 12
_MAP, _ROUND = "map", "map-round"


@st.fragment
def places_card(answer: Answer) -> None:
    """Draw map, limits and table."""
    say = words()
    colours = theme.palette(st.context.theme.type)
    left, right = st.container(key="places").columns([2, 1])
    with left.container(border=True, key="map-card", height="stretch"):
        title, when = st.columns([3, 2], vertical_alignment="center")
        title.html(parts.card_title(say("map.title"), say("map.note")))
        quarter = _quarter(when, answer, say)
        lines = panel_lines(answer, quarter)
        selected = _selected()
        chart = world_map(
            country_rows(answer, lines, quarter, say),
            site_rows(answer, lines, quarter, say),
            colours,
            map_words(say),
            selected=selected,
            names=names_at_limit(lines, say),
        )
        st.vega_lite_chart(
            chart, width="stretch", key=_map_key(), on_select="rerun", selection_mode=SELECTION, alt=say("map.alt")
        )
        st.html(_legend(say) + parts.quiet(f"{say('map.boundaries')} {say('map.click')}"))
    with right.container(border=True, key="limits-card", height="stretch"):
        _panel(answer, quarter, lines=lines, say=say)
    by_site, by_quarter = st.tabs([say("tab.site"), say("tab.quarter")], key="places-tabs", on_change="rerun")
    if by_site.open:
        with by_site:
            _sites(answer, quarter, selected, say)
    if by_quarter.open:
        with by_quarter:
            quarters_tab(answer)


def _quarter(where: DeltaGenerator, answer: Answer, say: Words) -> Quarter:
    """The quarter at whose end the card looks; the last one until another is chosen."""
    quarters = [str(quarter) for quarter in answer.result.horizon]
    if len(quarters) == 1:
        return answer.last
    chosen = where.select_slider(
        say("map.quarter"), quarters, value=quarters[-1], key=f"quarter-{quarters[0]}-{quarters[-1]}"
    )
    return Quarter.parse(str(chosen))


def _map_key() -> str:
    """The map's name; a new one forgets what was clicked."""
    return f"{_MAP}-{st.session_state.get(_ROUND, 0)}"


def _selected() -> str | None:
    state: Any = st.session_state.get(_map_key())
    return clicked_country(state["selection"]) if state else None


def _forget() -> None:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _legend(say: Words) -> str:
    bins = [(f"var(--fp-bin-{n})", "", say(f"map.bin{n}")) for n in range(5)]
    return parts.legend([*bins, ("var(--fp-free)", "round", say("map.free"))])


def _panel(answer: Answer, quarter: Quarter, *, lines: list[Any], say: Words) -> None:
    st.html(parts.card_title(say("limits.title")))
    if not lines:
        st.html(parts.quiet(say("limits.none")))
        return
    tightest = {line.key: line for line in answer.lines}
    lines = sorted(lines, key=lambda line: (-line.room, not tightest[line.key].binds_in, -line.used, line.key))
    shown = lines[:MOST_LINES]
    st.html(parts.bars(bar(line, tightest, say, answer.regime) for line in shown))
    notes = []
    if any(bin_of(line) == 4 for line in shown):
        notes.append(say("limits.meaning"))
    if len(lines) > len(shown):
        notes.append(say("limits.more", count=len(lines) - len(shown)))
    if notes:
        st.html("".join(parts.quiet(note) for note in notes))


def _sites(answer: Answer, quarter: Quarter, selected: str | None, say: Words) -> None:
    table = answer.site_table(quarter)
    limits = {line.limit.country: line for line in reversed(panel_lines(answer, quarter)) if line.limit.country}
    if selected is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="sites-head"):
            st.html(
                parts.pills([parts.Pill(say("tab.only", country=country_name(selected, say)), "pick")]), width="content"
            )
            st.button(say("tab.show_all"), on_click=_forget, type="tertiary", icon=":material/close:", key="show-all")
        table = table[table["country"] == selected]
        if table.empty:
            st.html(parts.quiet(say("tab.nothing_there", country=country_name(selected, say), quarter=quarter)))
            return
    table = table.assign(
        name=[name if isinstance(name, str) else say("col.no_site") for name in table["name"]],
        country_name=[country_name(code, say) for code in table["country"]],
        tier=[say("tier", tier=tier) for tier in table["tier"]],
        since=[since if isinstance(since, str) else say("col.before") for since in table["since"]],
        limit_used=[float(limits[code].used) if code in limits else float("nan") for code in table["country"]],
    )
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= MOST_ROWS else 38 + 35 * MOST_ROWS,
        placeholder="",
        column_order=[
            "name",
            "country_name",
            "tier",
            "accelerator",
            "since",
            "gpus",
            "h100e",
            "power_mw",
            "power_share",
            "limit_used",
            "authorization",
        ],
        column_config={
            "name": st.column_config.TextColumn(say("col.site"), pinned=True, width=190),
            "country_name": st.column_config.TextColumn(say("col.country")),
            "tier": st.column_config.TextColumn(say("col.tier"), width=70),
            "accelerator": st.column_config.TextColumn(say("col.accelerator")),
            "since": st.column_config.TextColumn(say("col.since"), width=80),
            "gpus": st.column_config.NumberColumn(say("col.gpus"), format="localized"),
            "h100e": st.column_config.NumberColumn(say("col.h100e"), format="%,.0f"),
            "power_mw": st.column_config.NumberColumn(say("col.power_mw"), format="%.1f"),
            "power_share": st.column_config.ProgressColumn(say("col.power_share"), format="percent", max_value=1),
            "limit_used": st.column_config.ProgressColumn(say("col.limit_used"), format="percent", max_value=1),
            "authorization": st.column_config.TextColumn(say("col.authorization"), width=100),
        },
        key="sites-table",
    )
