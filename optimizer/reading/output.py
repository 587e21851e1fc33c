"""Files written whole or not at all, and never by accident over an input."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from ..errors import InputError, Location
from .codes import CANNOT_WRITE
from .nodes import refuse


def refuse_input_as_output(target: Path, inputs: Iterable[str | Path]) -> None:
    """Raise InputError when `target` is one of the `inputs`, by whatever name."""
    for source in inputs:
        try:
            same = target.exists() and os.path.samefile(target, source)
        except (OSError, ValueError):
            same = False
        if same:
            why = "this would replace the file that it is made from"
            raise refuse(CANNOT_WRITE, Location(str(target)), why, "Name another output.")


def write_atomically(target: Path, content: str | bytes) -> None:
    """`target` holds `content`, written to disk; on any failure it is as it was before. Raises InputError.

    A symbolic link is followed. A device or pipe is written to directly.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if target.exists() and not target.is_dir() and not stat.S_ISREG(target.stat().st_mode):
            with target.open("wb") as stream:
                stream.write(raw)
            return
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        _replace(target.resolve(), raw)
    except (OSError, ValueError) as error:
        raise _cannot_write(error, target) from None


def _replace(target: Path, raw: bytes) -> None:
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
    if hasattr(os, "O_DIRECTORY"):  # the new name lasts a power failure too
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems know no such thing
                raise
        finally:
            os.close(folder)


def _mode(target: Path) -> int:
    """The file's permissions: those it has, else what this process gives new files."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _cannot_write(error: OSError | ValueError, target: Path) -> InputError:
    whys = {
        errno.ENOENT: ("there is no such folder", "Create it first."),
        errno.ENOTDIR: ("there is no such folder", "Create it first."),
        errno.EACCES: ("writing there is not permitted", "Name another output."),
        errno.EPERM: ("writing there is not permitted", "Name another output."),
        errno.EROFS: ("the disk is read-only", "Name another output."),
        errno.ENOSPC: ("the disk is full", "Make room; nothing was written."),
        errno.EDQUOT: ("the disk quota is used up", "Make room; nothing was written."),
        errno.EISDIR: ("it is a folder", "Name a file."),
        errno.ELOOP: ("its symbolic links lead in a circle", "Name another output."),
    }
    number = error.errno if isinstance(error, OSError) else None
    why, mend = whys.get(
        number or 0, (f"it cannot be written: {getattr(error, 'strerror', None) or error}", "Check it.")
    )
    return refuse(CANNOT_WRITE, Location(str(target)), why, mend)
