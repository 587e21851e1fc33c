"""Days, as text such as 2026-01-15: they order as text does, and nothing else is asked of them but to exist."""

from __future__ import annotations

from datetime import date, timedelta

from ..reading.codes import BAD_TEXT
from ..reading.nodes import Fields

MEND = "Write it as 2026-01-15."


def is_day(text: str) -> bool:
    """Whether `text` is a day of the calendar, written as 2026-01-15."""
    if not (text.isascii() and len(text) == 10 and text[4] == text[7] == "-"):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def parse_day(fields: Fields, key: str) -> str | None:
    """The field as a day, None when absent; what is no day is a problem."""
    if not fields.has(key):
        return None
    text = fields.text(key)
    if is_day(text):
        return text
    fields.report(BAD_TEXT, key, "not a day", MEND)
    return None


def days_before(day: str, days: int) -> str:
    """The day that lies `days` before `day`."""
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()
