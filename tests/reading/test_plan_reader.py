"""A good plan is read as it is meant: head, rows, defaults, notes."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from reading_helpers import HEAD, US_FIRM, plan, problems_of

from optimizer.domain.plan import Consignee, Horizon, Move, Place, Placement, Retirement, SiteOperator
from optimizer.errors import InputError
from optimizer.reading import HeadOverrides, read_plan
from optimizer.units import Quarter

FULL = """\
fleetplan: plan/1
firm: {name: Example Cloud, headquarters: US, ultimate_parent: PR, status: nveu, nveu_countries: [IN, GP]}
regime: {extends: factsheet-2025, amend: {UVEU101.at_most: 10%, CAP201.at_most: {2025Q1: 790000000}}}
horizon: {first: 2026Q1, last: 2027Q4}
agreements: [{country: AE, from: 2026Q3}]
national_use: {SG: 120000000, GP: 5, NO: 0}
placements:
  - {country: US, site: ashburn, accelerator: h100-sxm, gpus: 400000}
  - {country: MY, site: johor, accelerator: b200, gpus: 21600, quarter: 2026Q3, authorization: uveu}
  - {country: GP, accelerator: mine, gpus: 8, quarter: 2024Q1, authorization: lpp, consignee: Lab, holds_weights: true}
retirements:
  - {country: US, site: ashburn, accelerator: h100-sxm, gpus: 8000, quarter: 2027Q1, authorization: aia}
moves:
  - {accelerator: h100-sxm, gpus: 800, quarter: 2027Q2, from: {country: US, site: ashburn}, to: {country: DE}}
consignees: [{consignee: Lab, parent: University, headquarters: FR}]
site_operators: [{site: johor, headquarters: US, certified: [14, 18]}]
accelerators:
  - {accelerator: mine, tpp: 2000, gpus_per_unit: 8, kw_per_gpu: 1.83, capex_usd: 40000.5, meets_3a090a: unknown}
  - {accelerator: b200-hgx, kw_per_gpu: 2.1}
