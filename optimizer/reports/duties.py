"""Duties as reports show them: by rule, with their dates and what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from ..checking.duties import Duty
from ..explain.sentences import country_name


def by_rule(duties: Sequence[Duty]) -> list[list[Duty]]:
    """The duties of each rule together, in the order of the rules, each rule's by date."""
    groups: dict[str, list[Duty]] = {}
    for duty in duties:
        groups.setdefault(duty.rule.id, []).append(duty)
    return [sorted(group, key=lambda duty: duty.due) for group in groups.values()]


def about(duty: Duty) -> str:
    """What the duty is about, in words; empty where that is its date alone."""
    words = [word for word in duty.about if word != duty.due]
    if duty.country and words and words[0] == duty.country:
        words[0] = country_name(duty.country)
    return ", ".join(words)


def duty_name(duty: Duty) -> str:
    """``DUTY601(PT,sines,2026Q1)``, as a limit is named."""
    return f"{duty.rule.id}({','.join(duty.about)})"


def duty_lines(group: Sequence[Duty]) -> list[str]:
    """The duties of one rule for people: the rule, and each date with what it is about."""
    rule = group[0].rule
    if len(group) == 1:
        return [f"{group[0].due}  {rule.id}  {group[0].sentence}" + (f" ({group[0].at})" if group[0].at else "")]
    title = f"{rule.id}  {rule.title} [{rule.citation}]"
    if not any(about(duty) for duty in group):
        return [f"{', '.join(duty.due for duty in group)}  {title}"]
    return [title, *(f"  {duty.due}  {about(duty)}" + (f" ({duty.at})" if duty.at else "") for duty in group)]
