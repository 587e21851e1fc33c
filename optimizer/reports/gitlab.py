"""The report as GitLab's code quality JSON: what a merge request shows beside the lines.

A fingerprint names the rule, the file and the limit, and no line, so that a finding stays itself when lines move.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import Location, Problem
from .escape import digest, printable, repository_path
from .headline import dropped, verdict
from .judged import LISTED, Judged, Word, judged, nothing_judged
from .notes import rests_on
from .outcome import Outcome
from .problems import problem_place, problem_text

SEVERITIES: dict[Word, str] = {"fail": "critical", "undecided": "major", "warning": "minor", "waived": "info"}
OF_PROBLEMS = "blocker"
OF_NOTES = "info"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A day in a note; the next day it is the same note."""


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report as JSON; what is kept is no finding of code quality, so `show_all` adds nothing."""
    seen: dict[str, int] = {}
    entries = []
    for entry, identity in _entries(outcomes):
        name = digest(*identity)
        seen[name] = seen.get(name, 0) + 1
        fingerprint = name if seen[name] == 1 else digest(name, str(seen[name]))  # GitLab drops one that repeats
        entries.append({**entry, "fingerprint": fingerprint})
    return json.dumps(entries, indent=2) + "\n"


def _entries(outcomes: Sequence[Outcome]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """Each entry and what makes it itself, in the order of the files and their findings."""
    for outcome in outcomes:
        for problem in outcome.problems:
            yield _problem(problem, outcome.file)
        if outcome.more:
            text = f"{outcome.more:,} more errors are not listed"
            yield _entry("more-errors", text, OF_PROBLEMS, Location(outcome.file)), ("more-errors", outcome.file)
        if nothing_judged(outcome):
            entry = _entry("judged", verdict(outcome), SEVERITIES["undecided"], Location(outcome.file))
            yield entry, ("judged", *repository_path(outcome.file))
        if outcome.dropped:
            entry = _entry("unfixed", dropped(outcome), SEVERITIES["fail"], Location(outcome.file))
            yield entry, ("unfixed", *repository_path(outcome.file))
        for one in judged([outcome], *LISTED):
            yield _finding(one)
        for note, text in () if outcome.result is None else rests_on(outcome.result):
            entry = _entry("note", f"Note: {text}", OF_NOTES, note.at or Location(outcome.file))
            yield entry, ("note", *repository_path(outcome.file), note.code, _DAY.sub("", text))


def _problem(problem: Problem, file: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    at = problem_place(problem, file)
    entry = _entry(problem.code, problem_text(problem), OF_PROBLEMS, at)
    return entry, (problem.code, *repository_path(at.file), problem.field, problem.found, problem.why)


def _finding(one: Judged) -> tuple[dict[str, Any], tuple[str, ...]]:
    mark = {"undecided": "Undecided: ", "waived": f"{one.waiver[:1].upper()}{one.waiver[1:]}. "}.get(one.word, "")
    change = f"({one.finding.change}) " if one.finding.change else ""
    entry = _entry(one.rule, f"{change}{mark}{one.sentence}", SEVERITIES[one.word], one.place)
    return entry, (one.rule, *repository_path(one.file), *one.finding.limit.index)


def _entry(check: str, description: str, severity: str, at: Location) -> dict[str, Any]:
    return {
        "check_name": check,
        "description": printable(description),
        "severity": severity,
        "location": {"path": printable(repository_path(at.file)[1]), "lines": {"begin": at.line or 1}},
    }
