"""Files changed at random: no crash, no hang, and no verdict that the oracle does not share."""

from __future__ import annotations

import copy
import csv
import io
from functools import cache
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from judging import check_against_oracle
from quick import CHANCES, quick
from violating import BY_HAND, as_json, as_yaml, random_documents

WORDS = [
    *("US", "MY", "KP", "NO", "XX", "h100-sxm", "b200-hgx", "l4", "tpu-v4", "2026Q1", "2024Q4", "2028Q1", "7%", "100%"),
    *("uveu", "nveu", "none", "lpp", "licence", "allocation", "aia", "true", "false", "null", "~", "''", '""'),
    *("0", "1", "-1", "1e5", "0x10", "010", "1_000", "1,000", "99999999999999999999", ".nan", ".inf", "NaN", "1.0"),
    *("regime: none\n", "regime: ifr-2025\n", "placements:\n", "agreements: [{country: MY, from: 2025Q1}]\n"),
    *("moves: []\n", "horizon: {first: 2025Q1, last: 2025Q1}\n", "gpus: 1", "country: US", "quarter: 2024Q4"),
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        ": ",
        "- ",
        "? ",
        "#",
        " #",
        "&a ",
        "*a",
        "!!int ",
        "<<: ",
        "|",
        ">",
        "---\n",
        "...\n",
    ),
    *("\n", "\r", "\r\n", "\t", " ", "  ", '"', "'", '""', "\\", "\\u0000", "\\u202e", ";", "\0", "\x1b[2J", "\x85"),
    *("\u2028", "\ufeff", "\u200b", "\u202e", "\u0410", "\uff11", "\u0663", "\u00a0", "\U0001f600", "\u0301"),
]
RAW = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xfe\xff", b"\x1f\x8b", b"PK\x03\x04", b"\x80"]


@cache
def seeds() -> tuple[Any, ...]:
    """Plans that keep the law, that break it, and that leave it open."""
    return (
        *BY_HAND.values(),
        *random_documents("compliant", 30),
        *random_documents("violations", 20),
        *random_documents("undecided", 5),
    )


def table(doc: Any) -> str:
    """The placements of a document as a CSV table."""
    columns = ["country", "site", "accelerator", "gpus", "quarter", "authorization"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(doc["placements"])
    return out.getvalue()


def tables() -> tuple[str, ...]:
    """Tables of catalogue accelerators with few rows."""
    own = [{row["accelerator"] for row in doc.get("accelerators", [])} for doc in seeds()]
    return tuple(
        table(doc)
        for doc, names in zip(seeds(), own, strict=True)
        if not names & {row["accelerator"] for row in doc["placements"]}
    )


@st.composite
def damaged(draw: st.DrawFn, source: bytes) -> bytes:
    """The bytes with one to four changes."""
    raw = bytearray(source)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        upto = min(len(raw), at + draw(st.integers(0, 12)))
        match draw(st.sampled_from(["word", "word", "byte", "raw", "cut", "copy", "swap", "digit", "line", "end"])):
            case "word":
                raw[at:upto] = draw(st.sampled_from(WORDS)).encode()
            case "byte" if raw:
                raw[at % len(raw)] ^= 1 << draw(st.integers(0, 7))
            case "raw":
                raw[at:at] = draw(st.sampled_from(RAW))
            case "cut":
                del raw[at:upto]
            case "copy":
                raw[draw(st.integers(0, len(raw))) :][:0] = raw[at:upto]
                raw[at:at] = raw[at : at + draw(st.integers(0, 80))]
            case "swap" if len(raw) > 1:
                other = draw(st.integers(0, len(raw) - 1))
                raw[at % len(raw)], raw[other] = raw[other], raw[at % len(raw)]
            case "digit":
                digits = [index for index, byte in enumerate(raw) if 48 <= byte < 58]
                if digits:
                    raw[digits[at % len(digits)]] = draw(st.integers(48, 57))
            case "line":
                lines = bytes(raw).split(b"\n")
                line = lines.pop(at % len(lines))
                lines.insert(draw(st.integers(0, len(lines))), line)
                raw = bytearray(b"\n".join(lines))
            case "end":
                del raw[at:]
    return bytes(raw)


@quick(250)
@given(CHANCES, st.data())
def test_damaged_yaml(rng: Random, data: st.DataObject) -> None:
    text = as_yaml(rng, rng.choice(seeds()))
    check_against_oracle("plan.yaml", data.draw(damaged(text.encode())))


@quick(250)
@given(CHANCES, st.data())
def test_damaged_json(rng: Random, data: st.DataObject) -> None:
    text = as_json(rng, rng.choice(seeds()))
    check_against_oracle("plan.json", data.draw(damaged(text.encode())))


@quick(250)
@given(CHANCES, st.data())
def test_damaged_tables(rng: Random, data: st.DataObject) -> None:
    check_against_oracle("rows.csv", data.draw(damaged(rng.choice(tables()).encode())))


@quick(200)
@given(st.binary(max_size=200), st.sampled_from(["plan.yaml", "plan.json", "rows.csv"]))
def test_any_bytes(raw: bytes, name: str) -> None:
    check_against_oracle(name, raw)


@quick(200)
@given(
    st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.sampled_from(["plan.yaml", "plan.json", "rows.csv"])
)
def test_any_words(text: str, name: str) -> None:
    check_against_oracle(name, text.encode())


@quick(300)
@given(CHANCES)
def test_damaged_structure(rng: Random) -> None:
    """Values of one plan in the place of values of another."""
    doc, other = copy.deepcopy(rng.choice(seeds())), copy.deepcopy(rng.choice(seeds()))
    for _ in range(rng.randint(1, 3)):
        node, key = doc, rng.choice(sorted(other))
        while isinstance(node.get(key), list) and node[key] and isinstance(node[key][0], dict):
            node = rng.choice(node[key])
            key = rng.choice([*node, "site", "authorization", "quarter"])
        values = [*other.values(), *other["placements"][0].values(), None, [], {}, 0, "", 1.5]
        node[key] = copy.deepcopy(rng.choice(values))
    check_against_oracle("plan.json", as_json(rng, doc).encode())
