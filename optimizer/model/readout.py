"""A solution back into a plan."""

from __future__ import annotations

from ..domain.plan import Head, Placement, Plan
from .build import Model
from .program import Ints


def read_plan(model: Model, point: Ints) -> Plan:
    """The plan that `point` stands for: the standing fleet, then what is installed, by site, accelerator, quarter."""
    instance, scenario = model.instance, model.instance.scenario
    rows = list(scenario.fleet)
    installed = point[model.columns.n_list]
    for i in installed.nonzero()[0]:
        s, k, t = instance.candidate_site[i], instance.candidate_accelerator[i], instance.candidate_quarter[i]
        rows.append(
            Placement(
                country=instance.sites[s].country,
                site=instance.sites[s].site,
                accelerator=instance.accelerators[k].id,
                gpus=int(installed[i]) * int(instance.unit_gpus[k]),
                quarter=instance.quarters[t],
                authorization=instance.holdings[s][1],
            )
        )
    return Plan(**{name: getattr(scenario, name) for name in Head.field_names}, placements=tuple(rows))
