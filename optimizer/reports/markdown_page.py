"""A page of Markdown that stays short enough to be posted.

Hosts refuse a comment that is too long. So each part may take half of what is left, the gravest part comes first, and
where rows or lines are left out the page says how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .escape import markdown

MOST_CHARACTERS = 59_000
"""A comment may have 65,536 characters on GitHub; this leaves room for what a host or a job adds."""
MOST_IN_CELL = 300
MOST_IN_LINE = 800


class Page:
    """Parts of Markdown, as many as fit; each method adds one, or nothing where there is nothing to show."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._used = 0

    def lines(self, title: str, lines: Sequence[str]) -> None:
        """A title, which is Markdown, and lines of Markdown."""
        self._add([title, ""] if title else [], lines, [])

    def table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, folded: bool = False) -> None:
        """A title and a table of plain text; a folded one lies behind its title, with the number of its rows."""
        if not rows:
            return
        if folded:
            head = [f"<details><summary>{title} ({len(rows):,})</summary>", ""]
        else:
            head = [f"### {title}", ""] if title else []
        head += [_row(header), "|" + " --- |" * len(header)]
        self._add(head, [_row(row) for row in rows], ["", "</details>"] if folded else [])

    def folded(self, title: str, lines: Iterable[str]) -> None:
        """Lines of plain text behind a title that opens them."""
        listed = [f"- {markdown(line, MOST_IN_LINE)}" for line in lines]
        if listed:
            self._add([f"<details><summary>{title}</summary>", ""], listed, ["", "</details>"])

    def text(self) -> str:
        """The page."""
        return "\n".join(self._parts)

    def _add(self, head: Sequence[str], lines: Sequence[str], foot: Sequence[str]) -> None:
        room = (MOST_CHARACTERS - self._used) // 2 - _length([*head, *foot])
        kept = 0
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept += 1
        cut = len(lines) - kept
        part = [*head, *lines[:kept]]
        if cut:
            part += ["", f"*{cut:,} more are left out here; the JSON report has them all.*"]
        part += [*foot, ""]
        self._parts += part
        self._used += _length(part)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown(cell, MOST_IN_CELL) for cell in cells) + " |"


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
