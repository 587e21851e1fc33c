"""Whose low-volume allowance a shipment uses: consignees, followed to the ultimate parent of their group."""

from __future__ import annotations

from collections.abc import Mapping

from ..domain.countries import jurisdiction
from ..domain.plan import Consignee, Plan
from ..regimes import OWN_GROUP, Regime


def _folded(name: str) -> str:
    """`name` with case and spacing made equal, so that one group cannot be written as two."""
    return " ".join(name.split()).casefold()


class Groups:
    """The groups of a plan's consignees. A group is named as its ultimate parent, the firm's own is OWN_GROUP."""

    def __init__(self, plan: Plan) -> None:
        self._firm = _folded(plan.firm.name)
        self._rows = plan.consignees
        self._declared: Mapping[str, Consignee] = {_folded(row.consignee): row for row in plan.consignees}

    def group(self, consignee: str | None) -> str | None:
        """The group of `consignee`, that of the firm when there is none; None for one that is not declared."""
        if consignee is None:
            return OWN_GROUP
        name = _folded(consignee)
        if name == self._firm:
            return OWN_GROUP
        if name not in self._declared:
            return None
        return self._ultimate(name)

    def _ultimate(self, name: str) -> str:
        """The last of the parents of a declared consignee; of parents that form a circle, the first by name."""
        passed: list[str] = []
        shown = name
        while name in self._declared and name not in passed:
            passed.append(name)
            shown = self._declared[name].parent
            name = _folded(shown)
            if name == self._firm:
                return OWN_GROUP
        if name in passed:
            name = min(passed[passed.index(name) :])
            return self._declared[name].consignee
        return self._spelling(name, shown)

    def _spelling(self, name: str, shown: str) -> str:
        """One spelling for a parent that several rows write differently: the first in the file."""
        return next((row.parent for row in self._rows if _folded(row.parent) == name), shown)

    def headquartered_in(self, regime: Regime, tiers: frozenset[int]) -> frozenset[str]:
        """The groups with a consignee that is headquartered in one of `tiers`."""
        return frozenset(
            self._ultimate(_folded(row.consignee))
            for row in self._rows
            if regime.tier(jurisdiction(row.headquarters)) in tiers
        )
