"""A field that a record's kind does not read would narrow nothing, in silence: it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optimizer.bundled import data_path
from optimizer.domain.plan import RegimeRef
from optimizer.errors import InputError
from optimizer.regimes import load_regime


def refused(amend: dict[str, Any], **reference: Any) -> list[str]:
    """The reason of each problem of the interim final rule with these fields changed, or of another regime."""
    try:
        load_regime(RegimeRef(**{"base": "ifr-2025", "amend": amend, **reference}))
    except InputError as error:
        return [problem.why for problem in error.problems]
    return []


def refused_duty(folder: Path, kind: str, field: str) -> list[str]:
    """The reason of each problem of that rule with `field` added to its first duty of a kind."""
    text = data_path("regimes/ifr-2025.yaml").read_text(encoding="utf-8").replace("id: ifr-2025", "id: mine")
    head, found, rest = text.partition(f"    when: {kind}\n")
    assert found
    duty, _, others = rest.partition("\n\n")
    kept = [line for line in duty.splitlines() if not line.strip().startswith(field.partition(":")[0])]
    (folder / "mine.yaml").write_text("\n".join([f"{head}{found}    {field}", *kept, "", others]), encoding="utf-8")
    return refused({}, base="mine.yaml", folder=folder)


FIELDS = pytest.mark.parametrize("field", ["authorizations: [uveu]", "not_in: [US]"])


@FIELDS
@pytest.mark.parametrize("kind", ["move between countries", "every year", "once"])
def test_a_duty_that_looks_at_no_chips_takes_no_field_on_them(tmp_path: Path, kind: str, field: str) -> None:
    assert refused_duty(tmp_path, kind, field) == [f"a duty of this kind ({kind}) does not look at it"]


@FIELDS
@pytest.mark.parametrize("kind", ["new location", "new country", "shipment", "amount"])
def test_a_duty_that_looks_at_chips_takes_them(tmp_path: Path, kind: str, field: str) -> None:
    assert refused_duty(tmp_path, kind, field) == []


@pytest.mark.parametrize(
    "field",
    [{"measured.tiers": ["2"]}, {"measured.countries": ["MY"]}, {"measured.chips": "meets_3a090a"}],
)
def test_a_rule_on_closed_weights_measures_all_that_is_beside_them(field: dict[str, Any]) -> None:
    (why,) = refused({f"WGT701.{key}": value for key, value in field.items()})
    assert why == "a rule on closed weights measures every chip beside them, wherever it looks"


def test_a_firms_seat_is_asked_for_with_the_place_that_it_lies_in() -> None:
    (why,) = refused({"UVEU103.applies": {"status": ["uveu"], "seat": "both"}})
    assert why == "a seat alone asks nothing of the firm"
    assert refused({"UVEU103.applies": {"status": ["uveu"], "seat": "both", "tiers": ["1"]}}) == []
    assert refused({"UVEU103.applies": {"status": ["uveu"]}}) == []
