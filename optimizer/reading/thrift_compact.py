"""Thrift's compact encoding, in which Parquet writes its headers and its footer: whole numbers and what lies beside.

Every read past the end, and every nesting that is too deep, is an IndexError.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

WHOLE: Final = (4, 5, 6)
BYTES: Final = 8
LIST: Final = 9
STRUCTURE: Final = 12
"""Kinds of values; the others are 1, 2 truth, 3 a byte, 7 a double, 10 a set."""

_DEPTH: Final = 16


class Compact:
    """Reads `raw` from its first byte on; `place` is that of the next."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.place = raw, 0

    def fields(self) -> Iterator[tuple[int, int]]:
        """The number and kind of each field of a structure. Its value is to be read or skipped before the next."""
        number = 0
        while kind := self.byte():
            number = number + (kind >> 4) if kind >> 4 else self.signed()
            yield number, kind & 15
        if self.place > len(self.raw):
            raise IndexError

    def items(self, wanted: int) -> Iterator[None]:
        """One turn for each item of a list of `wanted` values, which is to be read or skipped in it."""
        head = self.byte()
        length = head >> 4 if head >> 4 < 15 else self.number()
        if head & 15 != wanted or length > len(self.raw):
            raise IndexError
        for _ in range(length):
            yield

    def byte(self) -> int:
        """The next byte."""
        value = self.raw[self.place]
        self.place += 1
        return value

    def number(self) -> int:
        """A whole number of any length, at least 0."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise IndexError

    def signed(self) -> int:
        """A whole number with a sign."""
        value = self.number()
        return (value >> 1) ^ -(value & 1)

    def text(self) -> bytes:
        """A text's bytes."""
        length = self.number()
        if length > len(self.raw) - self.place:
            raise IndexError
        self.place += length
        return self.raw[self.place - length : self.place]

    def skip(self, kind: int, depth: int = 0) -> None:
        """Pass over a value."""
        if depth > _DEPTH:
            raise IndexError
        if kind == 3:
            self.place += 1
        elif kind in WHOLE:
            self.number()
        elif kind == 7:
            self.place += 8
        elif kind == BYTES:
            self.text()
        elif kind in (LIST, 10):
            self._skip_items(depth)
        elif kind == STRUCTURE:
            while inner := self.byte():
                if not inner >> 4:
                    self.signed()
                self.skip(inner & 15, depth + 1)
        elif kind not in (1, 2):
            raise IndexError

    def _skip_items(self, depth: int) -> None:
        head = self.byte()
        length = head >> 4 if head >> 4 < 15 else self.number()
        if length > len(self.raw):
            raise IndexError
        for _ in range(length):
            self.skip(3 if head & 15 in (1, 2) else head & 15, depth + 1)
