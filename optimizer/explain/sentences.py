"""Findings and notes in words: one sentence each. All words stand in the tables of this module, by rule and by part.

A sentence says what is measured and when, what is allowed, the difference in GPUs, and where the law says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..check import Finding
from ..checking.as_of import UNKNOWN_DAY
from ..checking.books import Row
from ..checking.notes import Note
from ..checking.unjudged import UNDATED
from ..domain.catalogue import Catalogue
from ..domain.countries import countries
from ..domain.plan import Move
from ..errors import show
from ..limits import Sense, Standing
from ..regimes import BY_SUCH_A_FIRM, OWN_GROUP_INDEX
from ..units import TPP_PER_H100E, percent
from .gpu_counts import room, too_few, too_many

MEASURED: Mapping[str, str] = {
    "TIER301": "{country} has {measured} TPP during {quarter}",
    "UVEU100": "a UVEU with neither headquarters nor ultimate parent in Tier 1 places {measured} TPP",
    "AUTH200": "{country} receives {measured} TPP under {authorizations}, which the firm does not hold there",
    "AIA250": "a firm not headquartered and owned in Tier 1 places {measured} TPP under Licence Exception AIA",
    "UVEU101": "{country} holds {part} of the firm's computing power at the end of {quarter} "
    "({measured} of {base} TPP)",
    "UVEU102": "outside Tier 1 stands {part} of the firm's computing power at the end of {quarter} "
    "({measured} of {base} TPP)",
    "UVEU103": "the United States holds {part} of the firm's computing power at the end of {quarter} "
    "({measured} of {base} TPP)",
    "CAP201": "{country} holds {measured} TPP under the national cap at the end of {quarter}",
    "LPP501": "{consignee} receives {measured} TPP under the low-volume allowance in {year}",
    "NVEU401": "{country} holds {measured} TPP under the NVEU authorization at the end of {quarter}",
    "WGT701": "closed model weights are held beside {measured} TPP at {site} in {country}",
    "own": "{title}: {measured} TPP{when}",
    "own share": "{title}: {part}{when} ({measured} of {base} TPP)",
}
"""What was measured, by rule; the last two are for the firm's own limits and for rules of other regimes."""

KEPT: Mapping[str, str] = {
    "TIER301": "nothing is present in {country} during {quarter}",
    "UVEU100": "the firm has its headquarters or its ultimate parent in Tier 1",
    "AUTH200": "every authorization used in {country} is one that the firm holds there",
    "WGT701": "closed model weights may be held at {site} in {country}",
    "AIA250": "nothing is placed under Licence Exception AIA, or the firm is headquartered and owned in Tier 1",
}
"""What to say of a rule that allows nothing, where nothing was measured."""

MEND: Mapping[str, str] = {
    "TIER301": "Take everything out of there; no amount is allowed, and no waiver.",
    "TIER301 firm": "Such a firm may place nothing; correct its headquarters or ultimate parent if they are wrong.",
    "UVEU100": "Correct the firm's status, headquarters or ultimate parent.",
    "AUTH200": "Name an authorization that the firm holds there, or correct the firm's status and nveu_countries.",
    "AIA250": "Name another authorization; in Tier 1 that is a licence for such a firm.",
    "UVEU101": "Place less there, place it later, or bring more capacity into service elsewhere before it.",
    "UVEU102": "Place less outside Tier 1, place it later, or bring more into service in Tier 1 before it.",
    "UVEU103": "Bring more into service in the United States before this, or place less elsewhere.",
    "CAP201": "Place less there, or under an authorization that the cap does not count; an agreement raises the cap.",
    "LPP501": "Ship less this year, or under another authorization; all consignees of one parent share the allowance.",
    "NVEU401": "Place it in a later quarter, when the amount is larger, or less of it.",
    "WGT701": "Hold the weights in Tier 1, or at a site whose operator is headquartered in Tier 1 and is certified.",
    "undecided WGT701": "Name the site, and its operator under site_operators; if it holds no such weights, remove "
    "holds_weights.",
    "undecided value": "End the horizon with the last quarter that has a value, or amend the rule with a value.",
    "undecided day": "Ask about a day that the regime's timeline knows, or leave --as-of out to judge it as published.",
    "undecided chips": "State meets_3a090a for {accelerators} under accelerators, with yes or no.",
    "undecided LPP501": "Give each low-volume row its quarter and its declared consignee, or another authorization.",
    "own": "Place less of what it measures, or change the limit.",
    "own floor": "Place more of what it measures, or change the limit.",
}
"""How to mend a finding, by rule."""

