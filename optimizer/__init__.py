"""fleetplan: where an accelerator fleet may stand, planned and checked against dated, cited limits.

The command is `fleetplan` (`optimizer.cli`); `docs/architecture.md` is the map.
"""

__version__ = "0.1.0"
