"""Records from nodes: the one parser for the rules of every regime, their amendments and the firm's own limits."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import cast

from ..domain.plan import AUTHORIZATIONS, CERTIFIABLE
from ..errors import show
from ..frozen import Frozen
from ..limits import Chips, Rule, Sense, Span
from ..reading.codes import BAD_CHOICE, MISSING, OUT_OF_RANGE
from ..reading.nodes import Fields, Node, Problems, did_you_mean
from ..units import Quarter
from .bounds import parse_amount, parse_bound
from .codes import BAD_BOUND, BAD_RECORD, BAD_RULE_ID
from .days import parse_day
from .records import Counted, Dates, Each, FirmTest, Holds, RuleRecord, Seat, Values, Weights
from .tiers import GRADES, jurisdictions

RESERVED = re.compile(r"(?:TIER|UVEU|AUTH|AIA|CAP|LPP|NVEU|DUTY|WGT|IN)[0-9]{3}", re.ASCII)
"""Ids of the law, in this regime or another, and of input errors: no own limit may bear one."""
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)

STATUSES = ("uveu", "nveu", "none")
SEATS = ("headquarters", "parent", "either", "both")
SPANS = {"in_service": Span.IN_SERVICE, "present": Span.PRESENT, "received": Span.RECEIVED, "ever": Span.EVER}
_SPANS_OF = {
    Each.FIRM: ("ever",),
    Each.COUNTRY: ("ever",),
    Each.QUARTER: ("in_service", "present"),
    Each.COUNTRY_QUARTER: ("in_service", "present"),
    Each.CONSIGNEE_YEAR: ("received",),
    Each.SITE: ("ever",),
}
Bound = tuple[Sense, Values[Fraction] | None, Values[int] | None]


class Setting(Frozen):
    """What the records of one file take for granted: which chips count, and from when the regime holds."""

    measure: Chips
    first: Quarter | None  # None for own limits, which hold at any time
    own: bool = False


def parse_records(
    nodes: Iterable[Node], path: str, setting: Setting, taken: Collection[str], problems: Problems
) -> list[RuleRecord]:
    """The records of a list; ids that repeat, or stand in `taken`, are problems."""
    records: list[RuleRecord] = []
    seen = set(taken)
    for number, node in enumerate(nodes):
        record = _record(Fields(node, f"{path}[{number}]", problems), setting, seen)
        seen.add(record.rule.id)
        records.append(record)
    return records


def _record(fields: Fields, setting: Setting, taken: Collection[str]) -> RuleRecord:
    own = setting.own
    for key in ("id", "title") if own else ("id", "title", "citation", "grade", "each"):
        fields.require(key)
    rule = Rule(
        id=_rule_id(fields, own, taken),
        title=fields.word("title") or "",
        citation=fields.word("citation") or ("the firm's own limit" if own else ""),
        grade=fields.choice("grade", GRADES, "" if own else "A"),
        severity=fields.choice("severity", ("error", "warning"), "error"),
        waivable=fields.boolean("waivable", True),
    )
    each = Each(fields.choice("each", [each.value for each in Each], Each.QUARTER.value))
    measured, span = _measured(fields, each, setting.measure)
    unit = fields.choice("unit", ("tpp", "h100e"), "tpp")
    sense, share, amount = _bound(fields, unit)
    first, last = fields.quarter("from"), fields.quarter("to")
    if first is not None and last is not None and last < first:
        fields.report(OUT_OF_RANGE, "to", "the rule ends before it begins", "Correct the quarters.")
    record = RuleRecord(
        rule=rule,
        each=each,
        span=span,
        measured=measured,
        sense=sense,
        share=share,
        of=_base(fields, measured.chips),
        amount=amount,
        with_agreement=parse_amount(fields, "with_agreement", unit, sense),
        less_national_use=fields.choice("less", ("national_use",), "") != "",
        first=max((quarter for quarter in (first, setting.first) if quarter is not None), default=None),
        last=last,
        applies=parse_firm_test(fields, "applies"),
        unless=parse_firm_test(fields, "unless"),
        everywhere_if=parse_firm_test(fields, "everywhere_if"),
        barred_tiers=_tier_numbers(fields, "barred_tiers") or frozenset(),
        exports_only=fields.boolean("exports_only"),
        weights=_weights(fields),
        in_quarters=_in_quarters(fields),
        in_force=_in_force(fields),
        assumed=fields.text("assumed"),
        at=fields.node.at,
    )
    fields.done()
    _fits(fields, record)
    return record


def _rule_id(fields: Fields, own: bool, taken: Collection[str]) -> str:
    written = fields.text("id")
    if not written:
        return ""
    if _ID.fullmatch(written) is None:
        mend = "Use letters, digits and '_', beginning with a letter, at most 40."
        fields.report(BAD_RULE_ID, "id", "not an id of a rule", mend)
    elif written in taken:
        fields.report(BAD_RULE_ID, "id", "another rule has this id", "Choose another.")
    elif RESERVED.fullmatch(written) and (own or written.startswith("IN")):
        fields.report(BAD_RULE_ID, "id", "ids of this form belong to the law and to input errors", "Choose another.")
    return written


def _measured(fields: Fields, each: Each, chips: Chips) -> tuple[Counted, Span]:
    """What is measured, and when: by default in the span that fits the index."""
    spans = _SPANS_OF[each]
    inner = fields.fields("measured")
    if inner is None:
        return Counted(chips), SPANS[spans[0]]
    span = SPANS[inner.choice("span", spans, spans[0])]
    return _counted(inner, chips), span


def _base(fields: Fields, chips: Chips) -> Counted | None:
    node = fields.sub("of")
    if node is None:
        return None
    if isinstance(node.value, dict):
        return _counted(Fields(node, fields.name("of"), fields.problems), chips)
    if node.value != "all":
        fields.report(BAD_CHOICE, "of", "a share is of 'all' or of a selection", "Write of: all.")
    return Counted(chips)


def _counted(fields: Fields, chips: Chips) -> Counted:
    counted = Counted(
        chips=Chips(fields.choice("chips", [chips.value for chips in Chips], chips.value)),
        tiers=_tier_numbers(fields, "tiers"),
        countries=_countries(fields),
        authorizations=_words(fields, "authorizations", AUTHORIZATIONS),
        sites=_words(fields, "sites", None),
        received_from=fields.quarter("received_from"),
        listed=fields.boolean("listed"),
        unheld=_unheld(fields),
    )
    fields.done()
    return counted


def _unheld(fields: Fields) -> tuple[Holds, ...]:
    table = []
    for name, node in fields.mapping("unheld").items():
        if name not in AUTHORIZATIONS:
            at = fields.values["unheld"].keys.get(name, node.at)
            why = f"one of {', '.join(AUTHORIZATIONS)} is needed here"
            fields.problems.add(
                BAD_CHOICE, at, fields.name("unheld"), show(name), why, did_you_mean(name, AUTHORIZATIONS)
            )
            continue
        inner = Fields(node, f"{fields.name('unheld')}.{name}", fields.problems)
        statuses = _words(inner, "status", STATUSES)
        table.append(Holds(name, statuses, _tier_numbers(inner, "tiers"), inner.boolean("listed")))
        inner.done()
    return tuple(table)


def parse_firm_test(fields: Fields, key: str) -> FirmTest | None:
    """The field's conditions on a firm, None when absent."""
    inner = fields.fields(key)
    if inner is None:
        return None
    test = FirmTest(
        statuses=_words(inner, "status", STATUSES),
        seat=cast(Seat, inner.choice("seat", SEATS, "headquarters")),
        tiers=_tier_numbers(inner, "tiers"),
        countries=_countries(inner),
    )
    inner.done()
    if inner.has("seat") and not (inner.has("tiers") or inner.has("countries")):
        why = "a seat alone asks nothing of the firm"
        inner.report(BAD_RECORD, "seat", why, "Add the tiers or countries that it has to lie in, or remove it.")
    return test


