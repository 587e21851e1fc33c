"""Solves that run beside the page: one at a time, the others in line, each in a process of its own. Knows no page.

A job is a row of `jobs.sqlite` and a folder of files in the person's data folder. The process writes its progress to
a file that it holds locked while it lives, and its plan when it ends, so a server that starts anew finds what is
running, what waits and what was found, and a job outlives the server that started it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

if sys.platform != "win32":
    import fcntl

OVERRUN_SECONDS: Final = 120.0
"""A solve that is this long past its time limit is asked to stop."""
PATIENCE_SECONDS: Final = 30.0
"""A solve that was asked to stop and has not ended after this long is killed."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    scenario TEXT NOT NULL,
    scenario_sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    time_limit REAL NOT NULL,
    gap TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    pid INTEGER,
    stop_asked REAL
)
"""


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"  # a plan is there
    NO_PLAN = "no_plan"  # infeasible, or no plan within the time
    CANCELLED = "cancelled"  # stopped by a person before there was a plan
    FAILED = "failed"  # the input was refused, or the process broke off

    @property
    def over(self) -> bool:
        """Whether nothing will change any more."""
        return self not in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One solve. Times are seconds since 1970; `time_limit` is in seconds, `gap` is a share as the command takes it."""

    number: int
    id: str
    scenario: Path
    scenario_sha256: str
    name: str
    time_limit: float
    gap: str
    state: State
    created: float
    started: float | None
    ended: float | None
    pid: int | None
    stop_asked: float | None
    folder: Path

    @property
    def plan(self) -> Path:
        """Where the plan is, once there is one."""
        return self.folder / "plan.yaml"

    @property
    def progress(self) -> Path:
        """What the process wrote: its progress, one JSON object per line, and in words how it ended."""
        return self.folder / "progress.jsonl"

    @property
    def seconds(self) -> float:
        """How long it has been running, or ran."""
        return 0.0 if self.started is None else (self.ended or time.time()) - self.started


def home_folder() -> Path:
    """The folder for this person's jobs: $FLEETPLAN_HOME, else where the platform keeps a person's data."""
    if given := os.environ.get("FLEETPLAN_HOME"):
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "fleetplan"


