"""Runs one contestant in a process of its own, pinned to cores, and measures it from outside.

Memory is that of the whole tree of processes: what is resident in each, added up ten times a second until the
contestant has ended. A contestant that does not end in time is killed, with whatever it started.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.race.solver_logs import in_tpp, points_in, seconds_in_all

ROOT = Path(__file__).resolve().parents[2]
LOOK_S = 0.1
START_S = 300.0
"""How long imports and the making of the instance may take."""
JUDGE_S = 300.0
"""How long the gate may take afterwards."""


def late_s(limit: float) -> float:
    """Seconds past its limit that a contestant has for coming to an end."""
    return 30.0 + limit / 4


def run(
    contestant: str, instance: str, limit: float, cores: list[int], most_gib: float, compiled: Path
) -> list[dict[str, Any]]:
    """The events that the contestant told, those from its log among them, and at the end one named "process".

    `compiled` is the folder where compiled code is kept from run to run.
    """
    with tempfile.TemporaryDirectory() as folder:
        told, log = Path(folder, "events.jsonl"), Path(folder, "log.txt")
        told.touch()
        command = [sys.executable, "-m", "benchmarks.race.run_one", contestant, instance, str(limit)]
        command += [",".join(map(str, cores)), str(told)]
        load = os.getloadavg()[0]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=ROOT,
                env={**os.environ, "NUMBA_CACHE_DIR": str(compiled)},
                start_new_session=True,
            )
            try:
                peak, killed = _watch(process, told, limit, most_gib)
            finally:
                _kill_tree(process.pid)
                process.wait()
        events = _events(told)
        text = log.read_text(encoding="utf-8", errors="replace")
    events += _points(events, text.splitlines())
    last = text.strip().splitlines()[-1:] if process.returncode and not killed else []
    end = {"event": "process", "code": process.returncode, "killed": killed, "peak_mb": round(peak / 2**20)}
    return [*events, end | {"load": round(load, 2), "last_line": "".join(last)[:200]}]


def _points(events: list[dict[str, Any]], log: list[str]) -> list[dict[str, Any]]:
    """Values and bounds over time from the log of a solver that tells nothing else."""
    by_name = {event["event"]: event for event in events}
    solving = by_name.get("solving")
    if solving is None:
        return []
    begun = solving["seconds"]
    if "solved" in by_name and (took := seconds_in_all(log)):
        begun = max(begun, by_name["solved"]["seconds"] - took)
    found = in_tpp(points_in(log, solving["log"]), solving["standing"], solving["grain"])
    return [
        {"event": "point", "seconds": round(begun + seconds, 3), "value": value, "bound": bound}
        for seconds, value, bound in found
    ]


def _watch(process: subprocess.Popen[bytes], told: Path, limit: float, most_gib: float) -> tuple[int, str]:
    """Bytes at the peak, and why it was killed ("" where it was not)."""
    peak, until, stage = 0, time.monotonic() + START_S, "start"
    while process.poll() is None:
        names = {event["event"] for event in _events(told)}
        if stage == "start" and "ready" in names:
            stage, until = "race", time.monotonic() + limit + late_s(limit)
        if stage == "race" and "ended" in names:
            stage, until = "judge", time.monotonic() + JUDGE_S
        if stage != "judge":
            resident = sum(_resident(pid) for pid in tree(process.pid))
            peak = max(peak, resident)
            if resident > most_gib * 2**30:
                return peak, f"more than {most_gib:g} GiB"
        if time.monotonic() > until:
            waits_for = "building" if stage == "race" and "built" not in names else stage
            return peak, {"start": "did not start", "building": f"building alone takes more than {limit:g} s"}.get(
                waits_for, "did not end in time" if stage == "race" else "the gate did not end in time"
            )
        time.sleep(LOOK_S)
    return peak, ""


def _events(told: Path) -> list[dict[str, Any]]:
    """The events in the file; a line that is being written is left out."""
    lines = told.read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line) for line in lines]


def tree(pid: int) -> list[int]:
    """The process and all that descend from it, in sessions of their own too."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _resident(pid: int) -> int:
    """Bytes resident in a process, 0 when it has gone."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _kill_tree(pid: int) -> None:
    for each in reversed(tree(pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
