"""fleetplan and its peers side by side on the generated instances and the hyperscaler examples.

    python benchmarks/hyperscale.py [SIZE ...] [--seeds 1-5] [--limit 60,300] [--repeat 3,1] [--peers] ...

A SIZE is S, M, L, XL, `examples`, or the name of one instance (`M-2`, `us-hyperscaler-ifr`). Each run is a process of
its own on the same cores, in alternation. After every run its figures are added to `hyperscale.json` (those of earlier
sessions on the same instance, limit and contestant are replaced), and at the end the page and the pictures are made
anew from all that stands there; `--render` does that alone. Peers run on the first seed, to the first limit and once,
unless told otherwise. Before all others fleetplan runs once with nothing compiled.
`python benchmarks/hyperscale.py --peers` is the whole suite.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.race.contestants import COLD, CONTESTANTS, OURS, PEERS
from benchmarks.race.instances import HYPERSCALER, group_of
from benchmarks.race.picture import picture
from benchmarks.race.process import run
from benchmarks.race.records import Record, load_machine, load_records, record_of, save_records
from benchmarks.race.tables import page
from benchmarks.sizes import SIZES

HERE = Path(__file__).resolve().parent
PACKAGES = ("highspy", "ortools", "pulp", "numpy")
BESIDE_S = {"S": 3, "M": 5, "L": 12, "XL": 60}
"""Seconds of a run outside the race: imports, the making of the instance, the gate."""


def numbers(text: str) -> list[int]:
    """The numbers of "1-5" or "1,3"."""
    parts = [part.partition("-") for part in text.split(",")]
    return [number for first, _, last in parts for number in range(int(first), int(last or first) + 1)]


def arguments(given: list[str]) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", nargs="*", default=[*SIZES, "examples"], help="S, M, L, XL, examples, or an instance")
    parser.add_argument("--seeds", type=numbers, default=numbers("1-5"), help="such as 1-5 or 1,3")
    parser.add_argument("--limit", default="60,300", help="seconds, several with commas")
    parser.add_argument("--repeat", default="3,1", help="runs to each limit; the last number holds for those after")
    parser.add_argument("--peers", nargs="?", const=",".join(PEERS), default="", help="all, or some by name")
    parser.add_argument("--peer-seeds", type=numbers, default=None, help="default: the first seed")
    parser.add_argument("--peer-limits", default=None, help="default: the first limit")
    parser.add_argument("--peer-repeat", type=int, default=1)
    parser.add_argument("--without-ours", action="store_true", help="run the peers alone")
    parser.add_argument("--cores", type=numbers, default=numbers("0-1"))
    parser.add_argument("--memory", type=float, default=18.0, help="GiB at which a contestant is killed")
    parser.add_argument("--note", default="", help="what the page shall say of this session, such as a busy machine")
    parser.add_argument("--into", type=Path, default=HERE, help="the folder of page, pictures and figures")
    parser.add_argument("--render", action="store_true", help="make page and pictures from the figures, run nothing")
    return parser.parse_args(given)


def instances_of(size: str, seeds: list[int]) -> list[str]:
    """The instances that a word of the command line stands for."""
    if size == "examples":
        return list(HYPERSCALER)
    return [f"{size}-{seed}" for seed in seeds] if size in SIZES else [size]


def races(asked: argparse.Namespace) -> list[tuple[str, float, str]]:
    """Every run in order: instance, limit, contestant."""
    limits = [float(part) for part in asked.limit.split(",")]
    repeats = [int(part) for part in asked.repeat.split(",")]
    peers = [name for name in asked.peers.split(",") if name]
    if unknown := [name for name in peers if name not in PEERS]:
        raise SystemExit(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}")
    peer_limits = [float(part) for part in asked.peer_limits.split(",")] if asked.peer_limits else limits[:1]
    peer_seeds = asked.peer_seeds or asked.seeds[:1]
    found = []
    for size in asked.size:
        with_peers = set(instances_of(size, peer_seeds))
        for instance in instances_of(size, asked.seeds):
            for number, limit in enumerate(limits):
                times = {} if asked.without_ours else {OURS: repeats[min(number, len(repeats) - 1)]}
                if instance in with_peers and limit in peer_limits:
                    times |= dict.fromkeys(peers, asked.peer_repeat)
                for turn in range(max(times.values(), default=0)):
                    found += [(instance, limit, name) for name in times if turn < times[name]]
    return [*_cold(found), *found]


def _cold(found: list[tuple[str, float, str]]) -> list[tuple[str, float, str]]:
    """A first run with nothing compiled yet, on the first instance that is not small."""
    ours = [(instance, limit, COLD) for instance, limit, name in found if name == OURS]
    return [race for race in ours if group_of(race[0]) != "S"][:1] or ours[:1]


def main(given: list[str]) -> None:
    """Run what was asked for, and write figures, page and pictures."""
    asked = arguments(given)
    target: Path = asked.into / "hyperscale.json"
    records = load_records(target)
    if not asked.render:
        records = _run_all(asked, records, target)
    render(records, asked.into, load_machine(target))


def _run_all(asked: argparse.Namespace, records: list[Record], target: Path) -> list[Record]:
    """Every run that was asked for, each kept in the file as soon as it is over; all records that there are now."""
    machine = {
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "cores": str(len(asked.cores)),
        "last run": datetime.now(UTC).date().isoformat(),
        "note": asked.note,
    }
    todo = races(asked)
    most = sum(limit + BESIDE_S.get(group_of(instance), 8) for instance, limit, _ in todo)
    print(f"{len(todo)} runs, at most {most / 60:.0f} minutes if everybody ends in time", flush=True)
    fresh: set[tuple[str, float, str]] = set()
    with tempfile.TemporaryDirectory() as compiled:
        for instance, limit, contestant in todo:
            record = _race(instance, limit, contestant, asked, Path(compiled))
            if record.key not in fresh:
                records = [other for other in records if other.key != record.key]
                fresh.add(record.key)
            records.append(record)
            save_records(target, records, machine)
    return records


def _race(instance: str, limit: float, contestant: str, asked: argparse.Namespace, compiled: Path) -> Record:
    """One run, with a line about it."""
    began = time.monotonic()
    day = datetime.now(UTC).date().isoformat()
    events = run(contestant, instance, limit, asked.cores, asked.memory, compiled)
    record = record_of(instance, limit, contestant, day, events)
    value = "" if record.value is None else f" {record.value:,} TPP"
    print(
        f"{instance} {limit:g} s {CONTESTANTS[contestant].title}: {record.verdict}{value}, {record.said}, "
        f"{record.peak_mb:,} MB, {time.monotonic() - began:.0f} s in all, load {record.load}",
        flush=True,
    )
    return record


def render(records: list[Record], folder: Path, machine: dict[str, str]) -> None:
    """Write the page and a picture of each group's first instance."""
    first: dict[str, str] = {}
    for instance in sorted({record.instance for record in records}, key=lambda name: (len(name), name)):
        first.setdefault(group_of(instance), instance)
    pictures = {}
    for group, instance in first.items():
        drawn = picture(records, instance)
        if drawn is not None:
            pictures[group] = f"hyperscale-{group}.svg"
            (folder / pictures[group]).write_text(drawn, encoding="utf-8")
    (folder / "hyperscale.md").write_text(page(records, machine, pictures), encoding="utf-8")


if __name__ == "__main__":
    os.chdir(HERE.parent)
    main(sys.argv[1:])
