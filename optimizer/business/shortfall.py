"""What is found: a business constraint that a plan breaks."""

from __future__ import annotations

from typing import NamedTuple


class Shortfall(NamedTuple):
    """A business constraint that a plan breaks: its family, its name, and a sentence with the figures."""

    family: str
    name: str
    sentence: str
