"""From records to limits: each rule at every index that a firm, its countries and its quarters give it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..domain.countries import jurisdiction
from ..domain.plan import OWN_GROUP_INDEX, Firm, SiteOperator
from ..errors import InputError, Problem, show
from ..frozen import Frozen
from ..limits import NOTHING, Account, Chips, Limit, Selection, Sense, Span, Standing
from ..reading.codes import TOO_LARGE
from ..units import Quarter
from .records import Counted, Each, FirmTest, Holds, RuleRecord, Values, Weights

if TYPE_CHECKING:
    from .regime import Regime

OWN_GROUP = ""
"""The key of the firm's own group among the parents of consignees."""
MOST_LIMITS = 60_000
BY_SUCH_A_FIRM = "not for the country, but for a firm with this headquarters or ultimate parent"
"""Why a limit looks at a country that its rule would else leave alone."""
_EMPTY: Mapping[str, Any] = MappingProxyType({})
_NONE: Values[int] = Values(((None, 0),))
_ZERO = Fraction(0)


class Subject(Frozen):
    """Whom and what the limits are made for.

    `countries` are the jurisdictions that placements or candidate sites touch; `consignee_parents` the parents of
    those who receive low-volume shipments (OWN_GROUP for the firm's own group), of which `barred_parents` have a
    consignee with no allowance, and `shipment_years` the years of such shipments, before the first quarter too;
    `weights_at` are the countries and sites (None: not named) that hold closed model weights; `operators` who operates
    a site; `agreements` and `national_use` are as in a plan.
    """

    firm: Firm
    quarters: Collection[Quarter]
    countries: Collection[str]
    consignee_parents: Collection[str] = ()
    agreements: Mapping[str, Quarter] = _EMPTY
    national_use: Mapping[str, int] = _EMPTY
    barred_parents: Collection[str] = ()
    shipment_years: Collection[int] = ()
    weights_at: Collection[tuple[str, str | None]] = ()
    operators: Mapping[str, SiteOperator] = _EMPTY


class Scope(Frozen):
    """One place that a record is applied at: the head of its index, and what is measured there.

    `barred`, with a reason, means that nothing is allowed there; `unknown`, that it cannot be known what is. `because`
    is why the place is looked at, where that is not for the place itself.
    """

    head: tuple[str, ...]
    selection: Selection
    country: str | None = None
    barred: str = ""
    unknown: str = ""
    because: str = ""


class Held(Frozen):
    """Whether a limit stands at a date, and its share and amount there."""

    standing: Standing
    why: str
    share: Fraction
    fixed: int


def expand(regime: Regime, subject: Subject) -> list[Limit]:
    """Every limit of the regime for `subject`, in the order rule, country, period.

    Raises InputError where there are more than MOST_LIMITS: a short file can ask for millions.
    """
    found: list[Limit] = []
    for record in regime.records:
        if record.applies is not None and not _meets(record.applies, regime, subject.firm):
            found.append(_not_for_firm(record))
            continue
        base = None if record.of is None else _selection(record.of, regime)
        for scope in _scopes(record, regime, subject):
            found += _limits(record, scope, base, subject)
            if len(found) > MOST_LIMITS:
                why = f"the plan asks for more than {MOST_LIMITS:,} limits"
                mend = "Shorten the horizon, or check fewer countries and consignees at once."
                raise InputError([Problem(TOO_LARGE, record.at, record.rule.id, "", why, mend)])
    return found


def _meets(test: FirmTest, regime: Regime, firm: Firm) -> bool:
    return test.holds(firm, jurisdiction, regime.tier)


def _not_for_firm(record: RuleRecord) -> Limit:
    return Limit(
        rule=record.rule,
        index=("firm",),
        measured=Account(NOTHING, Span.EVER, None),
        sense=record.sense,
        share=_ZERO,
        base=None,
        fixed=0,
        standing=Standing.NOT_APPLICABLE,
        why="it does not hold for this firm",
    )


