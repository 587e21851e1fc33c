"""Plans in workbooks: what is read, and that writing and reading give the same plan."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from reading_helpers import US_FIRM, file_problems
from xlsx_builder import HEADER, MAIN, RELATION, ROW, book, sheet, table

from optimizer.domain.plan import Plan
from optimizer.errors import InputError, Location
from optimizer.reading import HeadOverrides, read_plan, write_plan
from optimizer.units import Quarter

PLAN = """fleetplan: plan/1
firm: {name: "=Example Cloud", headquarters: US, status: nveu, nveu_countries: [AE, MY]}
regime: ifr-2025
horizon: {first: 2026Q1, last: 2026Q4}
placements:
  - {country: US, site: "-ashburn", accelerator: h100-sxm, gpus: 1000, quarter: 2026Q1}
  - {country: MY, site: j & b, accelerator: gb200-nvl72, gpus: 72, quarter: 2026Q2, authorization: lpp, consignee: "@x"}
retirements:
  - {country: US, site: "-ashburn", accelerator: h100-sxm, gpus: 10, quarter: 2026Q3}
moves:
  - {accelerator: h100-sxm, gpus: 5, quarter: 2026Q3, from: {country: US, site: "-ashburn"}, to: {country: DE}}
"""


def read(folder: Path, raw: bytes, overrides: HeadOverrides | None = US_FIRM) -> Plan:
    path = folder / "plan.xlsx"
    path.write_bytes(raw)
    return read_plan(path, overrides=overrides)


def test_a_plan_written_as_a_workbook_reads_back(tmp_path: Path) -> None:
    made = read_plan("plan.yaml", stdin_text=PLAN)
    write_plan(made, tmp_path / "plan.xlsx")
    got = read_plan(tmp_path / "plan.xlsx")
    assert got.placements == made.placements
    assert got.retirements == made.retirements
    assert got.moves == made.moves
    assert (got.firm, got.horizon, got.regime.base) == (made.firm, made.horizon, made.regime.base)


def test_a_workbook_of_ours_opens_elsewhere_and_holds_no_formula(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    write_plan(read_plan("plan.yaml", stdin_text=PLAN), tmp_path / "plan.xlsx")
    sheets = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert sheets.sheetnames == ["placements", "retirements", "moves", "firm"]
    assert [cell.value for cell in sheets["placements"][2]][:4] == ["US", "'-ashburn", "h100-sxm", 1000]
    assert all(cell.data_type != "f" for each in sheets for row in each for cell in row)


def test_workbooks_of_others_are_read(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made = openpyxl.Workbook()
    made.active.append(HEADER)
    for row in (ROW, ("us", "ashburn", "h100-sxm", 12.0, "2026Q1"), (), ("MY", None, "gb200-nvl72", 72, None)):
        made.active.append(row)
    made.create_sheet("remarks").append(["nothing of ours"])
    made.save(tmp_path / "plan.xlsx")
    got = read_plan(tmp_path / "plan.xlsx", overrides=US_FIRM)
    assert [(row.country, row.gpus, row.at) for row in got.placements] == [
        ("US", 20, Location(str(tmp_path / "plan.xlsx"), 3)),
        ("MY", 72, Location(str(tmp_path / "plan.xlsx"), 5)),
    ]
    assert any("'remarks' is not read" in note for note in got.notes)
    assert any("line 3" in note for note in got.notes)


@pytest.mark.parametrize("text", ["12", "12.0", "12.000", "1.2E1", "0.12e2"])
def test_a_whole_number_is_read_however_the_spreadsheet_writes_it(text: str, tmp_path: Path) -> None:
    row = (*ROW[:3], f'<c r="NAME"><v>{text}</v></c>', ROW[4])
    assert read(tmp_path, book(table(row))).placements[0].gpus == 12


def test_shared_texts_and_runs_are_read(tmp_path: Path) -> None:
    texts = "<si><t>ash</t></si><si><r><t>ash</t></r><r><t>burn</t></r><rPh><t>x</t></rPh></si>"
    row = ("US", '<c r="NAME" t="s"><v>1</v></c>', *ROW[2:])
    strings = f'<sst xmlns="{MAIN}">{texts}</sst>'
    assert read(tmp_path, book(table(row), {"xl/sharedStrings.xml": strings})).placements[0].site == "ashburn"


def test_strict_workbooks_are_read(tmp_path: Path) -> None:
    names = {
        MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
        RELATION: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    }
    made = zipfile.ZipFile(io.BytesIO(book(table(ROW))))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in made.namelist():
            text = made.read(name).decode()
            for old, new in names.items():
                text = text.replace(old, new)
            archive.writestr(name, text)
    assert read(tmp_path, out.getvalue()).placements[0].gpus == 8


NOT_SHOWN = {
    "rows in a list of extensions": '<extLst><ext uri="x" xmlns:z="urn:z"><z:row r="9"><z:c r="A9"><z:v>1</z:v></z:c>'
    "</z:row></ext></extLst>",
    "rows of another namespace": '<z:sheetData xmlns:z="urn:z"><z:row r="9"><z:c r="D9"><z:v>9</z:v></z:c></z:row>'
    "</z:sheetData>",
}


@pytest.mark.parametrize("after", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_a_spreadsheet_does_not_show_does_not_count(after: str, tmp_path: Path) -> None:
    assert [row.gpus for row in read(tmp_path, book(table(ROW, after=after))).placements] == [8]


def test_attributes_of_other_namespaces_do_not_count(tmp_path: Path) -> None:
    cell = '<c r="NAME" xmlns:z="urn:z" z:t="b" z:r="Z9"><v>8</v></c>'
    assert read(tmp_path, book(table((*ROW[:3], cell, ROW[4])))).placements[0].gpus == 8


def test_hidden_rows_and_columns_that_hold_nothing_are_fine(tmp_path: Path) -> None:
    made = table(ROW)["placements"].replace("</sheetData>", '<row r="9" hidden="1"><c r="A9"/></row></sheetData>')
    made = made.replace("<sheetData>", '<cols><col min="9" max="16384" hidden="1"/></cols><sheetData>')
    assert read(tmp_path, book({"placements": made})).placements[0].gpus == 8


def test_the_sheet_firm_may_be_a_table_of_one_row(tmp_path: Path) -> None:
    firm = sheet([("name", "headquarters", "status", "regime"), ("X", "US", "uveu", "ifr-2025")])
    got = read(tmp_path, book({**table(ROW), "firm": firm}), None)
    assert (got.firm.name, got.firm.headquarters, got.firm.status, got.regime.base) == ("X", "US", "uveu", "ifr-2025")


def test_what_the_workbook_does_not_say_comes_from_the_settings(tmp_path: Path) -> None:
    settings = '[firm]\nheadquarters = "DE"\nstatus = "none"\n[horizon]\nfirst = "2025Q1"\nlast = "2027Q4"\n'
    (tmp_path / "fleetplan.toml").write_text(settings, encoding="utf-8")
    got = read(tmp_path, book({**table(ROW), "firm": sheet([("headquarters", "US"), ("status", "uveu")])}), None)
    assert (got.firm.headquarters, got.firm.status, got.horizon.last) == ("US", "uveu", Quarter.parse("2027Q4"))


def test_a_flag_that_contradicts_the_sheet_is_refused(tmp_path: Path) -> None:
    raw = book({**table(ROW), "firm": sheet([("headquarters", "DE"), ("status", "uveu")])})
    with pytest.raises(InputError, match="IN403"):
        read(tmp_path, raw)


def test_a_workbook_may_be_the_table_of_a_plan(tmp_path: Path) -> None:
    (tmp_path / "rows.xlsx").write_bytes(book(table(ROW)))
    head = "fleetplan: plan/1\nfirm: {headquarters: US, status: uveu}\nplacements_file: rows.xlsx\n"
    (tmp_path / "plan.yaml").write_text(head, encoding="utf-8")
    assert read_plan(tmp_path / "plan.yaml").placements[0].gpus == 8
    (tmp_path / "rows.xlsx").write_bytes(book({**table(ROW), "firm": sheet([("status", "uveu")])}))
    assert [problem.code for problem in file_problems(tmp_path / "plan.yaml")] == ["IN308"]


def test_what_a_workbook_cannot_hold_is_refused_or_named(tmp_path: Path) -> None:
    from optimizer.reading.plan_writer import left_out

    made = read_plan("plan.yaml", stdin_text=PLAN + "national_use: {AE: 5}\n")
    assert left_out(made, Path("x.xlsx")) == ["national_use"]
    assert left_out(made, Path("x.csv")) == ["firm", "regime", "horizon", "national_use"]
    assert left_out(made, Path("x.json")) == []
    weights = made.replace(placements=tuple(row._replace(holds_weights=True) for row in made.placements))
    with pytest.raises(InputError, match="IN210"):
        write_plan(weights, tmp_path / "x.xlsx")
    with pytest.raises(InputError, match="retirements, moves"):
        write_plan(made, tmp_path / "x.parquet")
    assert not (tmp_path / "x.xlsx").exists()
