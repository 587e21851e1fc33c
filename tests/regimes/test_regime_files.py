"""Regimes: what ships, tiers, default authorizations, and files that extend and amend."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from optimizer.bundled import data_path
from optimizer.domain.countries import countries
from optimizer.domain.plan import Firm, RegimeRef, Status
from optimizer.errors import InputError
from optimizer.limits import Chips, Sense, Standing
from optimizer.regimes import Regime, Subject, builtin_regimes, load_regime
from optimizer.regimes.codes import REGIME_CODES
from optimizer.regimes.load import MAX_EXTENDS
from optimizer.regimes.records import Values
from optimizer.units import TPP_PER_H100E, Quarter

Q = Quarter.parse
Write = Callable[..., Path]
TIER1_CODES = "US AU BE CA DK FI FR DE IE IT JP NL NZ NO KR ES SE TW GB"
TIER3_CODES = "AF BY MM KH CF CN CD CU ER HT IQ IR KP LB LY NI RU SO SS SD SY VE ZW MO"
TIER1, TIER3 = set(TIER1_CODES.split()), set(TIER3_CODES.split())


def regime(name: str = "ifr-2025", **amend: object) -> Regime:
    return load_regime(RegimeRef(name, amend={path.replace("__", "."): value for path, value in amend.items()}))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A regime file in a folder of its own, from the text below its first line."""

    def make(body: str, name: str = "mine.yaml") -> Path:
        path = tmp_path / name
        path.write_text("fleetplan: regime/1\n" + body, encoding="utf-8")
        return path

    return make


def load(path: Path) -> Regime:
    return load_regime(RegimeRef(path.name, folder=path.parent))


def test_three_regimes_ship_the_default_first() -> None:
    assert builtin_regimes() == ("factsheet-2025", "ifr-2025", "none")
    assert RegimeRef().base == "factsheet-2025"


@pytest.mark.parametrize("name", builtin_regimes())
def test_the_tiers_of_january_2025(name: str) -> None:
    tiers = regime(name).tiers
    assert tiers.tier1 == TIER1
    assert len(TIER1) == 19
    assert tiers.tier3 == TIER3
    assert len(TIER3) == 24
    assert [regime(name).tier(code) for code in ("CY", "IL", "YE", "TW", "HK", "MO", "PR", "KY", "AW", "XK")] == [
        *(2, 2, 2, 1, 3, 3, 1, 1, 2, 2)
    ]
    for code, row in countries().items():
        assert regime(name).tier(code) == regime(name).tier(row.follows or code)


def test_an_unknown_country_has_no_tier() -> None:
    with pytest.raises(KeyError):
        regime().tier("XX")


def test_members_are_every_jurisdiction_once() -> None:
    tiers = regime().tiers
    parts = [tiers.members(frozenset((tier,))) for tier in (1, 2, 3)]
    assert frozenset.union(*parts) == {code for code, row in countries().items() if row.follows is None}
    assert sum(map(len, parts)) == len(frozenset.union(*parts))


@pytest.mark.parametrize(
    ("headquarters", "parent", "status", "country", "authorization"),
    [
        ("US", "US", "uveu", "DE", "aia"),
        ("US", "US", "none", "PR", "aia"),
        ("US", "AE", "uveu", "DE", "licence"),
        ("AE", "US", "none", "US", "licence"),
        ("US", "US", "uveu", "MY", "uveu"),
        ("AE", "AE", "uveu", "MY", "uveu"),
        ("US", "US", "nveu", "MY", "nveu"),
        ("US", "US", "nveu", "TH", "allocation"),
        ("US", "US", "none", "MY", "allocation"),
        ("US", "US", "none", "CN", "allocation"),
    ],
)
def test_default_authorization(
    headquarters: str, parent: str, status: Status, country: str, authorization: str
) -> None:
    firm = Firm("A", headquarters, parent, status, frozenset({"MY"}))
    for name in builtin_regimes():
        assert regime(name).default_authorization(firm, country) == authorization


