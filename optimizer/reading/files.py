"""Files, opened so that nothing surprising is read: regular files only, below a size, as UTF-8 text.

A byte-order mark at the start of UTF-8 text is skipped (spreadsheets write one); anywhere else it is refused.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from ..errors import InputError, Location, show
from .codes import BAD_ENCODING, BAD_PATH, CANNOT_OPEN, EMPTY_FILE, TOO_LARGE
from .nodes import refuse
from .text import FORBIDDEN, forbidden

MAX_TEXT_BYTES: Final = 16 * 1024 * 1024
"""Largest YAML or JSON file."""
MAX_TABLE_BYTES: Final = 512 * 1024 * 1024
"""Largest CSV file; it is read line by line."""

_BOM: Final = b"\xef\xbb\xbf"


def open_regular(path: Path, limit: int) -> BinaryIO:
    """The file at `path`, open for reading, known to be a regular file of at most `limit` bytes.

    Raises InputError otherwise. A pipe is never waited for and a device is never read.
    """
    at = Location(str(path))
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise _cannot_open(error, at) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        what = "it is a folder" if stat.S_ISDIR(status.st_mode) else "it is not a regular file"
        raise refuse(CANNOT_OPEN, at, what, "Name a file; for piped input write '-'.")
    if status.st_size > limit:
        os.close(descriptor)
        raise too_large(at, limit)
    return os.fdopen(descriptor, "rb")


def too_large(at: Location, limit: int) -> InputError:
    """The error for a file above `limit` bytes."""
    why = f"the file is larger than {limit // (1024 * 1024)} MB"
    return refuse(TOO_LARGE, at, why, "Split it, or use CSV for many rows.")


def _cannot_open(error: OSError | ValueError, at: Location) -> InputError:
    if isinstance(error, ValueError):  # a NUL in the path
        return refuse(BAD_PATH, at, "this is not a path", "Correct it.")
    whys = {
        errno.ENOENT: ("there is no such file", "Check the path."),
        errno.ENOTDIR: ("there is no such file", "Check the path."),
        errno.EACCES: ("reading it is not permitted", "Give this user the right to read it."),
        errno.EPERM: ("reading it is not permitted", "Give this user the right to read it."),
        errno.ELOOP: ("its symbolic links lead in a circle", "Name the file itself."),
        errno.ENAMETOOLONG: ("the path is too long", "Check the path."),
        errno.ENXIO: ("it is not a regular file", "Name a file; for piped input write '-'."),
    }
    unknown = (f"it cannot be opened: {error.strerror or 'unknown reason'}", "Check the file.")
    why, mend = whys.get(error.errno or 0, unknown)
    return refuse(CANNOT_OPEN, at, why, mend)


def read_bytes(path: Path, limit: int) -> bytes:
    """What the regular file at `path` holds, at most `limit` bytes. Raises InputError."""
    at = Location(str(path))
    try:
        with open_regular(path, limit) as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise _cannot_open(error, at) from None
    if len(raw) > limit:  # it grew since it was opened
        raise too_large(at, limit)
    return raw


def read_text(path: Path, limit: int = MAX_TEXT_BYTES) -> str:
    """The text of the file at `path`: UTF-8, not yet checked for its characters. Raises InputError."""
    return decode(read_bytes(path, limit), str(path))


def check_start(raw: bytes, file: str) -> None:
    """Refuse, by its first bytes, a file that is not UTF-8 text but is often mistaken for it."""
    at = Location(file)
    if raw.startswith((b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        raise refuse(BAD_ENCODING, at, "the file is an archive or compressed", "Unpack it first.")
    if raw.startswith(b"version https://git-lfs"):
        why = "this is a pointer of Git LFS, and the file itself is not here"
        raise refuse(CANNOT_OPEN, at, why, "Fetch it first: git lfs pull.")
    if raw.startswith((b"PAR1", b"\x89PNG", b"%PDF")):
        raise refuse(BAD_ENCODING, at, "the file is not text", "Name a text file.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or b"\x00" in raw[:4]:
        raise refuse(BAD_ENCODING, at, "the file looks like UTF-16 or UTF-32", "Save it as UTF-8.")


def decode(raw: bytes, file: str, line: int = 1) -> str:
    """`raw` as UTF-8 text, without a byte-order mark at the start of the file; `line` is the number of its first line.

    Raises InputError with the place of the first bad byte.
    """
    if line == 1:
        check_start(raw, file)
        raw = raw.removeprefix(_BOM)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
        at = Location(file, line + raw.count(b"\n", 0, error.start), len(before) + 1)
        found = f"byte 0x{raw[error.start]:02X}"
        raise refuse(BAD_ENCODING, at, "the file is not UTF-8", "Save it as UTF-8.", found=found) from None


def check_text(text: str, file: str) -> None:
    """Refuse text that is empty or holds a forbidden character (see `text.FORBIDDEN`)."""
    if not text.strip():
        raise refuse(EMPTY_FILE, Location(file), "the file is empty", "Write a plan or scenario into it.")
    match = FORBIDDEN.search(text)
    if match is not None:
        fault = forbidden(match[0])
        assert fault is not None
        raise refuse(fault.code, place(text, match.start(), file), fault.why, fault.mend)


def place(text: str, index: int, file: str) -> Location:
    """The line and column of the character at `index`."""
    start = text.rfind("\n", 0, index) + 1
    return Location(file, text.count("\n", 0, index) + 1, index - start + 1)


def below(folder: Path, written: str) -> Path:
    """The file that `written` names, resolved, which lies below `folder`; a ValueError that says why otherwise."""
    if not written.strip() or "\x00" in written:
        raise ValueError("a path is needed here")
    if "://" in written:
        raise ValueError("URLs are not read")
    if written.startswith(("/", "\\", "~")) or written[1:2] == ":":
        raise ValueError("the path must be relative to the file that names it")
    if "\\" in written:
        raise ValueError("the parts of a path are separated by '/'")
    try:
        root = folder.resolve()
        target = (folder / written).resolve()
    except (OSError, RuntimeError):
        raise ValueError("its symbolic links lead in a circle") from None
    if not target.is_relative_to(root):
        raise ValueError("the path leads out of the folder of the file that names it")
    try:
        target.stat()
    except OSError as error:
        circle = error.errno == errno.ELOOP
        raise ValueError("its symbolic links lead in a circle" if circle else "there is no such file") from None
    return target


def refuse_path(at: Location, field: str, written: str, why: str) -> InputError:
    """The error for a path that `below` refused."""
    mend = "Put the file beside or below the file that names it, and write its relative path."
    return refuse(BAD_PATH, at, why, mend, field=field, found=show(written))