NOTES: Mapping[str, str] = {
    "reader": "{text}.",
    "not_enforced": "{regime} is not enforced today: {note} (looked up in {looked}). It is applied here as published.",
    "enforcement_not_stated": "{regime}: {note} (looked up in {looked}).",
    "as_of_in_force": "Judged as the law stood on {day}: {regime} is in force since {first}.",
    "as_of_announced": "Judged as the law stood on {day}: {regime} is announced since {first} and not yet in force, so "
    "what breaks it is a warning.",
    "as_of_not_enforced": "Judged as the law stood on {day}: {regime} is published and, since {first}, not enforced; "
    "what breaks it is a violation of the text all the same.",
    "as_of_unknown": "{regime} does not say how the law stood on {day}: nothing is decided.",
    "added": "The rule {rule} is added to the regime.",
    "reading": "Read otherwise than by default: {reading} = {option} ({says}).",
    "amended": "The regime is amended: {path} = {value}.",
    "nothing_judged": "The horizon ends in {last}, before the regime begins in {first}: nothing was judged.",
    "judged_from": "Quarters before {first} are not judged by this regime.",
    "own_accelerator": "The plan gives {accelerator} itself: {tpp} TPP a GPU, meets 3A090.a: {meets}.",
    "agreement_stated": "The plan states a government arrangement with {country}, which raises the national cap from "
    "{quarter} on.",
    "lpp_before_regime": "Rows under lpp are dated before {first}, when there was no such allowance; none is judged.",
    "before_horizon": "Rows come into service as early as {earliest}; the horizon begins in {first}, so the quarters "
    "before it are not judged.",
    "site_elsewhere": "The bundled site {site} lies in {country}; this row says {written}, and was judged there.",
    "licence": "{country}: {gpus} stand outside Tier 1 under individual licences, which no cap counts.",
    "allocation_taken": "{country}: {gpus} name no authorization and are counted as licensed allocations, since the "
    "firm holds none of its own there.",
    "nveu_nowhere": "The firm's status is nveu, and nveu_countries names no country outside Tier 1 where it is an "
    "NVEU: NVEU401 judges nothing.",
    "national_use_missing": "national_use says nothing about {countries}: taken as 0 TPP used by others.",
    "undated_counted": "{country}: rows with no quarter ({rows}) are counted as received since {since}.",
    "low_confidence": "The figures of {accelerators} are recollected, not read from a vendor's sheet.",
    "unknown_3a090a": "It is not known whether {accelerators} meets 3A090.a; each limit was judged both ways.",
    "weights_unruled": "{regime} has no rule on closed model weights; where they may be held was not judged.",
    "took_across": "{gpus} in {quarter} were taken from chips under several authorizations; name one to choose.",
    "assumed": "Assumption ({rule}): {text}",
    "assumed_licence": "Assumption: a licence in Tier 1 is uncapped; it is reviewed under a presumption of approval.",
}
"""What each note says."""

PARTS: Mapping[str, str] = {
    "at most share": "; at most {bound} is allowed, {allowed} TPP",
    "at least share": "; at least {bound} is needed, {allowed} TPP",
    "at most": "; at most {allowed} TPP is allowed ({h100e} H100e)",
    "at least": "; at least {allowed} TPP is needed ({h100e} H100e)",
    "nothing": "; nothing is allowed",
    "because": " ({why})",
    "over": "; {excess} TPP too much",
    "under": "; {excess} TPP too little",
    "gpus over": ", that is {gpus} too many",
    "gpus under": ", that is {gpus} too few there",
    "room": "; {gpus} more would fit",
    "room elsewhere": "; {gpus} more elsewhere would fit",
    "no value": "; undecided, because {why}",
    "chips": "; undecided, because it is not known whether {accelerators} meets 3A090.a",
    "not applicable": "{title}: not applicable, {why}",
    "or": " or ",
    "and": " and ",
    "more": " ...",
    "follows": "{written} (counts as {parent})",
    "own group": "the firm's own group",
    "group": "the group of {name}",
    "in": " in {period}",
    "end of": " at the end of {period}",
    "no site": "a site that is not named",
    "some year": "a year that is not given",
}
"""The other parts of a sentence."""

MOST_ACCELERATORS = 3
"""How many accelerators a sentence names."""


def country_name(code: str) -> str:
    """The country's English name; of a dependency, with the one that it counts as."""
    row = countries()[code]
    if row.follows is None:
        return row.name_en
    return PARTS["follows"].format(written=row.name_en, parent=countries()[row.follows].name_en)


def sentence(finding: Finding, catalogue: Catalogue) -> str:
    """The finding in one sentence, with its citation; `catalogue` is the plan's."""
    limit = finding.limit
    if finding.verdict == "not_applicable":
        text = PARTS["not applicable"].format(title=limit.rule.title, why=limit.why)
    elif finding.verdict == "pass" and finding.measured == 0 and limit.rule.id in KEPT:
        text = KEPT[limit.rule.id].format(**_values(finding))
    else:
        text = _template(finding).format(**_values(finding)) + _bound(finding) + _difference(finding, catalogue)
    remark = f" {finding.remark}" if finding.remark else ""
    return f"{text[:1].upper()}{text[1:]} [{limit.rule.citation}].{remark}"


