"""A program as an MPS or LP file that other solvers read: every number in full, every name as people know it.

Names. What a format does not allow in a name is written as in web addresses, a percent sign and two hexadecimal digits
for each byte (`install(ashburn%2D1,...)`), so `urllib.parse.unquote` gives the name back. A name that is then longer
than `LONGEST` is replaced by its number (`row17`), and one that occurs before gets `.2`, `.3`: comments at the top of
the file say what each of those stands for.

Numbers. All are whole and in full. A row is divided by the greatest common divisor of its numbers, which changes
nothing but what solvers with absolute tolerances make of it (HiGHS gave up on undivided ones). The objective's constant
is a column `constant` that is fixed at 1, which all readers understand alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final
from urllib.parse import quote

import numpy as np

from .program import INFINITE, Block, Program

LONGEST: Final = 100
"""Characters that every reader known to us takes in a name."""

_IN_MPS: Final = "()+,/:;<=>@[]_!#&'?{}|^"
_IN_LP: Final = "(),_"
_LINE: Final = 240
_CONSTANT: Final = "constant"


def mps_text(program: Program, title: str) -> str:
    """The program in free MPS format, to be minimised: the negative of what is maximised here."""
    program = _divided(program)
    rows, row_notes = _names(program.row_blocks, "row", _mps_name)
    columns, column_notes = _names(program.column_blocks, "column", _mps_name)
    notes = [
        f"Minimise. What people read, in TPP, dollars or kilograms, is the objective times {_times(program, -1)}.",
        *_HEADER,
        *row_notes,
        *column_notes,
    ]
    sides = _sides(program)
    kinds = [_kind(low, high) for low, high in sides]
    lines = [f"* {_plain(title)}", *(f"* {note}" for note in notes), f"NAME {_mps_name(title)[:LONGEST]}", "ROWS"]
    lines.append(" N objective")
    lines += [f" {kind} {name}" for kind, name in zip(kinds, rows, strict=True)]
    lines.append("COLUMNS")
    lines += _mps_columns(program, rows, columns)
    lines.append("RHS")
    ranges = []
    for name, kind, (low, high) in zip(rows, kinds, sides, strict=True):
        side = high if kind == "L" else low
        if kind != "N" and side:
            lines.append(f" RHS {name} {side}")
        if kind == "G" and high < INFINITE:
            ranges.append(f" RANGE {name} {high - low}")
    lines += ["RANGES", *ranges] if ranges else []
    lines.append("BOUNDS")
    for name, low, high in zip(columns, program.col_lower.tolist(), program.col_upper.tolist(), strict=True):
        lines += [f" {kind} BOUND {name} {value}".rstrip() for kind, value in _mps_bounds(low, high)]
    if program.offset:
        lines.append(f" FX BOUND {_CONSTANT} 1")
    return "\n".join([*lines, "ENDATA", ""])


def lp_text(program: Program, title: str) -> str:
    """The program in the LP format of CPLEX; a row with two different sides is two rows, `.least` and `.most`."""
    program = _divided(program)
    rows, row_notes = _names(program.row_blocks, "row", _lp_name)
    columns, column_notes = _names(program.column_blocks, "column", _lp_name)
    notes = [
        f"What people read, in TPP, dollars or kilograms, is the objective times {_times(program, program.sense)}.",
        "A row with two sides is written as two, NAME.least and NAME.most.",
        *_HEADER,
        *row_notes,
        *column_notes,
    ]
    lines = [f"\\ {_plain(title)}", *(f"\\ {note}" for note in notes)]
    lines.append("Maximize" if program.sense == 1 else "Minimize")
    objective = [(program.sense * c, columns[j]) for j, c in enumerate(program.objective.tolist()) if c]
    if program.offset:
        objective.append((program.sense * program.offset, _CONSTANT))
    lines += _lp_row("objective", objective or [(0, columns[0])], "")
    lines.append("Subject To")
    for i, (name, (low, high)) in enumerate(zip(rows, _sides(program), strict=True)):
        part = slice(program.indptr[i], program.indptr[i + 1])
        found = zip(program.data[part].tolist(), program.indices[part].tolist(), strict=True)
        terms = [(value, columns[j]) for value, j in found] or [(0, columns[0])]
        for suffix, end in _lp_sides(low, high):
            lines += _lp_row(name + suffix, terms, end)
    lines.append("Bounds")
    for name, low, high in zip(columns, program.col_lower.tolist(), program.col_upper.tolist(), strict=True):
        lines.append(f" {low if low > -INFINITE else '-inf'} <= {name} <= {high if high < INFINITE else '+inf'}")
    lines += [f" {_CONSTANT} = 1"] * bool(program.offset)
    lines.append("General")
    lines += [f" {columns[j]}" for j in np.flatnonzero(program.integral).tolist()]
    return "\n".join([*lines, "End", ""])


_HEADER: Final = (
    "Names: %XX is the byte XX (hexadecimal) of a character that the format does not allow.",
    "Rows are divided by what all of their numbers have in common.",
    f"Column {_CONSTANT}, where there is one, is 1 and carries the objective's constant.",
)


def _names(blocks: Sequence[Block], numbered: str, written: Callable[[str], str]) -> tuple[list[str], list[str]]:
    """A name for every member of the blocks, each one different, and notes on those that are not the member's own."""
    names: list[str] = []
    notes: list[str] = []
    taken = {_CONSTANT, "objective"}
    for block in blocks:
        for i in range(block.count):
            own = block.name(i)
            name = stem = written(own)
            if len(stem) > LONGEST - 10:  # leaves room for what makes a name differ
                name = stem = f"{numbered}{len(names)}"
            number = 1
            while name in taken:
                number += 1
                name = f"{stem}.{number}"
            if name != written(own):
                notes.append(f"{name} stands for {_plain(own)}")
            taken.add(name)
            names.append(name)
    return names, notes


