"""The notes of a check in words, each with its place."""

from __future__ import annotations

from ..check import CheckResult
from ..explain.sentences import note_text


def notes(result: CheckResult) -> list[str]:
    """The notes for people; amendments are left out, since a report names them beside the regime."""
    return [text for note, text in zip(result.notes, all_notes(result), strict=True) if note.code != "amended"]


def all_notes(result: CheckResult) -> list[str]:
    """Every note."""
    return [note_text(note) + (f" ({note.at})" if note.at else "") for note in result.notes]
