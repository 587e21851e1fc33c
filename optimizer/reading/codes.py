"""The input errors: one code per kind of mistake, and the table that the documentation is made from.

A code never changes its meaning and is never used again for another. IN0 is the file itself, IN1 a single field,
IN2 a plan as a whole, IN3 a table, IN4 a scenario. IN5 to IN9 belong to other readers (regimes, waivers, settings).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CANNOT_OPEN: Final = "IN001"
TOO_LARGE: Final = "IN002"
BAD_ENCODING: Final = "IN003"
FORBIDDEN_CHARACTER: Final = "IN004"
BAD_SYNTAX: Final = "IN005"
EMPTY_FILE: Final = "IN006"
SEVERAL_DOCUMENTS: Final = "IN007"
DUPLICATE_KEY: Final = "IN008"
FORBIDDEN_YAML: Final = "IN009"
BAD_PATH: Final = "IN010"
UNKNOWN_FORMAT: Final = "IN011"
CANNOT_WRITE: Final = "IN012"
MISSING_EXTRA: Final = "IN013"

MISSING: Final = "IN101"
UNKNOWN_FIELD: Final = "IN102"
WRONG_TYPE: Final = "IN103"
BAD_NUMBER: Final = "IN104"
OUT_OF_RANGE: Final = "IN105"
BAD_CHOICE: Final = "IN106"
BAD_QUARTER: Final = "IN107"
BAD_SHARE: Final = "IN108"
BAD_TEXT: Final = "IN109"
UNKNOWN_COUNTRY: Final = "IN110"
UNKNOWN_ACCELERATOR: Final = "IN111"
WRONG_SCHEMA: Final = "IN112"
TWO_WAYS: Final = "IN113"

EMPTY_PLAN: Final = "IN201"
OUTSIDE_HORIZON: Final = "IN202"
BAD_HORIZON: Final = "IN203"
NAMED_TWICE: Final = "IN204"
CATALOGUE_CONFLICT: Final = "IN205"
NO_HEAD: Final = "IN206"
TAKES_TOO_MUCH: Final = "IN207"
SUM_TOO_LARGE: Final = "IN208"
SAME_PLACE: Final = "IN209"
LOST_IN_FORMAT: Final = "IN210"

BAD_HEADER: Final = "IN301"
BAD_FIELD_COUNT: Final = "IN302"
BAD_QUOTING: Final = "IN303"
WRONG_DELIMITER: Final = "IN304"
DAMAGED_FILE: Final = "IN305"
BAD_COLUMN_TYPE: Final = "IN306"
BAD_CELL: Final = "IN307"
BAD_SHEET: Final = "IN308"

UNKNOWN_SITE: Final = "IN401"
UNKNOWN_REGION: Final = "IN402"
CONTRADICTION: Final = "IN403"
NOT_PLACEABLE: Final = "IN404"
NOT_YET: Final = "IN405"
UNDECIDABLE: Final = "IN406"

INPUT_CODES: Final[Mapping[str, str]] = {
    CANNOT_OPEN: "The file is missing, cannot be read, or is not a regular file.",
    TOO_LARGE: "The file, a line, a value, the nesting or the number of values is over a limit.",
    BAD_ENCODING: "The file is not UTF-8 text.",
    FORBIDDEN_CHARACTER: "A control, invisible or text-direction character stands in the file.",
    BAD_SYNTAX: "The file is not well-formed YAML, JSON or TOML.",
    EMPTY_FILE: "The file holds nothing.",
    SEVERAL_DOCUMENTS: "The file holds more than one document.",
    DUPLICATE_KEY: "The same field is written twice in one mapping.",
    FORBIDDEN_YAML: "Anchors, aliases, tags, merge keys and keys that are not text are not read.",
    BAD_PATH: "A path in a file is absolute, a URL, or leads out of the file's folder.",
    UNKNOWN_FORMAT: "The file's extension names no format that can be read or written here.",
    CANNOT_WRITE: "The output cannot be written, or would replace an input.",
    MISSING_EXTRA: "The file needs an extra that is not installed.",
    MISSING: "A field that is needed is missing or empty.",
    UNKNOWN_FIELD: "There is no such field here.",
    WRONG_TYPE: "A mapping, a list or a single value stands where another is needed.",
    BAD_NUMBER: "Not a plain number, or not a whole one where one is needed.",
    OUT_OF_RANGE: "A number is below its least or above its greatest value.",
    BAD_CHOICE: "Not one of the words that are possible here.",
    BAD_QUARTER: "Not a quarter such as 2026Q3.",
    BAD_SHARE: "Not a percentage such as 7%.",
    BAD_TEXT: "A name is empty, too long, or holds a line break or spaces at its ends.",
    UNKNOWN_COUNTRY: "Not an ISO 3166 alpha-2 code in capitals (or XK).",
    UNKNOWN_ACCELERATOR: "Neither in the catalogue nor among the file's own accelerators.",
    WRONG_SCHEMA: "The file says that it is something else, or of another version.",
    TWO_WAYS: "Fields that exclude each other are given together.",
    EMPTY_PLAN: "The plan holds no placement.",
    OUTSIDE_HORIZON: "A quarter lies outside the horizon, or where it cannot lie.",
    BAD_HORIZON: "The horizon ends before it begins, is too long, or is missing.",
    NAMED_TWICE: "The same thing is listed twice.",
    CATALOGUE_CONFLICT: "An own accelerator contradicts the catalogue or the arithmetic of 3A090.a.",
    NO_HEAD: "A table of placements has no firm: neither settings nor flags give one.",
    TAKES_TOO_MUCH: "A retirement or move takes more GPUs than stand there.",
    SUM_TOO_LARGE: "The amounts add up to more than a 64-bit whole number.",
    SAME_PLACE: "A move begins and ends at the same place.",
    LOST_IN_FORMAT: "The format that was asked for cannot hold a part of the plan.",
    BAD_HEADER: "A column of the table is missing, unknown or named twice.",
    BAD_FIELD_COUNT: "A row has too few or too many fields.",
    BAD_QUOTING: "Quotation marks in a table are not closed or stand inside a field.",
    WRONG_DELIMITER: "The table is not separated by commas.",
    DAMAGED_FILE: "The workbook or Parquet file is damaged, encrypted, or not what its name says.",
    BAD_COLUMN_TYPE: "A column of a Parquet file holds values of a type that is not read there.",
    BAD_CELL: "A cell of a workbook holds an error, a formula, a value of the wrong type, or is hidden.",
    BAD_SHEET: "A sheet of a workbook is missing, hidden, named twice, or would go unread.",
    UNKNOWN_SITE: "No candidate site has this id.",
    UNKNOWN_REGION: "No bundled demand region has this id, and no sites are given for it.",
    CONTRADICTION: "Two parts of the scenario contradict each other.",
    NOT_PLACEABLE: "The accelerator's unit, power or price is not known, so it cannot be placed.",
    NOT_YET: "The field is part of the format, but this version cannot act on it.",
    UNDECIDABLE: "No plan for the scenario could be judged, so none is looked for.",
}
"""What each code means, in one sentence."""
