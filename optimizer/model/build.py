"""The placement MILP, told in one page: variables, families, limits, objective.

max  capacity                                (or capacity over time, or least cost, or least carbon)
s.t. power       m_s y_st <= sum_k a_sk N_skt <= P_st y_st        N = cumulative n
     supply      sum_s N_skt <= u_kt                             budget   spending up to t <= B_t
     demand      sum over near s of g_rst >= D_rt                 sum_r g_rst <= W_st
     changes     what of the fleet retires or moves leaves its place, and what moves comes to another
     accounts    X_at = E_at + sum of their placements            (one row each)
     limits      measured <= share x base + fixed                 (every Limit of the regime and the firm)
     own rules   keep open and closed, number of sites, largest share per site
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..domain.scenario import Scenario
from ..ledger import Ledger
from ..limits import Limit
from ..regimes import Regime
from . import changes, families, moves, serving
from .accounts import AccountColumns, everything_in_service, limits, standing_ledger
from .families import Columns
from .fleet_groups import fleet_groups
from .goals import Goal, later_goals
from .instance import Instance, make_instance
from .objectives import OBJECTIVES
from .program import Builder, Program
from .shifts import Shifts
from .site_loss import site_loss


@dataclass(frozen=True, slots=True)
class Model:
    """A scenario's program, what it was built from, and what is needed to read a solution back."""

    instance: Instance
    columns: Columns
    program: Program
    law: Sequence[Limit]
    ledger: Ledger
    later: tuple[Goal, ...] = ()  # the objectives that follow the program's own, in order of rank


def build(scenario: Scenario, regime: Regime, law: Sequence[Limit]) -> Model:
    """The scenario under `law` as a program in integers."""
    instance = make_instance(scenario, regime)
    builder = Builder()
    columns = families.decisions(builder, instance)
    columns.shifts = _fleet_changes(builder, instance, Shifts(fleet_groups(instance, regime, law)))
    families.opening(builder, instance, columns)
    families.power(builder, instance, columns)
    families.supply(builder, instance, columns)
    families.budget(builder, instance, columns)
    near = serving.reachable(instance)
    shared = scenario.max_share_per_site is not None
    looked_at = np.arange(len(instance.sites)) if shared else np.unique(np.concatenate([np.empty(0, np.int64), *near]))
    serving.site_capacity(builder, instance, columns, looked_at)
    serving.demand(builder, instance, columns, near)
    site_loss(builder, instance, columns, near)
    changes.still_held(builder, instance, columns)
    families.open_sites(builder, instance, columns)

    ledger = standing_ledger(scenario, regime)
    accounts = AccountColumns(builder, instance, columns, ledger)
    limits(builder, accounts, law)
    if shared:
        families.site_share(builder, instance, columns, everything_in_service(accounts))
    fleet_tpp = [
        sum(
            row.gpus * scenario.catalogue[row.accelerator].tpp
            for row in scenario.fleet
            if row.quarter is None or row.quarter <= quarter
        )
        for quarter in instance.quarters
    ]
    OBJECTIVES[scenario.objective](builder, instance, columns, fleet_tpp)
    program = builder.build()
    later = later_goals(scenario.later_objectives, instance, columns, fleet_tpp, program.columns)
    return Model(instance, columns, program, law, ledger, later)


def _fleet_changes(builder: Builder, instance: Instance, shifts: Shifts) -> Shifts:
    """The shifts of the groups that may leave, with every column and row of theirs; none without such groups."""
    if shifts.groups:
        changes.retirements(builder, instance, shifts)
        moves.moves_within_countries(builder, instance, shifts)
        moves.moves_between_countries(builder, instance, shifts)
        changes.standing_fleet(builder, instance, shifts)
        changes.oldest_first(builder, instance, shifts)
    return shifts
