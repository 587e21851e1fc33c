"""Which findings a waiver covers: at its boundaries of amount, time, place and rule, and what is said of the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gate_helpers import OVER, WAIVER, result, verdicts

from optimizer.check import CheckResult, check
from optimizer.errors import Location
from optimizer.explain.sentences import sentence
from optimizer.gate.scopes import matches
from optimizer.gate.waivers import Waiver
from optimizer.gate.waiving import WaiverDesk
from optimizer.reading import read_plan
from optimizer.units import Quarter, quarters

TODAY = "2026-11-22"
LIMIT = "UVEU101(MY,2026Q1)"


def waiver(**changes: Any) -> Waiver:
    values: dict[str, Any] = {**WAIVER, "at": Location("w.yaml", 3), **changes}
    values["quarters"] = frozenset(Quarter.parse(text) for text in values["quarters"])
    return Waiver(**values)


def applied(*waivers: Waiver, to: CheckResult | None = None, today: str = TODAY) -> tuple[CheckResult, WaiverDesk]:
    desk = WaiverDesk(waivers, Path(), today)
    to = result() if to is None else to
    desk.refuse_unwaivable(to)
    desk.refuse_scopes(to)
    return desk.apply(to), desk


def test_what_is_covered_is_waived_and_says_by_whom() -> None:
    settled, desk = applied(waiver())
    (finding,) = settled.of("waived")
    assert finding.limit.name == LIMIT
    assert finding.suppression is not None
    assert finding.suppression.kind == "waiver"
    assert finding.suppression.reason == WAIVER["reason"]
    assert finding.suppression.approved_by == WAIVER["approved_by"]
    assert (finding.suppression.expires, finding.suppression.at) == ("2026-12-31", Location("w.yaml", 3))
    assert (settled.status, finding.excess) == ("compliant", OVER)
    assert desk.notes() == []


@pytest.mark.parametrize(("most", "verdict"), [(OVER, "waived"), (OVER - 1, "fail"), (OVER + 1, "waived")])
def test_the_excess_may_be_as_large_as_is_said_and_no_larger(most: int, verdict: str) -> None:
    settled, desk = applied(waiver(max_excess_tpp=most))
    assert verdicts(settled)[LIMIT] == verdict
    said = [note.values["text"] for note in desk.notes()]
    assert [f"is broken by {OVER:,} TPP" in text for text in said] == [True] * (verdict == "fail")


@pytest.mark.parametrize(
    ("expires", "verdict"),
    [(TODAY, "waived"), ("2026-11-21", "fail"), ("2026-11-23", "waived"), ("2020-01-01", "fail")],
)
def test_it_holds_to_the_end_of_its_last_day(expires: str, verdict: str) -> None:
    settled, desk = applied(waiver(expires=expires))
    assert verdicts(settled)[LIMIT] == verdict
    assert [("lapsed after " + expires) in note.values["text"] for note in desk.notes()] == [True] * (verdict == "fail")


@pytest.mark.parametrize(("approved", "verdict"), [("2026-11-23", "waived"), ("2026-11-24", "fail")])
def test_it_holds_from_its_approval_a_day_left_for_time_zones(approved: str, verdict: str) -> None:
    settled, desk = applied(waiver(approved=approved))
    assert verdicts(settled)[LIMIT] == verdict
    assert len(desk.notes()) == (verdict == "fail")


def test_too_long_a_one_waives_nothing_and_neither_do_its_neighbours() -> None:
    settled, desk = applied(waiver(expires="2027-11-24"), waiver(scope="SG"))
    assert [problem.code for problem in desk.problems] == ["IN602"]
    assert verdicts(settled)[LIMIT] == "fail"
    settled, desk = applied(waiver(expires="2027-11-23"))
    assert desk.problems == []
    assert verdicts(settled)[LIMIT] == "waived"


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "UVEU102"},
        {"scope": "SG"},
        {"quarters": ["2025Q4", "2026Q2"]},
        {"plan": "b.plan.yaml"},
        {"plan": "*/a.plan.yaml"},
        {"plan": "../a.plan.yaml"},
    ],
    ids=str,
)
def test_another_rule_place_quarter_or_plan_is_not_covered(change: dict[str, Any]) -> None:
    settled, desk = applied(waiver(**change))
    assert verdicts(settled)[LIMIT] == "fail"
    (note,) = desk.notes()
    assert "covers nothing" in note.values["text"]


@pytest.mark.parametrize(
    ("change", "today", "says"),
    [
        ({"expires": "2026-11-21"}, TODAY, "lapsed after 2026-11-21"),
        ({"approved": "2026-11-24"}, TODAY, "is approved only on 2026-11-24"),
        ({"quarters": ["2025Q4"]}, TODAY, "does not name 2026Q1"),
        ({"max_excess_tpp": OVER - 1}, TODAY, f"covers an excess of at most {OVER - 1:,} TPP"),
        ({"expires": "2026-11-21", "max_excess_tpp": 1}, TODAY, "lapsed after 2026-11-21 and covers an excess of at"),
    ],
    ids=str,
)
def test_a_finding_says_why_its_waiver_does_not_cover_it(change: dict[str, Any], today: str, says: str) -> None:
    settled, _ = applied(waiver(**change), today=today)
    (finding,) = settled.of("fail")
    assert finding.remark.startswith(f"Its waiver (w.yaml:3) {says}")
    assert finding.remark.endswith(".")
    assert finding.remark in sentence(finding, settled.plan.catalogue)


def test_a_finding_says_nothing_of_waivers_that_are_about_another_one() -> None:
    for change in ({"rule": "UVEU102"}, {"scope": "SG"}, {"plan": "b.plan.yaml"}):
        assert applied(waiver(**change, expires="2026-01-01"))[0].of("fail")[0].remark == ""
    assert applied()[0].of("fail")[0].remark == ""


def test_of_several_waivers_the_nearest_is_named_and_none_beside_one_that_covers() -> None:
    far = waiver(expires="2026-01-01", max_excess_tpp=1, at=Location("w.yaml", 9))
    near = waiver(expires="2026-11-21")
    assert "(w.yaml:3) lapsed" in applied(far, near)[0].of("fail")[0].remark
    assert applied(far, waiver())[0].of("waived")[0].remark == ""


def test_a_yearly_limit_says_how_many_quarters_its_waiver_lacks() -> None:
    yearly = check(read_plan("a.plan.yaml", stdin_text=YEARLY))
    for named, says in ((["2026Q1"], "2026Q2 and 2 other quarters"), (["2026Q1", "2026Q2"], "2026Q3 and 2026Q4")):
        one = waiver(rule="LPP501", scope="own group", quarters=named, max_excess_tpp=10**6)
        assert f"does not name {says}." in applied(one, to=yearly)[0].of("fail")[0].remark


@pytest.mark.parametrize(
    ("scope", "mend"),
    [("Malaysia", "'MY'"), ("MYS", "'MY'"), ("my", "'MY'"), ("UK", "'GB'"), ("XX", "MY"), ("firm", "MY")],
)
def test_a_rule_by_country_is_waived_for_a_country(scope: str, mend: str) -> None:
    settled, desk = applied(waiver(scope=scope))
    (problem,) = desk.problems
    assert (problem.code, problem.field, problem.at.line) == ("IN110", "scope", 3)
    assert mend in problem.mend
    assert verdicts(settled)[LIMIT] == "fail"
    assert applied(waiver(scope=scope, plan="other.plan.yaml"))[1].problems == []


@pytest.mark.parametrize(
    ("rule", "scope"),
    [("LPP501", "Malaysia"), ("LPP501", "XX"), ("WGT701", "MY,johor"), ("UVEU102", "firm"), ("UVEU101", "SG")],
)
def test_scopes_that_are_a_consignee_or_a_site_are_free(rule: str, scope: str) -> None:
    assert applied(waiver(rule=rule, scope=scope))[1].problems == []


@pytest.mark.parametrize("plan", ["a.plan.yaml", "./a.plan.yaml", "*.plan.yaml", "**", "**/a.plan.yaml", "?.plan.*"])
def test_a_plan_is_named_by_path_or_glob(plan: str) -> None:
    assert verdicts(applied(waiver(plan=plan))[0])[LIMIT] == "waived"


def test_a_star_stays_within_its_folder() -> None:
    deep = result(file="plans/deep/a.plan.yaml")
    assert verdicts(applied(waiver(plan="*.yaml"), to=deep)[0])[LIMIT] == "fail"
    assert verdicts(applied(waiver(plan="plans/*.yaml"), to=deep)[0])[LIMIT] == "fail"
    assert verdicts(applied(waiver(plan="plans/**/*.yaml"), to=deep)[0])[LIMIT] == "waived"


def test_paths_start_from_the_folder_of_the_waivers() -> None:
    deep = result(file="plans/a.plan.yaml")
    assert verdicts(WaiverDesk([waiver(plan="a.plan.yaml")], Path("plans"), TODAY).apply(deep))[LIMIT] == "waived"
    assert verdicts(WaiverDesk([waiver(plan="../plans/*")], Path("other"), TODAY).apply(deep))[LIMIT] == "waived"


def test_the_second_of_two_covers_what_the_first_does_not() -> None:
    settled, desk = applied(waiver(max_excess_tpp=1), waiver(quarters=["2026Q1", "2026Q2"]))
    assert verdicts(settled)[LIMIT] == "waived"
    assert len(desk.notes()) == 1


def test_a_limit_of_the_whole_firm_has_that_scope() -> None:
    heavy = result(40)
    assert heavy.of("fail")[1].limit.name == "UVEU102(2026Q1)"
    settled, _ = applied(waiver(rule="UVEU102", scope="firm", max_excess_tpp=10**9), to=heavy)
    assert verdicts(settled)["UVEU102(2026Q1)"] == "waived"
    assert verdicts(settled)[LIMIT] == "fail"


TIER_3 = """fleetplan: plan/1
firm: {name: A, headquarters: US, status: uveu}
placements:
- {country: US, accelerator: h100-sxm, gpus: 90, quarter: 2026Q1}
- {country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
"""


def test_what_nobody_can_waive_is_an_error_and_stays() -> None:
    banned = check(read_plan("a.plan.yaml", stdin_text=TIER_3))
    one = waiver(rule="TIER301", scope="CN", max_excess_tpp=10**9)
    settled, desk = applied(one, to=banned)
    assert [problem.code for problem in desk.problems] == ["IN603"]
    assert verdicts(settled)["TIER301(CN,2026Q1)"] == "fail"
    # even where a plan's regime would have it otherwise
    loose = banned.regime.replace(
        records=tuple(record.replace(rule=record.rule.replace(waivable=True)) for record in banned.regime.records)
    )
    settled, _ = applied(one, to=check(banned.plan, loose))
    assert verdicts(settled)["TIER301(CN,2026Q1)"] == "fail"


def test_a_rule_that_a_regime_lets_nobody_waive_is_an_error_for_the_plans_it_judges() -> None:
    over = result()
    strict = over.regime.replace(
        records=tuple(
            record.replace(rule=record.rule.replace(waivable=record.rule.id != "UVEU101"))
            for record in over.regime.records
        )
    )
    judged = check(over.plan, strict)
    settled, desk = applied(waiver(), to=judged)
    assert [problem.code for problem in desk.problems] == ["IN603"]
    assert verdicts(settled)[LIMIT] == "fail"
    assert applied(waiver(plan="other.yaml"), to=judged)[1].problems == []


YEARLY = """fleetplan: plan/1
firm: {name: A, headquarters: US, status: none}
placements:
- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 1701, quarter: 2026Q1, authorization: lpp}
"""


def test_a_limit_on_a_year_needs_all_its_quarters() -> None:
    yearly = check(read_plan("a.plan.yaml", stdin_text=YEARLY))
    assert verdicts(yearly)["LPP501(own group,2026)"] == "fail"
    for last, verdict in (("2026Q3", "fail"), ("2026Q4", "waived")):
        span = [str(quarter) for quarter in quarters(Quarter.parse("2026Q1"), Quarter.parse(last))]
        one = waiver(rule="LPP501", scope="own group", quarters=span, max_excess_tpp=10**6)
        assert verdicts(applied(one, to=yearly)[0])["LPP501(own group,2026)"] == verdict


UNHELD = """fleetplan: plan/1
firm: {name: A, headquarters: US, status: none}
horizon: {first: 2026Q1, last: 2026Q2}
placements:
- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, authorization: uveu}
"""


def test_a_limit_with_no_period_needs_every_quarter_that_is_judged() -> None:
    unheld = check(read_plan("a.plan.yaml", stdin_text=UNHELD))
    assert verdicts(unheld)["AUTH200(MY)"] == "fail"
    for named, verdict in ((["2026Q1"], "fail"), (["2026Q1", "2026Q2"], "waived")):
        one = waiver(rule="AUTH200", quarters=named, max_excess_tpp=10**6)
        assert verdicts(applied(one, to=unheld)[0])["AUTH200(MY)"] == verdict


def test_what_is_undecided_is_never_waived() -> None:
    late = check(read_plan("a.plan.yaml", stdin_text=TIER_3.replace("CN", "MY").replace("2026Q1", "2031Q1")))
    unsure = late.of("undecided")
    assert unsure
    rules = {finding.limit.rule.id for finding in unsure}
    every = [
        waiver(rule=rule, scope=s, quarters=["2031Q1"], max_excess_tpp=10**17) for rule in rules for s in ("MY", "firm")
    ]
    settled, _ = applied(*every, to=late)
    assert settled.of("undecided") == unsure
    assert settled.status == "undecided"


def test_an_unknown_rule_is_an_error() -> None:
    desk = WaiverDesk([waiver(rule="UVEU1O1")], Path(), TODAY)
    desk.refuse_unknown({"UVEU101", "UVEU102"})
    (problem,) = desk.problems
    assert problem.code == "IN604"
    assert "UVEU101" in problem.mend


@pytest.mark.parametrize("pattern", ["*a" * 90, "**/" * 60 + "x", "[" * 200, "?*" * 90])
def test_no_pattern_takes_long(pattern: str) -> None:
    assert not matches(pattern, "/".join(["a" * 250 + "b"] * 8))
