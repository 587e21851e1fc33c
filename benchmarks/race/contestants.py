"""Who takes part: fleetplan and the peers, each with the function that runs it, as `module:function`."""

from __future__ import annotations

from dataclasses import dataclass

OURS = "fleetplan"
COLD = "fleetplan-cold"
"""fleetplan once more, with nothing compiled yet: what the first solve after installing takes."""


@dataclass(frozen=True)
class Contestant:
    """Its name in tables and on the command line, where it runs, and which tables it starts from.

    `starts_from` is "scenario", or the kind of facts: "floats" or "integers".
    """

    name: str
    title: str
    place: str
    starts_from: str


CONTESTANTS = {
    each.name: each
    for each in (
        Contestant(OURS, "fleetplan", "ours:fleetplan", "scenario"),
        Contestant(COLD, "fleetplan, compiled anew", "ours:fleetplan", "scenario"),
        Contestant("highs-arrays", "HiGHS on our arrays, 1 thread", "on_arrays:one_thread", "scenario"),
        Contestant("highs-arrays-2", "HiGHS on our arrays, 2 threads", "on_arrays:two_threads", "scenario"),
        Contestant("pulp-cbc-naive", "PuLP + CBC, written out", "pulp_peers:cbc_written_out", "floats"),
        Contestant("pulp-cbc", "PuLP + CBC, totals", "pulp_peers:cbc", "floats"),
        Contestant("pulp-highs", "PuLP + HiGHS, totals", "pulp_peers:highs", "floats"),
        Contestant("ortools-highs", "OR-Tools + HiGHS, totals", "ortools_peers:highs", "floats"),
        Contestant("ortools-scip", "OR-Tools + SCIP, totals", "ortools_peers:scip", "floats"),
        Contestant("cp-sat", "CP-SAT, totals", "ortools_peers:cp_sat", "integers"),
    )
}
PEERS = tuple(name for name in CONTESTANTS if name not in (OURS, COLD))
