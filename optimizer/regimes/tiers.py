"""Tiers: which country stands in which. Tier 2 is the default, and an unknown code has no tier at all."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..domain.countries import countries
from ..errors import Location, show
from ..frozen import Frozen
from ..reading.codes import UNKNOWN_COUNTRY
from ..reading.nodes import Fields, Node, Problems, did_you_mean
from .codes import BAD_TIERS

GRADES = ("P", "F", "S", "D", "A")
"""Read in the rule's text, stated in the fact sheet, secondary source, derived, assumed."""


class Tiers(Frozen):
    """The jurisdictions of Tier 1 and Tier 3, and where that is said; `assumed` explains doubtful countries."""

    tier1: frozenset[str]
    tier3: frozenset[str]
    citation: str
    grade: str
    assumed: Mapping[str, str]

    def tier(self, country: str) -> int:
        """1, 2 or 3; a dependency has its parent's. KeyError for a code that is in no list: never a default."""
        row = countries()[country]
        code = row.follows or row.iso2
        return 1 if code in self.tier1 else 3 if code in self.tier3 else 2

    def members(self, tiers: frozenset[int]) -> frozenset[str]:
        """Every jurisdiction of the country table in one of `tiers`."""
        return _members(self.tier1, self.tier3, tiers)


@lru_cache(maxsize=64)
def _members(tier1: frozenset[str], tier3: frozenset[str], tiers: frozenset[int]) -> frozenset[str]:
    return frozenset(
        code
        for code, row in countries().items()
        if row.follows is None and (1 if code in tier1 else 3 if code in tier3 else 2) in tiers
    )


def jurisdictions(fields: Fields, key: str) -> frozenset[str]:
    """The field's list of country codes; a code that is unknown, or that follows another, is a problem."""
    return frozenset(
        code for code, at in fields.texts(key) if known_jurisdiction(code, at, fields.name(key), fields.problems)
    )


def known_jurisdiction(code: str, at: Location, field: str, problems: Problems) -> bool:
    """Whether `code` is a country that stands for itself; a problem otherwise."""
    row = countries().get(code)
    if row is None:
        why = "not a country code of ISO 3166 alpha-2 in capitals (or XK)"
        problems.add(UNKNOWN_COUNTRY, at, field, show(code), why, did_you_mean(code, countries()))
        return False
    if row.follows is not None:
        why = f"{row.name_en} follows {row.follows} in every rule and is not counted by itself"
        problems.add(BAD_TIERS, at, field, show(code), why, f"Write {row.follows}, or leave it out.")
        return False
    return True


def parse_tiers(node: Node, problems: Problems) -> Tiers:
    """The `tiers` part of a regime file."""
    fields = Fields(node, "tiers", problems)
    for key in ("citation", "grade", "tier1", "tier3"):
        fields.require(key)
    tier1, tier3 = jurisdictions(fields, "tier1"), jurisdictions(fields, "tier3")
    for code in sorted(tier1 & tier3):
        fields.report(BAD_TIERS, "tier3", "the country stands in Tier 1 as well", "Keep it in one.", found=show(code))
    assumed = {}
    for code, text in fields.mapping("assumed").items():
        if known_jurisdiction(code, text.at, "tiers.assumed", problems):
            assumed[code] = str(text.value)
    for code, node in fields.mapping("move").items():
        tier = str(node.value)
        if tier not in ("1", "2", "3"):
            mend = "Write {CY: 3}."
            problems.add(BAD_TIERS, node.at, f"tiers.move.{code}"[:120], node.kind(), "a tier is 1, 2 or 3", mend)
        elif known_jurisdiction(code, node.at, "tiers.move", problems):
            tier1 = tier1 | {code} if tier == "1" else tier1 - {code}
            tier3 = tier3 | {code} if tier == "3" else tier3 - {code}
    tiers = Tiers(tier1, tier3, fields.text("citation"), fields.choice("grade", GRADES, "A"), assumed)
    fields.done()
    return tiers
