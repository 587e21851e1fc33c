"""The engines by name, and where their code is: nothing of it is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module

from ..errors import SolverError
from .base import Engine

SOLVERS = ("highs", "cp-sat", "scip", "cbc")
"""Engines that every installation has; others are found by their names in `ports`."""

PLACES = {name: f"{__package__}.{name.replace('-', '_')}:solve" for name in ("highs", "cp-sat", "scip")}
"""Where the code of an engine of our own is, as `module:function`."""

PROGRAMS = f"{__package__}.programs:solve"
"""For solvers that are programs of their own, whose time limit is held there."""

THROUGH_PULP = f"{__package__}.pulp_solvers:solve"
"""For solvers that are Python packages."""

_INDEPENDENT = ("cp-sat", "scip", "highs")
"""Engines that may judge another one, the exact one first."""


def place_of(name: str) -> str:
    """Where the engine of that name is, as `module:function`. Raises SolverError where it is not installed."""
    if name in PLACES:
        return PLACES[name]
    if name == "cbc":
        return PROGRAMS
    from .ports import port_of

    return PROGRAMS if port_of(name, SOLVERS).dialect else THROUGH_PULP


def engine_at(place: str) -> Engine:
    """The engine at `place`. Raises SolverError when what it needs is not installed."""
    module, _, function = place.partition(":")
    try:
        engine: Engine = getattr(import_module(module), function)
    except ImportError as error:
        raise SolverError(f"what {module.rpartition('.')[2]} needs is not installed: {error}") from error
    return engine


def others(engine: str) -> list[str]:
    """The engines that can judge an answer which came from `engine`, as an Answer names it."""
    return [name for name in _INDEPENDENT if name not in engine]
