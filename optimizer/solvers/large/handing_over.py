"""What the linear optimum at fixed openings tells those who fill in whole units: an aim, and prices in exact parts."""

from __future__ import annotations

import numpy as np

from ..fill import Aim, Prices
from .optimum import Optimum
from .scaled import Floats


def aim_of(optimum: Optimum) -> Aim:
    """Units by group and power by site, at the meter in the site's parts."""
    coarse = optimum.master.coarse
    return Aim(optimum.units, coarse.group_of, optimum.loads * coarse.load_parts[:, None])


def prices_of(optimum: Optimum) -> Prices:
    """What one more of everything is worth in TPP: HiGHS minimises, so its duals have the other sign."""
    master, coarse = optimum.master, optimum.master.coarse
    dual, filling = master.dual, coarse.filling
    tpp = coarse.tpp_parts
    demand = np.zeros(filling.wanted.shape)
    demand[master.wanted_at] = dual[master.demand_rows]
    return Prices(
        supply=np.maximum(_until(-dual[master.supply_rows]), 0.0) * tpp,
        budget=np.maximum(_until(-dual[master.money_rows]), 0.0) * tpp / coarse.money_parts,
        limits=np.maximum(-dual[master.limit_rows], 0.0) / master.limit_size,
        demand=np.maximum(demand, 0.0),
    )


def _until(onwards: Floats) -> Floats:
    """Prices of a quarter's running sum, from those of what comes in a quarter and stays."""
    prices: Floats = onwards - np.concatenate([onwards[..., 1:], np.zeros_like(onwards[..., :1])], axis=-1)
    return prices
