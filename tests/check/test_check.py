"""What the checker says beside the verdicts: places, codes as written, notes, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from optimizer.check import CheckResult, check
from optimizer.domain.plan import Horizon, Placement, RegimeRef
from optimizer.errors import InputError
from optimizer.explain.sentences import NOTES, note_text
from optimizer.reading import read_plan
from optimizer.regimes import load_regime
from optimizer.units import Quarter

Checked = Callable[..., CheckResult]


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """The check of the plan whose body, without its first line, is given."""

    def run(body: str, firm: str = "{name: A, headquarters: US, status: uveu}") -> CheckResult:
        path = tmp_path / "a.plan.yaml"
        path.write_text(f"fleetplan: plan/1\nfirm: {firm}\n{body}", encoding="utf-8")
        return check(read_plan(path))

    return run


def codes(result: CheckResult) -> list[str]:
    return [note.code for note in result.notes]


def test_undecided_wins_over_violations_and_both_are_listed(checked: Checked) -> None:
    result = checked(
        """placements:
- {country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, authorization: lpp, consignee: X}
"""
    )
    assert result.status == "undecided"
    assert result.counts["fail"] == len(result.of("fail")) > 0
    assert result.counts["undecided"] == 1
    assert sum(result.counts.values()) == len(result.findings)


def test_findings_stand_in_the_order_rule_country_period(checked: Checked) -> None:
    result = checked(
        """regime: ifr-2025
horizon: {first: 2026Q1, last: 2026Q2}
placements:
- {country: TH, accelerator: h100-sxm, gpus: 1}
- {country: MY, accelerator: h100-sxm, gpus: 1, authorization: lpp}
"""
    )
    names = [
        finding.limit.name for finding in result.findings if finding.limit.rule.id in ("UVEU101", "LPP501", "CAP201")
    ]
    assert names == [
        *(f"UVEU101({country},{quarter})" for country in ("MY", "TH") for quarter in ("2026Q1", "2026Q2")),
        *(f"CAP201({country},{quarter})" for country in ("MY", "TH") for quarter in ("2026Q1", "2026Q2")),
        "LPP501(own group,2026)",
        "LPP501(own group,undated)",
    ]


def test_a_finding_points_at_the_row_with_the_largest_share(checked: Checked) -> None:
    result = checked(
        """placements:
- {country: US, accelerator: h100-sxm, gpus: 100}
- {country: MY, accelerator: h20-sxm, gpus: 99, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 50, quarter: 2026Q1}
- {country: MY, accelerator: gb200-nvl72, gpus: 21, quarter: 2026Q1}
- {country: MY, accelerator: gb200-nvl72, gpus: 999, quarter: 2026Q2}
"""
    )
    first = next(f for f in result.of("fail") if f.limit.name == "UVEU101(MY,2026Q1)")
    assert first.at is not None
    assert (first.at.line, first.at.column) == (7, 3)
    assert [row.gpus for row in first.placements if isinstance(row, Placement)] == [21, 50, 99]
    assert first.gpus == {"gb200-nvl72": 21, "h100-sxm": 50, "h20-sxm": 99}


def test_chips_that_do_not_count_are_no_rows_behind_a_finding(checked: Checked) -> None:
    result = checked(
        """regime: ifr-2025
