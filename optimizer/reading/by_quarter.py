"""Values given quarter by quarter: mappings such as {2026Q1: 100, 2027Q1: 300}."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import show
from ..units import Quarter
from .codes import BAD_QUARTER, MISSING
from .nodes import Fields, quarter_mend

T = TypeVar("T")


def by_quarter(fields: Fields, key: str, read: Callable[[Fields, str], T | None]) -> dict[Quarter, T]:
    """The field's values by quarter, in order; `read` takes the mapping and a quarter's text."""
    body = fields.fields(key)
    if body is None:
        return {}
    if isinstance(body.node.value, dict) and not body.values:
        fields.report(MISSING, key, "no quarter is given", "Write {2026Q1: ...}.", found="")
    values: dict[Quarter, T] = {}
    for text in body.values:
        try:
            quarter = Quarter.parse(text)
        except ValueError:
            at = body.node.keys.get(text, body.node.at)
            body.problems.add(BAD_QUARTER, at, body.name(text), show(text), "not a quarter", quarter_mend(text))
            continue
        value = read(body, text)
        if value is not None:
            values[quarter] = value
        elif not body.has(text):
            body.report(MISSING, text, "the value is missing", "Write a number, 0 for none.", found="")
    return dict(sorted(values.items()))


def is_mapping(fields: Fields, key: str) -> bool:
    """Whether the field is given quarter by quarter."""
    node = fields.sub(key)
    return node is not None and isinstance(node.value, dict)
