"""The law as it stood on a day: announced, in force, not enforced, or unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.check import CheckResult, check
from optimizer.errors import InputError
from optimizer.explain.sentences import note_text
from optimizer.reading import read_plan

BREAKS_7_PERCENT = """
placements:
  - {country: US, accelerator: h100-sxm, gpus: 100}
  - {country: MY, accelerator: h100-sxm, gpus: 20, quarter: 2026Q1}
"""
REGIME = """\
fleetplan: regime/1
id: dated
extends: ifr-2025
status:
  enforced: 'yes'
  looked: 2026-11
  timeline:
    - {from: 2026-01-01, to: 2026-02-28, state: announced}
    - {from: 2026-03-01, to: 2026-12-31, state: in force}
amend:
  UVEU101.in_force: {from: 2026-06-01, to: 2026-09-30}
"""


def checked(folder: Path, as_of: str | None, regime: str = "dated.yaml", body: str = BREAKS_7_PERCENT) -> CheckResult:
    (folder / "dated.yaml").write_text(REGIME, encoding="utf-8")
    path = folder / "a.plan.yaml"
    head = f"fleetplan: plan/1\nfirm: {{name: A, headquarters: US, status: uveu}}\nregime: {regime}\n"
    path.write_text(head + body, encoding="utf-8")
    return check(read_plan(path), as_of=as_of)


@pytest.mark.parametrize(
    ("day", "status", "failing", "severity"),
    [
        (None, "violations", ["UVEU101(MY,2026Q1)"], "error"),
        ("2025-12-31", "undecided", [], None),
        ("2026-01-01", "compliant", ["UVEU101(MY,2026Q1)"], "warning"),
        ("2026-02-28", "compliant", ["UVEU101(MY,2026Q1)"], "warning"),
        ("2026-03-01", "compliant", ["UVEU101(MY,2026Q1)"], "warning"),  # the rule itself begins in June
        ("2026-05-31", "compliant", ["UVEU101(MY,2026Q1)"], "warning"),
        ("2026-06-01", "violations", ["UVEU101(MY,2026Q1)"], "error"),
        ("2026-09-30", "violations", ["UVEU101(MY,2026Q1)"], "error"),
        ("2026-10-01", "compliant", [], None),
        ("2026-12-31", "compliant", [], None),
        ("2027-01-01", "undecided", [], None),
    ],
)
def test_the_verdict_is_that_of_the_day(
    day: str | None, status: str, failing: list[str], severity: str | None, tmp_path: Path
) -> None:
    result = checked(tmp_path, day)
    assert result.status == status
    found = result.of("fail")
    assert [finding.limit.name for finding in found] == failing
    assert {finding.severity for finding in found} == ({severity} if severity else set())
    assert result.as_of == day


@pytest.mark.parametrize(
    ("day", "status", "note"),
    [
        ("2025-01-12", "undecided", "as_of_unknown"),
        ("2025-01-13", "compliant", "as_of_announced"),
        ("2025-05-12", "compliant", "as_of_announced"),
        ("2025-05-13", "violations", "as_of_not_enforced"),
        ("2026-11-22", "violations", "as_of_not_enforced"),
        ("2026-11-23", "undecided", "as_of_unknown"),
    ],
)
@pytest.mark.parametrize("regime", ["factsheet-2025", "ifr-2025"])
def test_the_framework_was_announced_and_then_not_enforced(
    regime: str, day: str, status: str, note: str, tmp_path: Path
) -> None:
    result = checked(tmp_path, day, regime)
    assert result.status == status
    assert note in [one.code for one in result.notes]
    assert all("{" not in note_text(one) for one in result.notes)
    if status == "compliant":
        assert [finding.limit.rule.id for finding in result.warnings()] == ["UVEU101"]
        assert result.replace(fail_on="warning").status == "violations"


def test_announced_and_not_enforced_are_told_apart(tmp_path: Path) -> None:
    for day, words in (("2025-05-12", "not yet in force"), ("2025-05-13", "since 2025-05-13, not enforced")):
        notes = " ".join(note_text(note) for note in checked(tmp_path, day, "ifr-2025").notes)
        assert words in notes


def test_the_ban_on_tier_3_is_in_force_without_the_framework(tmp_path: Path) -> None:
    body = "placements: [{country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}]\n"
    assert checked(tmp_path, "2026-03-01", "none", body).status == "violations"


@pytest.mark.parametrize("day", ["2026", "2026-02-30", "2026-1-1", "today", "2026-03-01T00:00", "٢٠٢٦-٠٣-٠١", ""])
def test_what_is_no_day_is_refused(day: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a day"):
        checked(tmp_path, day)


@pytest.mark.parametrize(
    "timeline",
    [
        "[{from: 2026-03-01, to: 2026-02-01, state: in force}]",
        "[{from: 2026-01-01, to: 2026-02-01, state: in force}, {from: 2026-02-01, to: 2026-03-01, state: announced}]",
        "[{from: 2026-01-01, to: 2026-02-01, state: enforced}]",
        "[{from: 2026-01, to: 2026-02-01, state: in force}]",
        "[{from: 2026-01-01, state: in force}]",
    ],
)
def test_a_wrong_timeline_is_refused(timeline: str, tmp_path: Path) -> None:
    status = f"{{enforced: 'no', looked: 2026-11, timeline: {timeline}}}"
    text = f"fleetplan: regime/1\nid: x\nextends: ifr-2025\nstatus: {status}\n"
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        checked(tmp_path, None, "x.yaml")
