"""Bad tables of placements in CSV, named on the command line or by a plan, and bad settings and flags for them."""

from __future__ import annotations

from bad_input import FIRM, HEAD, ROWS, Bad, bad, marked

HEADER = "country,accelerator,gpus\n"
TABLE = f"{HEADER}US,h100-sxm,8\n"
SETTINGS = "[firm]\nheadquarters = 'US'\nstatus = 'uveu'\n"


def table(text: str, code: str, *says: str) -> Bad:
    """The case of a bad table, whose firm flags give."""
    return bad("rows.csv", text, code, *says, argv=FIRM)


def named(text: str, code: str, *says: str) -> Bad:
    """The case of a good plan that names a bad table."""
    text, at = marked(text)
    files = {"plan.yaml": f"{HEAD}placements_file: rows.csv\n", "rows.csv": text}
    return Bad(files, ("check", "plan.yaml"), code, says, at, "rows.csv")


def settings(text: str | bytes, code: str, *says: str) -> Bad:
    """The case of a good table beside bad settings."""
    at = None
    if isinstance(text, str):
        text, at = marked(text)
    files = {"rows.csv": TABLE, "fleetplan.toml": text}
    return Bad(files, ("check", "rows.csv"), code, says, at, "fleetplan.toml")


def flags(*argv: str, code: str, says: tuple[str, ...], file: str = "command line") -> Bad:
    """The case of a good table with bad flags."""
    return Bad({"rows.csv": TABLE}, ("check", *argv, "rows.csv"), code, says, file=file)


