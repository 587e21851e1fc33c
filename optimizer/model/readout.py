"""A solution back into a plan."""

from __future__ import annotations

from ..domain.plan import Head, Move, Placement, Plan, Retirement
from .build import Model
from .pairing import moves_of, retirements_of
from .program import Ints


def read_plan(model: Model, point: Ints) -> Plan:
    """The plan that `point` stands for: the standing fleet, then what is installed, by site, accelerator, quarter.

    What leaves the fleet or moves stands in the plan's retirements and moves.
    """
    instance, scenario = model.instance, model.instance.scenario
    rows = list(scenario.fleet)
    installed = point[model.columns.n_list]
    authorizations = instance.candidate_authorization
    for i in installed.nonzero()[0]:
        s, k, t = instance.candidate_site[i], instance.candidate_accelerator[i], instance.candidate_quarter[i]
        rows.append(
            Placement(
                country=instance.sites[s].country,
                site=instance.sites[s].site,
                accelerator=instance.accelerators[k].id,
                gpus=int(installed[i]) * int(instance.unit_gpus[k]),
                quarter=instance.quarters[t],
                authorization=instance.holdings[s][1] if authorizations is None else authorizations[i],
            )
        )
    return Plan(
        **{name: getattr(scenario, name) for name in Head.field_names},
        placements=tuple(rows),
        retirements=retirements_of(instance, model.columns.shifts, point),
        moves=moves_of(instance, model.columns.shifts, point),
    )


def in_order(plan: Plan) -> Plan:
    """The plan with its rows in an order that does not depend on that of the scenario's rows."""

    def key(row: Placement) -> tuple[object, ...]:
        place = (row.country, row.site or "", row.accelerator, -1 if row.quarter is None else row.quarter)
        return *place, row.authorization or "", row.consignee or "", row.holds_weights, row.gpus

    def by_fields(row: Retirement | Move) -> str:
        return repr([getattr(row, name) for name in row.field_names if name != "at"])

    return plan.replace(
        placements=tuple(sorted(plan.placements, key=key)),
        retirements=tuple(sorted(plan.retirements, key=by_fields)),
        moves=tuple(sorted(plan.moves, key=by_fields)),
    )
