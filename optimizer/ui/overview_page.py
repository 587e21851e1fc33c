"""The answer first: what the plan reaches, whether it is proven and lawful, where it stands and which limits bind."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import streamlit as st

from ..errors import InputError
from ..explain.headroom import Headroom, Room
from ..reading import write_plan
from ..reports.json_report import render
from ..reports.outcome import Outcome
from ..reports.tables import candidate_table
from . import figures, load, parts
from .inputs_card import inputs_cards
from .jobs import Job, fingerprint
from .load import Answer, Inputs
from .places_card import places_card
from .problems import show_problems
from .session import Look, look, words
from .solve_card import solve_card


def show() -> None:
    """Draw the page."""
    say = words()
    open_now = look()
    entry = open_now.entry
    assert entry is not None  # the frame shows no page without one
    given = load.inputs(entry.file)
    objective = given.scenario.objective if given.scenario is not None else ""
    name = given.scenario.name if given.scenario is not None else entry.title
    plan_file = open_now.plan_file
    answer = None
    if plan_file is not None:
        try:
            answer = load.answer(plan_file, given.scenario, entry.file if given.scenario is not None else None)
        except InputError as error:
            st.html(parts.title(name))
            show_problems(plan_file, error.problems)
    if answer is not None:
        _header(name, answer, open_now)
    elif plan_file is None:
        unsolved = [parts.Pill(say("overview.unsolved"), "dull")] if given.scenario is not None else []
        st.html(parts.title(name) + parts.pills(unsolved))
    if given.problems:
        show_problems(entry.file, given.problems)
    if open_now.job is not None:
        solve_card(open_now.job, entry, objective)
    if answer is None:
        if given.scenario is not None and given.regime is not None:
            sites = candidate_table(given.scenario, given.regime, given.scenario.horizon.last)
            inputs_cards(given.scenario, given.regime, sites)
        return
    _cards(answer, given)
    places_card(answer)


def _header(name: str, answer: Answer, open_now: Look) -> None:
    say = words()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.html(
            parts.title(name) + parts.pills(status_pills(answer)) + parts.quiet(_source(answer, open_now.plan_job)),
            width="content",
        )
        _export(answer, open_now)
    if open_now.entry is not None and _is_stale(answer, open_now.entry.file, open_now.plan_job):
        st.warning(say("source.stale"), icon=":material/update:")


def _is_stale(answer: Answer, scenario: Path, job: Job | None) -> bool:
    """Whether the scenario's file is another than the one that the plan was made from, where that is known."""
    manifest = (answer.plan.result or {}).get("manifest") or {}
    recorded = (manifest.get("inputs") or {}).get(scenario.name) or (job.scenario_sha256 if job is not None else None)
    return recorded is not None and fingerprint(scenario) not in ("", recorded)


def status_pills(answer: Answer) -> list[parts.Pill]:
    """Proof and gap, checks, and limits that bind, each in a pill."""
    binding = sum(1 for line in answer.lines if line.binds_in)
    return [_proof(answer.plan.result), _checks(answer), _binding(binding)]


def _proof(result: Any) -> parts.Pill:
    """How sure it is that nothing better exists, as the solver wrote it into the plan."""
    say = words()
    if not result:
        return parts.Pill(say("proof.hand"), "dull")
    gap = _gap(result.get("gap"))
    if gap is None or result.get("proof") == "none":
        return parts.Pill(say("proof.none"), "dull")
    if result.get("proof") == "proved":
        return parts.Pill(say("proof.within" if Fraction(str(result["gap"])) else "proof.proved", gap=gap), "good")
    if result.get("status") == "optimal":
        return parts.Pill(say("proof.optimal", gap=gap), "good")
    return parts.Pill(say("proof.feasible", gap=gap), "warn")


def _gap(written: object) -> str | None:
    try:
        gap = Fraction(str(written))
    except ValueError:
        return None
    return figures.percent(float(gap), 2 if gap >= Fraction(1, 10_000) or not gap else 4)


def _checks(answer: Answer) -> parts.Pill:
    say = words()
    counts = answer.result.counts
    judged = counts["pass"] + counts["fail"] + counts["undecided"]
    if answer.result.status == "compliant":
        return parts.Pill(say("checks.compliant", passed=counts["pass"], judged=judged), "info")
    if counts["fail"]:
        return parts.Pill(say("checks.violations", failed=counts["fail"], judged=judged), "bad")
    return parts.Pill(say("checks.undecided", undecided=counts["undecided"], judged=judged), "warn")


def _binding(count: int) -> parts.Pill:
    say = words()
    if count == 0:
        return parts.Pill(say("binding.none"), "dull")
    return parts.Pill(say("binding.one") if count == 1 else say("binding.many", count=count), "warn")


