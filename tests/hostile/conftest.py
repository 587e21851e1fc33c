"""Lets the tests of this folder use the oracle and its random plans."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "oracle"))
