"""A page per rule, in Markdown: what it says, in each regime, how to mend it, and worked cases at its boundary.

`make rules` writes the pages of the built-in regimes into `docs/rules/`, and they travel with the product, so that
`fleetplan rules RULE` prints them with no network and no checkout. A page of a regime of one's own is made as asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..frozen import Frozen
from ..limits import Rule, Sense
from ..regimes import Regime, RuleRecord
from .input_examples import example_parts
from .records import describe, describe_duty, describe_reading
from .rule_words import PLAIN
from .sentences import MEND

GENERATED = "<!-- Made by `make rules` from data/regimes and tests/cases; do not edit by hand. -->"
INPUTS_PAGE = "inputs.md"
INPUT_GROUPS = {
    "IN0": "The file itself",
    "IN1": "A single field",
    "IN2": "A plan as a whole",
    "IN3": "A table",
    "IN4": "A scenario",
    "IN5": "A regime, an amendment, an own limit",
    "IN6": "Waivers, baselines, comparisons",
    "IN7": "Settings and options",
    "IN9": "fleetplan itself, and the tables that travel with it",
}
"""What the first figure of an input error's code says."""
DUTY = "A duty is listed with its date in every report that triggers it, and never breaks a plan."
INPUTS_ARE = (
    "A file that cannot be read in full is never called compliant: `fleetplan check` ends with exit code 2 and lists "
    "all that is wrong, each with file, line, column, field, what was found, why it is refused and how to mend it. A "
    "code never changes its meaning."
)
READINGS = (
    "Where the law can be read in more than one way, a reading is a named switch. The first option is what the records "
    "say; `fleetplan check --all-readings` judges a plan under all of them, and a plan chooses with "
    "`regime: {extends: ID, readings: {NAME: OPTION}}`."
)
MOST_CASES = 3
"""How many worked cases are shown where not all are asked for."""
_CASES = "\n## Worked cases\n"
_VERDICTS = ("limit", "verdict", "measured TPP", "allowed TPP", "excess TPP")


class WorkedCase(Frozen):
    """A plan at a rule's boundary and what the rule says of it, as written in `tests/cases`.

    `plan` is the whole text; `expected` gives for each limit its verdict, then measured, allowed and excess in TPP as
    far as the case says them. `also` holds what else the case sets, such as a date.
    """

    why: str
    regimes: tuple[str, ...]
    plan: str
    expected: tuple[tuple[str, ...], ...]
    also: tuple[tuple[str, str], ...] = ()


class Entry(Frozen):
    """A rule or duty as one regime has it; `lines` are its parts as (label, text), id and title apart."""

    regime: str
    rule: Rule
    lines: tuple[tuple[str, str], ...]
    mend: str


def entries(regimes: Iterable[Regime], rule_id: str) -> list[Entry]:
    """The rule or duty of that id in each regime that has it; small and capital letters are alike."""
    found = []
    for regime in regimes:
        for record in regime.records:
            if record.rule.id.upper() == rule_id.upper():
                lines = (*describe(record), *_readings(regime, record.rule.id))
                found.append(Entry(regime.name, record.rule, _parts(lines), _mend(record)))
        for duty in regime.duties:
            if duty.rule.id.upper() == rule_id.upper():
                lines = (*describe_duty(duty), *_readings(regime, duty.rule.id))
                found.append(Entry(regime.name, duty.rule, _parts(lines), DUTY))
    return found


def rule_ids(regimes: Iterable[Regime]) -> list[str]:
    """The ids of all rules, then of all duties, each once."""
    regimes = list(regimes)
    records = (record.rule.id for regime in regimes for record in regime.records)
    duties = (duty.rule.id for regime in regimes for duty in regime.duties)
    return list(dict.fromkeys((*records, *duties)))


def rule_page(found: Sequence[Entry], elsewhere: Sequence[str] = (), cases: Sequence[WorkedCase] = ()) -> str:
    """The page of one rule or duty that at least one regime has; `elsewhere` are regimes that do not have it."""
    rule = found[0].rule
    titles = list(dict.fromkeys(entry.rule.title for entry in found))
    stands = f"Stands in {_names(entry.regime for entry in found)}."
    if elsewhere:
        stands += f" Not in {_names(elsewhere)}."
    parts = [f"# {rule.id}: {titles[0]}"]
    if rule.id in PLAIN:
        parts.append(PLAIN[rule.id])
    parts.append(stands)
    for names, entry in _alike(found):
        lines = ([("title", entry.rule.title)] if len(titles) > 1 else []) + list(entry.lines)
        parts += [f"## In {_names(names)}", _list(lines)]
    parts += ["## What to do", "\n\n".join(dict.fromkeys(entry.mend for entry in found))]
    if cases:
        parts += [_CASES.strip(), "Written from the law's text; each is a test of the checker."]
        for number, case in enumerate(cases, start=1):
            parts += _case(number, case)
    return "\n\n".join(parts) + "\n"


