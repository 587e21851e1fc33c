"""Changes that are no mistakes: they alter no verdict of any plan. Each was thought through, by name."""

from __future__ import annotations

from typing import Final

RECORDS: Final[dict[str, str]] = {}
"""Changes of a regime's file, and why nothing can come out differently."""

CODE: Final[dict[str, str]] = {}
"""Changes of the code, and why nothing can come out differently."""
