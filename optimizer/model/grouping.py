"""Which sites a relaxation may take together, and in which parts it counts their power."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from ..limits import Limit
from .instance import Instance
from .program import Ints


def groups_of_sites(instance: Instance, law: Sequence[Limit]) -> Ints:
    """(S,) group numbers: equal where country, authorization, regions served and limits on named sites are."""
    named = {
        account.selection.sites
        for limit in law
        for account in (limit.measured, limit.base)
        if account is not None and account.selection.sites is not None
    }
    served: list[list[object]] = [[] for _ in instance.sites]
    number = {site.site: s for s, site in enumerate(instance.sites)}
    priced = instance.scenario.objective == "cost"
    for r, demand in enumerate(instance.scenario.demand):
        for site in demand.sites:
            if site in number:
                price = demand.cost_usd_per_h100e.get(site, 0) if priced else 0
                served[number[site]].append((r, price))
    listed = sorted(named, key=sorted)
    known: dict[object, int] = {}
    return np.array(
        [
            known.setdefault(
                (
                    instance.holdings[s],
                    tuple(served[s]),
                    site.accelerators,
                    tuple(site.site in sites for sites in listed),
                ),
                len(known),
            )
            for s, site in enumerate(instance.sites)
        ],
        dtype=np.int64,
    )


def common_part(values: Sequence[Fraction]) -> Fraction:
    """The largest amount of which all `values` are whole multiples; 1 where all are 0."""
    below = lcm(*(value.denominator for value in values))
    above = gcd(*(int(value * below) for value in values))
    return Fraction(above, below) if above else Fraction(1)