result: {status: optimal, capacity_tpp: 123, gap: 0.0005, proof: null, limits: [{id: "12", binding: true}]}
"""


def test_a_full_plan() -> None:
    got = plan(FULL)
    assert (got.firm.headquarters, got.firm.ultimate_parent, got.firm.status) == ("US", "PR", "nveu")
    assert got.firm.nveu_countries == {"IN", "FR"}
    assert got.regime.base == "factsheet-2025"
    assert got.regime.amend == {"UVEU101.at_most": "10%", "CAP201.at_most": {"2025Q1": "790000000"}}
    assert got.horizon == Horizon(Quarter.parse("2026Q1"), Quarter.parse("2027Q4"))
    assert got.agreements == {"AE": Quarter.parse("2026Q3")}
    assert got.national_use == {"SG": 120_000_000, "FR": 5, "NO": 0}
    assert got.placements == (
        Placement("US", "h100-sxm", 400_000, "ashburn"),
        Placement("MY", "b200-hgx", 21_600, "johor", Quarter.parse("2026Q3"), "uveu"),
        Placement("GP", "mine", 8, None, Quarter.parse("2024Q1"), "lpp", "Lab", True),
    )
    assert got.retirements == (Retirement("US", "h100-sxm", 8000, Quarter.parse("2027Q1"), "ashburn", "aia"),)
    assert got.moves == (Move("h100-sxm", 800, Quarter.parse("2027Q2"), Place("US", "ashburn"), Place("DE")),)
    assert got.consignees == (Consignee("Lab", "University", "FR"),)
    assert got.site_operators == (SiteOperator("johor", "US", frozenset({14, 18})),)
    assert got.own_accelerators == ("mine", "b200-hgx")
    assert got.result == {
        "status": "optimal",
        "capacity_tpp": 123,
        "gap": 0.0005,
        "proof": None,
        "limits": [{"id": "12", "binding": True}],
    }
    assert not got.snapshot
    assert got.file == "plan.yaml"
    assert str(got.placements[1].at) == "plan.yaml:9:5"


def test_own_accelerators_are_exact_and_extend_the_catalogue() -> None:
    got = plan(FULL)
    mine, replaced = got.catalogue["mine"], got.catalogue["b200-hgx"]
    assert (mine.tpp, mine.gpus_per_unit, mine.kw_per_gpu) == (2000, 8, Fraction(183, 100))
    assert (mine.capex_usd, mine.meets_3a090a, mine.placeable) == (Fraction(80001, 2), "unknown", True)
    assert replaced.kw_per_gpu == Fraction(21, 10)
    assert (replaced.tpp, replaced.gpus_per_unit, replaced.meets_3a090a) == (36_000, 8, "yes")
    assert "kw_per_gpu" not in replaced.assumed
    assert any("b200-hgx" in note for note in got.notes)


@pytest.mark.parametrize(("tpp", "meets"), [(4800, "yes"), (15_832, "yes"), (1599, "no"), (1, "no")])
def test_tpp_decides_3a090a_where_it_can(tpp: int, meets: str) -> None:
    rows = f"accelerators: [{{accelerator: mine, tpp: {tpp}}}]\n"
    text = HEAD + rows + "placements: [{country: US, accelerator: mine, gpus: 1}]\n"
    assert plan(text).catalogue["mine"].meets_3a090a == meets


@pytest.mark.parametrize("tpp", [1600, 4799])
def test_between_the_thresholds_3a090a_is_as_given(tpp: int) -> None:
    rows = f"accelerators: [{{accelerator: mine, tpp: {tpp}, meets_3a090a: yes}}]\n"
    text = HEAD + rows + "placements: [{country: US, accelerator: mine, gpus: 1}]\n"
    assert plan(text).catalogue["mine"].meets_3a090a == "yes"


def one(more: str = "", **fields: str) -> str:
    inside = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"{HEAD}{more}placements: [{{country: US, accelerator: h100-sxm, gpus: 8, {inside}}}]\n"


def test_defaults() -> None:
    got = plan(one())
    assert got.firm.ultimate_parent == "US"
    assert got.regime.base == "factsheet-2025"
    assert (got.agreements, got.national_use, got.result) == ({}, {}, None)
    assert (got.placements[0].site, got.placements[0].authorization, got.placements[0].quarter) == (None, None, None)


def test_parent_is_another_word_for_ultimate_parent() -> None:
    assert plan(one().replace("status:", "parent: DE, status:")).firm.ultimate_parent == "DE"


def test_norway_is_norway() -> None:
    got = plan(one().replace("country: US", "country: NO"))
    assert got.placements[0].country == "NO"


def test_without_quarters_a_plan_is_a_snapshot() -> None:
    got = plan(one())
    assert got.snapshot
    assert got.horizon == Horizon(Quarter.parse("2025Q1"), Quarter.parse("2025Q1"))
    assert any("snapshot" in note for note in got.notes)


def test_a_written_horizon_is_no_snapshot() -> None:
    got = plan(one("horizon: {first: 2026Q1, last: 2026Q1}\n"))
    assert not got.snapshot
    assert got.notes == ()


def test_the_horizon_spans_every_quarter_named() -> None:
    text = one(
        "retirements: [{country: US, accelerator: h100-sxm, gpus: 1, quarter: 2027Q1}]\n"
        "moves: [{accelerator: h100-sxm, gpus: 1, quarter: 2025Q2, from: {country: US}, to: {country: DE}}]\n",
        quarter="2026Q3",
    )
    assert plan(text).horizon == Horizon(Quarter.parse("2025Q2"), Quarter.parse("2027Q1"))


def test_a_placement_before_the_horizon_stood_already() -> None:
    got = plan(one("horizon: {first: 2026Q1, last: 2026Q2}\n", quarter="2023Q1"))
    assert got.placements[0].quarter == Quarter.parse("2023Q1")


def test_nveu_countries_of_another_status_are_noted() -> None:
    assert any("nveu_countries" in note for note in plan(one().replace("uveu}", "uveu, nveu_countries: [IN]}")).notes)


def test_json_and_yaml_say_the_same() -> None:
    text = (
        '{"fleetplan": "plan/1", "firm": {"headquarters": "US", "status": "uveu"}, "national_use": {"SG": 5},'
        ' "placements": [{"country": "US", "accelerator": "h100-sxm", "gpus": 8, "holds_weights": true}]}'
    )
    got = plan(text, "plan.json")
    assert (got.placements[0].gpus, got.placements[0].holds_weights, got.national_use) == (8, True, {"SG": 5})
    text = text.replace(": 8", ': "8"')
    found = problems_of(text, "plan.json")
    assert [(problem.code, problem.at.line, problem.at.column) for problem in found] == [
        ("IN104", 1, text.index('"8"') + 1)
    ]


def test_the_largest_sum_that_fits_is_read() -> None:
    gpus = (2**63 - 1) // 15_832
    assert plan(one().replace("gpus: 8", f"gpus: {gpus}")).placements[0].gpus == gpus
    assert problems_of(one().replace("gpus: 8", f"gpus: {gpus + 1}"))[0].code == "IN208"


TABLE = "country,site,accelerator,gpus,quarter,authorization,consignee\n"


def test_a_table_with_a_firm_from_flags() -> None:
    got = plan(TABLE + "US,ashburn,h100-sxm,8,,,\nMY,johor,b200,16,2026Q3,lpp,Lab\n", "rows.csv", US_FIRM)
    assert got.placements == (
        Placement("US", "h100-sxm", 8, "ashburn"),
        Placement("MY", "b200-hgx", 16, "johor", Quarter.parse("2026Q3"), "lpp", "Lab"),
    )
    assert (got.firm.headquarters, got.firm.status) == ("US", "uveu")
    assert got.horizon == Horizon(Quarter.parse("2026Q3"), Quarter.parse("2026Q3"))
    assert [str(row.at) for row in got.placements] == ["rows.csv:2", "rows.csv:3"]


def test_cells_are_trimmed_and_small_country_codes_noted() -> None:
    got = plan(TABLE + " us , ashburn ,h100-sxm, 8 ,,,\nmy,,h100-sxm,8,,,\n", "rows.csv", US_FIRM)
    assert [(row.country, row.site, row.gpus) for row in got.placements] == [("US", "ashburn", 8), ("MY", None, 8)]
    assert any("small letters" in note and "2 rows, the first on line 2" in note for note in got.notes)


def test_blank_lines_of_a_table_are_skipped_and_lines_still_count() -> None:
    got = plan('country,accelerator,gpus,site\n\nUS,h100-sxm,8,"a"\n,,,\n\nMY,h100-sxm,8,\n', "rows.csv", US_FIRM)
    assert [str(row.at) for row in got.placements] == ["rows.csv:3", "rows.csv:6"]


def test_the_apostrophe_of_a_spreadsheet_is_taken_off() -> None:
    got = plan(TABLE + "US,'=1+1,h100-sxm,8,,,\nUS,''-a,h100-sxm,8,,,\nUS,'a,h100-sxm,8,,,\n", "rows.csv", US_FIRM)
    assert [row.site for row in got.placements] == ["=1+1", "'-a", "'a"]


def test_a_table_without_a_firm_says_how_to_give_one() -> None:
    (problem,) = problems_of(TABLE + "US,,h100-sxm,8,,,\n", "/nonexistent/rows.csv")
    assert problem.code == "IN206"
    assert "--headquarters" in problem.mend
    assert "fleetplan.toml" in problem.mend


SETTINGS = """\
regime = "own.yaml"

