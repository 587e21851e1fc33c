"""How a contestant ended: in its own words, with its units if it has any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.race.facts import Key


@dataclass(frozen=True)
class Finish:
    """`said` is the contestant's word; `units` what it installs, None where it has no plan.

    `bound` is its last bound in whole TPP, `proved` the tightest that integers or fractions alone vouch for. `away` is
    how far the furthest value was from a whole number.
    """

    said: str
    units: dict[Key, int] | None = None
    bound: int | None = None
    proved: int | None = None
    away: float = 0.0

    @classmethod
    def rounded(cls, said: str, values: Mapping[Key, float], bound: int | None = None) -> Finish:
        """With each value rounded to the nearest whole number."""
        units = {key: round(value) for key, value in values.items()}
        away = max((abs(value - units[key]) for key, value in values.items()), default=0.0)
        return cls(said, units, bound, away=float(away))
