"""Work done ahead: the next item is made in a thread while the one before is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def made_ahead(items: Iterator[T]) -> Iterator[Iterator[T]]:
    """An iterator over `items`, which a thread is making from now on, one ahead.

    What making one raises is raised where it is asked for. At the end of the block the thread has ended, too, so that
    nothing reads a file any more.
    """
    made: Queue[tuple[list[T], BaseException | None]] = Queue(1)
    stopped = Event()

    def make() -> None:
        try:
            for item in items:
                made.put(([item], None))
                if stopped.is_set():
                    return
            made.put(([], None))
        except BaseException as error:
            made.put(([], error))

    def taken() -> Iterator[T]:
        while True:
            item, error = made.get()
            if error is not None:
                raise error
            if not item:
                return
            yield item[0]

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                made.get(timeout=0.01)
            except Empty:
                continue
        thread.join()
