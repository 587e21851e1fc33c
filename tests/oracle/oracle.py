"""A second, naive statement of the law, written from the rule's text and the public formats alone.

It shares no code with the checker, the regimes or their data: numbers are typed in, amounts are loops over rows, a
limit is a comparison. It is slow and plain on purpose. `test_oracle_and_checker.py` holds the checker next to it.

Where the texts are silent it takes the stricter reading, and says so with the word *stricter*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

from optimizer.domain.plan import Plan
from optimizer.units import Quarter

TIERS = {
    1: "US AU BE CA DK FI FR DE IE IT JP NL NZ NO KR ES SE TW GB",
    3: "AF BY MM KH CF CN CD CU ER HT IQ IR KP LB LY NI RU SO SS SD SY VE ZW MO",
}
TIER = {code: number for number, codes in TIERS.items() for code in codes.split()}
FOLLOWS = {
    "US": "AS GU MP PR UM VI",
    "GB": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG",
    "FR": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "AU": "CC CX HM NF",
    "NO": "BV SJ",
    "DK": "FO GL",
    "FI": "AX",
    "NL": "BQ",
    "NZ": "TK",
    "CN": "HK",
}
PARENT = {code: parent for parent, codes in FOLLOWS.items() for code in codes.split()}
CHIPS = {  # TPP, and whether it meets 3A090.a
    "h100-sxm": (15_832, "yes"),
    "h200-sxm": (15_832, "yes"),
    "b200-hgx": (36_000, "yes"),
    "gb200-nvl72": (40_000, "yes"),
    "gb300-nvl72": (60_000, "yes"),
    "a100-sxm": (4_992, "yes"),
    "mi300x": (20_919, "yes"),
    "l4": (1_940, "yes"),
    "h20-sxm": (2_368, "no"),
    "l40": (2_896, "no"),
    "mi210": (2_896, "no"),
    "tpu-v4": (4_400, "unknown"),
    "tpu-v5e": (3_152, "unknown"),
    "trainium1": (3_040, "unknown"),
}
FIRST, LAST = Quarter.parse("2025Q1"), Quarter.parse("2027Q4")
IFR_NVEU = [633_000_000, 949_500_000, 1_266_000_000, 1_582_500_000, 1_899_000_000, 2_690_250_000, 3_481_500_000]
IFR_NVEU += [4_272_750_000, 5_064_000_000, 5_064_000_000, 5_064_000_000, 5_064_000_000]
CAP = {"factsheet-2025": 791_600_000, "ifr-2025": 790_000_000}
CAP_BINDS = {"factsheet-2025": ("uveu", "allocation"), "ifr-2025": ("allocation",)}
LOW_VOLUME = {"factsheet-2025": 26_914_400, "ifr-2025": 26_900_000}
FLAT_NVEU = 5_066_240_000
FEWEST_LIMITS_FIRST = ["licence", "lpp", "aia", "nveu", "uveu", "allocation"]

Key = tuple[str, str, str]  # rule, place, period; "" where a rule has none
Verdicts = dict[Key, str]


class NotThere(Exception):
    """A retirement or move takes more than stands in its country."""


@dataclass
class Batch:
    """GPUs alike in everything that a rule may ask."""

    country: str
    site: str | None
    accelerator: str
    authorization: str
    received: Quarter | None
    consignee: str | None
    gpus: int
    weights: bool = False


def home(code: str) -> str:
    return PARENT.get(code, code)


def tier(code: str) -> int:
    return TIER.get(home(code), 2)


def default_authorization(plan: Plan, country: str) -> str:
    firm = plan.firm
    if tier(country) == 1:
        return "aia" if tier(firm.headquarters) == 1 and tier(firm.ultimate_parent) == 1 else "licence"
    if firm.status == "uveu":
        return "uveu"
    return "nveu" if firm.status == "nveu" and listed(plan, country) else "allocation"


def listed(plan: Plan, country: str) -> bool:
    return home(country) in {home(code) for code in plan.firm.nveu_countries}


def chip(plan: Plan, accelerator: str) -> tuple[int, str]:
    if accelerator in plan.own_accelerators:
        return plan.catalogue[accelerator].tpp, plan.catalogue[accelerator].meets_3a090a
    return CHIPS[accelerator]


# --- what stands when -------------------------------------------------------------------------------------------------


@dataclass
class History:
    """What stood at each judged quarter's end, what was there at any time within it, and all that ever came."""

    ends: dict[Quarter, list[Batch]]
    within: dict[Quarter, list[Batch]]
    received: list[Batch]

    @property
    def places(self) -> set[str]:
        return {home(batch.country) for batch in self.received}


