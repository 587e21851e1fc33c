"""The firm's own limits: the same grammar as the law's records, never under the law's names."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from optimizer.check import check
from optimizer.domain.plan import Firm, RegimeRef
from optimizer.errors import InputError
from optimizer.limits import Limit, Sense, Standing
from optimizer.reading import read_document, read_plan
from optimizer.reading.nodes import Node
from optimizer.regimes import Subject, load_regime, parse_own_limits
from optimizer.units import Quarter

Q = Quarter.parse
LAW = load_regime(RegimeRef("factsheet-2025"))


def nodes(*rows: str) -> list[Node]:
    """The rows as a scenario's `own_limits`."""
    document = read_document("own.yaml", text="own_limits:\n" + "".join(f"  - {row}\n" for row in rows))
    assert isinstance(document.value, dict)
    listed = document.value["own_limits"].value
    assert isinstance(listed, list)
    return listed


def limits(*rows: str, countries: tuple[str, ...] = ("US", "MY", "AE")) -> list[Limit]:
    own = LAW.with_own_limits(nodes(*rows))
    subject = Subject(Firm("A", "US", "US", "uveu"), [Q("2026Q2"), Q("2026Q3")], countries)
    return own.limits(subject)[len(LAW.limits(subject)) :]


def test_the_two_of_the_formats_page() -> None:
    found = limits(
        "{id: OWN1, title: No more than 5 % in Malaysia, measured: {countries: [MY]}, at_most: 5%, of: all}",
        "{id: OWN2, title: Gulf cap, measured: {countries: [AE, SA, QA]}, at_most: 900000000, unit: tpp, from: 2026Q3}",
    )
    assert [(limit.name, limit.share, limit.fixed, limit.standing) for limit in found] == [
        ("OWN1(2026Q2)", Fraction(1, 20), 0, Standing.APPLIES),
        ("OWN1(2026Q3)", Fraction(1, 20), 0, Standing.APPLIES),
        ("OWN2(2026Q2)", 0, 0, Standing.NOT_APPLICABLE),
        ("OWN2(2026Q3)", 0, 900_000_000, Standing.APPLIES),
    ]
    assert found[0].measured.selection.countries == {"MY"}
    assert found[0].base is not None
    assert found[0].base.selection.countries is None
    assert found[3].measured.selection.countries == {"AE", "SA", "QA"}
    assert found[0].rule.citation


def test_amounts_in_h100e_are_rounded_against_the_plan() -> None:
    most, _, least, _ = limits(
        "{id: A, title: t, measured: {countries: [MY]}, at_most: 1.00005, unit: h100e}",
        "{id: B, title: t, measured: {countries: [MY]}, at_least: 1.00005, unit: h100e}",
    )
    assert (most.fixed, least.fixed) == (15832, 15833)
    assert least.sense is Sense.AT_LEAST


def test_a_share_with_an_amount_on_top() -> None:
    limit = limits("{id: A, title: t, measured: {sites: [johor]}, at_most: 5%, plus: 1000, of: {countries: [MY, AE]}}")[
        0
    ]
    assert (limit.share, limit.fixed) == (Fraction(1, 20), 1000)
    assert limit.measured.selection.sites == {"johor"}
    assert limit.base is not None
    assert limit.base.selection.countries == {"MY", "AE"}


def test_a_floor_holds_where_nothing_is_placed() -> None:
    found = limits("{id: A, title: t, each: country+quarter, measured: {countries: [DE]}, at_least: 1}")
    assert [limit.name for limit in found] == ["A(DE,2026Q2)", "A(DE,2026Q3)"]


def test_by_country_only_where_the_plan_goes_unless_named() -> None:
    found = limits("{id: A, title: t, each: country+quarter, measured: {tiers: [2]}, at_most: 1}")
    assert [limit.country for limit in found] == ["AE", "AE", "MY", "MY"]


def test_a_date_with_no_value_is_undecided() -> None:
    found = limits("{id: A, title: t, measured: {countries: [MY]}, at_most: {2026Q3: 5}}")
    assert [limit.standing for limit in found] == [Standing.UNDECIDED, Standing.APPLIES]
    assert "begin with 2026Q3" in found[0].why


