"""Bounds as they are written: ``7%``, ``790000000``, or values by date such as ``{2025Q1: 790000000, to: 2027Q4}``."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

from ..limits import Sense
from ..reading.codes import BAD_NUMBER, BAD_QUARTER, BAD_SHARE, WRONG_TYPE
from ..reading.nodes import Fields, Node, number_mend, share_mend
from ..units import TPP_PER_H100E, Quarter, exact, share
from .codes import BAD_BOUND
from .records import Values

T = TypeVar("T", int, Fraction)


def parse_bound(
    fields: Fields, key: str, unit: str, sense: Sense
) -> tuple[Values[Fraction] | None, Values[int] | None]:
    """The field as shares or as whole amounts of TPP, the other None; both None when it is absent or wrong."""
    if not fields.has(key):
        return None, None
    steps, to = _steps(fields, key)
    shares: list[tuple[Quarter | None, Fraction]] = []
    amounts: list[tuple[Quarter | None, int]] = []
    for quarter, node in steps:
        if isinstance(node.value, str) and node.value.endswith("%"):
            value = _share(fields, key, node)
            if value is not None:
                shares.append((quarter, value))
        else:
            amount = _amount(fields, key, node, unit, sense)
            if amount is not None:
                amounts.append((quarter, amount))
    if shares and amounts:
        fields.report(BAD_BOUND, key, "shares and amounts stand side by side", "Give one kind, by date.")
        return None, None
    return (Values(tuple(shares), to) if shares else None), (Values(tuple(amounts), to) if amounts else None)


def parse_amount(fields: Fields, key: str, unit: str, sense: Sense) -> Values[int] | None:
    """The field as whole amounts of TPP, None when it is absent or wrong; a share is a problem."""
    shares, amounts = parse_bound(fields, key, unit, sense)
    if shares is not None:
        fields.report(BAD_BOUND, key, "an amount is needed here, not a share", "Write it in whole TPP.")
    return amounts


def _steps(fields: Fields, key: str) -> tuple[list[tuple[Quarter | None, Node]], Quarter | None]:
    """The written values with their quarters in order, and the last quarter that they hold in."""
    node = fields.values[key]
    if not isinstance(node.value, dict):
        return [(None, node)], None
    dated = Fields(node, fields.name(key), fields.problems)
    to = dated.quarter("to")
    steps: list[tuple[Quarter, Node]] = []
    for written, value in node.value.items():
        if written == "to":
            continue
        try:
            steps.append((Quarter.parse(written), value))
        except ValueError:
            at = node.keys.get(written, value.at)
            fields.problems.add(
                BAD_QUARTER, at, dated.name(written), f"'{written}'", "values stand by quarter", "Write 2026Q3: value."
            )
    steps.sort(key=lambda step: step[0])
    if not steps and not fields.problems.found:
        fields.report(BAD_BOUND, key, "there is no value", "Write a value, or {2026Q1: value}.")
    if steps and to is not None and to < steps[-1][0]:
        dated.report(BAD_BOUND, "to", "the values end before the last of them begins", "Correct the quarter.")
    return [*steps], to


def _share(fields: Fields, key: str, node: Node) -> Fraction | None:
    assert isinstance(node.value, str)
    try:
        return share(node.value)
    except ValueError:
        why = "not a percentage between 0% and 100%"
        fields.problems.add(BAD_SHARE, node.at, fields.name(key), node.kind(), why, share_mend(node.value))
        return None


def _amount(fields: Fields, key: str, node: Node, unit: str, sense: Sense) -> int | None:
    """Whole TPP; an amount in H100-equivalents is taken down to whole TPP for at most, up for at least."""
    name = fields.name(key)
    if not isinstance(node.value, str) or node.quoted:
        mend = "Write 7%, a whole number of TPP, or {2026Q1: value}."
        fields.problems.add(WRONG_TYPE, node.at, name, node.kind(), "a share or an amount is needed here", mend)
        return None
    try:
        value = exact(node.value)
    except ValueError:
        fields.problems.add(
            BAD_NUMBER, node.at, name, node.kind(), "neither a share nor a plain number", number_mend(node.value)
        )
        return None
    if value < 0 or (unit == "tpp" and (value.denominator != 1 or "." in node.value)):
        why = "a share, or a whole number of at least 0, is needed here"
        mend = "Write a share with its sign, as 5%, or whole TPP."
        fields.problems.add(BAD_NUMBER, node.at, name, node.kind(), why, mend)
        return None
    if unit == "tpp":
        return int(value)
    tpp = value * TPP_PER_H100E
    return tpp.numerator // tpp.denominator if sense is Sense.AT_MOST else -(-tpp.numerator // tpp.denominator)
