"""Whole units at sites in exact integers, as compiled code over plain arrays.

A `Task` says what units take and give (model/filling.py, as arrays), a `State` where they are. Room, deliveries and the
bounds of single numbers are never broken. What the law, money, demand and minimum power ask may be broken on the way:
`short` counts by how much, in whole steps.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..model.program import Ints
from .compiled import compiled

Floats = NDArray[np.float64]

CELLS, SHORT, VALUE, MOVES, TAKEN = range(5)
"""What stands where in `State.counts`."""

HUGE: Final = 2**61


class Task(NamedTuple):
    """What does not change while units move: sites s, accelerators k, quarters t, bundles b, rows i."""

    gain: Ints  # (K, T)
    unit_tpp: Ints  # (K,)
    unit_power: Ints  # (S, K)
    room: Ints  # (S, T)
    least: Ints  # (S,)
    upper: Ints  # (S, K, T)
    delivered: Ints  # (K, T)
    unit_cost: Ints  # (S, K)
    opening_cost: Ints  # (S,)
    budget: Ints  # (T,)
    most_tpp: Ints  # (S, T) of new units at a site
    bundle: Ints  # (S, K, T)
    touch_start: Ints  # (B * T + 1,): from here on stand the rows that a unit of b adds to in t
    touch_middle: Ints  # (B * T,): from here on the rows that it eases
    touch_row: Ints
    touch_factor: Ints  # per TPP
    row_upper: Ints  # (I,)
    row_step: Ints  # (I,) what counts as one step of `short`
    power_step: Ints  # (S,)
    money_step: int


class State(NamedTuple):
    """Where units are, and everything that follows from it."""

    units: Ints  # (S, K, T)
    load: Ints  # (S, T)
    tpp: Ints  # (S, T) of new units
    used: Ints  # (K, T) cumulative
    spent: Ints  # (T,) cumulative
    slack: Ints  # (I,)
    open_at: Ints  # (S,)
    cells: Ints  # numbers of the units' cells that hold some, the first counts[CELLS] of them
    place: Ints  # (S * K * T,) where a cell stands in `cells`, -1 where it holds none
    counts: Ints
    random: NDArray[np.uint64]


@compiled
def draw(state: State, below: int) -> int:
    """A whole number from 0 to below - 1, by the state's own generator (xorshift64*)."""
    x = state.random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state.random[0] = x
    x *= np.uint64(2685821657736338717)
    return np.int64((x >> np.uint64(33)) % np.uint64(below))  # type: ignore[return-value]  # of one kind with indices


@compiled
def steps(missing: int, step: int) -> int:
    """How many steps of `short` an amount is that is missing: 0 when none is."""
    return 1 + missing // step if missing > 0 else 0


@compiled
def add(task: Task, state: State, s: int, k: int, t: int, d: int) -> None:
    """Put d units of k more (fewer, below 0) at s in t, and bring everything up to date."""
    horizon = state.load.shape[1]
    power, cost, tpp = task.unit_power[s, k] * d, task.unit_cost[s, k] * d, task.unit_tpp[k] * d
    first = task.bundle[s, k, t] * horizon
    short, least = 0, task.least[s]
    for u in range(t, horizon):
        before = state.load[s, u]
        state.load[s, u] = before + power
        if u >= state.open_at[s] and (before < least or before + power < least):
            step = task.power_step[s]
            short += steps(least - before - power, step) - steps(least - before, step)
        state.tpp[s, u] += tpp
        state.used[k, u] += d
        before = state.spent[u] - task.budget[u]
        state.spent[u] += cost
        if before > 0 or before + cost > 0:
            short += steps(before + cost, task.money_step) - steps(before, task.money_step)
        for e in range(task.touch_start[first + u], task.touch_start[first + u + 1]):
            i = task.touch_row[e]
            before = state.slack[i]
            after = before - task.touch_factor[e] * tpp
            state.slack[i] = after
            if before < 0 or after < 0:
                short += steps(-after, task.row_step[i]) - steps(-before, task.row_step[i])
    state.counts[SHORT] += short
    state.counts[VALUE] += d * task.gain[k, t]
    before = state.units[s, k, t]
    state.units[s, k, t] = before + d
    if before == 0 or before + d == 0:
        _list_cell(state, (s * state.units.shape[1] + k) * horizon + t, before == 0)


