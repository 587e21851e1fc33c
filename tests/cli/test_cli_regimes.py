"""`fleetplan regimes`: the list, one regime, and the comparison of two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimizer.cli.main import main
from optimizer.regimes import builtin_regimes

Capture = pytest.CaptureFixture[str]


def answer(capsys: Capture, *arguments: str, code: int = 0) -> str:
    """What `fleetplan regimes ARGUMENTS` prints."""
    assert main(["regimes", *arguments]) == code
    out, err = capsys.readouterr()
    return err if code else out


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A regime of one's own, with a percentage changed and a country moved."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "fleetplan: regime/1\nid: mine\ntitle: Ours <b>| mine\nextends: ifr-2025\n"
        "amend: {UVEU101.at_most: 10%, tiers.move.MY: 1}\n",
        encoding="utf-8",
    )
    return str(path)


def test_each_regime_is_shown_with_what_it_is_made_of(capsys: Capture, mine: str) -> None:
    for name in (*builtin_regimes(), mine):
        text = answer(capsys, name)
        for word in ("Quarters:", "Tier 1:", "Rules:", "Readings", "Where it comes from:"):
            assert word in text
    assert "built on ifr-2025" in text
    assert "amended: UVEU101.at_most = 10%" in text


def test_the_list_is_the_built_in_ones_in_text_and_json(capsys: Capture) -> None:
    assert "(default)" in answer(capsys)
    assert [one["id"] for one in json.loads(answer(capsys, "-f", "json"))] == list(builtin_regimes())
    one = json.loads(answer(capsys, "ifr-2025", "-f", "json"))
    assert one["timeline"][0]["from"] == "2025-01-13"
    assert {"id", "question", "chosen"} <= one["readings"][0].keys()


def test_a_comparison_in_text(capsys: Capture, mine: str) -> None:
    text = answer(capsys, "diff", "ifr-2025", mine)
    assert "MY (Malaysia)\n" in text
    assert "7 % of all of it" in text
    assert "10 % of all of it" in text
    assert "built on ifr-2025" in text
    assert "3 differences." in text


def test_a_comparison_in_json(capsys: Capture, mine: str) -> None:
    document = json.loads(answer(capsys, "diff", "ifr-2025", mine, "-f", "json"))
    assert document["identical"] is False
    assert document["second"]["amendments"][0] == {"path": "UVEU101.at_most", "value": "10%"}
    by_kind = {entry["kind"]: entry for entry in document["differences"]}
    assert by_kind["rule"]["parts"] == [{"part": "at most", "first": "7 % of all of it", "second": "10 % of all of it"}]
    assert by_kind["tiers"]["parts"] == [{"part": "MY (Malaysia)", "first": "Tier 2", "second": "Tier 1"}]


def test_a_comparison_in_markdown_escapes_what_the_file_says(capsys: Capture, mine: str) -> None:
    text = answer(capsys, "diff", "ifr-2025", mine, "-f", "markdown")
    assert r"Ours \<b\>\| mine" in text
    assert "| at most | 7 % of all of it | 10 % of all of it |" in text


def test_a_regime_compared_with_itself(capsys: Capture) -> None:
    assert "They do not differ" in answer(capsys, "diff", "none", "none")
    assert json.loads(answer(capsys, "diff", "none", "none", "-f", "json"))["identical"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        ["diff"],
        ["diff", "none"],
        ["diff", "none", "ifr-2025", "factsheet-2025"],
        ["none", "ifr-2025"],
        ["none", "-f", "markdown"],
        ["diff", "none", "ifr-2024"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_shown_or_compared_is_refused(capsys: Capture, arguments: list[str]) -> None:
    assert answer(capsys, *arguments, code=2)
