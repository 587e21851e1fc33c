"""Every small mistake in the code that reads the records, one at a time, put in place without importing anew.

Comparisons are the next one or the opposite one, minima are maxima, floors are ceilings, sums are differences, whole
numbers are off by one, conditions are turned round. A mutant is the byte code of one function, exchanged for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FunctionType
from typing import NamedTuple


class CodeMutant(NamedTuple):
    """One function with one mistake."""

    part: str
    what: str
    function: FunctionType
    code: CodeType

    @property
    def name(self) -> str:
        return f"{self.part} {self.what}"

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The mistake is there."""
        before = self.function.__code__
        self.function.__code__ = self.code
        try:
            yield
        finally:
            self.function.__code__ = before


def code_mutants() -> list[CodeMutant]:
    return []
