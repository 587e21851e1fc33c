"""What one browser session looks at: a scenario, and the job that its address names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from . import library
from .jobs import Job, JobPool, home_folder
from .library import Entry
from .text import Words

SCENARIO, JOB = "scenario", "job"
"""Names in the page's address and in the session's state."""
_LANGUAGE: Final = "language"


@dataclass(frozen=True, slots=True)
class Look:
    """The scenario that is open (None where there is none at all), all scenarios, and the job in the address."""

    entry: Entry | None
    entries: list[Entry]
    job: Job | None

    @property
    def plan_file(self) -> Path | None:
        """The plan to show: that of the job in the address, else the scenario's newest, else the one that ships."""
        if self.job is not None and self.job.plan.exists():
            return self.job.plan
        if self.entry is None:
            return None
        newest = pool().newest(self.entry.file)
        return newest.plan if newest is not None else self.entry.shipped_plan

    @property
    def plan_job(self) -> Job | None:
        """The job that made the plan to show, None for one that ships."""
        if self.job is not None and self.job.plan.exists():
            return self.job
        return pool().newest(self.entry.file) if self.entry is not None else None


@st.cache_resource(show_spinner=False)
def _pool(home: str) -> JobPool:
    return JobPool(Path(home)).start()


def pool() -> JobPool:
    """The jobs of this server."""
    return _pool(str(home_folder()))


def words() -> Words:
    """The sentences in this session's language."""
    return Words(st.session_state.get(_LANGUAGE, "en"))


def look() -> Look:
    """What the address asks for, else what the session looked at before; the address is set to it.

    Changing the page drops what stands behind the question mark, so it is kept in the session and put back.
    """
    among = library.entries()
    job_id = st.query_params.get(JOB) or st.session_state.get(JOB)
    job = pool().job(job_id) if job_id else None
    if job is not None:
        entry: Entry | None = library.entry_of(job.scenario, among) or Entry(job.id, job.name, job.scenario, "folder")
    else:
        entry = library.find(st.query_params.get(SCENARIO) or st.session_state.get(SCENARIO), among)
        unfinished = pool().newest(entry.file, unfinished=True) if entry is not None else None
        job = unfinished
    remember(entry, job)
    return Look(entry, among, job)


def remember(entry: Entry | None, job: Job | None) -> None:
    """Session and address name that scenario and that job."""
    wanted = {SCENARIO: entry.key if entry is not None else None, JOB: job.id if job is not None else None}
    for name, value in wanted.items():
        st.session_state[name] = value
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value
