"""Which rules are judged, and what fails."""

from __future__ import annotations

import pytest
from gate_helpers import result, verdicts
from test_waiving import TIER_3

from optimizer.check import check
from optimizer.errors import Location
from optimizer.gate.policy import Policy, known_rules, narrowed, refuse_names, verdict
from optimizer.reading import read_plan

AT = Location("command line")


LOOKED_AT = {"UVEU101", "UVEU102", "CAP201"}


@pytest.mark.parametrize(
    ("policy", "rules"),
    [
        (Policy(), LOOKED_AT),
        (Policy(select=("UVEU101",)), {"UVEU101"}),
        (Policy(ignore=("UVEU101", "UVEU102")), {"CAP201"}),
        (Policy(select=("UVEU101", "UVEU102"), ignore=("UVEU101",)), {"UVEU102"}),
    ],
)
def test_rules_are_chosen_and_what_is_left_out_is_said(policy: Policy, rules: set[str]) -> None:
    narrow = narrowed(result(), policy)
    assert {finding.limit.rule.id for finding in narrow.findings} & LOOKED_AT == rules
    said = [note.values["text"] for note in narrow.notes if "Not judged" in note.values.get("text", "")]
    assert len(said) == bool(policy.names)
    for text in said:
        assert {rule for rule in LOOKED_AT if rule in text} == LOOKED_AT - rules
        assert "TIER301" not in text


def test_duties_of_rules_that_are_left_out_are_left_out() -> None:
    assert {duty.rule.id for duty in result().duties} >= {"DUTY601", "DUTY603"}
    assert narrowed(result(), Policy(select=("UVEU101",))).duties == ()
    assert {duty.rule.id for duty in narrowed(result(), Policy(select=("DUTY601",))).duties} == {"DUTY601"}


def test_the_ban_is_judged_in_every_run() -> None:
    banned = check(read_plan("a.plan.yaml", stdin_text=TIER_3))
    for policy in (Policy(select=("UVEU101",)), Policy(ignore=("TIER301",))):
        assert verdicts(narrowed(banned, policy))["TIER301(CN,2026Q1)"] == "fail"
    assert [problem.code for problem in refuse_names(Policy(ignore=("TIER301",)), {"TIER301"}, AT)] == ["IN603"]


def test_unknown_rules_are_refused_and_those_of_other_regimes_are_not() -> None:
    policy = Policy(select=("UVEU1O1",), ignore=("AIA250",))
    known = known_rules([result()], policy.names)
    (problem,) = refuse_names(policy, known, AT)
    assert (problem.code, problem.field) == ("IN604", "--select")
    assert "UVEU101" in problem.mend
    assert {"AIA250", "LPP501"} <= known_rules([], ["AIA250"])


def test_the_mildest_severity_that_fails() -> None:
    over = result()
    mild = over.replace(findings=tuple(finding.replace(severity="warning") for finding in over.findings))
    assert verdict(narrowed(mild, Policy()), compared=False) == 0
    assert verdict(narrowed(mild, Policy(fail_on="warning")), compared=False) == 1
    assert verdict(narrowed(over, Policy()), compared=False) == 1
    assert narrowed(mild, Policy(select=("UVEU101",), fail_on="warning")).status == "violations"
