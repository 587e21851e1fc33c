"""A plan that is written and read again is the same plan, in every format that can hold it."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import stat
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reading_helpers import HEAD, plan
from test_plan_reader import FULL

from optimizer.domain.catalogue import Accelerator, bundled_catalogue
from optimizer.domain.countries import countries, jurisdiction
from optimizer.domain.plan import (
    AUTHORIZATIONS,
    Consignee,
    Firm,
    Horizon,
    Move,
    Place,
    Placement,
    Plan,
    RegimeRef,
    Retirement,
    SiteOperator,
)
from optimizer.errors import InputError
from optimizer.reading import HeadOverrides, read_plan, write_plan
from optimizer.reading.emit import yaml_of
from optimizer.reading.names import bare
from optimizer.reading.output import write_atomically
from optimizer.reading.plan_writer import decimal
from optimizer.reading.text import word
from optimizer.reading.yaml_text import read_yaml
from optimizer.units import Quarter

FIRST = Quarter.parse("2026Q1")

NAMES = st.one_of(
    st.sampled_from(
        [
            "NO",
            "yes",
            "null",
            "~",
            "12",
            "1e5",
            "=1+1",
            "-x",
            "@a",
            "+1",
            "'=a",
            "a: b",
            "a #b",
            "[x]",
            "{",
            "é",
            "東京",
        ]
    ),
    st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12),
).filter(lambda text: word(text) is None)
CODES = st.sampled_from(sorted(countries()))
QUARTERS = st.integers(FIRST - 8, FIRST + 7).map(Quarter)
INSIDE = st.integers(FIRST, FIRST + 7).map(Quarter)
GPUS = st.integers(1, 10**9)
ACCELERATORS = st.sampled_from(sorted(bundled_catalogue()))
AUTHORIZATION = st.one_of(st.none(), st.sampled_from(AUTHORIZATIONS))
DECIMALS = st.decimals(0, 10**6, places=3).map(Fraction)

PLACEMENTS = st.builds(
    Placement,
    country=CODES,
    accelerator=ACCELERATORS,
    gpus=GPUS,
    site=st.none() | NAMES,
    quarter=st.none() | QUARTERS,
    authorization=AUTHORIZATION,
    consignee=st.none() | NAMES,
    holds_weights=st.booleans(),
)
PLACES = st.builds(Place, CODES, st.none() | NAMES, AUTHORIZATION)
OWN = st.builds(
    Accelerator,
    id=NAMES.map(lambda name: f"own {name}"),
    name=st.just(""),
    vendor=st.just(""),
    tpp=st.integers(1, 10**6),
    meets_3a090a=st.just("yes"),
    gpus_per_unit=st.none() | st.integers(1, 1000),
    kw_per_gpu=st.none() | DECIMALS.filter(bool),
    capex_usd=st.none() | DECIMALS,
    confidence=st.just("own"),
    assumed=st.just(frozenset()),
).map(
    lambda row: row._replace(
        name=row.id, meets_3a090a="yes" if row.tpp >= 4800 else "no" if row.tpp < 1600 else "unknown"
    )
)
DATA = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.floats(allow_nan=False, allow_infinity=False),
        NAMES,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=10,
)
AMENDS = st.dictionaries(NAMES, st.sampled_from(["10%", "790000000", "1.5", "yes", "NO", "-3"]), max_size=2)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    own = draw(st.lists(OWN, max_size=2, unique_by=lambda row: bare(row.id)))
    head, parent = draw(CODES), draw(CODES)
    used = draw(st.dictionaries(CODES.map(jurisdiction), st.integers(0, 10**12), max_size=3))
    agreed = draw(st.dictionaries(CODES.map(jurisdiction), QUARTERS, max_size=3))
    amend = draw(AMENDS)
    moves = draw(
        st.lists(
            st.builds(Move, ACCELERATORS, GPUS, INSIDE, PLACES, PLACES).filter(lambda row: row.origin != row.to),
            max_size=2,
        )
    )
    return Plan(
        firm=Firm(draw(st.just("") | NAMES), head, parent, draw(st.sampled_from(["uveu", "nveu", "none"]))),
        regime=RegimeRef(draw(st.sampled_from(["factsheet-2025", "own/regime.yaml"])), amend),
        horizon=Horizon(FIRST, FIRST + 7),
        agreements=agreed,
        national_use=used,
        catalogue=bundled_catalogue().with_own(own),
        own_accelerators=tuple(row.id for row in own),
        placements=tuple(draw(st.lists(PLACEMENTS, min_size=1, max_size=4))),
        retirements=tuple(
            draw(
                st.lists(
                    st.builds(Retirement, CODES, ACCELERATORS, GPUS, INSIDE, st.none() | NAMES, AUTHORIZATION),
                    max_size=2,
                )
            )
        ),
        moves=tuple(moves),
        consignees=tuple(
            draw(st.lists(st.builds(Consignee, NAMES, NAMES, CODES), max_size=2, unique_by=lambda row: row.consignee))
        ),
        site_operators=tuple(
            draw(
                st.lists(
                    st.builds(SiteOperator, NAMES, CODES, st.frozensets(st.sampled_from([14, 15, 18]))),
                    max_size=2,
                    unique_by=lambda row: row.site,
                )
            )
        ),
        result=draw(st.none() | st.dictionaries(NAMES, DATA, max_size=3)),
    )


def comparable(plan: Plan) -> object:
    """A plan without what belongs to its file: name, notes, folder and the catalogue as an object."""
    catalogue = {name: plan.catalogue[name] for name in plan.own_accelerators}
    return plan.replace(file="", notes=(), catalogue=bundled_catalogue()), catalogue


@given(plans())
def test_writing_and_reading_gives_the_same_plan(made: Plan) -> None:
    for fmt in ("yaml", "json"):
        text = write_plan(made, None, fmt)
        assert comparable(plan(text, f"x.{fmt}")) == comparable(made), text


@given(plans())
def test_a_table_of_placements_reads_back(made: Plan) -> None:
    made = made.replace(
        retirements=(), moves=(), placements=tuple(row._replace(holds_weights=False) for row in made.placements)
    )
    text = write_plan(made, None, "csv")
    got = plan(text, "x.csv", HeadOverrides(headquarters="US", status="none"))
    sums: dict[Placement, int] = {}  # rows with the same coordinates add up
    for row in made.placements:
        sums[row._replace(gpus=1)] = sums.get(row._replace(gpus=1), 0) + row.gpus
    assert list(got.placements) == [row._replace(gpus=gpus) for row, gpus in sums.items()]


@given(plans())
def test_others_read_what_is_written(made: Plan) -> None:
    """A YAML 1.1 loader and a JSON parser see the same document, and a spreadsheet sees no formula."""
    seen = yaml.safe_load(write_plan(made, None, "yaml"))
    assert seen == json.loads(write_plan(made, None, "json"))
    assert [row["country"] for row in seen["placements"]] == [row.country for row in made.placements]
    table = made.replace(
        retirements=(), moves=(), placements=tuple(row._replace(holds_weights=False) for row in made.placements)
    )
    for cells in csv.reader(io.StringIO(write_plan(table, None, "csv"))):
        assert not any(cell[:1] in ("=", "+", "-", "@") for cell in cells)


@given(st.dictionaries(NAMES, DATA, max_size=4))
def test_any_data_reads_back_from_yaml(data: dict[str, object]) -> None:
    text = yaml_of({"a": 1, **data})
    assert read_yaml(text, "x.yaml").data() == {"a": 1, **data}


def test_a_full_plan_reads_back() -> None:
    made = plan(FULL)
    for fmt in ("yaml", "json"):
        assert comparable(plan(write_plan(made, None, fmt), f"x.{fmt}")) == comparable(made)


def test_a_snapshot_stays_one() -> None:
    made = plan(HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n")
    assert "horizon" not in write_plan(made, None)
    assert plan(write_plan(made, None)).snapshot


def test_rows_stand_on_one_line_each() -> None:
    text = write_plan(plan(FULL), None)
    assert (
        "  - {country: MY, site: johor, accelerator: b200-hgx, gpus: 21600, quarter: 2026Q3, authorization: uveu}\n"
        in text
    )
    assert 'national_use: {SG: 120000000, FR: 5, "NO": 0}\n' in text


def test_numbers_are_exact() -> None:
    assert "kw_per_gpu: 1.83," in write_plan(plan(FULL), None)
    assert [decimal(Fraction(text)) for text in ("0", "-0.5", "12", "1.83", "0.000000000000000001")] == [
        "0",
        "-0.5",
        "12",
        "1.83",
        "0.000000000000000001",
    ]
    with pytest.raises(ValueError, match="no exact decimal"):
        decimal(Fraction(1, 3))


def test_the_format_follows_the_extension(tmp_path: Path) -> None:
    made = plan(HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n")
    for name, begins in (("a.yaml", "fleetplan:"), ("a.yml", "fleetplan:"), ("a.json", "{"), ("a.csv", "country,")):
        text = write_plan(made, tmp_path / name)
        assert text.startswith(begins)
        assert (tmp_path / name).read_text() == text
    with pytest.raises(InputError, match="IN011"):
        write_plan(made, tmp_path / "a.xls")
    with pytest.raises(InputError, match="IN011"):
        write_plan(made, None, "xml")
    assert write_plan(made, tmp_path / "a.txt", "json").startswith("{")


@pytest.mark.parametrize("part", ["retirements", "moves", "holds_weights"])
def test_a_table_does_not_lose_anything_in_silence(part: str) -> None:
    made = plan(FULL)
    made = made.replace(
        retirements=made.retirements if part == "retirements" else (),
        moves=made.moves if part == "moves" else (),
        placements=made.placements if part == "holds_weights" else made.placements[:1],
    )
    with pytest.raises(InputError, match=f"IN210.*{part}"):
        write_plan(made, None, "csv")


def test_names_that_could_not_be_read_back_are_not_written() -> None:
    made = plan(HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n")
    for site in ("a\nb", "a\u202eb", " a"):
        with pytest.raises(InputError, match="output"):
            write_plan(made.replace(placements=(made.placements[0]._replace(site=site),)), None)
    with pytest.raises(InputError, match="IN004"):
        write_plan(made.replace(result={"solver": "\x1b[31m"}), None)
    with pytest.raises(ValueError, match="NaN"):
        write_plan(made.replace(result={"gap": float("nan")}), None)


def test_a_plan_too_large_to_be_read_back_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimizer.reading.plan_writer.MAX_TEXT_BYTES", 100)
    with pytest.raises(InputError, match="IN002"):
        write_plan(plan(FULL), None)


def test_the_path_of_a_regime_follows_the_plan(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    source = tmp_path / "a" / "plan.yaml"
    source.write_text(HEAD + "regime: own.yaml\nplacements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n")
    write_plan(read_plan(source), tmp_path / "b" / "plan.yaml")
    moved = read_plan(tmp_path / "b" / "plan.yaml").regime
    assert moved.base == "../a/own.yaml"
    assert (moved.folder / moved.base).resolve() == tmp_path / "a" / "own.yaml"
    assert "extends: factsheet-2025" in write_plan(plan(FULL), tmp_path / "b" / "other.yaml")


def test_an_input_is_not_replaced(tmp_path: Path) -> None:
    source = tmp_path / "plan.yaml"
    source.write_text(HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n")
    made = read_plan(source)
    (tmp_path / "link.yaml").symlink_to(source)
    for target in (source, tmp_path / "link.yaml", tmp_path / "." / "plan.yaml"):
        with pytest.raises(InputError, match="IN012"):
            write_plan(made, target)
    other = tmp_path / "scenario.yaml"
    other.write_text("x")
    with pytest.raises(InputError, match="IN012"):
        write_plan(made, other, inputs=[other])
    write_plan(made, source, may_replace_input=True)
    assert read_plan(source).placements == made.placements


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "plan.yaml"
    target.write_text("before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="the disk is full"):
        write_atomically(target, "after")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        write_atomically(tmp_path / "none" / "x", "")
    with pytest.raises(InputError, match="a folder"):
        write_atomically(tmp_path, "")
    with pytest.raises(InputError, match="IN012"):
        write_atomically(tmp_path / "a\0b", "")


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "real", tmp_path / "link"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    write_atomically(link, "after")
    assert link.is_symlink()
    assert target.read_text() == "after"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    write_atomically(tmp_path / "new", "x")
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666 & ~mask


def test_a_device_is_written_to_directly() -> None:
    if Path("/dev/null").exists():
        write_atomically(Path("/dev/null"), "x")
        assert not stat.S_ISREG(Path("/dev/null").stat().st_mode)
