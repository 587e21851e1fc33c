"""A plan to begin with for large scenarios whose fleet may change: the best one found in which it stays as it is.

Such a plan is one of the scenario's too, and far easier to find: there is a fast path for it. Its bound is none here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from ..model.build import Model, build
from ..model.layout import LARGE, large
from ..model.program import Ints, ProgramTooLarge
from ..regimes import Regime
from . import solve_alone
from .base import Run

_SHARE = 0.5
"""Of the time, what is spent on such plans at most."""


def begin_with_still_fleet(model: Model, regime: Regime, run: Run) -> None:
    """Offer `run` every better plan of the scenario's that leaves the fleet as it is; a small program needs none."""
    scenario, program = model.instance.scenario, model.program
    whole = not program.objective[~program.integral].any()  # else a plan is not known by its whole columns alone
    if not scenario.fleet_may_leave or program.integral.sum() <= LARGE or not whole:
        return
    still = scenario.replace(retire_allowed=False, move_cost_usd_per_gpu=None, later_objectives=())
    try:
        small = build(still, regime, model.law)
    except ProgramTooLarge:
        return
    lifted = _lifting(small, model)

    def gate(point: Ints) -> bool:
        return run.offer(lifted(point).astype(np.float64))

    options = replace(run.options, time_limit=run.seconds + _SHARE * run.left, cross_check=False)
    solve_alone(
        small.program,
        Run(options, gate, lambda _: None, small.program, run.stop, started=run.started, large=large(small)),
    )


def _lifting(small: Model, model: Model) -> Callable[[Ints], Ints]:
    """What turns a point of `small` into that of `model` with the same units and openings, in which nothing leaves."""
    number = dict(zip(_decided(model), model.columns.n_list.tolist(), strict=True))
    to = np.array([number[name] for name in _decided(small)], dtype=np.int64)

    def lifted(point: Ints) -> Ints:
        found = np.zeros(model.program.columns, np.int64)
        found[to] = point[small.columns.n_list]
        found[model.columns.y] = point[small.columns.y]
        return found

    return lifted


def _decided(model: Model) -> Iterator[tuple[int, str, int, str | None]]:
    """Site, accelerator, quarter and authorization of each column of units."""
    instance = model.instance
    places = zip(instance.candidate_site.tolist(), instance.candidate_accelerator.tolist(), strict=True)
    names = instance.candidate_authorization or [None] * len(instance.candidate_site)
    for (s, k), t, name in zip(places, instance.candidate_quarter.tolist(), names, strict=True):
        yield s, instance.accelerators[k].id, t, name
