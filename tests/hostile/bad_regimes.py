"""Bad regimes: of files, of amendments in plans, and of the names of regimes. Bad waivers, too."""

from __future__ import annotations

from bad_input import HEAD, ROWS, Bad, bad_yaml, marked, rest

START = "fleetplan: regime/1\nid: own\ntitle: Own\nextends: ifr-2025\n"
WAIVER = (
    "{rule: UVEU101, scope: MY, quarters: [2026Q1], max_excess_tpp: 1000000, reason: Agreed, approved_by: A B,"
    " approved: 2026-01-01, expires: 2026-12-31}"
)
WAIVERS = f"fleetplan: waivers/1\nwaivers:\n  - {WAIVER}\n"


def regime(text: str, code: str, *says: str, file: str = "own.yaml", **files: str) -> Bad:
    """The case of a good plan that names a bad regime file."""
    text, at = marked(text)
    plan = f"{HEAD}regime: own.yaml\n{ROWS}"
    others = {f"{name}.yaml": content for name, content in files.items()}
    return Bad({"plan.yaml": plan, "own.yaml": text, **others}, ("check", "plan.yaml"), code, says, at, file)


def amended(path: str, value: str, code: str, *says: str) -> Bad:
    """The case of a regime file with a bad amendment."""
    return regime(f"{START}amend:\n  {path}: {value}\n", code, *says)


def inline(written: str, code: str, *says: str) -> Bad:
    """The case of a plan with a bad regime."""
    return bad_yaml(rest(f"regime: {written}"), code, *says)


def waiver(old: str, new: str, code: str, *says: str) -> Bad:
    """The case of a file of waivers in which `old` is `new`, beside a plan."""
    assert old in WAIVERS
    text, at = marked(WAIVERS.replace(old, new))
    argv = ("check", "--waivers", "waivers.yaml", "--today", "2026-06-01", "plan.yaml")
    return Bad({"plan.yaml": HEAD + ROWS, "waivers.yaml": text}, argv, code, says, at, "waivers.yaml")


FILES = {
    "empty": regime("", "IN006", "empty"),
    "a list": regime("«- a\n", "IN103", "a mapping"),
    "no schema": regime("«id: own\n", "IN112", "fleetplan: regime/1"),
    "a plan": regime("fleetplan: «plan/1\n", "IN112", "'plan/1'"),
    "itself": regime(START.replace("ifr-2025", "«own.yaml"), "IN502", "in a circle"),
    "one another": regime(
        START.replace("ifr-2025", "other.yaml"),
        "IN502",
        "circle",
        file="other.yaml",
        other=START.replace("ifr-2025", "own.yaml"),
    ),
    "unknown base": regime(START.replace("ifr-2025", "«ifr"), "IN501", "Did you mean 'ifr-2025'?"),
    "list of bases": regime(START.replace("ifr-2025", "«[none, ifr-2025]"), "IN103", "an id or a path"),
    "no rules": regime("«fleetplan: regime/1\nid: own\ntitle: Own\n", "IN101", "the field is missing"),
    "rules null": regime(f"{START}rules: «null\n", "IN101", "rules"),
    "unknown field": regime(f"{START}«rule: []\n", "IN102", "Did you mean 'rules'?"),
    "rule twice": regime(f"{START}rules: [{{id: «UVEU101, title: t}}]\n", "IN504", "another rule"),
    "anchor": regime(START.replace("ifr-2025", "«&a ifr-2025"), "IN009", "anchors"),
    "python tag": regime(START.replace("ifr-2025", "«!!python/name:os.system x"), "IN009", "tags"),
    "tab": regime(f"{START}«\tamend: {{}}\n", "IN005", "spaces, not with tabs"),
    "Cyrillic rule": amended("«UVЕU101.at_most", "10%", "IN503")._replace(at=None),
}

BOUNDS = {
    "no sign": amended("UVEU101.at_most", "«7", "IN505", "with its percent sign"),
    "negative": amended("UVEU101.at_most", "«-7%", "IN108", "between 0% and 100%"),
    "more than all": amended("UVEU101.at_most", "«100.1%", "IN108", "between 0% and 100%"),
    "two signs": amended("UVEU101.at_most", "«7 %%", "IN108", "'7 %%'"),
    "full-width sign": amended("UVEU101.at_most", "«7％", "IN104", "'7％'"),
    "full-width digit": amended("UVEU101.at_most", "«７%", "IN108", "'７%'"),
    "exponent": amended("CAP201.at_most", "«7.9e8", "IN104", "without an exponent"),
    "comma between thousands": amended("CAP201.at_most", "«790,000,000", "IN104", "Write 790000000"),
    "infinity": amended("CAP201.at_most", "«.inf", "IN104", "'.inf'"),
    "negative amount": amended("CAP201.at_most", "«-1", "IN104", "at least 0"),
    "list": amended("CAP201.at_most", "«[1, 2]", "IN103", "a list"),
    "by day": amended("UVEU101.at_most", "{«2026-01-01: 7%}", "IN107", "by quarter"),
    "quarter twice": amended("UVEU101.at_most", "{2026Q1: 7%, «2026Q1: 99%}", "IN008", "'2026Q1'"),
    "nothing": amended("UVEU101.at_most", "«null", "IN503", "needs a value"),
    "unknown rule": amended("UVEU999.at_most", "«7%", "IN503", "no such rule"),
    "unknown field": amended("UVEU101.atmost", "«7%", "IN102", "Did you mean 'at_most'?"),
    "whole rule": amended("UVEU101", "«7%", "IN503", "RULE.field"),
    "id": amended("UVEU101.id", "«OWN1", "IN503", "is its id"),
    "below a value": amended("UVEU101.at_most.x.y", "«7%", "IN503", "not a mapping"),
    "all rules": amended("rules", "«[]", "IN503", "no such rule"),
    "unknown country in a tier": amended("tiers.tier1", "[US, «XX]", "IN110", "'XX'"),
    "Cyrillic country in a tier": amended("tiers.tier1", "[US, «АЕ]", "IN110", "'АЕ'"),
    "country in two tiers": amended("tiers.tier3", "«[US]", "IN507", "Tier 1 as well"),
    "dependency in a tier": amended("tiers.tier1", "[US, «PR]", "IN507", "follows US"),
    "span backwards": amended("span.last", "«2024Q1", "IN105", "before it begins"),
    "severity": amended("UVEU101.severity", "«none", "IN106", "error, warning"),
}