def test_an_own_limit_that_has_ended_does_not_hold() -> None:
    found = limits("{id: A, title: t, measured: {countries: [MY]}, at_most: 5, to: 2026Q2}")
    assert [limit.standing for limit in found] == [Standing.APPLIES, Standing.NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("{title: t, at_most: 5}", "IN101"),
        ("{id: A, at_most: 5}", "IN101"),
        ("{id: UVEU101, title: t, at_most: 5}", "IN504"),
        ("{id: AIA250, title: t, at_most: 5}", "IN504"),  # a law of another regime
        ("{id: IN101, title: t, at_most: 5}", "IN504"),
        ("{id: a b, title: t, at_most: 5}", "IN504"),
        ("{id: A, title: t}", "IN505"),
        ("{id: A, title: t, at_most: 5, at_least: 4}", "IN505"),
        ("{id: A, title: t, at_most: 5%}", "IN505"),
        ("{id: A, title: t, at_most: 5, of: all}", "IN505"),
        ("{id: A, title: t, at_most: 5%, of: most}", "IN106"),
        ('{id: A, title: t, at_most: "5"}', "IN103"),
        ("{id: A, title: t, at_most: [5]}", "IN103"),
        ("{id: A, title: t, at_most: 1e5}", "IN104"),
        ("{id: A, title: t, at_most: 5, plus: 5}", "IN505"),
        ("{id: A, title: t, at_most: 5%, of: all, plus: 5%}", "IN505"),
        ("{id: A, title: t, at_most: {2026Q3: 5, to: 2026Q1}}", "IN505"),
        ("{id: A, title: t, at_most: 5, from: 2026Q3, to: 2026Q1}", "IN105"),
        ("{id: A, title: t, at_most: 5, measured: {countries: [PR]}}", "IN507"),
        ("{id: A, title: t, at_most: 5, measured: {countries: []}}", "IN101"),
        ("{id: A, title: t, at_most: 5, measured: {country: MY}}", "IN102"),
        ("{id: A, title: t, at_most: 5, measured: {listed: true}}", "IN506"),
        ("{id: A, title: t, each: site, at_most: 5}", "IN506"),
        ("{id: A, title: t, each: firm, at_most: {2026Q1: 5}}", "IN505"),
        ("{id: A, title: t, at_most: 5%, of: {listed: true}}", "IN506"),
        ("{id: A, title: t, at_most: 5, exports_only: true}", "IN506"),
        ("{id: A, title: t, at_most: 5, barred_tiers: [3]}", "IN506"),
        ("{id: A, title: t, at_most: 5, unit: gpus}", "IN106"),
        ("{id: A, title: t, at_most: 5, limit: 3}", "IN102"),
    ],
)
def test_a_wrong_limit_is_refused(row: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_own_limits(nodes(row), LAW)
    problems = caught.value.problems
    assert code in {problem.code for problem in problems}
    assert all(problem.at.line for problem in problems)
    assert all(problem.mend for problem in problems)


def test_two_limits_with_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="IN504"):
        parse_own_limits(nodes("{id: A, title: t, at_most: 5}", "{id: A, title: u, at_most: 6}"), LAW)


def test_a_plan_can_be_checked_against_them(tmp_path: Path) -> None:
    path = tmp_path / "a.plan.yaml"
    path.write_text(
        "fleetplan: plan/1\nfirm: {name: A, headquarters: US, status: uveu}\nplacements:\n"
        "- {country: US, accelerator: h100-sxm, gpus: 94, quarter: 2026Q1}\n"
        "- {country: MY, accelerator: h100-sxm, gpus: 6, quarter: 2026Q1}\n",
        encoding="utf-8",
    )
    own = LAW.with_own_limits(
        nodes("{id: OWN1, title: Little in Malaysia, measured: {countries: [MY]}, at_most: 5%, of: all}")
    )
    result = check(read_plan(path), own)
    (finding,) = result.of("fail")
    assert (finding.limit.name, finding.excess) == ("OWN1(2026Q1)", 15832)
