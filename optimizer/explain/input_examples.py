"""Worked examples of input errors: for the commonest codes what is written wrong, how to mend it, and what to write.

A test runs each of them: what is wrong gives its code, and what is right gives no error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

PLAN: Final = "a plan"
ROW: Final = "a placement of a plan"
TABLE: Final = "a table, such as rows.plan.csv"
WAIVER: Final = "a waiver of waivers.yaml"
SETTINGS: Final = "fleetplan.toml"
"""What a part is a part of."""


class InputExample(NamedTuple):
    """What is `wrong` in a file, how to `mend` it, and the same part when it is `right`.

    `where` says what the part belongs to, one of the words above; `right_in` where the mended part stands, if apart.
    """

    where: str
    wrong: str
    mend: str
    right: str
    right_in: str = ""


_ROW: Final = "{{country: MY, accelerator: h100-sxm, gpus: 800{}}}"
_FITS: Final = _ROW.format("")
_WAIVER: Final = """rule: UVEU101
scope: {scope}
quarters: [2026Q1]
max_excess_tpp: 50000000
reason: Home opens a quarter late.
approved_by: export-compliance@example.com
expires: {expires}"""
_WAIVES: Final = _WAIVER.format(scope="MY", expires="2027-01-31")
_HEADER: Final = "country,site,accelerator,gpus,quarter,authorization,consignee\n"

INPUT_EXAMPLES: Final[Mapping[str, InputExample]] = {
    "IN005": InputExample(
        PLAN,
        "placements: [{country: MY, accelerator: h100-sxm, gpus: 800}",
        "Close every bracket, indent with spaces and not with tabs, and put text with odd signs in quotation marks.",
        "placements: [{country: MY, accelerator: h100-sxm, gpus: 800}]",
    ),
    "IN008": InputExample(
        PLAN,
        "regime: ifr-2025\nregime: none",
        "Keep one of the two; where the same field is meant for two rows, give each row its own '- '.",
        "regime: ifr-2025",
    ),
    "IN009": InputExample(
        PLAN,
        "placements:\n  - &johor {country: MY, accelerator: h100-sxm, gpus: 800}",
        "Write the value out where it is needed; a text that begins with & * or ! stands in quotation marks.",
        "placements:\n  - {country: MY, accelerator: h100-sxm, gpus: 800}",
    ),
    "IN010": InputExample(
        PLAN,
        "placements_file: /data/rows.csv",
        "Put the table into the plan's folder or below it, and name it from there.",
        "placements_file: rows.csv",
    ),
    "IN101": InputExample(
        ROW,
        "{country: MY, accelerator: h100-sxm}",
        "Add the field that the message names.",
        _FITS,
    ),
    "IN102": InputExample(
        ROW,
        _ROW.format(", quater: 2026Q3"),
        "Correct the field's name; the message says which one is near. Nothing that is not known is passed over.",
        _ROW.format(", quarter: 2026Q3"),
    ),
    "IN103": InputExample(
        PLAN,
        "agreements: AE",
        "Write what the message asks for: [ ... ] is a list, {name: value} a mapping.",
        "agreements: [{country: AE, from: 2026Q3}]",
    ),
    "IN104": InputExample(
        ROW,
        "{country: MY, accelerator: h100-sxm, gpus: 1_000}",
        "Write plain digits: no separators, quotation marks, exponents or leading zeros, and no point where the number "
        "is whole.",
        "{country: MY, accelerator: h100-sxm, gpus: 1000}",
    ),
    "IN105": InputExample(
        ROW,
        "{country: MY, accelerator: h100-sxm, gpus: 0}",
        "Correct the number. What leaves service is a row under retirements, not a negative placement.",
        "{country: MY, accelerator: h100-sxm, gpus: 1}",
    ),
    "IN106": InputExample(
        ROW,
        _ROW.format(", authorization: UVEU"),
        "Write one of the words that the message lists, in small letters.",
        _ROW.format(", authorization: uveu"),
    ),
    "IN107": InputExample(
        ROW,
        _ROW.format(", quarter: 2026-Q3"),
        "Write year, Q and a number from 1 to 4.",
        _ROW.format(", quarter: 2026Q3"),
    ),
    "IN108": InputExample(
        PLAN,
        "regime: {extends: ifr-2025, amend: {UVEU101.at_most: 110%}}",
        "Write a share from 0% to 100% with its sign.",
        "regime: {extends: ifr-2025, amend: {UVEU101.at_most: 10%}}",
    ),
    "IN109": InputExample(
        ROW,
        _ROW.format(", site: 'johor '"),
        "Remove spaces at the ends and line breaks, or shorten the name.",
        _ROW.format(", site: johor"),
    ),
    "IN110": InputExample(
        ROW,
        "{country: UK, accelerator: h100-sxm, gpus: 800}",
        "Write the ISO 3166 alpha-2 code in capitals. Nothing is guessed: a country that is not known has no tier.",
        "{country: GB, accelerator: h100-sxm, gpus: 800}",
    ),
    "IN111": InputExample(
        ROW,
        "{country: MY, accelerator: H100, gpus: 800}",
        "Write an id of the catalogue, or describe the accelerator under accelerators.",
        _FITS,
    ),
    "IN112": InputExample(
        PLAN,
        "fleetplan: plan/2",
        "Name the version that this fleetplan reads, or install one that reads the file's.",
        "fleetplan: plan/1",
    ),
    "IN201": InputExample(
        PLAN,
        "placements: []",
        "List placements, or name a table of them: an empty plan is never compliant.",
        f"placements: [{_FITS}]",
    ),
    "IN202": InputExample(
        PLAN,
        "horizon: {first: 2026Q1, last: 2026Q4}\nplacements: [" + _ROW.format(", quarter: 2027Q1") + "]",
        "Correct the quarter, or let the horizon end later.",
        "horizon: {first: 2026Q1, last: 2027Q1}\nplacements: [" + _ROW.format(", quarter: 2027Q1") + "]",
    ),
    "IN203": InputExample(
        PLAN,
        "horizon: {first: 2026Q4, last: 2026Q1}",
        "Exchange or correct the two quarters.",
        "horizon: {first: 2026Q1, last: 2026Q4}",
    ),
    "IN204": InputExample(
        PLAN,
        "agreements: [{country: AE, from: 2026Q3}, {country: AE, from: 2026Q4}]",
        "Keep one of the two.",
        "agreements: [{country: AE, from: 2026Q3}]",
    ),
    "IN205": InputExample(
        PLAN,
        "accelerators: [{accelerator: h100-sxm, tpp: 1583}]",
        "Leave the row out where the catalogue knows the accelerator, or give another chip a name of its own.",
        "accelerators: [{accelerator: my-chip, tpp: 15832}]",
    ),
    "IN206": InputExample(
        TABLE,
        _HEADER + "MY,johor,h100-sxm,800,2026Q3,,",
        "Say whose fleet it is: in fleetplan.toml beside the table, or with --headquarters and --status.",
        '[firm]\nheadquarters = "US"\nstatus = "uveu"',
        SETTINGS,
    ),
    "IN207": InputExample(
        PLAN,
        f"placements: [{_FITS}]\nretirements: [{_ROW.format(', quarter: 2026Q3').replace('800', '900')}]",
        "Take no more than stands there in that quarter; a site or an authorization that is named narrows the choice.",
        f"placements: [{_FITS}]\nretirements: [{_ROW.format(', quarter: 2026Q3')}]",
    ),
    "IN301": InputExample(
        TABLE,
        "country,accelerator,count\nMY,h100-sxm,800",
        "Name the columns as the format does; country, accelerator and gpus are needed.",
        "country,accelerator,gpus\nMY,h100-sxm,800",
    ),
    "IN302": InputExample(
        TABLE,
        "country,accelerator,gpus,quarter\nMY,h100-sxm,800",
        "Give every row as many fields as the header has; an empty field keeps its comma.",
        "country,accelerator,gpus,quarter\nMY,h100-sxm,800,",
    ),
    "IN304": InputExample(
        TABLE,
        "country;accelerator;gpus\nMY;h100-sxm;800",
        "Separate the fields by commas; a spreadsheet offers that as CSV (comma separated).",
        "country,accelerator,gpus\nMY,h100-sxm,800",
    ),
    "IN501": InputExample(
        PLAN,
        "regime: ifr-2026",
        "Name a built-in regime (fleetplan regimes lists them) or the path of a regime file.",
        "regime: ifr-2025",
    ),
    "IN601": InputExample(
        WAIVER,
        _WAIVER.format(scope="MY", expires="31.01.2027"),
        "Write year, month and day.",
        _WAIVES,
    ),
    "IN602": InputExample(
        WAIVER,
        _WAIVER.format(scope="MY", expires="2029-01-31"),
        "End it earlier, or have it approved anew then; approved: DATE says from when its days count.",
        _WAIVES,
    ),
    "IN603": InputExample(
        WAIVER,
        _WAIVES.replace("UVEU101", "TIER301"),
        "Remove the waiver, and mend the plan.",
        _WAIVES,
    ),
    "IN604": InputExample(
        WAIVER,
        _WAIVES.replace("UVEU101", "UVEU1O1"),
        "Correct the rule's id; fleetplan rules lists them.",
        _WAIVES,
    ),
    "IN605": InputExample(
        WAIVER,
        _WAIVER.format(scope="'*'", expires="2027-01-31"),
        "Write one waiver for each country, consignee or site.",
        _WAIVES,
    ),
    "IN701": InputExample(
        SETTINGS,
        '[check]\nfail_on = "error"',
        "Correct the setting's name or value; a name that is not known is never passed over.",
        '[check]\nfail-on = "error"',
    ),
}
"""By code; `fleetplan rules CODE` and docs/rules/inputs.md show them."""


def example_parts(code: str) -> list[str]:
    """The example of a code in Markdown, paragraph by paragraph; empty where there is none."""
    example = INPUT_EXAMPLES.get(code)
    if example is None:
        return []
    right = f"Right, in {example.right_in}:" if example.right_in else "Right:"
    return [
        f"How to mend it: {example.mend}",
        f"Wrong, in {example.where}:",
        f"```\n{example.wrong}\n```",
        right,
        f"```\n{example.right}\n```",
    ]
