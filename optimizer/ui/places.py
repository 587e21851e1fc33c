"""What the map and the limits panel show of an answer at a quarter's end: rows and words, nothing drawn yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

import pandas as pd

from ..domain.countries import countries, jurisdiction
from ..domain.sites import Site
from ..domain.world import small_country_points
from ..explain.headroom import Headroom, Room, tightest_by_country
from ..limits import Sense
from ..regimes import Regime
from ..units import TPP_PER_H100E, Quarter
from . import figures
from .load import Answer
from .map_chart import COUNTRY_COLUMNS, SITE_COLUMNS, UNLIMITED
from .parts import Bar
from .text import Words

MOST_LINES: Final = 9
"""Limits that the panel lists before it points to the page of them all."""
_BINS: Final = (Fraction(1, 2), Fraction(4, 5))


def country_name(code: str, say: Words) -> str:
    """The country's name in the language of the page; the code itself when it is none."""
    row = countries().get(code)
    if row is None:
        return code
    return row.name_zh if say.language == "zh" else row.name_en


def bin_of(line: Headroom) -> int:
    """0 for nothing used, 1 to 3 by the share used, 4 where the limit binds or is broken."""
    if line.room in (Room.BINDING, Room.BROKEN):
        return 4
    if line.measured == 0:
        return 0
    return 1 + sum(line.used >= edge for edge in _BINS)


def country_rows(answer: Answer, lines: Iterable[Headroom], quarter: Quarter, say: Words) -> pd.DataFrame:
    """A row for each jurisdiction but those of Tier 2 that the plan leaves alone, which `map_words` speaks for."""
    tightest = tightest_by_country(lines)
    here = answer.stock[answer.stock["quarter"] == str(quarter)]
    gpus = {str(code): int(count) for code, count in here.groupby("country")["gpus"].sum().items()}
    rows = []
    for code in sorted({jurisdiction(code) for code in countries()}):
        tier = answer.regime.tier(code)
        line = tightest.get(code)
        if tier == 2 and line is None and code not in gpus:
            continue
        used = say("map.no_own_limit") if line is None else figures_text(line, say)
        rows.append(
            {
                "id": code,
                "bin": str(0 if line is None else bin_of(line)),
                "tier": say("tier", tier=tier),
                "used": say("map.nothing_allowed") if tier == 3 else used,
                "gpus": f"{gpus.get(code, 0):,}",
            }
        )
    return pd.DataFrame(rows, columns=list(COUNTRY_COLUMNS))


def map_words(say: Words) -> dict[str, str]:
    """The titles of the map's tooltips, and what they say of a Tier 2 country that the plan leaves alone."""
    titles = {name: say(f"map.{name}") for name in ("country", "tier", "used", "gpus", "site", "detail")}
    return titles | {"other_tier": say("tier", tier=2), "other_used": say("map.none_used")}


def site_rows(answer: Answer, lines: Iterable[Headroom], quarter: Quarter, say: Words) -> pd.DataFrame:
    """One circle for each site in use; what names no site, or an unknown one, gets one circle in its country."""
    bins = {code: str(bin_of(line)) for code, line in tightest_by_country(lines).items()}
    here = answer.stock[answer.stock["quarter"] == str(quarter)]
    places: dict[tuple[str, str | None], dict[str, int]] = defaultdict(dict)
    for country, site_id, name, gpus in zip(
        here["country"], here["site"], here["accelerator"], here["gpus"], strict=True
    ):
        known = site_id if isinstance(site_id, str) and _drawn(answer.sites.get(site_id)) else None
        chips = places[country, known]
        chips[name] = chips.get(name, 0) + int(gpus)
    rows = []
    for (country, site_id), chips in places.items():
        site = answer.sites.get(site_id) if site_id is not None else None
        at = (site.lat, site.lon) if site is not None else middle(country, answer.sites.values())
        if at is None:
            continue
        name = country_name(country, say)
        label = say("map.unplaced", country=name) if site is None else f"{site.name or site.site}, {name}"
        rows.append(
            {
                "id": country,
                "site": label,
                "lat": at[0],
                "lon": at[1],
                "gpus": sum(chips.values()),
                "bin": bins.get(country, UNLIMITED),
                "amount": f"{sum(chips.values()):,}",
                "detail": " · ".join(f"{count:,} {chip}" for chip, count in sorted(chips.items(), key=_most)),
            }
        )
    rows.sort(key=lambda row: -int(str(row["gpus"])))  # the small ones are drawn over the large ones
    return pd.DataFrame(rows, columns=list(SITE_COLUMNS))


def middle(country: str, sites: Iterable[Site]) -> tuple[float, float] | None:
    """A place to draw in a country: the middle of its known sites, else the point of a small country."""
    known = [(site.lat, site.lon) for site in sites if jurisdiction(site.country) == country and _drawn(site)]
    if not known:
        return small_country_points().get(country)
    lats, lons = [lat for lat, _ in known if lat is not None], [lon for _, lon in known if lon is not None]
    return sum(lats) / len(lats), sum(lons) / len(lons)


