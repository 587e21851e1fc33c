"""Units moved about, a million moves a second: compiled code over the kernel's arrays.

No move is kept that makes `short` larger. Beyond that a move is judged by `worth`: what a unit gives less the share
theta of what it takes, at the prices of a linear optimum. With theta near 1 it does not matter what is left over of
what all sites share, so units find the sites where nothing is lost; with theta at 0 all that is left over is used up.
"""

from __future__ import annotations

import math

from ..model.program import Ints
from .compiled import compiled
from .kernel import CELLS, MOVES, SHORT, TAKEN, Floats, State, Task, add, draw, most


@compiled
def _some(state: State, most_units: int) -> int:
    """A number from 1 to most_units, small ones more often."""
    kind = draw(state, 4)
    if most_units <= 1 or kind == 0:
        return min(most_units, 1)
    if kind == 1:
        return 1 + draw(state, min(most_units, 4))
    if kind == 2:
        return 1 + draw(state, min(most_units, 32))
    return 1 + draw(state, most_units)


@compiled
def _allowed(state: State, heat: float) -> float:
    """By how much worth may fall in a move: exponentially distributed with that mean."""
    return -heat * math.log((draw(state, 1 << 30) + 1.0) / (1 << 30))


@compiled
def search(task: Task, state: State, worth: Floats, sites: Ints, heat: float, moves: int) -> None:
    """Try so many moves; kept are those that do not make `short` larger and lose no more worth than heat allows."""
    kinds, horizon = worth.shape[1], worth.shape[2]
    for _ in range(moves):
        state.counts[MOVES] += 1
        before = state.counts[SHORT]
        strict = before == 0
        allowed = _allowed(state, heat) if heat > 0 else 0.0
        kind = draw(state, 16)
        if kind < 2 or state.counts[CELLS] == 0:
            _put(task, state, worth, sites[draw(state, len(sites))], draw(state, kinds), allowed)
            continue
        cell = state.cells[draw(state, state.counts[CELLS])]
        if not strict and kind >= 4 and draw(state, 2):
            cell = _cell_at(state, sites[draw(state, len(sites))], cell)
        t, k, s = cell % horizon, cell // horizon % kinds, cell // (horizon * kinds)
        d = _some(state, state.units[s, k, t])
        if kind < 4:
            _remove(task, state, worth, s, k, t, d, allowed)
        elif kind < 8:
            _swap(task, state, worth, s, k, t, d, allowed)
        elif kind < 12:
            _transfer(task, state, worth, s, k, t, d, allowed, sites[draw(state, len(sites))])
        else:
            _exchange(task, state, worth, s, k, t, d, allowed)


@compiled
def _cell_at(state: State, s: int, otherwise: int) -> int:
    """A cell at s that holds units, `otherwise` if there is none."""
    count = state.units.shape[1] * state.units.shape[2]
    start = draw(state, count)
    for i in range(count):
        cell: int = s * count + (start + i) % count
        if state.place[cell] >= 0:
            return cell
    return otherwise


@compiled
def _kept(state: State, before: int, change: float, allowed: float) -> bool:
    """Whether a move that has been made is kept."""
    short = state.counts[SHORT]
    if short < before or (short == before and change >= -allowed):
        state.counts[TAKEN] += 1
        return True
    return False


@compiled
def _put(task: Task, state: State, worth: Floats, s: int, k: int, allowed: float) -> None:
    """Put units of what is left over at a site."""
    horizon, first = worth.shape[2], state.open_at[s]
    if first >= horizon:
        return
    before = state.counts[SHORT]
    t = first + draw(state, horizon - first)
    if before == 0 and worth[s, k, t] < -allowed:
        return
    found = most(task, state, s, k, t, before == 0)
    if found == 0:
        return
    d = found if draw(state, 2) else _some(state, found)
    change = d * worth[s, k, t]
    if before == 0 and change < -allowed:
        return
    add(task, state, s, k, t, d)
    if not _kept(state, before, change, allowed):
        add(task, state, s, k, t, -d)


