"""Headroom against the checker: n more fit and n + 1 do not; whatever lies in the box fits, and one more in its corner
does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from random_plans import random_plan

from optimizer.check import CheckResult, check
from optimizer.domain.catalogue import Accelerator
from optimizer.domain.plan import Placement, Plan
from optimizer.errors import InputError
from optimizer.explain.additions import Additions
from optimizer.explain.joint_box import Share, find_box
from optimizer.limits import Standing

ONE_TPP = Accelerator("one-tpp", "one-tpp", "own", 1, "yes", None, None, None, "own")
PLANS = 100
OTHERS = ("MY", "IN", "US", "DE", "CN", "BR")


def checked(number: int) -> tuple[Plan, CheckResult] | None:
    """A random plan, and what the checker says of it; None where more is taken than stands there."""
    plan = random_plan(f"plan {number}")[0]
    plan = plan.replace(catalogue=plan.catalogue.with_own([ONE_TPP]))
    try:
        return plan, check(plan)
    except InputError:
        return None


def worse(result: CheckResult, rows: Iterable[Placement]) -> list[str]:
    """The limits that `rows` break, leave open, or make worse than they are in `result`."""
    plan = result.plan.replace(placements=(*result.plan.placements, *rows))
    before = {finding.limit.name: finding for finding in result.findings}
    found = []
    for finding in check(plan, result.regime).findings:
        known = before.get(finding.limit.name)
        if finding.verdict in ("pass", "not_applicable"):
            continue
        if known is None or known.verdict == "pass":
            found.append(finding.limit.name)
        elif finding.limit.standing is not Standing.APPLIES:
            if (finding.measured, finding.base) != (known.measured, known.base):
                found.append(finding.limit.name)
        elif finding.limit.excess(finding.measured, finding.base) > known.limit.excess(known.measured, known.base):
            found.append(finding.limit.name)
    return found


def test_so_many_fit_alone_and_one_more_does_not() -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for number in range(PLANS):
        made = checked(number)
        if made is None:
            continue
        plan, result = made
        rng = Random(number)
        additions = Additions(result, rng.sample(OTHERS, 3))
        for _ in range(4):
            country = rng.choice(sorted(additions.countries))
            accelerator = rng.choice(sorted({row.accelerator for row in plan.placements}))
            quarter = rng.choice([additions.first, additions.last])
            kind = additions.kind(country, accelerator, quarter)
            fit, taken = additions.alone(kind), additions.may_be_taken(kind)

            def rows(gpus: int, country: str = country, accelerator: str = accelerator) -> list[Placement]:
                return [Placement(country, accelerator, gpus, None, quarter)]  # noqa: B023

            where = f"plan {number}: {kind}"
            if fit.gpus is None:
                assert worse(result, rows(10**7)) == [], where
                seen["any number", taken] += 1
                continue
            assert fit.limit is not None
            if fit.gpus:
                assert worse(result, rows(fit.gpus)) == [], where
            if fit.why == "fits":
                assert fit.limit.name in worse(result, rows(fit.gpus + 1)), where
            else:
                now = {finding.limit.name: finding.verdict for finding in result.findings}
                with_one = check(plan.replace(placements=(*plan.placements, *rows(1))), result.regime)
                then = {finding.limit.name: finding.verdict for finding in with_one.findings}
                wanted = {"broken": "fail", "undecided": "undecided"}[fit.why]
                assert now.get(fit.limit.name, then[fit.limit.name]) == wanted, where
            seen[fit.why, taken] += 1
    short = {key: seen[key, False] for key in ("fits", "broken", "undecided", "any number") if seen[key, False] < 5}
    assert short == {}, f"the random plans hardly touch this: {seen}"
    assert sum(count for (_, taken), count in seen.items() if taken) > 5


def test_all_of_the_box_fits_and_one_more_in_its_corner_does_not() -> None:
    seen: Counter[str] = Counter()
    for number in range(PLANS // 2):
        made = checked(number)
        if made is None:
            continue
        plan, result = made
        rng = Random(number)
        additions = Additions(result, ["BR"])
        countries = additions.books.jurisdictions | {"BR"}
        accelerator = rng.choice(sorted({row.accelerator for row in plan.placements}))
        box = find_box(additions, countries, accelerator)
        for chip, shares in ((ONE_TPP.id, box.tpp), (accelerator, box.gpus)):
            _all_of_it_fits(result, additions, chip, shares, rng, f"plan {number}, {chip}")
            if additions.leaving:  # there the box may be smaller than it could be
                seen["leaving"] += 1
            else:
                seen.update(_one_more_does_not(result, additions, chip, shares, f"plan {number}, {chip}"))
    assert seen["leaving"] > 10
    assert seen["full"] > 20
    assert seen["empty"] > 20
    assert seen["any"] > 20


def _all_of_it_fits(
    result: CheckResult, additions: Additions, chip: str, shares: dict[str, Share], rng: Random, where: str
) -> None:
    """Random corners, and points within, each country at a quarter of its own."""
    first, last = additions.first, additions.last
    for _ in range(3):
        rows = []
        for country, share in shares.items():
            most = rng.choice([0, 1, 10**6]) if share.amount is None else share.amount
            gpus = rng.choice([0, most, rng.randint(0, most)])
            if gpus:
                rows.append(Placement(country, chip, gpus, None, first + rng.randint(0, last - first)))
        assert worse(result, rows) == [], where


def _one_more_does_not(
    result: CheckResult, additions: Additions, chip: str, shares: dict[str, Share], where: str
) -> Counter[str]:
    """One more in a country breaks its limit, when just those that press on the limit come."""
    seen: Counter[str] = Counter()
    for country, share in shares.items():
        if share.amount is None or share.limit is None:
            seen["any"] += 1
            continue
        corner = {code: other.amount or 0 for code, other in shares.items()}
        corner[country] += 1
        at_home = {code: gpus for code, gpus in corner.items() if additions.regime.tier(code) == 1 and code != country}
        tries = [
            [
                Placement(code, chip, gpus, None, quarter)
                for code, gpus in corner.items()
                if gpus and code not in without
            ]
            for without in ({}, at_home, corner.keys() - {country}, {"US"} - {country})
            for quarter in (additions.first, additions.last)
        ]
        assert any(worse(result, rows) for rows in tries), f"{where}: {country} {share}"
        seen["full" if share.amount else "empty"] += 1
    return seen
