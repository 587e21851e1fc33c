"""Rules in words: a record's parts, each with its label, for `fleetplan rules` and for pages about the law."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..limits import Chips, Sense, Span
from ..regimes.duties import DutyRecord, When
from ..regimes.readings import Reading
from ..regimes.records import Counted, Dates, Each, FirmTest, Holds, RuleRecord, Values, Weights
from ..regimes.tree import written
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
ASKED_BY = {
    When.NEW_LOCATION: "the first chips at a site",
    When.NEW_COUNTRY: "the first chips in a country",
    When.BETWEEN_COUNTRIES: "chips that move between countries",
    When.SHIPMENT: "what one consignee's group receives in a country and quarter",
    When.AMOUNT: "what is in service in all",
    When.EVERY_YEAR: "the status alone, every year",
    When.ONCE: "the status alone, once",
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
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
    if record.in_force != Dates():
        yield "in force", _days(record.in_force)
    if record.first is not None or record.last is not None:
        yield "judged", _from_to(record)
    if record.in_quarters is not None:
        yield "only in", ", ".join(f"Q{number}" for number in sorted(record.in_quarters))
    yield "one limit for", EACH[record.each]
    if record.applies is not None:
        yield "holds for", f"firms with {firms(record.applies)}"
    if record.unless is not None:
        yield "kept by", f"firms with {firms(record.unless)}"
    where = "" if record.weights is None else ", at sites that hold closed model weights and may not"
    yield "measured", f"TPP {SPANS[record.span]}{_counted(record.measured)}{where}"
    if record.measured.unheld:
        yield "a firm holds", "; ".join(_holds(holds) for holds in record.measured.unheld)
    if record.everywhere_if is not None:
        yield "everywhere", f"in every country, for firms with {firms(record.everywhere_if)}"
    if record.weights is not None:
        yield "they may be held", _weights(record.weights)
    yield record.sense.value, _bound(record)
    if record.with_agreement is not None:
        yield "with a government arrangement", _amounts(record.with_agreement)
    if record.less_national_use:
        yield "less", "what other buyers use of it (national_use), never below 0"
    if record.barred_tiers:
        yield "no allowance", f"for consignees headquartered in Tier {_tiers(record.barred_tiers)}"
    if record.exports_only:
        yield "not covered", "chips that move within one country"
    if record.assumed:
        yield "assumed", record.assumed
    yield "severity", rule.severity
    yield "can be waived", "yes" if rule.waivable else "no"


def describe_duty(record: DutyRecord) -> Iterator[tuple[str, str]]:
    """The parts of a duty as (label, text), in reading order; parts that it does not have are left out."""
    rule = record.rule
    yield "id", rule.id
    yield "title", rule.title
    yield "citation", rule.citation
    yield "grade", f"{rule.grade} ({GRADES[rule.grade]})"
    if record.first is not None:
        yield "from", str(record.first)
    if record.applies is not None:
        yield "asked of", f"firms with {firms(record.applies)}"
    yield "asked by", _asked_by(record)
    yield "due", _due(record)
    if record.assumed:
        yield "assumed", record.assumed


def describe_reading(reading: Reading) -> Iterator[tuple[str, str]]:
    """The parts of a reading as (label, text): the question, its source, and each option with what it changes."""
    yield "id", reading.id
    yield "question", reading.question
    yield "citation", reading.citation
    yield "grade", f"{reading.grade} ({GRADES[reading.grade]})"
    yield "chosen", reading.chosen
    for option in reading.options:
        changes = ", ".join(f"{path} = {written(value)}" for path, value in option.amend.items())
        yield f"option {option.name}", option.says + (f" ({changes})" if changes else "")


def _asked_by(record: DutyRecord) -> str:
    under = f" under {' or '.join(sorted(record.authorizations))}" if record.authorizations is not None else ""
    from_tpp = f" from {record.at_least:,} TPP on" if record.at_least else ""
    outside = f" outside {', '.join(sorted(record.not_in))}" if record.not_in else ""
    return f"{ASKED_BY[record.when]}{under}{outside}{from_tpp}"


def _due(record: DutyRecord) -> str:
    if record.day is not None:
        return f"on {record.day}"
    if record.dates:
        return "every year on " + " and ".join(f"{int(day[3:])} {MONTHS[int(day[:2]) - 1]}" for day in record.dates)
    if record.days_before:
        return f"{record.days_before} days before the first day of the quarter"
    return "before the first day of the quarter"


def _weights(weights: Weights) -> str:
    paragraphs = ", ".join(str(number) for number in sorted(weights.certified))
    return (
        f"anywhere in Tier {_tiers(weights.free_tiers)}, nowhere in Tier {_tiers(weights.barred_tiers)}; elsewhere at "
        f"a site whose operator is headquartered in Tier {_tiers(weights.operator_tiers)} and certified for "
        f"paragraphs {paragraphs}"
    )


def _days(dates: Dates) -> str:
    return _between(dates.first, dates.last)


def _from_to(record: RuleRecord) -> str:
    return _between(record.first, record.last)


def _between(first: object, last: object) -> str:
    ends = ("" if first is None else f"from {first}", "no end stated" if last is None else f"to {last}")
    return ", ".join(part for part in ends if part)


def firms(test: FirmTest) -> str:
    """Which firms a test asks for, as a clause that follows "firms with"."""
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


def _holds(holds: Holds) -> str:
    """When a firm holds an authorization, such as "aia in Tier 1"."""
    parts = [holds.authorization]
    if holds.statuses is not None:
        parts.append(f"with status {' or '.join(sorted(holds.statuses))}")
    if holds.tiers is not None:
        parts.append(f"in Tier {_tiers(holds.tiers)}")
    if holds.listed:
        parts.append("in the countries that it lists (nveu_countries)")
    return " ".join(parts)


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
        names = " or ".join(holds.authorization for holds in counted.unheld)
        parts.append(f" under {names} where the firm does not hold it")
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
