"""`fleetplan rules`: a rule, a finding's name or an error's code in, its explanation out, with no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from optimizer.cli.main import main
from optimizer.cli.rules import input_codes, named
from optimizer.domain.plan import RegimeRef
from optimizer.explain.input_examples import INPUT_EXAMPLES, PLAN, ROW, SETTINGS, TABLE, WAIVER
from optimizer.explain.rule_page import first_cases
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


RUN_ROW = "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\n"
HOME = "{country: US, accelerator: h100-sxm, gpus: 90000}"
BREAKS = RUN_ROW + f"placements:\n- {HOME}\n- {{country: MY, accelerator: h100-sxm, gpus: 9000, quarter: 2026Q1}}\n"


def put(folder: Path, where: str, part: str) -> None:
    """The part in a file of the folder, with what belongs around it."""
    row = part if where == ROW else HOME
    plan = part if where == PLAN else f"placements: [{row}]"
    whole = "" if plan.startswith("fleetplan:") else RUN_ROW
    if "fleetplan: plan/" in plan:
        plan += RUN_ROW.partition("\n")[2].join(("\n", ""))
    if "placements" not in plan:
        plan += f"\nplacements: [{HOME}]"
    if where == TABLE:
        (folder / "rows.plan.csv").write_text(part + "\n", encoding="utf-8")
    elif where == SETTINGS:
        (folder / "fleetplan.toml").write_text(part + "\n", encoding="utf-8")
    elif where == WAIVER:
        (folder / "a.plan.yaml").write_text(BREAKS, encoding="utf-8")
        rows = part.replace("\n", "\n  ")
        text = f"fleetplan: waivers/1\nwaivers:\n- {rows}\n"
        (folder / "waivers.yaml").write_text(text, encoding="utf-8")
    else:
        (folder / "a.plan.yaml").write_text(f"{whole}{plan}\n", encoding="utf-8")


def codes_found(capsys: Capture, folder: Path) -> list[str]:
    """The codes of the input errors that a check of the folder finds."""
    arguments = ["check", "-f", "json", "--today", "2026-11-22"]
    if (folder / "waivers.yaml").exists():
        arguments += ["--waivers", "waivers.yaml"]
    if (folder / "rows.plan.csv").exists() and not (folder / "fleetplan.toml").exists():
        text = (folder / "rows.plan.csv").read_text(encoding="utf-8")
        if "johor" not in text:  # the example of a table without its firm
            arguments += ["--headquarters", "US", "--status", "uveu"]
    main(arguments)
    out, err = capsys.readouterr()
    if not out:  # settings that cannot be read: there is no report
        return re.findall("IN[0-9]{3}", err)
    return [error["code"] for error in json.loads(out)["errors"]]


@pytest.mark.parametrize("code", sorted(INPUT_EXAMPLES))
def test_each_example_gives_its_code_and_its_mend_gives_none(
    code: str, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    (tmp_path / "rows.csv").write_text("country,accelerator,gpus\nUS,h100-sxm,1\n", encoding="utf-8")
    example = INPUT_EXAMPLES[code]
    if example.where == SETTINGS:
        put(tmp_path, ROW, HOME)
    put(tmp_path, example.where, example.wrong)
    assert code in codes_found(capsys, tmp_path)
    put(tmp_path, example.right_in or example.where, example.right)
    assert codes_found(capsys, tmp_path) == []


def test_the_commonest_codes_have_an_example_with_its_mend(capsys: Capture) -> None:
    assert len(INPUT_EXAMPLES) >= 20
    assert set(INPUT_EXAMPLES) <= set(input_codes())
    text = answer(capsys, "IN110")
    assert "    {country: UK, accelerator: h100-sxm, gpus: 800}" in text
    assert "How to mend it: Write the ISO 3166 alpha-2 code" in text
    assert json.loads(answer(capsys, "IN110", "-f", "json"))["example"]["right"].startswith("{country: GB")
    assert json.loads(answer(capsys, "IN001", "-f", "json"))["example"] is None
    assert "Wrong, in fleetplan.toml:" in answer(capsys, "IN701", "-f", "markdown")


def test_three_worked_cases_are_shown_and_all_when_asked_for(capsys: Capture) -> None:
    text = answer(capsys, "UVEU101")
    assert "3. " in text
    assert "\n4. " not in text
    assert text.rstrip().endswith("more worked cases: fleetplan rules UVEU101 --cases.")
    every = answer(capsys, "UVEU101", "--cases")
    assert "\n4. " in every
    assert "--cases" not in every
    assert len(text.splitlines()) < 120 < len(every.splitlines())


def test_few_cases_are_all_shown() -> None:
    page = "# X\n\n## Worked cases\n\nIntro.\n" + "".join(f"\n### {n}. Case\n" for n in (1, 2, 3))
    assert first_cases(page, "X") == page
    assert first_cases(page + "\n### 4. Case\n", "X").endswith("1 more worked case: `fleetplan rules X --cases`.\n")
    assert first_cases("# X\n\nNo cases.\n", "X") == "# X\n\nNo cases.\n"


def test_no_column_of_a_worked_case_is_empty(capsys: Capture) -> None:
    for row in answer(capsys, "UVEU101", "--cases").splitlines():
        if row.startswith("|"):
            assert row.strip("| ").count("|") in (1, 4), row


def test_a_code_that_there_is_not_says_which_there_are(capsys: Capture) -> None:
    assert "IN205" in answer(capsys, "IN299", code=2)
    assert "no code" in answer(capsys, "IN888", code=2)
