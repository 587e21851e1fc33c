"""A plan beside its older version: each kind of change, the headroom eaten, and what still fails."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_helpers import H100, HEAD, OVER, result
from test_waiving import LIMIT, TIER_3, TODAY, waiver

from optimizer.check import CheckResult, check
from optimizer.gate.comparison import compare, comparison_section
from optimizer.gate.policy import stops, verdict
from optimizer.gate.waiving import WaiverDesk
from optimizer.reading import read_plan


@pytest.mark.parametrize(
    ("before", "after", "change", "code"),
    [(5, 10, "new", 1), (9, 10, "worse", 1), (10, 10, "unchanged", 0), (11, 10, "better", 0), (10, 5, None, 0)],
)
def test_each_change_and_whether_it_fails(before: int, after: int, change: str | None, code: int) -> None:
    compared = compare(result(after), result(before), "main")
    found = {finding.limit.name: finding.change for finding in compared.result.findings}
    assert found[LIMIT] == change
    assert verdict(compared.result, compared=True) == code
    assert [finding.limit.name for finding in compared.fixed] == [LIMIT] * (change is None)
    assert compared.result.status == ("compliant" if change is None else "violations")


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (5, 10, f"new: {LIMIT} by {3 * H100:,} TPP"),
        (9, 10, f"worse: {LIMIT}: the excess grew by {H100:,} TPP to {3 * H100:,} TPP"),
        (11, 10, f"better: {LIMIT}: the excess shrank by {H100:,} TPP, and {3 * H100:,} TPP remain"),
        (10, 5, f"fixed: {LIMIT} by {3 * H100:,} TPP"),
    ],
)
def test_a_line_says_how_far_the_excess_moved_and_what_remains(before: int, after: int, line: str) -> None:
    assert line in comparison_section(compare(result(after), result(before), "main")).lines


def test_the_excess_before_is_in_the_document() -> None:
    document = comparison_section(compare(result(10), result(9), "main")).document
    assert document["worse"] == [{"name": LIMIT, "excess": 3 * H100, "before": 2 * H100}]
    assert comparison_section(compare(result(10), result(5), "main")).document["new"][0]["before"] is None


def test_a_commit_is_named_by_its_id_too() -> None:
    section = comparison_section(compare(result(10), result(9), "HEAD~1", commit="0123456789abcdef0123"))
    assert section.title == "Compared with HEAD~1 (commit 0123456789ab)"
    assert section.document["commit"] == "0123456789abcdef0123"
    assert comparison_section(compare(result(10), result(9), "old.yaml")).title == "Compared with old.yaml"


def test_many_limits_are_counted_after_the_first_twenty() -> None:
    many = compare(result(10), result(5), "main")
    (broken,) = many.result.of("fail")
    findings = tuple(broken.replace(limit=broken.limit.replace(index=(f"L{number}",))) for number in range(22))
    (line,) = [
        line
        for line in comparison_section(many.replace(result=many.result.replace(findings=findings))).lines
        if line.startswith("new:")
    ]
    assert line.endswith(" and 2 more")


def test_the_table_has_for_each_rule_the_limit_that_lost_most_and_says_so() -> None:
    rows = "- {country: %s, accelerator: h100-sxm, gpus: %d, quarter: 2026Q1}\n"

    def fleet(**gpus: int) -> CheckResult:
        text = HEAD + "placements:\n" + "".join(rows % one for one in gpus.items())
        return check(read_plan("a.plan.yaml", stdin_text=text))

    compared = compare(fleet(US=90, MY=6, SG=4), fleet(US=95, MY=4, SG=1), "main")
    assert {one.rule: one.limit for one in compared.headroom}["UVEU101"] == "UVEU101(SG,2026Q1)"
    section = comparison_section(compared)
    assert section.table[0][1] == "limit that lost most"
    assert any("for each rule, the limit that lost most" in line for line in section.lines)


def test_the_headline_says_that_older_violations_make_a_plan_not_compliant() -> None:
    section = comparison_section(compare(result(10), result(10), "main"))
    assert section.key == "diff"
    assert section.lines[0] == (
        "0 new violations, 0 worse, 0 fixed. 1 older violation still stands: the plan is not compliant."
    )
    assert "not compliant" not in comparison_section(compare(result(5), result(10), "main")).lines[0]


def test_what_nobody_can_waive_fails_though_it_is_old() -> None:
    banned = check(read_plan("a.plan.yaml", stdin_text=TIER_3))
    compared = compare(banned, banned, "main")
    assert {finding.change for finding in compared.result.of("fail")} == {"unchanged"}
    assert [stops(finding) for finding in compared.result.of("fail")] == [True]
    assert verdict(compared.result, compared=True) == 1
    assert "nobody can waive" in comparison_section(compared).lines[0]


def test_without_an_older_version_everything_is_new() -> None:
    compared = compare(result(10), None, "main", "main does not hold this plan")
    assert [finding.change for finding in compared.result.of("fail")] == ["new"]
    assert compared.headroom == ()
    section = comparison_section(compared)
    assert "main does not hold this plan, so everything counts as new." in section.lines
    assert section.document["absent"]


def test_the_headroom_eaten_by_rule() -> None:
    compared = compare(result(6), result(4), "main")
    eaten = {one.rule: one for one in compared.headroom}
    assert set(eaten) == {"UVEU101", "UVEU102", "CAP201"}
    mine = eaten["UVEU101"]
    allowed = 7 * 100 * H100 // 100
    assert (mine.limit, mine.allowed_before, mine.allowed_after) == (LIMIT, allowed, allowed)
    assert (mine.before, mine.after, mine.tpp) == (allowed - 4 * H100, allowed - 6 * H100, 2 * H100)
    section = comparison_section(compared)
    row = next(row for row in section.table if row[0] == "UVEU101")
    assert row[-1] == "42.86 % → 14.29 %"
    assert section.document["headroom"][0]["eaten"] == 2 * H100


def test_a_country_that_is_new_had_all_its_headroom() -> None:
    compared = compare(result(6), result(0), "main")
    eaten = {one.limit: one for one in compared.headroom}
    cap = eaten["CAP201(MY,2026Q1)"]
    assert (cap.before, cap.tpp) == (791_600_000, 6 * H100)
    assert eaten[LIMIT].before == 7 * 100 * H100 // 100


def test_a_quarter_that_the_older_version_does_not_reach_has_no_headroom_before() -> None:
    longer = result(6, more="horizon: {first: 2026Q1, last: 2026Q2}\n")
    compared = compare(longer, result(6), "main")
    assert {(one.limit, one.before) for one in compared.headroom} >= {("UVEU101(MY,2026Q2)", None)}
    assert comparison_section(compared).table[1][2] == ""


def test_where_nothing_changed_that_is_said() -> None:
    section = comparison_section(compare(result(5), result(5), "main"))
    assert section.table == ()
    assert section.lines == ("0 new violations, 0 worse, 0 fixed.", "No limit has less or more headroom than before.")


def test_a_waiver_covers_what_is_new_and_it_is_said_so() -> None:
    compared = compare(result(10), result(5), "main")
    settled = WaiverDesk([waiver()], Path(), TODAY).apply(compared.result)
    section = comparison_section(compared.replace(result=settled))
    assert verdict(settled, compared=True) == 0
    assert section.lines[0].startswith("0 new violations")
    assert f"waived, though new or worse: {LIMIT} by {OVER:,} TPP" in section.lines
    assert section.document["waived"] == [{"name": LIMIT, "excess": OVER, "before": None}]


def test_what_has_become_undecided_is_neither_fixed_nor_passed_over() -> None:
    late = TIER_3.replace("CN", "MY")
    before = check(read_plan("a.plan.yaml", stdin_text=late))
    after = check(read_plan("a.plan.yaml", stdin_text=late.replace("gpus: 1,", "gpus: 1,").replace("2026Q1", "2031Q1")))
    compared = compare(after, before, "main")
    assert compared.undecided
    assert verdict(compared.result, compared=True) == 2
    assert any(line.startswith("undecided now") for line in comparison_section(compared).lines)


# ---- quarters that are no longer judged


def judged_over(first: str, last: str, more: int = 0) -> CheckResult:
    """Twenty H100s of a hundred stand in Malaysia from 2026Q2 on; `more` come home in 2027Q4."""
    rows = ["{country: US, accelerator: h100-sxm, gpus: 80}"]
    rows.append("{country: MY, accelerator: h100-sxm, gpus: 20, quarter: 2026Q2}")
    if more:
        rows.append(f"{{country: US, accelerator: h100-sxm, gpus: {more}, quarter: 2027Q4}}")
    horizon = f"horizon: {{first: {first}, last: {last}}}\nplacements:\n"
    text = HEAD + horizon + "".join(f"- {row}\n" for row in rows)
    return check(read_plan("a.plan.yaml", stdin_text=text))


def names(findings: object) -> list[str]:
    assert isinstance(findings, tuple)
    return [finding.limit.name for finding in findings]


def test_what_is_no_longer_judged_is_not_fixed() -> None:
    before, after = judged_over("2026Q2", "2027Q4"), judged_over("2027Q4", "2027Q4", more=400)
    compared = compare(after, before, "main")
    assert names(compared.fixed) == ["UVEU101(MY,2027Q4)"]
    assert names(compared.grave()) == [
        f"UVEU101(MY,{quarter})" for quarter in ("2026Q2", "2026Q3", "2026Q4", "2027Q1", "2027Q2", "2027Q3")
    ]
    section = comparison_section(compared)
    assert section.lines[0].endswith(" 6 older violations no longer judged, and not fixed.")
    assert any(line.startswith("no longer judged: UVEU101(MY,2026Q2) by ") for line in section.lines)
    assert [entry["name"] for entry in section.document["no_longer_judged"]] == names(compared.dropped)


def test_what_is_mended_in_every_quarter_is_fixed() -> None:
    before = judged_over("2026Q2", "2027Q4")
    after = judged_over("2026Q1", "2027Q4", more=400)
    assert compare(after, before, "main").dropped == ()
    assert compare(result(5), result(10), "main").dropped == ()


@pytest.mark.parametrize(("malaysia", "dropped"), [(30, True), (5, False)])
def test_a_horizon_that_ends_early_hides_nothing(malaysia: int, dropped: bool) -> None:
    before = judged_over("2026Q1", "2027Q1")
    rows = f"- {{country: MY, accelerator: h100-sxm, gpus: {malaysia}, quarter: 2026Q1}}\n"
    rows += "- {country: US, accelerator: h100-sxm, gpus: 95}\n"
    early = "horizon: {first: 2026Q1, last: 2026Q1}\nplacements:\n"
    further = "horizon: {first: 2026Q1, last: 2027Q1}\nplacements:\n"
    after, beyond = (check(read_plan("a.plan.yaml", stdin_text=HEAD + part + rows)) for part in (early, further))
    compared = compare(after, before, "main", beyond=beyond)
    assert bool(compared.dropped) == dropped
    assert len(compared.fixed) + len(compared.dropped) == len(before.of("fail"))


def test_a_warning_that_is_no_longer_judged_fails_nothing() -> None:
    before = judged_over("2026Q2", "2027Q4")
    mild = before.replace(findings=tuple(finding.replace(severity="warning") for finding in before.findings))
    compared = compare(judged_over("2027Q4", "2027Q4", more=400), mild, "main")
    assert compared.dropped
    assert compared.grave() == ()
