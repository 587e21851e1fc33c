"""The formats of a report by their names. Each module is loaded when its format is asked for, and not before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from .outcome import Outcome

Render = Callable[..., str]


def _text() -> Render:
    from .text import render

    return render


def _concise() -> Render:
    from .concise import render

    return render


def _json() -> Render:
    from .json_report import render

    return render


def _sarif() -> Render:
    from .sarif import render

    return render


def _junit() -> Render:
    from .junit import render

    return render


def _github() -> Render:
    from .github import render

    return render


def _gitlab() -> Render:
    from .gitlab import render

    return render


def _markdown() -> Render:
    from .markdown import render

    return render


FORMATS: Mapping[str, Callable[[], Render]] = {
    "text": _text,
    "concise": _concise,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
}
"""What loads the function that renders a format."""
QUIETER = ("text", "concise")
"""The formats that can be quieter."""


def render(fmt: str, outcomes: Sequence[Outcome], *, show_all: bool = False, quiet: bool = False) -> str:
    """The report in the format of that name. KeyError when there is none."""
    function = FORMATS[fmt]()
    if fmt in QUIETER:
        return function(outcomes, show_all=show_all, quiet=quiet)
    return function(outcomes, show_all=show_all)
