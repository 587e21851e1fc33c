"""PuLP, with the CBC that it brings and with HiGHS."""

from __future__ import annotations

from typing import Any

from benchmarks.race.facts import Facts, Number
from benchmarks.race.finish import Finish
from benchmarks.race.report import Report
from benchmarks.race.statement import Terms, state

THREADS = 2


class PulpModeller:
    """Writes a model into a PuLP problem."""

    def __init__(self) -> None:
        import pulp

        self.pulp = pulp
        self.problem = pulp.LpProblem("placement", pulp.LpMinimize)
        self.variables = 0

    def whole(self, upper: int) -> Any:
        return self._variable(upper, self.pulp.LpInteger)

    def amount(self, upper: Number) -> Any:
        return self._variable(upper, self.pulp.LpContinuous)

    def _variable(self, upper: Number, kind: str) -> Any:
        self.variables += 1
        return self.problem.add_variable(f"x{self.variables}", 0, upper, kind)

    def _sum(self, terms: Terms) -> Any:
        return self.pulp.LpAffineExpression([(variable, coefficient) for coefficient, variable in terms])

    def at_most(self, terms: Terms, bound: Number) -> None:
        self.problem += self._sum(terms) <= bound

    def at_least(self, terms: Terms, bound: Number) -> None:
        self.problem += self._sum(terms) >= bound

    def equal(self, terms: Terms, bound: Number) -> None:
        self.problem += self._sum(terms) == bound

    def minimise(self, terms: Terms) -> None:
        self.problem += self._sum(terms)


def cbc_written_out(facts: Facts, report: Report) -> Finish:
    """CBC on the model with percent rows written out."""
    return _solve(facts, report, "cbc", written_out=True)


def cbc(facts: Facts, report: Report) -> Finish:
    """CBC on the model with totals as variables."""
    return _solve(facts, report, "cbc", written_out=False)


def highs(facts: Facts, report: Report) -> Finish:
    """HiGHS on the model with totals as variables."""
    return _solve(facts, report, "highs", written_out=False)


def _solve(facts: Facts, report: Report, engine: str, *, written_out: bool) -> Finish:
    modeller = PulpModeller()
    statement = state(facts, modeller, written_out=written_out)
    report.tell("built", rows=modeller.problem.numConstraints(), columns=modeller.variables)
    if report.left < 1:
        return Finish("building took all the time")
    pulp, problem = modeller.pulp, modeller.problem
    options = {"msg": True, "timeLimit": report.left, "gapRel": 0.0, "threads": THREADS}
    solver = pulp.PULP_CBC_CMD(**options) if engine == "cbc" else pulp.HiGHS(**options)
    report.tell("solving", log=engine, standing=round(statement.standing * facts.grain), grain=facts.grain)
    problem.solve(solver)
    report.tell("solved")
    if problem.sol_status not in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible):
        return Finish(str(pulp.LpSolution[problem.sol_status]))
    values = {key: unit.varValue for key, unit in statement.units.items()}
    if None in values.values():
        return Finish("no values")
    return Finish.rounded(str(pulp.LpSolution[problem.sol_status]), values)
