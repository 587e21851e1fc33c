"""The gate's own notes beside the verdicts: sentences without their full stop."""

from __future__ import annotations

from collections.abc import Iterable

from ..checking.findings import CheckResult
from ..checking.notes import Note
from ..errors import Location


def note(text: str, at: Location | None = None) -> Note:
    """A note that says `text`."""
    return Note("reader", {"text": text}, at)


def with_notes(result: CheckResult, notes: Iterable[Note]) -> CheckResult:
    """The result with further notes before its own: what was set aside or left out is to be read first."""
    found = tuple(notes)
    return result.replace(notes=(*found, *result.notes)) if found else result