@compiled
def _list_cell(state: State, cell: int, enters: bool) -> None:
    count = state.counts[CELLS]
    if enters:
        state.cells[count] = cell
        state.place[cell] = count
        state.counts[CELLS] = count + 1
    else:
        last, at = state.cells[count - 1], state.place[cell]
        state.cells[at] = last
        state.place[last] = at
        state.place[cell] = -1
        state.counts[CELLS] = count - 1


@compiled
def most(task: Task, state: State, s: int, k: int, t: int, strict: bool) -> int:
    """How many more units of k fit at s in t: room, deliveries and bounds; if `strict`, money and the law too."""
    horizon = state.load.shape[1]
    found: int = task.upper[s, k, t] - state.units[s, k, t]
    if found <= 0 or t < state.open_at[s]:
        return 0
    power, cost, tpp = max(task.unit_power[s, k], 1), max(task.unit_cost[s, k], 1), max(task.unit_tpp[k], 1)
    for u in range(t, horizon):
        found = min(found, task.delivered[k, u] - state.used[k, u])
        if found * power > task.room[s, u] - state.load[s, u]:
            found = (task.room[s, u] - state.load[s, u]) // power
        if found * tpp > task.most_tpp[s, u] - state.tpp[s, u]:
            found = (task.most_tpp[s, u] - state.tpp[s, u]) // tpp
        if found <= 0:
            return 0
    if not strict:
        return found
    first = task.bundle[s, k, t] * horizon
    for u in range(t, horizon):
        if found * cost > task.budget[u] - state.spent[u]:
            found = (task.budget[u] - state.spent[u]) // cost
        for e in range(task.touch_start[first + u], task.touch_middle[first + u]):
            factor, slack = task.touch_factor[e] * tpp, state.slack[task.touch_row[e]]
            if found * factor > slack:
                found = slack // factor
        if found <= 0:
            return 0
    return found


@compiled
def share_out(task: Task, state: State, sites: Ints, units: Ints, aim: Ints, order: Ints) -> None:
    """Place the (K, T) units of a group at its sites, the accelerators in that order: each site up to its aimed load.

    What is then left goes where most is missing and where it fits; what fits nowhere is left out. `aim` is (S, T).
    """
    for t in range(units.shape[1]):
        for k in order:
            left = units[k, t]
            for s in sites:
                if left <= 0:
                    break
                missing = (aim[s, t] - state.load[s, t]) // max(task.unit_power[s, k], 1)
                d = min(left, missing, most(task, state, s, k, t, False))
                if d > 0:
                    add(task, state, s, k, t, d)
                    left -= d
            while left > 0:
                best, widest = -1, -HUGE
                for s in sites:
                    missing = aim[s, t] - state.load[s, t]
                    if state.load[s, t] < task.least[s]:
                        missing += HUGE // 2
                    if missing > widest and most(task, state, s, k, t, False) > 0:
                        best, widest = s, missing
                if best < 0:
                    break
                add(task, state, best, k, t, 1)
                left -= 1


@compiled
def worth_of(gain: Ints, prices: Floats, theta: float, worth: Floats) -> None:
    """Write what one unit gives less the share theta of what it takes into `worth`, (S, K, T)."""
    for s in range(worth.shape[0]):
        for k in range(worth.shape[1]):
            for t in range(worth.shape[2]):
                worth[s, k, t] = gain[k, t] - theta * prices[s, k, t]


@compiled
def settle(task: Task, state: State, units: Ints) -> None:
    """Fill an empty state: openings first, then all units."""
    sites, kinds, horizon = units.shape
    for s in range(sites):
        for u in range(state.open_at[s], horizon):
            state.spent[u] += task.opening_cost[s]
            state.counts[SHORT] += steps(task.least[s], task.power_step[s])
    for u in range(horizon):
        state.counts[SHORT] += steps(state.spent[u] - task.budget[u], task.money_step)
    for i in range(len(state.slack)):
        state.counts[SHORT] += steps(-state.slack[i], task.row_step[i])
    for s in range(sites):
        for k in range(kinds):
            for t in range(horizon):
                if units[s, k, t] != 0:
                    add(task, state, s, k, t, units[s, k, t])
