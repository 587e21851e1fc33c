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
NOT_READ: Final = "a duty of that kind does not ask where chips stand and under which authorization."
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
        if rule == "AUTH200":
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
        for duty, one in product(("DUTY602", "DUTY604", "DUTY605", "DUTY608"), ("US", "DE", "MY", "CN")):
            add(NOT_READ, f'{regime} {duty}.not_in added: ["{one}"]')
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

BY_REASON: Final[dict[str, tuple[str, ...]]] = {
    "only the words, the order or the place of a finding hang on it, not its verdict.": (
        "check._judge: 0 -> -1 in: at=rows[0].at if rows else None,",
        "check._judge: codes.get(limit. ... try else None -> codes.get(limit. ... try else None",
        "check._judge: verdict in ('fail', 'undecided') -> verdict not in ( ...  'undecided')",
        "check._undecided: -row.gpus * chip ... elerator].tpp -> -row.gpus + chip ... elerator].tpp",
        "check._undecided: -row.gpus -> row.gpus",
        "check._undecided: 0 -> -1 in: at=rows[0].at,",
        "check._undecided: 0 -> -1 in: base=0,",
        "check._undecided: 0 -> 1 in: base=0,",
        "checking.books._Entries._take: f' under {author ... ation else '' -> f' under {author ... ation else ''",
        "checking.books._Entries._take: f', {show(site)}' if site else '' -> f', {show(site)} ...  site else ''",
        "checking.duties._new_locations: site is not None -> site is None",
        "checking.duties._places: 0 -> -1 in: found.setdefault ... ows[0][0].at)",
        "checking.duties._shipments: who == OWN_GROUP_INDEX -> who != OWN_GROUP_INDEX",
        "regimes.expand._hardest: 0 -> -1 in: return held[0]",
        "regimes.expand._hardest: 0 -> -1 in: return undecided[0]",
        'regimes.expand._no_value: 0 -> -1 in: reach = f"end wi ... steps[0][0]}"',
        'regimes.expand._scopes: 1 -> 0 in: for country, sit ... e[1] or "")):',
    ),
    "a limit without a base has no share of it either, so it is multiplied by nothing.": (
        "check._judge: 0 -> -1 in: nothing = Amount(0, {})",
        "check._judge: 0 -> 1 in: nothing = Amount(0, {})",
        "check._verdict: 0 -> -1 in: base.tpp + sum(b ... e in harder),",
        "check._verdict: 0 -> -1 in: name: sign * (q  ... get(name, 0)) (2)",
        "check._verdict: 0 -> 1 in: base.tpp + sum(b ... e in harder),",
        "check._verdict: 0 -> 1 in: name: sign * (q  ... get(name, 0)) (2)",
    ),
    "an unknown chip has at least 1,600 TPP: what it adds is never one, and adding nothing adds nothing.": (
        "check._verdict: 0 -> -1 in: harder = [name f ...  if part > 0]",
        "check._verdict: 0 -> -1 in: if certain + sum ... art < 0) > 0:",
        "check._verdict: 0 -> -1 in: if certain + sum ... rt > 0) <= 0:",
        "check._verdict: 0 -> 1 in: harder = [name f ...  if part > 0]",
        "check._verdict: 0 -> 1 in: if certain + sum ... art < 0) > 0:",
        "check._verdict: 0 -> 1 in: if certain + sum ... rt > 0) <= 0:",
        "check._verdict: part < 0 -> part <= 0",
        "check._verdict: part > 0 -> part >= 0",
        "check._verdict: part > 0 -> part >= 0 (2)",
    ),
    "only notes hang on it, which tests/check/test_notes.py looks at.": (
        "check.check:  for f in findin ... nding.APPLIES ->  for f in findin ... ding.APPLIES)",
        "check.check: f.gpus and f.lim ... nding.APPLIES -> f.gpus or f.limi ... nding.APPLIES",
        "check.check: f.limit.standing ... nding.APPLIES -> f.limit.standing ... nding.APPLIES",
        "checking.books._Entries._take: 1 -> 0 in: if authorization ...  taken}) > 1:",
        "checking.books._Entries._take: 1 -> 2 in: if authorization ...  taken}) > 1:",
        "checking.books._Entries._take: authorization is None -> authorization is not None",
        "checking.books._Entries._take: authorization is ... n taken}) > 1 -> authorization is ... n taken}) > 1",
        "checking.books._Entries._take: if authorization ... n taken}) > 1 -> if not (authoriz ...  taken}) > 1)",
        "checking.books._Entries._take: len({holding.aut ... n taken}) > 1 -> len({holding.aut ...  taken}) <= 1",
        "checking.books._Entries._take: len({holding.aut ... n taken}) > 1 -> len({holding.aut ...  taken}) >= 1",
        "ledger.Ledger._sum: 0 -> -1 in: counted[name] =  ... me, 0) + gpus",
        "ledger.Ledger._sum: 0 -> 1 in: counted[name] =  ... me, 0) + gpus",
        "ledger.Ledger._sum: counted.get(name, 0) + gpus -> counted.get(name, 0) - gpus",
    ),
    "it guards against plans that ask for millions of limits, and is no rule.": (
        "regimes.expand.expand: len(found) > MOST_LIMITS -> len(found) >= MOST_LIMITS",
    ),
    "days of a further year lie after the last day.": (
        "checking.duties._every_year: 1 -> 2 in: for year in rang ... 1].year + 1): (2)",
    ),
    "no day of the records is the first or the last of a quarter, or next to one.": (
        "checking.duties._every_year: first <= due <= last -> first < due <= last",
        "checking.duties._every_year: first <= due <= last -> first <= due < last",
        "checking.duties._once: record.day <= la ... quarters[-1]) -> record.day < las ... quarters[-1])",
        "checking.duties.last_day: 1 -> 0 in: return days_befo ... rter + 1), 1) (2)",
        "checking.duties.last_day: 1 -> 2 in: return days_befo ... rter + 1), 1) (2)",
    ),
    "where a limit does not apply or is not decided, nothing is compared with its bound.": (
        "checking.unjudged._limit: 0 -> -1 in: fixed=0,",
        "checking.unjudged._limit: 0 -> -1 in: share=Fraction(0),",
        "checking.unjudged._limit: 0 -> 1 in: fixed=0,",
        "checking.unjudged._limit: 0 -> 1 in: share=Fraction(0),",
        "regimes.expand._not_for_firm: 0 -> -1 in: fixed=0,",
        "regimes.expand._not_for_firm: 0 -> 1 in: fixed=0,",
        "regimes.expand._stands_not: 0 -> -1 in: return Held(stan ... hy, _ZERO, 0)",
        "regimes.expand._stands_not: 0 -> 1 in: return Held(stan ... hy, _ZERO, 0)",
    ),
    "of chips that are equally old no account tells whose leave first.": (
        "ledger.Ledger._age: group is None -> group is not None",
        "ledger.Ledger._age: group or '' -> group and ''",
    ),
    "what was older is older still.": (
        "ledger.Ledger._age: 0 -> -1 in: age = int(holdin ... start else 0)",
        "ledger.Ledger._age: 1 -> 2 in: age = int(holdin ... start else 0)",
    ),
    "there is one element.": ("ledger.Ledger._ever_received: 0 -> -1 in: return self._by_ ... Span.EVER)[0]",),
    "no amount is asked for before every row has been entered.": (
        "ledger.Ledger.receive: if self._places -> if not self._places",
    ),
    "in the last quarter there is a value, and this is asked where there is none.": (
        "regimes.expand._no_value: quarter > values.to -> quarter >= values.to",
    ),
}

CODE: Final = {name: reason for reason, names in BY_REASON.items() for name in names}
"""Changes of the code, and why nothing can come out differently."""
