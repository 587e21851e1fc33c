"""The checker against a naive second statement of the law: one list entry per GPU, a few lines per rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.check import check
from optimizer.domain.catalogue import bundled_catalogue
from optimizer.domain.plan import (
    AUTHORIZATIONS,
    Consignee,
    Firm,
    Horizon,
    Move,
    Place,
    Placement,
    Plan,
    RegimeRef,
    Retirement,
)
from optimizer.errors import InputError
from optimizer.regimes import load_regime
from optimizer.units import Quarter, quarters

Q = Quarter.parse
START = Q("2025Q1")
PARENT = {"PR": "US", "HK": "CN"}
TIER = {"US": 1, "DE": 1, "MY": 2, "AE": 2, "CN": 3}
TPP = {"h100-sxm": 15832, "h20-sxm": 2368, "tpu-v5e": 3152, "trainium1": 3040}
UNKNOWN = ("tpu-v5e", "trainium1")
CAP, DOUBLE, LPP = 60_000, 120_000, 30_000
SMALL = {
    "CAP201.at_most": {"2025Q1": str(CAP), "to": "2025Q3"},
    "CAP201.with_agreement": {"2025Q1": str(DOUBLE), "to": "2025Q3"},
    "LPP501.at_most": str(LPP),
    "NVEU401.at_most": {"2025Q1": "20000", "2025Q2": "50000", "to": "2025Q3"},
}
REGIMES = {name: load_regime(RegimeRef(name, amend=SMALL)) for name in ("factsheet-2025", "ifr-2025")}


@dataclass(frozen=True)
class Gpu:
    """One GPU under its coordinates; `group` is whose low-volume allowance it used."""

    country: str
    accelerator: str
    authorization: str
    received: Quarter | None
    group: str | None = None


def place(code: str) -> str:
    return PARENT.get(code, code)


def default(firm: Firm, country: str) -> str:
    if TIER[country] == 1:
        return "aia" if TIER[place(firm.headquarters)] == TIER[place(firm.ultimate_parent)] == 1 else "licence"
    if firm.status == "uveu":
        return "uveu"
    return "nveu" if firm.status == "nveu" and country in firm.nveu_countries else "allocation"


def age(gpu: Gpu) -> tuple[object, ...]:
    kind = ("licence", "lpp", "aia", "nveu", "uveu", "allocation").index(gpu.authorization)
    if gpu.received is None:
        return (1, 0, kind)
    return (0 if gpu.received < START else 2, gpu.received, kind)


@dataclass
class History:
    """Every GPU that was ever received, and those present and in service in each quarter."""

    ever: list[Gpu]
    present: dict[Quarter, list[Gpu]]
    service: dict[Quarter, list[Gpu]]


def history(plan: Plan) -> History | None:
    """What happens, quarter by quarter; None where more is taken than there is."""
    there: list[Gpu] = []
    past = History([], {}, {})
    for quarter in quarters(plan.horizon.first, plan.horizon.last):
        present = list(there)

        def arrive(gpu: Gpu, now: list[Gpu] = present) -> None:
            there.append(gpu)
            past.ever.append(gpu)
            now.append(gpu)

        for row in plan.placements:
            if max(row.quarter or plan.horizon.first, plan.horizon.first) == quarter:
                country = place(row.country)
                authorization = row.authorization or default(plan.firm, country)
                group = {None: "", "A": "P", "B": "P"}[row.consignee] if authorization == "lpp" else None
                for _ in range(row.gpus):
                    arrive(Gpu(country, row.accelerator, authorization, row.quarter, group))
        for event in (*plan.moves, *plan.retirements):
            if event.quarter != quarter:
                continue
            origin = event.origin if isinstance(event, Move) else event
            stock = [gpu for gpu in there if gpu.country == place(origin.country)]
            stock = [gpu for gpu in stock if gpu.accelerator == event.accelerator]
            stock = [gpu for gpu in stock if origin.authorization in (None, gpu.authorization)]
            if len(stock) < event.gpus:
                return None
            for gpu in sorted(stock, key=age)[: event.gpus]:
                there.remove(gpu)
            if isinstance(event, Move):
                country = place(event.to.country)
                authorization = event.to.authorization or default(plan.firm, country)
                group = "" if authorization == "lpp" else None
                for _ in range(event.gpus):
                    arrive(Gpu(country, event.accelerator, authorization, quarter, group))
        past.present[quarter], past.service[quarter] = present, list(there)
    return past


Amount = Callable[[frozenset[str]], int]


def tpp(gpus: list[Gpu], ifr: bool) -> Amount:
    """TPP of the GPUs, given which unknown accelerators count."""

    def amount(counted: frozenset[str]) -> int:
        kinds = {"h100-sxm", *counted} if ifr else set(TPP)
        return sum(TPP[gpu.accelerator] for gpu in gpus if gpu.accelerator in kinds)

    return amount


def verdict(kept: Callable[[frozenset[str]], bool]) -> str:
    """Whether a limit is kept, whichever unknown accelerators count."""
    choices = chain.from_iterable(combinations(UNKNOWN, n) for n in range(3))
    answers = {kept(frozenset(choice)) for choice in choices}
    return "undecided" if len(answers) == 2 else "pass" if answers == {True} else "fail"


def oracle(plan: Plan, past: History, ifr: bool) -> Iterator[tuple[str, str]]:
    """Every limit's name and verdict, as the law says it."""
    firm = plan.firm
    seats = (TIER[place(firm.headquarters)], TIER[place(firm.ultimate_parent)])
    countries = sorted({gpu.country for gpu in past.ever})
    judged = list(quarters(plan.horizon.first, plan.horizon.last))

    def at(
        quarter: Quarter, name: str, kept: Callable[[frozenset[str]], bool], until: Quarter | None = None
    ) -> tuple[str, str]:
        if quarter < START:
            return name, "not_applicable"
        return name, "undecided" if until is not None and quarter > until else verdict(kept)

    for country in countries:
        for quarter in judged:
            if TIER[country] == 3 or 3 in seats:
                here = [gpu for gpu in past.present[quarter] if gpu.country == country]
                yield at(quarter, f"TIER301({country},{quarter})", lambda _, here=here: not here)
    live = plan.horizon.last >= START
    if firm.status == "uveu":
        bad = past.ever if 1 not in seats else []
        yield "UVEU100(firm)", "not_applicable" if not live else "fail" if bad else "pass"
    else:
        yield "UVEU100(firm)", "not_applicable"
    for country in countries:
        held = {"allocation", "lpp", "licence"}
        held |= {"uveu"} if firm.status == "uveu" else set()
        held |= {"nveu"} if firm.status == "nveu" and country in firm.nveu_countries else set()
        held |= {"aia"} if TIER[country] == 1 else set()
        bad = [gpu for gpu in past.ever if gpu.country == country and gpu.authorization not in held]
        yield f"AUTH200({country})", "not_applicable" if not live else "fail" if bad else "pass"
    if ifr:
        bad = [gpu for gpu in past.ever if gpu.authorization == "aia" and seats != (1, 1)]
        yield "AIA250(firm)", "not_applicable" if not live else "fail" if bad else "pass"
    for country in countries:
        for quarter in judged if TIER[country] == 2 else ():
            everything = tpp(past.service[quarter], ifr)
            part = tpp([gpu for gpu in past.service[quarter] if gpu.country == country], ifr)
            name = f"UVEU101({country},{quarter})"
            if firm.status == "uveu":
                yield at(quarter, name, lambda c, a=part, b=everything: 100 * a(c) <= 7 * b(c))
    for quarter in judged if firm.status == "uveu" else ():
        everything = tpp(past.service[quarter], ifr)
        out = tpp([gpu for gpu in past.service[quarter] if TIER[gpu.country] != 1], ifr)
        home = tpp([gpu for gpu in past.service[quarter] if gpu.country == "US"], ifr)
        yield at(quarter, f"UVEU102({quarter})", lambda c, a=out, b=everything: Fraction(a(c)) <= Fraction(b(c), 4))
        if ifr and place(firm.headquarters) == "US":
            yield at(quarter, f"UVEU103({quarter})", lambda c, a=home, b=everything: 2 * a(c) >= b(c))
    for country in countries:
        for quarter in judged if TIER[country] == 2 else ():
            binds = ("allocation",) if ifr else ("allocation", "uveu")
            here = [gpu for gpu in past.service[quarter] if gpu.country == country and gpu.authorization in binds]
            used = tpp([gpu for gpu in here if gpu.received is None or gpu.received >= START], ifr)
            agreed = country in plan.agreements and quarter >= plan.agreements[country]
            room = max(0, (DOUBLE if agreed else CAP) - plan.national_use.get(country, 0))
            name = f"CAP201({country},{quarter})"
            yield at(quarter, name, lambda c, a=used, b=room: a(c) <= b, until=Q("2025Q3"))
    for group in sorted({gpu.group for gpu in past.ever if gpu.group is not None}):
        for year in sorted({quarter.year for quarter in judged}):
            got = [gpu for gpu in past.ever if gpu.group == group and gpu.received and gpu.received.year == year]
            name = f"LPP501({group or 'own group'},{year})"
            amount = tpp(got, ifr)
            yield name, "not_applicable" if year < 2025 else verdict(lambda c, a=amount: a(c) <= LPP)
    for country in countries:
        for quarter in judged if firm.status == "nveu" and country in firm.nveu_countries else ():
            here = [gpu for gpu in past.service[quarter] if gpu.country == country and gpu.authorization == "nveu"]
            bound = 20000 if quarter < Q("2025Q2") else 50000
            name, amount = f"NVEU401({country},{quarter})", tpp(here, ifr)
            yield at(quarter, name, lambda c, a=amount, b=bound: a(c) <= b, until=Q("2025Q3"))