def test_the_amounts_of_the_two_regimes() -> None:
    fact, text = regime("factsheet-2025"), regime("ifr-2025")
    wanted = {"CAP201": (50_000, 790_000_000), "LPP501": (1_700, 26_900_000), "NVEU401": (320_000, 5_064_000_000)}
    for rule, (h100e, tpp) in wanted.items():
        fact_record, text_record = fact.record(rule), text.record(rule)
        assert fact_record is not None
        assert text_record is not None
        assert fact_record.amount is not None
        assert text_record.amount is not None
        assert fact_record.amount.at(Q("2027Q4")) == h100e * TPP_PER_H100E
        assert text_record.amount.at(Q("2027Q4")) == tpp
    assert (fact.measure, text.measure) == (Chips.ALL, Chips.MEETS_3A090A)
    assert {r.rule.id for r in text.records} - {r.rule.id for r in fact.records} == {"AIA250", "UVEU103"}
    assert [record.rule.id for record in regime("none").records] == ["TIER301"]
    assert [r.rule.id for r in text.records if not r.rule.waivable] == ["TIER301"]
    assert text.record("XX") is None


def test_where_a_regime_comes_from_is_kept() -> None:
    fact = regime("factsheet-2025")
    assert [source.id for source in fact.provenance.sources] == ["factsheet-2025", "ifr-2025"]
    for source in fact.provenance.sources:
        assert source.sha256 == sha256(data_path("regimes", f"{source.id}.yaml").read_bytes()).hexdigest()
    assert fact.status.enforced == "no"
    assert fact.status.looked
    assert [event.date for event in fact.status.history] == sorted(event.date for event in fact.status.history)
    changed = regime("factsheet-2025", UVEU101__at_most="10%")
    assert changed.provenance.amendments == (("UVEU101.at_most", "10%"),)
    assert changed.name == "factsheet-2025 (amended)"
    assert fact.name == "factsheet-2025"


def test_amendments_reach_every_part() -> None:
    changed = regime(
        "ifr-2025",
        UVEU101__at_most="10%",
        CAP201__measured__authorizations=["uveu", "allocation"],
        NVEU401__at_most__2026Q2=1,
        UVEU103__from="2026Q1",
        measure="all",
        tiers__tier3=[*TIER3, "CY"],
    )
    assert changed.tier("CY") == 3
    assert changed.measure is Chips.ALL
    share, cap, base, floor = (changed.record(rule) for rule in ("UVEU101", "CAP201", "NVEU401", "UVEU103"))
    assert share is not None
    assert share.share is not None
    assert share.share.at(Q("2026Q1")) == Fraction(1, 10)
    assert share.measured.chips is Chips.ALL
    assert cap is not None
    assert cap.measured.authorizations == {"uveu", "allocation"}
    assert base is not None
    assert base.amount is not None
    assert [base.amount.at(Q(quarter)) for quarter in ("2026Q1", "2026Q2", "2026Q3")] == [1899000000, 1, 3481500000]
    assert floor is not None
    assert floor.first == Q("2026Q1")
    assert regime("ifr-2025").tier("CY") == 2


BAD_AMENDMENTS = [
    ({"UVEU999.at_most": "10%"}, "IN503"),
    ({"UVEU101": "10%"}, "IN503"),
    ({"UVEU101.id": "OWN1"}, "IN503"),
    ({"id": "other"}, "IN503"),
    ({"rules": []}, "IN503"),
    ({"UVEU101.at_most": None}, "IN503"),
    ({"UVEU101.at_most.2026Q1": "10%"}, "IN503"),
    ({"UVEU101.at_mst": "10%"}, "IN102"),
    ({"UVEU101.at_most": "10"}, "IN505"),
    ({"UVEU101.at_most": "110%"}, "IN108"),
    ({"UVEU101.of": {"country": ["US"]}}, "IN102"),
    ({"CAP201.at_most": "7%"}, "IN505"),
    ({"CAP201.at_most": {"2025Q9": 1}}, "IN107"),
    ({"CAP201.at_most": {"2025Q1": 1, "2026Q1": "7%"}}, "IN505"),
    ({"CAP201.at_most": "-1"}, "IN104"),
    ({"CAP201.at_most": "1.5"}, "IN104"),
    ({"CAP201.at_most": {}}, "IN505"),
    ({"CAP201.at_least": 5}, "IN505"),
    ({"CAP201.at_most.2026Q1": 1, "CAP201.at_most": 5}, "IN503"),
    ({"CAP201.measured.authorizations": []}, "IN101"),
    ({"CAP201.measured.authorizations": ["uvue"]}, "IN106"),
    ({"CAP201.measured.span": "received"}, "IN106"),
    ({"UVEU102.measured.tiers": [4]}, "IN106"),
    ({"UVEU103.measured.countries": ["PR"]}, "IN507"),
    ({"UVEU103.measured.countries": ["XX"]}, "IN110"),
    ({"tiers.tier1": ["US", "CN"]}, "IN507"),
    ({"tiers.tier3": ["HK"]}, "IN507"),
    ({"span.last": "2024Q1"}, "IN105"),
    ({"measure": "some"}, "IN106"),
    ({"UVEU102.less": "national_use"}, "IN506"),
    ({"LPP501.at_most": "7%", "LPP501.of": "all"}, "IN505"),
    ({"UVEU100.at_most": {"2025Q1": 0}}, "IN505"),
    ({"WGT701.at_most": 5}, "IN505"),
]


