"""The accelerator catalogue: what one GPU counts (TPP), draws (kW) and costs, and in which unit it is installed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Literal, NamedTuple, cast

from ..bundled import data_path
from ..units import exact

Meets = Literal["yes", "no", "unknown"]


class Accelerator(NamedTuple):
    """One row of `data/accelerators.csv`, or a row of a plan's own; None where a figure is not known.

    `tpp` is per GPU (2 x MacTOPS x bit length of the package, dense); `kw_per_gpu` is all-in IT power;
    `capex_usd` is dollars per GPU for IT equipment, without the building. Placements are installed in whole
    units of `gpus_per_unit`. `assumed` names the fields that are assumptions or recollected figures.
    """

    id: str
    name: str
    vendor: str
    tpp: int
    meets_3a090a: Meets
    gpus_per_unit: int | None
    kw_per_gpu: Fraction | None
    capex_usd: Fraction | None
    confidence: str
    assumed: frozenset[str] = frozenset()

    @property
    def unit_gpus(self) -> int:
        """GPUs of a unit, 1 where the unit is not known."""
        return self.gpus_per_unit or 1

    @property
    def placeable(self) -> bool:
        """Whether everything that `solve` needs is known."""
        return None not in (self.gpus_per_unit, self.kw_per_gpu, self.capex_usd)


class Catalogue(Mapping[str, Accelerator]):
    """Accelerators by id; `resolve` also takes the aliases (a system's chip, a chip's system)."""

    def __init__(self, rows: Iterable[Accelerator], aliases: Mapping[str, str]) -> None:
        self.rows = {row.id: row for row in rows}
        self.aliases = dict(aliases)

    def __getitem__(self, key: str) -> Accelerator:
        return self.rows[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def resolve(self, name: str) -> str | None:
        """The catalogue id for an id or alias, None when unknown."""
        return name if name in self.rows else self.aliases.get(name)

    def with_own(self, own: Iterable[Accelerator]) -> Catalogue:
        """This catalogue with rows that extend or replace its own."""
        return Catalogue([*(self.rows | {row.id: row for row in own}).values()], self.aliases)


@cache
def bundled_catalogue() -> Catalogue:
    """The catalogue of `data/accelerators.csv`."""
    rows, aliases = [], {}
    with data_path("accelerators.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.append(
                Accelerator(
                    id=row["accelerator"],
                    name=row["name"],
                    vendor=row["vendor"],
                    tpp=int(row["tpp"]),
                    meets_3a090a=cast(Meets, row["meets_3a090a"]),
                    gpus_per_unit=int(row["gpus_per_unit"]) if row["gpus_per_unit"] else None,
                    kw_per_gpu=exact(row["kw_per_gpu"]) if row["kw_per_gpu"] else None,
                    capex_usd=exact(row["capex_usd"]) if row["capex_usd"] else None,
                    confidence=row["confidence"],
                    assumed=frozenset(row["assumed_fields"].split(";")) - {""},
                )
            )
            for alias in row["aliases"].split(";"):
                if alias:
                    aliases[alias] = row["accelerator"]
    return Catalogue(rows, aliases)
