"""Units of the field: quarters, TPP, H100-equivalents, shares. Imports nothing of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Self

TPP_PER_H100E: Final = 15_832
"""TPP of one H100-equivalent: the H100 SXM at 1,979 dense FP8 TFLOPS x 8 bits.

The same number stands in the `h100-sxm` row of `data/accelerators.csv`; a test holds the two equal.
"""

_QUARTER = re.compile(r"([12][0-9]{3})Q([1-4])", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?", re.ASCII)


class Quarter(int):
    """A calendar quarter, ordered and countable: `Quarter.parse("2026Q3") + 1 == Quarter.parse("2026Q4")`.

    The integer is ``4 * year + (quarter - 1)``, so differences are numbers of quarters.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """The quarter written as ``2026Q3``; anything else is a ValueError."""
        match = _QUARTER.fullmatch(text)
        if match is None:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(4 * int(match[1]) + int(match[2]) - 1)

    @property
    def year(self) -> int:
        """The calendar year."""
        return self // 4

    @property
    def number(self) -> int:
        """1 to 4."""
        return self % 4 + 1

    def __add__(self, other: int) -> Quarter:
        return Quarter(int(self) + other)

    def __str__(self) -> str:
        return f"{self // 4}Q{self % 4 + 1}"

    def __repr__(self) -> str:
        return f"Quarter({str(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def quarters(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    """Every quarter from `first` to `last`, both included."""
    return (Quarter(index) for index in range(first, last + 1))


def exact(text: str) -> Fraction:
    """The decimal number in `text`, exactly (``1.83`` is 183/100); a ValueError on anything but plain digits.

    Exponents, underscores, thousands separators, leading zeros, NaN and infinities are refused: each of them
    has turned a wrong number into a silent one in some reader.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(f"not a plain decimal number: {text!r}")
    return Fraction(text)


def share(text: str) -> Fraction:
    """The share written as a percentage with its sign: ``7%`` or ``12.5 %`` is 7/100, 1/8; a ValueError otherwise."""
    body = text.removesuffix("%")
    if body == text:
        raise ValueError(f"a share is written with its percent sign: {text!r}")
    value = exact(body.rstrip(" ")) / 100
    if not 0 <= value <= 1:
        raise ValueError(f"a share lies between 0% and 100%: {text!r}")
    return value


def h100e(tpp: int) -> float:
    """`tpp` in H100-equivalents, for print."""
    return tpp / TPP_PER_H100E


def h100e_to_tpp(amount: Fraction) -> int:
    """The smallest whole TPP that is at least `amount` H100-equivalents."""
    return -((-amount.numerator * TPP_PER_H100E) // amount.denominator)


def percent(value: Fraction, digits: int = 2) -> str:
    """`value` as a percentage for print, with no trailing zeros: 7/100 is ``7 %``."""
    text = f"{float(value) * 100:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + " %"
