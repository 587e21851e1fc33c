"""The aggregated relaxation: its exact bound is never below a plan, and it has a solution wherever a plan exists."""

from __future__ import annotations

import numpy as np
import pytest

from optimizer.domain.scenario import Scenario
from optimizer.model.aggregate import aggregate
from optimizer.model.build import Model, build
from optimizer.model.law import limits_of
from optimizer.optimise import optimise
from optimizer.regimes import load_regime
from optimizer.solvers import Options
from optimizer.solvers.bound import exact_dual_bound
from optimizer.solvers.linear import Linear
from optimizer.solvers.split import joined
from tests.optimise.brute_force import best_capacity
from tests.optimise.random_scenarios import random_document, scenario_of, tiny_document