def _scopes(record: RuleRecord, regime: Regime, subject: Subject) -> Iterator[Scope]:
    """The places that a record is applied at."""
    excused = record.unless is not None and _meets(record.unless, regime, subject.firm)
    if record.each is Each.CONSIGNEE_YEAR:
        for parent in sorted(subject.consignee_parents):
            chosen = _selection(record.measured, regime, consignee_parents=frozenset((parent,)))
            barred = ""
            if record.barred_tiers and parent in subject.barred_parents:
                barred = "a consignee of this group is headquartered where no allowance is given"
                chosen = chosen._replace(chips=Chips.ALL)  # like the ban on Tier 3, it looks at every chip
            yield Scope((parent or OWN_GROUP_INDEX,), NOTHING if excused else chosen, barred=barred)
    elif record.weights is not None:
        for country, site in sorted(subject.weights_at, key=lambda place: (place[0], place[1] or "")):
            scope = _weights_scope(record.weights, country, site, regime, subject)
            yield scope.replace(selection=NOTHING) if excused else scope
    elif record.each.by_country:
        everywhere = record.everywhere_if is not None and _meets(record.everywhere_if, regime, subject.firm)
        for country in _countries(record, regime, subject):
            unheld = _unheld(record.measured.unheld, country, regime, subject.firm)
            chosen = _selection(record.measured, regime, countries=frozenset((country,)), unheld=unheld)
            elsewhere = (
                everywhere and record.measured.tiers is not None and regime.tier(country) not in (record.measured.tiers)
            )
            because = BY_SUCH_A_FIRM if elsewhere else ""
            yield Scope((country,), NOTHING if excused else chosen, country, because=because)
    else:
        head = ("firm",) if record.each is Each.FIRM else ()
        yield Scope(head, NOTHING if excused else _selection(record.measured, regime))


def _weights_scope(weights: Weights, country: str, site: str | None, regime: Regime, subject: Subject) -> Scope:
    """What a rule on closed model weights measures at a site: nothing where they may be held."""
    sites = None if site is None else frozenset((site,))
    held = Selection(countries=frozenset((country,)), sites=sites, weights=True)
    scope = Scope((country,) if site is None else (country, site), held, country)
    tier = regime.tier(country)
    if tier in weights.free_tiers:
        return scope.replace(selection=NOTHING)
    if tier in weights.barred_tiers:
        return scope.replace(barred=f"no closed weights may be held in Tier {tier}")
    if site is None:
        return scope.replace(unknown="no site is named, so it is not known who operates it")
    operator = subject.operators.get(site)
    if operator is None:
        return scope.replace(unknown=f"site_operators does not say who operates {show(site)}")
    if regime.tier(jurisdiction(operator.headquarters)) not in weights.operator_tiers:
        return scope.replace(barred="the site's operator is not headquartered in Tier 1")
    lacking = sorted(weights.certified - operator.certified)
    if lacking:
        paragraphs = ", ".join(str(paragraph) for paragraph in lacking)
        return scope.replace(barred=f"the site's operator is not certified for paragraph {paragraphs}")
    return scope.replace(selection=NOTHING)


def _countries(record: RuleRecord, regime: Regime, subject: Subject) -> list[str]:
    """The countries that a record by country has a limit for, in order.

    Countries that the record names have one whether or not they are touched: a floor there would else be kept by
    placing nothing.
    """
    if record.everywhere_if is not None and _meets(record.everywhere_if, regime, subject.firm):
        return sorted({jurisdiction(code) for code in subject.countries})
    measured = record.measured
    chosen = measured.countries
    if chosen is None:
        chosen = frozenset(jurisdiction(code) for code in subject.countries)
    if measured.tiers is not None:
        chosen = frozenset(code for code in chosen if regime.tier(code) in measured.tiers)
    if measured.listed:
        chosen &= frozenset(jurisdiction(code) for code in subject.firm.nveu_countries)
    return sorted(chosen)


def _selection(
    counted: Counted,
    regime: Regime,
    *,
    countries: frozenset[str] | None = None,
    consignee_parents: frozenset[str] | None = None,
    unheld: frozenset[str] | None = None,
) -> Selection:
    """What is summed; `countries` given stands for the record's own countries and tiers.

    Tiers become every country of the table in them, not only those touched, so nothing can be left out.
    """
    if countries is None:
        countries = counted.countries
        if counted.tiers is not None:
            members = regime.tiers.members(counted.tiers)
            countries = members if countries is None else countries & members
    authorizations = counted.authorizations
    if unheld is not None:
        authorizations = unheld if authorizations is None else authorizations & unheld
    return Selection(
        countries=countries,
        authorizations=authorizations,
        sites=counted.sites,
        consignee_parents=consignee_parents,
        received_from=counted.received_from,
        chips=counted.chips,
    )


def unheld_authorizations(regime: Regime, firm: Firm, country: str) -> frozenset[str]:
    """The authorizations that a rule of the regime forbids in `country` because the firm does not hold them there."""
    tables = (_unheld(record.measured.unheld, country, regime, firm) for record in regime.records)
    return frozenset().union(*(names for names in tables if names is not None))


