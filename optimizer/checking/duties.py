"""Duties: notices and reports that a plan triggers, with their dates. They are listed and never broken."""

from __future__ import annotations

from ..errors import Location
from ..frozen import Frozen
from ..limits import Rule


class Duty(Frozen):
    """One notice or report: what the rule asks, by when, and what in the plan asks for it.

    `due` is a date such as 2026-01-15; `about` names the site, country, consignee or period it is about.
    """

    rule: Rule
    due: str
    about: tuple[str, ...]
    sentence: str
    country: str | None = None
    at: Location | None = None
