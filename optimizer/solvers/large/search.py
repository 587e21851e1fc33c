"""The fast path: a bound from the master, openings rounded from it, whole units filled in, then both improved at once.

1. The master's optimum gives the bound, verified in integers on the whole program.
2. A dive rounds the openings; the linear optimum at these says what to install about where.
3. Whole units are constructed near it and offered: the first plan.
4. Two threads go on: one decides openings anew by branch and bound, a few sites at a time; one moves whole units about
   at the best openings known, and begins anew when better ones come.
"""

from __future__ import annotations

import contextlib
import threading
import time

import numpy as np

from ...model.layout import Large
from ...model.program import Ints
from ..base import Run
from ..bound import exact_dual_bound
from .clusters import rough_prices
from .dive import rounded
from .few_sites import FewSites
from .lifting import multipliers
from .master import Master
from .openings import Openings
from .optimum import FEW_SITES, Optimum, optimum_at
from .paths import Prices, full_paths, joined, least_paths, openable
from .scaled import Scaled, scaled

_FEW_SITES = 1_000
"""With more sites than this the master is begun with clusters of sites."""
_CLUSTERS = 3
_NEAR, _ALIKE = 2e-3, 1e-4
"""What a site, and a quarter of opening, may lose for each load (in capacities) and yet be there from the start."""
_SITES = (30, 20, 45, 30, 15, 60)
"""How many sites are decided anew at once, in turn."""
_FINE = 1e-5
_FEW_SECONDS = 4.0
_WHILE_S = 1.0
"""How long, with few sites, whole units of the same openings are moved about."""
_WORTHWHILE = 1e-5
"""Openings better by this part of the value are worth filling anew, and such by a third of what filling loses."""


def solve(large: Large, run: Run) -> bool:
    """Offer the run the plans that the fast path finds until it is done; whether it found one.

    With few sites each is a large part of the plan, and openings are better decided by branch and bound on the whole
    program: then a thread only betters the plans that are found there, and False is returned at once.
    """
    search = _Search(large, run)
    if int(search.coarse.usable.sum()) <= FEW_SITES:
        threading.Thread(target=search.follow, daemon=True).start()
        return False
    try:
        return search.solve()
    except ImportError as error:
        _without_kernel(run, error)
        return False


