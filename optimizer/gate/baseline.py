"""The baseline: what was broken when the gate was put up, so that only what is new or larger fails.

An entry names rule, plan, scope and period, and records the excess; it holds no line numbers, so that rows may move.
What nobody can waive is never set aside by a baseline either.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from ..checking.findings import CheckResult, Finding, Suppression
from ..errors import Location, show
from ..reading.codes import MISSING, NAMED_TWICE, WRONG_SCHEMA
from ..reading.files import read_text
from ..reading.json_text import read_json
from ..reading.nodes import Fields, Problems
from .codes import BAD_BASELINE
from .scopes import period, plan_name, scope
from .waivers import NEVER, never_waived

SCHEMA: Final = "baseline/1"


class Key(NamedTuple):
    """What an entry is about; `period` is a quarter or a year, empty for a limit that has none."""

    plan: str
    rule: str
    scope: str
    period: str


Baseline = Mapping[Key, int]
"""The excess in TPP that is recorded for each."""


def key_of(finding: Finding, plan: str) -> Key:
    """The key of a finding in the plan of that name."""
    return Key(plan, finding.limit.rule.id, scope(finding.limit), period(finding.limit))


def read_baseline(path: Path) -> Baseline:
    """The baseline in the file at `path`. Raises InputError with everything that is wrong in it."""
    problems = Problems()
    fields = Fields(read_json(read_text(path), str(path)), "", problems)
    mend = "Name a file that fleetplan wrote (--write-baseline)."
    if fields.require("fleetplan", mend) and fields.text("fleetplan") != SCHEMA:
        fields.report(WRONG_SCHEMA, "fleetplan", "this is not a baseline that can be read here", mend)
    problems.raise_if_any()
    if "findings" not in fields.values:
        fields.report(MISSING, "findings", "the field is missing", mend)
    found: dict[Key, int] = {}
    for row in fields.rows("findings"):
        for name in ("plan", "rule", "scope", "excess_tpp"):
            row.require(name)
        key = Key(row.word("plan") or "", row.word("rule") or "", row.word("scope") or "", row.text("quarter"))
        excess = row.whole("excess_tpp", least=1)
        row.done()
        if key.rule == NEVER:
            row.report(BAD_BASELINE, "rule", f"{NEVER} is never set aside", "Remove the entry, and mend the plan.")
        if key in found:
            row.report(NAMED_TWICE, "rule", "the finding is listed already", "Keep one of the two.")
        found.setdefault(key, excess or 0)
    fields.done()
    problems.raise_if_any()
    return found


def set_aside(result: CheckResult, baseline: Baseline, file: Path) -> CheckResult:
    """The result with every broken limit waived whose excess is no larger than the one recorded in `file`."""
    plan = plan_name(result.plan.file, file.parent)
    return result.replace(findings=tuple(_set_aside(finding, plan, baseline, file) for finding in result.findings))


def _set_aside(finding: Finding, plan: str, baseline: Baseline, file: Path) -> Finding:
    if finding.verdict != "fail" or never_waived(finding.limit.rule):
        return finding
    recorded = baseline.get(key_of(finding, plan))
    assert finding.excess is not None  # a broken limit has its bound
    if recorded is None or finding.excess > recorded:
        return finding
    reason = f"older than the gate: the baseline records an excess of {recorded:,} TPP"
    return finding.replace(verdict="waived", suppression=Suppression("baseline", reason, at=Location(str(file))))


def entries(result: CheckResult, folder: Path) -> dict[Key, int]:
    """An entry for every broken limit of the result but those that nobody can waive; `folder` is the baseline's."""
    plan = plan_name(result.plan.file, folder)
    found: dict[Key, int] = {}
    for finding in result.of("fail"):
        if not never_waived(finding.limit.rule):
            key = key_of(finding, plan)
            found[key] = max(found.get(key, 0), finding.excess or 0)
    return found


def outgrown(baseline: Baseline, results: Iterable[CheckResult], folder: Path) -> list[str]:
    """The findings of the baseline that the checked plans no longer break as far as it records, as text in order."""
    now: dict[Key, int] = {}
    plans = set()
    for result in results:
        plans.add(plan_name(result.plan.file, folder))
        for finding in result.findings:
            if finding.verdict in ("fail", "waived", "undecided"):
                key = key_of(finding, plan_name(result.plan.file, folder))
                now[key] = max(now.get(key, 0), finding.excess or baseline.get(key, 0))
    gone = [key for key, excess in baseline.items() if key.plan in plans and now.get(key, 0) < excess]
    return [f"{show(key.plan)} {show(f'{key.rule}({key.scope},{key.period})', 120)}" for key in sorted(gone)]


def merged(old: Baseline, new: Baseline, checked: Collection[str], folder: Path) -> Baseline:
    """`new`, with what `old` says of plans that were not `checked` and are still there."""
    kept = {key: value for key, value in old.items() if key.plan not in checked and (folder / key.plan).exists()}
    return {**kept, **new}


def baseline_text(baseline: Baseline) -> str:
    """The file's text: sorted, one entry a line, so that a difference between two of them can be read."""
    rows = [
        json.dumps(
            {
                "plan": key.plan,
                "rule": key.rule,
                "scope": key.scope,
                **({"quarter": key.period} if key.period else {}),
                "excess_tpp": baseline[key],
            },
            ensure_ascii=False,
        )
        for key in sorted(baseline)
    ]
    body = ",\n".join(f"    {row}" for row in rows)
    listed = f"[\n{body}\n  ]" if rows else "[]"
    return f'{{\n  "fleetplan": "{SCHEMA}",\n  "findings": {listed}\n}}\n'
