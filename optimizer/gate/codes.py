"""The input errors of waivers (IN60), baselines (IN65), comparisons (IN67) and settings (IN7); none changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

BAD_DATE: Final = "IN601"
TOO_LONG: Final = "IN602"
NOT_WAIVABLE: Final = "IN603"
UNKNOWN_RULE: Final = "IN604"
TOO_WIDE: Final = "IN605"

BAD_BASELINE: Final = "IN651"

CANNOT_COMPARE: Final = "IN671"

BAD_SETTING: Final = "IN701"
UNFIT_OPTIONS: Final = "IN702"
NAMED_LIKE_A_PLAN: Final = "IN703"
NAMED_LIKE_AN_INPUT: Final = "IN704"
OUTSIDE_ITS_FOLDER: Final = "IN705"

TIMED_OUT: Final = "IN910"

GATE_CODES: Final[Mapping[str, str]] = {
    BAD_DATE: "Not a date such as 2027-01-31.",
    TOO_LONG: "A waiver lasts longer than 366 days, or ends before it is approved.",
    NOT_WAIVABLE: "The rule cannot be waived.",
    UNKNOWN_RULE: "No regime of this run, and none that ships, has a rule of this name.",
    TOO_WIDE: "A waiver names no single place or consignee, or more quarters than a plan can have.",
    BAD_BASELINE: "The baseline is not one, names the same finding twice, or records what cannot be set aside.",
    CANNOT_COMPARE: "The other version cannot be looked up, so nothing can be compared.",
    BAD_SETTING: "A setting or variable is not known, or its value is not one that is possible there.",
    UNFIT_OPTIONS: "Options that do not fit together, or not the plans that were named.",
    NAMED_LIKE_A_PLAN: "A report has the name of a plan, so that the next run would take it for one.",
    NAMED_LIKE_AN_INPUT: "An output has a name that inputs have, or would replace a file that fleetplan reads.",
    OUTSIDE_ITS_FOLDER: "A settings file lets a report be written outside of its own folder.",
    TIMED_OUT: "The time that --timeout gives was over before this file was judged.",
}
"""What each code means, in one sentence."""
