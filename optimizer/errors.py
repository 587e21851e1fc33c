"""What can go wrong, as one tree, and the one shape of an input error.

FleetplanError
├── InputError          something that a person wrote cannot be read or does not fit; carries every Problem found
├── SolverError         an engine is missing, crashed or contradicted itself
└── GateError           a plan that the solver made did not pass the exact checks, so it was not let out

Infeasible scenarios and plans that break the law are results, not exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .frozen import Frozen


class FleetplanError(Exception):
    """Base of every error that fleetplan raises on purpose."""


class Location(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [printable(self.file), *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts)


class Problem(Frozen):
    """One thing wrong in an input: where, what was found, why it is refused and how to mend it."""

    code: str
    at: Location
    field: str
    found: str
    why: str
    mend: str

    def __str__(self) -> str:
        found = f" found {self.found}:" if self.found else ""
        field = f" {self.field}:" if self.field else ""
        return f"{self.at}: {self.code}{field}{found} {self.why}. {self.mend}"


class InputError(FleetplanError):
    """Input that cannot be used; `problems` lists what was found wrong, in file order, and `more` counts the rest."""

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join(lines + [f"... and {more} more problems"] if more else lines))


class SolverError(FleetplanError):
    """A solver engine is missing, crashed or contradicted itself."""


class GateError(FleetplanError):
    """The exact checks refused a plan that a solver made; nothing was written."""


def show(text: object, limit: int = 80) -> str:
    """`text` quoted for a message: control and other unprintable characters escaped, cut at `limit` characters."""
    raw = str(text)
    safe = printable(raw[: limit + 1])
    return f"'{safe[:limit]}…'" if len(safe) > limit or len(raw) > limit else f"'{safe}'"


def printable(text: str) -> str:
    """`text` with control and other unprintable characters escaped: a file's name may hold any, and steers nothing."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
