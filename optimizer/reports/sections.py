"""Parts of a report beside the findings; what a part is stands in optimizer/explain/sections.py."""

from __future__ import annotations

from ..explain.sections import Section

__all__ = ["Section"]