def copies(batches: list[Batch]) -> list[Batch]:
    return [Batch(**vars(batch)) for batch in batches if batch.gpus]


def history(plan: Plan) -> History:
    """What happens, quarter by quarter: first what comes into service, then moves, then retirements."""
    placed = [
        Batch(
            row.country,
            row.site,
            row.accelerator,
            row.authorization or default_authorization(plan, row.country),
            row.quarter,
            row.consignee,
            row.gpus,
            row.holds_weights,
        )
        for row in plan.placements
    ]
    past = History({}, {}, copies(placed))
    dated = [row.quarter for row in (*plan.placements, *plan.moves, *plan.retirements) if row.quarter is not None]
    stock = [batch for batch in placed if batch.received is None]
    for index in range(min([*dated, plan.horizon.first]), plan.horizon.last + 1):
        now = Quarter(index)
        stock += [batch for batch in placed if batch.received == now]
        within = copies(stock)
        for move in plan.moves:
            if move.quarter == now:
                start, end = move.origin, move.to
                taken = take(stock, start.country, move.accelerator, move.gpus, start.site, start.authorization)
                to = end.authorization or default_authorization(plan, end.country)
                for weights, gpus in taken.items():  # closed weights go where the chips go
                    for books in (stock, within, past.received):
                        books.append(Batch(end.country, end.site, move.accelerator, to, now, None, gpus, weights))
        for leave in plan.retirements:
            if leave.quarter == now:
                take(stock, leave.country, leave.accelerator, leave.gpus, leave.site, leave.authorization)
        if now >= plan.horizon.first:
            past.ends[now], past.within[now] = copies(stock), within
    return past


def take(
    stock: list[Batch], country: str, accelerator: str, gpus: int, site: str | None, auth: str | None
) -> dict[bool, int]:
    """How many were taken without closed weights and with them.

    Oldest first; of equally old ones, those under the authorization that fewer limits count: stricter.

    A chip with no quarter is counted by the cap, so it goes after those known to be from before 2025: stricter. What
    stands in a dependency stands in its parent.
    """
    found = [batch for batch in stock if home(batch.country) == home(country) and batch.accelerator == accelerator]
    found = [batch for batch in found if site in (None, batch.site) and auth in (None, batch.authorization)]
    taken: dict[bool, int] = {}
    for batch in sorted(found, key=leaves):
        part = min(gpus, batch.gpus)
        batch.gpus -= part
        gpus -= part
        if part:
            taken[batch.weights] = taken.get(batch.weights, 0) + part
    if gpus:
        raise NotThere(country, accelerator, gpus)
    return taken


def leaves(batch: Batch) -> tuple[float, int, str, bool]:
    age = FIRST - 0.5 if batch.received is None else batch.received
    return age, FEWEST_LIMITS_FIRST.index(batch.authorization), batch.site or "", batch.weights


# --- which chips count ------------------------------------------------------------------------------------------------

Counted = frozenset[str]  # the accelerators that count


def readings(plan: Plan, regime: str, rows: list[Batch]) -> Iterator[Counted]:
    """Every way to read the chips of which 3A090.a is unknown: each kind by itself meets it or not (stricter)."""
    kinds = {batch.accelerator for batch in rows}
    if regime != "ifr-2025":
        yield frozenset(kinds)
        return
    sure = {kind for kind in kinds if chip(plan, kind)[1] == "yes"}
    unknown = sorted(kind for kind in kinds if chip(plan, kind)[1] == "unknown")
    for size in range(len(unknown) + 1):
        for some in combinations(unknown, size):
            yield frozenset(sure | set(some))


def tpp(plan: Plan, rows: list[Batch], counted: Counted) -> int:
    return sum(batch.gpus * chip(plan, batch.accelerator)[0] for batch in rows if batch.accelerator in counted)


def agreed(legal: Callable[[Counted], bool | None], ways: list[Counted]) -> str:
    """The verdict on which all readings agree, else undecided; `legal` answers None where the law gives no value."""
    answers = {legal(counted) for counted in ways}
    return {True: "pass", False: "fail", None: "undecided"}[answers.pop()] if len(answers) == 1 else "undecided"


# --- the rules --------------------------------------------------------------------------------------------------------