@pytest.mark.parametrize(("amend", "code"), BAD_AMENDMENTS, ids=lambda value: str(value)[:40])
def test_a_wrong_amendment_is_refused(amend: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as caught:
        load_regime(RegimeRef("ifr-2025", amend=amend))
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.mend for problem in caught.value.problems)


def test_a_file_extends_a_regime_with_further_rules(write: Write) -> None:
    path = write(
        """id: mine
title: The rule with a national cap for everybody and one rule more
extends: ifr-2025
amend: {CAP201.measured.authorizations: [uveu, allocation]}
rules:
  - {id: XTRA1, title: Nothing above 90 % at home, citation: nobody, grade: A, each: quarter, assumed: all of it,
     measured: {countries: [US]}, at_most: 90%, of: all}
"""
    )
    mine = load(path)
    assert mine.id == "mine"
    assert [source.id for source in mine.provenance.sources] == ["mine", "ifr-2025"]
    assert mine.provenance.amendments == (("CAP201.measured.authorizations", "[uveu, allocation]"),)
    assert [record.rule.id for record in mine.records][-2:] == ["WGT701", "XTRA1"]
    assert mine.tier("CN") == 3
    again = write("id: twice\nextends: mine.yaml\namend: {XTRA1.at_most: 80%}\n", "twice.yaml")
    twice = load(again)
    assert [source.id for source in twice.provenance.sources] == ["twice", "mine", "ifr-2025"]
    assert twice.title == mine.title
    assert len(twice.provenance.amendments) == 2


