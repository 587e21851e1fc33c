"""The sizes of a Parquet file's pages, read from their headers before anything is unpacked.

A page's header says how large it is when unpacked, and the reader makes room for that much: a file of a few kilobytes
can ask for gigabytes. The headers are Thrift's compact encoding; only the sizes are looked at, the rest is passed over.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from .thrift_compact import WHOLE, Compact

MAX_PAGE_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 1024 * 1024 * 1024

_HEADER_BYTES: Final = (256, 65_536)
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
    """A page's header: the whole numbers of its outermost structure by the numbers of their fields, and its length."""

    def __init__(self, raw: bytes) -> None:
        reader = Compact(raw)
        self.numbers: dict[int, int] = {}
        for number, kind in reader.fields():
            if kind in WHOLE:
                self.numbers[number] = reader.signed()
            else:
                reader.skip(kind)
        self.place = reader.place
