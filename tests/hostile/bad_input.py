"""The shape of a bad input, and one way to put it through the command: in a folder of its own, in this process.

In a text, « stands before the character that the message has to point at; it is no part of the text.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from optimizer.cli.main import main

HEAD = "fleetplan: plan/1\nfirm: {headquarters: US, status: uveu}\n"
ROWS = "placements:\n  - {country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}\n"
FIRM = ("--headquarters", "US", "--status", "uveu")
"""Flags that make a table a plan."""

LONGEST = 1_000
"""Characters of a message, whatever the input."""


class Bad(NamedTuple):
    """Files, the command to run beside them, and what it must say."""

    files: Mapping[str, str | bytes]
    argv: tuple[str, ...]
    code: str
    says: tuple[str, ...]  # words of the message: what was found, why it is refused, how to mend it
    at: tuple[int, int] | None = None  # line and column, where that makes sense
    file: str | None = None  # that the message names; the last of `argv` by default
    prepare: Callable[[Path], object] | None = None
    stdin: bytes = b""


class Said(NamedTuple):
    """What the command answered."""

    code: int
    out: str
    err: str
    left: dict[str, bytes]  # files in its folder that were not there before, or hold something else


def marked(text: str) -> tuple[str, tuple[int, int] | None]:
    """`text` without its mark «, and the line and column of the mark."""
    before, mark, after = text.partition("«")
    place = (before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else None
    return before + after, place


def bad(name: str, text: str, code: str, *says: str, argv: tuple[str, ...] = (), **more: Any) -> Bad:
    """The case of one bad file, which is checked."""
    text, at = marked(text)
    return Bad({name: text}, ("check", *argv, name), code, says, at, **more)


def bad_yaml(text: str, code: str, *says: str) -> Bad:
    """The case of a bad plan in YAML."""
    return bad("plan.yaml", text, code, *says)


def row(**fields: str) -> str:
    """A plan of one row with these fields; a field that is '-' is left out."""
    written = {"country": "US", "accelerator": "h100-sxm", "gpus": "8"} | fields
    inside = ", ".join(f"{key}: {value}" for key, value in written.items() if value != "-")
    return f"{HEAD}placements:\n  - {{{inside}}}\n"


def rest(more: str) -> str:
    """A good plan with a further field."""
    return f"{HEAD}{more}\n{ROWS}"


def firm(fields: str) -> str:
    """A good plan but for its firm."""
    return f"fleetplan: plan/1\nfirm: {fields}\n{ROWS}"


def contents(folder: Path) -> dict[str, bytes]:
    """Every regular file below `folder`; of very large ones, how large they are."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.stat().st_size < 2**24 else b"%d" % path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
    }


def write_files(files: Mapping[str, str | bytes], folder: Path) -> None:
    """The files, in `folder`."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def run(argv: tuple[str, ...], folder: Path, stdin: bytes = b"") -> Said:
    """The answer of `fleetplan ARGV`, run in `folder`."""
    before = contents(folder)
    out, err = io.StringIO(), io.StringIO()
    home = os.getcwd()
    os.chdir(folder)
    try:
        stream = io.TextIOWrapper(io.BytesIO(stdin))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.object(sys, "stdin", stream):
            code = main(list(argv))
    finally:
        os.chdir(home)
    left = {name: raw for name, raw in contents(folder).items() if before.get(name) != raw}
    return Said(code, out.getvalue(), err.getvalue(), left)


_LINE = re.compile(r"^ *(?P<file>.+?)(?::(?P<line>\d+))?(?::(?P<column>\d+))?: (?P<code>IN\d{3}) ?(?P<text>.*)$")


def problems(said: Said) -> list[dict[str, Any]]:
    """The problems in a report in JSON, and those on stderr."""
    reported: list[dict[str, Any]] = json.loads(said.out)["errors"] if said.out.startswith("{") else []
    for error in reported:
        error["text"] = f"{error['field']}: found {error['found']}: {error['why']}. {error['mend']}"
    found = (_LINE.match(line) for line in said.err.splitlines())
    return reported + [
        {**match.groupdict(), **{key: int(match[key]) if match[key] else None for key in ("line", "column")}}
        for match in found
        if match
    ]


def assert_clean(said: Said) -> None:
    """No traceback, no excuse for a fault of ours, and nothing that steers a terminal."""
    for text in (said.out, said.err):
        assert "Traceback" not in text
        assert "internal error" not in text
        assert "IN900" not in text
        assert all(line.isprintable() for line in text.split("\n")), text
