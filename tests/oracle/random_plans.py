"""Random plans from a seed, most of them aimed at a boundary of one or two rules.

A plan is drawn in three steps: a firm and a fleet; retirements and moves that the stock allows; then *aims*, which add
GPUs of made-up accelerators so that one limit is met exactly, missed by one, or broken by one (a TPP or a GPU).
The aims read amounts from the oracle, never from the checker. A few plans end by retiring all that stands, or one more.
"""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from oracle import (
    CAP_BINDS,
    FIRST,
    LAST,
    LOW_VOLUME,
    Batch,
    History,
    NotThere,
    cap,
    chip,
    group,
    history,
    home,
    listed,
    nveu_amount,
    tier,
)

from optimizer.domain.catalogue import Accelerator, Meets, bundled_catalogue
from optimizer.domain.plan import (
    Consignee,
    Firm,
    Horizon,
    Move,
    Place,
    Placement,
    Plan,
    RegimeRef,
    Retirement,
    SiteOperator,
)
from optimizer.units import Quarter

DEPENDENCIES = ["PR", "GP", "JE", "GL", "BM", "SJ", "TK", "AX", "BQ", "CX"]
TIER_2 = ["MY", "SG", "AE", "SA", "IN", "BR", "CY", "IL", "MX", "PL", "PS", "AW", "XK"]
TIER_3 = ["CN", "HK", "MO", "RU", "KH", "VE"]
SURE = ["h100-sxm", "h200-sxm", "b200-hgx", "gb200-nvl72", "gb300-nvl72", "a100-sxm", "mi300x", "l4"]
BELOW = ["h20-sxm", "l40", "mi210"]
UNKNOWN = ["tpu-v4", "tpu-v5e", "trainium1", "own-unknown"]
NAME = "Example Cloud"


def random_plan(seed: str) -> tuple[Plan, str]:
    """A plan and the regime that it names; the same for the same seed."""
    rng = Random(seed)
    calm = rng.random() < 0.55  # little that breaks the law or leaves it open, but for what an aim does
    regime = rng.choices(["factsheet-2025", "ifr-2025", "none"], [46, 46, 8])[0]
    horizon = _horizon(rng, calm)
    snapshot = rng.random() < 0.06
    if snapshot:
        horizon = Horizon(FIRST, FIRST)
    countries = [*rng.sample(["US", "US", "DE", "JP", *DEPENDENCIES], 2), *rng.sample(TIER_2, rng.randint(1, 3))]
    if not calm and rng.random() < 0.15:
        countries.append(rng.choice(TIER_3))
    chips = rng.sample(SURE, rng.choice([1, 1, 2, 3]))
    if rng.random() < 0.3:
        chips += rng.sample(BELOW, rng.randint(1, 2))
    if rng.random() < (0.15 if calm else 0.4):
        chips += rng.sample(UNKNOWN, rng.choice([1, 1, 2]))
    plan = Plan(
        firm=_firm(rng, calm, countries),
        regime=RegimeRef(regime),
        horizon=horizon,
        catalogue=bundled_catalogue(),
        agreements={c: horizon.first + rng.randint(-1, 4) for c in countries if tier(c) == 2 and rng.random() < 0.2},
        national_use={home(c): rng.choice([0, 1, 10**8, 789_000_000, 2 * 10**9]) for c in _some(rng, countries, 0.15)},
        placements=(),
        consignees=tuple(_consignees(rng, calm)),
        site_operators=tuple(_operators(rng, calm)),
        snapshot=snapshot,
    )
    plan = _own(plan, "own-unknown", rng.randint(1_600, 4_799), "unknown")
    if rng.random() < 0.1:
        plan = _own(plan, "trainium1", 3_040, "yes")
    scale = rng.choice([100, 3_000, 60_000])
    rows = [_row(rng, plan, calm, chips, countries, scale) for _ in range(rng.randint(2, 6))]
    big = Placement(rng.choice(["US", "US", "US", "DE"]), rng.choice(chips), scale * rng.choice([1, 20, 100]))
    plan = plan.replace(placements=(big, *rows))
    if not snapshot:
        plan = _events(rng, plan, countries)
    for _ in range(rng.choice([0, 1, 1, 1, 2])):
        plan = _aim(rng, plan, regime)
    if not snapshot and rng.random() < 0.04:
        plan = _empty(rng, plan)
    return plan, regime


