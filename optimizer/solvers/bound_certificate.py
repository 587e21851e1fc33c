"""A plan's value and the bound that no plan can pass, as data that a stranger can sum up again without a solver.

It holds the program in whole numbers, the plan as a point of it with every total and flow, and the multipliers (with
the tree, where there is one) that prove the bound. `examples/verify_bound.py` reads it, docs/certificate.md tells how.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

import numpy as np

from .. import __version__
from ..model.program import INFINITE, Block, Program
from .base import Answer, exact_gap
from .bound import PLACES
from .completion import parts_of, value_of
from .proof import Leaf, Split

SCHEMA: Final = "bound/1"


def bound_certificate(program: Program, answer: Answer, plan: dict[str, str | None], gap_asked: float) -> str:
    """The certificate as JSON, a line for each column, row, split and leaf. `plan` names the plan's file and digest.

    The bound is the one that is proved, which may be looser than an engine's. Raises SolverError where the answer has
    no proof or its plan cannot be written out in whole numbers.
    """
    from hashlib import sha256

    from ..errors import SolverError

    if answer.point is None or answer.proof is None:
        raise SolverError("there is no certificate: no bound was proved")
    parts = parts_of(program, answer.point)
    value, bound = value_of(program, parts), answer.proof.bound
    gap, asked = exact_gap(value, bound), Fraction(str(gap_asked))
    head = {
        "fleetplan": SCHEMA,
        "version": __version__,
        "plan": plan,
        "word": "proved" if gap <= asked else "bounded",
        "value": value,
        "bound": bound,
        "gap": str(gap),
        "gap_asked": str(asked),
        "shown": {"times": program.sense, "parts": program.objective_scale},
        "offset": program.offset,
        "places": PLACES,
    }
    lines = [f" {json.dumps(name)}: {json.dumps(part)}" for name, part in head.items()]
    for name, rows in (
        ("columns", _columns(program, parts)),
        ("rows", _rows(program)),
        ("tree", _tree(answer.proof.tree)),
    ):
        listed = ",\n".join(f"  {json.dumps(row, separators=(',', ':'))}" for row in rows)
        lines.append(f" {json.dumps(name)}: [\n{listed}\n ]")
    body = ",\n".join(lines)
    return f'{{\n{body},\n "sha256": "{sha256(body.encode()).hexdigest()}"\n}}\n'


def _columns(program: Program, parts: list[int]) -> Iterator[list[Any]]:
    """name, lower, upper, scale (0: whole by declaration), objective, and the plan's value in parts of 1/scale."""
    scale = np.where(program.integral, 0, program.scale).tolist()
    bounds = program.col_lower.tolist(), program.col_upper.tolist()
    names = _names(program.column_blocks)
    for row in zip(names, *bounds, scale, program.objective.tolist(), parts, strict=True):
        yield list(row)


def _rows(program: Program) -> Iterator[list[Any]]:
    """name, lower, upper (null: none), and column, coefficient, column, coefficient ..."""
    entries = np.column_stack([program.indices, program.data]).ravel().tolist()
    starts = (2 * program.indptr).tolist()
    low, high = program.row_lower.tolist(), program.row_upper.tolist()
    for row, name in enumerate(_names(program.row_blocks)):
        sides = None if low[row] <= -INFINITE else low[row], None if high[row] >= INFINITE else high[row]
        yield [name, *sides, *entries[starts[row] : starts[row + 1]]]


def _tree(tree: Any) -> Iterator[list[Any] | dict[str, int]]:
    """A split as [column, at], a leaf as {row: multiplier times 2**places}."""
    for node in tree:
        if isinstance(node, Split):
            yield [node.column, node.at]
        else:
            assert isinstance(node, Leaf)
            numerators = (int(y) for y in np.ldexp(node.multipliers, PLACES).tolist())
            yield dict(zip(map(str, node.rows.tolist()), numerators, strict=True))


def _names(blocks: Any) -> Iterator[str]:
    """The readable name of every column, or row."""
    block: Block
    for block in blocks:
        for i in range(block.count):
            yield block.name(i)