def judge(plan: Plan, regime: str) -> tuple[str, Verdicts]:
    """The plan's status, and the verdict of every rule at every place and period that it looks at."""
    past = history(plan)
    verdicts: Verdicts = {}
    for now in past.ends:
        tier_3_ban(plan, now, past, verdicts)
        if regime != "none":
            ways = list(readings(plan, regime, past.ends[now]))
            uveu_shares(plan, regime, now, past, ways, verdicts)
            national_caps(plan, regime, now, past, ways, verdicts)
            nveu_base(plan, regime, now, past, ways, verdicts)
    if regime != "none":
        low_volume(plan, regime, past.received, verdicts)
        permissions(plan, regime, past, verdicts)
        closed_weights(plan, past, verdicts)
    for rule, place, period in verdicts:
        if period < str(FIRST.year) if period else plan.horizon.last < FIRST:
            verdicts[rule, place, period] = "not_applicable"
    found = set(verdicts.values())
    if "undecided" in found or plan.horizon.last < FIRST:  # where nothing is judged, nothing is known: stricter
        return "undecided", verdicts
    return "violations" if "fail" in found else "compliant", verdicts


def tier_3_ban(plan: Plan, now: Quarter, past: History, verdicts: Verdicts) -> None:
    """TIER301: no GPU of any kind in Tier 3, or of a firm there; not one that leaves within the quarter: stricter."""
    banned = 3 in (tier(plan.firm.headquarters), tier(plan.firm.ultimate_parent))
    for country in past.places:
        if banned or tier(country) == 3:
            there = [batch for batch in past.within[now] if home(batch.country) == country]
            verdicts["TIER301", country, str(now)] = "fail" if there else "pass"


def uveu_shares(plan: Plan, regime: str, now: Quarter, past: History, ways: list[Counted], verdicts: Verdicts) -> None:
    """UVEU101: 7 % in one Tier 2 country; UVEU102: 25 % outside Tier 1; UVEU103: a U.S. firm half at home."""
    if plan.firm.status != "uveu":
        return
    stock = past.ends[now]
    for country in past.places:
        if tier(country) == 2:
            there = [batch for batch in stock if home(batch.country) == country]
            verdicts["UVEU101", country, str(now)] = agreed(
                lambda counted, there=there: 100 * tpp(plan, there, counted) <= 7 * tpp(plan, stock, counted), ways
            )
    outside = [batch for batch in stock if tier(batch.country) != 1]
    verdicts["UVEU102", "", str(now)] = agreed(
        lambda counted: 4 * tpp(plan, outside, counted) <= tpp(plan, stock, counted), ways
    )
    if regime == "ifr-2025" and home(plan.firm.headquarters) == "US":
        abroad = [batch for batch in stock if home(batch.country) != "US"]
        verdicts["UVEU103", "", str(now)] = agreed(
            lambda counted: 2 * tpp(plan, abroad, counted) <= tpp(plan, stock, counted), ways
        )


def national_caps(
    plan: Plan, regime: str, now: Quarter, past: History, ways: list[Counted], verdicts: Verdicts
) -> None:
    """CAP201: what was received since 2025Q1, or nobody knows when. After 2027 even none is undecided: stricter."""
    for country in past.places:
        if tier(country) == 2:
            there = [batch for batch in past.ends[now] if home(batch.country) == country]
            there = [batch for batch in there if batch.authorization in CAP_BINDS[regime]]
            there = [batch for batch in there if batch.received is None or batch.received >= FIRST]
            most = cap(plan, regime, country, now)
            verdicts["CAP201", country, str(now)] = agreed(
                lambda counted, there=there, most=most: within(tpp(plan, there, counted), most), ways
            )


def cap(plan: Plan, regime: str, country: str, now: Quarter) -> int | None:
    """What others leave of the national cap; twice the cap under an agreement."""
    with_agreement = country in plan.agreements and now >= plan.agreements[country]
    whole = CAP[regime] * (2 if with_agreement else 1)
    return max(0, whole - plan.national_use.get(country, 0)) if now <= LAST else None


def nveu_base(plan: Plan, regime: str, now: Quarter, past: History, ways: list[Counted], verdicts: Verdicts) -> None:
    """NVEU401: an NVEU's base under the authorization where it holds one, whenever it came; values end with 2027."""
    if plan.firm.status != "nveu":
        return
    for country in past.places:
        if listed(plan, country):
            there = [batch for batch in past.ends[now] if home(batch.country) == country]
            there = [batch for batch in there if batch.authorization == "nveu"]
            most = nveu_amount(regime, now)
            verdicts["NVEU401", country, str(now)] = agreed(
                lambda counted, there=there, most=most: within(tpp(plan, there, counted), most), ways
            )


def nveu_amount(regime: str, now: Quarter) -> int | None:
    if not FIRST <= now <= LAST:
        return None
    return FLAT_NVEU if regime == "factsheet-2025" else IFR_NVEU[now - FIRST]


