"""The JUnit report: a suite for each file, a case for each limit."""

from __future__ import annotations

from typing import Any

from lxml import etree
from report_outcomes import CASES, HOSTILE, changed, compared, hostile, invalid, older, outcome, waived, warned

from optimizer.reports import Outcome, junit


def suites(*outcomes: Outcome, show_all: bool = False) -> Any:
    return etree.fromstring(junit.render(outcomes, show_all=show_all).encode("utf-8"))


def cases(*outcomes: Outcome, show_all: bool = False) -> dict[str, Any]:
    return {case.get("name"): case for case in suites(*outcomes, show_all=show_all).iter("testcase")}


def outcomes_of(case: Any) -> list[str]:
    return [child.tag for child in case]


def test_every_limit_is_a_case() -> None:
    found = outcome("over")
    assert found.result is not None
    assert list(cases(found)) == [finding.limit.name for finding in found.result.findings]
    (suite,) = suites(found)
    assert suite.get("name") == "plans/over.plan.yaml"
    assert (suite.get("failures"), suite.get("errors")) == ("3", "0")
    assert int(suite.get("tests")) == len(found.result.findings)
    assert int(suite.get("skipped")) == len(found.result.of("not_applicable"))


def test_a_violation_is_a_failure_that_says_how_to_mend_it() -> None:
    (failure,) = cases(outcome("over"))["UVEU101(MY,2026Q2)"]
    assert failure.tag == "failure"
    assert failure.get("type") == "UVEU101"
    assert failure.get("message").startswith("Malaysia holds 7.49 %")
    lines = failure.text.split("\n")
    assert lines[1] == "at plans/over.plan.yaml:6:3"
    assert lines[2].startswith("Mend: ")


def test_other_verdicts() -> None:
    assert outcomes_of(cases(outcome("unknown"))["UVEU101(MY,2026Q1)"]) == ["error"]
    (skipped,) = cases(waived())["UVEU101(MY,2026Q2)"]
    assert skipped.tag == "skipped"
    assert "until 2027-01-31" in skipped.get("message")
    (warning,) = cases(warned())["UVEU101(MY,2026Q2)"]
    assert warning.tag == "system-out"
    assert warning.text.startswith("warning: Malaysia holds")
    fine = cases(outcome("fine"))
    assert outcomes_of(fine["NVEU401(firm)"]) == ["skipped"]
    assert outcomes_of(fine["UVEU102(2026Q1)"]) == []
    assert outcomes_of(cases(outcome("fine"), show_all=True)["UVEU102(2026Q1)"]) == ["system-out"]


def test_what_cannot_be_read_is_an_error() -> None:
    found = cases(invalid())
    assert list(found) == ["IN110 country (1)", "IN201 (2)", "more errors"]
    assert all(outcomes_of(case) == ["error"] for case in found.values())
    assert found["IN110 country (1)"][0].text.startswith("plans/b.yaml:3:5: IN110 country: found 'UK'")


def test_no_suite_is_empty() -> None:
    assert outcomes_of(cases(outcome("untouched"))["judged"]) == ["system-out"]
    assert outcomes_of(cases(outcome("early"))["judged"]) == ["error"]
    for case in CASES:
        assert all(int(suite.get("tests")) > 0 for suite in suites(*CASES[case]()))


def test_notes_duties_and_the_regime_are_in_the_output() -> None:
    (suite,) = suites(outcome("amended"))
    output = suite.findall("system-out")[-1].text
    assert "Note: " in output
    assert "Duty: " in output
    assert "Judged by: amended: UVEU101.at_most = 10%" in output
    properties = {item.get("name"): item.get("value") for item in suite.find("properties")}
    assert properties["regime"] == "factsheet-2025 (amended)"
    assert properties["status"] == "compliant"


def test_hostile_names_are_text() -> None:
    (suite,) = suites(hostile())
    failures = list(suite.iter("failure"))
    assert failures
    assert all(not len(failure) for failure in failures)
    assert HOSTILE[:4] not in etree.tostring(suite, encoding="unicode")
    names = [case.get("name") for case in suite.iter("testcase")]
    assert len(names) == len(set(names))


def test_what_stood_before_fails_no_comparison_and_is_skipped() -> None:
    (suite,) = suites(older())
    assert suite.get("failures") == "0"
    said = [child.get("message") for child in suite.iter("skipped") if child.get("message").startswith("[unchanged]")]
    assert said
    assert all(message.startswith("[unchanged] stood before: ") for message in said)
    assert int(next(iter(suites(compared()))).get("failures")) > 0
    banned = cases(changed("over", lambda finding: finding.replace(change="unchanged")))["TIER301(CN,2026Q3)"]
    assert outcomes_of(banned) == ["failure"]  # however old, nobody can waive it
