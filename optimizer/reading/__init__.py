"""Plans and scenarios from files, read as if every file were hostile, and plans into files.

text (YAML, JSON, CSV) -> `Node` with places -> `Fields` -> Plan or Scenario. What is wrong is raised as one InputError
with every problem; `codes.INPUT_CODES` is the table of the kinds. Each name is imported when it is first used, so that
a check of a plan does not pay for scenarios and writers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .codes import INPUT_CODES
    from .document import read_document
    from .plan_reader import plan_of, read_plan
    from .plan_writer import write_plan
    from .scenario_reader import read_scenario, scenario_of
    from .settings import PLAN_SETTINGS, HeadOverrides

__all__ = [
    "INPUT_CODES",
    "PLAN_SETTINGS",
    "HeadOverrides",
    "plan_of",
    "read_document",
    "read_plan",
    "read_scenario",
    "scenario_of",
    "write_plan",
]

_HOME = {
    "INPUT_CODES": "codes",
    "PLAN_SETTINGS": "settings",
    "HeadOverrides": "settings",
    "plan_of": "plan_reader",
    "read_document": "document",
    "read_plan": "plan_reader",
    "read_scenario": "scenario_reader",
    "scenario_of": "scenario_reader",
    "write_plan": "plan_writer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