[firm]
name = "Example Cloud"
headquarters = "US"
status = "uveu"

[horizon]
first = "2026Q1"
last = "2026Q4"

[national_use]
SG = 1_000

[[agreements]]
country = "AE"
from = "2026Q3"

[[accelerators]]
accelerator = "mine"
tpp = 5000
kw_per_gpu = 1.10
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fleetplan.toml").write_text(SETTINGS)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rows.csv").write_text("country,accelerator,gpus\nUS,mine,8\n")
    return tmp_path


def test_the_nearest_settings_give_a_table_its_head(folder: Path) -> None:
    got = read_plan(folder / "deep" / "rows.csv")
    assert got.firm.name == "Example Cloud"
    assert (got.regime.base, got.regime.folder) == ("own.yaml", folder)
    assert got.horizon == Horizon(Quarter.parse("2026Q1"), Quarter.parse("2026Q4"))
    assert (got.national_use, got.agreements) == ({"SG": 1000}, {"AE": Quarter.parse("2026Q3")})
    assert got.catalogue["mine"].kw_per_gpu == Fraction(11, 10)


def test_flags_win_over_settings_field_by_field(folder: Path) -> None:
    got = read_plan(folder / "deep" / "rows.csv", overrides=HeadOverrides(headquarters="DE", regime="ifr-2025"))
    assert (got.firm.headquarters, got.firm.status) == ("DE", "uveu")
    assert (got.regime.base, got.regime.folder) == ("ifr-2025", Path())


