"""Why a scenario has no plan, in words: the families in conflict and the rows that would have to give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ..model.program import Program

ADVICE = {
    "demand": "ask for less, later, or within a longer round-trip time",
    "site loss": "plan without survive_site_loss, or add sites within reach",
    "supply": "deliver more or earlier",
    "budget": "give more money or earlier",
    "power": "add sites or power, or let the fleet retire or move (retire_allowed, move_cost_usd_per_gpu)",
    "minimum viable power": "lower min_viable_mw",
    "site opening": "open what is kept closed, or close what is kept open",
    "number of open sites": "lower min_open_sites",
    "largest share per site": "raise max_share_per_site",
}
"""What loosens each business family; limits of the law and of the firm give way only to another place."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """`families` cannot all be kept (each is needed for the conflict); `breaks` are the least rows that would give.

    `whole` says what makes it a conflict: "nothing" when it is one even with fractions of sites and units, else
    "openings" or "openings and units". `standing` says what the fleet breaks before anything is added. `late` says what
    was not found in time: nothing, the "conflict", its "least" families or its "breaks".
    """

    families: tuple[str, ...]
    whole: str
    breaks: tuple[str, ...]
    standing: tuple[str, ...] = ()
    late: Literal["", "conflict", "least", "breaks"] = ""

    def sentences(self) -> list[str]:
        """The conflict for people, a line each."""
        already = [f"The fleet that stands already breaks a limit: {sentence}" for sentence in self.standing]
        return already + self._of_families()

    def _of_families(self) -> list[str]:
        if self.late == "conflict":
            return ["Which limits are in conflict was not found in time. A part of the scenario may show it sooner."]
        if not self.families:
            return [
                "It could be kept with fractions of sites and units, but not with whole ones.",
                "Smaller units, or a little room in power, money or demand, would help.",
            ]
        lines = ["These cannot all be kept: " + ", ".join(self.families) + "."]
        if self.late == "least":
            lines.append("There was no time to find out whether all of them are needed for the conflict.")
        if self.whole != "nothing":
            lines.append(f"With fractions of {self.whole.replace('openings', 'sites')} they could.")
        if self.breaks:
            lines.append("The least that would have to give: " + "; ".join(self.breaks) + ".")
        elif self.late == "breaks":
            lines.append("The least that would have to give was not found in time.")
        mends = [f"{name}: {ADVICE[name]}" for name in self.families if name in ADVICE]
        if mends:
            lines.append("What would help, any of: " + "; ".join(mends) + ".")
        return lines


def find_conflict(program: Program, standing: Sequence[str] = ()) -> Conflict:
    """The conflict of a program that has no solution; `standing` is what the fleet breaks already, in sentences."""
    from ..solvers.conflict_search import search

    found = search(program)
    families = found.families
    if families is None or not (families.names or families.in_time):
        return Conflict((), "", (), tuple(standing), "conflict")
    late: Literal["", "least", "breaks"] = "" if families.in_time else "least"
    if found.breaks is None and not late:
        late = "breaks"
    breaks = tuple(f"{program.row_name(item.row)} by {item.relative:.1%} of its bound" for item in found.breaks or ())
    return Conflict(families.names, families.whole, breaks, tuple(standing), late)
