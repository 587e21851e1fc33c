"""Whole units after a change of limits: those that are kept, mended, or new ones; offered once they are good enough."""

from __future__ import annotations

import time

import numpy as np

from ...model.layout import Large
from ...model.program import Bools, Ints
from ..base import Run, relative_gap
from ..fill import Fill, Prices, Stop, construct, improve
from .handing_over import aim_of, prices_of
from .optimum import Optimum

_MENDING_S = 0.03
"""Units that take longer to mend are not worth it: they are better constructed anew."""
_NEARLY, _SHORTLY_S = 1.1, 0.1
"""A mended plan within so many times the gap asked for is improved for a moment before openings are decided again."""
_IMPROVING_S = 0.3
"""How long new units are improved, or as long as it took to find them if that is longer."""


class Refilling:
    """Finds whole units for a run, and offers those that meet its gap; `hand_over` offers the best in any case."""

    def __init__(self, large: Large, run: Run) -> None:
        self.large, self.run = large, run
        self.seed = run.options.seed
        self.began = time.monotonic()
        self.best: Ints | None = None
        self.best_value = 0

    def mend(self, kept: Ints, prices: Prices) -> None:
        """Try the kept (S, K, T) units, moved about until they keep every limit, if that is soon done."""
        filling = self.large.filling
        fits: Bools = np.all(kept <= filling.upper, axis=(1, 2))
        units = np.where(fits[:, None, None], kept, 0)
        fill = Fill(filling, filling.opens(units), prices, self.seed)
        fill.begin(units)
        state = fill.mended(fill.state(units), self._until(_MENDING_S))
        if state is not None:
            self._note(state.units)
            if self._gap() <= _NEARLY * self.run.options.gap:
                self._improve(state.units, fill.openings, prices, _SHORTLY_S)

    def fill(self, optimum: Optimum) -> None:
        """Try whole units near that optimum."""
        prices = prices_of(optimum)
        units = construct(
            self.large.filling, optimum.openings, aim_of(optimum), prices, lambda: self.run.done, self.seed
        )
        if units is not None:
            self._note(units)
            self._improve(units, optimum.openings, prices, max(_IMPROVING_S, time.monotonic() - self.began))

    def hand_over(self) -> None:
        """Offer the best units that there are, unless they were offered before."""
        if self.best is not None and (self.run.value is None or self.best_value > self.run.value):
            self.run.offer(self.large.point(self.best).astype(np.float64))

    def _improve(self, units: Ints, openings: Ints, prices: Prices, seconds: float) -> None:
        """Improve the units until the gap asked for is met, but not for longer than that."""
        late = self._until(seconds)
        if not self.run.done:
            improve(self.large.filling, units, openings, prices, late, lambda found, _: self._note(found), self.seed)

    def _note(self, units: Ints) -> None:
        """Keep the units if they are the best; offer them if they meet the gap asked for."""
        value = self.large.filling.value(units)
        if self.best is None or value > self.best_value:
            self.best, self.best_value = units, value
            if self._gap() <= self.run.options.gap:
                self.hand_over()

    def _gap(self) -> float:
        """The gap of the best units."""
        bound = self.run.bound
        return float("inf") if bound is None or self.best is None else relative_gap(self.best_value, bound)

    def _until(self, seconds: float) -> Stop:
        """Whether so many seconds have passed from now on, or the run is done."""
        end = time.monotonic() + seconds
        return lambda: self.run.done or time.monotonic() > end
