"""What a contestant tells while it runs: one line of JSON for each event, in a file that the referee reads along.

Seconds count from when the data lay ready and everything was imported, to the moment of the event. Values and bounds
are whole TPP in service at the horizon's end, the standing fleet included.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any


class Report:
    """Writes events; `start()` sets the clock to 0."""

    def __init__(self, path: Path, limit: float) -> None:
        self.limit = limit
        self._file = path.open("a", encoding="utf-8")
        self._zero = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the start."""
        return time.monotonic() - self._zero

    @property
    def left(self) -> float:
        """Seconds left."""
        return self.limit - self.seconds

    def start(self, **figures: Any) -> None:
        """The clock begins."""
        self._zero = time.monotonic()
        self.tell("ready", **figures)

    def tell(self, event: str, **figures: Any) -> None:
        """Write an event, with the seconds so far unless they are among the figures."""
        line = {"event": event, "seconds": round(self.seconds, 3), **figures}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def point(self, value: int | None, bound: int | None, seconds: float | None = None) -> None:
        """The best value and bound so far."""
        figures = {} if seconds is None else {"seconds": round(seconds, 3)}
        self.tell("point", value=value, bound=bound, **figures)
