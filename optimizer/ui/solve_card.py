"""A solve as it goes on: state, best plan, best possible, gap and time, drawn anew each second; and how it ended."""

from __future__ import annotations

from typing import Final

import altair as alt
import pandas as pd
import streamlit as st

from ..units import TPP_PER_H100E
from . import figures, parts, theme
from .jobs import Job, State
from .library import Entry
from .progress import Progress, read_progress
from .session import pool, remember, words

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
            st.html(parts.pills([parts.Pill(_state(job), "info")]), width="content")
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
            chart = _chart(progress, objective)
            if chart is not None:
                st.altair_chart(chart, width="stretch", key="progress-chart", alt=say("solve.chart"))
        st.html(parts.quiet(progress.message or " ") + parts.quiet(say("solve.away")))


def _state(job: Job) -> str:
    say = words()
    if job.state is State.QUEUED:
        ahead = pool().ahead_of(job)
        return say("solve.queued_behind", count=ahead) if ahead else say("solve.queued")
    return say("solve.stopping") if job.stop_asked is not None else say("solve.running")


def _figures(job: Job, progress: Progress, objective: str) -> None:
    say = words()
    last = progress.last
    columns = st.columns(4)
    none = say("solve.none_yet")
    values = [
        (
            say("solve.incumbent"),
            none if last is None or last.incumbent is None else _amount(last.incumbent, objective),
        ),
        (say("solve.bound"), none if last is None or last.bound is None else _amount(last.bound, objective)),
        (say("solve.gap"), none if last is None or last.gap is None else figures.percent(last.gap, 2)),
        (say("solve.elapsed"), figures.duration(job.seconds)),
    ]
    for column, (label, value) in zip(columns, values, strict=True):
        column.metric(label, value)


def _amount(value: float, objective: str) -> str:
    if objective in _IN_TPP:
        return f"{figures.short(value / TPP_PER_H100E)} H100e"
    return figures.short(value)


def _chart(progress: Progress, objective: str) -> alt.Chart | None:
    """Both curves by second, None before there is anything to draw."""
    say = words()
    colours = theme.palette(st.context.theme.type)
    points = progress.points
    if len(points) > MOST_POINTS:
        points = (*points[:: len(points) // MOST_POINTS + 1], points[-1])
    unit = TPP_PER_H100E if objective in _IN_TPP else 1
    names = {"bound": say("solve.bound"), "incumbent": say("solve.incumbent")}
    rows = [
        {"seconds": point.seconds, "value": value / unit, "which": names[which]}
        for point in points
        for which, value in (("bound", point.bound), ("incumbent", point.incumbent))
        if value is not None
    ]
    if len(rows) < 2:
        return None
    title = say("solve.unit_h100e") if objective in _IN_TPP else say("solve.unit_value")
    which = alt.Scale(domain=list(names.values()), range=[colours.free, colours.accent])
    dashes = alt.Scale(domain=list(names.values()), range=[[5, 4], [1, 0]])
    legend = alt.Legend(title=None, orient="top")
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X("seconds:Q", title=say("solve.seconds"), axis=alt.Axis(grid=False, tickCount=8)),
            y=alt.Y("value:Q", title=title, scale=alt.Scale(zero=False), axis=alt.Axis(format="~s", tickCount=5)),
            color=alt.Color("which:N", scale=which, legend=legend),
            strokeDash=alt.StrokeDash("which:N", scale=dashes, legend=legend),
        )
        .properties(height=210)
        .configure(background="transparent")
    )
    return chart


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
