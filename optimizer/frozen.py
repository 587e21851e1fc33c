"""`Frozen`, the base of most immutable records on the path of `fleetplan check`. Imports nothing of ours.

It stands for a frozen dataclass. Making one of those takes a third of a millisecond, and `dataclasses` imports
`inspect`: with four dozen records the check spent a fifth of its time there, at every start. A record of which a plan
has very many, or that is a key of large tables, is a named tuple instead: slower to define, and quicker to make.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Frozen:
    """A record: its fields are the annotations of its class, after those of its base, with their defaults.

    Two are equal when they are of one class and agree in every field but `at`, the place in a file (and those whose
    names end in `_at`). With `kw_only` in
    the head of the class, fields are given by name alone.
    """

    field_names: ClassVar[tuple[str, ...]] = ()
    _positional: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        super().__init_subclass__()
        own = tuple(cls.__annotations__)
        cls.field_names = (*cls.field_names, *own)
        cls._positional = () if kw_only else cls.field_names
        cls._defaults = {**cls._defaults, **{name: vars(cls)[name] for name in own if name in vars(cls)}}

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._positional, values, strict=False))
        fields = {**self._defaults, **given, **named}
        twice = bool(given and named) and not given.keys().isdisjoint(named)
        if twice or len(given) < len(values) or fields.keys() != {*self.field_names}:
            taken = ", ".join(self.field_names)
            raise TypeError(f"{type(self).__name__} takes {taken}; given: {len(values)} values, and {list(named)}")
        vars(self).update(fields)

    def replace(self, **changes: Any) -> Self:
        """The record with some of its fields changed."""
        return type(self)(**{**vars(self), **changes})

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.field_names if name != "at" and not name.endswith("_at"))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frozen) or type(other) is not type(self):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.field_names)})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed")
