"""The report in one line for each finding."""

from __future__ import annotations

import re

from report_outcomes import CASES, compared, invalid, outcome, waived, warned

from optimizer.reports import concise

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
