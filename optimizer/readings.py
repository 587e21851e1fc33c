"""A plan under every reading of its regime: where the law can be read in several ways, which of them does it keep?

A regime's readings are switches. Most of them amend one rule each, so what that rule says depends on those switches
alone; the others (tiers, which chips count, what leaves first) are tried in every combination with them. That gives
the status under each of the combinations exactly, with a fraction of the checks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from .check import CheckResult, Status, check
from .domain.countries import jurisdiction
from .domain.plan import Plan
from .errors import FleetplanError
from .explain.sections import Section
from .frozen import Frozen
from .regimes import Regime, load_regime
from .regimes.readings import Reading, settled

MOST_CHECKS = 4096
"""More combinations than that of switches that concern every rule are refused."""

Choice = Mapping[str, str]
_WORST: tuple[Status, ...] = ("compliant", "violations", "undecided")


class Readings(Frozen):
    """What a plan's status is under every combination of options.

    `asked` are the readings that could change it, `decisive` those that do in some combination, and `table` gives the
    status by the options of the decisive ones, in their order. `settled` are readings that an amendment answers.
    """

    asked: tuple[Reading, ...]
    decisive: tuple[Reading, ...]
    table: Mapping[tuple[str, ...], Status]
    settled: tuple[Reading, ...]

    @property
    def combinations(self) -> int:
        """How many ways there are to read the regime."""
        count = 1
        for reading in self.asked:
            count *= len(reading.options)
        return count

    @property
    def verdict(self) -> str:
        """Whether the plan is compliant under "all" readings, "some" or "none" of them."""
        kept = [status == "compliant" for status in self.table.values()]
        return "all" if all(kept) else "some" if any(kept) else "none"

    @property
    def status(self) -> Status:
        """The gravest status under any reading: what is undecided under one of them is not decided."""
        return max(self.table.values(), key=_WORST.index)


def check_readings(plan: Plan, as_of: str | None = None) -> Readings:
    """The status of `plan` under every combination of the options of its regime's readings.

    Options that the plan chooses itself are tried beside the others. Raises InputError as `check` does.
    """
    regime = load_regime(plan.regime)
    amended = frozenset(path for path, _ in regime.provenance.amendments)
    answered = tuple(reading for reading in regime.readings if settled(reading, amended))
    asked = tuple(r for r in regime.readings if r not in answered and _concerns(r, plan, regime))
    wide = [reading for reading in asked if _rule_of(reading) is None]
    narrow: dict[str, list[Reading]] = {}
    for reading in asked:
        rule = _rule_of(reading)
        if rule is not None:
            narrow.setdefault(rule, []).append(reading)
    return _gathered(asked, answered, dict(_statuses(plan, as_of, wide, narrow, asked)))


def _rule_of(reading: Reading) -> str | None:
    """The one rule that a reading amends; None where it can change what other rules say, or the order of the books."""
    rules = {path.partition(".")[0] for path in reading.amends}
    wide = rules & {"measure", "tiers", "span"} or any(path.endswith("received_from") for path in reading.amends)
    return rules.pop() if len(rules) == 1 and not wide else None


def _concerns(reading: Reading, plan: Plan, regime: Regime) -> bool:
    """Whether the plan has anything to do with the reading: countries that it moves may not occur at all."""
    moved = {path.removeprefix("tiers.move.") for path in reading.amends if path.startswith("tiers.move.")}
    if len(moved) < len(reading.amends):
        return regime.record(_rule_of(reading) or "") is not None or _rule_of(reading) is None
    firm = plan.firm
    codes = {row.country for row in plan.placements} | {firm.headquarters, firm.ultimate_parent}
    codes |= {place.country for move in plan.moves for place in (move.origin, move.to)}
    codes |= {row.headquarters for row in plan.consignees} | {row.headquarters for row in plan.site_operators}
    return not moved.isdisjoint(jurisdiction(code) for code in codes)


def _choices(readings: Sequence[Reading]) -> Iterator[dict[str, str]]:
    """Every combination of options."""
    names = [reading.id for reading in readings]
    for options in product(*([option.name for option in reading.options] for reading in readings)):
        yield dict(zip(names, options, strict=True))


def _statuses(
    plan: Plan,
    as_of: str | None,
    wide: Sequence[Reading],
    narrow: Mapping[str, Sequence[Reading]],
    asked: Sequence[Reading],
) -> Iterator[tuple[tuple[str, ...], Status]]:
    """Each combination of all readings, in their order, and the plan's status under it."""
    steps = max((len(list(_choices(readings))) for readings in narrow.values()), default=1)
    wide_choices = list(_choices(wide))
    if steps * len(wide_choices) > MOST_CHECKS:
        raise FleetplanError(f"the regime can be read in too many ways ({steps * len(wide_choices)} checks)")
    for chosen in wide_choices:
        parts = _parts(plan, as_of, chosen, narrow, steps)
        for choice in _choices([reading for readings in narrow.values() for reading in readings]):
            found = {parts[rule][_key(readings, choice)] for rule, readings in narrow.items()} | {parts[""][()]}
            whole = chosen | choice
            yield _key(asked, whole), max(found, key=_WORST.index)


