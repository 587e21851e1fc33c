"""The report for machines: one JSON object, whether one file was checked or several.

`findings`, `errors`, `duties` and `notes` are those of all files, in order; `files` has the status of each. Further
parts, such as a comparison, stand under names of their own. Amounts are whole TPP. Fields are only ever added.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..check import CheckResult, Finding, Suppression, Verdict
from ..checking.duties import Duty
from ..domain.catalogue import Catalogue
from ..errors import Location, Problem
from ..explain.gpu_counts import room, too_few, too_many
from ..explain.sentences import mend, sentence
from ..limits import Limit
from ..regimes import OWN_GROUP_INDEX, Each, Regime
from ..units import Quarter
from .duties import duty_name
from .judged import as_broken
from .notes import all_notes
from .outcome import Outcome, overall, overall_gate

SCHEMA = "report/1"
VERDICTS: tuple[Verdict, ...] = ("fail", "undecided", "waived", "pass", "not_applicable")
COUNTED = ("limits", *VERDICTS, "warnings", "duties", "errors")
"""What a summary counts; `warnings` are those of `fail` that fail no gate."""


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report of one or several files as JSON text."""
    return json.dumps(document(outcomes, show_all=show_all), indent=2) + "\n"


def document(outcomes: Sequence[Outcome], *, show_all: bool = False) -> dict[str, Any]:
    """The report as JSON's types; passes, duties and what does not apply are findings only with `show_all`.

    `regime`, `as_of` and `horizon` are those that every file has, null where the files differ or cannot be read. The
    sections of a single file stand at the top as well as in `files`. Errors in flags are no file's, and count.
    """
    parts = [_file(outcome) for outcome in outcomes]
    files = [part for part, outcome in zip(parts, outcomes, strict=True) if outcome.is_file]
    summaries = [part["summary"] for part in parts]
    first = [summary["first_failing_quarter"] for summary in summaries if summary["first_failing_quarter"]]
    whole = {
        "fleetplan": SCHEMA,
        "status": overall(outcomes),
        "regime": _common([file["regime"] for file in files]),
        "as_of": _common([file["as_of"] for file in files]),
        "horizon": _common([file["horizon"] for file in files]),
        "findings": [found for outcome in outcomes for found in _findings(outcome, show_all)],
        "errors": [_error(problem) for outcome in outcomes for problem in outcome.problems],
        "duties": [
            _duty(duty, outcome.file)
            for outcome in outcomes
            if outcome.result is not None
            for duty in outcome.result.duties
        ],
        "notes": list(dict.fromkeys(note for file in files for note in file["notes"])),
        "summary": {
            "gate": overall_gate(outcomes),
            "files": len(files),
            **{name: sum(summary[name] for summary in summaries) for name in COUNTED},
            "first_failing_quarter": min(first, default=None),
        },
        "files": files,
    }
    return {**(_sections(outcomes[0]) if len(outcomes) == 1 else {}), **whole}


def _file(outcome: Outcome) -> dict[str, Any]:
    """What holds for one file as a whole."""
    result = outcome.result
    summary: dict[str, Any] = {**dict.fromkeys(COUNTED, 0), "first_failing_quarter": None}
    summary["errors"] = len(outcome.problems) + outcome.more
    whole: dict[str, Any] = {
        "file": outcome.file,
        "status": outcome.status,
        "gate": outcome.gate,
        "regime": None,
        "as_of": None,
        "horizon": None,
        "notes": [],
        "summary": summary,
    }
    if result is not None:
        failing = [f.limit.period for f in result.violations() if isinstance(f.limit.period, Quarter)]
        whole["regime"] = regime_document(result.regime)
        whole["as_of"] = result.as_of
        whole["horizon"] = {"first": str(result.horizon.first), "last": str(result.horizon.last)}
        whole["notes"] = all_notes(result)
        summary["limits"] = len(result.findings)
        summary["first_failing_quarter"] = str(min(failing)) if failing else None
        summary["warnings"] = len(result.warnings())
        summary["duties"] = len(result.duties)
        for verdict in VERDICTS:
            summary[verdict] = result.counts[verdict]
    return {**_sections(outcome), **whole}


def _sections(outcome: Outcome) -> dict[str, Any]:
    return {section.key: section.document for section in outcome.sections}


def _findings(outcome: Outcome, show_all: bool) -> list[dict[str, Any]]:
    result = outcome.result
    if result is None:
        return []
    found = [
        _finding(finding, outcome.file, result)
        for finding in result.findings
        if show_all or finding.verdict in ("fail", "undecided", "waived")
    ]
    return found + ([_duty_finding(duty, outcome.file) for duty in result.duties] if show_all else [])


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
        "added": list(regime.provenance.added),
        "readings": [
            {"id": reading.id, "chosen": reading.chosen, "default": reading.default} for reading in regime.readings
        ],
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
        "gpus": _gpus(as_broken(finding), catalogue),
        "sentence": sentence(as_broken(finding), catalogue),
        "mend": mend(as_broken(finding)) if finding.verdict in ("fail", "undecided", "waived") else None,
        "citation": limit.rule.citation,
        "grade": limit.rule.grade,
        "severity": finding.severity,
        "suppression": _suppression(finding.suppression),
        "change": finding.change,
        "location": _location(finding.at or Location(file)),
        "related": [_location(row.at) for row in finding.placements[1:] if row.at is not None],
    }


def _suppression(suppression: Suppression | None) -> dict[str, Any] | None:
    if suppression is None:
        return None
    return {
        "kind": suppression.kind,
        "reason": suppression.reason,
        "approved_by": suppression.approved_by,
        "expires": suppression.expires,
        "location": None if suppression.at is None else _location(suppression.at),
    }


def _duty(duty: Duty, file: str) -> dict[str, Any]:
    return {
        "file": file,
        "rule": duty.rule.id,
        "name": duty_name(duty),
        "title": duty.rule.title,
        "due": duty.due,
        "about": list(duty.about),
        "country": duty.country,
        "sentence": duty.sentence,
        "citation": duty.rule.citation,
        "grade": duty.rule.grade,
        "location": _location(duty.at or Location(file)),
    }


def _duty_finding(duty: Duty, file: str) -> dict[str, Any]:
    """A duty in the shape of a finding: nothing is measured, and it is never broken."""
    return {
        **_duty(duty, file),
        "jurisdiction": None,
        "quarter": None,
        "year": None,
        "consignee": None,
        "verdict": "pass",
        "measured": None,
        "allowed": None,
        "excess": 0,
        "unit": "tpp",
        "gpus": {},
        "mend": None,
        "severity": duty.rule.severity,
        "suppression": None,
        "change": None,
        "related": [],
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
