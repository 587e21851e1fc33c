"""The report for machines: one JSON object, whether one file was checked or several.

`findings`, `errors` and `notes` are those of all files, in order; `files` has the status of each. Amounts are whole
TPP. Fields are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..check import CheckResult, Finding, Verdict
from ..domain.catalogue import Catalogue
from ..errors import Location, Problem
from ..explain.gpu_counts import room, too_few, too_many
from ..explain.sentences import mend, note_text, sentence
from ..limits import Limit
from ..regimes import OWN_GROUP_INDEX, Each, Regime
from ..units import Quarter
from .outcome import Outcome, overall

SCHEMA = "report/1"
VERDICTS: tuple[Verdict, ...] = ("fail", "undecided", "pass", "not_applicable")


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report of one or several files as JSON text."""
    return json.dumps(document(outcomes, show_all=show_all), indent=2) + "\n"


def document(outcomes: Sequence[Outcome], *, show_all: bool = False) -> dict[str, Any]:
    """The report as JSON's types; passes and what does not apply only with `show_all`.

    `regime` and `horizon` are those that every file has, null where the files differ or cannot be read.
    """
    files = [_file(outcome) for outcome in outcomes]
    summaries = [file["summary"] for file in files]
    first = [summary["first_failing_quarter"] for summary in summaries if summary["first_failing_quarter"]]
    counted = ("limits", *VERDICTS, "errors")
    return {
        "fleetplan": SCHEMA,
        "status": overall(outcomes),
        "regime": _common([file["regime"] for file in files]),
        "horizon": _common([file["horizon"] for file in files]),
        "findings": [
            _finding(finding, outcome.file, outcome.result)
            for outcome in outcomes
            if outcome.result is not None
            for finding in outcome.result.findings
            if show_all or finding.verdict in ("fail", "undecided")
        ],
        "errors": [_error(problem) for outcome in outcomes for problem in outcome.problems],
        "notes": list(dict.fromkeys(note for file in files for note in file["notes"])),
        "summary": {
            "files": len(files),
            **{name: sum(summary[name] for summary in summaries) for name in counted},
            "first_failing_quarter": min(first, default=None),
        },
        "files": files,
    }


def _file(outcome: Outcome) -> dict[str, Any]:
    """What holds for one file as a whole."""
    result = outcome.result
    whole: dict[str, Any] = {
        "file": outcome.file,
        "status": outcome.status,
        "regime": None,
        "horizon": None,
        "notes": [],
        "summary": {
            "limits": 0,
            **dict.fromkeys(VERDICTS, 0),
            "errors": len(outcome.problems) + outcome.more,
            "first_failing_quarter": None,
        },
    }
    if result is None:
        return whole
    periods = [f.limit.period for f in result.findings if f.verdict == "fail"]
    failing = [period for period in periods if isinstance(period, Quarter)]
    whole["regime"] = regime_document(result.regime)
    whole["horizon"] = {"first": str(result.horizon.first), "last": str(result.horizon.last)}
    whole["notes"] = [note_text(note) + (f" ({note.at})" if note.at else "") for note in result.notes]
    summary: dict[str, Any] = whole["summary"]
    summary["limits"] = len(result.findings)
    summary["first_failing_quarter"] = str(min(failing)) if failing else None
    for verdict in VERDICTS:
        summary[verdict] = result.counts[verdict]
    return whole


def _common(values: list[Any]) -> Any:
    """The value that all share, None where they differ or there is none."""
    return values[0] if values and all(value == values[0] for value in values) else None


def regime_document(regime: Regime) -> dict[str, Any]:
    """Which regime judged, and from which files it came."""
    return {
        "id": regime.id,
        "title": regime.title,
        "first": str(regime.first),
        "last": str(regime.last),
        "measure": regime.measure.value,
        "enforced": regime.status.enforced,
        "looked": regime.status.looked,
        "sources": [{"id": source.id, "sha256": source.sha256} for source in regime.provenance.sources],
        "amendments": [{"path": path, "value": value} for path, value in regime.provenance.amendments],
    }


def _finding(finding: Finding, file: str, result: CheckResult) -> dict[str, Any]:
    limit, catalogue = finding.limit, result.plan.catalogue
    period = limit.period
    return {
        "file": file,
        "rule": limit.rule.id,
        "name": limit.name,
        "title": limit.rule.title,
        "country": finding.country,
        "jurisdiction": limit.country,
        "quarter": str(period) if isinstance(period, Quarter) else None,
        "year": None if period is None or isinstance(period, Quarter) else int(period),
        "consignee": _consignee(limit, result.regime),
        "verdict": finding.verdict,
        "measured": finding.measured,
        "allowed": finding.allowed,
        "excess": finding.excess,
        "unit": "tpp",
        "gpus": _gpus(finding, catalogue),
        "sentence": sentence(finding, catalogue),
        "mend": mend(finding) if finding.verdict in ("fail", "undecided") else None,
        "citation": limit.rule.citation,
        "grade": limit.rule.grade,
        "severity": limit.rule.severity,
        "location": _location(finding.at or Location(file)),
        "related": [_location(row.at) for row in finding.placements[1:] if row.at is not None],
    }


def _consignee(limit: Limit, regime: Regime) -> str | None:
    """Whose allowance it is; empty for the firm's own group."""
    record = regime.record(limit.rule.id)
    if record is None or record.each is not Each.CONSIGNEE_YEAR or len(limit.index) < 2:
        return None
    return "" if limit.index[0] == OWN_GROUP_INDEX else limit.index[0]


def _gpus(finding: Finding, catalogue: Catalogue) -> dict[str, Mapping[str, int]]:
    """In GPUs of each accelerator alone: too many, too few, or how many would still fit."""
    found = {
        "too_many": too_many(finding, catalogue),
        "too_few": too_few(finding, catalogue),
        "room": room(finding, catalogue),
    }
    return {name: counts for name, counts in found.items() if counts}


def _location(at: Location) -> dict[str, Any]:
    return {"file": at.file, "line": at.line, "column": at.column}


def _error(problem: Problem) -> dict[str, Any]:
    place = _location(problem.at)
    return {
        "code": problem.code,
        **place,
        "location": place,
        "field": problem.field,
        "found": problem.found,
        "why": problem.why,
        "mend": problem.mend,
    }
