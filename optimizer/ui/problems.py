"""What is wrong with an input file, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ..errors import Location, Problem
from . import parts
from .session import words


def show_problems(file: Path, problems: Sequence[Problem]) -> None:
    """Every problem of the file in a table: where, what was found, why it is refused and how to mend it."""
    say = words()
    with st.container(border=True, key="problems-card"):
        pill = parts.Pill(say("problem.title", file=file.name), "bad")
        st.html(parts.pills([pill]) + parts.quiet(say("problem.lead")))
        rows = [
            (_place(problem.at), problem.field, problem.found, f"{problem.why} ({problem.code})", problem.mend)
            for problem in problems
        ]
        titles = [say(f"problem.{name}") for name in ("place", "field", "found", "why", "mend")]
        st.html(parts.table(titles, rows))


def _place(at: Location) -> str:
    numbers = (number for number in (at.line, at.column) if number is not None)
    return ":".join([Path(at.file).name, *map(str, numbers)])
