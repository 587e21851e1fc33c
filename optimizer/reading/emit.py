"""Plain data as YAML or JSON text that our readers, and everybody else's, read back as the same data.

Both layouts are the same: a line for every row of a list, blocks for what is nested deeper. Text that YAML 1.1 would
take for something else (`NO`, `on`, `1:30`, `012`) is quoted, so that no tool turns Norway into false.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from ..errors import Location, show
from ..units import Quarter
from .nodes import refuse
from .text import forbidden

_PLAIN: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|[12][0-9]{3}Q[1-4]|[0-9]{1,3}(?:\.[0-9]+)?%", re.ASCII
)
_RESERVED: Final = frozenset(("yes", "no", "on", "off", "true", "false", "null", "y", "n"))
_FLOW_WIDTH: Final = 110


class Number(str):
    """An exact decimal number, written as it stands."""

    __slots__ = ()


def yaml_of(data: dict[str, Any]) -> str:
    """`data` as a YAML document."""
    return "\n".join(_block(data, "", _Yaml)) + "\n"


def json_of(data: dict[str, Any]) -> str:
    """`data` as a JSON document."""
    return "\n".join(_json_block(data, "")) + "\n"


def _scalar(value: Any) -> str | None:
    """A scalar that is written alike in both formats; None for text and containers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, int) and not isinstance(value, Quarter):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("infinities and NaN are not written")
        return re.sub(r"^(-?[0-9]+)e", r"\1.0e", repr(value))  # YAML 1.1 takes 1e-05 for text
    return None


def _text(value: Any) -> str:
    if not isinstance(value, str | Quarter):
        raise TypeError(f"{type(value).__name__} is not written")
    text = str(value)
    fault = forbidden(text)
    if fault is not None:
        raise refuse(fault.code, Location("output"), fault.why, fault.mend, found=show(text))
    return text


class _Json:
    """How JSON writes text and names."""

    @staticmethod
    def text(value: Any) -> str:
        return json.dumps(_text(value), ensure_ascii=False)


class _Yaml:
    """How YAML writes text and names."""

    @staticmethod
    def text(value: Any) -> str:
        text = _text(value)
        if _PLAIN.fullmatch(text) is not None and text.casefold() not in _RESERVED:
            return text
        return json.dumps(text, ensure_ascii=False)


_Style = type[_Json] | type[_Yaml]


def _flow(value: Any, style: _Style) -> str:
    """`value` on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{style.text(key)}: {_flow(item, style)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item, style) for item in value) + "]"
    scalar = _scalar(value)
    return style.text(value) if scalar is None else scalar


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)


def _is_row(value: Any) -> bool:
    """Whether `value` stands on one line in a list: nothing in it is nested more than once."""
    inner = value.values() if isinstance(value, dict) else value if _is_container(value) else ()
    return not any(_is_container(item) and any(_is_container(part) for part in _parts(item)) for item in inner)


def _parts(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


def _is_short(value: Any, style: _Style) -> bool:
    """Whether `value` stands behind its name on one line."""
    if not _is_container(value):
        return True
    if any(_is_container(part) for part in _parts(value)):
        return False
    return len(value) == 0 or len(_flow(value, style)) <= _FLOW_WIDTH


def _block(value: Any, indent: str, style: _Style) -> list[str]:
    """The lines of a YAML mapping or list."""
    lines = []
    if isinstance(value, dict):
        for key, item in value.items():
            name = f"{indent}{style.text(key)}:"
            if _is_short(item, style):
                lines.append(f"{name} {_flow(item, style)}")
            else:
                lines += [name, *_block(item, indent + "  ", style)]
        return lines
    for item in value:
        if _is_row(item):
            lines.append(f"{indent}- {_flow(item, style)}")
        else:
            lines += [f"{indent}-", *_block(item, indent + "  ", style)]
    return lines


def _json_block(value: Any, indent: str) -> list[str]:
    """The lines of a JSON object or array."""
    is_object = isinstance(value, dict)
    items = list(value.items()) if is_object else [(None, item) for item in value]
    lines = ["{" if is_object else "["]
    for number, (key, item) in enumerate(items, 1):
        name = f"{_Json.text(key)}: " if is_object else ""
        one_line = _is_short(item, _Json) if is_object else _is_row(item)
        body = [_flow(item, _Json)] if one_line else _json_block(item, indent + "  ")
        comma = "," if number < len(items) else ""
        lines += [f"{indent}  {name}{body[0]}", *body[1:]]
        lines[-1] += comma
    return [*lines, indent + ("}" if is_object else "]")]
