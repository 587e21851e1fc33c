"""CBC is a program of its own: when it crashes, or does not end, the solve ends and says so."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pulp
import pytest

from optimizer.errors import SolverError
from optimizer.optimise import Outcome, optimise
from optimizer.solvers import Options, programs
from tests.optimise.small_documents import scenario

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """`stand_in("exit 3")` puts a script in the place of CBC."""

    def put(script: str) -> None:
        path = tmp_path / "cbc"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setattr(pulp.PULP_CBC_CMD, "pulp_cbc_path", str(path))

    return put


def solved(time_limit: float = 20) -> Outcome:
    return optimise(scenario(), Options("cbc", time_limit=time_limit))


def test_a_crash_is_told(stand_in) -> None:  # type: ignore[no-untyped-def]
    stand_in("kill -SEGV $$")
    outcome = solved()
    assert (outcome.status, outcome.plan) == ("no_plan", None)
    assert outcome.answer.failure == "the solver cbc crashed; no plan was found before"


def test_one_that_does_not_end_is_killed(stand_in, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(programs, "_PATIENCE_S", 1.0)
    stand_in("trap '' INT\nwhile :; do sleep 0.1; done")
    started = time.monotonic()
    outcome = solved(time_limit=1)
    assert time.monotonic() - started < 8
    assert outcome.status == "no_plan"
    assert outcome.answer.failure == "the solver cbc did not end in time and was killed; no plan was found before"


def test_an_end_without_an_answer_is_an_error_with_its_last_words(stand_in) -> None:  # type: ignore[no-untyped-def]
    stand_in("echo no licence for today; exit 3")
    with pytest.raises(SolverError, match="cbc ended with code 3 and no answer: 'no licence for today'"):
        solved()