def _countries(fields: Fields) -> frozenset[str] | None:
    """The field's jurisdictions, None when absent. An empty list is a problem: it would select nothing at all."""
    if not fields.has("countries"):
        return None
    if not fields.items("countries"):
        fields.report(MISSING, "countries", "the list is empty", "Name at least one, or leave the field out.")
    return jurisdictions(fields, "countries")


def _tier_numbers(fields: Fields, key: str) -> frozenset[int] | None:
    words = _words(fields, key, ("1", "2", "3"))
    return None if words is None else frozenset(int(number) for number in words)


def _words(fields: Fields, key: str, known: Collection[str] | None) -> frozenset[str] | None:
    """The field's list of words, None when absent. An empty list is a problem: it would select nothing at all."""
    if not fields.has(key):
        return None
    words = fields.texts(key)
    if not words:
        fields.report(MISSING, key, "the list is empty", "Name at least one, or leave the field out.")
    for word, at in words:
        if known is not None and word not in known:
            why = f"one of {', '.join(known)} is needed here"
            fields.problems.add(BAD_CHOICE, at, fields.name(key), show(word), why, did_you_mean(word, known))
    return frozenset(word for word, _ in words)


def _weights(fields: Fields) -> Weights | None:
    inner = fields.fields("weights")
    if inner is None:
        return None
    for name in ("free_tiers", "barred_tiers", "operator_tiers", "certified"):
        inner.require(name)
    weights = Weights(
        free_tiers=_tier_numbers(inner, "free_tiers") or frozenset(),
        barred_tiers=_tier_numbers(inner, "barred_tiers") or frozenset(),
        operator_tiers=_tier_numbers(inner, "operator_tiers") or frozenset(),
        certified=frozenset(int(number) for number in _words(inner, "certified", CERTIFIABLE) or ()),
    )
    inner.done()
    return weights