def test_a_regime_of_ones_own_in_json(write: Write, tmp_path: Path) -> None:
    document = {
        "fleetplan": "regime/1",
        "id": "mine",
        "title": "Mine",
        "tiers": "none",
        "span": {"first": "2026Q1", "last": "2026Q4"},
        "measure": "all",
        "status": {"enforced": "yes", "looked": "2026-11-22"},
        "rules": [
            {
                "id": "A1",
                "title": "t",
                "citation": "c",
                "grade": "D",
                "each": "quarter",
                "of": "all",
                "at_most": "50%",
                "measured": {"countries": ["MY"]},
            }
        ],
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    mine = load(path)
    assert mine.first == Q("2026Q1")
    limits = mine.limits(Subject(Firm("A", "US", "US", "none"), [Q("2025Q4"), Q("2026Q1")], ["US"]))
    assert [limit.standing for limit in limits] == [Standing.NOT_APPLICABLE, Standing.APPLIES]


HEAD = """id: mine
title: Mine
tiers: none
span: {first: 2025Q1, last: 2025Q4}
measure: all
status: {enforced: 'yes', looked: 2026-11}
"""
RULE = "{id: A1, title: t, citation: c, grade: D, each: quarter, at_most: 1, measured: {countries: [MY]}}"
BAD_FILES = [
    (HEAD, "IN101"),
    (HEAD + "rules: []\n", "IN101"),
    (HEAD + f"rules: [{RULE}, {RULE}]\n", "IN504"),
    (HEAD + f"rules: [{RULE.replace('A1', 'IN123')}]\n", "IN504"),
    (HEAD + f"rules: [{RULE.replace('A1', 'A-1')}]\n", "IN504"),
    (HEAD + f"rules: [{RULE.replace('citation: c, ', '')}]\n", "IN101"),
    (HEAD + f"rules: [{RULE.replace('at_most: 1, ', '')}]\n", "IN505"),
    (HEAD + f"rules: [{RULE}]\namend: {{A1.at_most: 2}}\n", "IN102"),
    (HEAD.replace("2026-11", "2026-13") + f"rules: [{RULE}]\n", "IN109"),
    (HEAD.replace("tiers: none", "tiers: nowhere") + f"rules: [{RULE}]\n", "IN501"),
    (HEAD.replace("tiers: none", "tiers: {tier1: [US], tier3: []}") + f"rules: [{RULE}]\n", "IN101"),
    ("extends: mine.yaml\n", "IN502"),
    ("extends: [ifr-2025]\n", "IN103"),
    ("extends: ifr-2025\namend: [1]\n", "IN103"),
    ("extends: ifr-2020\n", "IN501"),
    ("extends: ifr-2025\namend: {tiers.tier3: [CN, AE]}\ntiers: ifr-2025\n", "IN503"),
    ("extends: ifr-2025\namend: {measure: meets_3a090a}\nmeasure: all\n", "IN503"),
    ("extends: other.yaml\n", "IN001"),
    ("extends: ifr-2025\nrules: [{id: UVEU101}]\n", "IN504"),
]


@pytest.mark.parametrize(("body", "code"), BAD_FILES, ids=lambda value: value if len(value) < 8 else value[-40:])
def test_a_wrong_regime_file_is_refused(body: str, code: str, write: Write) -> None:
    with pytest.raises(InputError) as caught:
        load(write(body))
    assert code in {problem.code for problem in caught.value.problems}


def test_what_is_no_regime_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("fleetplan: plan/1\n", encoding="utf-8")
    with pytest.raises(InputError, match="IN112"):
        load_regime(RegimeRef("plan.yaml", folder=tmp_path))
    (tmp_path / "list.yaml").write_text("- 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="IN103"):
        load_regime(RegimeRef("list.yaml", folder=tmp_path))
    with pytest.raises(InputError, match="Did you mean 'ifr-2025'"):
        load_regime(RegimeRef("ifr2025"))


def test_a_long_chain_of_files_ends_in_an_error(write: Write) -> None:
    for number in range(MAX_EXTENDS + 1):
        write(f"id: r{number}\nextends: r{number + 1}.yaml\n", f"r{number}.yaml")
    with pytest.raises(InputError, match="IN502"):
        load(write("id: start\nextends: r0.yaml\n"))


def test_every_code_is_described() -> None:
    assert all(code.startswith("IN5") and text for code, text in REGIME_CODES.items())


def test_values_hold_from_their_quarter_to_the_next_and_to_the_end() -> None:
    values = Values(((Q("2026Q1"), 1), (Q("2026Q3"), 2)), Q("2026Q4"))
    assert [values.at(Q(q)) for q in ("2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1")] == [
        *(None, 1, 1, 2, 2, None)
    ]
    assert Values(((None, 7),)).at(Q("1999Q1")) == 7


def test_a_year_holds_the_hardest_of_its_values_and_none_where_one_is_missing() -> None:
    changed = regime("ifr-2025", LPP501__at_most={"2025Q1": 9, "2026Q3": 5, "to": "2027Q2"})
    subject = Subject(Firm("A", "US", "US", "none"), [Q("2025Q1"), Q("2026Q1"), Q("2027Q1")], [], [""])
    limits = [limit for limit in changed.limits(subject) if limit.rule.id == "LPP501"]
    assert [(limit.fixed, limit.standing) for limit in limits] == [
        *((9, Standing.APPLIES), (5, Standing.APPLIES), (0, Standing.UNDECIDED))
    ]
    assert limits[0].name == "LPP501(own group,2025)"


def test_limits_come_by_rule_country_and_period() -> None:
    firm = Firm("A", "US", "US", "uveu")
    quarters = [Q("2026Q2"), Q("2026Q1")]
    limits = regime("factsheet-2025").limits(Subject(firm, quarters, ["TH", "US", "MY", "CN"]))
    rules = [limit.rule.id for limit in limits]
    assert rules == sorted(
        rules, key=["TIER301", "UVEU100", "AUTH200", "UVEU101", "UVEU102", "CAP201", "NVEU401"].index
    )
    shares = [limit.name for limit in limits if limit.rule.id == "UVEU101"]
    assert shares == [f"UVEU101({c},{q})" for c in ("MY", "TH") for q in ("2026Q1", "2026Q2")]
    floor = regime("ifr-2025").record("UVEU103")
    assert floor is not None
    assert floor.sense is Sense.AT_LEAST
