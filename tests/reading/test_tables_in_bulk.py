"""Long tables: the two ways of reading give the same plan, rows add up, and memory does not follow the rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from reading_helpers import PEAK, US_FIRM, file_problems, on_linux, plan, problems_of

from optimizer.check import check
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.domain.plan import Placement
from optimizer.errors import InputError, Location
from optimizer.reading import bulk_csv, read_plan
from optimizer.reading.csv_text import Table, open_table
from optimizer.reading.nodes import Problems
from optimizer.reading.placements_reader import read_table
from optimizer.reading.table_rows import NEEDED_COLUMNS, OPTIONAL_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
HEADER = ["country", "site", "accelerator", "gpus", "quarter", "authorization", "consignee"]
CELLS = {
    "country": ["US", "MY", "DE", "PR", " US", "AE "],
    "site": ["", "ashburn", "johor", " johor ", "o'neil", "'=a", "''=a", "'b", "a b"],
    "accelerator": ["h100-sxm", "b200", "gb200-nvl72", " b200-hgx"],
    "gpus": ["1", "8", "72", "1000", " 9 ", "999999"],
    "quarter": ["", "2026Q1", "2026Q2", "2027Q4"],
    "authorization": ["", "", "uveu", "allocation", "lpp"],
    "consignee": ["", "", "Acme", "acme"],
}
ODD = {
    "country": ["us", "UK", "XX", "", "АЕ"],
    "site": ["são paulo", '"quoted"', "a\tb", "x" * 300, "x" * 2_000, " " * 70_000, "a\x0b", "a\rb"],
    "accelerator": ["h1000", ""],
    "gpus": ["0", "-1", "007", "+5", "12.5", "1e5", "", "'5", "1_000", "99999999999", "9" * 19, "٣"],
    "quarter": ["2026-Q1", "2026Q5", "2026q1"],
    "authorization": ["UVEU", "vip"],
    "consignee": ["a,b", "\ufeffx"],
}


def random_table(seed: int) -> bytes:
    """A table with most of what may stand in one; every third seed has something odd in a row."""
    rng = Random(seed)
    header = [*HEADER]
    if rng.random() < 0.3:
        header = [name for name in header if name in NEEDED_COLUMNS or rng.random() < 0.5]
    if rng.random() < 0.3:
        rng.shuffle(header)
    rows = [[rng.choice(CELLS[name]) for name in header] for _ in range(rng.choice([1, 5, 60]))]
    lines = [",".join(row) for row in rows]
    if seed % 3 == 0:
        place, name = rng.randrange(len(rows)), rng.choice(header)
        rows[place][header.index(name)] = rng.choice(ODD[name])
        lines[place] = ",".join(rows[place])
    if seed % 7 == 0:
        lines.insert(rng.randrange(len(lines)), rng.choice(["", "   ", "," * (len(header) - 1), "US", "x," * 20]))
    end = rng.choice(["\n", "\n", "\r\n"])
    text = end.join([",".join(header), *lines]) + rng.choice(["", end, end + end])
    return rng.choice([b"", b"", b"\xef\xbb\xbf"]) + text.encode("utf-8")


def outcome(path: Path, many_bytes: int) -> object:
    """What reading the table comes to: placements with their places and the notes, or the problems."""
    problems, notes = Problems(), []
    try:
        rows = read_table(path, "x.csv", bundled_catalogue(), problems, notes, many_bytes=many_bytes)
        problems.raise_if_any()
    except InputError as error:
        return error.problems
    return [tuple(row) for row in rows], notes


def test_both_ways_of_reading_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    answers: list[bool] = []
    blocks = bulk_csv.read_blocks

    def small_blocks(*given: object) -> list[Placement] | None:
        found = blocks(*given, block_bytes=200)  # type: ignore[arg-type]
        answers.append(found is not None)
        return found

    path = tmp_path / "x.csv"
    for seed in range(600):
        path.write_bytes(random_table(seed))
        monkeypatch.setattr(bulk_csv, "read_blocks", small_blocks if seed % 2 else blocks)
        assert outcome(path, 0) == outcome(path, 10**12), seed
    assert answers.count(True) >= 90
    assert answers.count(False) >= 50


def test_both_ways_give_the_same_findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow")
    rng = Random(5)
    path = tmp_path / "x.csv"
    for _ in range(5):
        rows = []
        for _ in range(2_000):
            country, site, quarter = rng.choice(["US", "MY", "PR"]), rng.randrange(9), rng.randint(1, 4)
            rows.append(f"{country},s{site},h100-sxm,{rng.randint(1, 99)},2026Q{quarter}")
        path.write_text("\n".join(["country,site,accelerator,gpus,quarter", *rows]), encoding="utf-8")
        found = []
        for many in (0, 10**12):
            monkeypatch.setattr(read_table, "__kwdefaults__", {"many_bytes": many})
            result = check(read_plan(path, overrides=US_FIRM))
            found.append(repr([(one, one.at, one.placements) for one in result.findings]))
        assert found[0] == found[1]
        assert "fail" in found[0]


def test_rows_with_the_same_coordinates_add_up_at_the_largest_of_them() -> None:
    rows = ["US,b200-hgx,5,2026Q1", "US,b200,9,2026Q1", "us,b200-hgx,9,2026Q1", "US,b200-hgx,9,"]
    found = plan("\n".join(["country,accelerator,gpus,quarter", *rows]), "x.csv", US_FIRM)
    assert [(row.gpus, row.at) for row in found.placements] == [(23, Location("x.csv", 3)), (9, Location("x.csv", 5))]
    assert found.notes == ("x.csv: country codes in small letters were read as capitals (line 4)",)


def test_sums_beyond_63_bits_are_refused() -> None:
    row = f"US,h100-sxm,{10**14}\n"
    assert [one.code for one in problems_of("country,accelerator,gpus\n" + row * 6, "x.csv", US_FIRM)] == ["IN208"]
    assert plan("country,accelerator,gpus\n" + row * 5, "x.csv", US_FIRM).placements[0].gpus == 5 * 10**14


def test_more_rows_than_allowed_are_refused_in_every_format(tmp_path: Path) -> None:
    rows = "country,accelerator,gpus\n" + "US,h100-sxm,1\n" * 10
    (tmp_path / "x.csv").write_text(rows, encoding="utf-8")
    document = "fleetplan: plan/1\nfirm: {headquarters: US, status: uveu}\nplacements:\n" + (
        "  - {country: US, accelerator: h100-sxm, gpus: 1}\n" * 10
    )
    (tmp_path / "x.yaml").write_text(document, encoding="utf-8")
    for name in ("x.csv", "x.yaml"):
        given = US_FIRM if name == "x.csv" else None
        assert len(read_plan(tmp_path / name, overrides=given, max_rows=10).placements) in (1, 10)
        with pytest.raises(InputError, match="IN002"):
            read_plan(tmp_path / name, overrides=given, max_rows=9)


def test_the_row_limit_holds_in_bulk(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "x.csv"
    path.write_text("country,accelerator,gpus\n" + "US,h100-sxm,1\n" * 10, encoding="utf-8")
    for most, plain in ((10, True), (9, False)):
        with open_table(path) as stream:
            table = Table(stream, "x.csv", NEEDED_COLUMNS, OPTIONAL_COLUMNS, Problems())
            assert (bulk_csv.read_blocks(table, stream, bundled_catalogue(), [], most) is not None) is plain


def test_an_empty_table_beside_placements_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("country,accelerator,gpus\n", encoding="utf-8")
    head = "fleetplan: plan/1\nfirm: {headquarters: US, status: uveu}\nplacements_file: rows.csv\nplacements:\n"
    (tmp_path / "plan.yaml").write_text(head + "  - {country: US, accelerator: h100-sxm, gpus: 1}\n", encoding="utf-8")
    assert [(one.code, one.at.file) for one in file_problems(tmp_path / "plan.yaml")] == [
        ("IN201", str(tmp_path / "rows.csv"))
    ]


@on_linux
def test_memory_does_not_follow_the_rows(tmp_path: Path) -> None:
    """Read row by row, in a process of its own; the larger table would take 15 MB more as text alone."""
    probe = (
        "import sys\nfrom pathlib import Path\nfrom optimizer.domain.catalogue import bundled_catalogue\n"
        "from optimizer.reading.nodes import Problems\nfrom optimizer.reading.placements_reader import read_table\n"
        "rows = read_table(Path(sys.argv[1]), 'x', bundled_catalogue(), Problems(), [], many_bytes=10**12)\n"
        f"print(len(rows))\n{PEAK}"
    )
    taken = []
    for count in (2_000, 400_000):
        path = tmp_path / f"{count}.csv"
        lines = (f"US,site-{number % 500},h100-sxm,{number % 97 + 1},2026Q1" for number in range(count))
        path.write_text("\n".join(["country,site,accelerator,gpus,quarter", *lines]), encoding="utf-8")
        command = [sys.executable, "-c", probe, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        found, megabytes = map(int, done.stdout.split())
        assert found == 500
        taken.append(megabytes)
    assert taken[1] - taken[0] <= 3
