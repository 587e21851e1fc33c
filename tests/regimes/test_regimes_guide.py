"""docs/regimes.md: each example in it is read as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from optimizer.check import check
from optimizer.domain.plan import RegimeRef
from optimizer.errors import InputError
from optimizer.reading import read_plan
from optimizer.regimes import load_regime

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "regimes.md"
BLOCKS = re.findall(r"```yaml (\w+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
PLAN = """\
fleetplan: plan/1
firm: {name: A, headquarters: US, status: uveu}
placements:
  - {country: US, accelerator: h100-sxm, gpus: 940}
  - {country: MY, accelerator: h100-sxm, gpus: 60, quarter: 2026Q1}
"""


def test_the_guide_has_examples() -> None:
    assert [kind for kind, _ in BLOCKS] == ["plan", "regime", "regime"]


@pytest.mark.parametrize("kind, text", BLOCKS)
def test_an_example_is_read_as_it_stands(kind: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.plan.yaml"
    if kind == "plan":
        path.write_text(PLAN + text, encoding="utf-8")
        assert [finding.limit.name for finding in check(read_plan(path)).of("fail")] == ["UVEU101(MY,2026Q1)"]
        return
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    regime = load_regime(RegimeRef("own.yaml", folder=tmp_path))
    path.write_text(PLAN + "regime: own.yaml\n", encoding="utf-8")
    result = check(read_plan(path), as_of="2026-08-01" if regime.id == "phased-in" else None)
    assert result.status == "compliant"
    if regime.id == "our-law":
        assert regime.tier("CY") == 3
        assert regime.record("BOARD1") is not None
        assert "UVEU101.at_most" in dict(regime.provenance.amendments)


def test_a_file_may_not_pose_as_a_built_in_regime(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("fleetplan: regime/1\nid: ifr-2025\nextends: ifr-2025\n", encoding="utf-8")
    with pytest.raises(InputError, match="may not bear the id of a built-in regime"):
        load_regime(RegimeRef("own.yaml", folder=tmp_path))


def test_parts_that_a_file_replaces_are_amendments(tmp_path: Path) -> None:
    text = "fleetplan: regime/1\nid: own\nextends: factsheet-2025\nmeasure: meets_3a090a\n"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    regime = load_regime(RegimeRef("own.yaml", folder=tmp_path))
    assert regime.provenance.amendments == (("measure", "meets_3a090a"),)
    assert regime.name == "own (amended)"
