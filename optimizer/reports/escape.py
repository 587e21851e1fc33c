"""What files say, made safe for print: no control characters, and no markup or command of the format around it.

Names in plans are written by whoever may open a pull request. The functions here take text of any kind and give back
text that reads the same and does nothing.
"""

from __future__ import annotations

import os
import re

from ..errors import printable as escaped

MOST = 2_000
"""How many characters of one text a report shows."""
MOST_NAME = 250
"""How many characters of a name a report shows."""

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {sign: "\\" + sign for sign in r"\`*_[]|~#$"})
_REFERENCES = re.compile(r"[@#!~%$](?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_BREAK = "\u200b"
"""A space of no width: it keeps a host from making a mention, a reference or a link of what follows."""


def printable(text: str, limit: int = MOST) -> str:
    """`text` in one line, with control, format and other unprintable characters escaped, cut at `limit`."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return escaped(text)


def plain(text: str, limit: int = MOST) -> str:
    """`text` for a log: printable, and never read as a command by a host that reads logs (``::`` and ``##[``)."""
    return printable(text, limit).replace("::", ":\\x3a").replace("##[", "#\\x23[")


def xml(text: str, limit: int = MOST) -> str:
    """`text` for an XML element or a quoted attribute; XML allows no control characters, in whatever form."""
    return plain(text, limit).translate(_XML)


def markdown(text: str, limit: int = MOST) -> str:
    """`text` for Markdown, within a line or a table's cell: no markup, mention, reference or link."""
    marked = printable(text, limit).translate(_MARKUP)
    return _REFERENCES.sub(lambda found: found[0] + _BREAK, marked)


def command_data(text: str) -> str:
    """The message of a workflow command; its lines stay lines."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of a workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def short_name(name: str) -> str:
    """`name`, or where it is very long its beginning and a digest, so that different names stay different."""
    if len(name) <= MOST_NAME:
        return name
    return f"{name[: MOST_NAME - 20]}…{digest(name)[:12]}"


def digest(*parts: str) -> str:
    """A digest of `parts` that is the same on every machine."""
    import hashlib  # late: most reports need none
    import json

    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def repository_path(file: str) -> tuple[str, str]:
    """`file` as hosts of repositories want it, with forward slashes: a folder, and the path from there.

    The folder is "" for the working folder, UP1 for the one above it and so on, and ROOT for the root of the file
    system. So the path of a file that lies elsewhere is relative too, and two such files keep apart.
    """
    path = _direct(file) if file else "."
    if os.path.isabs(path):
        here = os.path.join(os.getcwd(), "")
        if not path.startswith(here):
            return "ROOT", _slashes(os.path.splitdrive(path)[1]).lstrip("/") or "."
        path = path[len(here) :]
    parts = _slashes(path).split("/")
    up = sum(1 for part in parts if part == "..")  # normpath leaves them in front alone
    return (f"UP{up}" if up else ""), "/".join(parts[up:]) or "."


def _direct(file: str) -> str:
    """`file` without ``..`` after a folder; where that folder is a symbolic link, its own path is another."""
    path = os.path.normpath(file)
    try:
        if ".." in _slashes(file).split("/") and os.path.realpath(file) != os.path.realpath(path):
            return os.path.relpath(os.path.realpath(file))
    except (OSError, ValueError):  # no file has that name
        pass
    return path


def _slashes(path: str) -> str:
    return path.replace(os.sep, "/")
