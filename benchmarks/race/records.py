"""What is kept of a run: one record each, in a JSON file that later runs are added to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MOST_POINTS = 60


@dataclass(frozen=True)
class Record:
    """One run of a contestant on an instance; seconds from the start of its clock, amounts in TPP.

    `first` is when the first plan was there (None where the last one is not legal), `bound` the contestant's own last
    one, `proved` its exact one, `points` the best value and bound over time. `build` None: it was not done in time.
    """

    instance: str
    limit: float
    contestant: str
    day: str
    load: float
    imports: float | None
    build: float | None
    hand_over: float | None
    first: float | None
    ended: float | None
    peak_mb: int
    verdict: str  # legal, illegal, none
    broken: int
    names: list[str]
    value: int | None
    bound: int | None
    proved: int | None
    said: str
    points: list[tuple[float, int | None, int | None]]

    @property
    def key(self) -> tuple[str, float, str]:
        """What runs are compared by."""
        return self.instance, self.limit, self.contestant


def record_of(instance: str, limit: float, contestant: str, day: str, events: Sequence[dict[str, Any]]) -> Record:
    """The record of a run that told those events."""
    by_name = {event["event"]: event for event in events}
    process, judged = by_name["process"], by_name.get("judged", {})
    ended, ready = by_name.get("ended"), by_name.get("ready", {})
    verdict = judged.get("verdict", "none")
    value = judged.get("value")
    points = _points(events, by_name.get("solved"), value if verdict == "legal" else None)
    bounds = [bound for _, _, bound in points if bound is not None]
    own = ended["bound"] if ended is not None and ended["bound"] is not None else min(bounds, default=None)
    if own is not None and verdict == "legal" and value is not None:
        own = max(own, value)  # logs round their bounds
    said = ended["said"] if ended else ""
    if process["killed"]:
        said = f"killed: {process['killed']}"
    elif process["code"]:
        said = f"ended with code {process['code']}: {process['last_line']}"
    return Record(
        instance=instance,
        limit=limit,
        contestant=contestant,
        day=day,
        load=process["load"],
        imports=ready.get("import_s"),
        build=by_name.get("built", {}).get("seconds"),
        hand_over=by_name.get("handed over", {}).get("took"),
        first=next((s for s, held, _ in points if held is not None), None) if verdict == "legal" else None,
        ended=None if ended is None else ended["seconds"],
        peak_mb=process["peak_mb"],
        verdict=verdict,
        broken=judged.get("broken", 0),
        names=judged.get("names", []),
        value=value,
        bound=own,
        proved=None if ended is None else ended["proved"],
        said=said,
        points=points,
    )


def _points(
    events: Sequence[dict[str, Any]], solved: dict[str, Any] | None, value: int | None
) -> list[tuple[float, int | None, int | None]]:
    """The best so far at each change, the last legal `value` at the end; no point claims more than that."""
    found = [(e["seconds"], e["value"], e["bound"]) for e in events if e["event"] == "point" and _known(e)]
    told = sorted(found, key=lambda point: point[0])
    best: int | None = None
    least: int | None = None
    found: list[tuple[float, int | None, int | None]] = []
    if value is not None and solved is not None:
        last = told[-1][0] if told else 0.0  # logs round their seconds
        told.append((max(solved["seconds"], last), value, None))
    for seconds, held, bound in told:
        if value is not None and held is not None:
            best = max(best or 0, min(held, value))
        if bound is not None:
            least = bound if least is None else min(least, bound)
        if not found or found[-1][1:] != (best, least):
            found.append((seconds, best, least))
    return thinned(found)


def _known(event: dict[str, Any]) -> bool:
    return event["value"] is not None or event["bound"] is not None


def thinned(points: list[tuple[float, int | None, int | None]]) -> list[tuple[float, int | None, int | None]]:
    """At most MOST_POINTS of them: the first with a value, the last, and others evenly between."""
    if len(points) <= MOST_POINTS:
        return points
    first = next((i for i, point in enumerate(points) if point[1] is not None), 0)
    step = (len(points) - 1) / (MOST_POINTS - 2)
    kept = {first, len(points) - 1, *(round(i * step) for i in range(MOST_POINTS - 1))}
    return [points[i] for i in sorted(kept)]


def load_records(path: Path) -> list[Record]:
    """The records in the file, none when there is no file."""
    rows = _content(path)["runs"]
    return [Record(**{**row, "points": [tuple(point) for point in row["points"]]}) for row in rows]


def load_machine(path: Path) -> dict[str, str]:
    """What the file says of the machine, nothing when there is no file."""
    machine: dict[str, str] = _content(path)["machine"]
    return machine


def _content(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = {"machine": {}, "runs": []}
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else content


def save_records(path: Path, records: Sequence[Record], machine: dict[str, str]) -> None:
    """Write the records, a line each, with the machine and the packages of the last run."""
    lines = ",\n".join(json.dumps(asdict(record)) for record in records)
    path.write_text(f'{{"machine": {json.dumps(machine)},\n"runs": [\n{lines}\n]}}\n', encoding="utf-8")
