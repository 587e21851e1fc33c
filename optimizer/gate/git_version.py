"""A plan as it stands in a commit: its file, the table that it names and the settings above it, in a folder of its own.

Nothing is run but `git`, without a shell, and nothing is written but that folder. Files are read as git keeps them:
no filter and no attribute of the repository is applied.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

from ..errors import InputError, Location, show
from ..reading.codes import BAD_PATH
from ..reading.files import MAX_TABLE_BYTES, too_large
from ..reading.nodes import refuse
from ..reading.settings import SETTINGS_FILE
from .codes import CANNOT_COMPARE

_SECONDS: Final = 60
_REGULAR: Final = ("100644", "100755")
_DOCUMENTS: Final = (".yaml", ".yml", ".json")
_REF: Final = re.compile(r"[^\s:\x00-\x1f\x7f-][^\s:\x00-\x1f\x7f]{0,249}")


class Commit(NamedTuple):
    """A commit of the repository that holds `folder`; `prefix` is the folder's path in it, empty at its top."""

    ref: str
    id: str
    folder: str
    prefix: str


def find_commit(ref: str, folder: str) -> Commit:
    """The commit that `ref` names in the repository of `folder`.

    Raises InputError where there is no git, no repository or no such ref.
    """
    if _REF.fullmatch(ref) is None:
        raise _cannot(ref, "this is not the name of a commit", "Name a branch, a tag or a commit, or a plan's file.")
    prefix = _git(ref, folder, "rev-parse", "--show-prefix")
    if prefix is None:
        why = "git knows no repository here" + (f": {show(folder)}" if folder != "." else "")
        raise _cannot(ref, why, "Run it inside the repository that holds the plans, or name a file instead.")
    found = _git(ref, folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if found is None:
        mend = "Fetch it first (in CI a shallow clone often lacks it), or correct the name."
        raise _cannot(ref, "the repository has no such commit", mend)
    text = prefix.decode("utf-8", "surrogateescape").rstrip("\n")
    return Commit(ref, found.decode("ascii", "replace").strip(), folder, text)


def materialise(commit: Commit, plan: str, top: Path) -> Path | None:
    """The plan's file as it stands in `commit`, written below `top`; None when the commit does not hold it.

    `plan` is a file of the commit's folder. The settings of the folders above it are written too, and so is the table
    that the plan names. Raises InputError where something of that cannot be read.
    """
    name = PurePosixPath(commit.prefix) / plan
    top.mkdir(parents=True, exist_ok=True)
    (top / SETTINGS_FILE).touch()  # so that no settings from outside the commit are found
    top = top / "tree"
    target = _write(commit, name, top)
    if target is None:
        return None
    for folder in name.parents:
        for settings in (SETTINGS_FILE, "pyproject.toml"):
            _write(commit, folder / settings, top)
    table = _table(target)
    if table is not None:
        beside = PurePosixPath(os.path.normpath(name.parent / table).replace(os.sep, "/"))
        if beside.is_absolute() or ".." in beside.parts:
            raise refuse(BAD_PATH, Location(plan), "the path leads out of the repository", "Correct it.")
        _write(commit, beside, top)
    return target


def _table(plan: Path) -> str | None:
    """The table of placements that the document names."""
    if plan.suffix.lower() not in _DOCUMENTS:
        return None
    from ..reading.document import read_document

    node = read_document(plan).value
    table = node.get("placements_file") if isinstance(node, dict) else None
    return table.value if table is not None and isinstance(table.value, str) else None


def _write(commit: Commit, name: PurePosixPath, top: Path) -> Path | None:
    """The file of that name written below `top`, None when the commit has no such file."""
    listed = _git(commit.ref, commit.folder, "ls-tree", "--full-tree", "-z", "-l", commit.id, "--", str(name))
    entry = (listed or b"").split(b"\x00")[0].partition(b"\t")[0].split()
    if not entry:
        return None
    mode, kind, blob, size = (part.decode("ascii", "replace") for part in entry)
    at = Location(f"{commit.ref}:{name}")
    if kind != "blob" or mode not in _REGULAR:
        raise refuse(CANNOT_COMPARE, at, "it is not a regular file there", "Compare with another version.")
    if int(size) > MAX_TABLE_BYTES:
        raise too_large(at, MAX_TABLE_BYTES)
    content = _git(commit.ref, commit.folder, "cat-file", "blob", blob)
    if content is None:
        raise refuse(CANNOT_COMPARE, at, "git could not read it", "Check the repository (git fsck).")
    target = top / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _git(ref: str, folder: str, *arguments: str) -> bytes | None:
    """What git prints, None where it fails. Raises InputError where there is no git, or it does not end."""
    import subprocess

    environment = {**os.environ, "GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", "-C", folder, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except (FileNotFoundError, NotADirectoryError):
        raise _cannot(ref, "git is not installed here", "Install it, or compare with a file.") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise _cannot(ref, f"git could not be run: {show(error)}", "Compare with a file.") from None
    if done.returncode != 0 and b"dubious ownership" in done.stderr:
        mend = "Tell git that the folder is safe (git config --global --add safe.directory), or compare with a file."
        raise _cannot(ref, "git refuses a repository that belongs to another user", mend)
    return done.stdout if done.returncode == 0 else None


def _cannot(ref: str, why: str, mend: str) -> InputError:
    return refuse(CANNOT_COMPARE, Location("command line"), why, mend, field="--diff", found=show(ref))
