"""Reports of a check: one type of outcome, and one module per format."""

from __future__ import annotations

from .outcome import EXIT_CODES, FLAGS, Outcome, internal, overall

__all__ = ["EXIT_CODES", "FLAGS", "Outcome", "internal", "overall"]
