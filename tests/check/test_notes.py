"""Notes on rows that may not mean what they say."""

from __future__ import annotations

from pathlib import Path

from optimizer.check import check
from optimizer.explain.sentences import mend, note_text, sentence
from optimizer.reading import read_plan

HEAD = "fleetplan: plan/1\nfirm: {name: Test, headquarters: US, status: uveu}\nplacements:\n"


def notes(rows: str) -> list[str]:
    return [note_text(note) for note in check(read_plan(Path("plan.yaml"), stdin_text=HEAD + rows)).notes]


def test_a_bundled_site_in_another_country_than_the_table_is_noted() -> None:
    said = notes("  - {country: US, site: johor, accelerator: h100-sxm, gpus: 8}\n")
    assert any("johor lies in Malaysia" in note and "US" in note for note in said)


def test_a_site_of_its_country_or_unknown_to_the_table_is_not() -> None:
    rows = "  - {country: MY, site: johor, accelerator: h100-sxm, gpus: 8}\n"
    rows += "  - {country: US, site: our own hall, accelerator: h100-sxm, gpus: 800}\n"
    assert not any("lies in" in note for note in notes(rows))


def test_what_is_taken_as_a_licensed_allocation_is_said(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan.yaml"
    head = "fleetplan: plan/1\nregime: ifr-2025\nplacements:\n"
    rows = "- {country: AE, accelerator: h100-sxm, gpus: 40000, quarter: 2025Q1}\n"
    plan.write_text(f"firm: {{name: A, headquarters: AE, status: nveu}}\n{head}{rows}", encoding="utf-8")
    notes = {note.code: note_text(note) for note in check(read_plan(plan)).notes}
    assert notes["allocation_taken"].startswith("United Arab Emirates: 40,000 h100-sxm name no authorization")
    assert "NVEU401 judges nothing" in notes["nveu_nowhere"]
    listed = "firm: {name: A, headquarters: AE, status: nveu, nveu_countries: [AE]}\n"
    plan.write_text(f"{listed}{head}{rows}", encoding="utf-8")
    assert not {"allocation_taken", "nveu_nowhere"} & {note.code for note in check(read_plan(plan)).notes}
    written = rows.replace("quarter", "authorization: allocation, quarter")
    plan.write_text(f"firm: {{name: A, headquarters: SG, status: none}}\n{head}{written}", encoding="utf-8")
    assert "allocation_taken" not in {note.code for note in check(read_plan(plan)).notes}


def test_a_ban_for_the_firm_says_that_it_is_not_for_the_country(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan.yaml"
    rows = "placements: [{country: US, accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, authorization: licence}]\n"
    plan.write_text(f"fleetplan: plan/1\nfirm: {{name: A, headquarters: CN, status: none}}\n{rows}", encoding="utf-8")
    result = check(read_plan(plan))
    (finding,) = [finding for finding in result.of("fail") if finding.limit.rule.id == "TIER301"]
    assert "a firm with this headquarters or ultimate parent" in sentence(finding, result.plan.catalogue)
    assert "Such a firm may place nothing" in mend(finding)


def test_an_amended_rule_says_so_in_its_title(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan.yaml"
    rows = "placements: [{country: US, accelerator: h100-sxm, gpus: 1}]\n"
    regime = "regime: {extends: ifr-2025, amend: {UVEU101.at_most: 5%}}\n"
    plan.write_text(f"fleetplan: plan/1\nfirm: {{name: A, headquarters: US, status: uveu}}\n{regime}{rows}", "utf-8")
    record = check(read_plan(plan)).regime.record("UVEU101")
    assert record is not None
    assert record.rule.title.endswith("(amended: at_most = 5%)")


def test_what_the_plan_claims_itself_is_said() -> None:
    said = notes(
        "  - {country: AE, accelerator: mine, gpus: 8, quarter: 2026Q1}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 800, quarter: 2026Q2}\n"
        "accelerators: [{accelerator: mine, tpp: 5000}]\nagreements: [{country: AE, from: 2026Q1}]\n"
        "horizon: {first: 2026Q2, last: 2026Q2}\n"
    )
    assert any("mine itself: 5,000 TPP" in note for note in said)
    assert any("arrangement with United Arab Emirates" in note for note in said)
    assert any("as early as 2026Q1" in note and "not judged" in note for note in said)


def test_closed_weights_go_where_the_chips_go(tmp_path: Path) -> None:
    plan = tmp_path / "a.plan.yaml"
    plan.write_text(
        HEAD + "  - {country: US, site: a, accelerator: h100-sxm, gpus: 80, holds_weights: true}\n"
        "moves: [{accelerator: h100-sxm, gpus: 8, quarter: 2026Q1, from: {country: US}, to: {country: MY, site: j}}]\n",
        encoding="utf-8",
    )
    (finding,) = check(read_plan(plan)).of("undecided")
    assert finding.limit.name == "WGT701(MY,j)"
