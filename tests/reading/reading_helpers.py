"""What the tests of reading share."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.domain.plan import Plan
from optimizer.domain.scenario import Scenario
from optimizer.errors import InputError, Problem
from optimizer.reading import HeadOverrides, read_plan, read_scenario

HEAD = "fleetplan: plan/1\nfirm: {name: Example Cloud, headquarters: US, status: uveu}\n"
"""Two lines, after which a plan's other fields follow."""

SCENARIO_HEAD = (
    "fleetplan: scenario/1\nfirm: {name: Example Cloud, headquarters: US, status: uveu}\n"
    "horizon: {first: 2026Q1, last: 2026Q4}\n"
)
"""Three lines, after which a scenario's other fields follow."""

US_FIRM = HeadOverrides(headquarters="US", status="uveu")


def plan(text: str, name: str = "plan.yaml", overrides: HeadOverrides | None = None) -> Plan:
    """The plan that `text` holds."""
    return read_plan(name, stdin_text=text, overrides=overrides)


def scenario(text: str, name: str = "scenario.yaml") -> Scenario:
    """The scenario that `text` holds."""
    return read_scenario(name, text=text)


def problems_of(text: str, name: str = "plan.yaml", overrides: HeadOverrides | None = None) -> list[Problem]:
    """What is wrong with a plan."""
    with pytest.raises(InputError) as caught:
        plan(text, name, overrides)
    return list(caught.value.problems)


def scenario_problems(text: str, name: str = "scenario.yaml") -> list[Problem]:
    """What is wrong with a scenario."""
    with pytest.raises(InputError) as caught:
        scenario(text, name)
    return list(caught.value.problems)


def file_problems(path: Path) -> list[Problem]:
    """What is wrong with the plan in a file."""
    with pytest.raises(InputError) as caught:
        read_plan(path)
    return list(caught.value.problems)


PEAK = "print(int(open('/proc/self/status').read().split('VmHWM:')[1].split()[0]) // 1024)"
"""Python that prints how many megabytes this process has ever held (`ru_maxrss` would count those of its parent)."""

on_linux = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the peak of memory is read as Linux tells it"
)
