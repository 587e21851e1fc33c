"""The built-in regimes as parsed trees, so that most checks read no YAML: what `make rules` writes from `data/regimes`.

The YAML files stay the law. A tree is taken only for a file whose length and checksum are those that it was made from;
after any change the file itself is read. A test holds every tree equal to its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from ..bundled import data_path
from ..errors import Location
from ..reading.nodes import Node

FILE = "compiled.json"


def compiled_tree(path: Path, content: bytes) -> Node | None:
    """The tree of the built-in regime at `path`, which holds `content`; None when it has to be read."""
    made = _trees().get(path.stem)
    if made is None or made["bytes"] != len(content) or made["crc32"] != crc32(content):
        return None
    return _node(made["tree"], str(path))


def compiled(content: bytes, tree: Node) -> dict[str, Any]:
    """What is kept of a regime file and its tree, in JSON's types."""
    return {"bytes": len(content), "crc32": crc32(content), "tree": _record(tree)}


@cache
def _trees() -> Mapping[str, Any]:
    import json

    path = data_path("regimes", FILE)
    try:
        trees: Mapping[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):  # not made, or half a file: the regimes are read then
        return {}
    return trees


def _record(node: Node) -> list[Any]:
    """Value, line, column, whether it is quoted, and the places of keys."""
    value: Any = node.value
    if isinstance(value, list):
        value = [_record(item) for item in value]
    elif isinstance(value, dict):
        value = {key: _record(item) for key, item in value.items()}
    keys = {key: [at.line, at.column] for key, at in node.keys.items()}
    return [value, node.at.line, node.at.column, node.quoted, keys]


def _node(record: list[Any], file: str) -> Node:
    value, line, column, quoted, keys = record
    if isinstance(value, list):
        value = [_node(item, file) for item in value]
    elif isinstance(value, dict):
        value = {key: _node(item, file) for key, item in value.items()}
    places = {key: Location(file, line, column) for key, (line, column) in keys.items()}
    return Node(value, Location(file, line, column), quoted, places)