def _horizon(rng: Random, calm: bool) -> Horizon:
    first = FIRST + rng.choice([0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    if not calm:
        first = first + rng.choice([-6, -3, -2, 0, 0, 0, 3, 5])
    last = first + rng.choice([0, 0, 1, 1, 2, 3, 4, 9])
    return Horizon(first, min(last, LAST) if calm else last)


def _firm(rng: Random, calm: bool, countries: list[str]) -> Firm:
    status = rng.choices(["uveu", "nveu", "none"], [60, 24, 16])[0]
    anywhere = ["US"] * 8 + ["GB", "DE", "JP", "PR", "JE", "GL", "AE", "SG", "IN", "AW"]
    if not calm:
        anywhere += ["AE", "IN", "CN", "HK", "MO"]
    headquarters = rng.choice(anywhere)
    parent = headquarters if rng.random() < 0.7 else rng.choice(anywhere)
    if calm and status == "uveu" and 1 not in (tier(headquarters), tier(parent)):
        parent = "US"
    listed = frozenset(home(country) for country in countries if rng.random() < 0.7) if status == "nveu" else ()
    return Firm(NAME, headquarters, parent, status, frozenset(listed))  # type: ignore[arg-type]


def _consignees(rng: Random, calm: bool) -> Iterable[Consignee]:
    for name in rng.sample(["one", "two", "three"], rng.randint(0, 3)):
        seat = rng.choice(["AE", "IN", "US"] if calm else ["AE", "IN", "US", "US", "CN", "HK"])
        yield Consignee(name, rng.choice(["Alpha", "alpha ", "Beta", NAME, "example  cloud"]), seat)
    if rng.random() < 0.2:
        yield Consignee("Beta", rng.choice(["Alpha", "Beta", "Gamma"]), "AE")


def _operators(rng: Random, calm: bool) -> Iterable[SiteOperator]:
    for site in ("north", "south"):
        if calm or rng.random() < 0.8:
            seat = rng.choice(["US", "US", "JE", "TW"] if calm else ["US", "US", "US", "JE", "AE", "HK"])
            some = [paragraph for paragraph in (14, 15, 18) if calm or rng.random() < 0.8]
            yield SiteOperator(site, seat, frozenset(some))


def _row(rng: Random, plan: Plan, calm: bool, chips: list[str], countries: list[str], scale: int) -> Placement:
    country = rng.choice(countries)
    authorization = consignee = None
    if rng.random() < 0.3:
        allowed = ["licence", "allocation"]
        allowed += ["uveu"] * (not calm or plan.firm.status == "uveu")
        allowed += ["nveu"] * (not calm or home(country) in plan.firm.nveu_countries)
        allowed += ["aia"] * (not calm or tier(country) == 1)
        authorization = rng.choice(allowed)
    quarter = _quarter(rng, plan, rng.choice([0.02, 0.25]))
    gpus = rng.randint(1, scale)
    if rng.random() < 0.15 and (quarter is not None or not calm):
        authorization = "lpp"
        consignee = rng.choice(
            [None, *(row.consignee for row in plan.consignees), *([] if calm else ["stranger", "Alpha"]), NAME]
        )
        gpus = rng.randint(1, 700)
    site = rng.choice([None, None, "north", "south"])
    weights = rng.random() < (0.03 if calm else 0.1) and (site is not None or not calm)
    return Placement(country, rng.choice(chips), gpus, site, quarter, authorization, consignee, weights)


def _quarter(rng: Random, plan: Plan, undated: float) -> Quarter | None:
    if plan.snapshot or rng.random() < undated:
        return None
    if rng.random() < 0.15:
        return plan.horizon.first + -rng.randint(1, 6)
    return Quarter(rng.randint(plan.horizon.first, plan.horizon.last))


def _some(rng: Random, items: list[str], chance: float) -> list[str]:
    return [item for item in items if rng.random() < chance]


# --- retirements and moves --------------------------------------------------------------------------------------------


def _events(rng: Random, plan: Plan, countries: list[str]) -> Plan:
    """The plan with up to four retirements and moves of what stands at the time."""
    for _ in range(rng.choice([0, 0, 1, 2, 4])):
        row = rng.choice(plan.placements)
        quarter = Quarter(rng.randint(max(plan.horizon.first, row.quarter or 0), plan.horizon.last))
        gpus = rng.choice([1, row.gpus, rng.randint(1, row.gpus)])
        site = row.site if rng.random() < 0.4 else None
        authorization = row.authorization if rng.random() < 0.4 else None
        if rng.random() < 0.5:
            leave = Retirement(row.country, row.accelerator, gpus, quarter, site, authorization)
            changed = plan.replace(retirements=(*plan.retirements, leave))
        else:
            to = Place(rng.choice(countries), rng.choice([None, "east"]), rng.choice([None, None, "licence", "lpp"]))
            move = Move(row.accelerator, gpus, quarter, Place(row.country, site, authorization), to)
            changed = plan.replace(moves=(*plan.moves, move))
        try:
            history(changed)
        except NotThere:
            continue
        plan = changed
    return plan


def _empty(rng: Random, plan: Plan) -> Plan:
    """The plan with a last retirement that takes all that stands of something, or one more than that."""
    row, last = rng.choice(plan.placements), plan.horizon.last
    rest = [batch for batch in history(plan).ends[last] if batch.accelerator == row.accelerator]
    stands = sum(batch.gpus for batch in rest if home(batch.country) == home(row.country))
    leave = Retirement(row.country, row.accelerator, max(1, stands + rng.choice([0, 1])), last)
    return plan.replace(retirements=(*plan.retirements, leave))


# --- aims -------------------------------------------------------------------------------------------------------------


def _own(plan: Plan, name: str, tpp: int, meets: Meets) -> Plan:
    """The plan with an accelerator of its own."""
    row = Accelerator(name, name, "own", tpp, meets, None, None, None, "own")
    return plan.replace(catalogue=plan.catalogue.with_own([row]), own_accelerators=(*plan.own_accelerators, name))


def _add(plan: Plan, tpp: int, gpus: int, country: str, quarter: Quarter | None, **how: str | None) -> Plan:
    """The plan with `gpus` of a new accelerator of `tpp`, which nothing moves or retires."""
    name = f"own-{len(plan.placements)}"
    row = Placement(country, name, gpus, "aimed", quarter, **how)  # type: ignore[arg-type]
    return _own(plan, name, tpp, "yes").replace(placements=(*plan.placements, row))


def _aim(rng: Random, plan: Plan, regime: str) -> Plan:
    """The plan with one limit brought to its boundary, where that can be done by adding."""
    past = history(plan)
    now = rng.choice(list(past.ends))
    if regime == "none" or now < FIRST:
        return plan
    kinds = ["cap", "cap", "others", "lpp", "lpp"]
    if plan.firm.status == "uveu":
        at_home = regime == "ifr-2025" and home(plan.firm.headquarters) == "US"
        kinds += ["one", "one", "all", "home" if at_home else "one", "home" if at_home else "all"]
    if plan.firm.status == "nveu":
        kinds += ["nveu"] * 5
    kind = rng.choice(kinds)
    if kind == "lpp":
        return plan if plan.snapshot else _aim_lpp(rng, plan, regime, past)
    if kind in ("one", "all", "home"):
        return _aim_share(rng, plan, regime, kind, now, past)
    if now > LAST:
        return plan
    if kind == "nveu":
        return _aim_nveu(rng, plan, regime, now, past)
    return _aim_cap(rng, plan, regime, kind, now, past)


def _counted(rng: Random, plan: Plan, regime: str, rows: Iterable[Batch]) -> int:
    """The rows' TPP, in a random reading of what is unknown."""
    meets = ["yes", "no", "unknown"] if regime != "ifr-2025" else ["yes", *(["unknown"] * rng.randint(0, 1))]
    return sum(row.gpus * chip(plan, row.accelerator)[0] for row in rows if chip(plan, row.accelerator)[1] in meets)


def _step(rng: Random) -> int:
    """One below, at, or one above."""
    return rng.choice([-1, 0, 0, 1])


def _by(rng: Random, plan: Plan, now: Quarter) -> Quarter | None:
    """A quarter of receipt no later than `now`."""
    if plan.snapshot:
        return None
    return Quarter(rng.randint(plan.horizon.first, now)) if rng.random() < 0.8 else rng.choice([None, FIRST + -1, now])


def _doubt(rng: Random, plan: Plan) -> Plan:
    """The plan, now and then with a chip of which 3A090.a is unknown beside its last placement."""
    if rng.random() < 0.85:
        return plan
    return plan.replace(placements=(*plan.placements, plan.placements[-1]._replace(accelerator="own-unknown")))


def _aim_share(rng: Random, plan: Plan, regime: str, kind: str, now: Quarter, past: History) -> Plan:
    """Fill the measured places beyond their share, then the home country up to it, and step by one GPU or one TPP."""
    percent = {"one": 7, "all": 25, "home": 50}[kind]
    country = rng.choice(sorted(place for place in past.places if tier(place) == 2) or ["MY"])
    at_home = rng.choice(["US", "US", "PR"] if kind == "home" else ["US", "DE", "PR", "GP"])
    inside = {
        "one": [batch for batch in past.ends[now] if home(batch.country) == country],
        "all": [batch for batch in past.ends[now] if tier(batch.country) != 1],
        "home": [batch for batch in past.ends[now] if home(batch.country) != "US"],
    }[kind]
    reading = rng.random()
    total = _counted(Random(reading), plan, regime, past.ends[now])
    measured = _counted(Random(reading), plan, regime, inside)
    tpp = rng.choice([4_800, 15_832, 40_000])
    gpus = max(2, (percent * total - 100 * measured) // ((100 - percent) * tpp) + rng.choice([2, 700]))
    while (measured + gpus * tpp) * 100 % percent and gpus % 50:
        gpus += 1
    filler = (measured + gpus * tpp) * 100 // percent - total - gpus * tpp
    if filler < 4_800:
        return plan
    more_gpus, more_tpp = rng.choice([(_step(rng), 0), (0, _step(rng))])
    authorization = rng.choice([None, "licence"])
    plan = _add(plan, tpp, gpus + more_gpus, country, _by(rng, plan, now), authorization=authorization)
    return _add(plan, filler - more_tpp, 1, at_home, _by(rng, plan, now))


def _aim_cap(rng: Random, plan: Plan, regime: str, kind: str, now: Quarter, past: History) -> Plan:
    """Fill a country up to its cap, or let others use all of it but what the firm has."""
    country = rng.choice(sorted(place for place in past.places if tier(place) == 2) or ["MY"])
    most = cap(plan, regime, country, now)
    assert most is not None
    rows = [batch for batch in past.ends[now] if home(batch.country) == country]
    rows = [batch for batch in rows if batch.authorization in CAP_BINDS[regime]]
    used = _counted(rng, plan, regime, (b for b in rows if b.received is None or b.received >= FIRST))
    if kind == "others":
        left = most + plan.national_use.get(country, 0) - used
        return plan.replace(national_use={**plan.national_use, country: max(0, left - _step(rng))})
    if most - used < 10_000:
        return plan
    if rng.random() < 0.5:  # so that the shares do not break as well
        plan = _add(plan, 30 * most, 1, "US", None)
    quarter = None if plan.snapshot else rng.choice([now, now, _by(rng, plan, now)])
    authorization = rng.choice(["allocation", None])
    return _doubt(rng, _add(plan, most - used + _step(rng), 1, country, quarter, authorization=authorization))


def _aim_lpp(rng: Random, plan: Plan, regime: str, past: History) -> Plan:
    """Fill one group's allowance in one year, in two shipments."""
    quarter = Quarter(rng.randint(plan.horizon.first, plan.horizon.last))
    names = [None, *(row.consignee for row in plan.consignees)]
    first = rng.choice(names)
    same = [name for name in names if group(plan, name) == group(plan, first)]
    rows = [row for row in past.received if row.authorization == "lpp" and row.consignee in same]
    used = _counted(rng, plan, regime, (row for row in rows if row.received and row.received.year == quarter.year))
    left = LOW_VOLUME[regime] - used + _step(rng)
    if left < 20_000:
        return plan
    country = rng.choice(TIER_2)
    for tpp, name in ((left // 3, first), (left - left // 3, rng.choice(same))):
        plan = _add(plan, tpp, 1, country, quarter, authorization="lpp", consignee=name)
    return _doubt(rng, plan)


def _aim_nveu(rng: Random, plan: Plan, regime: str, now: Quarter, past: History) -> Plan:
    """Fill a country up to the quarter's step of the schedule."""
    country = rng.choice(sorted(place for place in past.places if listed(plan, place)) or ["MY"])
    rows = [batch for batch in past.ends[now] if home(batch.country) == country and batch.authorization == "nveu"]
    most = nveu_amount(regime, now)
    assert most is not None
    left = most - _counted(rng, plan, regime, rows) + _step(rng)
    if left < 10_000:
        return plan
    return _doubt(rng, _add(plan, left, 1, country, _by(rng, plan, now), authorization="nveu"))
