"""The accelerator catalogue: ids, aliases, exact figures, and rows that a plan brings itself."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest

from optimizer.bundled import data_path
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.units import TPP_PER_H100E


def test_tpp_is_the_arithmetic_of_the_data_sheet() -> None:
    """Dense TFLOPS x bits, rounded to a whole number, in every row."""
    with data_path("accelerators.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 42
    for row in rows:
        exact = Fraction(row["dense_tflops"]) * int(row["bits"])
        assert abs(exact - int(row["tpp"])) <= Fraction(1, 2), row["accelerator"]
        assert bundled_catalogue()[row["accelerator"]].tpp == int(row["tpp"])


@pytest.mark.parametrize(
    ("accelerator", "tpp"),
    [
        ("h100-sxm", 15_832),
        ("h20-sxm", 2_368),
        ("l40", 2_896),
        ("l4", 1_940),
        ("gb200-nvl72", 40_000),
        ("b200-hgx", 36_000),
    ],
)
def test_tpp_of_known_chips(accelerator: str, tpp: int) -> None:
    assert bundled_catalogue()[accelerator].tpp == tpp


def test_one_h100_equivalent_is_the_h100_sxm() -> None:
    assert bundled_catalogue()["h100-sxm"].tpp == TPP_PER_H100E


@pytest.mark.parametrize(
    ("chip", "system"),
    [
        ("b200", "b200-hgx"),
        ("b300", "b300-hgx"),
        ("gb200-per-gpu", "gb200-nvl72"),
        ("gb300-per-gpu", "gb300-nvl72"),
        ("tpu-v7-ironwood", "tpu-v7"),
        ("rtx-pro-6000-blackwell", "rtx-pro-6000"),
        ("h100-sxm", "h100-sxm"),
        ("mi350x", "mi350x"),
    ],
)
def test_a_chip_answers_to_its_own_id_and_to_its_system(chip: str, system: str) -> None:
    assert bundled_catalogue().resolve(chip) == system
    assert bundled_catalogue().resolve(system) == system


def test_unknown_names_are_not_guessed() -> None:
    assert bundled_catalogue().resolve("h100") is None  # SXM, PCIe or NVL: three TPPs
    assert bundled_catalogue().resolve("H100-SXM") is None


def test_aliases_lead_to_rows() -> None:
    catalogue = bundled_catalogue()
    assert len(catalogue.aliases) == 6
    assert set(catalogue.aliases.values()) <= set(catalogue)
    assert not set(catalogue.aliases) & set(catalogue)


def test_planning_figures_are_read_exactly() -> None:
    rack = bundled_catalogue()["gb200-nvl72"]
    assert (rack.gpus_per_unit, rack.kw_per_gpu, rack.capex_usd) == (72, Fraction(183, 100), 62_000)
    assert rack.placeable
    assert {"kw_per_gpu", "capex_usd"} <= rack.assumed


def test_rows_without_a_system_can_be_checked_but_not_placed() -> None:
    catalogue = bundled_catalogue()
    assert sum(row.placeable for row in catalogue.values()) == 15
    assert not catalogue["h100-pcie"].placeable
    assert catalogue["h100-pcie"].capex_usd is None


def test_recollected_rows_are_marked() -> None:
    low = [row for row in bundled_catalogue().values() if row.confidence == "low"]
    assert {row.id for row in low} >= {"rtx-4090", "tpu-v4", "tpu-v7"}
    assert all("tpp" in row.assumed for row in low)


def test_what_rests_on_a_recollected_die_size_is_marked() -> None:
    """Between 1,600 and 4,800 TPP the performance density decides."""
    for row in bundled_catalogue().values():
        if 1_600 <= row.tpp < 4_800 and row.meets_3a090a != "unknown":
            assert "meets_3a090a" in row.assumed, row.id
    unknown = {row.id for row in bundled_catalogue().values() if row.meets_3a090a == "unknown"}
    assert unknown == {"tpu-v4", "tpu-v5e", "trainium1"}


def test_a_plans_own_rows_extend_and_replace() -> None:
    catalogue = bundled_catalogue()
    mine = catalogue["h100-sxm"]._replace(id="mine", tpp=1)
    cheaper = catalogue["gb200-nvl72"]._replace(capex_usd=Fraction(1))
    extended = catalogue.with_own([mine, cheaper])
    assert extended["mine"].tpp == 1
    assert extended["gb200-nvl72"].capex_usd == 1
    assert extended.resolve("gb200-per-gpu") == "gb200-nvl72"
    assert len(extended) == len(catalogue) + 1
    assert "mine" not in catalogue