HORIZON = Horizon(Q("2024Q4"), Q("2025Q4"))
codes = st.sampled_from(["US", "US", "US", "DE", "PR", "MY", "AE", "HK"])
within = st.sampled_from(list(quarters(HORIZON.first, HORIZON.last)))
kinds = st.sampled_from(list(TPP))
maybe_authorization = st.none() | st.sampled_from([a for a in AUTHORIZATIONS if a != "lpp"])


@st.composite
def placements(draw: st.DrawFn) -> Placement:
    row = Placement(
        country=draw(codes),
        accelerator=draw(kinds),
        gpus=draw(st.integers(1, 6)),
        quarter=draw(st.none() | st.sampled_from([Q("2024Q2"), Q("2024Q3")]) | within),
        authorization=draw(maybe_authorization),
    )
    if row.quarter is not None and draw(st.integers(0, 5)) == 0:
        return row._replace(authorization="lpp", consignee=draw(st.sampled_from([None, "A", "B"])))
    return row


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    rows = draw(st.lists(placements(), min_size=1, max_size=7))
    chosen = st.sampled_from(rows)
    moves, retirements = [], []
    for _ in range(draw(st.integers(0, 2))):
        row, quarter = draw(chosen), draw(within)
        to = Place(
            draw(codes.filter(lambda code, row=row: place(code) != place(row.country))), None, draw(maybe_authorization)
        )
        moves.append(Move(row.accelerator, draw(st.integers(1, row.gpus)), quarter, Place(row.country), to))
    for _ in range(draw(st.integers(0, 2))):
        row = draw(chosen)
        retirements.append(Retirement(row.country, row.accelerator, draw(st.integers(1, row.gpus)), draw(within)))
    firm = Firm(
        "Example Cloud",
        draw(st.sampled_from(["US", "US", "PR", "DE", "MY", "HK"])),
        draw(st.sampled_from(["US", "US", "AE", "HK"])),
        draw(st.sampled_from(["uveu", "uveu", "nveu", "none"])),
        draw(st.sampled_from([frozenset(), frozenset({"MY"})])),
    )
    return Plan(
        firm=firm,
        regime=RegimeRef(),
        horizon=HORIZON,
        agreements=draw(st.dictionaries(st.sampled_from(["MY", "AE"]), within)),
        national_use=draw(st.dictionaries(st.sampled_from(["MY", "AE"]), st.sampled_from([0, 1, 44168, 60000, 99999]))),
        catalogue=bundled_catalogue(),
        placements=tuple(rows),
        moves=tuple(moves),
        retirements=tuple(retirements),
        consignees=(Consignee("A", "P", "MY"), Consignee("B", "P", "AE")),
    )


