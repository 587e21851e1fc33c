"""Regimes: dated, cited records of rules, and the limits that they set for a firm and its countries and quarters."""

from __future__ import annotations

from ..domain.plan import OWN_GROUP_INDEX
from .authorizing import misnamed, usable_authorizations
from .expand import BY_SUCH_A_FIRM, OWN_GROUP, Subject
from .load import builtin_regimes, load_regime
from .records import Each, RuleRecord
from .regime import Regime, parse_own_limits

__all__ = [
    "BY_SUCH_A_FIRM",
    "OWN_GROUP",
    "OWN_GROUP_INDEX",
    "Each",
    "Regime",
    "RuleRecord",
    "Subject",
    "builtin_regimes",
    "load_regime",
    "misnamed",
    "parse_own_limits",
    "usable_authorizations",
]
