"""The input errors of regime files, amendments and own limits: IN5. A code never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

UNKNOWN_REGIME: Final = "IN501"
CIRCLE: Final = "IN502"
BAD_AMENDMENT: Final = "IN503"
BAD_RULE_ID: Final = "IN504"
BAD_BOUND: Final = "IN505"
BAD_RECORD: Final = "IN506"
BAD_TIERS: Final = "IN507"
BAD_READING: Final = "IN508"

REGIME_CODES: Final[Mapping[str, str]] = {
    UNKNOWN_REGIME: "Neither a built-in regime nor a regime file.",
    CIRCLE: "Regime files extend each other in a circle, or too deep.",
    BAD_AMENDMENT: "An amendment names a rule or field that the regime does not have.",
    BAD_RULE_ID: "The id of a rule is taken, reserved or not well-formed.",
    BAD_BOUND: "The bound of a rule is missing, given twice, or not a share or an amount where one is needed.",
    BAD_RECORD: "Parts of a rule's record do not fit together.",
    BAD_READING: "A reading or its option is not there, not well-formed, or settled by an amendment.",
    BAD_TIERS: "A country stands in two tiers, or is a dependency that follows its parent.",
}
"""What each code means, in one sentence."""
