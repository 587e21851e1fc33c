"""Bad plans in JSON: what is no JSON, what only looks like a number, and what an escape may smuggle in."""

from __future__ import annotations

from bad_input import Bad, bad

PLAN = (
    '{"fleetplan": "plan/1", "firm": {"headquarters": "US", "status": "uveu"}, "placements":'
    ' [{"country": "US", "accelerator": "h100-sxm", "gpus": 8}]}'
)


def json(text: str, code: str, *says: str) -> Bad:
    """The case of a bad plan in JSON."""
    return bad("plan.json", text, code, *says)


def gpus(written: str) -> str:
    """A plan with this number of GPUs."""
    return PLAN.replace(": 8}", f": {written}}}")


def more(field: str) -> str:
    """A plan with a further field."""
    return f"{PLAN[:-1]}, {field}}}"


ALL = {
    "empty": json("", "IN006", "empty"),
    "spaces": json(" \n", "IN006", "empty"),
    "a number": json("«5", "IN103", "'5'", "a mapping is needed"),
    "a list": json("«[]", "IN103", "a list"),
    "null": json("«null", "IN103", "nothing"),
    "two values": json(f"{PLAN}\n«{PLAN}", "IN007", "one value"),
    "text after the end": json(f"{PLAN} «;", "IN007", "one value"),
    "comment": json(f"«// a plan\n{PLAN}", "IN005", "comments are not JSON"),
    "block comment": json(f"«/* a plan */{PLAN}", "IN005", "comments are not JSON"),
    "YAML": json("«fleetplan: plan/1\n", "IN005", "not JSON"),
    "single quotation marks": json(PLAN.replace('"', "'").replace("{", "{«", 1), "IN005", "double quotation marks"),
    "text in single quotation marks": json(gpus("«'8'"), "IN005", "double quotation marks"),
    "field without quotation marks": json(PLAN.replace('"gpus"', "«gpus"), "IN005", "double quotation marks"),
    "comma at the end": json(f"{PLAN[:-1]},«}}", "IN005", "Remove the last comma"),
    "comma at the end of a list": json(PLAN.replace("8}]", "8},«]"), "IN005", "Remove the last comma"),
    "comma twice": json(PLAN.replace(", ", ", «,", 1), "IN005", "a field's name"),
    "no comma": json(PLAN.replace(", ", " «", 1), "IN005", "',' or '}' is needed"),
    "no colon": json(PLAN.replace('"gpus": ', '"gpus" «'), "IN005", "':' is needed"),
    "not closed": json(f"{PLAN[:-1]}«", "IN005", "the end of the file"),
    "closed by another bracket": json(PLAN.replace("]}", "«}}"), "IN005", "',' or ']' is needed"),
    "text not closed": json(more('"x": «"abc'), "IN005", "not closed"),
    "line break in a text": json(more('"x": «"a\nb"'), "IN005", "a line break is written \\n"),
    "tab in a text": json(more('"x": «"a\tb"'), "IN005", "a tab \\t"),
    "escape of another language": json(more('"x": «"\\x41"'), "IN005", "wrong escape"),
    "escape cut short": json(more('"x": «"\\u12"'), "IN005", "wrong escape"),
    "no-break space": json(PLAN.replace(": ", ":«\u00a0", 1), "IN005", "'\\xa0"),
    "merge conflict": json(f"<<<<<<< HEAD\n{PLAN}\n=======\n{PLAN}\n", "IN005", "merge conflict: line 1"),
    "duplicate field": json(PLAN.replace(": 8}", ': 8, «"gpus": 9}'), "IN008", "'gpus'", "Remove one"),
    "duplicate field by escape": json(PLAN.replace(": 8}", ': 8, «"\\u0067pus": 9}'), "IN008", "'gpus'"),
    "nesting bomb of lists": json("[" * 64 + "«" + "[" * 99_936, "IN002", "64 deep"),
    "nesting bomb of objects": json('{"a":' * 64 + "«" + '{"a":' * 50_000, "IN002", "64 deep"),
    "text too long": json(more('"x": «"' + "a" * 70_000 + '"'), "IN002", "Shorten"),
    "field too long": json(more('«"' + "a" * 70_000 + '": 1'), "IN102", "a…'"),
    "byte-order mark within": json(PLAN.replace('"firm"', '«\ufeff"firm"'), "IN004", "U+FEFF"),
    "line separator": json(more('"x": "a«\u2028b"'), "IN004", "LINE SEPARATOR"),
    "NUL at the end": json(f"{PLAN}«\0", "IN004", "U+0000 (NUL)"),
    "escaped NUL": json(gpus('«"\\u0000"'), "IN004", "'\\x00'"),
    "escaped bidi override": json(more('"x": «"\\u202e"'), "IN004", "RIGHT-TO-LEFT OVERRIDE"),
    "half of a pair": json(gpus('«"\\ud800"'), "IN004", "'\\ud800'", "U+D800"),
    "halves in the wrong order": json(more('«"\\ude00\\ud83d": 1'), "IN004", "U+DE00"),
    "__proto__": json(more('«"__proto__": {}'), "IN102", "'__proto__'"),
    "empty field": json(more('«"": 1'), "IN102", "''"),
    "NaN": json(gpus("«NaN"), "IN104", "'NaN'"),
    "Infinity": json(gpus("«Infinity"), "IN104", "plain digits"),
    "negative infinity": json(gpus("«-Infinity"), "IN104", "plain digits"),
    "exponent": json(gpus("«1e5"), "IN104", "without an exponent"),
    "exponent in capitals": json(gpus("«1E2"), "IN104", "without an exponent"),
    "exponent beyond any float": json(gpus("«1e309"), "IN104", "without an exponent"),
    "whole with a point": json(gpus("«8.0"), "IN104", "without a decimal point"),
    "leading zero": json(gpus("«08"), "IN104", "leading zeros"),
    "hexadecimal": json(gpus("«0x8"), "IN104", "'0x8'"),
    "plus sign": json(gpus("«+8"), "IN104", "'+8'"),
    "comma between thousands": json(gpus("16,«000"), "IN104", "'16,000'", "Write 16000"),
    "underscore": json(gpus("«1_0"), "IN104", "Write 10"),
    "Arabic-Indic digit": json(gpus("«٣"), "IN104", "digits 0 to 9"),
    "text": json(gpus('«"8"'), "IN104", "without quotation marks"),
    "true": json(gpus("«true"), "IN104", "'true'"),
    "20 digits": json(gpus("«99999999999999999999"), "IN104", "18 digits"),
    "5,000 digits": json(gpus("«" + "9" * 5000), "IN104", "9…'", "18 digits"),
    "negative": json(gpus("«-8"), "IN105", "at least 1"),
    "None of Python": json(gpus("«None"), "IN005", "not a JSON value"),
    "list of lists": json(PLAN.replace('[{"c', '[«[{"c').replace("}]}", "}]]}"), "IN103", "a list"),
}