def fingerprint(file: Path) -> str:
    """The SHA-256 of the file's bytes, empty when it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


class JobPool:
    """The jobs of one data folder. `start` makes a thread that runs what waits; without it jobs are only read."""

    def __init__(self, home: Path, command: Sequence[str] = (sys.executable, "-m", "optimizer")) -> None:
        self.home = home
        self.command = tuple(command)
        self._news = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None
        home.mkdir(parents=True, exist_ok=True)
        with self._database() as database:
            database.execute(_SCHEMA)

    def start(self) -> JobPool:
        """Run jobs from now on, those that wait from before included."""
        self._thread = threading.Thread(target=self._run_jobs, name="fleetplan jobs", daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Start no more jobs. One that runs goes on, and the next server finds it."""
        self._closed = True
        self._news.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def submit(self, scenario: Path, name: str, time_limit: float, gap: str) -> str:
        """Put a solve in line; its id."""
        job_id = secrets.token_hex(6)
        (self.home / "jobs" / job_id).mkdir(parents=True)
        with self._database() as database:
            database.execute(
                "INSERT INTO jobs (id, scenario, scenario_sha256, name, time_limit, gap, state, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (job_id, str(scenario), fingerprint(scenario), name, time_limit, gap, State.QUEUED, time.time()),
            )
        self._news.set()
        return job_id

    def job(self, job_id: str) -> Job | None:
        """The job of that id, None when there is none."""
        return next(iter(self._jobs("WHERE id = ?", job_id)), None)

    def jobs(self) -> list[Job]:
        """All jobs, the newest first."""
        return self._jobs("ORDER BY number DESC")

    def newest(self, scenario: Path, *, unfinished: bool = False) -> Job | None:
        """The newest job for that scenario that has a plan or, when asked, is not over."""
        states = (State.QUEUED, State.RUNNING) if unfinished else (State.DONE,)
        marks = ",".join("?" * len(states))
        found = self._jobs(f"WHERE scenario = ? AND state IN ({marks}) ORDER BY number DESC", str(scenario), *states)
        return found[0] if found else None

    def ahead_of(self, job: Job) -> int:
        """How many jobs go before this one."""
        return len(self._jobs("WHERE state IN (?, ?) AND number < ?", State.QUEUED, State.RUNNING, job.number))

    def cancel(self, job_id: str) -> None:
        """Stop the job: a waiting one never starts, a running one ends soon and keeps the best plan that it has."""
        now = time.time()
        with self._database() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "UPDATE jobs SET state = ?, ended = ? WHERE id = ? AND state = ?",
                (State.CANCELLED, now, job_id, State.QUEUED),
            )
            asked = database.execute(
                "UPDATE jobs SET stop_asked = ? WHERE id = ? AND state = ? AND stop_asked IS NULL",
                (now, job_id, State.RUNNING),
            )
            database.execute("COMMIT")
        job = self.job(job_id)
        if asked.rowcount and job is not None:
            _interrupt(job)

    # -- running --------------------------------------------------------------------------------------------------

    def _run_jobs(self) -> None:
        while not self._closed:
            job = self._claim()
            if job is None:
                self._news.wait(1.0)
                self._news.clear()
            else:
                self._run(job)

    def _claim(self) -> Job | None:
        """The job that waits longest, now marked as running; None while another one runs."""
        for running in self._jobs("WHERE state = ?", State.RUNNING):
            if self._still_running(running):
                return None
            self._settle(running)
        with self._database() as database:
            database.execute("BEGIN IMMEDIATE")
            claimed = database.execute(
                "UPDATE jobs SET state = ?, started = ? WHERE number = (SELECT min(number) FROM jobs WHERE state = ?)"
                " AND NOT EXISTS (SELECT 1 FROM jobs WHERE state = ?) RETURNING id",
                (State.RUNNING, time.time(), State.QUEUED, State.RUNNING),
            ).fetchone()
            database.execute("COMMIT")
        return self.job(claimed[0]) if claimed else None

    def _run(self, job: Job) -> None:
        """Start the job's process and wait for its end."""
        package_parent = Path(__file__).resolve().parents[2]
        search = os.pathsep.join(filter(None, [str(package_parent), os.environ.get("PYTHONPATH")]))
        command = [*self.command, "solve", str(job.scenario), "-o", str(job.plan), "--progress", "json"]
        command += ["--time-limit", f"{job.time_limit:g}", "--gap", job.gap]
        try:
            with job.progress.open("wb") as progress:
                _lock(progress.fileno())
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=progress,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"PYTHONPATH": search, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                    **_OWN_GROUP,
                )
        except OSError as error:  # no room on the disk, no memory for a process
            job.progress.write_text(f"{error}\n", encoding="utf-8")
            self._settle(job, 2)
            return
        self._set(job, "pid = ?", process.pid)
        if (started := self.job(job.id)) is not None and started.stop_asked is not None:
            _interrupt(started)  # asked before there was a process to ask
        while process.poll() is None and not self._closed:
            self._hurry(job.id)
            try:
                process.wait(timeout=0.25)
            except subprocess.TimeoutExpired:
                continue
        if process.returncode is None:
            process.returncode = 0  # left to itself: Python would warn about a process that nobody waited for
        else:
            self._settle(job, process.returncode)

    def _hurry(self, job_id: str) -> None:
        """Ask a job to stop that has overrun its time; kill one that was asked and does not stop."""
        job = self.job(job_id)
        if job is None:
            return
        if job.stop_asked is None:
            if job.seconds > job.time_limit + OVERRUN_SECONDS:
                self.cancel(job_id)
        elif time.time() - job.stop_asked > PATIENCE_SECONDS and job.pid is not None:
            os.kill(job.pid, signal.SIGTERM)

    def _still_running(self, job: Job) -> bool:
        """Whether the process that another server started is alive; it holds its progress file locked."""
        if not job.progress.exists():  # the other server is about to start it
            return job.seconds < 10
        if _is_locked(job.progress):
            self._hurry(job.id)
            return True
        return False

    def _settle(self, job: Job, code: int | None = None) -> None:
        """Write down how the job ended; `code` is None when another server started it and nobody saw its end."""
        job = self.job(job.id) or job
        if job.plan.exists():
            state = State.DONE
        elif job.stop_asked is not None:
            state = State.CANCELLED
        elif code == 1:
            state = State.NO_PLAN
        else:
            state = State.FAILED
        self._set(job, "state = ?, ended = ?", state, time.time())

    # -- rows -----------------------------------------------------------------------------------------------------

    def _set(self, job: Job, assignment: str, *values: object) -> None:
        with self._database() as database:
            database.execute(f"UPDATE jobs SET {assignment} WHERE id = ?", (*values, job.id))

    def _jobs(self, condition: str, *values: object) -> list[Job]:
        with self._database() as database:
            rows = database.execute(f"SELECT * FROM jobs {condition}", values).fetchall()
        return [self._job(row) for row in rows]

    def _job(self, row: sqlite3.Row) -> Job:
        fields: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
        fields |= {"scenario": Path(row["scenario"]), "state": State(row["state"])}
        return Job(**fields, folder=self.home / "jobs" / row["id"])

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use: threads and servers share nothing but the file."""
        with closing(sqlite3.connect(self.home / "jobs.sqlite", timeout=10, isolation_level=None)) as database:
            database.row_factory = sqlite3.Row
            yield database


# A process group of its own: Ctrl-C in the server's terminal is not meant for the solve.
if sys.platform == "win32":
    _OWN_GROUP: dict[str, Any] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    _INTERRUPT = signal.CTRL_BREAK_EVENT

    def _lock(file: int) -> None:
        """Windows itself refuses to rename a file that a process has open; `_is_locked` looks at that."""

    def _is_locked(file: Path) -> bool:
        try:
            file.rename(file)
        except OSError:
            return True
        return False

else:
    _OWN_GROUP: dict[str, Any] = {"start_new_session": True}
    _INTERRUPT = signal.SIGINT

    def _lock(file: int) -> None:
        """Lock the open file; the lock lasts until every process that inherited it has ended."""
        fcntl.flock(file, fcntl.LOCK_EX)

    def _is_locked(file: Path) -> bool:
        with file.open("rb") as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def _interrupt(job: Job) -> None:
    """Ask the job's process to stop with the best plan that it has, if it lives."""
    if job.pid is not None and job.progress.exists() and _is_locked(job.progress):
        try:
            os.kill(job.pid, _INTERRUPT)
        except ProcessLookupError:
            return
