"""Parts of a report beside the findings: headroom, readings, a comparison. Each format prints them the same way."""

from __future__ import annotations

from typing import Any

from ..frozen import Frozen


class Section(Frozen):
    """One part: `lines` for people, a table whose first row is the header, and `document` for machines.

    `key` names it in the JSON report, where `document` stands (JSON's types alone).
    """

    key: str
    title: str
    lines: tuple[str, ...]
    document: Any
    table: tuple[tuple[str, ...], ...] = ()
