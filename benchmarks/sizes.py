"""How large the generated scenarios are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from optimizer.units import Quarter


@dataclass(frozen=True)
class Size:
    """How large a scenario is. Amounts of computing power are thousands of H100-equivalents."""

    sites: int
    accelerators: tuple[str, ...]
    first: str
    last: str
    mean_mw: float
    standing: int
    delivered: int
    tier2_countries: int
    regions: int
    near_ms: int
    cap_h100e: int | None  # thousands; None: the rule's own amount

    @property
    def quarters(self) -> int:
        """Number of quarters."""
        return Quarter.parse(self.last) - Quarter.parse(self.first) + 1

    def cut(self, sites: int, accelerators: int, quarters: int) -> Size:
        """A smaller one of the same kind, for quick tests, with amounts that keep their ratio."""
        delivered = round(self.delivered * sites / self.sites)
        smaller = Fraction(self.standing + delivered, self.standing + self.delivered)
        return replace(
            self,
            sites=sites,
            accelerators=self.accelerators[:accelerators],
            last=str(Quarter.parse(self.first) + (quarters - 1)),
            delivered=delivered,
            tier2_countries=min(self.tier2_countries, 8),
            cap_h100e=None if self.cap_h100e is None else round(self.cap_h100e * smaller),
        )


_ALL = (
    "gb300-nvl72",
    "b300-hgx",
    "h200-sxm",
    "gb200-nvl72",
    "b200-hgx",
    "mi355x",
    "tpu-v7",
    "trainium2",
    "h100-sxm",
    "mi325x",
)
SIZES: Mapping[str, Size] = {
    "S": Size(
        sites=60,
        accelerators=_ALL[:3],
        first="2026Q1",
        last="2026Q1",
        mean_mw=16,
        standing=450,
        delivered=340,
        tier2_countries=8,
        regions=14,
        near_ms=60,
        cap_h100e=None,
    ),
    "M": Size(
        sites=400,
        accelerators=_ALL[:6],
        first="2026Q1",
        last="2027Q4",
        mean_mw=25,
        standing=620,
        delivered=4_000,
        tier2_countries=16,
        regions=16,
        near_ms=60,
        cap_h100e=190,
    ),
    "L": Size(
        sites=2_000,
        accelerators=_ALL[:8],
        first="2025Q1",
        last="2027Q4",
        mean_mw=12,
        standing=680,
        delivered=10_000,
        tier2_countries=24,
        regions=24,
        near_ms=50,
        cap_h100e=430,
    ),
    "XL": Size(
        sites=10_000,
        accelerators=_ALL,
        first="2025Q1",
        last="2027Q4",
        mean_mw=6,
        standing=700,
        delivered=25_000,
        tier2_countries=32,
        regions=32,
        near_ms=40,
        cap_h100e=1_000,
    ),
}
"""The standing fleet is below 714,286 H100-equivalents, where 7 % is less than the rule's own cap."""
