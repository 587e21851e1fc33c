"""The search for a conflict ends in time, wherever it runs, and what was not found in time is said to be so."""

from __future__ import annotations

import time

import pytest

from optimizer.explain.conflict import Conflict, find_conflict
from optimizer.solvers import conflict, conflict_search
from optimizer.solvers.conflict import Families, conflicting_families
from optimizer.solvers.conflict_search import Found, search
from tests.optimise.small_documents import document
from tests.solvers.conformance.adapters import program_of

PROGRAM = program_of(document(demand=[{"region": "here", "tpp": 10**7, "sites": ["berlin"]}]))


def test_a_process_of_its_own_finds_what_a_thread_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    here = find_conflict(PROGRAM)
    assert here.families == ("demand", "supply")
    assert here.breaks
    monkeypatch.setattr(conflict_search, "worth_it", lambda _: True)
    assert find_conflict(PROGRAM) == here


@pytest.mark.parametrize("apart", [True, False])
def test_it_ends_in_time(monkeypatch: pytest.MonkeyPatch, *, apart: bool) -> None:
    monkeypatch.setattr(conflict_search, "worth_it", lambda _: apart)
    monkeypatch.setattr(conflict_search, "_look", lambda *_: time.sleep(3))
    started = time.monotonic()
    assert search(PROGRAM, 0.01) == Found()
    assert time.monotonic() - started < 2


def test_what_was_not_found_in_time_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict_search, "search", lambda _: Found())
    nothing = find_conflict(PROGRAM, ["cap"])
    assert nothing.sentences() == [
        "The fleet that stands already breaks a limit: cap",
        "Which limits are in conflict was not found in time. A part of the scenario may show it sooner.",
    ]
    monkeypatch.setattr(conflict_search, "search", lambda _: Found(Families((), "openings and units", in_time=False)))
    assert find_conflict(PROGRAM).late == "conflict"
    monkeypatch.setattr(conflict_search, "search", lambda _: Found(Families(("demand",), "nothing")))
    assert "The least that would have to give was not found in time." in find_conflict(PROGRAM).sentences()
    monkeypatch.setattr(conflict_search, "search", lambda _: Found(Families(("a", "b"), "openings", in_time=False), ()))
    assert find_conflict(PROGRAM).sentences() == [
        "These cannot all be kept: a, b.",
        "There was no time to find out whether all of them are needed for the conflict.",
        "With fractions of sites they could.",
    ]


def test_only_what_is_sure_is_called_a_conflict_of_whole_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict, "_unsolvable", lambda *_: None)
    assert conflicting_families(PROGRAM) == Families((), "openings and units", in_time=False)
    monkeypatch.setattr(conflict, "_unsolvable", lambda *_: False)
    assert conflicting_families(PROGRAM) == Families((), "openings and units", in_time=True)
    assert Conflict((), "openings and units", ()).sentences()[0].startswith("It could be kept with fractions")
