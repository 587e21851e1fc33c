"""What all tests share: how hard Hypothesis tries, the command as a process, and the browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Machines differ in speed, so no example has a deadline; `make soak` takes the second profile.
settings.register_profile("default", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", settings.get_profile("default"), max_examples=5_000)
settings.load_profile("default")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def fleetplan() -> Run:
    """`fleetplan("check", path, cwd=..., input=..., env={...})`: the command as a process of its own."""

    def run(
        *arguments: object, env: dict[str, str] | None = None, **options: object
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "optimizer", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            **options,  # type: ignore[call-overload]
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the test is skipped, or fails where `make test` promised one."""
    names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    if chosen := os.environ.get("FLEETPLAN_CHROMIUM"):
        names.insert(0, chosen)
    for name in names:
        if path := shutil.which(name):
            return path
    if os.environ.get("FLEETPLAN_REQUIRE_BROWSER") == "yes":
        pytest.fail("no Chromium found; install one or set FLEETPLAN_CHROMIUM")
    pytest.skip("no Chromium found")
