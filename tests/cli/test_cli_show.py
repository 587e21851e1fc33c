"""`fleetplan show accelerators`: the catalogue as people and programs read it."""

from __future__ import annotations

import json

import pytest

from optimizer.cli.main import main
from optimizer.domain.catalogue import bundled_catalogue


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert main(["show", *arguments]) == 0
    return capsys.readouterr().out.splitlines()


def test_all_are_listed_the_largest_first(capsys: pytest.CaptureFixture[str]) -> None:
    head, *rows, note = lines(capsys, "accelerators")
    assert head.split()[:4] == ["accelerator", "TPP", "H100e", "3A090.a"]
    assert note == "* assumed or recollected"
    catalogue = bundled_catalogue()
    assert {row.split()[0] for row in rows} == {*catalogue}
    amounts = [int(row.split()[1].rstrip("*").replace(",", "")) for row in rows]
    assert amounts == sorted(amounts, reverse=True)


def test_one_is_shown_by_its_id_or_an_alias(capsys: pytest.CaptureFixture[str]) -> None:
    _, row, note = lines(capsys, "accelerators", "h100-sxm")
    assert row.split()[:5] == ["h100-sxm", "15,832", "1.00", "yes", "8"]
    assert note.startswith("*")
    aliases = bundled_catalogue().aliases
    alias = next(iter(aliases))
    assert lines(capsys, "accelerators", alias)[1].split()[0] == aliases[alias]


def test_as_json_whole_numbers_are_numbers_and_decimals_text(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = json.loads("\n".join(lines(capsys, "accelerators", "gb200-nvl72", "-f", "json")))
    assert (row["tpp"], row["gpus_per_unit"], row["kw_per_gpu"]) == (40_000, 72, "1.83")
    assert "kw_per_gpu" in row["assumed"]
    everything = json.loads("\n".join(lines(capsys, "accelerators", "-f", "json")))
    assert len(everything) == len(bundled_catalogue())
    assert any(row["capex_usd"] is None for row in everything)


def test_one_that_is_not_there_is_refused_with_those_that_are_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "accelerators", "h100-smx"]) == 2
    assert "no accelerator 'h100-smx' in the catalogue. Did you mean h100-sxm" in capsys.readouterr().err
    assert main(["show", "accelerators", "\x1b[31m"]) == 2
    told = capsys.readouterr().err
    assert "\x1b" not in told
    assert "lists them all" in told
