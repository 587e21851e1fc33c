"""Bad scenarios: `solve` refuses them before it looks for a plan, and writes none."""

from __future__ import annotations

from bad_input import Bad, bad

HEAD = (
    "fleetplan: scenario/1\nname: s\nfirm: {headquarters: US, status: uveu}\n"
    "horizon: {first: 2026Q1, last: 2026Q2}\nsites: bundled\n"
)


def scenario(more: str, code: str, *says: str) -> Bad:
    """The case of a scenario with a further, bad field."""
    return whole(f"{HEAD}{more}\n", code, *says)


def whole(text: str, code: str, *says: str) -> Bad:
    """The case of a bad scenario."""
    case = bad("scenario.yaml", text, code, *says)
    return case._replace(argv=("solve", "-o", "plan.yaml", "scenario.yaml"))


def site(fields: str, code: str, *says: str) -> Bad:
    """The case of a scenario with one bad site."""
    return whole(HEAD.replace("bundled", f"[{{{fields}}}]"), code, *says)


ALL = {
    "empty": whole("", "IN006", "empty"),
    "a plan": whole("fleetplan: «plan/1\n", "IN112", "a scenario is needed"),
    "schema of the future": whole("fleetplan: «scenario/2\n", "IN112", "update fleetplan"),
    "nesting bomb": whole("[" * 64 + "«" + "[" * 50_000, "IN002", "64 deep"),
    "python tag": scenario("budget_musd: «!!python/object:x {}", "IN009", "tags"),
    "no horizon": whole(HEAD.replace("horizon: {first: 2026Q1, last: 2026Q2}\n", ""), "IN203", "no quarter is named"),
    "no sites": whole(HEAD.replace("sites: bundled\n", ""), "IN101", "bundled"),
    "sites of a wrong word": whole(HEAD.replace("bundled", "«bundle"), "IN106", "'bundle'"),
    "sites elsewhere": whole(HEAD.replace("bundled", "«../sites.csv"), "IN010", "out of the folder"),
    "sites in a missing table": whole(HEAD.replace("bundled", "«sites.csv"), "IN010", "there is no such file"),
    "site without power": site("site: a, country: MY", "IN101", "power_mw"),
    "power with an exponent": site("site: a, country: MY, power_mw: «3e2", "IN104", "without an exponent"),
    "power below zero": site("site: a, country: MY, power_mw: «-3", "IN105", "at least 0"),
    "country of a site": site("site: a, country: «UK, power_mw: 3", "IN110", "'GB'"),
    "negative delivery": scenario("supply: [{accelerator: h100-sxm, per_quarter: «-1}]", "IN105", "at least 0"),
    "delivery with commas": scenario("supply: [{accelerator: h100-sxm, per_quarter: 16,«000}]", "IN104", "Write 16000"),
    "delivery in two ways": scenario(
        "supply: [{accelerator: h100-sxm, per_quarter: 1, by_quarter: «{2026Q1: 1}}]", "IN113", "exclude each other"
    ),
    "delivery after the horizon": scenario(
        "supply: [{accelerator: h100-sxm, by_quarter: {«2027Q1: 1}}]", "IN202", "after the horizon"
    ),
    "unknown accelerator": scenario("supply: [{accelerator: «h100, per_quarter: 1}]", "IN111", "'h100-sxm'"),
    "accelerator without a price": scenario(
        "supply: [{accelerator: «a100-sxm, per_quarter: 1}]", "IN404", "price is not known"
    ),
    "a lead of half a quarter": scenario(
        "supply: [{accelerator: h100-sxm, per_quarter: 1, lead_quarters: «0.5}]", "IN104", "whole number"
    ),
    "accelerator twice": scenario(
        "supply: [{accelerator: h100-sxm, per_quarter: 1}, {accelerator: «h100-sxm, per_quarter: 1}]",
        "IN204",
        "one row",
    ),
    "budget as a number": scenario("budget_musd: «4000", "IN103", "a mapping is needed"),
    "budget in two ways": scenario("budget_musd: {total: 1, per_quarter: 1}", "IN113", "exclude each other"),
    "demand in an unknown region": scenario("demand: [{region: «glf, h100e: 1}]", "IN402", "Did you mean 'gulf'?"),
    "share without its sign": scenario("max_share_per_site: «30", "IN108", "with its sign"),
    "share over all": scenario("max_share_per_site: «130%", "IN108", "between 0% and 100%"),
    "unknown site kept open": scenario("keep_open: [«jahor]", "IN401", "Did you mean 'johor'?"),
    "unknown objective": scenario("objective: «capacty", "IN106", "Did you mean 'capacity'?"),
    "own limit with the law's id": scenario("own_limits: [{id: «UVEU101, title: t, at_most: 5%, of: all}]", "IN504"),
    "own limit as a word": scenario("own_limits: [«OWN1]", "IN103", "'OWN1'"),
    "own limit without its sign": scenario(
        "own_limits: [{id: OWN1, title: t, at_most: «5, of: all}]", "IN505", "percent sign"
    ),
    "own floor in every country": scenario(
        "own_limits: [«{id: OWN1, title: t, each: country+quarter, at_least: 5%, of: all}]", "IN405", "Name the"
    ),
    "objective that cannot come first": scenario("objective: «[open_sites, cost]", "IN106", "behind another"),
    "tolerance for one objective": scenario("objective: cost\nobjective_tolerance: «1%", "IN403", "a list"),
    "authorization that is not held": scenario("authorizations: «{MY: [nveu]}", "IN403", "does not hold it there"),
    "unknown authorization": scenario("authorizations: [«lvp]", "IN106", "Did you mean 'lpp'?"),
    "fleet within the horizon": scenario(
        "fleet: [{country: US, accelerator: h100-sxm, gpus: 8, quarter: «2026Q1}]", "IN202", "supply"
    ),
    "misspelt field": scenario("«suply: []", "IN102", "Did you mean 'supply'?"),
    "placements": scenario("«placements: []", "IN102", "'placements'"),
    "truth in quotation marks": scenario("retire_allowed: «'false'", "IN106", "Remove the quotation marks"),
}
