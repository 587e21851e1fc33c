"""A large scenario solved again after some limits have changed, from what is kept of the first solve.

1. The master takes up its old paths and basis: a few steps of the simplex method give the new bound.
2. The kept units, mended, are a plan; if that is good enough, nothing more is done.
3. Else openings are decided again where the optimum has changed, and filled with whole units.

Nothing of what is kept is changed, so every change of limits begins at the same point, whatever was asked before.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from ...model.layout import Large
from ...model.program import Bools, Ints
from ..base import Run
from ..bound import exact_dual_bound
from ..fill import Prices as UnitPrices
from ..fill import warm_up
from .clusters import rough_prices
from .handing_over import prices_of
from .lifting import multipliers
from .master import Master
from .optimum import optimum_at
from .paths import Paths, Prices, full_paths, joined, least_paths, openable
from .refilling import Refilling
from .reopening import reopened
from .scaled import Floats, Scaled, scaled

_FEW_SITES = 1_000
"""With no more sites than this every opening has its paths from the start."""
_CLUSTERS = 3
_NEAR, _ALIKE = 2e-3, 1e-4
_SHORT = 1e-6
_REOPENING_S, _REOPENING_SHARE = 2.0, 10.0
"""How long openings may take at most, or so many times what came before if that is longer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a solve: the master's paths and basis, how far each site opened, and the best plan."""

    coarse: Scaled
    paths: Paths
    basis: Any
    shares: Floats  # (S, T)
    units: Ints  # (S, K, T)
    openings: Ints  # (S,)
    prices: UnitPrices  # at these openings


def keep(large: Large, point: Ints, seconds: float) -> Kept | None:
    """What helps to solve a scenario like this one again, `point` being its best plan; None where time runs out."""
    warm_up()
    coarse = scaled(large.filling)
    master = Master(coarse)
    master.add(_first_paths(coarse, master, seconds))
    master.allow_shortage()
    if _solved(master, seconds, anew=True) is None:
        return None
    units = large.units_of(point)
    openings = large.filling.opens(units)
    optimum = optimum_at(coarse, openings, seconds)
    if optimum is None:
        return None
    return Kept(coarse, master.paths, _basis(master), master.shares(), units, openings, prices_of(optimum))


def solve_again(large: Large, kept: Kept, run: Run) -> None:
    """Offer the run a bound and plans until its gap is met, or until it takes longer than to begin anew is worth."""
    began, coarse = time.monotonic(), scaled(large.filling)
    if coarse.shape != kept.coarse.shape:
        return
    master = Master(coarse)
    prices = _solved_again(master, kept, run.left)
    if prices is None:
        return
    found = multipliers(run.program, large, master)
    run.lower_bound(exact_dual_bound(run.program, found), exact=True, multipliers=found)
    run.report("relaxation by groups of sites solved again")
    refilling = Refilling(large, run)
    if _priced_alike(coarse, kept.coarse):
        refilling.mend(kept.units, kept.prices)
    if not run.done:
        seconds = min(run.left, max(_REOPENING_S, _REOPENING_SHARE * (time.monotonic() - began)))
        optimum = reopened(master, prices, kept.openings, kept.shares, seconds)
        if optimum is not None:
            refilling.fill(optimum)
    refilling.hand_over()


def _solved_again(master: Master, kept: Kept, seconds: float) -> Prices | None:
    """The prices at the master's optimum, begun with what is kept as far as it fits; None where it has none in time."""
    coarse = master.coarse
    same = _alike(coarse, kept.coarse)
    if not same.all():
        site, opens = openable(coarse)
        site, opens = site[~same[site]], opens[~same[site]]
        new = [full_paths(coarse, site, opens), least_paths(coarse, site, opens)]
        master.add(joined([kept.paths[np.flatnonzero(same[kept.paths.site])], *new]))
        master.allow_shortage()
        return _solved(master, seconds, anew=True)
    master.add(kept.paths)
    fits = len(kept.basis.row_status) == master.highs.getNumRow()
    if fits and len(kept.basis.col_status) == master.highs.getNumCol():
        master.highs.setBasis(kept.basis)
        master.allow_shortage()
        master.by_priced_in_columns(primal=False)
        return _solved(master, seconds, anew=False)
    master.allow_shortage()
    return _solved(master, seconds, anew=True)


def _solved(master: Master, seconds: float, *, anew: bool) -> Prices | None:
    """The prices at the master's optimum; None where it has none in time, or where something falls short in it."""
    if not master.solve(anew=anew, seconds=seconds):
        return None
    prices = master.converge(seconds)
    return None if master.shortage > _SHORT else prices


def _first_paths(coarse: Scaled, master: Master, seconds: float) -> Paths:
    """Paths to begin with when nothing is known."""
    rough = None if coarse.shape[0] <= _FEW_SITES else rough_prices(coarse, _CLUSTERS, master, seconds)
    if rough is not None:
        return master.start(rough, _NEAR, _ALIKE)
    site, opens = openable(coarse)
    return joined([full_paths(coarse, site, opens), least_paths(coarse, site, opens)])


def _basis(master: Master) -> Any:
    """The master's basis, in a master that has its paths and no shortage."""
    found, basis = master.highs.getBasis(), highspy.HighsBasis()
    columns = found.col_status  # copied whenever it is asked for
    basis.col_status = [*columns[: master.first_path], *(columns[path] for path in master.column.tolist())]
    basis.row_status = found.row_status
    basis.valid = basis.alien = True  # where it was basic that something falls short, a row takes the place
    return basis


def _alike(new: Scaled, old: Scaled) -> Bools:
    """(S,) whether the site's paths are the same as before."""
    same: Bools = (new.room == old.room).all(axis=1) & (new.least == old.least) & (new.load_parts == old.load_parts)
    also: Bools = (new.usable == old.usable) & (new.standing == old.standing)
    return same & also


def _priced_alike(new: Scaled, old: Scaled) -> bool:
    """Whether the same is priced: the same limits and regions."""
    same_limits = new.filling.limit_names == old.filling.limit_names
    return same_limits and new.filling.wanted.shape == old.filling.wanted.shape
