"""Bad plans in YAML: syntax, numbers, names and the parts of the document."""

from __future__ import annotations

from bad_input import HEAD, ROWS, bad_yaml, firm, rest, row

GOOD = HEAD + ROWS
NO_RULE = "a code such as US, MY or AE"
Q = "quarter: 2026Q1"

SYNTAX = {
    "empty": bad_yaml("", "IN006", "empty", "Write a plan"),
    "spaces": bad_yaml(" \n\n", "IN006", "empty"),
    "comments": bad_yaml("# a plan\n# some day\n", "IN006", "nothing but comments"),
    "two documents": bad_yaml(f"{GOOD}«---\na: 1\n", "IN007", "second document", "one document"),
    "text after the end": bad_yaml(f"{GOOD}...\n«a: 1\n", "IN005", "remove the line '...'"),
    "tab for indentation": bad_yaml(f"{HEAD}placements:\n«\t- {{country: US}}\n", "IN005", "spaces, not with tabs"),
    "unclosed bracket": bad_yaml(f"{HEAD}placements: [{{country: US\n«", "IN005", "begun on line 3", "brackets"),
    "unclosed quotation": bad_yaml(f"{GOOD}x: 'abc\n«", "IN005", "begun on line 5"),
    "at sign": bad_yaml(f"{HEAD}placements: «@here\n", "IN005", "quotation marks"),
    "wrong escape": bad_yaml(f'{GOOD}x: "«\\q"\n', "IN005", "escape"),
    "escaped half of a pair": bad_yaml(f'{GOOD}x: "\\u«d800"\n', "IN005", "escape"),
    "escape beyond Unicode": bad_yaml(f'{GOOD}x: "\\U«00110000"\n', "IN005", "escape"),
    "block text within braces": bad_yaml(row(gpus="«|\n    8"), "IN005", "not YAML"),
    "comment within braces": bad_yaml(row(gpus="8 # eight") + "«", "IN005", "begun on line 4"),
    "merge conflict": bad_yaml(
        f"<<<<<<< HEAD\n{GOOD}=======\n{GOOD}>>>>>>> other\n", "IN005", "Resolve the merge conflict: line 1"
    ),
    "merge conflict further down": bad_yaml(
        f"{GOOD}<<<<<<< HEAD\nregime: none\n=======\n", "IN005", "merge conflict: line 5"
    ),
    "template": bad_yaml(row(gpus="{«{ gpus }}"), "IN009", "Fill in the template first"),
    "variable": bad_yaml(row(gpus="$«{GPUS}"), "IN005", "Fill in the variable"),
    "variable by itself": bad_yaml(f"{HEAD}national_use:\n  SG: «${{USED}}\n{ROWS}", "IN104", "'${USED}'"),
    "pointer of LFS": bad_yaml(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "IN001", "Git LFS", "git lfs pull"
    ),
    "web page": bad_yaml("«<!DOCTYPE html><html></html>\n", "IN103", "'<!DOCTYPE html>", "a mapping is needed"),
    "YAML 1.1": bad_yaml(f"«%YAML 1.1\n---\n{GOOD}", "IN009", "'%YAML 1.1'", "Remove the directive"),
    "YAML 3": bad_yaml(f"«%YAML 3.0\n---\n{GOOD}", "IN005", "Remove the directive"),
    "other directive": bad_yaml(f"%FOO«  bar\n---\n{GOOD}", "IN005", "directive"),
    "tag directive": bad_yaml(f"«%TAG ! tag:example.org,2000:\n---\n{GOOD}", "IN009", "Remove the directive"),
    "NUL": bad_yaml(f"{HEAD}x: a«\0b\n", "IN004", "U+0000 (NUL)", "Remove"),
    "ANSI escape": bad_yaml(f"{HEAD}x: «\x1b[31mred\n", "IN004", "U+001B (ESCAPE)"),
    "ANSI escape of one character": bad_yaml(f"{HEAD}x: «\x9b31mred\n", "IN004", "U+009B"),
    "next line": bad_yaml(f"{HEAD}x: a«\x85b\n", "IN004", "U+0085 (NEXT LINE)"),
    "line separator": bad_yaml(f"{HEAD}x: a«\u2028b\n", "IN004", "LINE SEPARATOR"),
    "paragraph separator": bad_yaml(f"{HEAD}x: a«\u2029b\n", "IN004", "PARAGRAPH SEPARATOR"),
    "form feed": bad_yaml(f"{GOOD}«\x0c", "IN004", "FORM FEED"),
    "carriage returns alone": bad_yaml(
        f"{HEAD}# reviewed «\rregime: none\n{ROWS}", "IN004", "CARRIAGE RETURN without LINE FEED", "LF or CR LF"
    ),
    "bidi override": bad_yaml(f"{HEAD}x: a«\u202eb\n", "IN004", "RIGHT-TO-LEFT OVERRIDE"),
    "bidi isolate in a comment": bad_yaml(f"{HEAD}# a«\u2066b\n", "IN004", "LEFT-TO-RIGHT ISOLATE"),
    "zero-width space": bad_yaml(f"{HEAD}x: a«\u200bb\n", "IN004", "ZERO WIDTH SPACE"),
    "tag character": bad_yaml(f"{HEAD}x: a«\U000e0041b\n", "IN004", "U+E0041"),
    "byte-order mark within": bad_yaml(f"{GOOD}«\ufeffregime: none\n", "IN004", "U+FEFF"),
    "two byte-order marks": bad_yaml(f"«\ufeff\ufeff{GOOD}", "IN004", "U+FEFF"),
    "no-break space for indentation": bad_yaml(
        f"{HEAD}placements:\n\u00a0 - country: US\n   accelerator«: h100-sxm\n",
        "IN005",
        "Replace U+00A0 (NO-BREAK SPACE)",
    ),
    "no-break space before a field": bad_yaml(rest("«\u00a0regime: none"), "IN102", "NO-BREAK SPACE"),
    "escaped NUL": bad_yaml(row(site='«"a\\0b"'), "IN004", "'a\\x00b'"),
    "escaped bidi override": bad_yaml(row(site='«"a\\u202eb"'), "IN004", "'a\\u202eb'"),
    "escaped ANSI": bad_yaml(row(site='«"\\x1b[31m"'), "IN004", "'\\x1b[31m'"),
    "python tag": bad_yaml(row(site="«!!python/object/apply:os.system [true]"), "IN009", "tags are not read"),
    "integer tag": bad_yaml(row(gpus="«!!int 8"), "IN009", "tags are not read"),
    "binary tag": bad_yaml(row(country="«!!binary VVM="), "IN009", "tags are not read"),
    "set tag": bad_yaml(rest("regime: «!!set {none}"), "IN009", "tags are not read"),
    "local tag": bad_yaml(rest("regime: «!mine none"), "IN009", "tags are not read"),
    "anchor": bad_yaml(row(site="«&a x"), "IN009", "'&a'", "write the value out"),
    "alias": bad_yaml(f"{HEAD}x: &a 1\ny: «*a\n", "IN009", "'*a'", "Write the value out"),
    "alias of nothing": bad_yaml(f"{HEAD}x: «*a\n", "IN009", "aliases are not read"),
    "alias bomb": bad_yaml(
        "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)),
        "IN009",
        "anchors are not read",
    ),
    "merge key": bad_yaml(row(**{"«<<": "{}"}), "IN009", "merge keys", "Write the fields out"),
    "merge bomb": bad_yaml(rest("«<<: [{regime: none}, {regime: none}]"), "IN009", "merge keys"),
    "list as key": bad_yaml(f"{HEAD}? «[a]\n: b\n", "IN009", "before the colon"),
    "mapping as key": bad_yaml(f"{HEAD}? «{{a: 1}}\n: b\n", "IN009", "before the colon"),
    "nothing as key": bad_yaml(f"{HEAD}?«\n: b\n", "IN009", "before the colon"),
    "key with a question mark twice": bad_yaml(f"{GOOD}? regime\n: none\n? «regime\n: none\n", "IN008", "line 5"),
    "duplicate key": bad_yaml(f"{GOOD}regime: none\n«regime: none\n", "IN008", "stands on line 5", "Remove one"),
    "duplicate key by quotation": bad_yaml(f"{GOOD}regime: none\n«'regime': none\n", "IN008", "stands on line 5"),
    "duplicate key by escape": bad_yaml(f'{GOOD}regime: none\n«"\\x72egime": none\n', "IN008", "stands on line 5"),
    "duplicate key in a row": bad_yaml(row(**{"«  gpus": "9"}).replace("«  ", "  «"), "IN008", "Remove one"),
    "nested too deep": bad_yaml(f"{HEAD}x: {'[' * 63}«{'[' * 9}{']' * 72}\n", "IN002", "64 deep", "Flatten"),
    "nesting bomb of lists": bad_yaml("[" * 64 + "«" + "[" * 49_936, "IN002", "Flatten"),
    "nesting bomb of mappings": bad_yaml("{a: " * 64 + "«" + "{a: " * 20_000, "IN002", "Flatten"),
    "nesting bomb of lines": bad_yaml("- " * 64 + "«" + "- " * 5_000, "IN002", "Flatten"),
    "value too long": bad_yaml(f"{HEAD}x: «{'a' * 70_000}\n", "IN002", "Shorten"),
    "key too long": bad_yaml(f'{HEAD}? «"{"a" * 70_000}"\n: 1\n', "IN002", "Shorten"),
}

