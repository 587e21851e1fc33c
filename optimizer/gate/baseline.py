"""The baseline: what was broken when the gate was put up, so that only what is new or larger fails.

An entry names rule, plan, scope and period, and records the excess; it holds no line numbers, so that rows may move.
What nobody can waive is never set aside by a baseline either.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from ..checking.findings import CheckResult, Finding, Suppression
from ..checking.notes import Note
from ..errors import Location, show
from ..reading.codes import MISSING, NAMED_TWICE, WRONG_SCHEMA
from ..reading.files import read_text
from ..reading.json_text import read_json
from ..reading.nodes import Fields, Problems
from .codes import BAD_BASELINE
from .notes import note
from .scopes import period, plan_name, scope
from .waivers import NEVER, never_waived

SCHEMA: Final = "baseline/1"
MOST_NAMED: Final = 10
"""How many entries a note names."""


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
    if recorded is None:
        return finding
    if finding.excess > recorded:
        grown = f"Its excess has grown by {finding.excess - recorded:,} TPP"
        remark = f"{grown}: the baseline ({Location(str(file))}) records {recorded:,} TPP."
        return finding.replace(remark=f"{finding.remark} {remark}".strip())
    reason = f"older than the gate: the baseline records an excess of {recorded:,} TPP"
    suppression = Suppression("baseline", reason, at=Location(str(file)))
    return finding.replace(verdict="waived", suppression=suppression, remark="")


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
    """The entries of the baseline that no longer apply, each with why, as text in order.

    The checked plans do not break the limit any more, or less far than is recorded; or the plan is not there any more.
    """
    now: dict[Key, int] = {}
    plans = set()
    for result in results:
        plans.add(plan_name(result.plan.file, folder))
        for finding in result.findings:
            if finding.verdict in ("fail", "waived", "undecided"):
                key = key_of(finding, plan_name(result.plan.file, folder))
                now[key] = max(now.get(key, 0), finding.excess or baseline.get(key, 0))
    found = []
    for key, recorded in sorted(baseline.items()):
        limit = show(f"{key.rule}({','.join(part for part in (key.scope, key.period) if part)})", 120)
        what = f"{show(key.plan)} {limit}"
        if key.plan in plans:
            if not now.get(key, 0):
                found.append(f"{what} is not broken any more")
            elif now[key] < recorded:
                found.append(f"{what} is broken by {now[key]:,} TPP where {recorded:,} are recorded")
        elif not key.plan.startswith("<") and not (folder / key.plan).exists():
            found.append(f"{what}: the plan is not there any more")
    return found


def outgrown_note(gone: Sequence[str], file: Path) -> Note:
    """A note that lists what `outgrown` found, as far as fits into a sentence."""
    entries = "1 entry does" if len(gone) == 1 else f"{len(gone):,} entries do"
    more = f"; and {len(gone) - MOST_NAMED:,} more" if len(gone) > MOST_NAMED else ""
    listed = "; ".join(gone[:MOST_NAMED]) + more
    return note(f"{entries} not apply any more, so the baseline can be written anew: {listed}", Location(str(file)))


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