@compiled
def _remove(task: Task, state: State, worth: Floats, s: int, k: int, t: int, d: int, allowed: float) -> None:
    """Take units out."""
    before = state.counts[SHORT]
    change = -d * worth[s, k, t]
    if before == 0 and change < -allowed:
        return
    add(task, state, s, k, t, -d)
    if not _kept(state, before, change, allowed):
        add(task, state, s, k, t, d)


@compiled
def _swap(task: Task, state: State, worth: Floats, s: int, k: int, t: int, d: int, allowed: float) -> None:
    """Take units out and put at the same site as many of another kind, or in another quarter, as then fit."""
    horizon = worth.shape[2]
    before = state.counts[SHORT]
    other = draw(state, worth.shape[1])
    when = t
    if other == k or draw(state, 2):
        when = state.open_at[s] + draw(state, horizon - state.open_at[s])
    if worth[s, other, when] <= 0 and before == 0:
        return
    add(task, state, s, k, t, -d)
    found = most(task, state, s, other, when, before == 0)
    if other == k:
        found = min(found, d)
    elif found > 0 and draw(state, 4) == 0:
        found = 1 + draw(state, found)
    change = found * worth[s, other, when] - d * worth[s, k, t]
    if before == 0 and change < -allowed:
        add(task, state, s, k, t, d)
        return
    if found > 0:
        add(task, state, s, other, when, found)
    if not _kept(state, before, change, allowed):
        if found > 0:
            add(task, state, s, other, when, -found)
        add(task, state, s, k, t, d)


@compiled
def _transfer(task: Task, state: State, worth: Floats, s: int, k: int, t: int, d: int, allowed: float, to: int) -> None:
    """Move units to another site, in the same quarter or another."""
    horizon = worth.shape[2]
    before = state.counts[SHORT]
    if to == s or state.open_at[to] >= horizon:
        return
    when = (
        t if t >= state.open_at[to] and draw(state, 2) else state.open_at[to] + draw(state, horizon - state.open_at[to])
    )
    if before == 0 and worth[to, k, when] - worth[s, k, t] < -allowed:
        return
    add(task, state, s, k, t, -d)
    found = min(d, most(task, state, to, k, when, before == 0))
    change = found * (worth[to, k, when] - worth[s, k, t])
    if found == 0 or (before == 0 and change < -allowed):
        add(task, state, s, k, t, d)
        return
    add(task, state, to, k, when, found)
    if found < d:
        add(task, state, s, k, t, d - found)
    if not _kept(state, before, change, allowed):
        add(task, state, to, k, when, -found)
        add(task, state, s, k, t, found)


@compiled
def _exchange(task: Task, state: State, worth: Floats, s: int, k: int, t: int, d: int, allowed: float) -> None:
    """Take units out at two sites; put as many of the second's as fit at the first, and the first's at the second."""
    horizon, kinds = worth.shape[2], worth.shape[1]
    before = state.counts[SHORT]
    cell = state.cells[draw(state, state.counts[CELLS])]
    when, other, to = cell % horizon, cell // horizon % kinds, cell // (horizon * kinds)
    if to == s or (other == k and when == t) or state.open_at[s] > when or state.open_at[to] > t:
        return
    if task.upper[s, other, when] == 0 or task.upper[to, k, t] == 0:
        return
    room = task.room[s, horizon - 1] - state.load[s, horizon - 1]
    back = min((room + d * task.unit_power[s, k]) // max(task.unit_power[s, other], 1), state.units[to, other, when])
    if back <= 0:
        return
    if draw(state, 4) == 0:
        back = 1 + draw(state, back)
    change = back * (worth[s, other, when] - worth[to, other, when]) + d * (worth[to, k, t] - worth[s, k, t])
    if before == 0 and change < -allowed:
        return
    add(task, state, s, k, t, -d)
    add(task, state, to, other, when, -back)
    fits = most(task, state, s, other, when, False) >= back and most(task, state, to, k, t, False) >= d
    if fits:
        add(task, state, s, other, when, back)
        add(task, state, to, k, t, d)
        if _kept(state, before, change, allowed):
            return
        add(task, state, to, k, t, -d)
        add(task, state, s, other, when, -back)
    add(task, state, to, other, when, back)
    add(task, state, s, k, t, d)