NUMBERS = {
    "exponent": bad_yaml(row(gpus="«1e5"), "IN104", "'1e5'", "without an exponent"),
    "exponent beyond any float": bad_yaml(row(gpus="«1e309"), "IN104", "without an exponent"),
    "infinity": bad_yaml(row(gpus="«.inf"), "IN104", "plain digits"),
    "not a number": bad_yaml(row(gpus="«.nan"), "IN104", "plain digits"),
    "NaN": bad_yaml(row(gpus="«NaN"), "IN104", "plain digits"),
    "negative": bad_yaml(row(gpus="«-8"), "IN105", "'-8'", "at least 1"),
    "zero": bad_yaml(row(gpus="«0"), "IN105", "at least 1"),
    "negative zero": bad_yaml(row(gpus="«-0"), "IN105", "at least 1"),
    "true": bad_yaml(row(gpus="«true"), "IN104", "'true'"),
    "yes": bad_yaml(row(gpus="«yes"), "IN104", "'yes'"),
    "quoted": bad_yaml(row(gpus='«"12"'), "IN104", "without quotation marks"),
    "quoted by an apostrophe": bad_yaml(row(gpus="«'12'"), "IN104", "without quotation marks"),
    "empty text": bad_yaml(row(gpus='«""'), "IN104", "''"),
    "fraction": bad_yaml(row(gpus="«12.5"), "IN104", "without a decimal point"),
    "whole with a point": bad_yaml(row(gpus="«12.0"), "IN104", "without a decimal point"),
    "point at the end": bad_yaml(row(gpus="«12."), "IN104", "plain digits"),
    "comma between thousands": bad_yaml(row(gpus="16,«000"), "IN104", "'16,000'", "Write 16000"),
    "commas between thousands": bad_yaml(rest("national_use: {SG: 120,«000,000}"), "IN104", "Write 120000000"),
    "commas between thousands, no braces": bad_yaml(f"{HEAD}national_use:\n  SG: «1,000\n", "IN104", "Write 1000"),
    "underscores": bad_yaml(row(gpus="«1_000"), "IN104", "Write 1000"),
    "spaces": bad_yaml(row(gpus="«16 000"), "IN104", "Write 16000"),
    "apostrophes": bad_yaml(row(gpus="«16'000"), "IN104", "Write 16000"),
    "leading zero": bad_yaml(row(gpus="«010"), "IN104", "leading zeros"),
    "octal": bad_yaml(row(gpus="«0o17"), "IN104", "plain digits"),
    "hexadecimal": bad_yaml(row(gpus="«0x10"), "IN104", "plain digits"),
    "binary": bad_yaml(row(gpus="«0b11"), "IN104", "plain digits"),
    "sexagesimal": bad_yaml(row(gpus="«1:30:00"), "IN104", "'1:30:00'"),
    "timestamp": bad_yaml(row(gpus="«2026-01-01T00:00:00Z"), "IN104", "plain digits"),
    "plus sign": bad_yaml(row(gpus="«+8"), "IN104", "plain digits"),
    "Arabic-Indic digits": bad_yaml(row(gpus="«٣"), "IN104", "digits 0 to 9"),
    "full-width digits": bad_yaml(row(gpus="«１６"), "IN104", "digits 0 to 9"),
    "superscript": bad_yaml(row(gpus="«8²"), "IN104", "digits 0 to 9"),
    "vulgar fraction": bad_yaml(row(gpus="«½"), "IN104", "digits 0 to 9"),
    "unit": bad_yaml(row(gpus="«16k"), "IN104", "'16k'"),
    "5,000 digits": bad_yaml(row(gpus="«" + "9" * 5000), "IN104", "9…'", "18 digits"),
    "sum beyond int64": bad_yaml(row(gpus="9" * 18), "IN208", "9223372036854775807"),
    "percentage": bad_yaml(row(gpus="«7%"), "IN104", "not a percentage"),
    "list": bad_yaml(row(gpus="«[8]"), "IN103", "a list", "single value"),
    "mapping": bad_yaml(row(gpus="«{a: 8}"), "IN103", "a mapping", "single value"),
    "null": bad_yaml(row(gpus="«null"), "IN101", "number of GPUs"),
    "tilde": bad_yaml(row(gpus="«~"), "IN101", "number of GPUs"),
    "missing": bad_yaml(row(gpus="-").replace("- {", "- «{"), "IN101", "number of GPUs"),
    "negative use": bad_yaml(rest("national_use: {SG: «-1}"), "IN105", "at least 0"),
    "use beyond 18 digits": bad_yaml(rest("national_use: {SG: «1000000000000000000000}"), "IN104", "18 digits"),
    "use in percent": bad_yaml(rest("national_use: {SG: «5%}"), "IN104", "not a percentage"),
    "use with a point": bad_yaml(rest("national_use: {SG: «1.5}"), "IN104", "without a decimal point"),
    "TPP with an exponent": bad_yaml(rest("accelerators: [{accelerator: mine, tpp: «5e3}]"), "IN104", "exponent"),
    "TPP of nothing": bad_yaml(rest("accelerators: [{accelerator: mine, tpp: «0}]"), "IN105", "at least 1"),
    "power below zero": bad_yaml(
        rest("accelerators: [{accelerator: mine, tpp: 5000, kw_per_gpu: «-1}]"), "IN105", "at least 0"
    ),
    "power without a zero": bad_yaml(
        rest("accelerators: [{accelerator: mine, tpp: 5000, kw_per_gpu: «.5}]"), "IN104", "1.5"
    ),
}

