"""Numbers as a planner reads them: short, with their unit, and never rounded up to a limit that is not reached."""

from __future__ import annotations

from fractions import Fraction

from ..units import TPP_PER_H100E

_STEPS = ((1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (10_000, "k"))


def short(value: float) -> str:
    """Three or four figures and a letter: 1,040,000 is ``1.04 M``, 7,136 is ``7,136``."""
    sign, size = ("−" if value < 0 else ""), abs(value)
    for step, letter in _STEPS:
        if size >= step * 0.9995:
            unit = 1000 if letter == "k" else step
            scaled = size / unit
            digits = 0 if scaled >= 100 else 1 if scaled >= 10 else 2
            return f"{sign}{_trim(f'{scaled:.{digits}f}')} {letter}"
    if size >= 100 or size == int(size):
        return f"{sign}{size:,.0f}"
    return f"{sign}{_trim(f'{size:.1f}')}"


def h100e(tpp: int) -> str:
    """TPP as H100-equivalents, short and without the unit."""
    return short(tpp / TPP_PER_H100E)


def money(musd: float) -> str:
    """Millions of dollars, short: 31,800 is ``$ 31.8 B``."""
    return f"$ {short(musd * 1_000_000)}"


def power(mw: float) -> str:
    """Megawatts, from a thousand on gigawatts."""
    return f"{short(mw / 1000)} GW" if mw >= 1000 else f"{short(mw)} MW"


def percent(value: float, digits: int = 1) -> str:
    """A share as a percentage with its sign."""
    return f"{_trim(f'{value * 100:.{digits}f}')} %"


def against(measured: Fraction, allowed: Fraction, digits: int = 1) -> tuple[str, str, str]:
    """`measured`, `allowed` and what lies between them, as text, with as many digits as it takes to tell them apart.

    Equal numbers look equal and different ones different, so 6.996 beside 7 is not printed as 7.
    """
    between = abs(allowed - measured)
    while digits < 6 and between and _round(measured, digits) == _round(allowed, digits):
        digits += 1
    return _round(measured, digits), _round(allowed, digits), _round(between, digits)


def duration(seconds: float) -> str:
    """``0.4 s``, ``38 s``, ``4 min``, ``2 h``, ``3 d``."""
    if seconds < 9.95:
        return f"{_trim(f'{max(seconds, 0):.1f}')} s"
    for limit, unit, letter in ((99.5, 1, "s"), (99.5 * 60, 60, "min"), (48 * 3600, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {letter}"
    return f"{seconds / 86400:.0f} d"


def _round(value: Fraction, digits: int) -> str:
    text = f"{float(value):,.{digits}f}"
    return _trim(text)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
