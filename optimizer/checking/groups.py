"""Whose low-volume allowance a shipment uses: consignees, followed to the ultimate parent of their group."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.countries import jurisdiction
from ..domain.plan import Consignee, Plan
from ..reading.text import folded
from ..regimes import OWN_GROUP, Regime


class Groups:
    """The groups of a plan's consignees. A group is named as its ultimate parent, the firm's own is OWN_GROUP."""

    def __init__(self, plan: Plan) -> None:
        self._firm = folded(plan.firm.name)
        self._rows = plan.consignees
        self._declared: Mapping[str, Consignee] = {folded(row.consignee): row for row in plan.consignees}
        self._spelling = {folded(row.parent): row.parent for row in reversed(plan.consignees)}
        """One spelling for a parent that several rows write differently: the first in the file."""
        self._known: dict[str, str] = {}  # what was found, so that long chains are walked once

    def group(self, consignee: str | None) -> str | None:
        """The group of `consignee`, that of the firm when there is none; None for one that is not declared."""
        if consignee is None:
            return OWN_GROUP
        name = folded(consignee)
        if name == self._firm:
            return OWN_GROUP
        if name not in self._declared:
            return None
        return self._ultimate(name)

    def _ultimate(self, name: str) -> str:
        """The last of the parents of a declared consignee; of parents that form a circle, the first by name."""
        passed: dict[str, str] = {}  # each name on the way, and its parent
        while name != self._firm and name in self._declared and name not in passed and name not in self._known:
            passed[name] = folded(self._declared[name].parent)
            name = passed[name]
        if name in self._known:
            found = self._known[name]
        elif name == self._firm:
            found = OWN_GROUP
        elif name in passed:
            way = list(passed)
            found = self._declared[min(way[way.index(name) :])].consignee
        else:
            found = self._spelling[name]
        self._known.update(dict.fromkeys(passed, found))
        return found

    def headquartered_in(self, regime: Regime, tiers: frozenset[int]) -> frozenset[str]:
        """The groups with a consignee that is headquartered in one of `tiers`."""
        return frozenset(
            self._ultimate(folded(row.consignee))
            for row in self._rows
            if regime.tier(jurisdiction(row.headquarters)) in tiers
        )
