"""Two regimes compared: every difference is named, in words, and nothing else is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.plan import RegimeRef
from optimizer.explain.regime_diff import Topic, differences, provenance
from optimizer.limits import Chips, Sense, Span
from optimizer.regimes import Each, Regime, builtin_regimes, load_regime
from optimizer.regimes.legal_status import Event, Interval
from optimizer.regimes.records import Counted, Dates, FirmTest, RuleRecord, Values, Weights
from optimizer.units import Quarter

IFR = load_regime(RegimeRef("ifr-2025"))


def amended(**amend: object) -> Regime:
    return load_regime(RegimeRef("ifr-2025", amend={key.replace("__", "."): value for key, value in amend.items()}))


def only(first: Regime, second: Regime) -> Topic:
    """The one topic in which two regimes differ."""
    topics = differences(first, second)
    assert len(topics) == 1, topics
    return topics[0]


@pytest.mark.parametrize("name", builtin_regimes())
def test_a_regime_does_not_differ_from_itself_nor_from_a_copy_of_its_file(name: str, tmp_path: Path) -> None:
    regime = load_regime(RegimeRef(name))
    assert differences(regime, regime) == []
    copy = tmp_path / "copy.yaml"
    copy.write_text(f"fleetplan: regime/1\nid: copy\nextends: {name}\n", encoding="utf-8")
    assert differences(regime, load_regime(RegimeRef(str(copy)))) == []


def test_a_changed_percentage_is_named_with_both_values() -> None:
    topic = only(IFR, amended(UVEU101__at_most="10%"))
    assert (topic.kind, topic.id, topic.stands_in) == ("rule", "UVEU101", "both")
    (part,) = topic.parts
    assert (part.label, part.first, part.second) == ("at most", "7 % of all of it", "10 % of all of it")


def test_a_country_that_moves_between_tiers_is_named() -> None:
    tier1 = [*sorted(IFR.tiers.tier1), "MY"]
    topic = only(IFR, amended(tiers__tier1=tier1))
    assert topic.kind == "tiers"
    assert [(p.label, p.first, p.second) for p in topic.parts] == [("MY (Malaysia)", "Tier 2", "Tier 1")]


def test_a_rule_that_one_regime_has_alone_is_named_on_its_side() -> None:
    fact_sheet = load_regime(RegimeRef("factsheet-2025"))
    sides = {topic.id: topic.stands_in for topic in differences(fact_sheet, IFR) if topic.kind == "rule"}
    assert sides["UVEU103"] == "second"
    assert sides["CAP201"] == "both"
    assert {t.id: t.stands_in for t in differences(IFR, fact_sheet)}["UVEU103"] == "first"


def test_duties_and_readings_of_one_regime_alone_are_named() -> None:
    none = load_regime(RegimeRef("none"))
    topics = {(topic.kind, topic.id): topic.stands_in for topic in differences(none, IFR)}
    assert topics["duty", "DUTY601"] == "second"
    assert topics["reading", "home-share"] == "second"
    assert ("reading", "cyprus") not in topics


def test_a_chosen_reading_is_named_with_what_it_changes() -> None:
    topics = differences(IFR, load_regime(RegimeRef("ifr-2025", readings={"uveu-seat": "both"})))
    assert [(topic.kind, topic.id) for topic in topics] == [("rule", "UVEU100"), ("reading", "uveu-seat")]
    assert [(p.label, p.first, p.second) for p in topics[1].parts] == [("chosen", "either", "both")]


def test_a_duty_of_other_days_is_named() -> None:
    duty = IFR.duties[0]
    topic = only(IFR, IFR.replace(duties=(duty.replace(days_before=90), *IFR.duties[1:])))
    assert (topic.kind, topic.id) == ("duty", "DUTY601")
    assert [p.second for p in topic.parts] == ["90 days before the first day of the quarter"]


GENERAL: dict[str, Any] = {
    "title": "Another",
    "brief": "in other words",
    "first": Quarter.parse("2025Q2"),
    "last": Quarter.parse("2028Q4"),
    "measure": Chips.ALL,
    "status": IFR.status.replace(enforced="yes"),
}


@pytest.mark.parametrize("field", GENERAL)
def test_what_is_true_of_the_whole_regime_is_compared(field: str) -> None:
    topic = only(IFR, IFR.replace(**{field: GENERAL[field]}))
    assert topic.kind == "regime"
    assert len(topic.parts) == 1


def test_the_status_is_compared_in_every_part() -> None:
    status = IFR.status
    others = (
        status.replace(looked="2027-01"),
        status.replace(note="something else"),
        status.replace(history=(*status.history, Event("2027-01-01", "in force again"))),
        status.replace(timeline=(*status.timeline, Interval("2027-01-01", "2027-02-01", "in force"))),
    )
    for other in others:
        assert len(only(IFR, IFR.replace(status=other)).parts) == 1


RECORD = next(record for record in IFR.records if record.rule.id == "CAP201")
FIELDS: dict[str, Any] = {
    "rule": RECORD.rule.replace(citation="elsewhere"),
    "each": Each.QUARTER,
    "span": Span.PRESENT,
    "measured": RECORD.measured.replace(countries=frozenset(("MY",))),
    "sense": Sense.AT_LEAST,
    "share": Values(((None, Fraction(1, 2)),)),
    "of": Counted(Chips.ALL, tiers=frozenset((1,))),
    "amount": Values(((Quarter.parse("2025Q1"), 1),), Quarter.parse("2027Q4")),
    "with_agreement": None,
    "less_national_use": False,
    "first": Quarter.parse("2025Q2"),
    "last": Quarter.parse("2027Q4"),
    "applies": FirmTest(statuses=frozenset(("none",))),
    "unless": FirmTest(seat="parent", tiers=frozenset((1,))),
    "everywhere_if": FirmTest(countries=frozenset(("CN",))),
    "barred_tiers": frozenset((3,)),
    "exports_only": True,
    "weights": Weights(frozenset((1,)), frozenset((3,)), frozenset((1,)), frozenset((14,))),
    "in_quarters": frozenset((2, 4)),
    "in_force": Dates("2025-05-15", None),
    "assumed": "something else",
}


@pytest.mark.parametrize("field", [name for name in RuleRecord.field_names if name != "at"])
def test_no_field_of_a_record_is_passed_over(field: str) -> None:
    """A field that is new in records fails here until the comparison has an example of it."""
    other = RECORD.replace(**{field: FIELDS[field]})
    records = tuple(other if record is RECORD else record for record in IFR.records)
    topic = only(IFR, IFR.replace(records=records))
    assert topic.parts
    assert all(part.first != part.second for part in topic.parts)


def test_where_a_regime_of_ones_own_comes_from_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "fleetplan: regime/1\nid: mine\nextends: ifr-2025\namend: {UVEU101.at_most: 10%}\n", encoding="utf-8"
    )
    lines = list(provenance(load_regime(RegimeRef(str(path)))))
    assert lines[0].startswith("mine (sha256 ")
    assert lines[1].startswith("built on ifr-2025 (sha256 ")
    assert lines[2] == "amended: UVEU101.at_most = 10%"
