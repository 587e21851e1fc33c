"""The JSON report beyond violations: waivers, warnings, changes, duties, sections, the law's date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from report_outcomes import CASES, SECTION, bad_flag, compared, invalid, older, outcome, waived, warned

from optimizer.reports import Outcome, json_report

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "optimizer" / "schemas" / "report.schema.json").read_text(encoding="utf-8")
)


def document(*outcomes: Outcome, show_all: bool = False) -> Any:
    found = json.loads(json_report.render(outcomes, show_all=show_all))
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_report_is_valid(case: str) -> None:
    outcomes = CASES[case]()
    assert len(document(*outcomes, show_all=True)["files"]) == sum(one.is_file for one in outcomes)


def test_waived_findings_are_listed_and_counted() -> None:
    report = document(waived())
    assert report["status"] == "compliant"
    assert report["summary"]["waived"] == 3
    assert report["summary"]["fail"] == 0
    assert report["summary"]["first_failing_quarter"] is None
    for found in report["findings"]:
        assert found["verdict"] == "waived"
        assert found["excess"] == found["measured"] - found["allowed"] > 0
        assert found["suppression"] == {
            "kind": "waiver",
            "reason": "agreed | with <BIS>",
            "approved_by": "legal@example.com",
            "expires": "2027-01-31",
            "location": {"file": "waivers.yaml", "line": 3, "column": 1},
        }
    assert report["findings"][1]["gpus"]["too_many"]
    assert "too much" in report["findings"][1]["sentence"]


def test_warnings_and_changes() -> None:
    report = document(warned())
    assert report["status"] == "compliant"
    assert (report["summary"]["fail"], report["summary"]["warnings"]) == (3, 3)
    assert {found["severity"] for found in report["findings"]} == {"warning"}
    assert {found["change"] for found in report["findings"]} == {None}
    assert {found["change"] for found in document(compared())["findings"]} == {"new"}


def test_sections_stand_under_their_names() -> None:
    report = document(compared())
    assert report["headroom"] == SECTION.document
    assert report["files"][0]["headroom"] == SECTION.document
    several = document(compared(), outcome("fine"))
    assert "headroom" not in several
    assert several["files"][0]["headroom"] == SECTION.document
    overwriting = compared().replace(sections=(SECTION.replace(key="status"),))
    assert document(overwriting)["status"] == "violations"


def test_duties() -> None:
    found = outcome("over")
    assert found.result is not None
    report = document(found)
    assert [duty["due"] for duty in report["duties"]] == [duty.due for duty in found.result.duties]
    assert report["summary"]["duties"] == len(found.result.duties) > 0
    assert not any(finding["rule"].startswith("DUTY") for finding in report["findings"])


def test_the_rules_that_judged() -> None:
    assert document(outcome("over"))["as_of"] is None
    result = outcome("over").result
    assert result is not None
    report = document(outcome("over").replace(result=result.replace(as_of="2025-03-01")))
    assert report["as_of"] == report["files"][0]["as_of"] == "2025-03-01"
    amended = document(outcome("amended"))["regime"]
    assert amended["amendments"] == [{"path": "UVEU101.at_most", "value": "10%"}]
    assert [source["id"] for source in amended["sources"]] == ["factsheet-2025", "ifr-2025"]
    assert all(reading["chosen"] == reading["default"] for reading in amended["readings"])


def test_the_gate_stands_beside_the_status() -> None:
    def said(*outcomes: Outcome) -> tuple[str, str, list[str]]:
        report = document(*outcomes)
        return report["status"], report["summary"]["gate"], [file["gate"] for file in report["files"]]

    assert said(outcome("fine")) == ("compliant", "pass", ["pass"])
    assert said(outcome("over")) == ("violations", "fail", ["fail"])
    assert said(waived()) == ("compliant", "pass", ["pass"])
    assert said(compared()) == ("violations", "fail", ["fail"])
    assert said(older()) == ("violations", "pass", ["pass"])
    assert said(older(), outcome("over")) == ("violations", "fail", ["pass", "fail"])
    assert said(outcome("unknown"), outcome("over")) == ("undecided", "undecided", ["undecided", "fail"])
    assert said(invalid()) == ("invalid_input", "undecided", ["undecided"])
    assert said() == ("compliant", "pass", [])


def test_nobody_can_let_the_ban_pass_by_a_comparison() -> None:
    result = outcome("over").result
    assert result is not None
    findings = tuple(f.replace(change="unchanged") if f.verdict == "fail" else f for f in result.findings)
    made = outcome("over").replace(result=result.replace(findings=findings))
    assert document(made)["summary"]["gate"] == "fail"


def test_a_bad_flag_is_an_error_and_no_file() -> None:
    report = document(outcome("fine"), bad_flag())
    assert (report["status"], report["summary"]["gate"]) == ("invalid_input", "undecided")
    assert (report["summary"]["files"], report["summary"]["errors"]) == (1, 1)
    assert [file["file"] for file in report["files"]] == ["plans/fine.plan.yaml"]
    assert report["regime"]["id"] == "factsheet-2025"
    assert [error["code"] for error in report["errors"]] == ["IN604"]