def test_settings_may_stand_in_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.fleetplan.firm]\nheadquarters = "US"\nstatus = "none"\n')
    (tmp_path / "rows.csv").write_text("country,accelerator,gpus\nUS,h100-sxm,8\n")
    assert read_plan(tmp_path / "rows.csv").firm.status == "none"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("firm = ", "IN005"),
        ('[firm]\nheadquarters = "UK"\nstatus = "none"\n', "IN110"),
        ('[firm]\nheadquarters = "US"\n', "IN101"),
        ('firm = "US"\n', "IN103"),
        ("x = " + "[" * 5000, "IN002"),
        ('[firm]\nheadquarters = "US"\nstatus = "none"\n[national_use]\nSG = inf\n', "IN104"),
        ('[firm]\nheadquarters = "US"\nstatus = "none"\n[national_use]\nSG = "5"\n', "IN104"),
        ('[firm]\nheadquarters = "US"\nstatus = "none"\nshoe_size = 9\n', "IN102"),
        ('[firm]\nheadquarters = "US"\nheadquarters = "DE"\n', "IN005"),
    ],
)
def test_bad_settings(folder: Path, text: str, code: str) -> None:
    (folder / "fleetplan.toml").write_text(text)
    (folder / "deep" / "rows.csv").write_text("country,accelerator,gpus\nUS,h100-sxm,8\n")
    with pytest.raises(InputError) as caught:
        read_plan(folder / "deep" / "rows.csv")
    assert caught.value.problems[0].code == code
    assert caught.value.problems[0].at.file == str(folder / "fleetplan.toml")


def test_a_flag_for_the_regime_wins_over_the_plan_and_one_that_contradicts_its_firm_is_refused() -> None:
    got = plan(one("regime: none\n"), overrides=HeadOverrides(regime="ifr-2025", status="uveu"))
    assert (got.regime.base, got.firm.status) == ("ifr-2025", "uveu")
    with pytest.raises(InputError, match="this file says uveu"):
        plan(one(), overrides=HeadOverrides(status="none"))


def test_a_bad_flag_is_an_input_error() -> None:
    (problem,) = problems_of(TABLE + "US,,h100-sxm,8,,,\n", "rows.csv", HeadOverrides(headquarters="UK", status="none"))
    assert (problem.code, str(problem.at)) == ("IN110", "command line")


def test_reading_a_plan_imports_nothing_heavy() -> None:
    code = (
        "import sys; from optimizer.reading import read_plan; read_plan('x.yaml', stdin_text=sys.argv[1]);"
        "print([m for m in ('numpy', 'pandas', 'networkx', 'pulp', 'jsonschema', 'optimizer.reading.scenario_reader')"
        " if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code, FULL], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
