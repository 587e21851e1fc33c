"""The report as Markdown, for a comment on a pull request and for the summary of a job."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..check import CheckResult
from ..explain.gpu_counts import too_few, too_many
from .duties import about
from .escape import markdown
from .headline import provenance, title, totals, verdict
from .judged import LISTED, Judged, Word, as_broken, grouped, judged, many, periods, worst
from .markdown_page import MOST_IN_LINE, Page
from .notes import notes
from .outcome import Outcome

BROKEN = (
    *("Rule", "Where", "When", "Measured TPP", "Allowed TPP", "Off by"),
    *("Share, of allowed", "In GPUs, any one of", "Place"),
)
SHARE = BROKEN.index("Share, of allowed")


def render(outcomes: Sequence[Outcome], *, show_all: bool = False) -> str:
    """The report as Markdown, the gravest part first; `show_all` adds what is kept."""
    page = Page()
    page.lines(f"## fleetplan: {title(outcomes)}", [_file_line(outcome) for outcome in outcomes])
    if len(outcomes) != 1:
        page.lines("", [markdown(totals(outcomes))])
    page.table("Errors in the input", ("Code", "Place", "Field", "Found", "Why", "Mend"), _problems(outcomes))
    _findings(page, "Violations", outcomes, "fail")
    _findings(page, "Undecided", outcomes, "undecided")
    _findings(page, "Warnings", outcomes, "warning")
    _waived(page, outcomes)
    for outcome in outcomes:
        for section in outcome.sections:
            file = f" ({outcome.file})" if len(outcomes) > 1 else ""
            page.lines(f"### {markdown(section.title + file)}", [_bullet(line) for line in section.lines])
            if section.table:
                page.table("", section.table[0], section.table[1:])
    page.table("Duties", ("Due", "Rule", "What", "About", "Place"), _duties(outcomes), folded=True)
    if show_all:
        _findings(page, "Kept", outcomes, "pass")
        _findings(page, "Not applicable", outcomes, "not_applicable")
    page.folded("What the rules say, and how to mend it", _rules(outcomes))
    page.folded("Judged by", _distinct(outcomes, provenance))
    page.folded("Notes", _distinct(outcomes, notes))
    return page.text()


def _file_line(outcome: Outcome) -> str:
    return f"- **{markdown(outcome.file, MOST_IN_LINE)}**: {markdown(verdict(outcome), MOST_IN_LINE)}"


def _bullet(line: str) -> str:
    """A line as an item of a list; one that is an item already stands below the line before it."""
    inner = line.removeprefix("- ")
    return f"{'- ' if inner == line else '  - '}{markdown(inner, MOST_IN_LINE)}"


def _problems(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for outcome in outcomes:
        for problem in outcome.problems:
            rows.append((problem.code, str(problem.at), problem.field, problem.found, problem.why, problem.mend))
        if outcome.more:
            rows.append(("", outcome.file, "", "", f"{many(outcome.more, 'more error')} not listed", ""))
    return rows


def _findings(page: Page, title: str, outcomes: Sequence[Outcome], word: Word) -> None:
    """A table of the findings of which the gate makes `word`: one row for those that differ in their period alone."""
    groups = grouped(list(judged(outcomes, word)))
    changed = any(group[0].finding.change for group in groups)
    table = [(*BROKEN, "Change") if changed else BROKEN, *(_row(group, changed) for group in groups)]
    if not any(row[SHARE] for row in table[1:]):
        table = [(*row[:SHARE], *row[SHARE + 1 :]) for row in table]
    page.table(title, table[0], table[1:])


def _row(group: Sequence[Judged], changed: bool) -> tuple[str, ...]:
    one = worst(group)
    finding = as_broken(one.finding)
    catalogue = one.result.plan.catalogue
    gpus = too_many(finding, catalogue) or too_few(finding, catalogue)
    allowed = one.finding.limit.why or "not known" if finding.allowed is None else f"{finding.allowed:,}"
    row = (
        one.rule,
        one.where,
        periods(group),
        f"{finding.measured:,}",
        f"not known whether {', '.join(finding.deciding)} count" if finding.deciding else allowed,
        "" if finding.excess is None else f"{finding.excess:,}",
        one.share,
        ", ".join(f"{count:,} {name}" for name, count in gpus.items()),
        str(one.place),
    )
    return (*row, finding.change or "") if changed else row


def _duties(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """Every duty of every file, by its date; those that files share once."""
    rows = dict.fromkeys(
        (duty.due, duty.rule.id, duty.rule.title, about(duty), "" if duty.at is None else str(duty.at))
        for outcome in outcomes
        if outcome.result is not None
        for duty in outcome.result.duties
    )
    return sorted(rows)


def _waived(page: Page, outcomes: Sequence[Outcome]) -> None:
    rows = [
        (one.rule, one.where, periods(group), f"{one.finding.excess or 0:,}", one.waiver, str(one.place))
        for group in grouped(list(judged(outcomes, "waived")))
        for one in (worst(group),)
    ]
    page.table("Waived", ("Rule", "Where", "When", "Off by TPP", "Why", "Place"), rows)


def _rules(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """For each rule that a listed finding names, and each regime: its title, its citation and how to mend it."""
    seen = set()
    for one in judged(outcomes, *LISTED):
        rule = one.finding.limit.rule
        line = f"{rule.id}: {rule.title} [{rule.citation}]. {one.mend}"
        if line not in seen:
            seen.add(line)
            yield line


def _distinct(outcomes: Sequence[Outcome], lines: Callable[[CheckResult], Iterable[str]]) -> list[str]:
    """The lines of all files, each once."""
    results = [outcome.result for outcome in outcomes if outcome.result is not None]
    return list(dict.fromkeys(line for result in results for line in lines(result)))
