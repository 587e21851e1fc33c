"""OR-Tools: HiGHS and SCIP through `model_builder`, and CP-SAT on whole numbers.

OR-Tools' own HiGHS answers wrongly where `highspy` was loaded before it, so nothing here imports that.
"""

from __future__ import annotations

import math
from typing import Any

from benchmarks.race.facts import Facts, Number
from benchmarks.race.finish import Finish
from benchmarks.race.report import Report
from benchmarks.race.statement import Terms, state

THREADS = 2


class BuilderModeller:
    """Writes a model into an OR-Tools `model_builder` model."""

    def __init__(self) -> None:
        from ortools.linear_solver.python import model_builder

        self.library = model_builder
        self.model = model_builder.Model()

    def whole(self, upper: int) -> Any:
        return self.model.new_int_var(0, upper, "")

    def amount(self, upper: Number) -> Any:
        return self.model.new_num_var(0, upper, "")

    def _sum(self, terms: Terms) -> Any:
        return self.library.LinearExpr.weighted_sum([v for _, v in terms], [float(c) for c, _ in terms])

    def at_most(self, terms: Terms, bound: Number) -> None:
        self.model.add_linear_constraint(self._sum(terms), ub=bound)

    def at_least(self, terms: Terms, bound: Number) -> None:
        self.model.add_linear_constraint(self._sum(terms), lb=bound)

    def equal(self, terms: Terms, bound: Number) -> None:
        self.model.add_linear_constraint(self._sum(terms), lb=bound, ub=bound)

    def minimise(self, terms: Terms) -> None:
        self.model.minimize(self._sum(terms))


def highs(facts: Facts, report: Report) -> Finish:
    """HiGHS on the model with totals as variables."""
    return _solve(facts, report, "highs")


def scip(facts: Facts, report: Report) -> Finish:
    """SCIP on the model with totals as variables."""
    return _solve(facts, report, "scip")


def _solve(facts: Facts, report: Report, engine: str) -> Finish:
    modeller = BuilderModeller()
    statement = state(facts, modeller, written_out=False)
    model = modeller.model
    report.tell("built", rows=model.num_constraints, columns=model.num_variables)
    if report.left < 1:
        return Finish("building took all the time")
    solver = modeller.library.Solver(engine)
    solver.enable_output(True)
    solver.set_time_limit_in_seconds(report.left)
    if engine == "highs":  # SCIP's own default is no gap
        solver.set_solver_specific_parameters("mip_rel_gap=0")
    report.tell("solving", log=engine, standing=round(statement.standing * facts.grain), grain=facts.grain)
    status = solver.solve(model)
    report.tell("solved")
    if status not in (modeller.library.SolveStatus.OPTIMAL, modeller.library.SolveStatus.FEASIBLE):
        return Finish(status.name.lower())
    values = {key: solver.value(unit) for key, unit in statement.units.items()}
    return Finish.rounded(status.name.lower(), values)


class CpSatModeller:
    """Writes a model of whole numbers into CP-SAT, each row divided by the greatest common divisor of its terms."""

    def __init__(self) -> None:
        from ortools.sat.python import cp_model

        self.library = cp_model
        self.model = cp_model.CpModel()

    def whole(self, upper: int) -> Any:
        return self.model.new_int_var(0, upper, "")

    amount = whole

    def _row(self, terms: Terms, low: int | None, high: int | None) -> None:
        divisor = math.gcd(*(c for c, _ in terms)) or 1
        expression = self.library.LinearExpr.weighted_sum([v for _, v in terms], [c // divisor for c, _ in terms])
        domain = self.library.Domain(
            -(2**62) if low is None else -(-low // divisor), 2**62 if high is None else high // divisor
        )
        self.model.add_linear_expression_in_domain(expression, domain)

    def at_most(self, terms: Terms, bound: Number) -> None:
        self._row(terms, None, bound)

    def at_least(self, terms: Terms, bound: Number) -> None:
        self._row(terms, bound, None)

    def equal(self, terms: Terms, bound: Number) -> None:
        self._row(terms, bound, bound)

    def minimise(self, terms: Terms) -> None:
        self.model.minimize(self.library.LinearExpr.weighted_sum([v for _, v in terms], [c for c, _ in terms]))


def cp_sat(facts: Facts, report: Report) -> Finish:
    """CP-SAT on the model with totals as variables, every amount in whole parts."""
    modeller = CpSatModeller()
    statement = state(facts, modeller, written_out=False)
    cp_model, model = modeller.library, modeller.model
    report.tell("built", rows=len(model.proto.constraints), columns=len(model.proto.variables))
    if report.left < 1:
        return Finish("building took all the time")
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = report.left
    solver.parameters.num_workers = THREADS
    best: list[int | None] = [None, None]

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            best[0] = statement.standing - int(self.objective_value)
            report.point(best[0], best[1])

    def on_bound(bound: float) -> None:
        best[1] = statement.standing - math.ceil(bound)
        report.point(best[0], best[1])

    solver.best_bound_callback = on_bound
    status = solver.solve(model, Listener())
    report.tell("solved")
    said = solver.status_name(status).lower()
    if status == cp_model.MODEL_INVALID:
        return Finish(f"refused the model: {model.validate()[:200]}")
    least = solver.best_objective_bound
    bound = statement.standing - math.ceil(least) if math.isfinite(least) else None
    units = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        units = {key: solver.value(unit) for key, unit in statement.units.items()}
    return Finish(said, units, bound, proved=bound)
