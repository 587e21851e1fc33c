"""What happens when nobody reads the output, or it cannot be written: quiet in one case, exit code 2 in the other."""

from __future__ import annotations

import io
import os
import sys


class _Pipe(io.FileIO):
    """A descriptor that goes on into nothing once its reader has left, as after `fleetplan check ... | head -1`.

    The command then ends as it would have, with its own exit code: the verdict never depends on who reads it.
    """

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except BrokenPipeError:
            _discard(self.fileno())
            return super().write(data)  # type: ignore[arg-type]


def _discard(descriptor: int) -> None:
    """Let everything that is still written to `descriptor` vanish."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, descriptor)
    os.close(nothing)


def guard_output() -> None:
    """Make stdout and stderr indifferent to a reader that leaves, and able to print any file name."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, io.TextIOWrapper):  # closed by the parent, or replaced: nothing to guard
            continue
        stream.flush()
        pipe = _Pipe(stream.fileno(), "w", closefd=False)
        guarded = io.TextIOWrapper(
            io.BufferedWriter(pipe),
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=stream.line_buffering or stream.write_through,
        )
        setattr(sys, name, guarded)


def close_output(code: int) -> int:
    """`code` after everything is written; 2 with a message when stdout cannot take it (a full disk)."""
    if sys.stdout is None:  # the caller closed it
        return code
    try:
        sys.stdout.flush()
    except OSError as error:
        print(f"fleetplan: cannot write the output: {error.strerror}", file=sys.stderr)
        _discard(1)
        return 2
    return code
