"""The plan as tables, against figures worked out by hand from the scenario in tests/ui/ui_helpers.py."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from optimizer.bundled import example_path
from optimizer.business import shortfalls
from optimizer.business.inventory import take_inventory
from optimizer.business.money import spent_usd
from optimizer.checking.books import keep_books
from optimizer.reading import read_plan, read_scenario
from optimizer.regimes import load_regime
from optimizer.reports.tables import (
    candidate_table,
    demand_table,
    fleet_table,
    quarter_table,
    site_table,
    sites_by_id,
    spending,
    stock_table,
    supply_table,
)
from optimizer.units import Quarter
from tests.ui.ui_helpers import PLAN, SCENARIO, read_all, write_scenario

FIRST, SECOND, LAST = (Quarter.parse(text) for text in ("2026Q3", "2026Q4", "2027Q1"))


@pytest.fixture
def case(tmp_path: Path) -> Any:
    return read_all(tmp_path)


def test_stock_has_a_row_for_each_holding_at_each_quarters_end(case: Any) -> None:
    _, _, _, books, _ = case
    stock = stock_table(books)
    assert list(stock.groupby("quarter")["gpus"].sum()) == [96_768, 105_568, 105_568]
    austin = stock[(stock["site"] == "austin") & (stock["quarter"] == "2027Q1")]
    assert sorted(zip(austin["accelerator"], austin["gpus"], austin["received"], strict=True)) == [
        ("h100-sxm", 8_000, "2026Q4"),
        ("h200-sxm", 800, "2026Q4"),
    ]
    assert stock["tpp"].sum() == (96_768 + 2 * 105_568) * 15_832


def test_sites_show_power_at_the_meter_and_what_of_it_is_used(case: Any) -> None:
    scenario, plan, regime, books, _ = case
    table = site_table(stock_table(books), LAST, plan, regime, sites_by_id(scenario.sites))
    rows = {(row.country, row.accelerator, row.site): row for row in table.itertuples() if isinstance(row.site, str)}
    johor = rows["MY", "h100-sxm", "johor"]
    assert johor.power_mw == pytest.approx(6_768 * 1.4 * 1.25 / 1000)
    assert johor.power_share == pytest.approx(11.844 / 30)  # 30 MW from 2027Q1 on
    assert (johor.tier, johor.authorization, johor.since, johor.gpus) == (2, "uveu", "2026Q3", 6_768)
    earlier = site_table(stock_table(books), FIRST, plan, regime, sites_by_id(scenario.sites))
    assert earlier.loc[earlier["site"] == "johor", "power_share"].item() == pytest.approx(11.844 / 20)
    standing = table.iloc[0]
    assert (standing["gpus"], standing["tier"]) == (90_000, 1)
    assert pd.isna(standing["site"])
    assert pd.isna(standing["since"])
    assert pd.isna(standing["power_mw"])


def test_quarters_add_up_and_split_by_tier(case: Any) -> None:
    scenario, _, regime, books, _ = case
    table = quarter_table(books, stock_table(books), regime, scenario)
    assert list(table["quarter"]) == ["2026Q3", "2026Q4", "2027Q1"]
    assert list(table["gpus_new"]) == [6_768, 8_800, 0]
    assert list(table["gpus"]) == [96_768, 105_568, 105_568]
    assert (table["h100e_tier1"] + table["h100e_outside"]).tolist() == pytest.approx(table["h100e"].tolist())
    assert table["outside_share"].iloc[0] == pytest.approx(6_768 / 96_768)
    assert list(table["sites"]) == [1, 2, 2]
    assert table["spent_musd"].tolist() == pytest.approx([370.472, 520, 0])
    assert table["budget_musd"].tolist() == [500, 500, 500]
    assert "spent_musd" not in quarter_table(books, stock_table(books), regime)


def test_spending_is_equipment_building_and_one_opening_a_site(case: Any) -> None:
    scenario, plan, _, _, _ = case
    assert spending(plan, scenario) == {
        FIRST: 6_768 * (40_000 + Fraction(14, 10) * Fraction(125, 100) * 8_000) + 5_000_000,
        SECOND: 8_000 * (40_000 + Fraction(14, 10) * Fraction(125, 100) * 10_000)
        + 800 * (45_000 + Fraction(14, 10) * Fraction(125, 100) * 10_000)
        + 10_000_000,
    }


def test_a_site_where_the_fleet_stands_is_not_opened_again(tmp_path: Path) -> None:
    there = "{country: US, site: austin, accelerator: h100-sxm, gpus: 8}"
    write_scenario(
        tmp_path,
        SCENARIO.replace("fleet:\n", f"fleet:\n  - {there}\n"),
        PLAN.replace("placements:\n", f"placements:\n  - {there}\n"),
    )
    from optimizer.reading import read_plan, read_scenario

    scenario, plan = read_scenario(tmp_path / "two.yaml"), read_plan(tmp_path / "two.plan.yaml")
    assert spending(plan, scenario)[SECOND] == 510_000_000


def test_inputs_as_tables(case: Any) -> None:
    scenario, _, regime, _, _ = case
    sites = candidate_table(scenario, regime, LAST).set_index("site")
    assert sites.loc["johor", ["country", "tier", "power_mw", "first_quarter"]].tolist() == ["MY", 2, 30, "2026Q3"]
    assert candidate_table(scenario, regime, FIRST).set_index("site").loc["johor", "power_mw"] == 20
    assert pd.isna(sites.loc["austin", "first_quarter"])
    supply = supply_table(scenario).set_index("accelerator")
    assert supply.loc["h100-sxm"].tolist() == [8_000] * 3
    assert supply.loc["h200-sxm"].tolist() == [0, 800, 0]
    demand = demand_table(scenario).iloc[0]
    assert demand[["region", "sites", "2026Q3", "2026Q4"]].tolist() == ["x", 1, 0, 1000]
    fleet = fleet_table(scenario, regime)
    assert fleet[["country", "gpus", "h100e"]].values.tolist() == [["US", 90_000, 90_000.0]]


def test_what_the_bundled_table_assumes_is_named(tmp_path: Path) -> None:
    from optimizer.reading import read_scenario
    from optimizer.regimes import load_regime

    head, rest = SCENARIO.split("sites:\n")
    file = tmp_path / "bundled.yaml"
    file.write_text(
        head
        + "sites: {bundled: {sites: [dallas, johor]}}\n"
        + "budget_musd"
        + rest.split("budget_musd")[1].split("demand")[0],
        encoding="utf-8",
    )
    scenario = read_scenario(file)
    table = candidate_table(scenario, load_regime(scenario.regime), LAST)
    assert all("power_mw" in assumed for assumed in table["assumed"])


def test_a_renewed_fleet_shows_what_leaves_and_what_it_costs() -> None:
    scenario = read_scenario(example_path("renewal.yaml"))
    plan = read_plan(example_path("renewal.plan.yaml"))
    assert shortfalls(plan, scenario) == []
    regime = load_regime(plan.regime)
    books = keep_books(plan, regime)
    table = quarter_table(books, stock_table(books), regime, scenario)
    assert table["gpus_retired"].sum() == sum(row.gpus for row in plan.retirements) > 0
    assert table["gpus_moved"].sum() == sum(move.gpus for move in plan.moves) > 0
    brought = sum(row.gpus for row in plan.placements)
    assert table["gpus"].iloc[-1] == brought - table["gpus_retired"].sum()
    spent = spending(plan, scenario)
    running = [
        sum(spent.get(quarter, 0) for quarter in scenario.horizon if quarter <= last) for last in scenario.horizon
    ]
    assert running == spent_usd(take_inventory(plan, scenario), scenario)
