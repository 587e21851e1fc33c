"""The SARIF report: rules, results, suppressions, places, fingerprints."""

from __future__ import annotations

import json
from typing import Any

import pytest
from report_outcomes import CASES, changed, compared, hostile, invalid, older, outcome, waived, warned

from optimizer.errors import Location
from optimizer.reports import Outcome, sarif


def run(*outcomes: Outcome, show_all: bool = False) -> Any:
    document = json.loads(sarif.render(outcomes, show_all=show_all))
    assert document["version"] == "2.1.0"
    (only,) = document["runs"]
    return only


def places(result: Any) -> tuple[str, int, int]:
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"], physical["region"]["startColumn"]


def test_results_name_their_rule_and_place() -> None:
    found = run(outcome("over"))
    rules = found["tool"]["driver"]["rules"]
    assert [result["ruleId"] for result in found["results"]] == ["UVEU101", "TIER301", "UVEU101"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["level"], result["kind"]) == ("error", "fail")
    worst = found["results"][0]
    assert places(worst) == ("plans/over.plan.yaml", 6, 3)
    assert worst["relatedLocations"][0]["physicalLocation"]["region"]["startLine"] == 7
    assert worst["relatedLocations"][0]["message"]["text"] == "1,000 gb200-nvl72, MY, johor, 2026Q2"
    assert worst["message"]["text"].startswith("Malaysia holds 7.49 % of")
    assert worst["properties"]["excess"] == worst["properties"]["measured"] - worst["properties"]["allowed"]
    assert found["invocations"][0]["executionSuccessful"] is True


def test_rules_carry_what_hosts_show() -> None:
    rules = {rule["id"]: rule for rule in run(outcome("over"))["tool"]["driver"]["rules"]}
    assert {"UVEU101", "TIER301", "CAP201", "DUTY604"} <= rules.keys()
    rule = rules["UVEU101"]
    assert rule["shortDescription"]["text"].startswith("At most 7 %")
    assert "at most 7 % of all of it" in rule["fullDescription"]["text"]
    assert rule["properties"]["citation"] in rule["help"]["text"]
    assert rule["properties"]["grade"] in "PFSDA"
    assert rule["helpUri"] == "urn:fleetplan:rule:UVEU101"
    assert "fleetplan rules UVEU101" in rule["help"]["markdown"]
    assert rules["DUTY604"]["defaultConfiguration"]["level"] == "note"


def test_two_regimes_share_a_rule_and_keep_their_words() -> None:
    rules = [
        rule for rule in run(outcome("over"), outcome("floor"))["tool"]["driver"]["rules"] if rule["id"] == "CAP201"
    ]
    (cap,) = rules
    assert "Under factsheet-2025:" in cap["help"]["text"]
    assert "Under ifr-2025:" in cap["help"]["text"]


def test_undecided_is_an_error_and_the_run_no_success() -> None:
    found = run(outcome("unknown"))
    undecided = [result for result in found["results"] if result["properties"]["verdict"] == "undecided"]
    assert undecided
    assert {result["level"] for result in undecided} == {"error"}
    assert all(result["message"]["text"].startswith("Undecided: ") for result in undecided)
    assert found["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize("case", ["invalid", "internal", "early"])
def test_what_cannot_be_judged_is_no_success(case: str) -> None:
    assert run(*CASES[case]())["invocations"][0]["executionSuccessful"] is False


def test_input_errors_are_notifications() -> None:
    found = run(invalid())
    first, second, more = found["invocations"][0]["toolExecutionNotifications"]
    assert first["descriptor"]["id"] == "IN110"
    assert first["level"] == "error"
    assert first["message"]["text"] == "country: found 'UK': no such country. Write GB."
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 1}
    assert more["message"]["text"].startswith("7 more errors")
    assert [code["id"] for code in found["tool"]["driver"]["notifications"]] == ["IN110", "IN201"]


def test_input_errors_are_results_too_so_that_no_alert_counts_as_fixed() -> None:
    found = run(outcome("over"), invalid(), invalid(), *CASES["internal"](), *CASES["early"]())
    rules = found["tool"]["driver"]["rules"]
    for result in found["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    errors = [result for result in found["results"] if "limit" not in result.get("properties", {})]
    assert [result["ruleId"] for result in errors] == ["IN110", "IN201", "IN110", "IN201", "IN900", "judged"]
    assert {(result["level"], result["kind"]) for result in errors} == {("error", "fail")}
    assert places(errors[0]) == ("plans/b.yaml", 3, 5)
    assert places(errors[1]) == ("plans/b.yaml", 1, 1)
    assert errors[0]["message"]["text"] == "country: found 'UK': no such country. Write GB."
    assert "nothing was judged: the regime begins in 2025Q1" in errors[-1]["message"]["text"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in found["results"]]
    assert len(set(prints)) == len(prints)
    named = [rule for rule in rules if rule["id"] in ("IN110", "IN201", "IN900", "judged")]
    assert len(named) == 4
    for rule in named:
        assert rule["defaultConfiguration"]["level"] == "error"
        assert {"shortDescription", "fullDescription", "help", "helpUri"} <= rule.keys()
        assert rule["id"] == "judged" or f"fleetplan rules {rule['id']}" in rule["help"]["text"]
    assert found["invocations"][0]["executionSuccessful"] is False


def test_an_input_error_keeps_its_fingerprint_when_lines_move() -> None:
    def only(made: Outcome) -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run(made)["results"]]

    moved = tuple(problem.replace(at=Location("plans/b.yaml", 40, 5)) for problem in invalid().problems)
    assert only(invalid().replace(problems=moved)) == only(invalid())


