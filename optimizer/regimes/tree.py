"""Amendments: a regime file's tree with values put at field paths, before anything in it is parsed."""

from __future__ import annotations

from typing import Any

from ..errors import Location, show
from ..reading.nodes import Node, Problems, did_you_mean
from .codes import BAD_AMENDMENT

AMENDABLE = ("measure", "span", "tiers")
"""The parts of a regime, beside its rules, that an amendment may name."""


def node_of(value: Any, at: Location) -> Node:
    """`value` as a node, with its own place where it has one."""
    if isinstance(value, Node):
        return value
    if isinstance(value, dict):
        return Node({str(key): node_of(item, at) for key, item in value.items()}, at)
    if isinstance(value, (list, tuple)):
        return Node([node_of(item, at) for item in value], at)
    if isinstance(value, bool):
        return Node("true" if value else "false", at)
    return Node(None if value is None else str(value), at)


def written(value: Node) -> str:
    """A value in one line, as in a file."""
    if isinstance(value.value, list):
        return "[" + ", ".join(written(item) for item in value.value) + "]"
    if isinstance(value.value, dict):
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.value.items()) + "}"
    return "null" if value.value is None else str(value.value)


def amended(tree: Node, path: str, value: Node, problems: Problems) -> Node:
    """`tree` with `value` at `path`: ``UVEU101.at_most``, ``CAP201.measured.authorizations``, ``tiers.tier3``.

    The rule must be there; a field that the record does not have yet is added, and judged by the parser of records.
    """
    assert isinstance(tree.value, dict)
    head, *rest = path.split(".")
    rules = tree.value.get("rules")
    listed = rules.value if rules is not None and isinstance(rules.value, list) else []
    ids = [rule.value["id"].value for rule in listed if isinstance(rule.value, dict) and "id" in rule.value]
    if head in ids and rest and rest != ["id"]:
        assert rules is not None
        number = ids.index(head)
        changed = list(listed)
        changed[number] = _put(listed[number], rest, path, value, problems)
        return _with(tree, "rules", Node(changed, rules.at))
    if head in AMENDABLE:
        return _with(tree, head, _put(tree.value.get(head), rest, path, value, problems))
    known = [str(one) for one in ids] + list(AMENDABLE)
    if head in known:
        why = "the field of the rule is missing, or is its id"
        mend = "Write RULE.field: value, as UVEU101.at_most: 10%."
    else:
        why, mend = "the regime has no such rule", did_you_mean(head, known)
    problems.add(BAD_AMENDMENT, value.at, f"amend.{path}"[:120], show(path), why, mend)
    return tree


def _put(node: Node | None, path: list[str], whole: str, value: Node, problems: Problems) -> Node:
    """`node` with `value` at `path` below it; mappings on the way are made where they are missing."""
    if not path:
        return value
    if node is None or node.value is None:
        node = Node({}, value.at)
    if not isinstance(node.value, dict):
        why = f"'{path[0]}' would lie inside {node.kind()}, which is not a mapping"
        problems.add(BAD_AMENDMENT, value.at, f"amend.{whole}"[:120], show(whole), why, "Amend the field above it.")
        return node
    return _with(node, path[0], _put(node.value.get(path[0]), path[1:], whole, value, problems))


def _with(node: Node, key: str, value: Node) -> Node:
    """The mapping `node` with one field set."""
    assert isinstance(node.value, dict)
    return Node({**node.value, key: value}, node.at, keys={**node.keys, key: value.at})
