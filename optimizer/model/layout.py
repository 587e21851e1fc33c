"""Where a model's program states what its filling states: columns of units and openings, rows of limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .build import Model
from .filling import Filling, filling
from .program import Ints, Program, ProgramTooLarge

_FAR_WITHIN = 2**61
LARGE = 10_000
"""Programs of more whole columns than this are worth a path of their own."""


@dataclass(frozen=True, slots=True)
class Large:
    """A filling and its place in the program: arrays alone, for a process of its own."""

    filling: Filling
    site: Ints  # of each column of units
    accelerator: Ints
    quarter: Ints
    units: Ints  # the columns
    opens: Ints  # (S, T) columns
    limits: Ints  # (I,) rows, -1 for a limit that no unit touches
    columns: int

    def point(self, units: Ints) -> Ints:
        """The program's point with those (S, K, T) units and the openings that they make, sums left 0."""
        found = np.zeros(self.columns, np.int64)
        found[self.units] = units[self.site, self.accelerator, self.quarter]
        opened = np.arange(units.shape[2]) >= self.filling.opens(units)[:, None]
        found[self.opens.ravel()] = opened.ravel()
        return found

    def units_of(self, point: Ints) -> Ints:
        """(S, K, T) the units of a point of the program."""
        found = np.zeros(self.filling.shape, np.int64)
        found[self.site, self.accelerator, self.quarter] = point[self.units]
        return found


def large(model: Model) -> Large | None:
    """The model's filling and where it stands, None for a small program and for one that has more than a filling."""
    if model.program.integral.sum() <= LARGE or not len(model.columns.n_list):
        return None
    try:
        found = filling(model)
    except ProgramTooLarge:  # a filling has bounds of its own, in which the fleet is counted
        return None
    if found is None or not _countable(found):
        return None
    instance = model.instance
    return Large(
        filling=found,
        site=instance.candidate_site,
        accelerator=instance.candidate_accelerator,
        quarter=instance.candidate_quarter,
        units=model.columns.n_list,
        opens=model.columns.y,
        limits=_rows_of(model.program, found.limit_names),
        columns=model.program.columns,
    )


def _countable(filling: Filling) -> bool:
    """Whether every sum that whole units can make stays far within 64 bits: compiled code wraps without a word."""
    delivered = filling.delivered[:, -1].tolist()
    tpp = sum(units * each for units, each in zip(delivered, filling.unit_tpp.tolist(), strict=True))
    dearest = filling.unit_cost.max(axis=0, initial=0).tolist()
    money = sum(units * each for units, each in zip(delivered, dearest, strict=True))
    money += sum(filling.opening_cost.tolist())
    entries = int(np.bincount(filling.terms[:, 0], minlength=1).max())
    law = entries * int(np.abs(filling.terms[:, 3]).max(initial=0)) * tpp
    law += int(np.abs(filling.row_upper).max(initial=0))
    largest: int = max(law, money, tpp * len(filling.gain[0]))
    return largest < _FAR_WITHIN


def _rows_of(program: Program, names: tuple[str, ...]) -> Ints:
    """The rows of the limits with those names: each limit is a block of one row."""
    known = {block.name(0): block.start for block in program.row_blocks if block.count == 1}
    return np.array([known.get(name, -1) for name in names], dtype=np.int64)
