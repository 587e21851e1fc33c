"""The report as SARIF 2.1.0, for code scanning.

What could not be decided is a result of level error: SARIF's own word for it, the kind `open`, allows no level, and a
host that goes by levels would pass it. What is waived is a result with a suppression. What could not be read is a
result and a notification, and the run is not a successful one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..checking.books import Row
from ..domain.plan import Move
from ..errors import Location, Problem
from .duties import about
from .escape import digest, printable, repository_path
from .headline import provenance, verdict
from .judged import LISTED, WORST_FIRST, Judged, Word, judged, worst_first
from .notes import notes
from .outcome import EXIT_CODES, Outcome, overall
from .problems import problem_place, problem_text
from .sarif_inputs import Unread, input_rules, means, unread
from .sarif_rules import Rules

SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
"""How many results code scanning takes; a report with more is refused."""
MOST_RELATED = 10
LEVELS: Mapping[Word, str] = {"fail": "error", "undecided": "error", "warning": "warning"}
KINDS: Mapping[Word, str] = {"pass": "pass", "not_applicable": "notApplicable"}
BASELINE = {"new": "new", "worse": "updated", "better": "updated", "unchanged": "unchanged"}
FOLDERS = {"ROOT": "The root of the file system.", "UP": "A folder above the working folder, by how many steps up."}


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report as JSON; `show_all` adds results of kind pass for what is kept, which not every host passes over."""
    found = worst_first(list(judged(outcomes, *(WORST_FIRST if show_all else LISTED))))
    rules = Rules(outcomes)
    folders: dict[str, Any] = {}
    errors = list(unread(outcomes))
    documents = [*rules.documents(), *input_rules(errors)]
    results = _errors(errors[:MOST_RESULTS], [document["id"] for document in documents], folders)
    results += _results(found[: MOST_RESULTS - len(results)], rules, folders)
    notifications = list(_notifications(outcomes, rules, folders))
    left_out = len(errors) + len(found) - len(results)
    if left_out:
        text = f"{left_out:,} results, the least grave, are left out; the JSON report has them all."
        notifications.append({"level": "warning", "message": {"text": text}})
    run = {
        "tool": {
            "driver": {
                "name": "fleetplan",
                "version": __version__,
                "rules": documents,
                "notifications": _codes(outcomes),
            }
        },
        "invocations": [
            {
                "executionSuccessful": EXIT_CODES[overall(outcomes)] < 2,
                "toolExecutionNotifications": notifications,
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"files": [_file(outcome) for outcome in outcomes]},
    }
    if folders:
        run["originalUriBaseIds"] = folders
    return json.dumps({"$schema": SCHEMA_URI, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _errors(found: Sequence[Unread], rules: Sequence[str], folders: dict[str, Any]) -> list[dict[str, Any]]:
    """A result for each thing that could not be read or judged."""
    seen: dict[str, int] = {}
    results = []
    for one in found:
        name = digest(*one.identity)[:32]
        seen[name] = seen.get(name, 0) + 1
        results.append(
            {
                "ruleId": one.rule,
                "ruleIndex": rules.index(one.rule),
                "kind": "fail",
                "level": "error",
                "message": {"text": _unlinked(one.text)},
                "locations": [{"physicalLocation": _physical(one.at, folders)}],
                "partialFingerprints": {"primaryLocationLineHash": f"{name}:{seen[name]}"},
            }
        )
    return results


def _results(found: Sequence[Judged], rules: Rules, folders: dict[str, Any]) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    results = []
    for one in found:
        name = digest(one.rule, *repository_path(one.file), *one.finding.limit.index)[:32]
        seen[name] = seen.get(name, 0) + 1
        results.append(_result(one, rules.number(one.rule), f"{name}:{seen[name]}", folders))
    return results


def _result(one: Judged, number: int, fingerprint: str, folders: dict[str, Any]) -> dict[str, Any]:
    """One result. Code scanning goes by `primaryLocationLineHash`; ours holds no line, so alerts stay themselves."""
    finding = one.finding
    mend = f" {one.mend}" if one.word in LISTED else ""
    word = "Undecided: " if one.word == "undecided" else ""
    result: dict[str, Any] = {
        "ruleId": one.rule,
        "ruleIndex": number,
        "kind": KINDS.get(one.word, "fail"),
        "level": _level(one),
        "message": {"text": _unlinked(f"{word}{one.sentence}{mend}")},
        "locations": [{"physicalLocation": _physical(one.place, folders)}],
        "relatedLocations": [
            {
                "id": place,
                "message": {"text": _unlinked(_row(row))},
                "physicalLocation": _physical(row.at, folders),
            }
            for place, row in enumerate(finding.placements[1 : MOST_RELATED + 1], 1)
            if row.at is not None
        ],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint, "fleetplanLimit/v1": fingerprint},
        "properties": {
            "limit": printable(finding.limit.name),
            "verdict": finding.verdict,
            "country": finding.country,
            "period": one.period or None,
            "measured": finding.measured,
            "allowed": finding.allowed,
            "excess": finding.excess,
            "unit": "tpp",
        },
    }
    if finding.change is not None:
        result["baselineState"] = BASELINE[finding.change]
    if one.word == "waived":
        result["suppressions"] = [_suppression(one, folders)]
    return result


def _level(one: Judged) -> str:
    """The level of a result; one that is waived keeps that of what it broke."""
    if one.word == "waived":
        return one.finding.severity
    return LEVELS.get(one.word, "none")


def _suppression(one: Judged, folders: dict[str, Any]) -> dict[str, Any]:
    """Who waived it: in the file that broke the limit, or in one beside it."""
    at = one.finding.suppression.at if one.finding.suppression is not None else None
    inside = at is not None and at.file == one.place.file
    suppression: dict[str, Any] = {
        "kind": "inSource" if inside else "external",
        "status": "accepted",
        "justification": printable(one.waiver),
    }
    if at is not None:
        suppression["location"] = {"physicalLocation": _physical(at, folders)}
    return suppression


def _physical(at: Location, folders: dict[str, Any]) -> dict[str, Any]:
    return {
        "artifactLocation": _artifact(at.file, folders),
        "region": {"startLine": at.line or 1, "startColumn": at.column or 1},
    }


def _artifact(file: str, folders: dict[str, Any]) -> dict[str, Any]:
    """A file by a relative URI; the base of one outside the working folder is noted in `folders`."""
    base, path = repository_path(file)
    artifact = {"uri": quote(path, safe="/", errors="surrogatepass")}
    if base:
        artifact["uriBaseId"] = base
        folders[base] = {"description": {"text": FOLDERS[base.rstrip("0123456789")]}}
    return artifact


def _unlinked(text: str) -> str:
    """`text` for a message, in which SARIF would make a link of ``[words](address)``."""
    return printable(text).replace("](", "] (")


def _row(row: Row) -> str:
    """A row that counts as well, in a few words."""
    place, site = (row.to.country, row.to.site) if isinstance(row, Move) else (row.country, row.site)
    parts = (f"{row.gpus:,} {row.accelerator}", place, site, None if row.quarter is None else str(row.quarter))
    return ", ".join(part for part in parts if part)


def _codes(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """The kinds of input errors that the report names."""
    named = sorted({problem.code for outcome in outcomes for problem in outcome.problems})
    return [{"id": code, "shortDescription": {"text": text}} for code, text in means(named).items()] if named else []


def _notifications(outcomes: Sequence[Outcome], rules: Rules, folders: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is no result: input errors, what was not judged, duties and notes."""
    for outcome in outcomes:
        for problem in outcome.problems:
            yield _problem(problem, outcome.file, folders)
        if outcome.more:
            text = f"{outcome.more:,} more errors of this file are not listed."
            yield _notification("error", text, Location(outcome.file), folders)
        result = outcome.result
        if result is None:
            continue
        if result.status == "undecided":
            yield _notification("error", verdict(outcome), Location(outcome.file), folders)
        for duty in result.duties:
            words = about(duty)
            text = f"Due {duty.due}: {duty.sentence}" if not words else f"Due {duty.due}, {words}: {duty.sentence}"
            found = _notification("note", text, duty.at or Location(outcome.file), folders)
            yield {**found, "associatedRule": {"id": duty.rule.id, "index": rules.number(duty.rule.id)}}
        for note in notes(result):
            yield _notification("note", note, Location(outcome.file), folders)


def _problem(problem: Problem, file: str, folders: dict[str, Any]) -> dict[str, Any]:
    notification = _notification("error", problem_text(problem), problem_place(problem, file), folders)
    return {"descriptor": {"id": problem.code}, **notification}


def _notification(level: str, text: str, at: Location, folders: dict[str, Any]) -> dict[str, Any]:
    return {
        "level": level,
        "message": {"text": _unlinked(text)},
        "locations": [{"physicalLocation": _physical(at, folders)}],
    }


def _file(outcome: Outcome) -> dict[str, Any]:
    """Under which rules a file was judged, and with what verdict."""
    about_file: dict[str, Any] = {
        "file": printable(outcome.file),
        "status": outcome.status,
        "gate": outcome.gate,
        "verdict": printable(verdict(outcome)),
    }
    if outcome.result is not None:
        regime = outcome.result.regime
        about_file["regime"] = printable(regime.name)
        about_file["asOf"] = outcome.result.as_of
        about_file["sources"] = [{"id": source.id, "sha256": source.sha256} for source in regime.provenance.sources]
        about_file["judgedBy"] = [printable(line) for line in provenance(outcome.result)]
    return about_file