NAMES = {
    "half a name": inline("«ifr", "IN501", "Did you mean 'ifr-2025'?"),
    "capitals": inline("«IFR-2025", "IN501", "Did you mean 'ifr-2025'?"),
    "password file": inline("«/etc/passwd", "IN501", "not a regime"),
    "empty": inline("«''", "IN109", "a name is needed"),
    "list": inline("«[none]", "IN103", "a list"),
    "number": inline("«2025", "IN501", "'2025'"),
    "of a missing file": inline("own.yaml", "IN001", "there is no such file")._replace(file="own.yaml"),
    "URL": inline("«https://example.org/own.yaml", "IN010", "URLs are not read"),
    "amending nothing": inline("«{amend: {}}", "IN101", "regime that is amended"),
    "misspelt": inline("{extends: none, «ammend: {}}", "IN102", "Did you mean 'amend'?"),
    "amendments as a list": inline("{extends: none, amend: «[a]}", "IN103", "a list"),
    "unknown rule": inline("{extends: none, amend: {UVEU999.at_most: 1%}}", "IN503", "no such rule"),
    "percent over all": inline("{extends: ifr-2025, amend: {UVEU101.at_most: 107%}}", "IN108", "0% and 100%"),
}

OF_WAIVERS = {
    "empty": waiver(WAIVERS, "", "IN006", "empty"),
    "no schema": waiver("fleetplan: waivers/1", "version: 1", "IN101", "fleetplan: waivers/1"),
    "schema of the future": waiver("waivers/1", "«waivers/2", "IN112", "'waivers/2'"),
    "a mapping": waiver(f"  - {WAIVER}", "  a: 1", "IN103", "a list is needed"),
    "no waivers": waiver(f"waivers:\n  - {WAIVER}", "", "IN101", "waivers"),
    "unknown field": waiver("expires:", "«until: 2027-01-01, expires:", "IN102", "'until'"),
    "no reason": waiver("reason: Agreed, ", "", "IN101", "Say why"),
    "no expiry": waiver(", expires: 2026-12-31", "", "IN101", "last day"),
    "no approver": waiver("approved_by: A B, ", "", "IN101", "who approved"),
    "no excess": waiver("max_excess_tpp: 1000000, ", "", "IN101", "largest excess"),
    "Tier 3": waiver("UVEU101", "«TIER301", "IN603", "cannot be waived"),
    "everywhere": waiver("scope: MY", "scope: «'*'", "IN605", "one place"),
    "for ever": waiver("expires: 2026-12-31", "expires: «2036-12-31", "IN602", "366"),
    "no day": waiver("expires: 2026-12-31", "expires: «2026-02-30", "IN601", "'2026-02-30'"),
    "a quarter for a day": waiver("expires: 2026-12-31", "expires: «2026Q4", "IN601", "'2026Q4'"),
    "endless excess": waiver("1000000", "«.inf", "IN104", "'.inf'"),
    "excess with an exponent": waiver("1000000", "«1e6", "IN104", "without an exponent"),
    "negative excess": waiver("1000000", "«-1", "IN105", "at least 1"),
    "twice": waiver(f"  - {WAIVER}", f"  - {WAIVER}\n  - {WAIVER}", "IN204", "line 3"),
    "anchor": waiver("scope: MY", "scope: «&a MY", "IN009", "anchors"),
    "bidi override": waiver("Agreed", "Agreed«\u202e", "IN004", "RIGHT-TO-LEFT OVERRIDE"),
    "UTF-16": waiver("Agreed", "Agreed", "IN003", "UTF-16"),
}
_SIXTEEN = OF_WAIVERS["UTF-16"]
OF_WAIVERS["UTF-16"] = _SIXTEEN._replace(files={**_SIXTEEN.files, "waivers.yaml": WAIVERS.encode("utf-16")})

ALL = {
    f"{part}: {name}": case
    for part, cases in {"file": FILES, "bound": BOUNDS, "name": NAMES, "waiver": OF_WAIVERS}.items()
    for name, case in cases.items()
}
