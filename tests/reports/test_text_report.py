"""The report for people, beyond violations: warnings, waivers, duties, changes, sections, and its wording."""

from __future__ import annotations

import re

import pytest
from report_outcomes import CASES, bad_flag, compared, invalid, older, outcome, partly, waived, warned

from optimizer.checking.findings import CheckResult
from optimizer.reports import text


def test_one_of_a_thing_is_one() -> None:
    shown = text.render([outcome("floor"), outcome("fine")], quiet=True)
    assert "1 violation of 1 rule," in shown
    assert shown.endswith("2 files: 1 compliant, 1 with violations\n")
    for case in CASES:
        assert not re.search(r"(?<![\d,])1 (violations|errors|limits|files|warnings)", text.render(CASES[case]()))


def test_no_limit_is_not_counted_as_zero_limits() -> None:
    assert "0 limits" not in text.render([outcome("untouched")])
    assert "compliant with none: it sets no limit that this plan touches" in text.render([outcome("untouched")])


def test_the_headline_says_why_nothing_was_judged_and_how_to_mend_it() -> None:
    early = text.render([outcome("early")], quiet=True)
    assert "could not be decided under factsheet-2025: nothing was judged: the regime begins in 2025Q1 (" in early
    assert "(leave the quarter empty for what stands already)" in early
    result = _result("fine").replace(unjudged=True)
    passed = tuple(
        f.replace(limit=f.limit.replace(why="the rule was in force until 2024-12-31")) for f in result.findings
    )
    made = outcome("fine").replace(result=result.replace(findings=passed, left_out=("UVEU101",)))
    shown = text.render([made], quiet=True)
    assert "1 rule not asked for, nothing was judged: the rule was in force until 2024-12-31 (" in shown


def test_a_plan_that_passes_with_older_violations_is_not_called_compliant() -> None:
    shown = text.render([older()], quiet=True)
    assert "floor.plan.yaml: no new violation; NOT compliant with ifr-2025: 1 violation of 1 rule" in shown
    assert "no new violation" not in text.render([compared()], quiet=True)
    several = text.render([older(), older(), waived(), warned(), partly(), outcome("fine")], quiet=True)
    assert several.splitlines()[-1] == (
        "6 files: 2 compliant, 1 passes with warnings, 1 passes by waiver or baseline, "
        "2 with no new violation; NOT compliant; 3 rules not asked for"
    )


def test_a_bad_flag_is_no_file() -> None:
    shown = text.render([outcome("over"), bad_flag()])
    assert "command line: IN604 --ignore: found 'UVEU1': there is no such rule." in shown
    assert shown.endswith("\n1 file: 1 with violations; 1 error in the flags\n")


def _result(name: str) -> CheckResult:
    result = outcome(name).result
    assert result is not None
    return result


def test_waived_findings_stay_listed() -> None:
    shown = text.render([waived()])
    first = shown.splitlines()[0]
    assert "passes by waiver or baseline under factsheet-2025: 3 waived," in first
    assert "NOT" not in first
    assert "WAIVED UVEU101  Malaysia  from 2026Q2 (2 periods to 2026Q3)" in shown
    assert "Malaysia holds 7.49 % of" in shown
    assert "  Waived until 2027-01-31 by legal@example.com: agreed | with <BIS> (waivers.yaml:3:1)" in shown


def test_warnings_are_told_from_violations() -> None:
    shown = text.render([warned()])
    assert shown.startswith("plans/over.plan.yaml: passes with warnings under factsheet-2025: 3 warnings,")
    assert "WARNING UVEU101  Malaysia" in shown
    assert "FAIL" not in shown


def test_what_changed_is_marked_and_sections_are_shown() -> None:
    shown = text.render([compared()])
    assert "FAIL UVEU101  Malaysia  from 2026Q2 (2 periods to 2026Q3)  [new]" in shown
    table = shown[shown.index("Headroom:") :].splitlines()
    assert table[1] == "How many more fit, each alone."
    assert table[2:4] == ["  country   accelerator  more", "  --------  -----------  -----"]
    assert table[4:6] == ["  Malaysia  h100-sxm        12", "  A | B     <x>          1,200"]


def test_duties_are_listed_with_their_dates() -> None:
    result = outcome("over").result
    assert result is not None
    assert result.duties
    shown = text.render([outcome("over")])
    duties = shown[shown.index("Duties:") : shown.index("Judged by:")]
    for duty in result.duties:
        assert duty.rule.id in duties
        assert duty.due in duties
    assert "Duties:" not in text.render([outcome("untouched")])


def test_the_rules_that_judged_are_named() -> None:
    shown = text.render([outcome("amended")])
    judged = shown[shown.index("Judged by:") :]
    assert "- amended: UVEU101.at_most = 10%" in judged
    assert "- factsheet-2025 extends ifr-2025" in judged
    assert "as published" in judged
    assert "; as published" not in text.render([outcome("over").replace(result=_as_of("2025-03-01"))])


def _as_of(day: str) -> object:
    result = outcome("over").result
    assert result is not None
    return result.replace(as_of=day)


def test_a_date_asked_for_is_said() -> None:
    shown = text.render([outcome("over").replace(result=_as_of("2025-03-01"))])
    assert "NOT compliant with factsheet-2025 as of 2025-03-01: " in shown
    assert "as the law stood on 2025-03-01" in shown


@pytest.mark.parametrize("name", ["over", "floor", "unknown", "many"])
def test_long_lines_are_wrapped(name: str) -> None:
    first, *lines = text.render([outcome(name)], show_all=True).splitlines()
    assert [line for line in lines if len(line) > text.WIDTH] == []
    assert "plans/" in first


def test_quiet_is_a_line_for_each_file_with_its_errors_and_what_was_asked_for() -> None:
    shown = text.render([outcome("over"), invalid(), outcome("unknown")], quiet=True)
    assert [line.split(":")[0] for line in shown.splitlines()] == [
        "plans/over.plan.yaml",
        "plans/b.yaml",
        *["  plans/b.yaml"] * 2,
        "  ... and 7 more",
        "plans/unknown.plan.yaml",
        "3 files",
    ]
    asked = text.render([compared()], quiet=True)
    assert "Headroom:\nHow many more fit, each alone.\n  country" in asked
    assert "FAIL" not in asked
    assert "Judged by" not in asked
    assert text.render([], quiet=True) == "no file was checked\n"
