"""`Value`, the base of immutable records that a named tuple cannot be. Imports nothing of ours.

A frozen dataclass does the same, but making one takes a third of a millisecond and `dataclasses` imports `inspect`:
with two dozen of them `fleetplan check` spent a fifth of its time there, at every start. So records on the path of
`check` are named tuples, and those that inherit fields, iterate over something else, or have a place in a file that is
not compared are values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Value:
    """A record whose fields are the annotations of its class, after those of its base; what stands there is the default.

    Two values are equal when they are of one class and agree in every field but `at`, the place in a file. With
    `kw_only` in the class's head, fields are given by name alone.
    """

    _fields: ClassVar[tuple[str, ...]] = ()
    _positional: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        own = tuple(cls.__annotations__)
        cls._fields = (*cls._fields, *own)
        cls._positional = () if kw_only else cls._fields
        cls._defaults = {**cls._defaults, **{name: vars(cls)[name] for name in own if name in vars(cls)}}

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._positional, values, strict=False))
        fields = {**self._defaults, **given, **named}
        if len(values) > len(given) or not given.keys().isdisjoint(named) or fields.keys() != {*self._fields}:
            taken = ", ".join(self._fields)
            raise TypeError(f"{type(self).__name__} takes {taken}; given: {len(values)} values, and {list(named)}")
        vars(self).update(fields)

    def replace(self, **changes: Any) -> Self:
        """This value with some of its fields changed."""
        return type(self)(**{**vars(self), **changes})

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._fields if name != "at")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value) or type(other) is not type(self):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._fields)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")
