"""Why no plan is better than a bound, in a form that anyone can sum up again: multipliers of the program's rows.

The columns' ranges are split in two again and again, like a tree; each part that is not split further, a leaf, has
multipliers whose exact dual bound (weak duality, `bound.py`) is at most what is claimed. A proof without a split is
the dual bound of the whole program. A part without any point is closed by multipliers, too: large enough ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model.program import Bools, Ints, Program
from .bound import WeakDuality, usable


@dataclass(frozen=True, slots=True)
class Split:
    """A whole column is at most `at` in the part that comes next, and at least `at` + 1 in the one after that."""

    column: int
    at: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """Multipliers of the rows named, multiples of 2**-48; those of all other rows are 0."""

    rows: Ints
    multipliers: NDArray[np.float64]

    def spread(self, rows: int) -> NDArray[np.float64]:
        """The multipliers of all rows."""
        full = np.zeros(rows)
        full[self.rows] = self.multipliers
        return full


Tree = Sequence[Split | Leaf]
"""Splits and leaves in the order in which one meets them, the lower part of a split first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """No plan's objective is above `bound`."""

    bound: int
    tree: Tree


def leaf(program: Program, multipliers: NDArray[np.float64]) -> Leaf:
    """A leaf of these multipliers, one for each row of `program`, as far as they count."""
    y = usable(program, multipliers)
    used = np.flatnonzero(y)
    return Leaf(used, y[used])


def holds(program: Program, proof: Proof) -> bool:
    """Whether the tree is complete, splits whole columns only, and no leaf's dual bound is above what is claimed."""
    duality = WeakDuality(program)
    whole = whole_columns(program) if len(proof.tree) > 1 else program.integral
    most = proof.bound + objective_step(program) - 1  # no plan's value lies above the bound and up to this
    parts = [(program.col_lower, program.col_upper)]
    for node in proof.tree:
        if not parts:
            return False
        lower, upper = parts.pop()
        if isinstance(node, Split):
            if not whole[node.column]:
                return False
            parts.append(part_of(lower, upper, node, above=True))
            parts.append(part_of(lower, upper, node, above=False))
        elif duality.bound(node.spread(program.rows), lower, upper) > most:
            return False
    return not parts and round_to_step(program, proof.bound) == proof.bound


def part_of(lower: Ints, upper: Ints, split: Split, *, above: bool) -> tuple[Ints, Ints]:
    """The columns' bounds in one part of a split."""
    if above:
        lower = lower.copy()
        lower[split.column] = max(lower[split.column], split.at + 1)
    else:
        upper = upper.copy()
        upper[split.column] = min(upper[split.column], split.at)
    return lower, upper


def whole_columns(program: Program) -> Bools:
    """(columns,) whether each takes whole values only: as declared, or since an equation gives it from whole ones."""
    whole = program.integral.copy()
    for row in np.flatnonzero(program.row_lower == program.row_upper).tolist():
        part = slice(program.indptr[row], program.indptr[row + 1])
        others = program.indices[part][~whole[program.indices[part]]]
        if len(others) == 1 and abs(program.data[part][program.indices[part] == others[0]][0]) == 1:
            whole[others] = True
    return whole


def objective_step(program: Program) -> int:
    """The greatest common divisor of the objective, 1 where a continuous column takes part."""
    used = program.objective != 0
    if not used.any() or not program.integral[used].all():
        return 1
    return int(np.gcd.reduce(program.objective[used]))


def round_to_step(program: Program, bound: int) -> int:
    """The largest value that the objective can take at or below `bound`."""
    step = objective_step(program)
    return (bound - program.offset) // step * step + program.offset
