"""Rules in words: a record's parts, each with its label, for `fleetplan rules` and for pages about the law."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..limits import Chips, Sense, Span
from ..regimes.records import Counted, Each, FirmTest, RuleRecord, Values
from ..units import h100e, percent

GRADES = {
    "P": "read in the rule's own text",
    "F": "stated in the fact sheet",
    "S": "from a secondary source",
    "D": "derived by arithmetic",
    "A": "an assumption of ours",
    "": "the firm's own",
}
SPANS = {
    Span.IN_SERVICE: "in service at the end of the quarter",
    Span.PRESENT: "present during the quarter",
    Span.RECEIVED: "received within the calendar year",
    Span.EVER: "ever received",
}
EACH = {
    Each.FIRM: "the firm",
    Each.COUNTRY: "each country",
    Each.QUARTER: "each quarter",
    Each.COUNTRY_QUARTER: "each country and quarter",
    Each.CONSIGNEE_YEAR: "each ultimate consignee's group and calendar year",
    Each.SITE: "each site",
}
SEATS = {
    "headquarters": "headquarters",
    "parent": "ultimate parent",
    "either": "headquarters or ultimate parent",
    "both": "headquarters and ultimate parent",
}


def describe(record: RuleRecord) -> Iterator[tuple[str, str]]:
    """The parts of a record as (label, text), in reading order; parts that it does not have are left out."""
    rule = record.rule
    yield "id", rule.id
    yield "title", rule.title
    yield "citation", rule.citation
    yield "grade", f"{rule.grade} ({GRADES[rule.grade]})" if rule.grade else GRADES[""]
    if record.first is not None or record.last is not None:
        yield "in force", _from_to(record)
    yield "one limit for", EACH[record.each]
    if record.applies is not None:
        yield "holds for", f"firms with {_firms(record.applies)}"
    if record.unless is not None:
        yield "kept by", f"firms with {_firms(record.unless)}"
    if not record.not_judged:
        yield "measured", f"TPP {SPANS[record.span]}{_counted(record.measured)}"
        if record.everywhere_if is not None:
            yield "everywhere", f"in every country, for firms with {_firms(record.everywhere_if)}"
        yield record.sense.value, _bound(record)
    if record.with_agreement is not None:
        yield "with a government arrangement", _amounts(record.with_agreement)
    if record.less_national_use:
        yield "less", "what other buyers use of it (national_use), never below 0"
    if record.barred_tiers:
        yield "no allowance", f"for consignees headquartered in Tier {_tiers(record.barred_tiers)}"
    if record.exports_only:
        yield "not covered", "chips that move within one country"
    if record.not_judged:
        yield "not judged", f"undecided where it is touched: {record.not_judged}"
    if record.assumed:
        yield "assumed", record.assumed
    yield "severity", rule.severity
    yield "can be waived", "yes" if rule.waivable else "no"


def _from_to(record: RuleRecord) -> str:
    ends = (f"from {record.first}" if record.first else "", f"to {record.last}" if record.last else "no end stated")
    return ", ".join(part for part in ends if part)


def _firms(test: FirmTest) -> str:
    parts = []
    if test.statuses is not None:
        parts.append(f"status {' or '.join(sorted(test.statuses))}")
    places = []
    if test.tiers is not None:
        places.append(f"Tier {_tiers(test.tiers)}")
    if test.countries is not None:
        places.append(", ".join(sorted(test.countries)))
    if places:
        parts.append(f"{SEATS[test.seat]} in {' and '.join(places)}")
    return " and ".join(parts)


def _tiers(tiers: frozenset[int]) -> str:
    return " or ".join(str(tier) for tier in sorted(tiers))


def _counted(counted: Counted) -> str:
    """What an amount counts, as a clause that follows "TPP in service"."""
    parts = []
    if counted.tiers is not None:
        parts.append(f" in Tier {_tiers(counted.tiers)}")
    if counted.countries is not None:
        parts.append(f" in {', '.join(sorted(counted.countries))}")
    if counted.listed:
        parts.append(" in countries for which the firm is an NVEU")
    if counted.sites is not None:
        parts.append(f" at {', '.join(sorted(counted.sites))}")
    if counted.authorizations is not None:
        parts.append(f" under {' or '.join(sorted(counted.authorizations))}")
    if counted.unheld:
        names = ", ".join(holds.authorization for holds in counted.unheld)
        parts.append(f" under those of {names} that the firm does not hold there")
    if counted.received_from is not None:
        parts.append(f", received since {counted.received_from}")
    parts.append(", all chips" if counted.chips is Chips.ALL else ", chips that meet 3A090.a")
    return "".join(parts)


def _bound(record: RuleRecord) -> str:
    parts = []
    if record.share is not None and record.of is not None:
        of = record.of
        whole = of == Counted(of.chips)
        base = "all of it" if whole else f"TPP{_counted(of)}"
        parts.append(f"{_shares(record.share)} of {base}")
    if record.amount is not None:
        if record.amount.steps == ((None, 0),) and record.sense is Sense.AT_MOST:
            parts.append("nothing")
        else:
            parts.append(_amounts(record.amount))
    return " plus ".join(parts)


def _shares(values: Values[Fraction]) -> str:
    return _by_date(values, [percent(share, 6) for _, share in values.steps])


def _amounts(values: Values[int]) -> str:
    return _by_date(values, [f"{tpp:,} TPP ({h100e(tpp):,.1f} H100e)" for _, tpp in values.steps])


def _by_date(values: Values[Fraction] | Values[int], texts: list[str]) -> str:
    quarters = [quarter for quarter, _ in values.steps]
    parts = [
        text if quarter is None else f"{text} from {quarter}" for quarter, text in zip(quarters, texts, strict=True)
    ]
    end = "" if values.to is None else f", to {values.to}; after that undecided"
    return "; ".join(parts) + end
