"""What a running solve has told so far, read from the file that it writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

NEWEST_BYTES: Final = 2_000_000
"""Of a longer file only the end is read: some twenty thousand reports."""


@dataclass(frozen=True, slots=True)
class Point:
    """One report of a solve: the best plan so far and the best that can be hoped for, in the objective's own unit."""

    seconds: float
    incumbent: float | None
    bound: float | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """All reports in order, the newest message, and the lines that were no reports (errors, warnings)."""

    points: tuple[Point, ...] = ()
    message: str = ""
    log: tuple[str, ...] = ()

    @property
    def last(self) -> Point | None:
        """The newest report."""
        return self.points[-1] if self.points else None


def read_progress(file: Path) -> Progress:
    """What stands in the file; an unfinished last line is left for the next time."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(0, size - NEWEST_BYTES))
            text = opened.read().decode("utf-8", "replace")
    except OSError:
        return Progress()
    lines = text.split("\n")
    if size > NEWEST_BYTES:
        lines = lines[1:]
    points, message, log = [], "", []
    for line in lines[:-1]:
        report = _report(line)
        if report is None:
            log.append(line)
            continue
        message = str(report.get("message") or "") or message
        points.append(
            Point(
                seconds=_number(report.get("seconds")) or 0.0,
                incumbent=_number(report.get("incumbent")),
                bound=_number(report.get("bound")),
                gap=_number(report.get("gap")),
            )
        )
    return Progress(tuple(points), message, tuple(line for line in log if line.strip()))


def _report(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        parsed = json.loads(line)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) and parsed.get("event") == "progress" else None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None