class _Search:
    def __init__(self, large: Large, run: Run) -> None:
        self.large, self.run = large, run
        self.coarse: Scaled = scaled(large.filling)
        self.lock = threading.Lock()
        self.best: Optimum | None = None
        self.over = False

    @property
    def done(self) -> bool:
        """Whether to stop."""
        return self.over or self.run.done

    def solve(self) -> bool:
        """Offer plans until the run is done; whether there is one."""
        threading.Thread(target=_load_kernel_ahead, daemon=True).start()
        run = self.run
        master = Master(self.coarse)
        prices = self._relax(master)
        if prices is None:
            return False
        found = multipliers(run.program, self.large, master)
        run.lower_bound(exact_dual_bound(run.program, found), exact=True, multipliers=found)
        run.report("relaxation by groups of sites solved")
        openings = Openings(master, prices, run.options.seed)
        self.best = rounded(openings, master, run.left)
        if self.best is None:
            return False
        self._fill(openings)
        self.over = True
        return run.point is not None

    def _relax(self, master: Master) -> Prices | None:
        """The prices at the master's optimum, None where it has none in time."""
        coarse, run = self.coarse, self.run
        if coarse.shape[0] > _FEW_SITES:
            rough = rough_prices(coarse, _CLUSTERS, master, run.left)
            if rough is None:
                return None
            master.add(master.start(rough, _NEAR, _ALIKE))
            master.allow_shortage()
        else:
            site, opens = openable(coarse)
            master.add(joined([full_paths(coarse, site, opens), least_paths(coarse, site, opens)]))
        if not master.solve(anew=True, seconds=run.left):
            return None
        prices = master.converge_in_full(run.left)
        if prices is not None:
            master.forbid_shortage()
        return prices

    def _search(self, openings: Openings) -> None:
        """Decide openings anew until the run is done, and hand over each optimum that is better."""
        assert self.best is not None
        current, value = self.best.openings, self.best.value
        handed_over, count = value, 0
        seconds = 2.0 if self.coarse.shape[0] <= _FEW_SITES else 5.0
        while not self.done:
            free = openings.neighbourhood(current, _SITES[count % len(_SITES)], together=count % 2 == 0)
            count += 1
            found = openings.decided(current, free, min(seconds, self.run.left), _FINE)
            if found is not None and found[1] > value * (1 + 1e-9):
                current, value = found
            if value > handed_over * (1 + _WORTHWHILE / 2) and not self.done:
                optimum = optimum_at(self.coarse, current, self.run.left)
                if optimum is None:
                    continue
                handed_over = value
                self.best = optimum

    def _fill(self, openings: Openings) -> None:
        """Fill the best openings known with whole units, ever better, and begin anew when there are better ones."""
        from ..fill import construct, improve
        from .handing_over import aim_of, prices_of

        filling, seed = self.large.filling, self.run.options.seed
        searcher = threading.Thread(target=self._search, args=(openings,), daemon=True)
        while not self.done:
            optimum = self.best
            assert optimum is not None
            aim, prices = aim_of(optimum), prices_of(optimum)
            units = construct(filling, optimum.openings, aim, prices, lambda: self.done, seed)
            seed += 1
            if units is None:
                break
            self._offer(units)
            if searcher.ident is None:  # not begun yet
                searcher.start()
            improve(
                filling,
                units,
                optimum.openings,
                prices,
                lambda now=optimum: self.done or self._worth_changing(now),  # type: ignore[misc]
                lambda found, _: self._offer(found),
                seed,
            )

    def follow(self) -> None:
        """Better the plans that another search finds, their whole units and their openings, until the run is done."""
        try:
            _load_kernel()
        except ImportError as error:
            return _without_kernel(self.run, error)
        run, filling, seed = self.run, self.large.filling, self.run.options.seed
        filled: Optimum | None = None
        known: Ints | None = None
        searcher = threading.Thread(target=self._search_few, daemon=True)
        while not self.done:
            point = run.point
            if point is not None and point is not known:
                known = point
                units = self.large.units_of(point)
                openings = filling.opens(units)
                if self.best is None or (openings != self.best.openings).any():
                    self._propose(openings)
            if self.best is None or self.best is filled:
                run.stop.wait(0.05)
                continue
            if searcher.ident is None:  # not begun yet
                searcher.start()
            filled, seed = self.best, seed + 1
            self._fill_for_a_while(filled, seed)

    def _propose(self, openings: Ints) -> None:
        """Make those the best openings if they are."""
        optimum = optimum_at(self.coarse, openings, self.run.left)
        with self.lock:
            if optimum is not None and (self.best is None or optimum.value > self.best.value):
                self.best = optimum

    def _search_few(self) -> None:
        """Decide openings anew, of some of few sites, until the run is done."""
        few, count = FewSites(self.coarse, self.run.options.seed), 0
        while not self.done:
            best = self.best
            assert best is not None
            free = few.neighbourhood(best.openings, _SITES[count % len(_SITES)])
            count += 1
            found = few.decided(best.openings, free, min(_FEW_SECONDS, self.run.left), _FINE)
            if found is not None and found[1] > best.value * (1 + _WORTHWHILE):
                self._propose(found[0])

    def _fill_for_a_while(self, optimum: Optimum, seed: int) -> None:
        """Fill those openings with whole units until that betters little, or others are better."""
        from ..fill import construct, improve
        from .handing_over import aim_of, prices_of

        until = time.monotonic() + _WHILE_S

        def enough() -> bool:
            return self.done or self.best is not optimum or time.monotonic() > until

        prices = prices_of(optimum)
        units = construct(self.large.filling, optimum.openings, aim_of(optimum), prices, enough, seed)
        if units is not None:
            self._offer(units)
            improve(
                self.large.filling,
                units,
                optimum.openings,
                prices,
                enough,
                lambda found, _: self._offer(found),
                seed,
            )

    def _worth_changing(self, now: Optimum) -> bool:
        """Whether there are openings so much better than these that whole units are to be filled in anew."""
        best, run = self.best, self.run
        if best is None or best is now:
            return False
        reached = 0.0 if run.value is None else (run.value - self.large.filling.offset) / self.coarse.tpp_parts
        lost = max(now.value - reached, 0.0)
        return best.value - now.value > max(_WORTHWHILE * now.value, lost / 3)

    def _offer(self, units: Ints) -> None:
        """Offer the plan if it is the best."""
        value = self.large.filling.value(units)
        if self.run.value is None or value > self.run.value:
            self.run.offer(self.large.point(units).astype(np.float64))


def _without_kernel(run: Run, error: ImportError) -> None:
    """Say that the ordinary path is taken, and why."""
    run.report(f"whole units need numba, which cannot be imported here ({error}): the ordinary path is taken")


def _load_kernel_ahead() -> None:
    """Load the kernel while the master is solved; that it cannot be is said when it is needed."""
    with contextlib.suppress(ImportError):
        _load_kernel()


def _load_kernel() -> None:
    """Load the compiled kernel."""
    from ..fill import warm_up

    warm_up()
