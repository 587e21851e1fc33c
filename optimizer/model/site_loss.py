"""Site loss: demand is still met when any one site is lost, stated over groups of sites that reach the same regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..units import TPP_PER_H100E
from .families import Columns
from .instance import Instance
from .program import INFINITE, Builder, Ints, ProgramTooLarge
from .serving import most_site_tpp

MOST_FLOWS = 500_000
"""More columns than this for what serves after a loss: no engine would come to an end."""


def site_loss(builder: Builder, instance: Instance, columns: Columns, near: list[Ints]) -> None:
    """Each region is still served what it wants when any one site is lost, capacity shared out anew after each loss.

        Q_jt = sum_{s in j} W_st                        for all j, t
        L_it >= W_st                                    for all i, s in i, t
        sum_{j near r} h_ijrt >= D_rt                   for all i, r, t
        sum_r h_ijrt <= Q_jt                            for all i, j other than i, t
        sum_r h_iirt <= Q_it - L_it                     for all i, t
        h_ijrt >= 0                                     for all i, j, r, t

    i and j are groups of sites that reach the same regions: for a flow they are as one site, of Q_jt TPP. Of a group i,
    the worst site to lose is its largest, of L_it TPP; then h_ijrt is what group j serves of r. So there are as many
    losses as groups, and not as sites. A site that reaches no region is not missed.

    Fields: `survive_site_loss`, `demand`.

    Stated for the quarters in which something is wanted. Flows are counted in H100-equivalents.
    """
    if not instance.scenario.survive_site_loss:
        return
    groups = _groups(instance, near)
    if not groups:
        return  # what is wanted cannot be served at all, which `demand` says
    active = [_wanted(instance, t) for t in range(instance.horizon)]
    flows = sum(len(groups) * sum(r in wanted for group in groups for r in group.regions) for wanted in active)
    if flows > MOST_FLOWS:
        raise ProgramTooLarge(
            f"survive_site_loss asks for {flows:,} flows, since any of {len(groups):,} groups of sites that reach the "
            f"same regions may lose a site; at most {MOST_FLOWS:,} are planned with. Fewer regions or quarters help"
        )
    most = most_site_tpp(instance)
    for t, wanted in enumerate(active):
        if wanted:
            state = _Quarter(builder, instance, columns, groups, most, t, wanted)
            for lost in range(len(groups)):
                state.served_without(lost)


@dataclass(frozen=True, slots=True)
class _Group:
    """Sites that reach the same regions, by their numbers."""

    regions: tuple[int, ...]
    sites: Ints
    name: str


def _groups(instance: Instance, near: list[Ints]) -> list[_Group]:
    """The groups, each called as its first site, with how many more there are."""
    reach: dict[int, list[int]] = {}
    for r, sites in enumerate(near):
        for s in sites.tolist():
            reach.setdefault(s, []).append(r)
    members: dict[tuple[int, ...], list[int]] = {}
    for s in sorted(reach):
        members.setdefault(tuple(reach[s]), []).append(s)
    return [
        _Group(
            regions,
            np.array(sites, dtype=np.int64),
            instance.sites[sites[0]].site + (f"+{len(sites) - 1}" if len(sites) > 1 else ""),
        )
        for regions, sites in members.items()
    ]


def _wanted(instance: Instance, t: int) -> dict[int, int]:
    """TPP that each region wants in quarter number `t`, regions that want nothing left out."""
    amounts = {r: demand.tpp.at(instance.quarters[t]) for r, demand in enumerate(instance.scenario.demand)}
    return {r: amount for r, amount in amounts.items() if amount > 0}


class _Quarter:
    """One quarter: the capacity of each group and of its largest site, and the flows after each loss."""

    def __init__(
        self,
        builder: Builder,
        instance: Instance,
        columns: Columns,
        groups: list[_Group],
        most: Ints,
        t: int,
        wanted: dict[int, int],
    ) -> None:
        self.builder, self.groups, self.wanted = builder, groups, wanted
        self.quarter = instance.quarters[t]
        self.regions = {r: instance.scenario.demand[r].region for r in wanted}
        self.margin = int(instance.unit_tpp.max(initial=0))
        sites = np.concatenate([group.sites for group in groups])
        of_group = np.repeat(np.arange(len(groups)), [len(group.sites) for group in groups])
        held = columns.site_tpp[sites, t]
        highest, total = np.zeros(len(groups), np.int64), np.zeros(len(groups), np.int64)
        np.maximum.at(highest, of_group, most[sites, t])
        np.add.at(total, of_group, most[sites, t])
        self.capacity = self._columns("group capacity", total)
        rows = builder.rows("group capacity", 0, 0, len(groups), lambda i: f"group_capacity({self._at(i)})")
        builder.entries(rows, self.capacity, TPP_PER_H100E)
        builder.entries(rows[of_group], held, -TPP_PER_H100E)
        self.largest = self._columns("largest site", highest)
        rows = builder.rows(
            "site loss", 0, INFINITE, len(sites), lambda i: f"largest({instance.sites[sites[i]].site},{self.quarter})"
        )
        builder.entries(rows, self.largest[of_group], TPP_PER_H100E)
        builder.entries(rows, held, -TPP_PER_H100E)

    def served_without(self, lost: int) -> None:
        """Flows that serve what is wanted after the largest site of the group `lost` is lost."""
        builder, label = self.builder, f"{self.quarter},without {self.groups[lost].name}"
        names = list(self.regions.values())
        served = builder.rows(
            "site loss",
            list(self.wanted.values()),
            INFINITE,
            len(self.wanted),
            lambda i: f"demand_after_loss({names[i]},{label})",
        )
        row_of = dict(zip(self.wanted, served.tolist(), strict=True))
        ways = [(j, r) for j, group in enumerate(self.groups) for r in group.regions if r in self.wanted]
        flow = builder.columns(
            "serve after loss",
            np.zeros(len(ways), np.int64),
            np.array([-(-self.wanted[r] // TPP_PER_H100E) for _, r in ways], dtype=np.int64),
            lambda i: f"serve_after_loss({self.groups[ways[i][0]].name},{self.regions[ways[i][1]]},{label})",
            integral=False,
            scale=TPP_PER_H100E,
        )
        builder.entries(np.array([row_of[r] for _, r in ways], dtype=np.int64), flow, TPP_PER_H100E)
        serving = sorted({j for j, _ in ways})
        within = builder.rows(
            "site loss",
            -INFINITE,
            0,
            len(serving),
            lambda i: f"serving_after_loss({self.groups[serving[i]].name},{label})",
            margin=self.margin,
        )
        limit_of = dict(zip(serving, within.tolist(), strict=True))
        builder.entries(np.array([limit_of[j] for j, _ in ways], dtype=np.int64), flow, TPP_PER_H100E)
        builder.entries(within, self.capacity[serving], -TPP_PER_H100E)
        if lost in limit_of:
            builder.entries(within[serving.index(lost)], self.largest[lost], TPP_PER_H100E)

    def _columns(self, family: str, most_tpp: Ints) -> Ints:
        """A column for each group, of at most so much TPP."""
        return self.builder.columns(
            family,
            np.zeros(len(most_tpp), np.int64),
            -(-most_tpp // TPP_PER_H100E),
            lambda i: f"{family.replace(' ', '_')}({self._at(i)})",
            integral=False,
            scale=TPP_PER_H100E,
        )

    def _at(self, group: int) -> str:
        return f"{self.groups[group].name},{self.quarter}"
