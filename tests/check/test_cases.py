"""Every rule at its boundary: the worked cases of tests/cases, written from the law's text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from worked_cases import Case, cases, complaints, documents, record_complaints

from optimizer.check import check
from optimizer.domain.plan import RegimeRef
from optimizer.explain.sentences import KEPT, MEASURED, MEND, sentence
from optimizer.regimes import builtin_regimes, load_regime


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases()])
def test_case(case: Case, tmp_path: Path) -> None:
    result = check(case.plan(tmp_path))
    assert complaints(case, result) == [], case.form["why"]
    for finding in result.findings:
        if finding.limit.rule.id == case.rule:
            text = sentence(finding, result.plan.catalogue)
            assert text.endswith(f"[{finding.limit.rule.citation}].")
            assert "{" not in text
            assert text[0].isupper()


RECORDS = [
    pytest.param(name, record, id=f"{name}-{record.rule.id}")
    for name in builtin_regimes()
    for record in load_regime(RegimeRef(name)).records
]


@pytest.mark.parametrize("regime, record", RECORDS)
def test_every_rule_is_complete(regime: str, record: Any) -> None:
    rule = record.rule
    assert rule.citation
    assert rule.title
    assert rule.grade in "PFSDA"
    assert rule.grade != "A" or record.assumed
    assert record.first is not None
    assert rule.id in MEASURED
    assert rule.id in MEND
    document = documents()[rule.id]
    assert record_complaints(document, regime, record) == []
    verdicts = {
        str(want[0] if isinstance(want, list) else want) for c in document["cases"] for want in c["expect"].values()
    }
    assert verdicts >= ({"undecided"} if record.not_judged else {"pass", "fail"})
    assert all(case["why"] for case in document["cases"])


@pytest.mark.parametrize("regime, record", RECORDS)
def test_every_rule_has_a_case_under_its_regime(regime: str, record: Any) -> None:
    forms = documents()[record.rule.id]["cases"]
    assert any(regime in map(str, form["regimes"]) and form["expect"] for form in forms)


def test_no_rule_has_words_that_no_regime_uses() -> None:
    ids = {record.rule.id for name in builtin_regimes() for record in load_regime(RegimeRef(name)).records}
    assert {key for key in (*MEASURED, *KEPT) if " " not in key} - {"own"} <= ids
