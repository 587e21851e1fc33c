"""Every rule at its boundary: the worked cases of tests/cases, written from the law's text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from worked_cases import Case, cases, complaints, documents, record_complaints, regime_complaints

from optimizer.check import check
from optimizer.domain.plan import RegimeRef
from optimizer.explain.sentences import KEPT, MEASURED, MEND, sentence
from optimizer.regimes import Regime, builtin_regimes, load_regime
from optimizer.regimes.duties import DutyRecord


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_case(case: Case, tmp_path: Path) -> None:
    result = check(case.plan(tmp_path), as_of=case.as_of)
    assert complaints(case, result) == [], case.form["why"]
    for finding in result.findings:
        if finding.limit.rule.id == case.rule:
            text = sentence(finding, result.plan.catalogue)
            assert text.endswith(f"[{finding.limit.rule.citation}].")
            assert "{" not in text or "amend" in case.form  # an amended rule's title says what was amended
            assert text[0].isupper()


REGIMES = [load_regime(RegimeRef(name)) for name in builtin_regimes()]
RECORDS = [
    pytest.param(regime.id, record, id=f"{regime.id}-{record.rule.id}")
    for regime in REGIMES
    for record in (*regime.records, *regime.duties)
]


@pytest.mark.parametrize("regime, record", RECORDS)
def test_every_rule_and_duty_is_complete(regime: str, record: Any) -> None:
    rule = record.rule
    assert rule.citation
    assert rule.title
    assert rule.grade in "PFSDA"
    assert rule.grade != "A" or record.assumed
    assert record.first is not None
    document = documents()[rule.id]
    assert record_complaints(document, regime, record) == []
    assert all(form["why"] for form in document["cases"])
    if not isinstance(record, DutyRecord):
        assert rule.id in MEASURED
        assert rule.id in MEND
        wants = [want for form in document["cases"] for want in form["expect"].values()]
        assert {str(want[0] if isinstance(want, list) else want) for want in wants} >= {"pass", "fail"}


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_a_regime_says_of_itself_what_is_known(regime: Regime) -> None:
    assert regime_complaints(documents()["REGIME"], regime.id, regime) == []


@pytest.mark.parametrize("regime, record", RECORDS)
def test_every_rule_and_duty_has_a_case_under_its_regime(regime: str, record: Any) -> None:
    forms = documents()[record.rule.id]["cases"]
    assert any(regime in map(str, form["regimes"]) and form["expect"] for form in forms)


def test_no_rule_has_words_that_no_regime_uses() -> None:
    ids = {record.rule.id for regime in REGIMES for record in regime.records}
    assert {key for key in (*MEASURED, *KEPT) if " " not in key} - {"own"} <= ids


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.id)
def test_every_option_of_a_reading_has_a_case(regime: Regime) -> None:
    """Under each option some rule says something, and the default says it without being chosen."""
    asked = {(name, option) for case in cases() if case.regime == regime.id for name, option in case.readings.items()}
    options = {(reading.id, option.name) for reading in regime.readings for option in reading.options if option.amend}
    assert options <= asked
