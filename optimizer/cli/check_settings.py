"""The settings of `fleetplan check` by name, and how the text of each is read; a ValueError says what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..errors import show
from ..reports.formats import FORMATS
from .find_plans import STDIN

Convert = Callable[[str], Any]


def _choice(*choices: str) -> Convert:
    def convert(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)} is needed")
        return text

    return convert


def some_text(text: str) -> str:
    """`text`, which is not empty."""
    if not text.strip() or "\x00" in text:
        raise ValueError("it is empty")
    return text


def _words(text: str) -> tuple[str, ...]:
    words = tuple(part.strip() for part in text.split(","))
    if not all(words):
        raise ValueError("names separated by commas are needed")
    return words


def _countries(text: str) -> tuple[str, ...]:
    from ..reading.names import country_fault

    codes = _words(text)
    for code in codes:
        fault = country_fault(code)
        if fault is not None:
            raise ValueError(f"{show(code)}: {fault.why}. {fault.mend}")
    return codes


def _output(text: str) -> tuple[str, str]:
    """``json:report.json`` as its two parts."""
    fmt, _, path = text.partition(":")
    if fmt not in FORMATS or not path or "\x00" in path:
        raise ValueError(f"write FORMAT:PATH, with a format of {', '.join(FORMATS)}")
    if path == STDIN:
        raise ValueError("name a file; --format chooses what is printed")
    return fmt, path


def _reading(text: str) -> tuple[str, str]:
    name, _, option = text.partition("=")
    if not name or not option:
        raise ValueError("write NAME=OPTION; 'fleetplan regimes ID' lists the readings")
    return name, option


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:19]) < 10**18):
        raise ValueError("a whole number from 1 on is needed")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise ValueError("a number of seconds above 0, and at most a day, is needed")
    return seconds


def _date(text: str) -> str:
    from ..gate.waivers import day

    try:
        return day(text)
    except ValueError:
        raise ValueError("a day is needed, such as 2026-01-31") from None


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false is needed")
    return text == "true"


ONE: Final[Mapping[str, Convert]] = {
    "format": _choice(*FORMATS),
    "fail-on": _choice("error", "warning"),
    "strict": _yes,
    "all": _yes,
    "regime": some_text,
    "all-readings": _yes,
    "diff": some_text,
    "baseline": some_text,
    "waivers": some_text,
    "no-inline-waivers": _yes,
    "allow-no-files": _yes,
    "max-rows": _rows,
    "timeout": _seconds,
    "headroom": _yes,
    "color": _choice("auto", "never"),
}
"""Settings of one value, and how its text is read."""
MANY: Final[Mapping[str, Convert]] = {
    "paths": lambda text: (some_text(text),),
    "output": lambda text: (_output(text),),
    "select": _words,
    "ignore": _words,
    "readings": lambda text: (_reading(text),),
}
"""Settings of several values; in a variable they are separated by commas."""
OF_THE_FIRM: Final[Mapping[str, Convert]] = {
    "headquarters": some_text,
    "ultimate-parent": some_text,
    "status": _choice("uveu", "nveu", "none"),
    "nveu-countries": _countries,
    "as-of": _date,
    "today": _date,
}
"""What only variables and flags say: a settings file has the firm of its tables beside `[check]`, and no day."""
OF_THE_DAY: Final = ("as-of", "today")
"""What no settings file says: who keeps it could choose a day on which a waiver holds, or a rule does not."""


def field_name(name: str) -> str:
    """The name of a setting as a field: ``fail_on``."""
    return name.replace("-", "_")
