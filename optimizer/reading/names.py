"""Names that the tables know: country codes and accelerators, with the mend for each usual mistake.

Nothing is guessed: a code that is not in the table is an error, whatever it resembles.
"""

from __future__ import annotations

from typing import Final

from ..domain.catalogue import Catalogue
from ..domain.countries import countries, jurisdiction
from ..errors import show
from .codes import UNKNOWN_ACCELERATOR, UNKNOWN_COUNTRY
from .nodes import Fields, did_you_mean
from .text import Fault, describe, folded, stranger

_LETTERS_LIKE_DIGITS: Final = str.maketrans("oil", "011")
_USUAL_MISTAKES: Final = {"UK": "GB", "EL": "GR", "KO": "KR", "SP": "ES", "JA": "JP"}


def country_fault(text: str) -> Fault | None:
    """The fault of `text` as a country code, None when it is one."""
    if text in countries():
        return None
    return Fault(UNKNOWN_COUNTRY, *_why_no_country(text))


def _why_no_country(text: str) -> tuple[str, str]:
    known = countries()
    foreign = next((c for c in text if not c.isascii()), None)
    if foreign is not None and not _is_name(text):
        import unicodedata

        latin = unicodedata.normalize("NFKC", text).upper()
        meant = f" Did you mean '{latin}'?" if latin in known else ""
        why = f"the character {describe(foreign)} is not a letter from A to Z"
        return why, f"Type the code in Latin letters.{meant}"
    bare = text.strip().upper()
    if bare in known:
        return "a country code is written in capitals, without spaces", f"Write '{bare}'."
    meant_code = _USUAL_MISTAKES.get(bare)
    for row in known.values():
        if meant_code is None and (row.iso3 == bare or text.casefold() in (row.name_en.casefold(), row.name_zh)):
            meant_code = row.iso2
    if meant_code is not None:
        return "not an ISO 3166 alpha-2 country code", f"Did you mean '{meant_code}'?"
    if bare in ("EU", "EEA", "UN"):
        return "not a country", "Name the country in which the GPUs stand."
    why = "not an ISO 3166 alpha-2 country code, and an unknown country has no tier"
    return why, "Write a code such as US, MY or AE."


def _is_name(text: str) -> bool:
    return any(text.casefold() in (row.name_en.casefold(), row.name_zh) for row in countries().values())


def country(fields: Fields, key: str = "country", *, needed: bool = True) -> str:
    """The field as a country code as written; empty, with a problem reported, when it is not one."""
    if not (fields.require(key, "Add an ISO 3166 alpha-2 code such as US.") if needed else fields.has(key)):
        return ""
    text = fields.text(key)
    fault = country_fault(text)
    if not isinstance(fields.values[key].value, str):
        return ""  # reported already
    if fault is None:
        return text
    fields.report(fault.code, key, fault.why, fault.mend)
    return ""


def country_list(fields: Fields, key: str) -> list[str]:
    """The field's list of country codes; wrong ones are reported and left out."""
    codes = []
    for text, at in fields.texts(key):
        fault = country_fault(text)
        if fault is None:
            codes.append(text)
        else:
            fields.problems.add(fault.code, at, fields.name(key), show(text), fault.why, fault.mend)
    return codes


def jurisdictions(fields: Fields, key: str) -> frozenset[str]:
    """The field's list of countries, each as the one whose rules it follows."""
    return frozenset(jurisdiction(code) for code in country_list(fields, key))


def accelerator(fields: Fields, catalogue: Catalogue, key: str = "accelerator") -> str:
    """The field as a catalogue id (aliases resolved); empty, with a problem reported, when there is none."""
    if not fields.require(key, "Name an accelerator of the catalogue, such as h100-sxm."):
        return ""
    text = fields.text(key)
    if not isinstance(fields.values[key].value, str):
        return ""
    found = catalogue.resolve(text)
    if found is None:
        fields.report(UNKNOWN_ACCELERATOR, key, *accelerator_fault(text, catalogue))
        return ""
    return found


def look_alike(text: str, catalogue: Catalogue) -> str | None:
    """The catalogue's accelerator whose id or alias `text` looks like (see `bare`), None when there is none."""
    form = bare(text)
    return next(
        (catalogue.resolve(known) for known in (*catalogue.rows, *catalogue.aliases) if bare(known) == form), None
    )


def bare(name: str) -> str:
    """The letters and digits of `name`, without regard to case, and to which of O and 0, I, l and 1 they are."""
    return "".join(character for character in folded(name) if character.isalnum()).translate(_LETTERS_LIKE_DIGITS)


def accelerator_fault(text: str, catalogue: Catalogue) -> tuple[str, str]:
    """Why `text` is no accelerator, and how to mend it."""
    known = (*catalogue.rows, *catalogue.aliases)
    like = look_alike(text, catalogue) if text else None
    mend = f"Did you mean '{like}'?" if like and not stranger(text) else did_you_mean(text, known)
    return "not in the catalogue, and not among the file's own accelerators", mend