def names_at_limit(lines: Iterable[Headroom], say: Words) -> list[tuple[str, str]]:
    """The countries to name on the map: those whose own limit binds or is broken, the tightest first."""
    tightest = tightest_by_country(lines)
    at_limit = [line for line in tightest.values() if bin_of(line) == 4]
    at_limit.sort(key=lambda line: (-line.room, -line.used, str(line.limit.country)))
    return [(str(line.limit.country), country_name(str(line.limit.country), say)) for line in at_limit]


def panel_lines(answer: Answer, quarter: Quarter) -> list[Headroom]:
    """The limits at that quarter that say something, one for each place: its tightest. The tightest stand first."""
    lines: dict[str, Headroom] = {}
    for line in answer.lines_in(quarter):
        if line.measured or line.room:
            lines.setdefault(line.limit.country or line.limit.name, line)
    return list(lines.values())


def bar(line: Headroom, tightest: Mapping[tuple[str, ...], Headroom], say: Words, regime: Regime) -> Bar:
    """The line of the panel for a limit; `tightest` knows in which other quarters it binds."""
    name, note = place_name(line, say, regime), line.limit.rule.id
    marks = {
        Room.BINDING: ("limits.binding", "binding"),
        Room.BROKEN: ("limits.broken", "broken"),
        Room.UNDECIDED: ("limits.undecided", "broken"),
        Room.FREE: ("", ""),
    }
    key, tone = marks[line.room]
    overall = tightest.get(line.key)
    binds = [str(period) for period in (overall.binds_in if overall else ()) if period is not None]
    here = str(line.period) in binds
    elsewhere = say("limits.binds_in", quarters=spans(binds)) if binds and (not here or len(binds) > 1) else ""
    return Bar(
        name=name,
        note=note,
        part=float(line.used),
        bin=bin_of(line),
        value=figures_text(line, say) + (", " if line.room is Room.FREE else ""),
        mark=say(key) if key else left_text(line, say),
        mark_tone=tone,  # type: ignore[arg-type]
        value_note=elsewhere,
    )


def place_name(line: Headroom, say: Words, regime: Regime) -> str:
    """What a limit is about, in a word or two."""
    rule = line.limit.rule
    if line.limit.country is not None:
        return country_name(line.limit.country, say)
    if rule.id == "UVEU102":
        return say("limits.outside")
    if rule.id == "UVEU103":
        return say("limits.home")
    if regime.record(rule.id) is not None and not rule.id.startswith(("UVEU", "CAP", "LPP", "NVEU")):
        return rule.title
    return line.place or say("limits.all")


def figures_text(line: Headroom, say: Words) -> str:
    """Measured and allowed: ``4.9 / 7 %`` for a share, ``31 k / 50 k H100e`` for an amount."""
    floor = line.limit.sense is Sense.AT_LEAST
    if line.shares is not None:
        measured, allowed, _ = figures.against(line.shares[0] * 100, line.shares[1] * 100)
        return say("limits.floor_share" if floor else "limits.share", measured=measured, allowed=allowed)
    measured, allowed, _ = amounts(line)
    return say("limits.floor_amount" if floor else "limits.amount", measured=measured, allowed=allowed)


def left_text(line: Headroom, say: Words) -> str:
    """How much is left, in the unit of `figures_text`."""
    floor = line.limit.sense is Sense.AT_LEAST
    left = (
        figures.against(line.shares[0] * 100, line.shares[1] * 100)[2] if line.shares is not None else amounts(line)[2]
    )
    key = (
        ("limits.above" if floor else "limits.left") if line.left >= 0 else ("limits.below" if floor else "limits.over")
    )
    return say(key, left=left)


def amounts(line: Headroom) -> tuple[str, str, str]:
    """Measured, allowed and what lies between, in H100-equivalents, told apart where they differ."""
    values = (line.measured, line.allowed, abs(line.left))
    measured, allowed, between = (figures.h100e(tpp) for tpp in values)
    if line.left and measured == allowed:
        exact = figures.against(Fraction(line.measured, TPP_PER_H100E), Fraction(line.allowed, TPP_PER_H100E), 0)
        return exact
    return measured, allowed, between


def spans(quarters: list[str]) -> str:
    """Quarters with runs drawn together: ``2026Q3–2027Q1, 2027Q3``."""
    parsed = sorted(Quarter.parse(text) for text in quarters if "Q" in text)
    runs: list[list[Quarter]] = []
    for quarter in parsed:
        if runs and quarter - runs[-1][-1] == 1:
            runs[-1].append(quarter)
        else:
            runs.append([quarter])
    years = [text for text in quarters if "Q" not in text]
    return ", ".join([str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs] + years)


def _drawn(site: Site | None) -> bool:
    return site is not None and site.lat is not None and site.lon is not None


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]
