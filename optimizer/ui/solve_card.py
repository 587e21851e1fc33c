"""A solve as it goes on: state, best plan, best possible, gap and time, drawn anew each second; and how it ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

from ..units import TPP_PER_H100E
from . import figures, parts, theme
from .jobs import Job, State
from .library import Entry
from .progress import Progress, read_progress
from .session import pool, remember, words
from .vega import Spec

MOST_POINTS: Final = 400
MOST_LINES: Final = 60
_IN_TPP: Final = ("capacity", "capacity_over_time")


def solve_card(job: Job, entry: Entry, objective: str) -> None:
    """The card of a job that is not over, or that ended without a plan; nothing for one that left a plan."""
    if not job.state.over:
        _live(job.id, objective)
    elif job.state is not State.DONE:
        _ended(job, entry)


@st.fragment(run_every=1.0)
def _live(job_id: str, objective: str) -> None:
    job = pool().job(job_id)
    if job is None or job.state.over:
        st.rerun(scope="app")
    say = words()
    progress = read_progress(job.progress)
    with st.container(border=True, key="solve-card"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.html(parts.pills([parts.Pill(_state(job), "busy")]), width="content")
            st.button(
                say("solve.cancel"),
                icon=":material/stop_circle:",
                help=say("solve.cancel_help"),
                on_click=pool().cancel,
                args=(job.id,),
                disabled=job.stop_asked is not None,
                key="cancel",
            )
        _figures(job, progress, objective)
        if job.state is State.RUNNING:
            chart = _chart(progress, objective, job.seconds)
            if chart is not None:
                st.vega_lite_chart(chart, width="stretch", key="progress-chart", alt=say("solve.chart"))
        st.html(parts.quiet(progress.message or " ") + parts.quiet(say("solve.away")))


def _state(job: Job) -> str:
    say = words()
    if job.state is State.QUEUED:
        ahead = pool().ahead_of(job)
        return say("solve.queued_behind", count=ahead) if ahead else say("solve.queued")
    return say("solve.stopping") if job.stop_asked is not None else say("solve.running")


def _figures(job: Job, progress: Progress, objective: str) -> None:
    """Gap and time, and for an amount of computing power the two values as well."""
    say = words()
    last = progress.last
    none = say("solve.none_yet")
    values = []
    if objective in _IN_TPP:
        for name in ("incumbent", "bound"):
            value = getattr(last, name, None)
            values.append((name, none if value is None else f"{value / TPP_PER_H100E:,.0f} H100e"))
    values.append(("gap", none if last is None or last.gap is None else figures.percent(last.gap, 2)))
    values.append(("elapsed", figures.duration(job.seconds)))
    for column, (name, value) in zip(st.columns(len(values)), values, strict=True):
        column.metric(say(f"solve.{name}"), value)


def _chart(progress: Progress, objective: str, now: float) -> Spec | None:
    """Best plan and best possible by second up to `now`, or the gap; None before there is a plan."""
    say = words()
    colours = theme.palette(st.context.theme.type)
    points = progress.points
    if not any(point.incumbent is not None for point in points):
        return None
    points = (*points, replace(points[-1], seconds=max(points[-1].seconds, now)))
    if len(points) > MOST_POINTS:
        points = (*points[:: len(points) // MOST_POINTS + 1], points[-1])
    if objective in _IN_TPP:
        names = {"bound": say("solve.bound"), "incumbent": say("solve.incumbent")}
        unit, title, form = TPP_PER_H100E, "H100e", ".4~s"
    else:  # the values are in units of the objective's own scale; the gap is in none
        names, unit, title, form = {"gap": say("solve.gap")}, 1, say("solve.gap"), ".2%"
    rows = [
        {"seconds": point.seconds, "value": value / unit, "which": name}
        for point in points
        for which, name in names.items()
        if (value := getattr(point, which)) is not None
    ]
    fills = [colours.free, colours.accent][-len(names) :]
    dashes = [[5, 4], [1, 0]][-len(names) :]
    curve = {"field": "which", "type": "nominal", "legend": {"title": None, "orient": "top"}}
    seconds = {"field": "seconds", "type": "quantitative", "scale": {"domainMin": 0}}
    value = {"field": "value", "type": "quantitative", "scale": {"zero": False}}
    return {
        "data": {"values": pd.DataFrame(rows)},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": {
            "x": seconds | {"title": say("solve.seconds"), "axis": {"grid": False, "tickCount": 8}},
            "y": value | {"title": title, "axis": {"format": form, "tickCount": 5}},
            "color": curve | {"scale": {"domain": list(names.values()), "range": fills}},
            "strokeDash": curve | {"scale": {"domain": list(names.values()), "range": dashes}},
        },
        "height": 240,
        "background": "transparent",
    }


def _ended(job: Job, entry: Entry) -> None:
    """Why there is no plan, in the words of the command."""
    say = words()
    tone: parts.Tone = "dull" if job.state is State.CANCELLED else "bad"
    text = {
        State.CANCELLED: say("solve.cancelled"),
        State.NO_PLAN: say("solve.no_plan"),
        State.FAILED: say("solve.failed"),
    }[job.state]
    said = "\n".join(read_progress(job.progress).log[-MOST_LINES:])
    with st.container(border=True, key="solve-card"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.html(parts.pills([parts.Pill(text, tone)]), width="content")
            st.button(say("solve.dismiss"), on_click=remember, args=(entry, None), key="dismiss")
        if said and job.state is not State.CANCELLED:
            st.code(said, language=None, wrap_lines=True)