IDENTITY = {
    "Cyrillic country": bad_yaml(row(country="«АЕ"), "IN110", "U+0410 (CYRILLIC CAPITAL LETTER A)", "Latin letters"),
    "half Cyrillic country": bad_yaml(row(country="«GВ"), "IN110", "CYRILLIC CAPITAL LETTER VE"),
    "full-width country": bad_yaml(row(country="«ＵＳ"), "IN110", "Did you mean 'US'?"),
    "typographic quotation marks": bad_yaml(row(country="«“US”"), "IN110", "LEFT DOUBLE QUOTATION MARK"),
    "UK": bad_yaml(row(country="«UK"), "IN110", "Did you mean 'GB'?"),
    "alpha-3": bad_yaml(row(country="«USA"), "IN110", "Did you mean 'US'?"),
    "number of a country": bad_yaml(row(country="«840"), "IN110", NO_RULE),
    "name of a country": bad_yaml(row(country="«Malaysia"), "IN110", "Did you mean 'MY'?"),
    "small letters": bad_yaml(row(country="«my"), "IN110", "Write 'MY'"),
    "one small letter": bad_yaml(row(country="«Us"), "IN110", "Write 'US'"),
    "space in it": bad_yaml(row(country="«U S"), "IN110", NO_RULE),
    "space after it": bad_yaml(row(country='«"US "'), "IN110", "Write 'US'"),
    "line break after it": bad_yaml(row(country='«"US\\n"'), "IN110", "'US\\n'"),
    "unknown country": bad_yaml(row(country="«XX"), "IN110", "an unknown country has no tier"),
    "a union": bad_yaml(row(country="«EU"), "IN110", "Name the country"),
    "false, as YAML 1.1 reads Norway": bad_yaml(row(country="«false"), "IN110", NO_RULE),
    "n, as YAML 1.1 reads no": bad_yaml(row(country="«n"), "IN110", NO_RULE),
    "no country": bad_yaml(row(country="-").replace("- {", "- «{"), "IN101", "alpha-2"),
    "null country": bad_yaml(row(country="«null"), "IN101", "alpha-2"),
    "list of countries": bad_yaml(row(country="«[US]"), "IN103", "a list"),
    "a tier in a row": bad_yaml(row(**{"«tier": "1"}), "IN102", "'tier'", "Known"),
    "a tier of the firm": bad_yaml(firm("{headquarters: US, status: uveu, «tier: 1}"), "IN102", "'tier'"),
    "zeroth quarter": bad_yaml(row(quarter="«2026Q0"), "IN107", "2026Q3"),
    "fifth quarter": bad_yaml(row(quarter="«2026Q5"), "IN107", "2026Q3"),
    "quarter with a hyphen": bad_yaml(row(quarter="«2025-Q5"), "IN107", "'2025-Q5'"),
    "quarter in small letters": bad_yaml(row(quarter="«2026q1"), "IN107", "2026Q3"),
    "quarter the other way": bad_yaml(row(quarter="«Q1 2026"), "IN107", "2026Q3"),
    "year for a quarter": bad_yaml(row(quarter="«2026"), "IN107", "2026Q3"),
    "date for a quarter": bad_yaml(row(quarter="«2026-01-01"), "IN107", "2026Q3"),
    "full-width quarter": bad_yaml(row(quarter="«２０２６Q1"), "IN107", "2026Q3"),
    "list of quarters": bad_yaml(row(quarter="«[2026Q1]"), "IN103", "a list"),
    "unknown accelerator": bad_yaml(row(accelerator="«nvidia"), "IN111", "not in the catalogue", "Known: a100"),
    "half an accelerator": bad_yaml(row(accelerator="«H100"), "IN111", "'h100-nvl', 'h100-pcie' or 'h100-sxm'"),
    "accelerator in capitals": bad_yaml(row(accelerator="«H100-SXM"), "IN111", "Did you mean 'h100-sxm'?"),
    "O for 0": bad_yaml(row(accelerator="«h1OO-sxm"), "IN111", "Did you mean 'h100-sxm'?"),
    "Cyrillic accelerator": bad_yaml(
        row(accelerator="«Н100-sxm"), "IN111", "Did you mean 'h100-sxm'?", "U+041D (CYRILLIC CAPITAL LETTER EN)"
    ),
    "hyphen that does not break": bad_yaml(row(accelerator="«h100\u2011sxm"), "IN111", "NON-BREAKING HYPHEN"),
    "space in an accelerator": bad_yaml(row(accelerator='«"h100-sxm "'), "IN111", "'h100-sxm '"),
    "own accelerator that looks like h100-sxm": bad_yaml(
        rest("accelerators: [{accelerator: «Н100-sxm, tpp: 1}]"), "IN205", "looks like", "CYRILLIC CAPITAL LETTER EN"
    ),
    "own accelerator that looks like b200-hgx": bad_yaml(
        rest("accelerators: [{accelerator: «b2OO-hgx, tpp: 1}]"), "IN205", "looks like the catalogue's b200-hgx"
    ),
    "own accelerators that look alike": bad_yaml(
        rest("accelerators: [{accelerator: mine, tpp: 5000}, {accelerator: «MINE, tpp: 6000}]"), "IN204", "'mine'"
    ),
    "unknown authorization": bad_yaml(row(authorization="«veu"), "IN106", "uveu, nveu"),
    "authorization in capitals": bad_yaml(row(authorization="«UVEU"), "IN106", "Did you mean 'uveu'?"),
    "Cyrillic authorization": bad_yaml(row(authorization="«аia"), "IN106", "CYRILLIC SMALL LETTER A"),
    "site of two lines": bad_yaml(row(site='«"a\\nb"'), "IN109", "one line"),
    "site of 201 characters": bad_yaml(row(site="«" + "a" * 201), "IN109", "Shorten"),
    "site with accents apart": bad_yaml(row(site="«e\u0301"), "IN109", "NFC"),
    "site that shows nothing": bad_yaml(row(site="«a\u3164"), "IN109", "HANGUL FILLER"),
    "site of spaces": bad_yaml(row(site='«" "'), "IN109", "a name is needed"),
    "quoted truth": bad_yaml(row(holds_weights='«"true"'), "IN106", "Remove the quotation marks"),
    "yes for true": bad_yaml(row(holds_weights="«yes"), "IN106", "Known: false, true"),
    "status in capitals": bad_yaml(firm("{headquarters: US, status: «UVEU}"), "IN106", "Did you mean 'uveu'?"),
    "no status": bad_yaml(firm("«{headquarters: US}"), "IN101", "uveu, nveu, none"),
    "no headquarters": bad_yaml(firm("«{status: uveu}"), "IN101", "alpha-2"),
    "unknown parent": bad_yaml(
        firm("{headquarters: US, ultimate_parent: «EL, status: none}"), "IN110", "Did you mean 'GR'?"
    ),
    "two parents": bad_yaml(
        firm("{headquarters: US, ultimate_parent: US, parent: «DE, status: none}"), "IN113", "Keep one"
    ),
}

