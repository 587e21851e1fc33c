"""What solvers print while they search: best value and bound over time, from the logs of HiGHS, SCIP and CBC.

For peers that tell their caller nothing before the end. All of them minimise the negative of the TPP installed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator

Point = tuple[float, float | None, float | None]  # seconds since the solver began, objective, bound

_HIGHS = re.compile(r"^\s*[A-Za-z]?\s+\d+\s+\d+\s+\d+\s+[\d.]+%\s+(\S+)\s+(\S+)\s+\S+\s.*?\s([\d.]+)s$")
_CBC_SOLUTION = re.compile(r"Integer solution of (\S+) found .*\(([\d.]+) seconds\)")
_CBC_BOUND = re.compile(r"(\S+) best solution, best possible (\S+) \(([\d.]+) seconds\)")
_CBC_RELAXATION = re.compile(r"Continuous objective value is (\S+) - ([\d.]+) seconds")
_CBC_TOTAL = re.compile(r"^Total time .*\(Wallclock seconds\):\s+([\d.]+)")
_SCIP_COLUMNS = 18
_LARGE = 1e30
"""From here on a solver means that it has none yet; CBC writes 1e+50."""


def points_in(log: Iterable[str], kind: str) -> list[Point]:
    """Every change of objective or bound in the log of "highs", "scip" or "cbc", in order."""
    readers: dict[str, Callable[[str], Point | None]] = {"highs": _highs, "scip": _scip, "cbc": _cbc}
    found: list[Point] = []
    value = bound = None
    for line in log:
        point = readers[kind](line.rstrip())
        if point is None:
            continue
        value = point[1] if point[1] is not None else value
        bound = point[2] if point[2] is not None else bound
        if not found or found[-1][1:] != (value, bound):
            found.append((point[0], value, bound))
    return found


def seconds_in_all(log: Iterable[str]) -> float:
    """Seconds that CBC says it took, 0 where it says nothing; before them its caller wrote the model to a file."""
    found = [match for line in log if (match := _CBC_TOTAL.match(line))]
    return float(found[-1][1]) if found else 0.0


def in_tpp(points: Iterable[Point], standing: int, grain: int) -> Iterator[tuple[float, int | None, int | None]]:
    """The points in whole TPP, the standing fleet included; values are rounded down and bounds up."""
    for seconds, objective, bound in points:
        value = None if objective is None else standing + math.floor(-objective * grain)
        yield seconds, value, None if bound is None else standing + math.ceil(-bound * grain)


def _highs(line: str) -> Point | None:
    found = _HIGHS.match(line)
    return (float(found[3]), _number(found[2]), _number(found[1])) if found else None


def _scip(line: str) -> Point | None:
    parts = line.split("|")
    seconds = re.search(r"([\d.]+)s$", parts[0].rstrip())
    if len(parts) != _SCIP_COLUMNS or seconds is None:
        return None
    return float(seconds[1]), _number(parts[-3]), _number(parts[-4])


def _cbc(line: str) -> Point | None:
    if found := _CBC_SOLUTION.search(line):
        return float(found[2]), _number(found[1]), None
    if found := _CBC_BOUND.search(line):
        return float(found[3]), _number(found[1]), _number(found[2])
    if found := _CBC_RELAXATION.search(line):
        return float(found[2]), None, _number(found[1])
    return None


def _number(text: str) -> float | None:
    """The number, None where there is none yet."""
    try:
        number = float(text)
    except ValueError:  # "--" and "-"
        return None
    return number if abs(number) < _LARGE else None