def _divided(program: Program) -> Program:
    """The program with each row divided by what all of its coefficients and sides have in common."""
    divisor = np.zeros(program.rows, np.int64)
    used = np.flatnonzero(np.diff(program.indptr))
    if used.size:
        divisor[used] = np.gcd.reduceat(program.data, program.indptr[used])
    low, high = program.row_lower, program.row_upper
    for side in (low, high):
        divisor = np.gcd(divisor, np.where(np.abs(side) < INFINITE, side, 0))
    divisor = np.maximum(divisor, 1)
    return replace(
        program,
        data=program.data // divisor[program.row_numbers()],
        row_lower=np.where(low > -INFINITE, low // divisor, low),
        row_upper=np.where(high < INFINITE, high // divisor, high),
    )


def _mps_name(name: str) -> str:
    return quote(name, safe=_IN_MPS)


def _lp_name(name: str) -> str:
    """The name with what means something in LP escaped: operators, and a number or exponent at its beginning."""
    written = quote(name, safe=_IN_LP).replace("-", "%2D").replace("~", "%7E")
    return f"%{ord(written[0]):02X}{written[1:]}" if written[:1] in (*".0123456789eE",) else written


def _plain(text: str) -> str:
    """The text on one line of printable ASCII."""
    return text.encode("ascii", "backslashreplace").decode("ascii").replace("\n", " ").replace("\r", " ")


def _times(program: Program, sign: int) -> Fraction:
    """What turns the file's objective, `sign` times ours, into what people read."""
    return Fraction(program.sense * sign, program.objective_scale)


def _sides(program: Program) -> list[tuple[int, int]]:
    return list(zip(program.row_lower.tolist(), program.row_upper.tolist(), strict=True))


def _kind(low: int, high: int) -> str:
    """The MPS kind of a row with these sides; one with two that differ is G with a range."""
    if low <= -INFINITE:
        return "N" if high >= INFINITE else "L"
    return "E" if low == high else "G"


def _mps_columns(program: Program, rows: list[str], columns: list[str]) -> Iterator[str]:
    """The matrix by columns, whole ones between markers; a column that nothing mentions is named all the same."""
    order = np.argsort(program.indices, kind="stable")
    row_of, value_of = program.row_numbers()[order].tolist(), program.data[order].tolist()
    ends = np.cumsum(np.bincount(program.indices, minlength=program.columns)).tolist()
    objective, integral = program.objective.tolist(), program.integral.tolist()
    start, inside, markers = 0, False, 0
    for j, name in enumerate(columns):
        if integral[j] != inside:
            inside, markers = integral[j], markers + 1
            yield f" MARKER{markers} 'MARKER' '{'INTORG' if inside else 'INTEND'}'"
        if objective[j] or start == ends[j]:
            yield f" {name} objective {-objective[j]}"
        for at in range(start, ends[j]):
            yield f" {name} {rows[row_of[at]]} {value_of[at]}"
        start = ends[j]
    if inside:
        yield f" MARKER{markers + 1} 'MARKER' 'INTEND'"
    if program.offset:
        yield f" {_CONSTANT} objective {-program.offset}"


def _mps_bounds(low: int, high: int) -> list[tuple[str, int | str]]:
    """The bounds in full, since readers differ in what they take for granted."""
    if low == high:
        return [("FX", low)]
    lower = ("LO", low) if low > -INFINITE else ("MI", "")
    upper = ("UP", high) if high < INFINITE else ("PL", "")
    return [lower, upper]


def _lp_sides(low: int, high: int) -> list[tuple[str, str]]:
    """Suffix and end of each row that a row with these sides is written as."""
    if low == high:
        return [("", f"= {low}")]
    found = []
    if low > -INFINITE:
        found.append((".least", f">= {low}"))
    if high < INFINITE:
        found.append((".most", f"<= {high}"))
    return [("", end) for _, end in found] if len(found) == 1 else found


def _lp_row(name: str, terms: list[tuple[int, str]], end: str) -> list[str]:
    """The row, broken into lines that every reader takes."""
    lines = [f" {name}:"]
    for value, column in terms:
        times = "" if abs(value) == 1 else f"{abs(value)} "
        term = f" {'-' if value < 0 else '+'} {times}{column}"
        if len(lines[-1]) + len(term) > _LINE:
            lines.append(" ")
        lines[-1] += term
    lines[-1] += f" {end}".rstrip()
    return lines