def _parts(
    plan: Plan, as_of: str | None, chosen: Choice, narrow: Mapping[str, Sequence[Reading]], steps: int
) -> dict[str, dict[tuple[str, ...], Status]]:
    """The status of each rule by the options of its readings; "" stands for all rules that have none.

    All rules go through their options side by side, so there are as many checks as the longest list has.
    """
    parts: dict[str, dict[tuple[str, ...], Status]] = {rule: {} for rule in (*narrow, "")}
    lists = {rule: list(_choices(readings)) for rule, readings in narrow.items()}
    for step in range(steps):
        taken = {rule: choices[min(step, len(choices) - 1)] for rule, choices in lists.items()}
        choice = {name: option for one in taken.values() for name, option in one.items()}
        result = check(plan.replace(regime=_read_as(plan, {**chosen, **choice})), as_of=as_of)
        for rule, readings in narrow.items():
            parts[rule][_key(readings, taken[rule])] = _status(result, [rule])
        others = {finding.limit.rule.id for finding in result.findings} - narrow.keys()
        parts[""][()] = max(_status(result, others), "undecided" if result.unjudged else "compliant", key=_WORST.index)
    return parts


def _read_as(plan: Plan, choice: Choice) -> object:
    return plan.regime.replace(readings={**plan.regime.readings, **choice})


def _status(result: CheckResult, rules: Sequence[str] | set[str]) -> Status:
    """The status as far as `rules` make it."""
    findings = tuple(finding for finding in result.findings if finding.limit.rule.id in rules)
    return result.replace(findings=findings, unjudged=False).status


def _key(readings: Sequence[Reading], choice: Choice) -> tuple[str, ...]:
    return tuple(choice[reading.id] for reading in readings)


def _gathered(
    asked: tuple[Reading, ...], answered: tuple[Reading, ...], statuses: Mapping[tuple[str, ...], Status]
) -> Readings:
    """The statuses by the options of those readings that make a difference somewhere."""
    decisive = []
    for place, reading in enumerate(asked):
        groups: dict[tuple[str, ...], set[Status]] = {}
        for key, status in statuses.items():
            groups.setdefault((*key[:place], *key[place + 1 :]), set()).add(status)
        if any(len(group) > 1 for group in groups.values()):
            decisive.append(reading)
    places = [asked.index(reading) for reading in decisive]
    table = {tuple(key[place] for place in places): status for key, status in statuses.items()}
    return Readings(asked, tuple(decisive), table, answered)


WORDS: Mapping[Status, str] = {
    "compliant": "compliant",
    "violations": "NOT compliant",
    "undecided": "undecided",
}


def readings_section(plan: Plan, as_of: str | None = None) -> Section:
    """What `check --all-readings` reports of `plan`."""
    found = check_readings(plan, as_of)
    count = found.combinations
    ways = "the one way" if count == 1 else f"all {count:,} ways"
    lines = {
        "all": [f"Compliant under {ways} in which the regime can be read."],
        "some": [f"Compliant under some of the {count:,} ways in which the regime can be read:"],
        "none": [f"Compliant under none of the {count:,} ways in which the regime can be read."],
    }[found.verdict]
    for reading in found.decisive:
        options = "; ".join(f"{option.name}: {option.says}" for option in reading.options)
        lines.append(f"{reading.id}: {reading.question} {options}.")
    lines += [f"{reading.id}: settled by an amendment of the regime" for reading in found.settled]
    header = (*(reading.id for reading in found.decisive), "verdict")
    table = tuple((*key, WORDS[status]) for key, status in sorted(found.table.items())) if found.decisive else ()
    document = {
        "compliant_under": found.verdict,
        "status": found.status,
        "combinations": count,
        "readings": [
            {
                "id": reading.id,
                "question": reading.question,
                "citation": reading.citation,
                "options": {option.name: option.says for option in reading.options},
                "decisive": reading in found.decisive,
            }
            for reading in found.asked
        ],
        "settled": [reading.id for reading in found.settled],
        "statuses": [
            {
                "readings": {r.id: name for r, name in zip(found.decisive, key, strict=True)},
                "status": status,
            }
            for key, status in sorted(found.table.items())
        ],
    }
    return Section("readings", "Readings", tuple(lines), document, (header, *table) if table else ())