PARTS = {
    "a list": bad_yaml("«- a\n", "IN103", "a list", "field: value"),
    "a word": bad_yaml("«hello\n", "IN103", "'hello'", "field: value"),
    "no schema": bad_yaml("«firm: {headquarters: US, status: none}\n", "IN101", "fleetplan: plan/1"),
    "schema of the future": bad_yaml("fleetplan: «plan/2\n", "IN112", "'plan/2'", "update fleetplan"),
    "a scenario": bad_yaml("fleetplan: «scenario/1\n", "IN112", "fleetplan solve"),
    "another schema": bad_yaml("fleetplan: «plans/1\n", "IN112", "Did you mean 'plan/1'?"),
    "no firm": bad_yaml(f"«fleetplan: plan/1\n{ROWS}", "IN101", "headquarters"),
    "firm as a word": bad_yaml(firm("«US"), "IN103", "'US'", "a mapping is needed"),
    "countries as a word": bad_yaml(firm("{headquarters: US, status: nveu, nveu_countries: «AE}"), "IN103", "a list"),
    "misspelt field": bad_yaml(rest("«regim: none"), "IN102", "Did you mean 'regime'?"),
    "field in capitals": bad_yaml(rest("«Regime: none"), "IN102", "Did you mean 'regime'?"),
    "field with a space": bad_yaml(rest("«'regime ': none"), "IN102", "'regime '", "Did you mean 'regime'?"),
    "Cyrillic field": bad_yaml(rest("«rеgime: none"), "IN102", "Did you mean 'regime'?", "CYRILLIC SMALL LETTER IE"),
    "misspelt field of the firm": bad_yaml(
        firm("{headquarters: US, status: none, «parnt: CN}"), "IN102", "Did you mean 'parent'?"
    ),
    "misspelt field of a row": bad_yaml(row(**{"«authorisation": "uveu"}), "IN102", "Did you mean 'authorization'?"),
    "no space after a colon": bad_yaml(row(**{"country": "-", "«country:US": "null"}), "IN102", "Write a space after"),
    "full-width colon": bad_yaml(row(**{"country": "-", "«country：US": "null"}), "IN102", "FULLWIDTH COLON"),
    "true as a field": bad_yaml(rest("«true: 1"), "IN102", "'true'"),
    "number as a field": bad_yaml(rest("«1: 1"), "IN102", "'1'"),
    "empty field": bad_yaml(rest('«"": 1'), "IN102", "''"),
    "field of 1,000 characters": bad_yaml(rest("«" + "a" * 1000 + ": 1"), "IN102", "a…'"),
    "field with an ANSI escape": bad_yaml(rest('«"\\x1b[2J": 1'), "IN004", "'\\x1b[2J'"),
    "placements as a mapping": bad_yaml(f"{HEAD}placements: «{{}}\n", "IN103", "a list is needed"),
    "no placements": bad_yaml(HEAD, "IN201", "never compliant"),
    "empty placements": bad_yaml(f"{HEAD}placements: «[]\n", "IN201", "never compliant"),
    "placements null": bad_yaml(f"{HEAD}placements:«\n", "IN201", "never compliant"),
    "placement as a word": bad_yaml(f"{HEAD}placements: [«US]\n", "IN103", "a mapping is needed"),
    "placement null": bad_yaml(f"{HEAD}placements: [«null]\n", "IN103", "nothing"),
    "placement as a list": bad_yaml(f"{HEAD}placements: [«[US, h100-sxm, 8]]\n", "IN103", "a list"),
    "agreement without a date": bad_yaml(rest("agreements: [«{country: AE}]"), "IN101", "2026Q3"),
    "agreement on a day": bad_yaml(rest("agreements: [{country: AE, from: «2026-07-01}]"), "IN107", "2026Q3"),
    "agreements as a mapping": bad_yaml(rest("agreements: «{AE: 2026Q3}"), "IN103", "a list is needed"),
    "agreement that ends": bad_yaml(rest("agreements: [{country: AE, from: 2026Q1, «to: 2026Q4}]"), "IN102", "'to'"),
    "agreement twice": bad_yaml(
        rest("agreements: [{country: FR, from: 2026Q1}, {country: «GP, from: 2026Q2}]"), "IN204", "FR is listed"
    ),
    "use of an unknown country": bad_yaml(rest("national_use: {«XX: 1}"), "IN110", NO_RULE),
    "use of a country in small letters": bad_yaml(rest("national_use: {«sg: 1}"), "IN110", "Write 'SG'"),
    "use twice": bad_yaml(rest("national_use: {SG: 1, «SG: 2}"), "IN008", "Remove one"),
    "use of a dependency and its parent": bad_yaml(rest("national_use: {CN: 1, HK: «1}"), "IN204", "CN is listed"),
    "use as a list": bad_yaml(rest("national_use: «[SG]"), "IN103", "a mapping is needed"),
    "use of nothing": bad_yaml(rest("national_use: {SG: «}"), "IN101", "0 for none"),
    "half a horizon": bad_yaml(rest("horizon: «{first: 2026Q1}"), "IN101", "both ends"),
    "horizon as text": bad_yaml(rest("horizon: «2026Q1-2027Q4"), "IN103", "a mapping is needed"),
    "horizon backwards": bad_yaml(rest("horizon: {first: 2027Q1, last: «2026Q1}"), "IN203", "Exchange"),
    "horizon of 900 years": bad_yaml(rest("horizon: {first: 2026Q1, last: «2926Q4}"), "IN203", "Correct the years"),
    "horizon of 10,000 years": bad_yaml(rest("horizon: {first: 2026Q1, last: «12026Q4}"), "IN107", "2026Q3"),
    "horizon in days": bad_yaml(rest("horizon: {first: «2026-01-01, last: 2026Q4}"), "IN107", "2026Q3"),
    "horizon before the placements": bad_yaml(
        f"{HEAD}horizon: {{first: 1900Q1, last: 1901Q1}}\nplacements:\n  - «{{country: US, accelerator: h100-sxm,"
        " gpus: 8, quarter: 2026Q1}\n",
        "IN202",
        "after the horizon",
    ),
    "quarters centuries apart": bad_yaml(
        f"{HEAD}placements:\n  - {{country: US, accelerator: h100-sxm, gpus: 8, quarter: 1026Q1}}\n"
        "  - {country: US, accelerator: h100-sxm, gpus: 8, quarter: 2026Q1}\n",
        "IN203",
        "1026Q1 to 2026Q1",
    ),
    "move to the same place": bad_yaml(
        rest(f"moves: [{{accelerator: h100-sxm, gpus: 1, {Q}, from: {{country: US}}, to: «{{country: US}}}}]"),
        "IN209",
        "begins and ends",
    ),
    "move of more than stands": bad_yaml(
        rest(f"moves: [«{{accelerator: h100-sxm, gpus: 9, {Q}, from: {{country: US}}, to: {{country: DE}}}}]"),
        "IN207",
        "only 8 h100-sxm stand in United States",
    ),
    "move from a word": bad_yaml(
        rest(f"moves: [{{accelerator: h100-sxm, gpus: 1, {Q}, from: «US, to: {{country: DE}}}}]"), "IN103", "'US'"
    ),
    "move with a country": bad_yaml(
        rest(f"moves: [{{«country: US, accelerator: h100-sxm, gpus: 1, {Q}, from: {{country: US}}, to: {{}}}}]"),
        "IN102",
        "'country'",
    ),
    "retirement of more than stands": bad_yaml(
        rest(f"retirements: [{{country: US, accelerator: h100-sxm, gpus: 9, {Q}}}]"), "IN207", "only 8 h100-sxm"
    ),
    "retirement where nothing stands": bad_yaml(
        rest(f"retirements: [{{country: DE, accelerator: h100-sxm, gpus: 1, {Q}}}]"), "IN207", "only 0", "Germany"
    ),
    "retirement without a quarter": bad_yaml(
        rest("retirements: [«{country: US, accelerator: h100-sxm, gpus: 1}]"), "IN101", "2026Q3"
    ),
    "consignee without a parent": bad_yaml(rest("consignees: [«{consignee: A, headquarters: US}]"), "IN101", "parent"),
    "consignee as a word": bad_yaml(rest("consignees: [«A]"), "IN103", "'A'"),
    "consignee twice, look-alike": bad_yaml(
        rest(
            "consignees: [{consignee: Acme, parent: A, headquarters: AE},"
            " {consignee: «Аcmе, parent: B, headquarters: AE}]"
        ),
        "IN204",
        "listed already",
    ),
    "another paragraph": bad_yaml(
        rest("site_operators: [{site: a, headquarters: US, certified: [14, «16]}]"), "IN106", "[14, 15, 18]"
    ),
    "result as a word": bad_yaml(rest("result: «optimal"), "IN103", "Remove it"),
    "own TPP of a catalogue's": bad_yaml(
        rest("accelerators: [{accelerator: h100-sxm, tpp: «1}]"), "IN205", "gives 15832 TPP"
    ),
    "own TPP by an alias": bad_yaml(rest("accelerators: [{accelerator: b200, tpp: «1}]"), "IN205", "Leave tpp out"),
    "own without TPP": bad_yaml(rest("accelerators: [«{accelerator: mine}]"), "IN101", "MacTOPS"),
    "own between the thresholds": bad_yaml(
        rest("accelerators: [«{accelerator: mine, tpp: 4799}]"), "IN101", "performance density"
    ),
    "own that surely meets 3A090.a": bad_yaml(
        rest("accelerators: [{accelerator: mine, tpp: 4800, meets_3a090a: «no}]"), "IN205", "the answer is yes"
    ),
    "own that surely does not": bad_yaml(
        rest("accelerators: [{accelerator: mine, tpp: 1599, meets_3a090a: «yes}]"), "IN205", "the answer is no"
    ),
    "own answer against the catalogue's": bad_yaml(
        rest("accelerators: [{accelerator: h20-sxm, meets_3a090a: «yes}]"), "IN205", "catalogue says no"
    ),
    "own accelerators as a mapping": bad_yaml(rest("accelerators: «{mine: 5000}"), "IN103", "a list is needed"),
}

ALL = {
    f"{part}: {name}": case
    for part, cases in {"syntax": SYNTAX, "number": NUMBERS, "identity": IDENTITY, "part": PARTS}.items()
    for name, case in cases.items()
}
