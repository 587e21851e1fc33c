"""Whole units that are moved about keep every limit exactly, and the exact gate takes every plan that is offered."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from optimizer.model.program import Ints
from optimizer.solvers.fill import Fill, construct, improve, warm_up
from optimizer.solvers.kernel import CELLS, SHORT, TAKEN, VALUE, State
from optimizer.solvers.unit_moves import search
from tests.solvers.filling_cases import Case, case

CASES = {
    "S": ("S", 1, 60, 3, 1, {}),
    "M": ("M", 1, 60, 4, 4, {}),
    "over time": ("M", 2, 60, 4, 4, {"objective": "capacity_over_time"}),
    "no money": ("M", 3, 60, 4, 4, {"budget_musd": None}),
    "share": ("M", 4, 60, 4, 4, {"max_share_per_site": Fraction(1, 8)}),
}


def make(name: str) -> Case:
    size, seed, sites, accelerators, quarters, changes = CASES[name]
    return case(size, seed, sites, accelerators, quarters, **changes)


def after(looks: int) -> Callable[[], bool]:
    """Says stop when it was asked so often."""
    left = iter(range(looks))
    return lambda: next(left, None) is None


def same_sums(one: State, other: State) -> bool:
    sums = all((getattr(one, name) == getattr(other, name)).all() for name in ("load", "tpp", "used", "spent", "slack"))
    return sums and all(one.counts[i] == other.counts[i] for i in (CELLS, SHORT, VALUE))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("share", [1.0, 0.9])
def test_sums_after_many_moves_are_those_made_anew(name: str, share: float) -> None:
    given = make(name)
    fill = Fill(given.filling, given.openings, given.prices)
    state = fill.state(np.floor(given.units * share).astype(np.int64))
    for theta in (0.9, 0.0):
        search(fill.task, state, fill.worth(theta), fill.open, 1e6, 1_000)
    assert state.counts[TAKEN] > 20
    assert same_sums(state, fill.state(state.units))
    assert (state.units >= 0).all()
    assert (state.units <= given.filling.upper).all()
    assert given.filling.value(state.units) == state.counts[VALUE] + given.filling.offset


@pytest.mark.parametrize("name", CASES)
def test_every_plan_offered_passes_the_gate_and_is_better(name: str) -> None:
    given = make(name)
    first = construct(given.filling, given.openings, given.aim(0.95), given.prices, after(3_000))
    assert first is not None
    assert given.refusals(first) == []
    offered: list[Ints] = []
    improve(given.filling, first, given.openings, given.prices, after(400), lambda units, _: offered.append(units))
    assert offered
    values = [given.filling.value(units) for units in (first, *offered)]
    assert values == sorted(set(values))
    assert values[-1] > given.filling.value(given.units)
    for units in offered:
        assert given.refusals(units) == []


def test_sites_are_open_when_they_were_to_be() -> None:
    given = make("M")
    offered: list[Ints] = []
    improve(
        given.filling, given.units, given.openings, given.prices, after(200), lambda units, _: offered.append(units)
    )
    assert (given.filling.opens(offered[-1]) == given.openings).all()


def test_same_seed_same_plans() -> None:
    given = make("M")

    def offers(seed: int) -> list[bytes]:
        found: list[bytes] = []
        made = construct(given.filling, given.openings, given.aim(0.95), given.prices, after(3_000), seed)
        assert made is not None

        def take(units: Ints, _: Ints) -> None:
            found.append(units.tobytes())

        improve(given.filling, made, given.openings, given.prices, after(200), take, seed)
        return found

    assert offers(1) == offers(1)
    assert offers(1) != offers(2)


def test_stop_is_heeded_at_once() -> None:
    given = make("M")
    offered: list[Ints] = []
    improve(given.filling, given.units, given.openings, given.prices, lambda: True, lambda u, _: offered.append(u))
    assert offered == []
    assert construct(given.filling, given.openings, given.aim(0.5), given.prices, lambda: True) is None


def test_what_no_units_can_mend_is_given_up_when_told_to() -> None:
    given = make("M")
    openings = np.full(len(given.units), given.filling.shape[2])  # nothing opens, so demand is not served
    assert construct(given.filling, openings, given.aim(0.0), given.prices, after(100)) is None


def test_a_filling_travels_to_another_process() -> None:
    given = make("M")
    copy = pickle.loads(pickle.dumps(given.filling))
    assert construct(copy, given.openings, given.aim(1.0), given.prices, after(3_000)) is not None


def test_what_is_compiled_can_be_loaded_before_it_is_wanted() -> None:
    warm_up()
