"""How hard the fuzzers try: a fixed sample in `make test`, and the whole of a soak's examples in `make soak`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

CHANCES = st.integers(0, 2**64 - 1).map(Random)
"""A source of chance that its seed, which Hypothesis prints, brings back."""


def quick(examples: int) -> Callable[[Any], Any]:
    """Settings for a test: that many examples, always the same, unless a soak is asked for."""
    if settings.get_current_profile_name() == "soak":
        return settings()
    return settings(max_examples=examples, derandomize=True, database=None)
