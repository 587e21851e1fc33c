"""A value that changes at stated quarters and holds until the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..units import Quarter

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Steps(Generic[T]):
    """`steps` are (quarter, value) pairs in order; `before` is the value earlier than the first."""

    steps: tuple[tuple[Quarter, T], ...]
    before: T

    def at(self, quarter: Quarter) -> T:
        """The value that holds in `quarter`."""
        value = self.before
        for start, later in self.steps:
            if start > quarter:
                break
            value = later
        return value

    def over(self, quarters: Sequence[Quarter]) -> list[T]:
        """The values that hold in `quarters`, which follow one another."""
        values = [self.before] * len(quarters)
        for start, later in self.steps:
            begin = max(start - quarters[0], 0)
            values[begin:] = [later] * (len(quarters) - begin)
        return values
