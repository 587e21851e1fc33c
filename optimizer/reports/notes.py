"""The notes of a check in words, each with its place."""

from __future__ import annotations

from ..check import CheckResult
from ..checking.notes import Note
from ..explain.sentences import note_text

RESTS_ON = frozenset(("amended", "added", "reading", "licence", "own_accelerator", "agreement_stated", "reader"))
"""The notes of what a verdict rests on beside the law and the plan's rows: rules that differ, what the plan states of
itself, what was left out or set aside. A report that has no room for the others has these."""


def notes(result: CheckResult) -> list[str]:
    """The notes for people; amendments are left out, since a report names them beside the regime."""
    return [text for note, text in zip(result.notes, all_notes(result), strict=True) if note.code != "amended"]


def all_notes(result: CheckResult) -> list[str]:
    """Every note."""
    return [note_text(note) + (f" ({note.at})" if note.at else "") for note in result.notes]


def rests_on(result: CheckResult) -> list[tuple[Note, str]]:
    """The notes of what the verdict rests on, each with its words."""
    return [(note, _brief(note, result)) for note in result.notes if note.code in RESTS_ON]


def _brief(note: Note, result: CheckResult) -> str:
    """The note in one sentence; one on the rules names the regime too."""
    values = note.values
    match note.code:
        case "amended":
            return f"judged by {result.regime.name}: {values['path']} = {values['value']}"
        case "added":
            return f"judged by {result.regime.name}: {values['rule']} is added"
        case "reading":
            return f"judged by {result.regime.name}: {values['reading']} = {values['option']}"
    return note_text(note)
