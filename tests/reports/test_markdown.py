"""The report as Markdown, fit for a comment."""

from __future__ import annotations

import re

import pytest
from report_outcomes import (
    CASES,
    SECTION,
    changed,
    compared,
    hostile,
    hostile_problem,
    hostile_waiver,
    invalid,
    outcome,
    waived,
    warned,
)

from optimizer.reports import Outcome, markdown, markdown_page
from optimizer.reports.judged import judged

CELL = re.compile(r"(?<!\\)\|")


def tables(text: str) -> list[list[list[str]]]:
    """Every table of a page as a host reads it: rows of cells, the header first."""
    found: list[list[list[str]]] = []
    before = ""
    for line in text.split("\n"):
        if line.startswith("|"):
            if not before.startswith("|"):
                found.append([])
            found[-1].append([cell.strip() for cell in CELL.split(line)[1:-1]])
        before = line
    return found


def part(text: str, title: str) -> str:
    return text[text.index(title) :].partition("\n### ")[0]


def test_the_verdict_comes_first_then_what_breaks() -> None:
    text = markdown.render([outcome("over")])
    assert text.startswith(
        "## fleetplan: NOT compliant\n\n- **plans/over.plan.yaml**: NOT compliant with factsheet-2025"
    )
    (header, rule, *rows), *_ = tables(part(text, "### Violations"))
    assert header[:3] == ["Rule", "Where", "When"]
    assert set(rule) == {"---"}
    assert rows[0][:6] == [
        "UVEU101",
        "Malaysia",
        "from 2026Q2 (2 periods to 2026Q3)",
        "119,160,000",
        "111,407,520",
        "7,752,480",
    ]
    assert rows[0][-1] == "plans/over.plan.yaml:6:3"
    assert len(rows) == 2
    assert "Judged by" in text
    assert "Notes" in text


@pytest.mark.parametrize(
    ("case", "title"),
    [
        ("fine", "compliant"),
        ("unknown", "could not be decided"),
        ("early", "could not be decided"),
        ("invalid", "input could not be read"),
        ("all", "input could not be read"),
        ("waived", "passes by waiver or baseline"),
        ("warned", "passes with warnings"),
        ("older", "no new violation; NOT compliant"),
        ("compared", "NOT compliant"),
        ("partly", "compliant (3 rules not asked for)"),
        ("bad flag", "input could not be read"),
    ],
)
def test_the_headline_is_the_status(case: str, title: str) -> None:
    assert markdown.render(CASES[case]()).splitlines()[0] == f"## fleetplan: {title}"


def test_a_share_is_shown_beside_the_share_that_is_allowed() -> None:
    header, _, malaysia, china = tables(part(markdown.render([outcome("over")]), "### Violations"))[0]
    column = header.index("Share, of allowed")
    assert malaysia[column] == "7.49 % of 7 %"
    assert china[column] == ""
    floor = tables(part(markdown.render([outcome("floor")]), "### Violations"))[0]
    assert floor[2][column] == "33.33 % of 50 %"
    result = outcome("over").result
    assert result is not None
    banned = tuple(finding for finding in result.findings if finding.limit.rule.id == "TIER301")
    text = markdown.render([outcome("over").replace(result=result.replace(findings=banned))])
    assert "### Violations" in text
    assert "Share, of allowed" not in text


@pytest.mark.parametrize(
    ("measured", "base", "said"),
    [
        (7_001, 100_000, "7.001 % of 7 %"),
        (7 * 10**9 + 1, 10**11, "over 7 % of 7 %"),
        (7 * 10**9 - 1, 10**11, "under 7 % of 7 %"),
        (7, 100, "7 % of 7 %"),
        (0, 0, ""),
    ],
)
def test_a_share_is_never_rounded_to_its_bound(measured: int, base: int, said: str) -> None:
    made = changed("over", lambda finding: finding.replace(measured=measured, base=base))
    assert {one.share for one in judged([made], "fail") if one.rule == "UVEU101"} == {said}


def test_items_of_a_section_stand_below_the_line_that_introduces_them() -> None:
    section = SECTION.replace(lines=("Together:", "- MY (Tier 2): 0 TPP"))
    text = markdown.render([outcome("fine").replace(sections=(section,))])
    assert "- Together:\n  - MY (Tier 2): 0 TPP\n" in text
    assert "- -" not in text


def test_other_parts() -> None:
    assert "### Undecided" in markdown.render([outcome("unknown")])
    assert "### Warnings" in markdown.render([warned()])
    waivers = part(markdown.render([waived()]), "### Waived")
    assert "2027-01-31" in waivers
    assert "agreed \\| with &lt;BIS&gt;" in waivers
    errors = part(markdown.render([invalid()]), "### Errors in the input")
    assert [row[0] for row in tables(errors)[0][2:]] == ["IN110", "IN201", ""]
    assert "### Kept" in markdown.render([outcome("fine")], show_all=True)
    text = markdown.render([compared()])
    assert tables(part(text, "### Violations"))[0][0][-1] == "Change"
    assert tables(part(text, "### Headroom"))[0][-1] == ["A \\| B", "&lt;x&gt;", "1,200"]


def test_duties_stand_with_their_dates_in_order() -> None:
    result = outcome("over").result
    assert result is not None
    text = markdown.render([outcome("over")])
    assert f"<summary>Duties ({len(result.duties)})</summary>" in text
    rows = next(table for table in tables(text) if table[0][0] == "Due")[2:]
    assert [row[0] for row in rows] == sorted(duty.due for duty in result.duties)


@pytest.mark.parametrize("made", [hostile, hostile_problem, hostile_waiver], ids=lambda made: made.__name__)
def test_hostile_names_are_text(made: object) -> None:
    text = markdown.render([made()], show_all=True)  # type: ignore[operator]
    for markup in ("<script", "@octocat", "[l](", "https://", "`a`", "-->", "$x$"):
        assert markup not in text
    assert not re.search(r"(?<!\\)`", text)
    for table in tables(text):
        assert len({len(row) for row in table}) == 1


def test_a_page_stays_short_and_says_what_it_left_out() -> None:
    many = [outcome("many").replace(file=f"plans/{number}.plan.yaml") for number in range(300)]
    text = markdown.render([*many, waived(), compared()], show_all=True)
    assert 20_000 < len(text) < 60_000
    cut = [int(count.replace(",", "")) for count in re.findall(r"\*([\d,]+) more are left out", text)]
    shown = sum(1 for line in text.split("\n") if line.startswith("- **plans/"))
    assert shown + cut[0] == 302
    assert "### Waived" in text
    assert text.count("<details>") == text.count("</details>")


def test_a_part_takes_half_of_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown_page, "MOST_CHARACTERS", 300)
    page = markdown_page.Page()
    page.lines("## one", ["x" * 49] * 10)
    page.table("two", ("a", "b"), [("c", "d")])
    text = page.text()
    assert text.count("x" * 49) == 2
    assert "*8 more are left out here" in text
    assert tables(text) == [[["a", "b"], ["---", "---"], ["c", "d"]]]


def test_no_file() -> None:
    assert "no file was checked" in markdown.render([])
    assert isinstance(Outcome("x").status, str)
