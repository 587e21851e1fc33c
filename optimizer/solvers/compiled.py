"""What compiles the inner loops of the search, and where the compiled code is kept.

Compiling takes some twenty seconds, so it is kept beside the source or in the user's cache folder. Where neither can be
written (a package that root installed, a user without a home), it is kept in a folder of the user's own among the
temporary files, and where there is none either it is compiled anew each time.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """The function as machine code, which lets other threads run meanwhile; it is compiled when it is first called."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # what numba raises when there is no folder that it can write
        kept = _keep_among_temporary_files()
    return cast(Function, numba.njit(cache=kept, nogil=True)(function))


def _keep_among_temporary_files() -> bool:
    """Have numba keep what it compiles in a folder of the user's own; whether there is one."""
    folder = private_folder(Path(tempfile.gettempdir()))
    if folder is None:
        return False
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return True


def private_folder(among: Path) -> Path | None:
    """A folder in `among` that nobody else can write, made where it is missing; None where there can be none.

    What is kept there is run later, so a folder that somebody else has made, or may write, is none.
    """
    owner = os.getuid() if hasattr(os, "getuid") else None
    folder = among / f"fleetplan-{'compiled' if owner is None else owner}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
        found = folder.lstat()
    except OSError:
        return None
    own = owner is None or (found.st_uid == owner and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return folder if stat.S_ISDIR(found.st_mode) and own else None