def within(amount: int, most: int | None) -> bool | None:
    return None if most is None else amount <= most


def low_volume(plan: Plan, regime: str, received: list[Batch], verdicts: Verdicts) -> None:
    """LPP501: one allowance a year for the consignees of one parent; none for a group with one in Tier 3: stricter.

    The years of the plan are judged, and those from 2025 on in which anybody received something, before the plan too.
    """
    barred = {group(plan, row.consignee) for row in plan.consignees if tier(row.headquarters) == 3}
    sent = [batch for batch in received if batch.authorization == "lpp"]
    dated = [batch.received for batch in sent if batch.received and group(plan, batch.consignee) is not None]
    years = {quarter.year for quarter in plan.horizon} | {when.year for when in dated if when >= FIRST}
    for parent in {group(plan, batch.consignee) for batch in sent} - {None}:
        for year in years:
            rows = [batch for batch in sent if group(plan, batch.consignee) == parent]
            rows = [batch for batch in rows if batch.received is not None and batch.received.year == year]
            verdicts["LPP501", str(parent), str(year)] = agreed(
                lambda counted, rows=rows: tpp(plan, rows, counted) <= LOW_VOLUME[regime],
                list(readings(plan, regime, rows)),
            )
            if parent in barred:  # with chips of any kind: stricter
                verdicts["LPP501", str(parent), str(year)] = "fail" if rows else "pass"
    for batch in sent:
        who, when = group(plan, batch.consignee), "undated" if batch.received is None else str(batch.received.year)
        if batch.received is None or batch.received >= FIRST:
            if who is None:
                verdicts["LPP501", str(batch.consignee), f"{when},not declared"] = "undecided"
            elif batch.received is None:
                verdicts["LPP501", who, when] = "undecided"
    for move in plan.moves:
        within_a_country = home(move.origin.country) == home(move.to.country)
        if move.to.authorization == "lpp" and within_a_country and move.quarter >= FIRST:
            verdicts["LPP501", "own group", f"{move.quarter.year},within a country"] = "undecided"


def group(plan: Plan, consignee: str | None) -> str | None:
    """Whose allowance a consignee uses: its parent's, that one's parent's, and so on; None where that is not told."""
    declared = {folded(row.consignee): folded(row.parent) for row in plan.consignees}
    firm = folded(plan.firm.name)
    name = firm if consignee is None else folded(consignee)
    if name != firm and name not in declared:
        return None
    while name != firm and declared.get(name, name) != name:
        name = declared[name]
    return "own group" if name == firm else name


def folded(name: str) -> str:
    return " ".join(name.lower().split())


def permissions(plan: Plan, regime: str, past: History, verdicts: Verdicts) -> None:
    """UVEU100, AUTH200, AIA250: who the firm is and what it used, ever."""
    head, owner = tier(plan.firm.headquarters), tier(plan.firm.ultimate_parent)
    used = {(home(batch.country), batch.authorization) for batch in past.received}
    if plan.firm.status == "uveu":
        verdicts["UVEU100", "firm", ""] = "pass" if 1 in (head, owner) else "fail"
    if regime == "ifr-2025":
        aia = any(authorization == "aia" for _, authorization in used)
        verdicts["AIA250", "firm", ""] = "fail" if aia and not head == owner == 1 else "pass"
    for country in past.places:
        held = {"allocation", "lpp", "licence"}
        held |= {"uveu"} if plan.firm.status == "uveu" else set()
        held |= {"nveu"} if plan.firm.status == "nveu" and listed(plan, country) else set()
        held |= {"aia"} if tier(country) == 1 else set()
        ever = {authorization for place, authorization in used if place == country}
        verdicts["AUTH200", country, ""] = "pass" if ever <= held else "fail"


def closed_weights(plan: Plan, past: History, verdicts: Verdicts) -> None:
    """WGT701: free in Tier 1, never in Tier 3, else where somebody from Tier 1 operates under paragraphs 14, 15, 18."""
    operators = {row.site: row for row in plan.site_operators}
    for batch in past.received:
        if not batch.weights:
            continue
        country, operator = home(batch.country), operators.get(batch.site or "")
        answer = "undecided" if batch.site is None or operator is None else "fail"
        if (
            operator is not None
            and batch.site
            and tier(operator.headquarters) == 1
            and operator.certified >= {14, 15, 18}
        ):
            answer = "pass"
        where = country if batch.site is None else f"{country},{batch.site}"
        verdicts["WGT701", where, ""] = {1: "pass", 2: answer, 3: "fail"}[tier(country)]