def _source(answer: Answer, job: Job | None) -> str:
    """Where the plan comes from: when and how it was solved, its id, and by which rules it is judged."""
    say = words()
    said = []
    result = answer.plan.result or {}
    seconds = figures.duration(float(result["seconds"])) if "seconds" in result else None
    if job is not None and job.ended is not None:
        took = seconds or figures.duration(job.seconds)
        said.append(say("source.solved", ago=figures.duration(time.time() - job.ended), seconds=took))
    elif seconds is not None:
        said.append(say("source.shipped", seconds=seconds))
    if "solver" in result:
        said.append(say("source.by", solver=result["solver"]))
    if job is not None:
        said.append(say("source.plan", plan=job.id))
    said.append(say("source.rules", regime=answer.regime.name))
    if answer.regime.status.enforced == "no":
        said.append(say("source.not_enforced", looked=answer.regime.status.looked))
    return " · ".join(said)


def _export(answer: Answer, open_now: Look) -> None:
    say = words()
    stem = open_now.entry.key if open_now.entry is not None else "fleet"
    files: list[tuple[str, str, str, Callable[[], str]]] = [
        ("yaml", f"{stem}.plan.yaml", "application/yaml", lambda: write_plan(answer.plan, None, "yaml")),
        ("csv", f"{stem}.plan.csv", "text/csv", lambda: write_plan(answer.plan, None, "csv")),
        (
            "json",
            f"{stem}.check.json",
            "application/json",
            lambda: render([Outcome(answer.plan.file, answer.result)], show_all=True),
        ),
    ]
    if answer.plan.retirements or answer.plan.moves:  # a table holds placements alone
        files = [entry for entry in files if entry[0] != "csv"]
    with st.popover(say("export.menu"), icon=":material/download:"):
        for kind, file, mime, make in files:
            st.download_button(
                say(f"export.{kind}"),
                data=make,
                file_name=file,
                mime=mime,
                on_click="ignore",
                type="tertiary",
                key=f"export-{kind}",
            )


def _cards(answer: Answer, given: Inputs) -> None:
    """Five figures with their course over the quarters."""
    say = words()
    table = answer.quarters
    last, first = table.iloc[-1], table.iloc[0]
    columns = st.container(key="cards").columns(5)
    columns[0].metric(
        say("kpi.gpus"),
        figures.short(int(last["gpus"])),
        say("kpi.gpus_note", gpus=figures.short(int(table["gpus_new"].sum()))),
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=table["gpus"].tolist(),
        chart_type="area",
    )
    before = float(first["h100e"])
    columns[1].metric(
        say("kpi.power"),
        say("kpi.power_value", value=figures.short(float(last["h100e"]))),
        say("kpi.power_note", share=figures.percent(float(last["h100e"]) / before - 1, 0)) if before else None,
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=table["h100e"].tolist(),
        chart_type="area",
    )
    share, note = _outside(answer, float(last["outside_share"] or 0))
    columns[2].metric(
        say("kpi.outside"),
        share,
        note,
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=[float(share or 0) for share in table["outside_share"]],
        chart_type="bar",
    )
    if given.scenario is None:
        return
    budget = table["budget_musd"].sum() if table["budget_musd"].notna().all() else None
    columns[3].metric(
        say("kpi.spent"),
        figures.money(float(table["spent_musd"].sum())),
        say("kpi.spent_free") if budget is None else say("kpi.spent_budget", budget=figures.money(float(budget))),
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=table["spent_musd"].tolist(),
        chart_type="bar",
    )
    columns[4].metric(
        say("kpi.sites"),
        say("kpi.sites_value", used=int(last["sites"]), count=len(given.scenario.sites)),
        say("kpi.sites_note", power=figures.power(float(last["power_mw"]))),
        delta_color="blue",
        delta_arrow="off",
        border=True,
        height="stretch",
        chart_data=table["sites"].tolist(),
        chart_type="area",
    )


def _outside(answer: Answer, share: float) -> tuple[str, str]:
    """The share outside Tier 1 at the end, and what the limit on it leaves."""
    say = words()
    line = next((line for line in answer.lines_in(answer.last) if is_outside(line)), None)
    if line is None or line.shares is None:
        return figures.percent(share), say("kpi.outside_none")
    measured, _, left = figures.against(line.shares[0] * 100, line.shares[1] * 100)
    if line.room is Room.BROKEN:
        return f"{measured} %", say("kpi.outside_broken", left=left)
    return f"{measured} %", say("kpi.outside_binding") if line.room is Room.BINDING else say(
        "kpi.outside_left", left=left
    )


def is_outside(line: Headroom) -> bool:
    """Whether the limit is on everything outside Tier 1 together."""
    return line.limit.rule.id == "UVEU102"
