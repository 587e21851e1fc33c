"""What is wrong with an input file, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from ..errors import Problem
from .session import words


def show_problems(file: Path, problems: Sequence[Problem]) -> None:
    """Every problem of the file in a table: where, what was found, why it is refused and how to mend it."""
    say = words()
    st.error(f"**{_plain(say('problem.title', file=file.name))}**  \n{say('problem.lead')}", icon=":material/error:")
    rows = [
        {
            say("problem.place"): f"{Path(problem.at.file).name}"
            + "".join(f":{number}" for number in (problem.at.line, problem.at.column) if number is not None),
            say("problem.field"): problem.field,
            say("problem.found"): problem.found,
            say("problem.why"): f"{problem.code} {problem.why}",
            say("problem.mend"): problem.mend,
        }
        for problem in problems
    ]
    st.table(pd.DataFrame(rows).set_index(say("problem.place")).map(_plain), border="horizontal")


def _plain(text: str) -> str:
    """`text` with the signs that Markdown would read put out of force."""
    return "".join("\\" + sign if sign in r"\`*_{}[]()#+-.!|<>$~:" else sign for sign in text)