TABLES = {
    "empty": table("", "IN006", "header"),
    "blank lines": table("\n\n", "IN006", "header"),
    "header alone": table(HEADER, "IN201", "no placement"),
    "no header": table("US,h100-sxm,8\n", "IN301", "'US'"),
    "column missing": table("«country,gpus\nUS,8\n", "IN301", "accelerator"),
    "column unknown": table("«country,accelerator,gpu\nUS,h100-sxm,8\n", "IN301", "Did you mean 'gpus'?"),
    "column twice": table("«country,accelerator,gpus,gpus\nUS,h100-sxm,8,9\n", "IN301", "twice"),
    "column in capitals": table("«Country,accelerator,gpus\nUS,h100-sxm,8\n", "IN301", "Did you mean 'country'?"),
    "Cyrillic column": table("«country,accelerator,gрus\nUS,h100-sxm,8\n", "IN301", "CYRILLIC SMALL LETTER ER"),
    "semicolons": table("«country;accelerator;gpus\nUS;h100-sxm;8\n", "IN304", "commas"),
    "tabs": table("«country\taccelerator\tgpus\nUS\th100-sxm\t8\n", "IN304", "commas"),
    "too few fields": table(f"{HEADER}«US,h100-sxm\n", "IN302", "2 fields, the header 3"),
    "too many fields": table(f"{HEADER}«US,h100-sxm,1,000\n", "IN302", "4 fields, the header 3"),
    "merge conflict": table(f"{HEADER}«<<<<<<< HEAD\nUS,h100-sxm,8\n", "IN302", "'<<<<<<< HEAD'"),
    "quotation not closed": table(f'{HEADER}«US,"h100-sxm,8\n', "IN303", "Close it"),
    "quotation within": table(f'{HEADER}«US,"h100"-sxm,8\n', "IN303", "Close it"),
    "empty cell": table(f"{HEADER}US,«,8\n", "IN101", "Fill it in"),
    "whole with a point": table(f"{HEADER}US,h100-sxm,«8.0\n", "IN104", "'8.0'"),
    "exponent": table(f"{HEADER}US,h100-sxm,«1E5\n", "IN104", "without an exponent"),
    "comma between thousands": table(f'{HEADER}US,h100-sxm,«"1,000"\n', "IN104", "Write 1000"),
    "leading zero": table(f"{HEADER}US,h100-sxm,«08\n", "IN104", "leading zeros"),
    "full-width digits": table(f"{HEADER}US,h100-sxm,«８\n", "IN104", "0 to 9"),
    "superscript": table(f"{HEADER}US,h100-sxm,«²\n", "IN104", "0 to 9"),
    "plus sign": table(f"{HEADER}US,h100-sxm,«+8\n", "IN104", "'+8'"),
    "negative": table(f"{HEADER}US,h100-sxm,«-8\n", "IN104", "'-8'"),
    "zero": table(f"{HEADER}US,h100-sxm,«0\n", "IN105", "at least 1"),
    "19 digits": table(f"{HEADER}US,h100-sxm,«9999999999999999999\n", "IN104", "18 digits"),
    "NaN": table(f"{HEADER}US,h100-sxm,«nan\n", "IN104", "'nan'"),
    "error of a spreadsheet": table(f"{HEADER}US,h100-sxm,«#REF!\n", "IN104", "'#REF!'"),
    "formula": table(f"{HEADER}US,h100-sxm,«=SUM(A1)\n", "IN104", "'=SUM(A1)'"),
    "sum beyond int64": table(f"{HEADER}US,h100-sxm,999999999999999999\n", "IN208", "9223372036854775807"),
    "UK": table(f"{HEADER}«UK,h100-sxm,8\n", "IN110", "Did you mean 'GB'?"),
    "Cyrillic country": table(f"{HEADER}«АЕ,h100-sxm,8\n", "IN110", "CYRILLIC CAPITAL LETTER A"),
    "full-width country": table(f"{HEADER}«ＵＳ,h100-sxm,8\n", "IN110", "Did you mean 'US'?"),
    "small dotless letter": table(f"{HEADER}«ıt,h100-sxm,8\n", "IN110", "LATIN SMALL LETTER DOTLESS I"),
    "Cyrillic accelerator": table(f"{HEADER}US,«Н100-sxm,8\n", "IN111", "CYRILLIC CAPITAL LETTER EN"),
    "quarter": table("country,accelerator,gpus,quarter\nUS,h100-sxm,8,«2026-Q1\n", "IN107", "2026Q3"),
    "day": table("country,accelerator,gpus,quarter\nUS,h100-sxm,8,«2026-01-01\n", "IN107", "2026Q3"),
    "authorization": table("country,accelerator,gpus,authorization\nUS,h100-sxm,8,«UVEU\n", "IN106", "'uveu'"),
    "line break in a site": table('country,accelerator,gpus,site\nUS,h100-sxm,8,"a\nb"\n', "IN109", "one line"),
    "bidi override": table("country,accelerator,gpus,site\nUS,h100-sxm,8,a«\u202eb\n", "IN004", "Remove"),
    "ANSI escape": table("country,accelerator,gpus,site\nUS,h100-sxm,8,«\x1b[31m\n", "IN004", "ESCAPE"),
    "NUL": table(f"{HEADER}US,h100-sxm,8«\0\n", "IN004", "NUL"),
    "byte-order mark within": table(f"{HEADER}«\ufeffUS,h100-sxm,8\n", "IN004", "U+FEFF"),
    "carriage returns alone": table(TABLE.replace("\n", "\r"), "IN004", "CARRIAGE RETURN"),
    "a million columns": table("a," * 25_000 + "\n", "IN002", "256"),
    "an endless line": table("a" * 70_000 + "\n", "IN002", "65536 bytes"),
    "an endless cell": table(f'{HEADER}US,h100-sxm,"{"8" * 70_000}"\n', "IN002", "65536 bytes"),
    "named by a plan": named(f"{HEADER}US,h100-sxm,«8.5\n", "IN104", "'8.5'"),
    "named by a plan, empty": named("", "IN006", "header"),
    "named by a plan, pointer of LFS": named("version https://git-lfs.github.com/spec/v1\n", "IN001", "git lfs pull"),
}

