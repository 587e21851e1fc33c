"""The page's frame: the rail at the left with navigation, scenario and solve, and the page that was chosen."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import streamlit as st

from . import compliance_page, overview_page, parts, scenario_page, theme
from .jobs import home_folder
from .library import Entry
from .load import inputs
from .session import Look, look, pool, remember, words

ICON: Final = Path(__file__).with_name("assets") / "icon.png"
DEFAULT_SECONDS: Final = 60
DEFAULT_GAP_PERCENT: Final = 0.1


def show() -> None:
    """Draw the whole page for this session."""
    say = words()
    st.set_page_config(page_title="fleetplan", page_icon=str(ICON), layout="wide")
    st.html(theme.style_sheet())
    st.logo(str(ICON), size="large")
    page = st.navigation(
        {
            say("nav.plan"): [
                st.Page(overview_page.show, title=say("nav.overview"), icon=":material/public:", default=True),
                st.Page(
                    compliance_page.show,
                    title=say("nav.compliance"),
                    icon=":material/verified_user:",
                    url_path="compliance",
                ),
            ],
            say("nav.inputs"): [
                st.Page(
                    scenario_page.show, title=say("nav.scenario"), icon=":material/edit_note:", url_path="scenario"
                ),
            ],
        }
    )
    try:
        open_now = look()
    except (OSError, sqlite3.Error) as error:
        st.error(say("none.home", folder=home_folder(), error=error), icon=":material/error:")
        return
    with st.sidebar:
        _choose(open_now)
        if open_now.entry is not None:
            _solve_form(open_now, open_now.entry)
    if open_now.entry is None:
        st.html(parts.title(say("none.title")) + parts.quiet(say("none.body")))
        return
    page.run()


def _choose(open_now: Look) -> None:
    """The list of scenarios."""
    say = words()
    by_key = {entry.key: entry for entry in open_now.entries}
    if open_now.entry is not None and open_now.entry.key not in by_key:
        by_key = {open_now.entry.key: open_now.entry} | by_key
    if not by_key or open_now.entry is None:
        return

    def name(key: str) -> str:
        entry = by_key[key]
        return say("rail.own", title=entry.title) if entry.origin == "folder" else entry.title

    def chosen() -> None:
        remember(by_key[st.session_state["scenario_choice"]], None)

    st.session_state["scenario_choice"] = open_now.entry.key
    st.selectbox(
        say("rail.scenario"),
        list(by_key),
        format_func=name,
        key="scenario_choice",
        on_change=chosen,
        help=say("rail.scenario_help"),
    )


def _solve_form(open_now: Look, entry: Entry) -> None:
    """How long to search and how well, and the button that starts it."""
    say = words()
    given = inputs(entry.file)
    with st.form("solve", border=False):
        seconds = st.number_input(say("rail.time_limit"), 1, 86_400, DEFAULT_SECONDS, step=30)
        gap = st.number_input(
            say("rail.gap"), 0.0, 50.0, DEFAULT_GAP_PERCENT, step=0.05, format="%.2f", help=say("rail.gap_help")
        )
        solve = st.form_submit_button(
            say("rail.solve_again") if open_now.plan_file is not None else say("rail.solve"),
            type="primary",
            icon=":material/play_arrow:",
            width="stretch",
            disabled=given.scenario is None,
        )
    if given.scenario is None:
        st.caption(say("rail.broken"))
    if solve and given.scenario is not None:
        job_id = pool().submit(entry.file, given.scenario.name, float(seconds), f"{gap / 100:.6f}")
        remember(entry, pool().job(job_id))
        st.rerun()