def mend(finding: Finding) -> str:
    """How the finding could be mended, in one sentence."""
    limit = finding.limit
    if finding.deciding:
        return MEND["undecided chips"].format(accelerators=_list(finding.deciding, "and"))
    if limit.why == BY_SUCH_A_FIRM:
        return MEND["TIER301 firm"]
    if limit.why.startswith(UNKNOWN_DAY):
        return MEND["undecided day"]
    if finding.verdict == "undecided":
        return MEND.get(f"undecided {limit.rule.id}", MEND["undecided value"])
    return MEND.get(limit.rule.id, MEND["own floor" if limit.sense is Sense.AT_LEAST else "own"])


def note_text(note: Note) -> str:
    """The note in words."""
    values = dict(note.values)
    if "country" in values:
        values["country"] = country_name(values["country"])
    if "countries" in values:
        values["countries"] = _list([country_name(code) for code in values["countries"].split(",")], "and")
    return NOTES[note.code].format(**values)


def _template(finding: Finding) -> str:
    rule = finding.limit.rule.id
    return MEASURED.get(rule) or MEASURED["own share" if finding.limit.base is not None else "own"]


def _values(finding: Finding) -> dict[str, str]:
    """Everything that a template of MEASURED or KEPT may name."""
    limit = finding.limit
    period = "" if limit.period is None else str(limit.period)
    head = limit.index[0] if limit.index else ""
    year = period or (limit.index[1] if len(limit.index) > 1 else "")
    return {
        "title": limit.rule.title,
        "country": country_name(finding.country) if finding.country else "",
        "quarter": period,
        "site": limit.index[1] if len(limit.index) > 1 else PARTS["no site"],
        "year": PARTS["some year"] if year == UNDATED else year,
        "when": PARTS["end of" if "Q" in period else "in"].format(period=period) if period else "",
        "consignee": PARTS["own group"] if head == OWN_GROUP_INDEX else PARTS["group"].format(name=show(head)),
        "authorizations": _list(sorted({_authorization(row) for row in finding.placements}), "and"),
        "measured": f"{finding.measured:,}",
        "base": f"{finding.base:,}",
        "part": _part(finding),
    }


def _authorization(row: Row) -> str:
    """The authorization that the row writes; a default is always one that the firm holds."""
    return (row.to.authorization if isinstance(row, Move) else row.authorization) or ""


def _part(finding: Finding) -> str:
    """What is measured as a percentage of the base, with as many digits as tell it from the bound."""
    if not finding.base:
        return percent(Fraction(0))
    value, bound = Fraction(finding.measured, finding.base), finding.limit.share
    for digits in (2, 4, 6, 9):
        text = percent(value, digits)
        if value == bound or text != percent(bound, digits):
            return text
    return f"{'over' if value > bound else 'under'} {percent(bound)}"


def _bound(finding: Finding) -> str:
    """What is allowed, or why that is not known."""
    limit = finding.limit
    if limit.standing is Standing.UNDECIDED:
        return PARTS["no value"].format(why=limit.why)
    because = PARTS["because"].format(why=limit.why) if limit.why else ""
    if finding.allowed == 0 and limit.base is None and limit.sense is Sense.AT_MOST:
        return PARTS["nothing"] + because
    kind = limit.sense.value + (" share" if limit.base is not None else "")
    allowed = finding.allowed or 0
    whole_h100e = allowed // TPP_PER_H100E if limit.sense is Sense.AT_MOST else -(-allowed // TPP_PER_H100E)
    values = {"bound": percent(limit.share, 6), "allowed": f"{allowed:,}", "h100e": f"{whole_h100e:,}"}
    return PARTS[kind].format(**values) + because


def _difference(finding: Finding, catalogue: Catalogue) -> str:
    """How far off, in TPP and in GPUs; for a pass how many would still fit."""
    floor = finding.limit.sense is Sense.AT_LEAST
    if finding.deciding:
        return PARTS["chips"].format(accelerators=_list(finding.deciding, "and"))
    if finding.verdict == "pass":
        gpus = room(finding, catalogue)
        return PARTS["room elsewhere" if floor else "room"].format(gpus=_gpus(gpus, "or")) if gpus else ""
    if finding.verdict != "fail":
        return ""
    gpus = too_few(finding, catalogue) if floor else too_many(finding, catalogue)
    text = PARTS["under" if floor else "over"].format(excess=f"{finding.excess:,}")
    if gpus:
        joint = "and" if finding.allowed == 0 and finding.limit.base is None else "or"
        text += PARTS["gpus under" if floor else "gpus over"].format(gpus=_gpus(gpus, joint))
    return text


def _gpus(counts: Mapping[str, int], joint: str) -> str:
    """GPUs of each accelerator, the first few."""
    named = [f"{count:,} {name}" for name, count in list(counts.items())[:MOST_ACCELERATORS]]
    return _list(named, joint) + (PARTS["more"] if len(counts) > MOST_ACCELERATORS else "")


def _list(words: list[str] | tuple[str, ...], joint: str) -> str:
    return PARTS[joint].join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
