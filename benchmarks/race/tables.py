"""The page with the figures: a summary of fleetplan over all seeds, then everybody side by side, by size and limit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks.race.contestants import CONTESTANTS, OURS
from benchmarks.race.figures import Row, best_bound, marks, rows_of
from benchmarks.race.instances import described, group_of
from benchmarks.race.records import Record

HEAD = """# fleetplan beside its peers

Made by `python benchmarks/hyperscale.py`; the figures of every run stand in `hyperscale.json`. {machine}

- Instances are those of `benchmarks/generator.py` (`M-1` is size M, seed 1) and the hyperscaler examples. Every run is
  a process of its own, on the same cores, in alternation; `runs` says of how many a row gives the medians, `load` the
  highest load average of the machine at the start of one (a quiet one has less than 1).
- Seconds count from when the data is in memory and everything is imported. *Build* is from there to the program as
  arrays, or to the finished model of a modelling library; imports are named below each table. *First plan* is when the
  first plan was there, by the engine's word where only its last plan can be read; it is left out where that is not
  legal. CBC's figures over time are those of its log.
- *Gap* is (bound - value) / value with the value of the best plan at that time and the tightest exact bound that any
  run of the instance ended with (`~`: nobody has an exact one, the tightest in doubles is taken). *Own gap* is the same
  against the contestant's own bound, taken as it says it.
- Every plan is judged by the same exact gate: `illegal` where that finds a limit of the law or of the scenario broken
  after rounding to whole units, `none` where there is no plan.
- The peers state the model from tables of plain numbers, in a way and in units that suit them (`benchmarks/race/`):
  with every share and sum *written out*, or with *totals* as variables. CBC, CP-SAT and PuLP's HiGHS have two threads.
  No gap is allowed to anybody, so that each goes on until its limit or its proof.
- `×` is the ratio to fleetplan in the same table. *fleetplan, compiled anew* is the first solve after installing, when
  code is compiled once; it counts nowhere else.
"""


def page(records: Sequence[Record], machine: Mapping[str, str], pictures: Mapping[str, str]) -> str:
    """The whole page in Markdown; `pictures` gives the file of a group's picture."""
    rows = rows_of(records)
    groups = list(dict.fromkeys(group_of(row.instance) for row in rows))
    parts = [HEAD.format(machine=_machine(machine)), _summary(rows, records)]
    for group in groups:
        own = [row for row in rows if group_of(row.instance) == group]
        title = f"## {group}: {described(own[0].instance)}\n"
        picture = f"![Gap against time, {group}]({pictures[group]})\n" if group in pictures else ""
        tables = [
            _table([row for row in own if row.limit == limit], records, limit)
            for limit in sorted({row.limit for row in own})
        ]
        parts.append("\n".join(part for part in (title, picture, *tables) if part))
    return "\n".join(parts)


def _machine(machine: Mapping[str, str]) -> str:
    """Packages and machine in a sentence, and the note in another."""
    words = [f"{key} {value}" for key, value in machine.items() if key != "note"]
    note = machine.get("note", "")
    return f"{', '.join(words)}.{' ' * bool(note)}{note}"


def _summary(rows: Sequence[Row], records: Sequence[Record]) -> str:
    """fleetplan alone: the worst of all seeds, and the median gap."""
    ours = [row for row in rows if row.contestant == OURS]
    lines = [
        "## fleetplan on every seed\n",
        "The worst median of any seed, and of the gaps the middle one too.\n",
        *_head(
            *("instances", "limit, s", "seeds", "build, s", "of the solve", "into HiGHS, s", "first plan, s"),
            *("gap, middle", "gap, worst", "peak, MB", "legal", "load"),
        ),
    ]
    for group, limit in dict.fromkeys((group_of(row.instance), row.limit) for row in ours):
        own = [row for row in ours if (group_of(row.instance), row.limit) == (group, limit)]
        gaps = sorted(row.gaps[-1] for row in own)
        legal = sum(record.verdict == "legal" for record in records if _is_one(record, own))
        share = max(row.build / row.ended for row in own)
        lines.append(
            _line(
                group,
                f"{limit:g}",
                str(len(own)),
                _seconds(max(row.build for row in own)),
                _percent(share),
                _seconds(max(row.hand_over for row in own)),
                _seconds(max(row.first for row in own)),
                _gap(gaps[(len(gaps) - 1) // 2]),
                _gap(gaps[-1]),
                f"{max(row.peak_mb for row in own):,.0f}",
                f"{legal} of {sum(row.runs for row in own)}",
                f"{max(row.load for row in own):.1f}",
            )
        )
    return "\n".join(lines) + "\n"


def _is_one(record: Record, rows: Sequence[Row]) -> bool:
    return any(record.key == (row.instance, row.limit, row.contestant) for row in rows)


def _table(rows: Sequence[Row], records: Sequence[Record], limit: float) -> str:
    """Everybody at one limit, instance by instance."""
    names = [f"gap at {mark:g} s" for mark in marks(limit)]
    lines = [
        f"Limit {limit:g} s:\n",
        *_head(
            *("instance", "contestant", "runs", "build, s", "first plan, s", "×", *names),
            *("own gap", "value ×", "peak, MB", "×", "end, s", "plan", "load"),
        ),
    ]
    order = {name: number for number, name in enumerate(CONTESTANTS)}
    for row in sorted(rows, key=lambda row: (_seed(row.instance), order[row.contestant])):
        ours = next((r for r in rows if r.instance == row.instance and r.contestant == OURS), None)
        best = best_bound(records, row.instance)
        mark = "" if best is None or best.exact else "~"
        lines.append(
            _line(
                row.instance,
                CONTESTANTS[row.contestant].title,
                str(row.runs),
                _seconds(row.build),
                _seconds(row.first),
                _ratio(row.first, None if ours is None else ours.first),
                *(mark * math.isfinite(each) + _gap(each) for each in row.gaps),
                _gap(row.own_gap),
                _share(row.value, None if ours is None else ours.value),
                f"{row.peak_mb:,.0f}",
                _ratio(row.peak_mb, None if ours is None else ours.peak_mb),
                _seconds(row.ended),
                row.plan.replace("|", "/"),
                f"{row.load:.1f}",
            )
        )
    return "\n".join(lines) + f"\n\nImports, not counted above: {_imports(rows)}.\n"


def _imports(rows: Sequence[Row]) -> str:
    """The longest import of each contestant, in the order of the contestants."""
    longest: dict[str, float] = {}
    for row in rows:
        if math.isfinite(row.imports):
            longest[row.contestant] = max(row.imports, longest.get(row.contestant, 0.0))
    return ", ".join(f"{CONTESTANTS[name].title} {longest[name]:.1f} s" for name in CONTESTANTS if name in longest)


def _seed(instance: str) -> tuple[int, str]:
    digits = instance.rpartition("-")[2].partition(":")[0]
    return (int(digits) if digits.isdigit() else 0, instance)


def _head(*names: str) -> list[str]:
    return [_line(*names), "|---" * len(names) + "|"]


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _seconds(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _gap(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return "0" if value == 0 else f"{value:.1e}"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def _ratio(value: float, ours: float | None) -> str:
    if ours is None or not math.isfinite(value) or not math.isfinite(ours) or ours == 0:
        return "–"
    return f"{value / ours:.1f}"


def _share(value: float, ours: float | None) -> str:
    """A value beside ours, with as many digits as plans differ in."""
    if ours is None or not math.isfinite(value) or not math.isfinite(ours) or ours == 0:
        return "–"
    return f"{value / ours:.5f}"
