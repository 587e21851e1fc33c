"""Small pieces of the page as HTML. Every text that comes in is escaped here; nothing else writes HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

Tone = Literal["good", "info", "warn", "bad", "dull"]

_SIGNS: Final[dict[str, str]] = {
    "good": '<circle cx="8" cy="8" r="6.4"/><path d="M5 8.2l2.1 2.1L11 6"/>',
    "info": '<path d="M8 1.6l5.2 2v3.9c0 3.1-2.1 5.6-5.2 6.9-3.1-1.3-5.2-3.8-5.2-6.9V3.6z"/>'
    '<path d="M5.5 8l1.8 1.8 3.2-3.4"/>',
    "warn": '<path d="M8 2.2L14.4 13H1.6z"/><path d="M8 6.6v3M8 11.3v.2"/>',
    "bad": '<circle cx="8" cy="8" r="6.4"/><path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>',
    "dull": '<circle cx="8" cy="8" r="6.4"/><path d="M5 8h6"/>',
}


@dataclass(frozen=True, slots=True)
class Pill:
    """A short statement with a sign and a tone; sign and words say what the colour says."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the limits: a name with a note, a bar filled to `part` (0 to 1), and the figures with a note."""

    name: str
    note: str
    part: float
    bin: int
    value: str
    mark: str = ""
    mark_tone: Literal["binding", "broken", ""] = ""
    value_note: str = ""


def title(text: str) -> str:
    """The page's heading."""
    return f'<h1 class="fp-title">{escape(text)}</h1>'


def quiet(text: str) -> str:
    """A line of small grey text."""
    return f'<div class="fp-quiet">{escape(text)}</div>'


def card_title(text: str, note: str = "") -> str:
    """The heading of a card, with a grey note behind it."""
    behind = f" <span>{escape(note)}</span>" if note else ""
    return f'<div class="fp-card-title">{escape(text)}{behind}</div>'


def pills(items: Iterable[Pill]) -> str:
    """A row of pills."""
    return '<div class="fp-pills">' + "".join(map(_pill, items)) + "</div>"


def _pill(pill: Pill) -> str:
    sign = (
        '<svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6"'
        f' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{_SIGNS[pill.tone]}</svg>'
    )
    return f'<span class="fp-pill fp-{pill.tone}">{sign}{escape(pill.text)}</span>'


def bars(lines: Iterable[Bar]) -> str:
    """The limits, one under the other."""
    return '<div class="fp-limits" role="list">' + "".join(map(_bar, lines)) + "</div>"


def _bar(bar: Bar) -> str:
    note = f"<small>{escape(bar.note)}</small>" if bar.note else ""
    mark = f' <span class="{bar.mark_tone}">{escape(bar.mark)}</span>' if bar.mark else ""
    value_note = f"<small>{escape(bar.value_note)}</small>" if bar.value_note else ""
    width = f"{min(max(bar.part, 0.0), 1.0) * 100:.1f}%"
    fill = f'<div class="fill" style="width:{width};background:var(--fp-bin-{bar.bin})"></div>' if bar.part > 0 else ""
    return (
        f'<div class="name" role="listitem">{escape(bar.name)}{note}</div>'
        f'<div class="track" aria-hidden="true">{fill}</div>'
        f'<div class="value">{escape(bar.value)}{mark}{value_note}</div>'
    )


def facts(items: Iterable[tuple[str, str]]) -> str:
    """A list of labels and values, one under the other."""
    rows = "".join(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in items)
    return f'<dl class="fp-facts">{rows}</dl>'


def legend(items: Iterable[tuple[str, str, str]]) -> str:
    """Patches with words: (CSS colour, shape class, text)."""
    return (
        '<div class="fp-legend">'
        + "".join(
            f'<span><i class="{shape}" style="background:{colour}"></i>{escape(text)}</span>'
            for colour, shape, text in items
        )
        + "</div>"
    )
