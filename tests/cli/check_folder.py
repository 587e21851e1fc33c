"""The working folder of the tests of `fleetplan check`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from check_plans import FINE, OVER, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a plan that is fine and one that is not."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for name in [*os.environ]:
        if name.startswith("FLEETPLAN_") or name in ("GITHUB_ACTIONS", "NO_COLOR"):
            monkeypatch.delenv(name)
    write(work, "fine.plan.yaml", FINE)
    write(work, "over.plan.yaml", OVER)
    return work
