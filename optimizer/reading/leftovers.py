"""What other programs and habits leave in a file, named for what it is instead of as a mere error of syntax."""

from __future__ import annotations

import re
from typing import Final

from ..errors import InputError, Location, show
from .codes import BAD_NUMBER
from .nodes import refuse

_CONFLICT: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_THOUSANDS: Final = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9]|\s*:)", re.ASCII)


def left_over(text: str) -> str:
    """How to mend `text` where version control left its marks in it; empty where it did not."""
    match = _CONFLICT.search(text)
    if match is None:
        return ""
    line = text.count("\n", 0, match.start()) + 1
    return f"Resolve the merge conflict: line {line} begins with {match[0].strip()}."


def line_of(text: str, number: int) -> str:
    """Line `number` of `text`, counted from 0; empty past its end."""
    start = 0
    for _ in range(number):
        start = text.find("\n", start) + 1
        if start == 0:
            return ""
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def thousands(text: str, index: int) -> str:
    """The number with commas between its thousands, such as ``16,000``, within which `index` lies, empty if in none."""
    if text[index - 1 : index] != ",":
        return ""
    near = text[max(index - 40, 0) : index + 40]
    inside = min(index, 40)
    return next((match[0] for match in _THOUSANDS.finditer(near) if match.start() < inside < match.end()), "")


def refuse_thousands(at: Location, number: str) -> InputError:
    """The error for a number that its commas tear into several values."""
    mend = f"Write {number.replace(',', '')}, without separators."
    return refuse(BAD_NUMBER, at, "a comma ends a value here, so this is not one number", mend, found=show(number))
