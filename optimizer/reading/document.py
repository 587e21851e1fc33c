"""One YAML or JSON document from a file, standard input or memory, as nodes."""

from __future__ import annotations

from pathlib import Path

from ..errors import Location
from .codes import UNKNOWN_FORMAT
from .files import read_text
from .nodes import Node, refuse

YAML_SUFFIXES = (".yaml", ".yml")


def read_document(path: str | Path, *, text: str | None = None) -> Node:
    """The document at `path`, by its extension YAML or JSON. Raises InputError.

    With `text` given, that is read and `path` only names it and its format.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in YAML_SUFFIXES or (text is not None and suffix == ""):
        from .yaml_text import read_yaml

        return read_yaml(read_text(path) if text is None else text, str(path))
    if suffix == ".json":
        from .json_text import read_json

        return read_json(read_text(path) if text is None else text, str(path))
    mend = "Use a file that ends in .yaml, .yml or .json."
    raise refuse(UNKNOWN_FORMAT, Location(str(path)), f"'{suffix}' files are not read here", mend)
