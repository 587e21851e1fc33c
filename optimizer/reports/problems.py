"""Input errors as reports show them."""

from __future__ import annotations

from ..errors import Location, Problem


def problem_text(problem: Problem) -> str:
    """What is wrong and how to mend it; the place and the code apart."""
    field = f"{problem.field}: " if problem.field else ""
    return f"{field}{problem_why(problem)} {problem.mend}"


def problem_why(problem: Problem) -> str:
    """What was found and why it is refused, in one sentence."""
    found = f"found {problem.found}: " if problem.found else ""
    return f"{found}{problem.why}."


def problem_place(problem: Problem, file: str) -> Location:
    """Where it is, always with a line and a column; `file` is the plan that was read."""
    return Location(problem.at.file or file, problem.at.line or 1, problem.at.column or 1)
