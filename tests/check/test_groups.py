"""Groups of consignees: however long the chain of parents, each is followed once."""

from __future__ import annotations

from optimizer.checking.groups import Groups
from optimizer.domain.plan import Consignee, Plan
from optimizer.reading import read_plan
from optimizer.regimes import OWN_GROUP

PLAN = """\
fleetplan: plan/1
firm: {name: Own Firm, headquarters: US, status: uveu}
placements: [{country: US, accelerator: h100-sxm, gpus: 8}]
"""


def groups(*rows: tuple[str, str]) -> Groups:
    """The groups of consignees with these parents."""
    plan: Plan = read_plan("plan.yaml", stdin_text=PLAN)
    return Groups(plan.replace(consignees=tuple(Consignee(name, parent, "US") for name, parent in rows)))


def test_a_chain_ends_at_its_last_parent() -> None:
    found = groups(("a", "b"), ("B", "C"), ("d", "c"))
    assert [found.group(name) for name in ("a", "b", "d", "A")] == ["C"] * 4
    assert found.group("c") is None


def test_a_chain_that_reaches_the_firm_is_its_own_group() -> None:
    found = groups(("a", "b"), ("b", "OWN  firm"), ("own firm", "elsewhere"))
    assert [found.group(name) for name in ("b", "a", "Own Firm", None)] == [OWN_GROUP] * 4


def test_a_circle_has_one_name_wherever_it_is_entered() -> None:
    found = groups(("z", "y"), ("y", "x"), ("x", "y"))
    assert {found.group(name) for name in ("z", "y", "x")} == {"x"}


def test_a_long_chain_takes_no_time() -> None:
    """Twenty thousand parents, each asked for: followed from every one of them anew, that would be days."""
    count = 20_000
    found = groups(*((f"c{number}", f"c{number + 1}") for number in range(count)))
    assert {found.group(f"c{number}") for number in range(count)} == {f"c{count}"}
