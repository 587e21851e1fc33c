"""The report in one line for each finding."""

from __future__ import annotations

import re

from report_outcomes import CASES, SECTION, changed, compared, dropped, invalid, older, outcome, partly, waived, warned

from optimizer.reports import Outcome, concise

LINE = re.compile(r"(?P<file>\S.*?):(?P<line>[1-9]\d*):(?P<column>[1-9]\d*): (?P<name>[A-Z]+\d{3}\S*) (?P<rest>.+)")


def test_every_line_but_the_last_is_a_place_and_a_rule() -> None:
    *lines, last = concise.render([outcome("over")]).splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert [match["name"] for match in found if match] == [
        "TIER301(CN,2026Q3)",
        "UVEU101(MY,2026Q2)",
        "UVEU101(MY,2026Q3)",
    ]
    assert lines[1] == (
        "plans/over.plan.yaml:6:3: UVEU101(MY,2026Q2) fail: 119,160,000 TPP, at most 111,407,520; 7,752,480 too much"
    )
    assert last == "1 file: 1 with violations"


def test_the_verdict_is_in_the_line() -> None:
    assert " waived: " in concise.render([waived()])
    assert "too much; waived until 2027-01-31 by legal@example.com: agreed" in concise.render([waived()])
    assert " warning: " in concise.render([warned()])
    assert " fail (new): " in concise.render([compared()])
    assert "; not known whether tpu-v5e meets 3A090.a" in concise.render([outcome("unknown")])
    assert "too little" in concise.render([outcome("floor")])


def test_input_errors_are_lines_too() -> None:
    lines = concise.render([invalid()]).splitlines()
    assert lines[0] == "plans/b.yaml:3:5: IN110 error: country: found 'UK': no such country. Write GB."
    assert lines[1].startswith("plans/b.yaml:1:1: IN201 error: ")
    assert lines[2] == "plans/b.yaml:1:1: ... and 7 more errors"
    assert lines[3] == "1 file: 1 invalid input"


def test_quiet_leaves_out_the_last_line_and_all_adds_what_passes() -> None:
    assert concise.render([outcome("fine")], quiet=True) == ""
    everything = concise.render([outcome("fine")], show_all=True)
    assert "UVEU102(2026Q1) pass: 0 TPP, at most " in everything
    assert " not_applicable: " in everything
    assert " due 20" in everything
    assert concise.render([]) == "no file was checked\n"
    assert all("\n" not in line for line in concise.render(CASES["hostile"]()).splitlines())


def test_the_last_line_has_the_words_of_the_other_formats() -> None:
    def last(*outcomes: Outcome) -> str:
        return concise.render(outcomes).splitlines()[-1]

    assert last(waived()) == "1 file: 1 passes by waiver or baseline"
    assert last(waived(), waived()) == "2 files: 2 pass by waiver or baseline"
    assert last(warned()) == "1 file: 1 passes with warnings"
    assert last(older()) == "1 file: 1 with no new violation; NOT compliant"
    assert last(partly()) == "1 file: 1 compliant; 3 rules not asked for"


def test_why_nothing_was_judged_is_said() -> None:
    first, *_ = concise.render([outcome("early")]).splitlines()
    assert first.startswith("plans/early.plan.yaml:1:1: undecided: could not be decided under factsheet-2025: ")
    assert "nothing was judged: the regime begins in 2025Q1 (leave the quarter empty" in first


def test_sections_show_their_beginning_even_when_quiet() -> None:
    line = "plans/over.plan.yaml:1:1: headroom: How many more fit, each alone."
    assert line in concise.render([compared()]).splitlines()
    assert line in concise.render([compared()], quiet=True).splitlines()
    lines = ("Together:", "- MY: 0 TPP", "- SG: 7 TPP", "Alone:", "- no more")
    made = outcome("fine").replace(sections=(SECTION.replace(lines=lines), SECTION.replace(lines=())))
    shown = [found.partition("1:1: ")[2] for found in concise.render([made], quiet=True).splitlines()]
    assert shown == ["headroom: Together:", "headroom: MY: 0 TPP", "headroom: SG: 7 TPP", "headroom: Headroom"]


def test_a_remark_stands_in_the_line_of_its_finding() -> None:
    made = changed("over", lambda finding: finding.replace(remark="Its waiver lapsed (w.yaml:3:3)."))
    assert "too much; Its waiver lapsed (w.yaml:3:3).\n" in concise.render([made])
    assert "; Its" not in concise.render([outcome("over")])


def test_a_note_of_what_the_verdict_rests_on_is_a_line() -> None:
    line = "plans/amended.plan.yaml: note: judged by factsheet-2025 (amended): UVEU101.at_most = 10%"
    assert line in concise.render([outcome("amended")]).splitlines()
    assert line in concise.render([outcome("amended")], quiet=True).splitlines()
    assert "note:" not in concise.render([outcome("fine")])


def test_what_is_no_longer_judged_is_a_line() -> None:
    first, *_, last = concise.render([dropped()]).splitlines()
    assert first.startswith("plans/fine.plan.yaml:1:1: fail: The older version broke TIER301(CN,2026Q3); ")
    assert last == "1 file: 1 fails the comparison"