def index_page(regimes: Sequence[Regime]) -> str:
    """The list of all rules and duties, with the regimes that have them and the grade of the source there."""
    table = [("rule", "what it says", *(regime.name for regime in regimes))]
    for rule_id in rule_ids(regimes):
        found = entries(regimes, rule_id)
        grades = {entry.regime: entry.rule.grade for entry in found}
        shown = (grades.get(regime.name, "") for regime in regimes)
        table.append((f"[{rule_id}]({rule_id}.md)", found[-1].rule.title, *shown))
    parts = [
        GENERATED,
        "# Rules",
        "One page for each rule and duty of the regimes that ship. `fleetplan rules RULE` prints the same pages "
        "anywhere, with no network; `fleetplan regimes diff A B` tells how two regimes differ.",
        markdown_table(table),
        "Under each regime stands how the source is graded: P read in the rule's own text, F stated in the fact sheet, "
        "S a secondary source, D derived by arithmetic, A an assumption of ours.",
        f"Codes of input errors, which begin with IN: [{INPUTS_PAGE}]({INPUTS_PAGE}).",
    ]
    readings: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for regime in regimes:
        for reading in regime.readings:
            readings.setdefault(tuple(describe_reading(reading)), []).append(regime.name)
    if readings:
        parts += ["## Readings", READINGS]
    for (head, *lines), names in sorted(readings.items()):
        parts += [f"### {head[1]}", f"In {_names(names)}.", _list(lines)]
    return "\n\n".join(parts) + "\n"


def inputs_page(codes: Mapping[str, str]) -> str:
    """Every code of an input error and what it means, the commonest with an example."""
    parts = [
        GENERATED,
        "# Input errors",
        INPUTS_ARE,
    ]
    group = ""
    for code, meaning in sorted(codes.items()):
        if code[:3] != group:
            group = code[:3]
            parts.append(f"## {group}: {INPUT_GROUPS[group]}")
        parts += [f"### {code}", meaning, *example_parts(code)]
    return "\n\n".join(parts) + "\n"


def code_page(code: str, meaning: str) -> str:
    """The page of one code of an input error."""
    return "\n\n".join((f"# {code}: {INPUT_GROUPS[code[:3]]}", meaning, *example_parts(code), INPUTS_ARE)) + "\n"


def first_cases(page: str, rule_id: str) -> str:
    """The page with its first worked cases alone, and a line that says how to see the others."""
    text, heading, cases = page.partition(_CASES)
    first, *others = re.split(r"(?m)^(?=### )", cases)
    if len(others) <= MOST_CASES:
        return page
    more = len(others) - MOST_CASES
    hint = f"{more:,} more worked case{'' if more == 1 else 's'}: `fleetplan rules {rule_id} --cases`.\n"
    return text + heading + first + "".join(others[:MOST_CASES]) + hint


def plain(page: str) -> str:
    """A page as text for a terminal: code indented, no marks."""
    lines: list[str] = []
    in_code = False
    for line in page.splitlines():
        if line.startswith("```"):
            in_code = not in_code
        elif in_code:
            lines.append(f"    {line}".rstrip())
        elif not line.startswith(("<!--", "| ---", "|--")):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).replace("**", "").replace("`", "")
            lines.append(re.sub(r"^#+ ", "", text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _list(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- **{label}**: {text}" for label, text in lines)


def _parts(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in lines if label not in ("id", "title"))


def _readings(regime: Regime, rule_id: str) -> Iterator[tuple[str, str]]:
    """The readings that change this rule, each in one line with its options."""
    for reading in regime.readings:
        if any(path.partition(".")[0] == rule_id for path in reading.amends):
            options = (
                f"{option.name}{' (chosen)' if option.name == reading.chosen else ''}: {option.says}"
                for option in reading.options
            )
            yield f"reading {reading.id}", f"{reading.question} {'; '.join(options)}"


def _mend(record: RuleRecord) -> str:
    """How a plan that breaks the rule can be mended."""
    text = MEND.get(record.rule.id, MEND["own floor" if record.sense is Sense.AT_LEAST else "own"])
    return text if record.rule.waivable else f"{text} No waiver is taken for it."


def _alike(found: Sequence[Entry]) -> list[tuple[list[str], Entry]]:
    """The regimes that say the same together, with what they say."""
    groups: list[tuple[list[str], Entry]] = []
    for entry in found:
        same = next(
            (names for names, one in groups if (one.lines, one.rule) == (entry.lines, entry.rule)),
            None,
        )
        if same is None:
            groups.append(([entry.regime], entry))
        else:
            same.append(entry.regime)
    return groups


def _case(number: int, case: WorkedCase) -> list[str]:
    also = "".join(f", {key.replace('_', '-')} {value}" for key, value in case.also)
    parts = [
        f"### {number}. {case.why[:1].upper()}{case.why[1:]}",
        f"Under {_names(case.regimes)}{also}:",
        f"```yaml\n{case.plan.strip()}\n```",
    ]
    if case.expected:
        rows = [_VERDICTS, *((*row, *[""] * (len(_VERDICTS) - len(row))) for row in case.expected)]
        given = [column for column in range(len(_VERDICTS)) if any(row[column] for row in rows[1:])]
        parts.append(markdown_table([[row[column] for column in given] for row in rows]))
    else:
        parts.append("The rule has nothing to judge here.")
    return parts


def _names(regimes: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in regimes]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table that also reads well as text: the first row is its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])
