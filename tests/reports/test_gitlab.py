"""The report as GitLab's code quality JSON."""

from __future__ import annotations

import json
from typing import Any

from report_outcomes import CASES, changed, dropped, invalid, outcome, waived, warned

from optimizer.reports import Outcome, gitlab


def entries(*outcomes: Outcome) -> list[Any]:
    found = json.loads(gitlab.render(outcomes))
    assert isinstance(found, list)
    return found


def test_an_entry_for_each_finding() -> None:
    found = entries(outcome("over"))
    assert [entry["check_name"] for entry in found] == ["TIER301", "UVEU101", "UVEU101"]
    assert {entry["severity"] for entry in found} == {"critical"}
    assert found[1]["location"] == {"path": "plans/over.plan.yaml", "lines": {"begin": 6}}
    assert found[1]["description"].startswith("Malaysia holds 7.49 %")
    assert entries(outcome("fine")) == []
    assert entries() == []


def test_severities() -> None:
    assert {entry["severity"] for entry in entries(warned())} == {"minor"}
    assert {entry["severity"] for entry in entries(waived())} == {"info"}
    assert entries(waived())[0]["description"].startswith("Waived until 2027-01-31 by legal@example.com: agreed")
    undecided = entries(outcome("unknown"))
    assert {entry["severity"] for entry in undecided} == {"major"}
    assert undecided[0]["description"].startswith("Undecided: ")
    (early,) = entries(outcome("early"))
    assert (early["severity"], early["check_name"]) == ("major", "judged")
    assert [entry["severity"] for entry in entries(invalid())] == ["blocker"] * 3


def test_fingerprints_are_unique_and_know_no_line() -> None:
    for case in CASES:
        prints = [entry["fingerprint"] for entry in entries(*CASES[case]())]
        assert len(prints) == len(set(prints)), case
    moved = changed("over", lambda finding: finding.replace(at=finding.at._replace(line=90)))
    assert [e["fingerprint"] for e in entries(moved)] == [e["fingerprint"] for e in entries(outcome("over"))]
    assert {entry["location"]["lines"]["begin"] for entry in entries(moved)} == {90}


def test_paths_are_relative() -> None:
    for case in CASES:
        for entry in entries(*CASES[case]()):
            assert not entry["location"]["path"].startswith(("/", "./", "../"))
            assert entry["location"]["path"]


def test_what_the_verdict_rests_on_is_info() -> None:
    (entry,) = entries(outcome("amended"))
    assert (entry["severity"], entry["check_name"]) == ("info", "note")
    assert entry["description"] == "Note: judged by factsheet-2025 (amended): UVEU101.at_most = 10%"
    assert entry["location"] == {"path": "plans/amended.plan.yaml", "lines": {"begin": 1}}


def test_what_is_no_longer_judged_is_critical() -> None:
    (entry,) = entries(dropped())
    assert (entry["severity"], entry["check_name"]) == ("critical", "unfixed")