def _unheld(table: tuple[Holds, ...], country: str, regime: Regime, firm: Firm) -> frozenset[str] | None:
    """The authorizations of `table` that the firm does not hold in `country`; None for an empty table."""
    if not table:
        return None
    listed = {jurisdiction(code) for code in firm.nveu_countries}
    return frozenset(
        holds.authorization
        for holds in table
        if (holds.statuses is not None and firm.status not in holds.statuses)
        or (holds.tiers is not None and regime.tier(country) not in holds.tiers)
        or (holds.listed and country not in listed)
    )


def _limits(record: RuleRecord, scope: Scope, base: Selection | None, subject: Subject) -> Iterator[Limit]:
    """The limits of one scope, period by period."""
    for period, held in _periods(record, scope, subject):
        label = () if period is None else (str(period),)
        yield Limit(
            rule=record.rule,
            index=(*scope.head, *label),
            measured=Account(scope.selection, record.span, period),
            sense=record.sense,
            share=held.share,
            base=None if base is None else Account(base, record.span, period),
            fixed=held.fixed,
            country=scope.country,
            period=period,
            standing=held.standing,
            why=held.why,
        )


def _periods(record: RuleRecord, scope: Scope, subject: Subject) -> Iterator[tuple[Quarter | int | None, Held]]:
    """The periods of a scope, and what holds in each.

    A year holds the value that is harder on the plan where it changes within the year, and none where a quarter of it
    has none. What has no period stands when it holds in any judged quarter.
    """
    quarters = sorted(subject.quarters)
    if record.each.by_quarter:
        for quarter in quarters:
            if record.in_quarters is None or Quarter(quarter).number in record.in_quarters:
                yield quarter, _held(record, scope, quarter, subject)
    elif record.each is Each.CONSIGNEE_YEAR:
        for year in sorted({quarter.year for quarter in quarters} | set(subject.shipment_years)):
            yield year, _hardest(record, [_held(record, scope, Quarter(4 * year + n), subject) for n in range(4)])
    else:
        yield None, _hardest(record, [_held(record, scope, quarter, subject) for quarter in quarters])


def _hardest(record: RuleRecord, held: list[Held]) -> Held:
    """Of what holds in several quarters, what the plan must keep in all of them."""
    undecided = [one for one in held if one.standing is Standing.UNDECIDED]
    if undecided:
        return undecided[0]
    applies = [one for one in held if one.standing is Standing.APPLIES]
    if not applies:
        return held[0]
    pick = min if record.sense is Sense.AT_MOST else max
    return pick(applies, key=lambda one: (one.share, one.fixed))


def _held(record: RuleRecord, scope: Scope, quarter: Quarter, subject: Subject) -> Held:
    """What holds in `quarter`."""
    if record.first is not None and quarter < record.first:
        return _stands_not(Standing.NOT_APPLICABLE, f"it holds from {record.first} on")
    if record.last is not None and quarter > record.last:
        return _stands_not(Standing.NOT_APPLICABLE, f"it held until {record.last}")
    if scope.unknown:
        return _stands_not(Standing.UNDECIDED, scope.unknown)
    if scope.barred:
        return Held(Standing.APPLIES, scope.barred, _ZERO, 0)
    share = _ZERO
    if record.share is not None:
        part = record.share.at(quarter)
        if part is None:
            return _no_value(record.share, quarter)
        share = part
    amounts = record.amount if record.amount is not None else _NONE
    if record.with_agreement is not None and scope.country is not None:
        agreed = subject.agreements.get(scope.country)
        if agreed is not None and quarter >= agreed:
            amounts = record.with_agreement
    amount = amounts.at(quarter)
    if amount is None:
        return _no_value(amounts, quarter)
    why = scope.because
    if record.less_national_use and scope.country is not None:
        used = subject.national_use.get(scope.country, 0)
        why = f"others use {used:,} TPP of the cap of {amount:,}" if used else ""
        amount = max(0, amount - used)
    return Held(Standing.APPLIES, why, share, amount)


def _stands_not(standing: Standing, why: str) -> Held:
    return Held(standing, why, _ZERO, 0)


def _no_value(values: Values[Fraction] | Values[int], quarter: Quarter) -> Held:
    over = values.to is not None and quarter > values.to
    reach = f"end with {values.to}" if over else f"begin with {values.steps[0][0]}"
    return _stands_not(Standing.UNDECIDED, f"its values {reach}, and a date with no value is never without a limit")
