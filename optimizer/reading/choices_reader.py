"""What a planner chooses beside amounts: the objectives in order of rank, and which authorizations may be used."""

from __future__ import annotations

from fractions import Fraction

from ..domain.countries import jurisdiction
from ..domain.plan import AUTHORIZATIONS
from ..domain.scenario import LATER_OBJECTIVES, OBJECTIVES, Authorizations
from ..errors import show
from . import names
from .codes import BAD_CHOICE, CONTRADICTION, MISSING, NAMED_TWICE
from .nodes import Fields, did_you_mean

ELSEWHERE = "default"
"""The key for the countries outside Tier 1 that are not named."""


def read_objectives(fields: Fields) -> tuple[str, tuple[str, ...], Fraction]:
    """The first objective, those that follow in order of rank, and what share of its value a rank may give up."""
    node = fields.sub("objective")
    tolerance = fields.percentage("objective_tolerance")
    if node is None or not isinstance(node.value, list):
        if tolerance is not None:
            why = "there is one objective, and no later one that it could give way to"
            fields.report(CONTRADICTION, "objective_tolerance", why, "Write a list of objectives, or remove the field.")
        return fields.choice("objective", OBJECTIVES, "capacity"), (), Fraction(0)
    found = _distinct(fields, "objective", LATER_OBJECTIVES)
    if found and found[0] not in OBJECTIVES:
        why = f"{found[0]} cannot come first: one of {', '.join(OBJECTIVES)} is needed there"
        fields.report(BAD_CHOICE, "objective", why, "Put it behind another objective.", found=found[0])
    if not node.value:
        fields.report(MISSING, "objective", "no objective is named", f"Name one of {', '.join(OBJECTIVES)}.", found="")
    return found[0] if found else "capacity", tuple(found[1:]), tolerance or Fraction(0)


def read_authorizations(fields: Fields) -> Authorizations | None:
    """The authorizations that may be used, None where nothing is said."""
    node = fields.sub("authorizations")
    if node is None:
        return None
    if isinstance(node.value, list):
        return Authorizations({}, _authorizations(fields, "authorizations"), at=node.at)
    body = fields.fields("authorizations")
    assert body is not None
    by_country: dict[str, tuple[str, ...]] = {}
    elsewhere = None
    for key in body.values:
        listed = _authorizations(body, key)
        if key == ELSEWHERE:
            elsewhere = listed
            continue
        fault = names.country_fault(key)
        place = jurisdiction(key) if fault is None else key
        if fault is not None:
            at = body.node.keys.get(key, body.node.at)
            body.problems.add(fault.code, at, body.name(key), show(key), fault.why, fault.mend)
        elif place in by_country:
            body.report(NAMED_TWICE, key, f"{place} is named already, whose rules hold there", "Keep one of the two.")
        by_country[place] = listed
    return Authorizations(by_country, elsewhere, at=node.at)


def _authorizations(fields: Fields, key: str) -> tuple[str, ...]:
    if not fields.has(key) or fields.values[key].value == []:
        mend = "Name at least one, or put the sites there into keep_closed."
        fields.report(MISSING, key, "no authorization is named", mend, found="")
    return tuple(_distinct(fields, key, AUTHORIZATIONS))


def _distinct(fields: Fields, key: str, choices: tuple[str, ...]) -> list[str]:
    """The field's list of words, each one of `choices` and named once; what is wrong is reported and left out."""
    found: list[str] = []
    for text, at in fields.texts(key):
        if text not in choices:
            why = f"one of {', '.join(choices)} is needed here"
            fields.problems.add(BAD_CHOICE, at, fields.name(key), show(text), why, did_you_mean(text, choices))
        elif text in found:
            fields.problems.add(NAMED_TWICE, at, fields.name(key), show(text), "it is listed already", "Keep one.")
        else:
            found.append(text)
    return found
