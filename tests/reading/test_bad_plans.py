"""Every way to get a plan wrong ends in a code, a line and a mend; none ends in a plan."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from reading_helpers import HEAD, US_FIRM, problems_of

from optimizer.reading import INPUT_CODES


class Bad(NamedTuple):
    """A plan, the code and line of its first problem, and words that its mend must hold."""

    text: str
    code: str
    line: int | None
    mend: str


def row(**fields: str) -> str:
    """A plan whose one placement, on line 4, has these fields."""
    written = {"country": "US", "accelerator": "h100-sxm", "gpus": "8"} | fields
    inside = ", ".join(f"{key}: {value}" for key, value in written.items() if value != "-")
    return f"{HEAD}placements:\n  - {{{inside}}}\n"


def head(firm: str = "{headquarters: US, status: uveu}", more: str = "") -> str:
    """A plan with this firm on line 2 and, on line 3, another field."""
    return f"fleetplan: plan/1\nfirm: {firm}\n{more}\nplacements: [{{country: US, accelerator: h100-sxm, gpus: 8}}]\n"


def rest(more: str) -> str:
    """A plan with further fields from line 3 on."""
    return f"{HEAD}{more}\nplacements: [{{country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}}]\n"


SYNTAX = {
    "empty": Bad("", "IN006", None, "Write a plan"),
    "spaces": Bad("  \n\n", "IN006", None, "Write a plan"),
    "comments only": Bad("# nothing\n", "IN006", None, "Write a plan"),
    "two documents": Bad(row() + "---\na: 1\n", "IN007", 5, "one document"),
    "tab for indentation": Bad(HEAD + "placements:\n\t- {country: US}\n", "IN005", 4, "spaces, not with tabs"),
    "unclosed brace": Bad(HEAD + "placements: [{country: US\n", "IN005", 4, "brackets"),
    "at sign": Bad(HEAD + "placements: @here\n", "IN005", 3, "quotation marks"),
    "NUL": Bad(HEAD + "x: a\0b\n", "IN004", 3, "Remove"),
    "ANSI escape": Bad(HEAD + "x: \x1b[31mred\n", "IN004", 3, "Remove"),
    "bidi override": Bad(HEAD + "x: a\u202eb\n", "IN004", 3, "Remove"),
    "zero-width space": Bad(HEAD + "x: a\u200bb\n", "IN004", 3, "Remove"),
    "line separator": Bad(HEAD + "x: a\u2028b\n", "IN004", 3, "Remove"),
    "escaped NUL": Bad(row(site='"a\\0b"'), "IN004", 4, "Remove"),
    "escaped bidi override": Bad(row(site='"a\\u202eb"'), "IN004", 4, "Remove"),
    "escaped ANSI": Bad(row(site='"\\x1b[31m"'), "IN004", 4, "Remove"),
    "python tag": Bad(row(site="!!python/object:os.system x"), "IN009", 4, "quotation marks"),
    "string tag": Bad(row(site="!!str x"), "IN009", 4, "quotation marks"),
    "anchor": Bad(row(site="&a x"), "IN009", 4, "write the value out"),
    "alias": Bad(HEAD + "x: &a 1\ny: *a\n", "IN009", 3, "write the value out"),
    "merge key": Bad(row(**{"<<": "{}"}), "IN009", 4, "Write the fields out"),
    "list as key": Bad(HEAD + "? [a]\n: b\n", "IN009", 3, "before the colon"),
    "nothing as key": Bad(HEAD + "?\n: b\n", "IN009", 3, "before the colon"),
    "tag directive": Bad("%TAG ! tag:example.org,2000:\n---\n" + row(), "IN009", 1, "Remove the directive"),
    "duplicate key": Bad(row() + "regime: none\nregime: ifr-2025\n", "IN008", 6, "Remove one"),
    "duplicate key in a row": Bad(row(**{" gpus": "9"}), "IN008", 4, "Remove one"),
    "nested too deep": Bad(HEAD + "x: " + "[" * 70 + "]" * 70 + "\n", "IN002", 3, "Flatten"),
    "nesting bomb": Bad("[" * 50_000, "IN002", 1, "Flatten"),
    "thousands in a row": Bad(row(gpus="1,000"), "IN104", 4, "Write 1000"),
    "value too long": Bad(HEAD + "x: " + "a" * 70_000 + "\n", "IN002", 3, "Shorten"),
}

NUMBERS = {
    "exponent": Bad(row(gpus="1e5"), "IN104", 4, "without an exponent"),
    "infinite exponent": Bad(row(gpus="1e309"), "IN104", 4, "without an exponent"),
    "infinity": Bad(row(gpus=".inf"), "IN104", 4, "plain digits"),
    "not a number": Bad(row(gpus=".nan"), "IN104", 4, "plain digits"),
    "negative": Bad(row(gpus="-8"), "IN105", 4, "Correct it"),
    "zero": Bad(row(gpus="0"), "IN105", 4, "Correct it"),
    "true": Bad(row(gpus="true"), "IN104", 4, "plain digits"),
    "quoted": Bad(row(gpus='"12"'), "IN104", 4, "plain digits"),
    "fraction": Bad(row(gpus="12.5"), "IN104", 4, "without a decimal point"),
    "whole with a point": Bad(row(gpus="12.0"), "IN104", 4, "without a decimal point"),
    "thousands": Bad(HEAD + "national_use:\n  SG: 1,000\n", "IN104", 4, "Write 1000"),
    "underscores": Bad(row(gpus="1_000"), "IN104", 4, "Write 1000"),
    "leading zero": Bad(row(gpus="010"), "IN104", 4, "without leading zeros"),
    "sexagesimal": Bad(HEAD + "national_use:\n  SG: 1:30:00\n", "IN104", 4, "plain digits"),
    "hexadecimal": Bad(row(gpus="0x10"), "IN104", 4, "plain digits"),
    "plus sign": Bad(row(gpus="+8"), "IN104", 4, "plain digits"),
    "Arabic-Indic digits": Bad(row(gpus="٨"), "IN104", 4, "0 to 9"),
    "full-width digits": Bad(row(gpus="８"), "IN104", 4, "0 to 9"),
    "5,000 digits": Bad(row(gpus="9" * 5000), "IN104", 4, "18 digits"),
    "beyond int64": Bad(row(gpus="9" * 18), "IN208", None, "Correct"),
    "percentage": Bad(row(gpus="7%"), "IN104", 4, "plain number"),
    "list for a number": Bad(row(gpus="[8]"), "IN103", 4, "plain digits"),
    "empty number": Bad(row(gpus=""), "IN101", 4, "number of GPUs"),
}

IDENTITY = {
    "Cyrillic look-alike": Bad(row(country="АЕ"), "IN110", 4, "Latin letters"),
    "full-width letters": Bad(row(country="ＵＳ"), "IN110", 4, "Did you mean 'US'?"),
    "UK": Bad(row(country="UK"), "IN110", 4, "Did you mean 'GB'?"),
    "EL": Bad(row(country="EL"), "IN110", 4, "Did you mean 'GR'?"),
    "alpha-3": Bad(row(country="USA"), "IN110", 4, "Did you mean 'US'?"),
    "country's name": Bad(row(country="Malaysia"), "IN110", 4, "Did you mean 'MY'?"),
    "lower case": Bad(row(country="my"), "IN110", 4, "Write 'MY'"),
    "trailing space": Bad(row(country='"US "'), "IN110", 4, "Write 'US'"),
    "unknown": Bad(row(country="XX"), "IN110", 4, "a code such as"),
    "no country but a union": Bad(row(country="EU"), "IN110", 4, "Name the country"),
    "false, as YAML 1.1 reads Norway": Bad(row(country="false"), "IN110", 4, "a code such as"),
    "missing country": Bad(row(country="-"), "IN101", 4, "alpha-2"),
    "country is null": Bad(row(country="null"), "IN101", 4, "alpha-2"),
    "country is a list": Bad(row(country="[US]"), "IN103", 4, "one word"),
    "a tier": Bad(row(tier="1"), "IN102", 4, "Known"),
    "fifth quarter": Bad(row(quarter="2025Q5"), "IN107", 4, "2026Q3"),
    "quarter with a hyphen": Bad(row(quarter="2025-Q1"), "IN107", 4, "2026Q3"),
    "date for a quarter": Bad(row(quarter="2025-07-01"), "IN107", 4, "2026Q3"),
    "small q": Bad(row(quarter="2025q1"), "IN107", 4, "2026Q3"),
    "unknown accelerator": Bad(row(accelerator="h100sxm"), "IN111", 4, "Did you mean 'h100-sxm'?"),
    "accelerator in capitals": Bad(row(accelerator="H100-SXM"), "IN111", 4, "Did you mean 'h100-sxm'?"),
    "missing accelerator": Bad(row(accelerator="-"), "IN101", 4, "catalogue"),
    "authorization": Bad(row(authorization="veu"), "IN106", 4, "Did you mean"),
    "site with a line break": Bad(row(site='"a\\nb"'), "IN109", 4, "one line"),
    "site with spaces at its ends": Bad(row(site='" a"'), "IN109", 4, "Remove the spaces"),
    "site too long": Bad(row(site="a" * 201), "IN109", 4, "Shorten"),
    "site of two letters for one": Bad(row(site="e\u0301"), "IN109", 4, "composed"),
    "quoted truth": Bad(row(holds_weights='"true"'), "IN106", 4, "Remove the quotation marks"),
    "yes for true": Bad(row(holds_weights="yes"), "IN106", 4, "Known: false, true"),
}

STRUCTURE = {
    "not a mapping": Bad("- a\n", "IN103", 1, "field: value"),
    "just a word": Bad("hello\n", "IN103", 1, "field: value"),
    "no schema": Bad("firm: {headquarters: US, status: none}\n", "IN101", 1, "fleetplan: plan/1"),
    "schema of the future": Bad("fleetplan: plan/2\n", "IN112", 1, "update fleetplan"),
    "a scenario": Bad("fleetplan: scenario/1\n", "IN112", 1, "fleetplan solve"),
    "another schema": Bad("fleetplan: plans/1\n", "IN112", 1, "Did you mean 'plan/1'?"),
    "no firm": Bad("fleetplan: plan/1\nplacements: []\n", "IN101", 1, "headquarters"),
    "no headquarters": Bad(head("{status: uveu}"), "IN101", 2, "alpha-2"),
    "no status": Bad(head("{headquarters: US}"), "IN101", 2, "uveu, nveu, none"),
    "status in capitals": Bad(head("{headquarters: US, status: UVEU}"), "IN106", 2, "Did you mean 'uveu'?"),
    "unknown parent": Bad(head("{headquarters: US, ultimate_parent: UK, status: none}"), "IN110", 2, "'GB'"),
    "two parents": Bad(
        head("{headquarters: US, ultimate_parent: US, parent: DE, status: none}"), "IN113", 2, "Keep one"
    ),
    "misspelt field": Bad(rest("regim: none"), "IN102", 3, "Did you mean 'regime'?"),
    "misspelt field of the firm": Bad(head("{headquarter: US, status: none}"), "IN101", 2, "alpha-2"),
    "placements as a mapping": Bad(HEAD + "placements: {}\n", "IN103", 3, "lines that begin"),
    "no placements": Bad(HEAD, "IN201", 1, "empty plan"),
    "empty placements": Bad(HEAD + "placements: []\n", "IN201", 3, "empty plan"),
    "placements null": Bad(HEAD + "placements:\n", "IN201", 3, "empty plan"),
    "placement as a word": Bad(HEAD + "placements: [US]\n", "IN103", 3, "field: value"),
    "agreement without a date": Bad(rest("agreements: [{country: AE}]"), "IN101", 3, "2026Q3"),
    "agreement twice": Bad(
        rest("agreements: [{country: AE, from: 2026Q1}, {country: AE, from: 2026Q2}]"), "IN204", 3, "one row"
    ),
    "agreement of a dependency and its parent": Bad(
        rest("agreements: [{country: FR, from: 2026Q1}, {country: GP, from: 2026Q2}]"), "IN204", 3, "one row"
    ),
    "national use in an unknown country": Bad(rest("national_use: {XX: 1}"), "IN110", 3, "a code such as"),
    "national use without an amount": Bad(rest("national_use: {SG: }"), "IN101", 3, "0 for none"),
    "national use quoted": Bad(rest('national_use: {SG: "1"}'), "IN104", 3, "plain digits"),
    "half a horizon": Bad(rest("horizon: {first: 2026Q1}"), "IN101", 3, "both ends"),
    "horizon backwards": Bad(rest("horizon: {first: 2026Q2, last: 2026Q1}"), "IN203", 3, "Exchange"),
    "horizon of centuries": Bad(rest("horizon: {first: 1026Q1, last: 2026Q1}"), "IN203", 3, "Correct the years"),
    "quarters centuries apart": Bad(
        HEAD + "placements:\n  - {country: US, accelerator: h100-sxm, gpus: 8, quarter: 1026Q1}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}\n",
        "IN203",
        1,
        "write the horizon",
    ),
    "placement after the horizon": Bad(
        rest("horizon: {first: 2025Q1, last: 2025Q2}"), "IN202", 4, "Extend the horizon"
    ),
    "retirement before the horizon": Bad(
        rest(
            "horizon: {first: 2026Q1, last: 2026Q2}\n"
            "retirements: [{country: US, accelerator: h100-sxm, gpus: 1, quarter: 2025Q4}]"
        ),
        "IN202",
        4,
        "as they stand",
    ),
    "retirement without a quarter": Bad(
        rest("retirements: [{country: US, accelerator: h100-sxm, gpus: 1}]"), "IN101", 3, "2026Q3"
    ),
    "move without an end": Bad(
        rest("moves: [{accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, from: {country: US}}]"),
        "IN101",
        3,
        "country: US",
    ),
    "move that moves nothing": Bad(
        rest("moves: [{accelerator: h100-sxm, gpus: 1, quarter: 2026Q1, from: {country: US}, to: {country: US}}]"),
        "IN209",
        3,
        "Correct one of its ends",
    ),
    "consignee without a parent": Bad(rest("consignees: [{consignee: A, headquarters: US}]"), "IN101", 3, "parent"),
    "consignee twice": Bad(
        rest("consignees: [{consignee: A, parent: A, headquarters: US}, {consignee: A, parent: B, headquarters: US}]"),
        "IN204",
        3,
        "one row",
    ),
    "certified for another paragraph": Bad(
        rest("site_operators: [{site: a, headquarters: US, certified: [14, 16]}]"), "IN106", 3, "[14, 15, 18]"
    ),
    "result that is no mapping": Bad(rest("result: yes"), "IN103", 3, "Remove it"),
    "regime as a list": Bad(rest("regime: [none]"), "IN103", 3, "field: value"),
    "regime that extends nothing": Bad(rest("regime: {amend: {}}"), "IN101", 3, "amended"),
    "own accelerator of the catalogue with another TPP": Bad(
        rest("accelerators: [{accelerator: h100-sxm, tpp: 15824}]"), "IN205", 3, "Leave tpp out"
    ),
    "own accelerator by alias with another TPP": Bad(
        rest("accelerators: [{accelerator: b200, tpp: 1}]"), "IN205", 3, "Leave tpp out"
    ),
    "own accelerator without TPP": Bad(rest("accelerators: [{accelerator: mine}]"), "IN101", 3, "MacTOPS"),
    "own accelerator between the thresholds": Bad(
        rest("accelerators: [{accelerator: mine, tpp: 2000}]"), "IN101", 3, "performance density"
    ),
    "own accelerator that surely meets 3A090.a": Bad(
        rest("accelerators: [{accelerator: mine, tpp: 4800, meets_3a090a: no}]"), "IN205", 3, "correct tpp"
    ),
    "own accelerator that surely does not": Bad(
        rest("accelerators: [{accelerator: mine, tpp: 1599, meets_3a090a: yes}]"), "IN205", 3, "correct tpp"
    ),
    "own answer against the catalogue's": Bad(
        rest("accelerators: [{accelerator: h20-sxm, meets_3a090a: yes}]"), "IN205", 3, "a name of its own"
    ),
    "own accelerator twice": Bad(
        rest("accelerators: [{accelerator: mine, tpp: 5000}, {accelerator: mine, tpp: 6000}]"), "IN204", 3, "one row"
    ),
    "own accelerator without power": Bad(
        rest("accelerators: [{accelerator: mine, tpp: 5000, kw_per_gpu: 0}]"), "IN205", 3, "in kW"
    ),
}

PATHS = {
    "up and away": Bad(HEAD + "placements_file: ../../etc/rows.csv\n", "IN010", 3, "beside or below"),
    "absolute": Bad(HEAD + "placements_file: /etc/rows.csv\n", "IN010", 3, "beside or below"),
    "home": Bad(HEAD + "placements_file: ~/rows.csv\n", "IN010", 3, "beside or below"),
    "drive": Bad(HEAD + "placements_file: 'C:\\rows.csv'\n", "IN010", 3, "beside or below"),
    "URL": Bad(HEAD + "placements_file: https://example.org/rows.csv\n", "IN010", 3, "beside or below"),
    "missing": Bad(HEAD + "placements_file: no-such-rows.csv\n", "IN010", 3, "beside or below"),
    "not a table": Bad(HEAD + "placements_file: rows.ods\n", "IN011", 3, ".csv"),
}

ALL = {
    f"{part}: {name}": bad
    for part, group in (
        ("syntax", SYNTAX),
        ("number", NUMBERS),
        ("identity", IDENTITY),
        ("structure", STRUCTURE),
        ("path", PATHS),
    )
    for name, bad in group.items()
}


@pytest.mark.parametrize("bad", ALL.values(), ids=ALL)
def test_a_bad_plan_is_refused_with_its_place_and_a_mend(bad: Bad) -> None:
    found = problems_of(bad.text)
    first = next((problem for problem in found if problem.code == bad.code), found[0])
    assert (first.code, bad.mend in first.mend) == (bad.code, True), found
    assert first.at.file == "plan.yaml"
    if bad.line is not None:
        assert first.at.line == bad.line
        assert first.at.column is not None


@pytest.mark.parametrize("bad", ALL.values(), ids=ALL)
def test_every_message_can_be_printed(bad: Bad) -> None:
    for problem in problems_of(bad.text):
        assert problem.code in INPUT_CODES
        assert problem.why
        assert problem.mend.endswith((".", "?"))
        for text in (problem.found, problem.why, problem.mend, problem.field):
            assert len(text) < 1000
            assert "\x1b" not in text
            assert text.isprintable()


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 60


def test_all_problems_come_at_once_and_in_the_order_of_lines() -> None:
    text = HEAD + (
        "regim: none\n"
        "placements:\n"
        "  - {country: UK, accelerator: h100, gpus: 1e5}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q9}\n"
    )
    found = problems_of(text)
    assert [(problem.code, problem.at.line) for problem in found] == [
        ("IN102", 3),
        ("IN110", 5),
        ("IN111", 5),
        ("IN104", 5),
        ("IN107", 6),
    ]


def test_columns_point_at_the_value() -> None:
    (problem,) = problems_of(row(gpus="1e5"))
    assert (problem.at.line, problem.at.column) == (4, row(gpus="1e5").splitlines()[3].index("1e5") + 1)


def test_fifty_problems_are_shown_and_the_rest_is_counted() -> None:
    from optimizer.errors import InputError
    from optimizer.reading import read_plan

    text = HEAD + "placements:\n" + "  - {country: XX, accelerator: h100-sxm, gpus: 8}\n" * 60
    with pytest.raises(InputError) as caught:
        read_plan("plan.yaml", stdin_text=text)
    assert len(caught.value.problems) == 50
    assert caught.value.more == 10
    assert str(caught.value).endswith("... and 10 more problems")


TABLES = {
    "empty": Bad("", "IN006", None, "header"),
    "only a header": Bad("country,accelerator,gpus\n", "IN201", None, "never fine"),
    "missing column": Bad("country,gpus\nUS,8\n", "IN301", 1, "first line"),
    "unknown column": Bad("country,accelerator,gpu\nUS,h100-sxm,8\n", "IN301", 1, "Did you mean 'gpus'?"),
    "column in capitals": Bad("Country,accelerator,gpus\nUS,h100-sxm,8\n", "IN301", 1, "Did you mean 'country'?"),
    "column twice": Bad("country,accelerator,gpus,gpus\nUS,h100-sxm,8,9\n", "IN301", 1, "Keep one"),
    "semicolons": Bad("country;accelerator;gpus\nUS;h100-sxm;8\n", "IN304", 1, "commas"),
    "tabs": Bad("country\taccelerator\tgpus\nUS\th100-sxm\t8\n", "IN304", 1, "commas"),
    "too few fields": Bad("country,accelerator,gpus\nUS,h100-sxm\n", "IN302", 2, "between two commas"),
    "too many fields": Bad("country,accelerator,gpus\nUS,h100-sxm,1,000\n", "IN302", 2, "quotation marks"),
    "unclosed quote": Bad('country,accelerator,gpus\nUS,"h100-sxm,8\n', "IN303", 2, "Close it"),
    "quote inside": Bad('country,accelerator,gpus\nUS,"h100"-sxm,8\n', "IN303", 2, "Close it"),
    "empty cell": Bad("country,accelerator,gpus\nUS,,8\n", "IN101", 2, "Fill it in"),
    "float": Bad("country,accelerator,gpus\nUS,h100-sxm,8.0\n", "IN104", 2, "plain digits"),
    "exponent": Bad("country,accelerator,gpus\nUS,h100-sxm,1E5\n", "IN104", 2, "without an exponent"),
    "thousands": Bad('country,accelerator,gpus\nUS,h100-sxm,"1,000"\n', "IN104", 2, "Write 1000"),
    "leading zero": Bad("country,accelerator,gpus\nUS,h100-sxm,08\n", "IN104", 2, "leading zeros"),
    "Arabic-Indic digits": Bad("country,accelerator,gpus\nUS,h100-sxm,٨\n", "IN104", 2, "0 to 9"),
    "error cell": Bad("country,accelerator,gpus\nUS,h100-sxm,#REF!\n", "IN104", 2, "plain digits"),
    "zero": Bad("country,accelerator,gpus\nUS,h100-sxm,0\n", "IN105", 2, "Remove the row"),
    "negative": Bad("country,accelerator,gpus\nUS,h100-sxm,-1\n", "IN104", 2, "plain digits"),
    "UK": Bad("country,accelerator,gpus\nUK,h100-sxm,8\n", "IN110", 2, "'GB'"),
    "Cyrillic": Bad("country,accelerator,gpus\nАЕ,h100-sxm,8\n", "IN110", 2, "Latin"),
    "accelerator": Bad("country,accelerator,gpus\nUS,h200sxm,8\n", "IN111", 2, "'h200-sxm'"),
    "quarter": Bad("country,accelerator,gpus,quarter\nUS,h100-sxm,8,2026-Q1\n", "IN107", 2, "2026Q3"),
    "authorization": Bad("country,accelerator,gpus,authorization\nUS,h100-sxm,8,UVEU\n", "IN106", 2, "'uveu'"),
    "bidi": Bad("country,accelerator,gpus,site\nUS,h100-sxm,8,a\u202eb\n", "IN004", 2, "Remove"),
    "line break in a name": Bad('country,accelerator,gpus,site\nUS,h100-sxm,8,"a\nb"\n', "IN109", 2, "one line"),
    "a million columns": Bad("a," * 25_000 + "\n", "IN002", 1, "At most 256"),
    "an endless line": Bad("a" * 70_000 + "\n", "IN002", 1, "CSV file"),
    "sum beyond int64": Bad("country,accelerator,gpus\nUS,h100-sxm,999999999999999999\n", "IN208", None, "Correct"),
}


@pytest.mark.parametrize("bad", TABLES.values(), ids=TABLES)
def test_a_bad_table_is_refused_with_its_line_and_a_mend(bad: Bad) -> None:
    found = problems_of(bad.text, "rows.csv", US_FIRM)
    assert (found[0].code, bad.mend in found[0].mend) == (bad.code, True), found
    assert found[0].at.file == "rows.csv"
    if bad.line is not None:
        assert found[0].at.line == bad.line


def test_a_tables_columns_point_at_the_field() -> None:
    text = 'country,site,accelerator,gpus\nUS,"a, b",h100-sxm,x\n'
    (problem,) = problems_of(text, "rows.csv", US_FIRM)
    assert (problem.at.line, problem.at.column, problem.field) == (2, 20, "gpus")


def test_every_wrong_cell_of_a_table_is_named() -> None:
    text = "country,accelerator,gpus\nUK,h100-sxm,0\nUS,h100-sxm,8\nUS,none,x\n"
    found = problems_of(text, "rows.csv", US_FIRM)
    assert [(problem.at.line, problem.field) for problem in found] == [
        (2, "country"),
        (2, "gpus"),
        (4, "accelerator"),
        (4, "gpus"),
    ]
