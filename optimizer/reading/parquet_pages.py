"""The sizes of a Parquet file's pages, read from their headers before anything is unpacked.

A page's header says how large it is when unpacked, and the reader makes room for that much: a file of a few kilobytes
can ask for gigabytes. The headers are Thrift's compact encoding; only the sizes are looked at, the rest is passed over.
"""

from __future__ import annotations

from typing import BinaryIO, Final

MAX_PAGE_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 1024 * 1024 * 1024

_HEADER_BYTES: Final = (256, 65_536)
_DEPTH: Final = 16
_UNPACKED, _PACKED = 2, 3  # numbers of the fields that hold a page's two sizes


class BadPages(Exception):
    """Pages that are too large, or no pages at all; the text says why."""


def unpacked_bytes(file: BinaryIO, start: int, length: int) -> int:
    """How many bytes the pages that lie in `length` bytes from `start` on take when unpacked. Raises BadPages."""
    place, end = start, start + length
    total = 0
    while place < end:
        header = _header_at(file, place)
        sizes = header.numbers
        unpacked, packed = sizes.get(_UNPACKED, -1), sizes.get(_PACKED, -1)
        if unpacked < 0 or packed < 0 or place + header.place + packed > end:
            raise BadPages("a page's header is damaged")
        if unpacked > MAX_PAGE_BYTES:
            raise BadPages(f"a page has {unpacked:,} bytes when unpacked")
        total, place = total + unpacked, place + header.place + packed
    return total


def _header_at(file: BinaryIO, place: int) -> _Header:
    """The header that begins at `place`; most are a few dozen bytes long, those with long texts in them more."""
    for size in _HEADER_BYTES:
        file.seek(place)
        try:
            return _Header(file.read(size))
        except IndexError:
            continue
    raise BadPages("a page's header is damaged")


class _Header:
    """A page's header: a Thrift structure in compact encoding, read from its first byte."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.place = raw, 0
        self.numbers = self._numbers()

    def _numbers(self) -> dict[int, int]:
        """The whole numbers of the outermost structure, by the numbers of their fields; IndexError at the end."""
        found: dict[int, int] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._signed()
            if kind & 15 in (4, 5, 6):
                found[number] = self._signed()
            else:
                self._skip(kind & 15, 0)
        if self.place > len(self.raw):
            raise IndexError
        return found

    def _byte(self) -> int:
        value = self.raw[self.place]
        self.place += 1
        return value

    def _number(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise IndexError

    def _signed(self) -> int:
        value = self._number()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, kind: int, depth: int) -> None:
        """Pass over a value: 1, 2 truth, 3 byte, 4-6 whole numbers, 7 double, 8 bytes, 9, 10 lists, 12 structures."""
        if depth > _DEPTH:
            raise IndexError
        if kind == 3:
            self.place += 1
        elif kind in (4, 5, 6):
            self._number()
        elif kind == 7:
            self.place += 8
        elif kind == 8:
            length = self._number()
            self.place += length
        elif kind in (9, 10):
            head = self._byte()
            length = head >> 4 if head >> 4 < 15 else self._number()
            if length > len(self.raw):
                raise IndexError
            for _ in range(length):
                self._skip(3 if head & 15 in (1, 2) else head & 15, depth + 1)
        elif kind == 12:
            while inner := self._byte():
                if not inner >> 4:
                    self._signed()
                self._skip(inner & 15, depth + 1)
        elif kind not in (1, 2):
            raise IndexError
