"""A picture of the race: gap against time, both on log scales, one line a contestant; readable on light and dark.

Plain SVG with its own colours for both, so that it needs no library and looks the same wherever a page shows it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.race.contestants import COLD, CONTESTANTS, OURS, PEERS
from benchmarks.race.figures import LATE, best_bound, gap
from benchmarks.race.records import Record

WIDTH, HEIGHT = 860, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 250, 46, 66
LEAST_GAP, MOST_GAP = 1e-6, 1.0
"""Gaps outside are drawn at the edge: a proved optimum has gap 0, which a log scale does not."""
FIRST_S = 0.1
LABEL_STEP = 17

COLOURS = (
    ("#0b57d0", "#8ab4f8"),
    ("#b3261e", "#f28b82"),
    ("#8c4a00", "#ffb066"),
    ("#8430ce", "#c58af9"),
    ("#b8116e", "#ff8bcb"),
    ("#0f7b3f", "#6fd08c"),
    ("#00757d", "#4dd0e1"),
    ("#6b5b00", "#e0c95a"),
    ("#4a5568", "#b8c2cf"),
)
"""On light and on dark, by contestant."""

STYLE = """
  .paper {{ fill: #ffffff; }} .ink {{ fill: #1f2328; }} .pale {{ fill: #57606a; }} .grid {{ stroke: #d8dee4; }}
  text {{ font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }}
  .title {{ font-weight: 600; font-size: 15px; }}
  .line {{ fill: none; stroke-width: 1.8; stroke-linejoin: round; }} .ours {{ stroke-width: 3.2; }}
  .own {{ stroke-width: 1.4; stroke-dasharray: 3 4; }} .lead {{ stroke-width: 1; opacity: .55; }}
{light}
  @media (prefers-color-scheme: dark) {{
    .paper {{ fill: #0d1117; }} .ink {{ fill: #e6edf3; }} .pale {{ fill: #9198a1; }} .grid {{ stroke: #30363d; }}
{dark}
  }}
"""


@dataclass(frozen=True)
class Curve:
    """A contestant's gap over time: steps that hold from each point on."""

    contestant: str
    own: bool  # against its own bound
    steps: list[tuple[float, float]]
    until: float


def picture(records: Sequence[Record], instance: str) -> str | None:
    """The SVG of the instance's longest races with peers, else of its longest; None when there are none."""
    own = [record for record in records if record.instance == instance and record.contestant != COLD]
    if not own:
        return None
    with_peers = [record.limit for record in own if record.contestant != OURS]
    limit = max(with_peers or [record.limit for record in own])
    runs = [
        _typical([record for record in own if (record.limit, record.contestant) == (limit, name)])
        for name in CONTESTANTS
        if any((record.limit, record.contestant) == (limit, name) for record in own)
    ]
    best = best_bound(records, instance)
    curves = [] if best is None else [curve for run in runs if (curve := _curve(run, best.bound))]
    if ours := next((run for run in runs if run.contestant == OURS), None):
        curves += [curve] if (curve := _curve(ours, None)) else []
    absent = [run for run in runs if not any(curve.contestant == run.contestant for curve in curves)]
    return _Drawing(instance, limit, curves, absent).svg()


def _typical(runs: list[Record]) -> Record:
    """The run that ends in the middle: a legal one, if the middle one is."""
    ranked = sorted(runs, key=lambda run: (run.verdict != "legal", -(run.value or 0)))
    return ranked[(len(ranked) - 1) // 2]


def _curve(run: Record, bound: int | None) -> Curve | None:
    """The run's gap to `bound`, or to its own bound when that is None; None when it has no legal plan."""
    if run.verdict != "legal":
        return None
    steps = []
    for seconds, value, own in run.points:
        size = gap(value, own if bound is None else bound)
        if math.isfinite(size) and seconds <= run.limit * LATE:
            steps.append((min(seconds, run.limit), size))
    return Curve(run.contestant, bound is None, steps, run.limit) if steps else None


class _Drawing:
    """One picture."""

    def __init__(self, instance: str, limit: float, curves: list[Curve], absent: list[Record]) -> None:
        self.instance, self.limit, self.curves, self.absent = instance, limit, curves, absent
        sizes = [size for curve in curves for _, size in curve.steps]
        lowest, highest = max(LEAST_GAP, min(sizes, default=LEAST_GAP)), min(MOST_GAP, max(sizes, default=MOST_GAP))
        powers = math.floor(math.log10(lowest)), math.ceil(math.log10(max(highest, lowest)))
        self.lowest, self.highest = powers[0], max(powers[1], powers[0] + 2)  # powers of ten
        self.low, self.high = 10.0**self.lowest, 10.0**self.highest
        self.height = HEIGHT + 18 * len(absent) + (6 if absent else 0)

    def svg(self) -> str:
        """The whole of it."""
        colours = ["", ""]
        for number, (light, dark) in enumerate(COLOURS):
            for which, colour in enumerate((light, dark)):
                colours[which] += f"  .s{number} {{ stroke: {colour}; }} .f{number} {{ fill: {colour}; }}\n"
        title = f"{self.instance}: gap to the best bound against time"
        words = ", ".join(CONTESTANTS[curve.contestant].title for curve in self.curves if not curve.own)
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {self.height}" role="img" '
            f'aria-label="{escape(title)}; with a plan: {escape(words or "nobody")}">',
            f"<style>{STYLE.format(light=colours[0].rstrip(), dark=colours[1].rstrip())}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{self.height}"/>',
            _text(LEFT, 26, title, "ink title"),
            *self._axes(),
            *(self._line(curve) for curve in sorted(self.curves, key=lambda curve: curve.contestant == OURS)),
            *self._labels(),
            *self._absent(),
            "</svg>\n",
        ]
        return "\n".join(parts)

    def _x(self, seconds: float) -> float:
        share = math.log10(max(seconds, FIRST_S) / FIRST_S) / math.log10(self.limit / FIRST_S)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def _y(self, size: float) -> float:
        inside = min(max(size, self.low), self.high)
        share = math.log10(self.high / inside) / math.log10(self.high / self.low)
        return TOP + share * (HEIGHT - TOP - BOTTOM)

    def _axes(self) -> list[str]:
        right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
        parts = []
        for power in range(self.lowest, self.highest + 1):
            y = self._y(10.0**power)
            parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
            edge = "≤ " if power == self.lowest and self._goes_below() else ""
            parts.append(_text(LEFT - 8, y + 4, f"{edge}1e{power}" if power else "1", "pale", "end"))
        for seconds in sorted({0.1, 1.0, 10.0, 60.0, 300.0, self.limit}):
            if seconds <= self.limit:
                x = self._x(seconds)
                parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
                parts.append(_text(x, bottom + 19, f"{seconds:g}", "pale", "middle"))
        parts.append(_text((LEFT + right) / 2, bottom + 40, "seconds", "pale", "middle"))
        return parts

    def _goes_below(self) -> bool:
        return any(size < self.low for curve in self.curves for _, size in curve.steps)

    def _line(self, curve: Curve) -> str:
        path, before = [], None
        for seconds, size in curve.steps:
            x, y = self._x(seconds), self._y(size)
            path.append(f"M{x:.1f} {y:.1f}" if before is None else f"H{x:.1f}V{y:.1f}")
            before = y
        path.append(f"H{self._x(curve.until):.1f}")
        kind = "own" if curve.own else "ours" if curve.contestant == OURS else ""
        return f'<path class="line s{_number(curve.contestant)} {kind}" d="{"".join(path)}"/>'

    def _labels(self) -> list[str]:
        """Each line's name at its end, moved apart where they would meet."""
        ends = sorted((self._y(curve.steps[-1][1]), number) for number, curve in enumerate(self.curves))
        places: list[float] = []
        for y, _ in ends:
            places.append(max(y, places[-1] + LABEL_STEP) if places else y)
        over = max(0.0, places[-1] - (HEIGHT - BOTTOM)) if places else 0.0
        for i in reversed(range(len(places))):  # too low: move up, and those above with it
            limit = places[i] - over if i == len(places) - 1 else min(places[i], places[i + 1] - LABEL_STEP)
            places[i] = limit
        parts, x = [], WIDTH - RIGHT
        for place, (y, number) in zip(places, ends, strict=True):
            curve = self.curves[number]
            colour = _number(curve.contestant)
            name = CONTESTANTS[curve.contestant].title + (", own bound" if curve.own else "")
            parts.append(f'<path class="line lead s{colour}" d="M{x + 2} {y:.1f}L{x + 14} {place:.1f}"/>')
            parts.append(_text(x + 18, place + 4, name, f"f{colour}"))
        return parts

    def _absent(self) -> list[str]:
        parts = []
        for line, run in enumerate(self.absent):
            title = CONTESTANTS[run.contestant].title
            how = f"illegal plan, {run.broken:,} limits broken" if run.verdict == "illegal" else "no plan"
            y = HEIGHT - 2 + 18 * line
            parts.append(_text(LEFT, y, f"{title}: {how} within {run.limit:g} s", "pale"))
        return parts


def _number(contestant: str) -> int:
    """Which colour is its own."""
    return [OURS, *PEERS].index(contestant) % len(COLOURS)


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
