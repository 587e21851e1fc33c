"""Where a program states what its filling states, and which scenarios have a filling at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizer.domain.scenario import Scenario
from optimizer.model import layout
from optimizer.model.build import Model, build
from optimizer.model.law import limits_of
from optimizer.model.layout import large
from optimizer.reading.yaml_text import read_yaml
from optimizer.regimes import load_regime
from tests.solvers.filling_cases import case


def built(**changes: Any) -> Model:
    scenario: Scenario = case("M", 1, 40, 4, 4).scenario.replace(**changes)
    regime = load_regime(scenario.regime).with_own_limits(scenario.own_limits)
    return build(scenario, regime, limits_of(scenario, regime))


def own_limit(share: str) -> tuple[Any, ...]:
    text = f"[{{id: OWN1, title: Less there, measured: {{countries: [US]}}, at_most: {share}, of: all}}]"
    return tuple(read_yaml(text, "limits.yaml").value)


@pytest.fixture
def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "LARGE", 0)


def test_a_small_program_has_no_layout() -> None:
    assert large(built()) is None


@pytest.mark.usefixtures("any_size")
def test_points_and_units_are_the_same_plan() -> None:
    given = case("M", 1, 40, 4, 4)
    made = large(given.model)
    assert made is not None
    point = made.point(given.units)
    assert (point == made.filling.point(given.model, given.units)).all()
    assert (made.units_of(point) == given.units).all()
    assert made.columns == given.model.program.columns


@pytest.mark.usefixtures("any_size")
def test_each_limit_has_the_row_of_its_name() -> None:
    given = case("M", 1, 40, 4, 4)
    made = large(given.model)
    assert made is not None
    named = [given.model.program.row_name(row) for row in made.limits.tolist() if row >= 0]
    assert named == [name for name, row in zip(made.filling.limit_names, made.limits, strict=True) if row >= 0]
    assert len(named) > len(made.limits) // 2


@pytest.mark.usefixtures("any_size")
def test_where_nothing_can_be_installed_there_is_no_layout() -> None:
    assert large(built(supply=())) is None


@pytest.mark.usefixtures("any_size")
@pytest.mark.parametrize("share, fits", [("90%", True), ("90.1234%", True), ("90.12345678%", False)])
@pytest.mark.parametrize("fleet", [True, False])
def test_sums_that_could_pass_64_bits_are_left_to_other_ways(share: str, fits: bool, fleet: bool) -> None:
    model = built(own_limits=own_limit(share), **({} if fleet else {"fleet": ()}))
    assert "OWN1(2026Q1)" in {block.name(0) for block in model.program.row_blocks if block.count == 1}
    assert (large(model) is not None) == fits
    assert np.abs(model.program.data).max() < 2**53, "the program itself can be solved"