HEADS = {
    "no firm": flags(code="IN206", says=("--headquarters",), file="rows.csv"),
    "no status": flags("--headquarters", "US", code="IN101", says=("uveu, nveu, none",), file="rows.csv"),
    "UK on the command line": flags("--headquarters", "UK", "--status", "none", code="IN110", says=("'GB'",)),
    "small letters on the command line": flags(
        "--headquarters", "us", "--status", "none", code="IN110", says=("'US'",)
    ),
    "unknown regime on the command line": flags(
        *FIRM, "--regime", "ifr", code="IN501", says=("'ifr'", "Did you mean 'ifr-2025'?")
    ),
    "flag against the plan": Bad(
        {"plan.yaml": HEAD + ROWS}, ("check", "--headquarters", "CN", "plan.yaml"), "IN403", ("this file says US",)
    ),
    "unknown setting": settings(f"regmie = 'none'\n{SETTINGS}", "IN102", "'regmie'", "Did you mean 'regime'?"),
    "no TOML": settings("firm =«\n", "IN005", "not TOML"),
    "merge conflict in settings": settings(f"«<<<<<<< HEAD\n{SETTINGS}", "IN005", "merge conflict: line 1"),
    "setting twice": settings(f"regime = 'none'\nregime = 'none'\n{SETTINGS}", "IN005", "not TOML"),
    "NUL in settings": settings(f"{SETTINGS}a = '\0'\n", "IN005", "not TOML"),
    "settings in UTF-16": settings(SETTINGS.encode("utf-16"), "IN003", "Save it as UTF-8"),
    "firm as text": settings("firm = 'US'\n", "IN103", "'US'"),
    "firm as a list": settings("firm = ['US']\n", "IN103", "a list"),
    "status in capitals": settings(SETTINGS.replace("uveu", "UVEU"), "IN106", "Did you mean 'uveu'?"),
    "small letters": settings(SETTINGS.replace("'US'", "'us'"), "IN110", "Write 'US'"),
    "unknown field of the firm": settings(f"{SETTINGS}tier = 1\n", "IN102", "'tier'"),
    "unknown regime": settings(f"regime = 'ifr'\n{SETTINGS}", "IN501", "Did you mean 'ifr-2025'?"),
    "regime as a list": settings(f"regime = ['none']\n{SETTINGS}", "IN103", "a list"),
    "days for a horizon": settings(
        f"horizon = {{first = 2026-01-01, last = 2026-12-31}}\n{SETTINGS}", "IN107", "'2026-01-01'"
    ),
    "use with an exponent": settings(f"national_use = {{SG = 1e9}}\n{SETTINGS}", "IN104", "without an exponent"),
    "negative use": settings(f"national_use = {{SG = -1}}\n{SETTINGS}", "IN105", "at least 0"),
    "use as text": settings(f"national_use = {{SG = '1'}}\n{SETTINGS}", "IN104", "without quotation marks"),
    "infinite use": settings(f"national_use = {{SG = inf}}\n{SETTINGS}", "IN104", "'inf'"),
    "use that is no number": settings(f"national_use = {{SG = nan}}\n{SETTINGS}", "IN104", "'nan'"),
    "use of 5,000 digits": settings(f"national_use = {{SG = {'9' * 5000}}}\n{SETTINGS}", "IN002", "too large"),
    "settings nested deep": settings(f"regime = {'[' * 3000}\n{SETTINGS}", "IN002", "nested"),
    "agreement with no date": settings(f"agreements = [{{country = 'AE'}}]\n{SETTINGS}", "IN101", "2026Q3"),
    "escaped bidi override": settings(f'{SETTINGS}name = "a\\u202eb"\n', "IN004", "RIGHT-TO-LEFT OVERRIDE"),
}

ALL = {**{f"table: {name}": case for name, case in TABLES.items()}, **{f"head: {name}": c for name, c in HEADS.items()}}
