"""Which authorizations a scenario's new GPUs may be placed under in a country: what it names, and the firm holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain.plan import Firm
from .expand import unheld_authorizations
from .regime import Regime

if TYPE_CHECKING:
    from ..domain.scenario import Authorizations


def usable_authorizations(chosen: Authorizations | None, regime: Regime, firm: Firm, country: str) -> tuple[str, ...]:
    """The authorizations that may be used in `country`, a jurisdiction, in the order in which they are named.

    Where the scenario names none, that is the regime's default alone. What is named for the country itself is taken as
    it is (`misnamed` says what of it the firm does not hold); of what is named for all other countries outside Tier 1,
    the authorizations that the firm does not hold there are passed over, which may leave none.
    """
    if chosen is not None:
        named = chosen.by_country.get(country)
        if named is not None:
            return named
        if chosen.elsewhere is not None and regime.tier(country) != 1:
            unheld = unheld_authorizations(regime, firm, country)
            return tuple(name for name in chosen.elsewhere if name not in unheld)
    return (regime.default_authorization(firm, country),)


def misnamed(chosen: Authorizations, regime: Regime, firm: Firm) -> list[tuple[str, str]]:
    """The countries and authorizations that are named together though the firm does not hold them there."""
    return [
        (country, name)
        for country, named in sorted(chosen.by_country.items())
        for name in named
        if name in unheld_authorizations(regime, firm, country)
    ]
