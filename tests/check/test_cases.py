"""Every rule at its boundary: the worked cases of tests/cases, written from the law's text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from optimizer.check import CheckResult, Finding, check
from optimizer.domain.plan import RegimeRef
from optimizer.explain.sentences import KEPT, MEASURED, MEND, sentence
from optimizer.reading import read_plan
from optimizer.regimes import builtin_regimes, load_regime

FOLDER = Path(__file__).resolve().parents[1] / "cases"


def cases() -> list[Any]:
    """Each case under each of its regimes."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert document["rule"] == path.stem
        for number, case in enumerate(document["cases"]):
            for regime in case["regimes"]:
                values = (path.stem, str(regime), document["given"] + case["plan"], case)
                found.append(pytest.param(*values, id=f"{path.stem}-{number}-{regime}"))
    return found


def checked(text: str, regime: str, folder: Path) -> CheckResult:
    """The check of the plan whose body is `text`."""
    path = folder / "case.plan.yaml"
    path.write_text(f"fleetplan: plan/1\nregime: {regime}\n{text}\n", encoding="utf-8")
    return check(read_plan(path))


def expected(finding: Finding, wanted: Any) -> Any:
    """What the finding shows of what is wanted: its verdict, or verdict, measured, allowed and excess (null: any)."""
    if isinstance(wanted, str):
        return finding.verdict
    shown = [finding.verdict, finding.measured, finding.allowed, finding.excess]
    return [None if want is None else value for value, want in zip(shown, wanted, strict=True)]


@pytest.mark.parametrize("rule, regime, text, case", cases())
def test_case(rule: str, regime: str, text: str, case: dict[str, Any], tmp_path: Path) -> None:
    result = checked(text, regime, tmp_path)
    found = {finding.limit.name: finding for finding in result.findings if finding.limit.rule.id == rule}
    assert len(found) == len([f for f in result.findings if f.limit.rule.id == rule]), "names of limits are unique"
    wanted = case["expect"]
    assert set(wanted) <= set(found), case["why"]
    shown = {name: expected(found[name], want) for name, want in wanted.items()}
    assert shown == wanted, case["why"]
    # every limit that breaks or is undecided is named in the case
    assert {name for name, f in found.items() if f.verdict in ("fail", "undecided")} <= set(wanted), case["why"]
    if "status" in case:
        assert result.status == case["status"]
    for finding in found.values():
        text = sentence(finding, result.plan.catalogue)
        assert text.endswith(f"[{finding.limit.rule.citation}].")
        assert "{" not in text
        assert text[0].isupper()


RECORDS = [
    pytest.param(record, id=f"{name}-{record.rule.id}")
    for name in builtin_regimes()
    for record in load_regime(RegimeRef(name)).records
]


@pytest.mark.parametrize("record", RECORDS)
def test_every_rule_is_complete(record: Any) -> None:
    rule = record.rule
    assert rule.citation
    assert rule.title
    assert rule.grade in "PFSDA"
    assert rule.grade != "A" or record.assumed
    assert record.first is not None
    assert rule.id in MEASURED
    assert rule.id in MEND
    document = yaml.safe_load((FOLDER / f"{rule.id}.yaml").read_text(encoding="utf-8"))
    verdicts = {
        str(want[0] if isinstance(want, list) else want) for c in document["cases"] for want in c["expect"].values()
    }
    assert verdicts >= ({"undecided"} if record.not_judged else {"pass", "fail"})
    assert all(case["why"] for case in document["cases"])


@pytest.mark.parametrize("name", builtin_regimes())
def test_every_rule_has_a_case_under_its_regime(name: str) -> None:
    for record in load_regime(RegimeRef(name)).records:
        document = yaml.safe_load((FOLDER / f"{record.rule.id}.yaml").read_text(encoding="utf-8"))
        assert any(name in map(str, case["regimes"]) and case["expect"] for case in document["cases"])


def test_no_rule_has_words_that_no_regime_uses() -> None:
    ids = {record.rule.id for name in builtin_regimes() for record in load_regime(RegimeRef(name)).records}
    assert {key for key in (*MEASURED, *KEPT) if " " not in key} - {"own"} <= ids
