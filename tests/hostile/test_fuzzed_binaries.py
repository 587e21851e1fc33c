"""Workbooks and Parquet files changed at random: no crash, no hang, and no verdict that the oracle does not share."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given
from judging import check_against_oracle
from quick import CHANCES, quick
from test_fuzzed_bytes import seeds

COLUMNS = ("country", "site", "accelerator", "gpus", "quarter", "authorization")
WORDS = (
    *(b"<v>", b"</v>", b"<c ", b"</c>", b"<row ", b"</row>", b"<f>1</f>", b"<is>", b"<t>", b"</t>", b"<!--", b"-->"),
    *(b't="s"', b't="n"', b't="b"', b't="e"', b't="str"', b't="inlineStr"', b't="d"', b'r="A1"', b'r="D2"', b's="1"'),
    *(b"0", b"1", b"8", b"-1", b"1e5", b"1E+2", b"12.5", b"#REF!", b"MY", b"KP", b"US", b"NaN", b"&amp;", b"&#0;"),
    *(b'hidden="1"', b"&x;", b"<!DOCTYPE x [<!ENTITY x 'US'>]>", b"<![CDATA[8]]>", b"\xff", b"\0", b"\xe2\x80\xae"),
    *(b"<mergeCells><mergeCell ref='D2:D3'/></mergeCells>", b"<!ENTITY % p SYSTEM 'file:///etc/passwd'>"),
)


@cache
def rows() -> tuple[list[list[Any]], ...]:
    """Tables of catalogue accelerators, with their headers."""
    found = []
    for doc in seeds():
        own = {row["accelerator"] for row in doc.get("accelerators", [])}
        if not own & {row["accelerator"] for row in doc["placements"]}:
            found.append([list(COLUMNS), *([row.get(name) for name in COLUMNS] for row in doc["placements"][:8])])
    return tuple(found)


@cache
def workbook(number: int) -> bytes:
    """One of the tables as a workbook."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows()[number]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def parquet(number: int) -> bytes:
    """One of the tables as a Parquet file."""
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pyarrow.parquet")
    header, *rest = rows()[number]
    out = io.BytesIO()
    columns = {name: [row[index] for row in rest] for index, name in enumerate(header)}
    schema = pyarrow.schema([(name, pyarrow.int64() if name == "gpus" else pyarrow.string()) for name in header])
    pyarrow.parquet.write_table(
        pyarrow.table(columns, schema=schema), out, compression=["none", "snappy", "zstd", "gzip"][number % 4]
    )
    return out.getvalue()


def damaged(rng: Random, raw: bytes, words: tuple[bytes, ...] = ()) -> bytes:
    """The bytes with one to three changes."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        upto = at + rng.randint(0, 8)
        way = rng.choice(["bit", "bytes", "cut", "copy", "end", *(["word"] * 5 if words else [])])
        if way == "bit" and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif way == "bytes":
            data[at:upto] = rng.randbytes(rng.randint(0, 8))
        elif way == "cut":
            del data[at:upto]
        elif way == "copy":
            data[at:at] = data[at : at + rng.randint(0, 200)]
        elif way == "word":
            data[at:upto] = rng.choice(words)
        elif way == "end":
            del data[rng.randrange(len(data) // 2, len(data) + 1) :]
    return bytes(data)


def rewritten(rng: Random, raw: bytes) -> bytes:
    """The workbook with changes in one of its XML files, packed anew so that its checksums are right."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        liked = [name for name in names if "sheet1" in name or "sharedStrings" in name]
        chosen = rng.choice([*names, *liked * 10])
        for name in names:
            content = old.read(name)
            new.writestr(name, damaged(rng, content, WORDS) if name == chosen else content)
    return out.getvalue()


def test_the_undamaged_files_are_read() -> None:
    for number in range(0, len(rows()), 15):
        codes = {
            check_against_oracle("plan.xlsx", workbook(number)).code,
            check_against_oracle("plan.parquet", parquet(number)).code,
        }
        assert len(codes) == 1


@quick(120)
@given(CHANCES)
def test_damaged_workbooks(rng: Random) -> None:
    raw = workbook(rng.randrange(len(rows())))
    check_against_oracle("plan.xlsx", damaged(rng, raw) if rng.random() < 0.3 else rewritten(rng, raw))


@quick(120)
@given(CHANCES)
def test_damaged_parquet(rng: Random) -> None:
    check_against_oracle("plan.parquet", damaged(rng, parquet(rng.randrange(len(rows())))))


def test_no_byte_of_a_footer_ends_the_process() -> None:
    """pyarrow aborts where the place of a column is asked of a damaged footer; here nobody asks it."""
    raw = parquet(1)
    first = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    for place in range(first, len(raw), 3):
        check_against_oracle("plan.parquet", raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
