"""Parquet tables of placements: what is read, what is refused, and with how much memory."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from reading_helpers import PEAK, US_FIRM, file_problems, on_linux

from optimizer.errors import InputError
from optimizer.reading import read_plan, write_plan

pyarrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

ROOT = Path(__file__).resolve().parents[2]
COUNTRY, ACCELERATOR, GPUS = ["US", "US"], ["h100-sxm", "h100-sxm"], [8, 9]
TEXT = pyarrow.string()


def made(columns: dict[str, Any], **how: Any) -> bytes:
    """A Parquet file of the columns, beside which the needed ones stand unless they are given."""
    count = max((len(column) for column in columns.values()), default=2)
    needed = {"country": ["US"] * count, "accelerator": ["h100-sxm"] * count, "gpus": [8] * count}
    stream = io.BytesIO()
    table = {name: column for name, column in {**needed, **columns}.items() if column is not None}
    parquet.write_table(pyarrow.table(table), stream, **how)
    return stream.getvalue()


def without(name: str) -> bytes:
    table = {"country": COUNTRY, "accelerator": ACCELERATOR, "gpus": GPUS}
    del table[name]
    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(table), stream)
    return stream.getvalue()


def named_twice() -> bytes:
    stream = io.BytesIO()
    arrays = [pyarrow.array(column) for column in (COUNTRY, ACCELERATOR, GPUS, GPUS)]
    parquet.write_table(pyarrow.Table.from_arrays(arrays, names=["country", "accelerator", "gpus", "gpus"]), stream)
    return stream.getvalue()


def empty() -> bytes:
    columns = {"country": pyarrow.array([], TEXT), "accelerator": pyarrow.array([], TEXT)}
    return made({**columns, "gpus": pyarrow.array([], pyarrow.int64())})


def spoilt(at: float, raw: bytes | None = None) -> bytes:
    """A file with some bytes in it, at this share of its length, turned round."""
    out = bytearray(raw or made({"site": [f"site-{number}" for number in range(3_000)]}))
    start = int(len(out) * at)
    out[start : start + 16] = bytes(255 - byte for byte in out[start : start + 16])
    return bytes(out)


def typed(values: Sequence[Any], kind: Any) -> Any:
    return pyarrow.array(values, kind)


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "IN006"),
    "text": (lambda: b"country,gpus\nUS,8\n", "IN305"),
    "only the mark": (lambda: b"PAR1PAR1", "IN305"),
    "cut off": (lambda: made({})[:-20], "IN305"),
    "encrypted": (lambda: b"PARE" + b"\0" * 40 + b"PARE", "IN305"),
    "footer beyond the file": (lambda: made({})[:-8] + struct.pack("<I", 2**31) + b"PAR1", "IN305"),
    "footer of nothing": (lambda: made({})[:-8] + struct.pack("<I", 0) + b"PAR1", "IN305"),
    "spoilt footer": (lambda: spoilt(0.97), "IN305"),
    "spoilt page header": (lambda: b"PAR1" + b"\xff" * 20 + made({})[24:], "IN305"),
    "no row": (empty, "IN201"),
    "missing column": (lambda: without("gpus"), "IN301"),
    "missing country": (lambda: without("country"), "IN301"),
    "column named twice": (named_twice, "IN301"),
    "unknown column": (lambda: made({"colour": ["red"]}), "IN301"),
    "index of pandas": (lambda: made({"__index_level_0__": [0]}), "IN301"),
    "a million columns": (lambda: made({f"c{number}": [1] for number in range(2_000)}), "IN002"),
    "floats": (lambda: made({"gpus": [8.0, 12.5]}), "IN306"),
    "not a number": (lambda: made({"gpus": [float("nan")]}), "IN306"),
    "numbers as text": (lambda: made({"gpus": ["8"]}), "IN306"),
    "truth": (lambda: made({"gpus": [True]}), "IN306"),
    "decimals": (lambda: made({"gpus": typed([8], pyarrow.decimal128(5, 1))}), "IN306"),
    "nothing but nulls": (lambda: made({"gpus": typed([None], pyarrow.null())}), "IN306"),
    "lists": (lambda: made({"site": [["a", "b"]]}), "IN306"),
    "structures": (lambda: made({"site": [{"name": "a"}]}), "IN306"),
    "maps": (lambda: made({"site": typed([[("a", "b")]], pyarrow.map_(TEXT, TEXT))}), "IN306"),
    "bytes": (lambda: made({"site": [b"a"]}), "IN306"),
    "dates for quarters": (lambda: made({"quarter": typed([20_000], pyarrow.date32())}), "IN306"),
    "times for quarters": (lambda: made({"quarter": typed([0], pyarrow.timestamp("us"))}), "IN306"),
    "numbers for sites": (lambda: made({"site": [7]}), "IN306"),
    "null country": (lambda: made({"country": ["US", None]}), "IN101"),
    "country of nulls": (lambda: made({"country": typed([None, None], pyarrow.null())}), "IN101"),
    "null gpus": (lambda: made({"gpus": [8, None]}), "IN101"),
    "zero": (lambda: made({"gpus": [8, 0]}), "IN105"),
    "negative": (lambda: made({"gpus": [8, -1]}), "IN104"),
    "beyond 63 bits": (lambda: made({"gpus": typed([2**64 - 1], pyarrow.uint64())}), "IN104"),
    "sum beyond 63 bits": (lambda: made({"gpus": [10**17] * 20}), "IN208"),
    "unknown country": (lambda: made({"country": ["XX"]}), "IN110"),
    "Cyrillic country": (lambda: made({"country": ["АЕ"]}), "IN110"),
    "country with a space": (lambda: made({"country": ["US "]}), "IN110"),
    "unknown accelerator": (lambda: made({"accelerator": ["h1000"]}), "IN111"),
    "bad quarter": (lambda: made({"quarter": ["2026Q5"]}), "IN107"),
    "unknown authorization": (lambda: made({"authorization": ["vip"]}), "IN106"),
    "control character": (lambda: made({"site": ["a\x1b[2J"]}), "IN004"),
    "long name": (lambda: made({"site": ["x" * 500]}), "IN109"),
    "long texts": (lambda: made({"site": ["x" * 3_000_000]}), "IN002"),
    "a page that unpacks to much": (
        lambda: made({"site": ["x" * 40_000_000]}, compression="zstd", use_dictionary=False),
        "IN305",
    ),
}
"""What is in the file, and the code of its first problem."""


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_is_refused(name: str, tmp_path: Path) -> None:
    make, code = BAD[name]
    path = tmp_path / "plan.parquet"
    path.write_bytes(make())
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        read_plan(path, overrides=US_FIRM)
    assert time.process_time() - start < 2
    first = caught.value.problems[0]
    assert first.code == code, caught.value
    assert first.at.file == str(path)
    assert first.why
    assert first.mend


def test_a_wrong_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.parquet"
    path.write_bytes(made({"country": ["US"] * 70_000 + ["XX"]}))
    with pytest.raises(InputError) as caught:
        read_plan(path, overrides=US_FIRM)
    assert [(one.code, one.field, one.at.line) for one in caught.value.problems] == [("IN110", "country", 70_001)]


def test_spoilt_files_are_refused_or_read_but_never_fail_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "plan.parquet"
    raw = made({"site": [f"site-{number}" for number in range(3_000)]}, write_page_checksum=True)
    refused = 0
    for step in range(60):
        path.write_bytes(spoilt(step / 60, raw))
        try:
            read_plan(path, overrides=US_FIRM)
        except InputError:
            refused += 1
    assert refused >= 50


@pytest.mark.parametrize(
    "kind",
    [TEXT, pyarrow.large_string(), pyarrow.dictionary(pyarrow.int8(), TEXT), pyarrow.dictionary(pyarrow.int64(), TEXT)],
    ids=str,
)
def test_texts_of_every_kind_are_read(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "plan.parquet"
    path.write_bytes(made({"site": typed(["a", None, "a", ""], kind), "gpus": typed([1, 2, 3, 4], pyarrow.uint16())}))
    assert [(row.site, row.gpus) for row in read_plan(path, overrides=US_FIRM).placements] == [("a", 4), (None, 6)]


def test_a_column_of_nulls_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "plan.parquet"
    path.write_bytes(made({"quarter": typed([None, None], pyarrow.null())}))
    plan = read_plan(path, overrides=US_FIRM)
    assert (plan.snapshot, plan.placements[0].gpus) == (True, 16)


def test_a_plan_written_as_parquet_reads_back(tmp_path: Path) -> None:
    head = "country,site,accelerator,gpus,quarter,authorization,consignee\n"
    text = head + "US,'=a,h100-sxm,8,2026Q1,,\nMY,,h100-sxm,9,,lpp,x\n"
    plan = read_plan("x.csv", stdin_text=text, overrides=US_FIRM)
    assert write_plan(plan, tmp_path / "x.parquet") == ""
    assert read_plan(tmp_path / "x.parquet", overrides=US_FIRM).placements == plan.placements


def test_the_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.parquet").write_bytes(made({}))
    (tmp_path / "plan.csv").write_text("country,accelerator,gpus\nUS,h100-sxm,8\n", encoding="utf-8")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"IN013.*fleetplan\[big\]"):
        read_plan(tmp_path / "plan.parquet", overrides=US_FIRM)
    with pytest.raises(InputError, match=r"IN013.*fleetplan\[big\]"):
        write_plan(read_plan(tmp_path / "plan.csv", overrides=US_FIRM), tmp_path / "out.parquet")


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.parquet"
    path.write_bytes(made({"gpus": [1] * 10}))
    assert read_plan(path, overrides=US_FIRM, max_rows=10).placements[0].gpus == 10
    with pytest.raises(InputError, match="IN002"):
        read_plan(path, overrides=US_FIRM, max_rows=9)


def test_a_plan_may_name_a_parquet_table(tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(made({"gpus": [1] * 10}))
    head = "fleetplan: plan/1\nfirm: {headquarters: US, status: uveu}\nplacements_file: rows.parquet\n"
    (tmp_path / "plan.yaml").write_text(head, encoding="utf-8")
    assert read_plan(tmp_path / "plan.yaml").placements[0].gpus == 10
    (tmp_path / "rows.parquet").write_bytes(empty())
    assert [problem.code for problem in file_problems(tmp_path / "plan.yaml")] == ["IN201"]


@on_linux
@pytest.mark.parametrize("by_row", [False, True], ids=["in bulk", "by row"])
def test_a_row_group_of_a_million_rows_takes_little_memory(by_row: bool, tmp_path: Path) -> None:
    """A text of 200 characters in every row: unpacked, they would take 200 MB."""
    path = tmp_path / "plan.parquet"
    count = 1_000_000
    site = pyarrow.DictionaryArray.from_arrays(pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), count), ["x" * 200])
    us = pyarrow.DictionaryArray.from_arrays(
        pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), count), ["us" if by_row else "US"]
    )
    chip = pyarrow.DictionaryArray.from_arrays(pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), count), ["h100-sxm"])
    table = pyarrow.table({"country": us, "site": site, "accelerator": chip, "gpus": pyarrow.repeat(3, count)})
    parquet.write_table(table, path, row_group_size=count)
    probe = (
        "import sys; sys.modules['numpy'] = None; from optimizer.reading import read_plan, HeadOverrides as H; "
        f"print(read_plan(sys.argv[1], overrides=H(headquarters='US', status='uveu')).placements[0].gpus); {PEAK}"
    )
    command = [sys.executable, "-c", probe, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    gpus, megabytes = map(int, done.stdout.split())
    assert gpus == 3 * count
    assert megabytes < 300


def test_the_command_reads_parquet_without_numpy_and_pandas(tmp_path: Path) -> None:
    (tmp_path / "plan.parquet").write_bytes(made({}))
    probe = (
        "import sys\nfrom optimizer.cli.main import entry\n"
        "sys.argv = ['fleetplan', 'check', sys.argv[1], '--headquarters', 'US', '--status', 'uveu']\n"
        "try:\n    entry()\nexcept SystemExit as end:\n"
        "    loaded = {name for name in ('numpy', 'pandas', 'pyarrow') if sys.modules.get(name) is not None}\n"
        "    sys.stderr.write(f'{end.code} {sorted(loaded)}')"
    )
    command = [sys.executable, "-c", probe, str(tmp_path / "plan.parquet")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stderr == "0 ['pyarrow']"