def _in_quarters(fields: Fields) -> frozenset[int] | None:
    words = _words(fields, "in_quarters", ("Q1", "Q2", "Q3", "Q4"))
    return None if words is None else frozenset(int(word[1]) for word in words)


def _in_force(fields: Fields) -> Dates:
    inner = fields.fields("in_force")
    if inner is None:
        return Dates()
    dates = Dates(parse_day(inner, "from"), parse_day(inner, "to"))
    inner.done()
    if dates.first is not None and dates.last is not None and dates.last < dates.first:
        fields.report(OUT_OF_RANGE, "in_force", "the rule is out of force before it is in force", "Correct the days.")
    return dates


def _bound(fields: Fields, unit: str) -> Bound:
    """The sense and the bound: a share, an amount, or a share and the amount `plus` it."""
    most, least = fields.has("at_most"), fields.has("at_least")
    sense = Sense.AT_LEAST if least and not most else Sense.AT_MOST
    if most and least:
        fields.report(BAD_BOUND, "at_least", "at_most and at_least stand side by side", "Write two rules.")
    if not most and not least:
        fields.report(BAD_BOUND, "at_most", "the rule has no bound", "Write at_most or at_least.", found="")
    share, amount = parse_bound(fields, "at_least" if least and not most else "at_most", unit, sense)
    plus = parse_amount(fields, "plus", unit, sense)
    if plus is not None:
        if share is None:
            fields.report(BAD_BOUND, "plus", "only a share can have an amount on top", "Write the sum as the amount.")
        amount = plus
    return sense, share, amount


def _fits(fields: Fields, record: RuleRecord) -> None:
    """Report parts of a record that do not fit together, each of which would make the rule mean nothing or less."""
    each, bound = record.each, "at_least" if record.sense is Sense.AT_LEAST else "at_most"
    if record.share is not None and record.of is None:
        fields.report(BAD_BOUND, bound, "a share needs to say of what", "Add of: all.")
    wrong = fields.has(bound) and record.share is None and record.amount is None  # and reported already
    if record.share is None and record.of is not None and not wrong:
        fields.report(BAD_BOUND, bound, "'of' asks for a share", "Write it with its percent sign, as 7%.")
    if record.of is not None and (record.of.listed or record.of.unheld):
        fields.report(BAD_RECORD, "of", "'listed' and 'unheld' are for what is measured", "Remove them.")
    if record.share is not None and each is Each.CONSIGNEE_YEAR:
        fields.report(BAD_BOUND, bound, "an allowance is an amount, not a share", "Write it in whole TPP.")
    if record.weights is not None and (record.sense is Sense.AT_LEAST or record.amount != Values(((None, 0),))):
        fields.report(BAD_BOUND, bound, "a rule on closed weights says where none may be held", "Write at_most: 0.")
    if record.weights is not None and fields.has("measured") and record.measured != Counted(Chips.ALL):
        why = "a rule on closed weights measures every chip beside them, wherever it looks"
        fields.report(BAD_RECORD, "measured", why, "Write measured: {span: ever, chips: all}.")
    capped = each.by_country and record.share is None and record.sense is Sense.AT_MOST
    needs = {
        "with_agreement": (record.with_agreement is not None, capped),
        "less": (record.less_national_use, capped),
        "everywhere_if": (record.everywhere_if is not None, each.by_country),
        "measured": (record.measured.listed or bool(record.measured.unheld), each.by_country),
        "barred_tiers": (bool(record.barred_tiers), each is Each.CONSIGNEE_YEAR),
        "exports_only": (record.exports_only, each is Each.CONSIGNEE_YEAR),
        "weights": (record.weights is not None, each is Each.SITE),
        "each": (each is Each.SITE, record.weights is not None),
        "in_quarters": (record.in_quarters is not None, each.by_quarter),
    }
    for key, (used, fitting) in needs.items():
        if used and not fitting:
            fields.report(BAD_RECORD, key, f"this does not fit a rule for each {each.value}", "Change one of them.")
    if not each.by_quarter and each is not Each.CONSIGNEE_YEAR:
        for values in (record.share, record.amount, record.with_agreement):
            if values is not None and (values.to is not None or values.steps[0][0] is not None):
                fields.report(BAD_BOUND, bound, f"a rule for each {each.value} has one value", "Write it undated.")
                break