def test_input_errors_come_first_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    found = run(outcome("many"), invalid())
    assert [result["ruleId"] for result in found["results"]] == ["IN110", "IN201", "UVEU102"]
    monkeypatch.setattr(sarif, "MOST_RESULTS", 1)
    assert [result["ruleId"] for result in run(outcome("many"), invalid())["results"]] == ["IN110"]


def test_the_gate_is_in_the_run() -> None:
    assert [file["gate"] for file in run(outcome("fine"), older(), outcome("over"))["properties"]["files"]] == [
        "pass",
        "pass",
        "fail",
    ]


def test_waived_findings_are_suppressed() -> None:
    found = run(waived())
    assert len(found["results"]) == 3
    for result in found["results"]:
        (suppression,) = result["suppressions"]
        assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
        assert "agreed | with <BIS>" in suppression["justification"]
        assert suppression["location"]["physicalLocation"]["artifactLocation"]["uri"] == "waivers.yaml"
        assert result["level"] == "error"
    assert found["invocations"][0]["executionSuccessful"] is True
    inside = changed(
        "over",
        lambda finding: finding.replace(
            verdict="waived",
            suppression=waived().result.of("waived")[0].suppression.replace(at=Location("plans/over.plan.yaml", 2, 1)),
        ),
    )
    assert run(inside)["results"][0]["suppressions"][0]["kind"] == "inSource"


def test_warnings_and_changes() -> None:
    assert {result["level"] for result in run(warned())["results"]} == {"warning"}
    assert all("baselineState" not in result for result in run(outcome("over"))["results"])
    states = {"new": "new", "worse": "updated", "better": "updated", "unchanged": "unchanged"}
    for change, state in states.items():
        made = changed("over", lambda finding, change=change: finding.replace(change=change))
        assert {result["baselineState"] for result in run(made)["results"]} == {state}
    assert {result["baselineState"] for result in run(compared())["results"]} == {"new"}


def test_passes_have_no_level() -> None:
    found = run(outcome("fine"), show_all=True)["results"]
    assert {(result["kind"], result["level"]) for result in found} == {("pass", "none"), ("notApplicable", "none")}
    assert run(outcome("fine"))["results"] == []


def test_fingerprints_are_unique_and_know_no_line() -> None:
    def prints(*outcomes: Outcome) -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run(*outcomes)["results"]]

    before = prints(outcome("many"))
    assert len(before) == len(set(before)) > 20
    moved = changed("many", lambda finding: finding.replace(at=finding.at._replace(line=finding.at.line + 40)))
    assert prints(moved) == before
    assert prints(outcome("many").replace(file="plans/other.yaml")) != before
    twice = prints(outcome("over"), outcome("over"))
    assert len(set(twice)) == 6


def test_places_outside_the_working_folder_have_a_base() -> None:
    found = run(*CASES["elsewhere"]())
    assert set(found["originalUriBaseIds"]) == {"UP1", "UP2", "ROOT"}
    files = [
        notification["locations"][0]["physicalLocation"]["artifactLocation"]
        for notification in found["invocations"][0]["toolExecutionNotifications"]
        if notification["level"] == "note" and "not enforced" in notification["message"]["text"]
    ]
    assert files == [
        {"uri": "up.yaml", "uriBaseId": "UP1"},
        {"uri": "x/up%20two.yaml", "uriBaseId": "UP2"},
        {"uri": "root%20folder/a%20b.yaml", "uriBaseId": "ROOT"},
        {"uri": "here.yaml"},
        {"uri": "%3Cstdin%3E"},
        {"uri": "."},
        {"uri": "a%3Ab%25.yaml"},
    ]


def test_the_worst_are_kept_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 5)
    found = run(outcome("many"), warned())
    assert len(found["results"]) == 5
    excesses = [result["properties"]["excess"] for result in found["results"]]
    assert {result["level"] for result in found["results"]} == {"error"}
    assert excesses == sorted(excesses, reverse=True)
    notifications = found["invocations"][0]["toolExecutionNotifications"]
    assert any("are left out" in notification["message"]["text"] for notification in notifications)


def test_duties_are_notifications_with_their_rule() -> None:
    result = outcome("over").result
    assert result is not None
    found = run(outcome("over"))
    duties = [n for n in found["invocations"][0]["toolExecutionNotifications"] if "associatedRule" in n]
    assert [duty["associatedRule"]["id"] for duty in duties] == [duty.rule.id for duty in result.duties]
    assert all(duty["level"] == "note" for duty in duties)
    assert run(hostile())["invocations"][0]["toolExecutionNotifications"]


def test_provenance_is_in_the_run() -> None:
    (file,) = run(outcome("amended"))["properties"]["files"]
    assert file["regime"] == "factsheet-2025 (amended)"
    assert len(file["sources"][0]["sha256"]) == 64
    assert "amended: UVEU101.at_most = 10%" in file["judgedBy"]


def test_names_make_no_links() -> None:
    made = run(hostile(), *CASES["hostile problem"]())
    messages = [result["message"]["text"] for result in made["results"]]
    messages += [found["message"]["text"] for found in made["invocations"][0]["toolExecutionNotifications"]]
    assert any("[l]" in message for message in messages)
    assert not any("](" in message for message in messages)
