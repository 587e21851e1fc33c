"""The headroom part of a report: figures that can be worked out by hand, and what stands in its lines and document."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from optimizer.check import CheckResult, check
from optimizer.domain.countries import countries
from optimizer.explain.additions import Additions
from optimizer.explain.boxes import headroom_section
from optimizer.explain.joint_box import Row, Share, fill
from optimizer.explain.sections import Section
from optimizer.reading import read_plan

H100 = 15_832


def judged(rows: str, regime: str = "factsheet-2025", more: str = "", status: str = "uveu") -> CheckResult:
    text = (
        f"fleetplan: plan/1\nfirm: {{name: Test, headquarters: US, status: {status}}}\n"
        f"regime: {regime}\nhorizon: {{first: 2026Q1, last: 2026Q4}}\n{more}placements:\n{rows}"
    )
    return check(read_plan("plan.yaml", stdin_text=text))


def row(country: str, gpus: int, quarter: str = "2026Q1", accelerator: str = "h100-sxm") -> str:
    return f"  - {{country: {country}, accelerator: {accelerator}, gpus: {gpus}, quarter: {quarter}}}\n"


def alone(section: Section, country: str, accelerator: str = "h100-sxm") -> dict[str, Any]:
    return next(
        one for one in section.document["alone"] if country in one["countries"] and one["accelerator"] == accelerator
    )


def test_a_share_leaves_what_the_arithmetic_says() -> None:
    # 93,000 at home and 6,000 abroad: n more there keep (6,000 + n) <= 7 % of (99,000 + n) up to n = 1,000 exactly.
    found = alone(headroom_section(judged(row("US", 93_000) + row("MY", 6_000))), "MY")
    assert found["from_first_quarter"] == {"gpus": 1_000, "limit": "UVEU101(MY,2026Q1)", "state": "fits"}
    assert found["authorization"] == "uveu"
    assert found["in_plan"]


def test_a_later_quarter_may_have_more_room() -> None:
    found = alone(headroom_section(judged(row("US", 93_000) + row("MY", 6_000) + row("US", 186_000, "2026Q4"))), "MY")
    assert found["from_first_quarter"]["gpus"] == 1_000
    assert found["in_last_quarter"] == {"gpus": 15_000, "limit": "UVEU101(MY,2026Q4)", "state": "fits"}


def test_countries_outside_the_plan_are_found_under_their_tier() -> None:
    section = headroom_section(
        judged(row("US", 93_000) + row("MY", 6_000), more="agreements: [{country: SA, from: 2026Q1}]\n")
    )
    codes = [code for one in section.document["alone"] for code in one["countries"]]
    assert sorted(codes) == sorted(code for code, country in countries().items() if country.follows is None)
    assert alone(section, "IN")["from_first_quarter"]["gpus"] == 7_451  # n <= 7 % of (99,000 + n)
    assert alone(section, "SA")["countries"] == ["SA"]  # the agreement tells it from the others
    assert alone(section, "DE")["from_first_quarter"] == {"gpus": None, "limit": None, "state": "any number"}
    assert alone(section, "CN")["from_first_quarter"] == {"gpus": 0, "limit": "TIER301(AF,2026Q1)", "state": "fits"}
    labels = [cells[0] for cells in section.table]
    assert labels[1:3] == ["US (Tier 1)", "MY (Tier 2)"]
    assert {"another Tier 1 country", "another Tier 2 country", "another Tier 3 country"} <= set(labels)


def test_countries_on_one_line_are_treated_alike_one_by_one() -> None:
    result = judged(row("US", 93_000) + row("MY", 6_000), "ifr-2025", "national_use: {SG: 789000000}\n", "none")
    additions = Additions(result, [code for code, country in countries().items() if country.follows is None])
    for line in headroom_section(result).document["alone"]:
        for code in line["countries"][:: max(1, len(line["countries"]) // 9)]:
            fit = additions.alone(additions.kind(code, line["accelerator"], additions.first))
            assert fit.gpus == line["from_first_quarter"]["gpus"], code


def test_what_is_broken_or_undecided_says_so() -> None:
    broken = headroom_section(judged(row("US", 1_000) + row("MY", 900)))
    assert alone(broken, "MY")["from_first_quarter"] == {"gpus": 0, "limit": "UVEU101(MY,2026Q1)", "state": "broken"}
    assert alone(broken, "US")["from_first_quarter"]["state"] == "any number"
    cells = next(cells for cells in broken.table if cells[0].startswith("MY"))
    assert cells[3:5] == ("0", "UVEU101 in 2026Q1, broken already")
    late = check(
        read_plan(
            "p.yaml",
            stdin_text="fleetplan: plan/1\nfirm: {name: T, headquarters: US, status: uveu}\n"
            "placements:\n" + row("US", 93_000, "2028Q1") + row("MY", 10, "2028Q1"),
        )
    )
    section = headroom_section(late)
    assert alone(section, "MY")["from_first_quarter"] == {"gpus": 0, "limit": "CAP201(MY,2028Q1)", "state": "undecided"}
    assert "undecided" in next(cells for cells in section.table if cells[0].startswith("MY"))


def test_under_the_law_of_another_day_a_warning_stops_nothing() -> None:
    plan = judged(row("US", 1_000) + row("MY", 900)).plan
    section = headroom_section(check(plan, as_of="2025-03-01"))
    assert alone(section, "MY")["from_first_quarter"]["state"] == "any number"


def test_the_box_shares_the_joint_room_fairly() -> None:
    # 75 at home: 25 more may stand abroad in all. Each of five takes a fifth of 25 % of the total without relief.
    rows = row("US", 75_000) + "".join(row(code, 2_000) for code in ("MY", "SG", "IN", "BR", "AE"))
    section = headroom_section(judged(rows))
    box = {one["countries"][0]: one for one in section.document["together"]["countries"]}
    assert box["US"]["gpus"] is None
    shares = [box[code]["gpus"] for code in ("MY", "SG", "IN", "BR", "AE")]
    assert sum(shares) == 15_000  # (10,000 + n) <= 25 % of (85,000 + n)
    assert max(shares) - min(shares) <= 1
    assert box["MY"]["gpus_limit"] == "UVEU102(2026Q1)"
    assert sum(box[code]["tpp"] for code in ("MY", "SG", "IN", "BR", "AE")) == 15_000 * H100


def test_what_one_country_cannot_use_goes_to_the_others() -> None:
    rows = row("US", 930_000) + row("MY", 49_900) + row("SG", 100)
    section = headroom_section(judged(rows, more="national_use: {MY: 0}\n"))
    box = {one["countries"][0]: one for one in section.document["together"]["countries"]}
    assert box["MY"]["gpus"] == 100  # to the national cap
    assert box["SG"]["gpus"] == 49_900


def test_a_home_floor_makes_other_tier_1_countries_part_of_the_box() -> None:
    section = headroom_section(judged(row("US", 60_000) + row("DE", 40_000), "ifr-2025"))
    box = {one["countries"][0]: one for one in section.document["together"]["countries"]}
    assert box["US"]["tpp"] is None
    assert box["DE"]["gpus_limit"] == "UVEU103(2026Q1)"
    another = next(one for one in section.document["together"]["countries"] if not one["in_plan"])
    assert another["tier"] == 2  # the plan has none, so one is offered
    assert box["DE"]["gpus"] + another["gpus"] == 20_000


def test_water_filling_is_fair_and_leaves_nothing() -> None:
    limit = judged(row("US", 10)).findings[0].limit
    rows = [Row({"A": 1, "B": 1, "C": 1}, 10, limit), Row({"A": 1}, 2, limit), Row({"B": 3}, 100, limit)]
    assert fill(rows, ["A", "B", "C", "D"]) == {
        "A": Share(2, limit),
        "B": Share(4, limit),
        "C": Share(4, limit),
        "D": Share(None),
    }
    assert [share.amount for share in fill([Row({"A": 2, "B": 3}, 7, limit)], ["A", "B"]).values()] == [2, 1]
    assert Fraction(7, 5) < 2  # both would stand at 7/5; A takes the unit that is left


def test_the_section_is_plain_data_and_readable_lines() -> None:
    section = headroom_section(judged(row("US", 93_000) + row("MY", 6_000)))
    assert section.key == "headroom"
    assert json.loads(json.dumps(section.document)) == section.document
    assert len({len(cells) for cells in section.table}) == 1
    assert "- MY (Tier 2): 15,832,000 TPP, or 1,000 h100-sxm; stopped by UVEU101 in 2026Q1" in section.lines
    assert "Any amount may be added beside it in US (Tier 1)." in section.lines
    assert "in 2026Q4 alone" in section.table[0]


def test_a_plan_of_one_quarter_has_one_column() -> None:
    text = "fleetplan: plan/1\nfirm: {name: T, headquarters: US, status: uveu}\nplacements:\n"
    rows = "  - {country: US, accelerator: h100-sxm, gpus: 93}\n  - {country: MY, accelerator: h100-sxm, gpus: 7}\n"
    section = headroom_section(check(read_plan("p.yaml", stdin_text=text + rows)))
    assert section.table[0] == ("country", "under", "accelerator", "from 2025Q1 on", "breaks first")
    assert alone(section, "MY")["from_first_quarter"]["gpus"] == 0
