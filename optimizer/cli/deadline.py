"""A deadline for a run: when it is over, the work under it is broken off where it stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class TimedOut(BaseException):
    """The time is over. No `except Exception` on the way takes it for a failure."""


@contextmanager
def deadline(seconds: float | None) -> Iterator[Callable[[], None]]:
    """TimedOut is raised within the block once `seconds` are over; None sets no deadline.

    Where the platform has no alarm, or outside the main thread, it is raised by calling what the block is given.
    """
    if seconds is None:
        yield _nothing
        return
    end = time.monotonic() + seconds

    def look() -> None:
        if time.monotonic() >= end:
            raise TimedOut

    import signal
    import threading

    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield look
        return

    def ring(*_: object) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield look
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _nothing() -> None:
    """There is no deadline."""
