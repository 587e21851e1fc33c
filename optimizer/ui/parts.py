"""Small pieces of the page as HTML. Every text that comes in is escaped here; nothing else writes HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Tone = Literal["good", "info", "warn", "bad", "dull", "busy", "pick"]


@dataclass(frozen=True, slots=True)
class Pill:
    """A short statement with a tone; the style sheet puts a sign before it, so that colour never stands alone."""

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
    return f'<span class="fp-pill fp-{pill.tone}">{escape(pill.text)}</span>'


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


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table that wraps its text."""
    head = "".join(f"<th>{escape(name)}</th>" for name in titles)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table class="fp-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


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
