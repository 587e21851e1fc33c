"""`fleetplan rules`: a rule, a finding's name or an error's code in, its explanation out, with no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.cli.main import main
from optimizer.cli.rules import input_codes, named
from optimizer.domain.plan import RegimeRef
from optimizer.regimes import builtin_regimes, load_regime

Capture = pytest.CaptureFixture[str]


def answer(capsys: Capture, *arguments: str, code: int = 0) -> str:
    """What `fleetplan rules ARGUMENTS` prints."""
    assert main(["rules", *arguments]) == code
    out, err = capsys.readouterr()
    return err if code else out


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UVEU101", "UVEU101"),
        ("uveu101", "UVEU101"),
        (" UVEU101(MY,2026Q4) ", "UVEU101"),
        ("LPP501(own group,2026)", "LPP501"),
        ("in205", "IN205"),
        ("myCap", "myCap"),
    ],
)
def test_what_is_meant_by_a_name(written: str, meant: str) -> None:
    assert named(written) == meant


def test_every_rule_and_duty_is_explained_with_its_source(capsys: Capture) -> None:
    for name in builtin_regimes():
        regime = load_regime(RegimeRef(name))
        for rule in [record.rule for record in regime.records] + [duty.rule for duty in regime.duties]:
            text = answer(capsys, rule.id)
            assert rule.citation in text
            assert f"{name}" in text
            assert "```" not in text
            assert "**" not in text


def test_a_finding_is_explained_by_its_name_with_worked_cases(capsys: Capture) -> None:
    text = answer(capsys, "UVEU101(MY,2026Q4)")
    assert text.startswith("UVEU101: At most 7 %")
    assert "Worked cases" in text
    assert "    fleetplan: plan/1" in text
    assert "What to do" in text


def test_markdown_is_the_page_itself(capsys: Capture) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "rules" / "CAP201.md"
    assert answer(capsys, "CAP201", "-f", "markdown") == page.read_text(encoding="utf-8")


def test_json_says_what_each_regime_has(capsys: Capture) -> None:
    found = json.loads(answer(capsys, "UVEU103", "-f", "json"))
    assert [one["regime"] for one in found] == ["ifr-2025"]
    assert found[0]["at least"] == "50 % of all of it"
    listed = json.loads(answer(capsys, "-f", "json"))
    assert {one["regime"] for one in listed} == set(builtin_regimes())


def test_the_list_names_rules_and_duties(capsys: Capture) -> None:
    text = answer(capsys)
    for name in ("factsheet-2025", "ifr-2025", "none", "UVEU103", "DUTY601"):
        assert name in text
    assert "| rule" in answer(capsys, "-f", "markdown")


def test_a_rule_of_another_regime_is_told_where_it_stands(capsys: Capture) -> None:
    assert "It stands in ifr-2025." in answer(capsys, "UVEU103", "--regime", "factsheet-2025", code=2)


def test_an_unknown_rule_is_told_which_one_is_near(capsys: Capture) -> None:
    assert "UVEU101" in answer(capsys, "UVEU10", code=2)
    assert "\x1b" not in answer(capsys, "\x1b[31mX", code=2)


def test_an_amended_regime_is_shown_as_it_is(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "fleetplan: regime/1\nid: mine\nextends: ifr-2025\namend: {UVEU101.at_most: 10%}\nadd:\n"
        "  - {id: xtra, title: Half at home, citation: the board, grade: A, assumed: all of it, each: quarter,\n"
        "     measured: {countries: [US]}, at_least: 50%, of: all}\n",
        encoding="utf-8",
    )
    text = answer(capsys, "UVEU101", "--regime", str(path))
    assert "10 % of all of it" in text
    assert "Worked cases" not in text
    assert "Half at home" in answer(capsys, "XTRA", "--regime", str(path))


@pytest.mark.parametrize("code", sorted(input_codes()))
def test_every_code_is_explained(capsys: Capture, code: str) -> None:
    assert input_codes()[code] in answer(capsys, code.lower())
    assert json.loads(answer(capsys, code, "-f", "json"))["code"] == code
    assert answer(capsys, code, "-f", "markdown").startswith(f"# {code}: ")


def test_a_code_that_there_is_not_says_which_there_are(capsys: Capture) -> None:
    assert "IN205" in answer(capsys, "IN299", code=2)
    assert "no code" in answer(capsys, "IN888", code=2)
