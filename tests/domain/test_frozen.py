"""`Frozen` keeps what a frozen dataclass keeps: its fields, their defaults, equality, and that nothing changes."""

from __future__ import annotations

import copy
import pickle
from typing import Any, Generic, TypeVar

import pytest

from optimizer.errors import Location
from optimizer.frozen import Frozen

T = TypeVar("T")


class Point(Frozen):
    x: int
    y: int = 0
    at: Location | None = None


class Named(Frozen, kw_only=True):
    name: str = "a"


class Deep(Named, kw_only=True):
    depth: int


class Box(Frozen, Generic[T]):
    held: T


def test_fields_are_given_by_place_or_by_name() -> None:
    assert (Point(1, 2).x, Point(1, y=2).y, Point(y=2, x=1).x, Point(1).y) == (1, 2, 1, 0)
    assert (Deep(depth=1).name, Deep(depth=1).depth, Deep.field_names) == ("a", 1, ("name", "depth"))
    assert Box(3).held == 3


@pytest.mark.parametrize(
    ("kind", "values", "named"),
    [
        (Point, (), {}),
        (Point, (), {"y": 1}),
        (Point, (1, 2, None, 4), {}),
        (Point, (1,), {"x": 1}),
        (Point, (1,), {"z": 1}),
        (Point, (), {"y": 1, "z": 1}),
        (Named, ("a",), {}),
        (Deep, (), {"name": "a"}),
    ],
)
def test_wrong_fields_are_refused(kind: type[Frozen], values: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=f"{kind.__name__} takes"):
        kind(*values, **named)


def test_equality_leaves_out_the_place_and_heeds_the_class() -> None:
    here, there = Point(1, at=Location("a")), Point(1, at=Location("b"))
    assert here == there
    assert hash(here) == hash(there)
    assert here != Point(2)
    assert Named(name="b") != Deep(name="b", depth=0)
    assert Point(1) != (1, 0, None)


def test_nothing_changes_in_place() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match="cannot be changed"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="cannot be changed"):
        del point.x
    assert (point.replace(x=2), point) == (Point(2), Point(1))
    with pytest.raises(TypeError, match="Point takes"):
        point.replace(z=2)


def test_it_can_be_shown_copied_and_stored() -> None:
    point = Point(1, 2)
    assert repr(point) == "Point(x=1, y=2, at=None)"
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
