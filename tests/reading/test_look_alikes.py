"""Names that only look different, or only look the same: neither may slip past a limit."""

from __future__ import annotations

from pathlib import Path

import pytest
from reading_helpers import HEAD, SCENARIO_HEAD, plan, problems_of, scenario, scenario_problems

from optimizer.check import check
from optimizer.errors import InputError
from optimizer.explain.sentences import note_text
from optimizer.reading import read_plan

US = "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n"
SITES = "sites: [{site: one, country: US, power_mw: 300}]\n"


@pytest.mark.parametrize("name", ["H100-SXM", "h100_sxm", "h100 sxm", "B200", "ｈ100-sxm"])
def test_an_own_accelerator_is_not_the_catalogues_in_another_spelling(name: str) -> None:
    (problem,) = problems_of(f"{HEAD}accelerators: [{{accelerator: {name}, tpp: 1}}]\n{US}")
    assert (problem.code, problem.field) == ("IN205", "accelerators[0].accelerator")
    assert "a name of its own" in problem.mend


def test_what_an_own_accelerator_counts_is_noted() -> None:
    got = plan(f"{HEAD}accelerators: [{{accelerator: h100x, tpp: 1}}]\n{US.replace('h100-sxm', 'h100x')}")
    assert any("h100x itself: 1 TPP" in note_text(note) for note in check(got).notes)


@pytest.mark.parametrize("other", ["acme labs", "Acme  Labs", "Ａcme Labs"])
def test_a_consignee_is_declared_once_however_it_is_written(other: str) -> None:
    rows = f"{{consignee: Acme Labs, parent: A, headquarters: US}}, {{consignee: {other}, parent: B, headquarters: US}}"
    (problem,) = problems_of(f"{HEAD}consignees: [{rows}]\n{US}")
    assert (problem.code, problem.field) == ("IN204", "consignees[1].consignee")


@pytest.mark.parametrize("hidden", ["\ufe0f", "\u3164", "\u034f", "\u2800"])
def test_a_name_holds_nothing_that_does_not_show(hidden: str) -> None:
    row = f"{{consignee: Acme{hidden}, parent: A, headquarters: US}}"
    (problem,) = problems_of(f"{HEAD}consignees: [{row}]\n{US}")
    assert problem.code == "IN109"
    assert "does not show" in problem.why


def test_such_characters_may_stand_in_comments() -> None:
    assert plan(f"{HEAD}# careful \u26a0\ufe0f\n{US}").placements


@pytest.mark.parametrize("line", ["regmie = 'ifr-2025'", "retirements = []", "fleetplan = 'plan/1'"])
def test_a_setting_that_is_none_is_refused_and_not_passed_over(line: str, tmp_path: Path) -> None:
    firm = "\n[firm]\nheadquarters = 'US'\nstatus = 'uveu'\n"
    (tmp_path / "fleetplan.toml").write_text(line + firm, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("country,accelerator,gpus\nUS,h100-sxm,8\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_plan(tmp_path / "rows.csv")
    (problem,) = caught.value.problems
    assert (problem.code, problem.field) == ("IN102", f"'{line.split()[0]}'")


@pytest.mark.parametrize("part", ["measured: {sites: [Two]}, at_most: 8", "at_most: 5%, of: {sites: [Two]}"])
def test_an_own_limit_looks_at_candidate_sites_only(part: str) -> None:
    text = f"{SCENARIO_HEAD}{SITES}own_limits: [{{id: OWN1, title: t, {part}}}]\n"
    (problem,) = scenario_problems(text)
    assert problem.code == "IN401"
    assert scenario(text.replace("Two", "one")).own_limits
