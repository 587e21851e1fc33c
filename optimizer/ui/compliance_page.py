"""Every limit with its verdict, in words and with its source: what `fleetplan check` reports, to read and to filter."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from ..check import Finding
from ..checking.duties import Duty
from ..errors import InputError
from ..explain.sentences import mend, note_text, sentence
from . import load, parts
from .load import Answer
from .overview_page import status_pills
from .places import country_name
from .problems import show_problems
from .session import look, words
from .text import Words

PROBLEMS, TIGHTEST, EVERYTHING = "problems", "binding", "all"
MOST_ROWS: Final = 14
LAZY_ABOVE: Final = 20_000


def show() -> None:
    """Draw the page."""
    say = words()
    open_now = look()
    entry = open_now.entry
    assert entry is not None  # the frame shows no page without one
    given = load.inputs(entry.file)
    plan_file = open_now.plan_file
    if plan_file is None:
        st.html(parts.title(entry.title) + parts.pills([parts.Pill(say("overview.unsolved"), "dull")]))
        return
    try:
        answer = load.answer(plan_file, given.scenario, entry.file if given.scenario is not None else None)
    except InputError as error:
        show_problems(plan_file, error.problems)
        return
    name = given.scenario.name if given.scenario is not None else entry.title
    st.html(parts.title(name) + parts.pills(status_pills(answer)) + parts.quiet(say("compliance.lead")))
    _findings(answer, say)
    _duties(answer, say)
    _readings(answer, say)
    _notes(answer, say)


@st.fragment
def _findings(answer: Answer, say: Words) -> None:
    bad = [finding for finding in answer.result.findings if finding.verdict in ("fail", "undecided")]
    kinds = {
        PROBLEMS: say("compliance.problems"),
        TIGHTEST: say("compliance.binding"),
        EVERYTHING: say("compliance.all"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            say("compliance.show"),
            list(kinds),
            default=PROBLEMS if bad else TIGHTEST,
            format_func=lambda name: kinds[name],
            required=True,
            key="findings-kind",
        )
        codes = sorted({f.limit.country for f in answer.result.findings if f.limit.country})
        country = st.selectbox(
            say("compliance.country"),
            [None, *codes],
            format_func=lambda code: say("compliance.every_country") if code is None else country_name(code, say),
            width=260,
            key="findings-country",
        )
    if kind == PROBLEMS:
        chosen = bad
    elif kind == TIGHTEST:
        names = {line.limit.name for line in answer.lines}
        order = {line.limit.name: number for number, line in enumerate(answer.lines)}
        chosen = sorted((f for f in answer.result.findings if f.limit.name in names), key=lambda f: order[f.limit.name])
    else:
        chosen = list(answer.result.findings)
    if country is not None:
        chosen = [finding for finding in chosen if finding.limit.country == country]
    if not chosen:
        st.html(parts.pills([parts.Pill(say("compliance.clean"), "good")]) if kind == PROBLEMS else parts.quiet("–"))
        return
    table = pd.DataFrame([_row(finding, answer, say) for finding in chosen])
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content" if len(table) <= MOST_ROWS else 38 + 35 * MOST_ROWS,
        lazy=len(table) > LAZY_ABOVE or None,
        column_config={
            "verdict": st.column_config.TextColumn(say("compliance.verdict"), width=105, pinned=True),
            "rule": st.column_config.TextColumn(say("compliance.rule"), width=85),
            "country": st.column_config.TextColumn(say("compliance.country"), width=130),
            "quarter": st.column_config.TextColumn(say("compliance.quarter"), width=80),
            "sentence": st.column_config.TextColumn(say("compliance.sentence"), width=480),
            "citation": st.column_config.TextColumn(say("compliance.citation"), width=240),
            "measured": st.column_config.NumberColumn(say("compliance.measured"), format="localized"),
            "allowed": st.column_config.NumberColumn(say("compliance.allowed"), format="localized"),
            "excess": st.column_config.NumberColumn(say("compliance.excess"), format="localized"),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=f"findings-table-{kind}-{country}",
    )
    numbers = picked["selection"]["rows"]
    _in_full(chosen[numbers[0] if numbers else 0], answer, say)


def _in_full(finding: Finding, answer: Answer, say: Words) -> None:
    """The finding that was picked, else the first, with nothing cut off."""
    facts = [
        (say("compliance.sentence"), sentence(finding, answer.plan.catalogue)),
        (say("compliance.citation"), finding.limit.rule.citation),
    ]
    if finding.verdict in ("fail", "undecided"):
        facts.append((say("problem.mend"), mend(finding)))
    with st.container(border=True, key="finding-card"):
        st.html(parts.card_title(finding.limit.name, finding.limit.rule.title) + parts.table((), facts))


def _row(finding: Finding, answer: Answer, say: Words) -> dict[str, object]:
    limit = finding.limit
    return {
        "verdict": say(f"verdict.{finding.verdict}"),
        "rule": limit.rule.id,
        "country": "" if limit.country is None else country_name(limit.country, say),
        "quarter": "" if limit.period is None else str(limit.period),
        "sentence": sentence(finding, answer.plan.catalogue),
        "citation": limit.rule.citation,
        "measured": finding.measured,
        "allowed": finding.allowed,
        "excess": finding.excess,
    }


def _duties(answer: Answer, say: Words) -> None:
    """Notices and reports that the plan triggers, by date."""
    duties = sorted(answer.result.duties, key=lambda duty: (duty.due, duty.rule.id))
    if not duties:
        return
    with st.container(border=True, key="duties-card"):
        st.html(parts.card_title(say("compliance.duties"), say("compliance.duties_note")))
        table = pd.DataFrame([_duty_row(duty, say) for duty in duties])
        st.dataframe(
            table,
            hide_index=True,
            width="stretch",
            height="content" if len(table) <= MOST_ROWS else 38 + 35 * MOST_ROWS,
            column_config={
                "due": st.column_config.TextColumn(say("compliance.due"), width=100, pinned=True),
                "rule": st.column_config.TextColumn(say("compliance.rule"), width=90),
                "country": st.column_config.TextColumn(say("compliance.country"), width=130),
                "about": st.column_config.TextColumn(say("compliance.about"), width=170),
                "sentence": st.column_config.TextColumn(say("compliance.sentence"), width=700),
            },
            key="duties-table",
        )


def _duty_row(duty: Duty, say: Words) -> dict[str, str]:
    about = [word for word in duty.about if word not in (duty.country, duty.due)]
    return {
        "due": duty.due,
        "rule": duty.rule.id,
        "country": "" if duty.country is None else country_name(duty.country, say),
        "about": ", ".join(about),
        "sentence": duty.sentence,
    }


def _readings(answer: Answer, say: Words) -> None:
    """The verdict where the law can be read in several ways: one line, and a table of what decides it."""
    section = answer.readings
    with st.container(border=True, key="readings-card"):
        st.html(
            parts.card_title(say("compliance.readings"))
            + "".join(parts.quiet(line) for line in section.lines)
            + (parts.table(section.table[0], section.table[1:]) if section.table else "")
        )


def _notes(answer: Answer, say: Words) -> None:
    """What a reader must know beside the verdicts."""
    notes = [note_text(note) for note in answer.result.notes]
    if notes:
        st.html(parts.card_title(say("compliance.notes")) + "".join(parts.quiet(note) for note in notes))
