"""Changes that are no mistakes: they alter no verdict of any plan. Each was thought through, by name."""

from __future__ import annotations

from itertools import product
from typing import Final

FRAMEWORK: Final = ("factsheet-2025", "ifr-2025")
OF_BOTH: Final = ["TIER301", "UVEU100", "AUTH200", "UVEU101", "UVEU102", "CAP201", "LPP501", "NVEU401", "WGT701"]
ALL_RULES: Final = [
    *product(FRAMEWORK, OF_BOTH),
    ("ifr-2025", "AIA250"),
    ("ifr-2025", "UVEU103"),
    ("none", "TIER301"),
]
AUTHORIZATIONS: Final = ("aia", "uveu", "nveu", "allocation", "lpp", "licence")
BUT_LPP: Final = '["aia", "uveu", "nveu", "allocation", "licence"]'

WITHOUT_AMOUNT: Final = "it says in what an amount is written, and the bound is a share or nothing at all."
DEFAULT: Final = "what is left out, or added, is what the field means when it is not there."
SAME_SPAN: Final = "the regime's span begins in 2025Q1, and before that no rule holds, whatever it says itself."
NOT_HELD: Final = "the rule looks at an earlier quarter never, since it holds from 2025Q1 on."
OTHER_FIRMS: Final = "the rule is not for those firms anyway."
NOTHING_LESS: Final = "an allowance of nothing, less what others use, is nothing: no amount is less."
EVERY_COUNTRY: Final = "the rule looks at every country already."
LPP_ALONE: Final = "only low-volume shipments have a consignee's group, and the rule adds up by group."
HOLDABLE: Final = "a low-volume shipment is held by every firm, so the rule never adds one up."
NOT_READ: Final = "a duty of that kind does not ask under which authorization chips stand."
SITE_ALONE: Final = "where weights are held is looked up by site; what else the record measures is not read."
FREE_FIRST: Final = "where weights are free is asked first."
ONE_COUNTRY: Final = "the United States are in Tier 1."
ONLY_RULE: Final = "the regime's one rule says itself that it looks at all chips."
LATE: Final = "the day lies in 2026Q1, and a plan that reaches it has a quarter from 2025Q2 on."
FROM_2025: Final = "years before 2025 are not judged, and what comes in a year from 2025 on came from 2025Q1 on."


def _records() -> dict[str, str]:
    found: dict[str, str] = {}

    def add(reason: str, *names: str) -> None:
        found.update(dict.fromkeys(names, reason))

    for regime, rule in ALL_RULES:
        add(SAME_SPAN, f"{regime} {rule}.from left out", f"{regime} {rule}.from: 2025Q1 -> 2024Q4")
        if rule not in ("CAP201", "LPP501", "NVEU401"):
            add(WITHOUT_AMOUNT, f"{regime} {rule}.unit added: h100e")
        if rule in ("TIER301", "AUTH200"):
            add(NOTHING_LESS, f"{regime} {rule}.less added: national_use")
        if rule in ("UVEU100", "AUTH200", "AIA250", "WGT701"):
            add(DEFAULT, f"{regime} {rule}.measured.span left out")
        if rule in ("UVEU101", "UVEU102", "UVEU103", "CAP201", "NVEU401"):
            add(DEFAULT, f"{regime} {rule}.measured.span added: in_service")
        if rule in ("UVEU101", "UVEU102", "UVEU103", "CAP201", "LPP501", "NVEU401") and regime == "ifr-2025":
            add(DEFAULT, f"{regime} {rule}.measured.chips added: meets_3a090a")
        if rule in ("UVEU101", "UVEU102", "UVEU103"):
            add(OTHER_FIRMS, *(f'{regime} {rule}.unless added: {{"status": ["{one}"]}}' for one in ("none", "nveu")))
    for regime in FRAMEWORK:
        add(NOT_HELD, *(f"{regime} {field}.2025Q1 is 2024Q4" for field in ("CAP201.at_most", "CAP201.with_agreement")))
        add(NOT_HELD, f"{regime} NVEU401.at_most.2025Q1 is 2024Q4")
        add(NOT_HELD, f"{regime} agreement.options.nothing.amend.CAP201.with_agreement.2025Q1 is 2024Q4")
        add(OTHER_FIRMS, *(f'{regime} NVEU401.unless added: {{"status": ["{one}"]}}' for one in ("none", "uveu")))
        add(OTHER_FIRMS, f'{regime} UVEU100.unless.status added: ["uveu"]')
        add(EVERY_COUNTRY, *(f'{regime} AUTH200.everywhere_if added: {{"tiers": ["{tier}"]}}' for tier in "123"))
        add(HOLDABLE, f"{regime} AUTH200.measured.authorizations added: {BUT_LPP}")
        add(LPP_ALONE, f"{regime} LPP501.measured left out", f"{regime} LPP501.measured.authorizations left out")
        add(LPP_ALONE, *(f"{regime} LPP501.measured.authorizations with {a}" for a in AUTHORIZATIONS if a != "lpp"))
        add(FROM_2025, f"{regime} LPP501.measured.received_from added: 2025Q1")
        add(DEFAULT, f"{regime} LPP501.measured.span added: received")
        for duty, one in product(("DUTY602", "DUTY604", "DUTY605", "DUTY608"), AUTHORIZATIONS):
            add(NOT_READ, f'{regime} {duty}.authorizations added: ["{one}"]')
        add(LATE, f"{regime} DUTY608.from added: 2025Q2")
        add(FREE_FIRST, f"{regime} WGT701.weights.barred_tiers with 1")
        add(SITE_ALONE, f"{regime} WGT701.measured left out", f"{regime} WGT701.measured.chips left out")
        add(SITE_ALONE, f"{regime} WGT701.measured.chips: all -> meets_3a090a")
        for one in (*(f'["{a}"]' for a in AUTHORIZATIONS), BUT_LPP):
            add(SITE_ALONE, f"{regime} WGT701.measured.authorizations added: {one}")
        add(SITE_ALONE, *(f'{regime} WGT701.measured.countries added: ["{c}"]' for c in ("US", "DE", "MY", "CN")))
        add(SITE_ALONE, *(f"{regime} WGT701.measured.received_from added: {q}" for q in ("2025Q1", "2025Q2")))
        add(SITE_ALONE, *(f'{regime} WGT701.measured.tiers added: ["{tier}"]' for tier in "123"))
        add(SITE_ALONE, f'{regime} WGT701.measured.sites added: ["north"]')
    add(NOT_HELD, "factsheet-2025 nveu-years.options.halves.amend.NVEU401.at_most.2025Q1 is 2024Q4")
    add(DEFAULT, "ifr-2025 UVEU103.applies.seat left out")
    add(ONE_COUNTRY, 'ifr-2025 UVEU103.applies.tiers added: ["1"]', 'ifr-2025 UVEU103.measured.tiers added: ["1"]')
    add(DEFAULT, "none TIER301.measured.chips left out")
    add(ONLY_RULE, "none measure: all -> meets_3a090a")
    return found


RECORDS: Final = _records()
"""Changes of a regime's file, and why nothing can come out differently."""

CODE: Final[dict[str, str]] = {}
"""Changes of the code, and why nothing can come out differently."""
