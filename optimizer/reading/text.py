"""Which characters a file may hold, and what may stand as a name."""

from __future__ import annotations

import re
from typing import Final

from ..frozen import Frozen
from .codes import BAD_TEXT, FORBIDDEN_CHARACTER

MAX_NAME: Final = 200
"""Characters in a name (of a site, firm, consignee ...)."""

FORBIDDEN: Final = re.compile(
    "\r(?!\n)|"  # alone, it ends a line for YAML, and its comments, but not on every screen
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, ANSI escapes and NEL; tab and line feed may stand
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff"  # invisible, direction, breaks
    "\ud800-\udfff\U000e0000-\U000e0fff]"  # halves of surrogate pairs, tag characters
)
"""Characters that hide or reorder text, steer a terminal, or end a line in some readers and not in others."""


_INVISIBLE: Final = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]")
"""Characters that count as printable and show nothing: two names that look alike must not be two names."""

_CONTROLS: Final = {
    "\x00": "NUL",
    "\x0b": "VERTICAL TAB",
    "\x0c": "FORM FEED",
    "\r": "CARRIAGE RETURN without LINE FEED",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
    "\x9b": "CONTROL SEQUENCE INTRODUCER",
}
"""Names of control characters, which Unicode leaves nameless."""

_LOOK_ALIKES: Final = {
    **str.maketrans("авгеһкмнорстухіјѕѵԁԛԝӏ", "abrehkmhopctyxijsvdqwl"),
    **str.maketrans("αβεζηικμνορτυχ", "abezhikmnoptyx"),
    **str.maketrans("ıɑɡ", "iag"),
    **str.maketrans("\u2010\u2012\u2013\u2014\u2212\u2019", "-----'"),
}
"""Small letters of other scripts, and signs, that look like a Latin one in small or in capitals."""


class Fault(Frozen):
    """What is wrong with a text, before it is known where it stands."""

    code: str
    why: str
    mend: str


def describe(character: str) -> str:
    """A character as ``U+202E (RIGHT-TO-LEFT OVERRIDE)``."""
    import unicodedata  # late, as below: most files are plain ASCII

    name = _CONTROLS.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def forbidden(text: str) -> Fault | None:
    """The fault of the first forbidden character in `text`, None when there is none."""
    match = FORBIDDEN.search(text)
    if match is None:
        return None
    mend = "End lines with LF or CR LF." if match[0] == "\r" else "Remove it."
    return Fault(FORBIDDEN_CHARACTER, f"the character {describe(match[0])} is not allowed", mend)


def stranger(text: str) -> str:
    """The first character of `text` that is not ASCII, described; empty when there is none."""
    return next((describe(character) for character in text if not character.isascii()), "")


def word(text: str) -> Fault | None:
    """The fault of `text` as a name, None when it is one: one line, no spaces at its ends, composed characters."""
    if not text.strip():
        return Fault(BAD_TEXT, "a name is needed here", "Write it, or leave the field out.")
    if len(text) > MAX_NAME:
        return Fault(BAD_TEXT, f"a name has at most {MAX_NAME} characters", "Shorten it.")
    if text != text.strip():
        return Fault(BAD_TEXT, "a name has no spaces at its ends", "Remove the spaces around it.")
    if "\n" in text or "\r" in text or "\t" in text:
        return Fault(BAD_TEXT, "a name stands on one line, without tabs", "Write it on one line.")
    if not text.isascii():
        import unicodedata

        if not unicodedata.is_normalized("NFC", text):
            mend = "Save the file with composed characters (NFC)."
            return Fault(BAD_TEXT, "letters and their accents are written apart", mend)
        hidden = _INVISIBLE.search(text)
        if hidden is not None:
            return Fault(BAD_TEXT, f"the character {describe(hidden[0])} does not show in print", "Remove it.")
    fault = forbidden(text)
    if fault is None and not text.isprintable():
        strange = next(c for c in text if not c.isprintable())
        mend = "Write a plain space, or remove it."
        fault = Fault(BAD_TEXT, f"the character {describe(strange)} does not show in print", mend)
    return fault


def folded(name: str) -> str:
    """`name` with case, spacing, width and look-alike letters made equal, so that one name cannot pass for two."""
    if name.isascii():
        return " ".join(name.split()).casefold()
    import unicodedata

    name = unicodedata.normalize("NFKC", name).casefold().translate(_LOOK_ALIKES)
    return " ".join(name.split())
