"""The bundled tables are right, the check of them finds damage, and data/README.md names every column."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from optimizer.bundled import data_path
from optimizer.domain.bundled_tables import backbone_edges, backbone_nodes, bundled_regions, bundled_sites
from optimizer.domain.table_checks import (
    BAD_CELL,
    BAD_SHAPE,
    DISAGREES,
    TWICE,
    UNREADABLE,
    table_problems,
)
from optimizer.domain.table_columns import TABLES
from optimizer.units import Quarter

ROWS = {
    "countries.csv": 250,
    "accelerators.csv": 42,
    "sites.csv": 229,
    "backbone_nodes.csv": 266,
    "backbone_edges.csv": 550,
    "demand_regions.csv": 32,
    "reference_fleets.csv": 34,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tables that a test may damage."""
    for name in [*ROWS, "world-50m.topo.json"]:
        shutil.copyfile(data_path(name), tmp_path / name)
    return tmp_path


def replace(folder: Path, name: str, old: str, new: str) -> None:
    """Change one place of one file."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


def test_every_row_of_every_bundled_table_is_right() -> None:
    assert [str(problem) for problem in table_problems()] == []


def test_tables_have_the_rows_that_the_readme_states() -> None:
    for name, expected in ROWS.items():
        with data_path(name).open(encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == expected
        assert re.search(rf"\| `{re.escape(name)}` \| {expected}\b", readme())
    assert {table.file for table in TABLES} == set(ROWS) == {path.name for path in data_path().glob("*.csv")}


DAMAGE = {
    "countries.csv": [
        ("GL,GRL,Greenland,格陵兰,DK", "GL,GRL,Greenland,格陵兰,DX", DISAGREES, "treated_as"),
        ("GL,GRL,Greenland,格陵兰,DK", "GL,GRL,Greenland,格陵兰,FO", DISAGREES, "treated_as"),
        ("GL,GRL,", "DK,GRL,", TWICE, "iso2"),
        ("NO,NOR,", "no,NOR,", BAD_CELL, "iso2"),
    ],
    "accelerators.csv": [
        ("NVIDIA,40000,FP4,10000,4", "NVIDIA,40001,FP4,10000,4", DISAGREES, "tpp"),
        ("36000,FP8,4500,8,high,yes", "36000,FP8,4500,8,high,no", DISAGREES, "meets_3a090a"),
        ("rack liquid,72,120.0,", "rack liquid,,120.0,", DISAGREES, "gpus_per_unit"),
        ("120.0,1.83", "120.0,1e3", BAD_CELL, "kw_per_gpu"),
        ("120.0,1.83", "120.0,1.19", DISAGREES, "kw_per_gpu"),
        (",gb200-per-gpu\n", ",b100\n", TWICE, "aliases"),
        ("medium,yes,72,,,,,,,,,,,,,,meets_3a090a", "medium,yes,72,,,,,,,,,,,,,,meets", BAD_CELL, "assumed_fields"),
    ],
    "sites.csv": [
        ("Sines (Start Campus),PT", "Sines (Start Campus),PX", DISAGREES, "country"),
        ("Sines (Start Campus),PT,37.9561", "Sines (Start Campus),PT,37.9562", DISAGREES, "site"),
        ("-8.8698,,L,500,2026Q1", "-8.8698,,L,500,2026-Q1", BAD_CELL, "first_quarter"),
        ("-8.8698,,L,500,2026Q1", "-8.8698,,L,49.9,2026Q1", DISAGREES, "min_viable_mw"),
        ("37.9561,-8.8698,", "97.9561,-8.8698,", BAD_CELL, "lat"),
        ("-8.8698,,L,500,2026Q1", "-8.8698,L,500,2026Q1", BAD_SHAPE, ""),
        ("site,metro,country", "site,metro,land", BAD_SHAPE, ""),
    ],
    "backbone_nodes.csv": [
        ("Moscow (transit only),RU", "Moscow (transit only),RX", DISAGREES, "country_iso2"),
        ("55.7558,37.6173,transit", "55.7558,37.6173,site", DISAGREES, "kind"),
    ],
    "backbone_edges.csv": [
        ("newyork,ashburn,terrestrial", "newyork,ashburm,terrestrial", DISAGREES, "node_b"),
        ("newyork,ashburn,terrestrial", "ashburn,ashburn,terrestrial", DISAGREES, "node_b"),
        ("newyork,ashburn,terrestrial", "richmond,ashburn,terrestrial", TWICE, "node_a"),
        ("carriers),456,4.47", "carriers),340,3.33", DISAGREES, "route_km"),
        ("carriers),456,4.47", "carriers),456,4.57", DISAGREES, "rtt_ms_light"),
    ],
    "demand_regions.csv": [
        ("Gulf (GCC),ARE SAU", "Gulf (GCC),ARX SAU", DISAGREES, "countries_iso3"),
        ("japan,Japan,JPN,tokyo", "japan,Japan,JPN,tokio", DISAGREES, "hub_node"),
        ("japan,Japan,JPN,tokyo", "osaka,Japan,JPN,tokyo", DISAGREES, "region_id"),
        ("0.05034,80,250", "0.05034,80,70", DISAGREES, "latency_limit_batch_rtt_ms"),
        ("0.05034,80,250", "0.06034,80,250", DISAGREES, "gdp_weight"),
    ],
    "reference_fleets.csv": [
        ("9000,USD m,2024-05,Singapore,,unsourced", "9000,USD m,2024-05,Singapore,,sourced", DISAGREES, "confidence"),
        ("250000,GPU,", "250000,GPUs,", BAD_CELL, "unit"),
    ],
    "world-50m.topo.json": [
        ('"id":"ZWE"', '"id":"ZZZ"', DISAGREES, "id"),
        ('"arcs":[[0,1,2,3]]', '"arcs":[[0,1,2,99999]]', DISAGREES, "arcs"),
        ('{"type":"Topology"', '{"type":"Topology', UNREADABLE, ""),
    ],
}
"""By file: a place in it, what a slip makes of it, and the code and column of the problem that must be reported."""


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "field"),
    [(name, *slip) for name, slips in DAMAGE.items() for slip in slips],
)
def test_damage_is_found_and_named(folder: Path, name: str, old: str, new: str, code: str, field: str) -> None:
    replace(folder, name, old, new)
    found = [(problem.code, problem.at.file, problem.field) for problem in table_problems(folder)]
    assert (code, f"data/{name}", field) in found


def test_a_problem_names_its_line_and_says_how_to_mend_it(folder: Path) -> None:
    replace(folder, "sites.csv", "37.9561,-8.8698,,L,500,2026Q1", "37.9561,-8.8698,,L,500,soon")
    (problem,) = table_problems(folder)
    assert problem.at.line is not None
    assert (folder / "sites.csv").read_text(encoding="utf-8").splitlines()[problem.at.line - 1].startswith("sines,")
    assert problem.found == "'soon'"
    assert "Put the released file back" in problem.mend


def test_missing_and_undecodable_files_are_problems_too(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    (folder / "countries.csv").write_bytes(b"\xff\xfe")
    (folder / "world-50m.topo.json").unlink()
    unreadable = {problem.at.file for problem in table_problems(folder) if problem.code == UNREADABLE}
    assert unreadable == {"data/sites.csv", "data/countries.csv", "data/world-50m.topo.json"}


def test_sites_are_read_exactly() -> None:
    sines = next(site for site in bundled_sites() if site.site == "sines")
    assert (sines.country, sines.name, sines.lat, sines.lon) == ("PT", "Sines (Start Campus)", 37.9561, -8.8698)
    assert sines.power_mw.at(Quarter.parse("2025Q4")) == 0
    assert sines.power_mw.at(Quarter.parse("2026Q1")) == sines.power_mw.at(Quarter.parse("2027Q4")) == 500
    assert sines.pue == Fraction(118, 100)
    assert sines.electricity_usd_per_mwh == Fraction(1089, 10)
    assert sines.grid_carbon_g_per_kwh == 166
    assert "power_mw" in sines.assumed
    assert "grid_carbon_g_per_kwh" not in sines.assumed
    assert str(sines.at).startswith("data/sites.csv:")


def test_regions_are_read_exactly() -> None:
    gulf = bundled_regions()["gulf"]
    assert gulf.countries_iso3 == ("ARE", "SAU", "QAT", "KWT", "BHR", "OMN")
    assert (gulf.hub_node, gulf.interactive_rtt_ms, gulf.batch_rtt_ms) == ("dubai", 80, 250)
    assert gulf.gdp_weight == Fraction(2534, 100_000)
    assert gulf.assumed == {"latency_limit_interactive_rtt_ms", "latency_limit_batch_rtt_ms"}
    assert "gdp_weight" in bundled_regions()["us-east"].assumed


def test_backbone_tables_are_read() -> None:
    assert len(backbone_nodes()) == ROWS["backbone_nodes.csv"]
    assert len(backbone_edges()) == ROWS["backbone_edges.csv"]
    assert sum(not edge.by_default for edge in backbone_edges()) == 5


def test_reading_the_tables_imports_no_heavy_package() -> None:
    code = (
        "import sys; from optimizer.domain import bundled_tables, table_checks, world; "
        "bundled_tables.bundled_sites(); table_checks.table_problems(); world.small_country_points(); "
        "print([m for m in ('numpy', 'pandas', 'networkx') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def readme() -> str:
    return data_path("README.md").read_text(encoding="utf-8")


def readme_columns(name: str) -> list[str]:
    """The columns that the README's section about `name` lists."""
    section = re.search(rf"^##+ `{re.escape(name)}`$(.*?)(?=^##|\Z)", readme(), re.MULTILINE | re.DOTALL)
    assert section, f"data/README.md has no section `{name}`"
    return re.findall(r"^\| `([a-z0-9_]+)` \|", section[1], re.MULTILINE)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_readme_names_every_column_in_order(table) -> None:
    assert readme_columns(table.file) == list(table.columns)


def test_readme_names_every_property_of_the_map() -> None:
    topology = json.loads(data_path("world-50m.topo.json").read_text(encoding="utf-8"))
    (shapes,) = [thing["geometries"] for thing in topology["objects"].values()]
    assert set(readme_columns("world-50m.topo.json")) == {"id"} | {key for s in shapes for key in s["properties"]}
    assert f"| `world-50m.topo.json` | {len(shapes)} shapes |" in readme()


@pytest.mark.parametrize("owner", ["World Bank", "Our World in Data", "Epoch AI"])
def test_readme_attributes_what_cc_by_asks_for(owner: str) -> None:
    (line,) = re.findall(rf"^- \*\*{owner}\*\*: (.*)$", readme(), re.MULTILINE)
    assert "CC-BY" in line
    assert "https://creativecommons.org/licenses/by/4.0/" in line
    assert "Changed:" in line
