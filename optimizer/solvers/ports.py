"""Solvers that others bring, by the names that PuLP has for them: which there are, and which of them are found here.

Three ways lead to them. A program gets an MPS file (`programs`). A Python package is called through PuLP, in a process
of its own (`pulp_solvers`), and so is what PuLP alone knows how to ask.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec

from ..errors import SolverError
from .dialects import CBC, COPT, CPLEX, GUROBI, HIGHS, SCIP, XPRESS, Dialect


@dataclass(frozen=True, slots=True)
class Port:
    """One way to a solver: PuLP's name for it, and what has to be here, a program or a Python package."""

    pulp_name: str
    program: str = ""
    package: str = ""
    dialect: Dialect | None = None

    @property
    def name(self) -> str:
        """As `--solver` takes it."""
        return self.pulp_name.lower()

    @property
    def found(self) -> bool:
        """Whether it is here; its licence is looked at when it solves."""
        if self.program:
            return shutil.which(self.program) is not None
        return bool(self.package) and find_spec(self.package) is not None

    @property
    def needs(self) -> str:
        """What has to be here, in words."""
        return f"the program {self.program}" if self.program else f"the Python package {self.package}"


def _program(pulp_name: str, dialect: Dialect) -> Port:
    return Port(pulp_name, program=dialect.program, dialect=dialect)


PORTS: dict[str, tuple[Port, ...]] = {
    "gurobi": (_program("GUROBI_CMD", GUROBI), Port("GUROBI", package="gurobipy")),
    "cplex": (_program("CPLEX_CMD", CPLEX), Port("CPLEX_PY", package="cplex")),
    "xpress": (_program("XPRESS", XPRESS), Port("XPRESS_PY", package="xpress")),
    "copt": (_program("COPT_CMD", COPT), Port("COPT", package="coptpy")),
    "mosek": (Port("MOSEK", package="mosek"),),
    "cuopt": (Port("CUOPT", package="cuopt"),),
    "scip_cmd": (_program("SCIP_CMD", SCIP),),
    "highs_cmd": (_program("HiGHS_CMD", HIGHS),),
    "cbc_cmd": (_program("COIN_CMD", CBC),),
    "scip_py": (Port("SCIP_PY", package="pyscipopt"),),
    "cylp": (Port("CyLP", package="cylp"),),
    "glpk": (Port("GLPK_CMD", program="glpsol"), Port("PYGLPK", package="glpk")),
    "fscip": (Port("FSCIP_CMD", program="fscip"),),
    "mipcl": (Port("MIPCL_CMD", program="mps_mipcl"),),
    "sas": (Port("SAS94", package="saspy"), Port("SASCAS", package="swat")),
}
"""The ways to each solver, the one that is tried first at the head; any of them can be asked for by its own name."""


def port_of(name: str, own: tuple[str, ...]) -> Port:
    """The way to the solver of that name. Raises SolverError where there is no such solver, or it is not found here.

    `own` are the solvers that every installation has.
    """
    asked = name.lower()
    ways = PORTS.get(asked) or tuple(port for ports in PORTS.values() for port in ports if port.name == asked)
    here = next((port for port in ways if port.found), None)
    if here is not None:
        return here
    choice = f"Choose {', '.join((*own, *found()))}; `fleetplan doctor` lists them too."
    if not ways:
        known = ", ".join(PORTS)
        raise SolverError(f"there is no solver named '{name}'. {choice} If they are installed, also: {known}.")
    needs = " nor ".join(port.needs for port in ways)
    raise SolverError(
        f"the solver {name} is not installed here: there is {'neither' if len(ways) > 1 else 'not'} {needs}. "
        f"Install it with its licence, or take another one. {choice}"
    )


def found() -> list[str]:
    """The names of the solvers that are found here."""
    return [name for name, ways in PORTS.items() if any(port.found for port in ways)]