@pytest.mark.parametrize("name", REGIMES)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(plan=plans())
def test_checker_and_oracle_agree(name: str, plan: Plan) -> None:
    past = history(plan)
    if past is None:
        with pytest.raises(InputError, match="IN207"):
            check(plan, REGIMES[name])
        return
    result = check(plan, REGIMES[name])
    found = {finding.limit.name: finding.verdict for finding in result.findings}
    other = {f"{rule}(firm)" for rule in ("UVEU101", "UVEU102", "UVEU103", "NVEU401")}  # "not for this firm"
    wanted = dict(oracle(plan, past, name == "ifr-2025"))
    assert {limit: verdict for limit, verdict in found.items() if limit not in other} == wanted
    statuses = set(found.values())
    assert result.status == (
        "undecided" if "undecided" in statuses else "violations" if "fail" in statuses else "compliant"
    )


@settings(max_examples=40)
@given(plan=plans(), data=st.data())
def test_the_order_of_rows_changes_nothing(plan: Plan, data: st.DataObject) -> None:
    if history(plan) is None:
        return
    shuffled = plan.replace(placements=tuple(data.draw(st.permutations(plan.placements))))
    one, two = check(plan, REGIMES["ifr-2025"]), check(shuffled, REGIMES["ifr-2025"])
    amounts = [[(f.limit.name, f.verdict, f.measured, f.allowed) for f in result.findings] for result in (one, two)]
    assert amounts[0] == amounts[1]
