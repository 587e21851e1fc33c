"""Which limits a scenario has to keep: the regime's and the firm's own, at every place it can touch."""

from __future__ import annotations

from ..domain.countries import jurisdiction
from ..domain.scenario import Scenario
from ..errors import InputError, Location, Problem, show
from ..limits import Limit, Sense, Standing
from ..reading.codes import CONTRADICTION, NOT_YET, OUTSIDE_HORIZON
from ..regimes import OWN_GROUP, Regime, Subject, misnamed, usable_authorizations


def limits_of(scenario: Scenario, regime: Regime) -> list[Limit]:
    """Every limit that the scenario's sites and fleet can touch.

    Raises InputError where the regime does not decide (a plan that cannot be judged is not looked for), and for a floor
    in whatever country is touched: a plan keeps that by staying away, which no row of a linear program says.
    """
    _refuse_floors_anywhere(regime)
    _refuse_unheld_authorizations(scenario, regime)
    places = [site.country for site in scenario.sites] + [row.country for row in scenario.fleet]
    subject = Subject(
        firm=scenario.firm,
        quarters=tuple(scenario.horizon),
        countries={jurisdiction(code) for code in places},
        consignee_parents={OWN_GROUP for name in _authorizations(scenario, regime) if name == "lpp"},
        shipment_years={
            row.quarter.year
            for row in scenario.fleet
            if row.authorization == "lpp" and row.quarter is not None and row.quarter >= regime.first
        },
        weights_at={(jurisdiction(row.country), row.site) for row in scenario.fleet if row.holds_weights},
        agreements={jurisdiction(code): quarter for code, quarter in scenario.agreements.items()},
        national_use={jurisdiction(code): tpp for code, tpp in scenario.national_use.items()},
    )
    limits = regime.limits(subject)
    undecided = [limit for limit in limits if limit.standing is Standing.UNDECIDED]
    if undecided:
        first = undecided[0]
        raise InputError(
            [
                Problem(
                    OUTSIDE_HORIZON,
                    scenario.regime.at or Location(scenario.file or "scenario"),
                    "horizon",
                    f"{scenario.horizon.first} to {scenario.horizon.last}",
                    f"{first.name} and {len(undecided) - 1} more limits cannot be decided: {first.why}",
                    "End the horizon earlier, or amend the regime with a value for those dates.",
                )
            ]
        )
    return limits


def _authorizations(scenario: Scenario, regime: Regime) -> set[str]:
    """Every authorization that the fleet's rows write and that may be used at the sites."""
    written = {row.authorization for row in scenario.fleet if row.authorization is not None}
    places = {jurisdiction(site.country) for site in scenario.sites}
    usable = (usable_authorizations(scenario.authorizations, regime, scenario.firm, code) for code in places)
    return written.union(*usable)


def _refuse_unheld_authorizations(scenario: Scenario, regime: Regime) -> None:
    """Raise InputError where the scenario names an authorization for a country in which the firm does not hold it."""
    chosen = scenario.authorizations
    if chosen is None:
        return
    at = chosen.at or Location(scenario.file or "scenario")
    why = "the firm does not hold it there"
    mend = "Take it out of the country's list, or give the firm the status that it needs."
    problems = [
        Problem(CONTRADICTION, at, "authorizations", show(f"{country}: {name}"), why, mend)
        for country, name in misnamed(chosen, regime, scenario.firm)
    ]
    if problems:
        raise InputError(problems)


def _refuse_floors_anywhere(regime: Regime) -> None:
    why = "this version cannot plan under a floor for each country that is touched"
    mend = "Name the countries that have the floor (measured: {countries: [...]})."
    problems = [
        Problem(NOT_YET, record.at, record.rule.id, "", why, mend)
        for record in regime.records
        if record.sense is Sense.AT_LEAST and record.each.by_country and record.measured.countries is None
    ]
    if problems:
        raise InputError(problems)
