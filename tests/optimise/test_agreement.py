"""Random scenarios with every feature: the engines and the list of all plans agree, changes do what they must.

`make soak` puts in 10,000: benchmarks/random_scenarios.py.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from benchmarks import random_scenarios as runner
from optimizer.domain.scenario import Scenario
from optimizer.model.instance import Instance, make_instance
from optimizer.optimise import Outcome
from optimizer.reading import read_scenario
from optimizer.reading.emit import yaml_of
from optimizer.regimes import Regime
from optimizer.solvers import Answer
from tests.optimise.agreement import Comparison, against_the_list, compare, contradictions
from tests.optimise.brute_force import best_plan
from tests.optimise.features import fuzzed
from tests.optimise.metamorphoses import CHANGES, Change, Solved, solved
from tests.optimise.random_scenarios import Document, scenario_of
from tests.optimise.small_documents import document as plain

ENGINES = ("highs", "cp-sat")
TINY = range(100_000, 100_060)
LARGER = range(100_000, 100_024)
CHANGED = range(100_000, 100_060)
ENOUGH = 3


@pytest.mark.parametrize("first", TINY[::20])
def test_both_engines_and_the_list_of_all_plans_agree(first: int) -> None:
    found = {seed: compare(fuzzed(seed, tiny=True), ENGINES, 5.0, listing=True) for seed in range(first, first + 20)}
    assert {seed: one.faults for seed, one in found.items() if one.faults} == {}
    assert sum(one.listed for one in found.values()) >= 16  # else the generator has gone stale
    ends = [one.status["highs"] for one in found.values()]
    assert ends.count("optimal") >= 5
    assert ends.count("infeasible") >= 2


def test_both_engines_agree_on_larger_scenarios() -> None:
    found = {seed: compare(fuzzed(seed, tiny=False), ENGINES, 3.0, listing=False) for seed in LARGER}
    assert {seed: one.faults for seed, one in found.items() if one.faults} == {}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_does_to_the_optimum_what_it_must(change: Change) -> None:
    applied, faults = 0, {}
    for seed in CHANGED:
        document, first = before(seed)
        made = change(document, first)
        if made is not None:
            applied += 1
            fault = made[1](first, solved(made[0], 3.0))
            if fault:
                faults[seed] = fault
        if applied == ENOUGH:
            break
    assert faults == {}
    assert applied == ENOUGH  # else the generator has gone stale


@functools.cache
def before(seed: int) -> tuple[Document, Solved]:
    """The scenario of a seed, and how it was solved."""
    document = fuzzed(seed, tiny=seed % 2 == 0)
    return document, solved(document, 3.0)


def test_a_scenario_written_as_yaml_is_read_as_the_same() -> None:
    for seed in LARGER:
        document = fuzzed(seed, tiny=False)
        text = yaml_of(document)
        assert yaml.safe_load(text) == document, seed
        assert read_scenario("random.yaml", text=text).own_accelerators == scenario_of(document).own_accelerators


def test_the_list_of_all_plans_finds_the_best_and_that_there_is_none() -> None:
    best = best_plan(tiny())
    assert best is not None
    assert best.value == 80_000
    assert best_plan(tiny(own_limits=[{"id": "OWN1", "title": "Too much", "measured": {}, "at_least": 80_001}])) is None


def test_a_model_that_loses_a_unit_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_less(scenario: Scenario, regime: Regime) -> Instance:
        instance = make_instance(scenario, regime)
        return dataclasses.replace(instance, delivered=np.maximum(instance.delivered - 1, 0))

    monkeypatch.setattr("optimizer.model.build.make_instance", one_less)
    found = compare(TINY_DOCUMENT, ENGINES, 5.0, listing=True)
    assert found.status == {"highs": "optimal", "cp-sat": "optimal"}
    assert [fault.split(",")[0] for fault in found.faults] == ["highs: optimal at 40000", "cp-sat: optimal at 40000"]


def test_what_two_outcomes_cannot_both_say_is_named() -> None:
    reached, nothing = outcome("optimal", 5, 5), outcome("infeasible", None, None)
    assert contradictions("a", reached, "b", nothing) == ["b says that there is no plan, a has one"]
    assert contradictions("a", reached, "b", outcome("feasible", 3, 4)) == ["a has a plan of 5, b a bound of 4"]
    assert contradictions("a", reached, "b", outcome("feasible", 3, 7)) == []


def test_an_outcome_that_the_list_refutes_is_named() -> None:
    best = best_plan(tiny())
    assert against_the_list(outcome("infeasible", None, None), None, tiny()) == []
    assert against_the_list(outcome("infeasible", None, None), best, tiny())[0].startswith("infeasible, and a plan")
    assert against_the_list(outcome("empty", 0, 0), best, tiny())[0].startswith("empty, and a plan reaches 80000")
    assert against_the_list(outcome("empty", 0, 0), None, tiny()) == ["empty, and no plan keeps everything"]


def test_the_runner_writes_what_does_not_fit_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["2", "--seed", "100000", "--to", str(tmp_path)]) == 0
    assert list(tmp_path.iterdir()) == []
    assert "2 scenarios" in capsys.readouterr().out
    runner.write(tmp_path, 100_000, Comparison({}, faults=["wrong"]))
    assert (tmp_path / "seed-100000.txt").read_text(encoding="utf-8") == "wrong\n"
    read_scenario(tmp_path / "seed-100000.yaml")


TINY_DOCUMENT = plain(horizon={"first": "2026Q1", "last": "2026Q1"}, supply=[{"accelerator": "chip", "per_quarter": 8}])
"""Two units of 40,000 TPP, and room for both."""


def tiny(**parts: object) -> Scenario:
    return scenario_of({**TINY_DOCUMENT, **parts})


def outcome(status: Any, value: int | None, bound: int | None) -> Outcome:
    return Outcome(status, None, None, Answer(None, value, bound, True, status == "infeasible", "made up"))