placements:
- {country: MY, accelerator: h20-sxm, gpus: 9999, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
"""
    )
    (finding,) = [f for f in result.of("fail") if f.limit.rule.id == "UVEU101"]
    assert finding.gpus == {"h100-sxm": 1}
    assert len(finding.placements) == 1


def test_a_broken_floor_points_at_what_stands_elsewhere(checked: Checked) -> None:
    result = checked(
        """regime: ifr-2025
placements:
- {country: US, accelerator: h100-sxm, gpus: 100, quarter: 2026Q1}
- {country: DE, accelerator: h100-sxm, gpus: 101, quarter: 2026Q1}
"""
    )
    (finding,) = result.of("fail")
    assert finding.limit.name == "UVEU103(2026Q1)"
    assert finding.at is not None
    assert finding.at.line == 6


def test_a_finding_shows_a_dependency_as_it_is_written(checked: Checked) -> None:
    body = "placements:\n- {country: HK, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
    (alone,) = [f for f in checked(body).of("fail") if f.limit.rule.id == "TIER301"]
    assert (alone.country, alone.limit.country) == ("HK", "CN")
    both = body + "- {country: CN, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
    (mixed,) = [f for f in checked(both).of("fail") if f.limit.rule.id == "TIER301"]
    assert mixed.country == "CN"
    kept = checked("placements:\n- {country: PR, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n")
    assert {f.country for f in kept.findings if f.limit.country == "US"} == {"PR"}


def test_a_move_is_a_row_behind_a_finding(checked: Checked) -> None:
    result = checked(
        """placements:
- {country: US, accelerator: h100-sxm, gpus: 100}
moves:
- {accelerator: h100-sxm, gpus: 26, quarter: 2026Q2, from: {country: US}, to: {country: MY}}
"""
    )
    finding = next(f for f in result.of("fail") if f.limit.rule.id == "UVEU101")
    assert finding.at is not None
    assert finding.at.line == 6


def test_taking_more_than_stands_there_is_an_input_error_with_every_place(checked: Checked) -> None:
    with pytest.raises(InputError) as caught:
        checked(
            """placements:
- {country: US, site: ashburn, accelerator: h100-sxm, gpus: 10}
retirements:
- {country: US, site: phoenix, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}
- {country: US, accelerator: h100-sxm, gpus: 10, quarter: 2026Q1}
- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q2}
moves:
- {accelerator: h100-sxm, gpus: 11, quarter: 2026Q1, from: {country: US}, to: {country: DE}}
"""
        )
    problems = caught.value.problems
    assert [problem.code for problem in problems] == ["IN207"] * 3
    assert sorted(problem.at.line or 0 for problem in problems) == [6, 8, 10]
    assert "only 10 h100-sxm stand in United States" in str(caught.value)


def test_a_plan_made_in_memory_may_not_reach_beyond_its_horizon(checked: Checked) -> None:
    plan = checked("placements:\n- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q2}\n").plan
    with pytest.raises(InputError, match="IN202"):
        check(plan.replace(horizon=Horizon(Quarter.parse("2026Q1"), Quarter.parse("2026Q1"))))


def test_a_snapshot_is_judged_once_in_the_regimes_first_quarter(checked: Checked) -> None:
    result = checked("placements:\n- {country: MY, accelerator: h100-sxm, gpus: 1}\n")
    assert {f.limit.period for f in result.of("fail")} == {Quarter.parse("2025Q1")}
    assert any("snapshot" in note_text(note) for note in result.notes)


def test_a_horizon_that_ends_before_the_regime_is_not_called_compliant(checked: Checked) -> None:
    result = checked("placements:\n- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2024Q4}\n")
    assert {f.verdict for f in result.findings} == {"not_applicable"}
    assert result.status == "undecided"
    assert "nothing_judged" in codes(result)
    later = checked(
        "horizon: {first: 2024Q4, last: 2025Q1}\nplacements:\n- {country: US, accelerator: h100-sxm, gpus: 1}\n"
    )
    assert later.status == "compliant"
    assert "judged_from" in codes(later)


def test_amendments_judge_and_are_noted(checked: Checked) -> None:
    body = """regime:
  extends: ifr-2025
  amend: {CAP201.measured.authorizations: [uveu, allocation], UVEU101.at_most: 10%}
placements:
- {country: US, accelerator: h100-sxm, gpus: 900000, quarter: 2026Q1}
- {country: MY, accelerator: h100-sxm, gpus: 100000, quarter: 2026Q1}
"""
    result = checked(body)
    assert [f.limit.rule.id for f in result.of("fail")] == ["CAP201"]
    assert codes(result).count("amended") == 2
    assert any("UVEU101.at_most = 10%" in note_text(note) for note in result.notes)
    assert checked(body.replace("10%", "9.9%")).counts["fail"] == 2


NOTED = {
    "not_enforced": "- {country: US, accelerator: h100-sxm, gpus: 1}",
    "licence": "- {country: MY, accelerator: h100-sxm, gpus: 1, authorization: licence}",
    "national_use_missing": "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}",
    "undated_counted": "- {country: MY, accelerator: h100-sxm, gpus: 1}",
    "low_confidence": "- {country: US, accelerator: tpu-v5p, gpus: 1}",
    "unknown_3a090a": "- {country: US, accelerator: tpu-v5e, gpus: 1}",
    "assumed": "- {country: CY, accelerator: h100-sxm, gpus: 1}",
    "took_across": "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n"
    "- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, authorization: licence}\n"
    "retirements:\n- {country: MY, accelerator: h100-sxm, gpus: 2, quarter: 2026Q1}",
}


@pytest.mark.parametrize("code", NOTED)
def test_note(code: str, checked: Checked) -> None:
    regime = "ifr-2025" if code == "unknown_3a090a" else "factsheet-2025"
    result = checked(f"regime: {regime}\nplacements:\n{NOTED[code]}\n")
    assert code in codes(result)
    for note in result.notes:
        assert "{" not in note_text(note)


def test_notes_that_depend_on_the_firm_or_the_regime(checked: Checked) -> None:
    row = "placements:\n- {country: DE, accelerator: h100-sxm, gpus: 1, holds_weights: true}\n"
    result = checked(f"regime: none\n{row}", "{name: A, headquarters: AE, status: none}")
    assert {"weights_unruled", "assumed_licence", "enforcement_not_stated"} <= set(codes(result))
    assert result.status == "compliant"
    assert {note.code for note in result.notes} <= set(NOTES)


def test_notes_are_quiet_where_there_is_nothing_to_say(checked: Checked) -> None:
    result = checked("placements:\n- {country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n")
    assert codes(result) == ["not_enforced"]


def test_check_takes_another_regime_than_the_plans(checked: Checked) -> None:
    plan = checked("placements:\n- {country: MY, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1}\n").plan
    assert check(plan).status == "violations"
    assert check(plan, load_regime(RegimeRef("none"))).status == "compliant"
