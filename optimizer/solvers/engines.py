"""The engines by name, and where their code is: nothing of it is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module

from ..errors import SolverError
from .base import Engine

SOLVERS = ("highs", "cp-sat", "scip", "cbc")
"""Engines that every installation has; other names go to PuLP."""

PLACES = {name: f"{__package__}.{name.replace('-', '_')}:solve" for name in ("highs", "cp-sat", "scip")}
"""Where an engine's code is, as `module:function`; those that are not here are behind PuLP's door."""

_INDEPENDENT = ("cp-sat", "scip", "highs")
"""Engines that may judge another one, the exact one first."""


def place_of(name: str) -> str:
    """Where the engine of that name is, as `module:function`."""
    return PLACES.get(name, f"{__package__}.pulp_solvers:solve")


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
