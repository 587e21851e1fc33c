"""Every small mistake in the code that reads the records, one at a time, put in place without importing anew.

Comparisons are the next one or the opposite one, minima are maxima, floors are ceilings, sums are differences, whole
numbers are off by one, conditions are turned round. A mutant is the byte code of one function, exchanged for a while.
"""

from __future__ import annotations

import ast
import copy
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, NamedTuple

from optimizer.regimes import tiers

MODULES: Final = (
    "limits",
    "ledger",
    "check",
    "regimes.expand",
    "regimes.records",
    "regimes.regime",
    "regimes.tiers",
    "regimes.legal_status",
    "checking.as_of",
    "checking.books",
    "checking.duties",
    "checking.findings",
    "checking.groups",
    "checking.unjudged",
)
"""What stands between a record and a verdict, or a duty's day."""

SHOWN: Final = {
    "check": "_rows _country _written_codes _severity",
    "ledger": "without_site aggregate Amount.most",
    "regimes.regime": "Source.sha256 Regime.name Regime.record parse_own_limits Regime.with_own_limits",
    "regimes.tiers": "jurisdictions known_jurisdiction parse_tiers",
    "regimes.legal_status": "parse_status _timeline _date",
    "checking.books": "Books.behind Books._stock Books._stood written_country _Entries._outside _Entries._problem",
    "checking.duties": "_place _name _duty",
    "checking.findings": "CheckResult.of CheckResult.counts CheckResult.warnings",
}
"""Functions that only say where a verdict comes from, or read a file: no verdict and no day depends on them."""

COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SUMMED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
NAMED: Final = {"min": "max", "max": "min", "any": "all", "all": "any"}

COUNTED: Final = (ast.expr, ast.comprehension, ast.If, ast.While)
Edit = Callable[[Any], ast.AST]


class CodeMutant(NamedTuple):
    """One function with one mistake: the expression of that number in it, edited."""

    part: str
    what: str
    function: FunctionType
    tree: ast.Module
    number: int
    edit: Edit
    line: str  # where it is, for those who look a survivor up

    @property
    def name(self) -> str:
        return f"{self.part}.{self.what}"

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The mistake is there."""
        before = self.function.__code__
        self.function.__code__ = self._code()
        tiers._members.cache_clear()
        try:
            yield
        finally:
            self.function.__code__ = before
            tiers._members.cache_clear()

    def _code(self) -> CodeType:
        qualname, file = self.function.__qualname__, self.function.__code__.co_filename
        whole = copy.deepcopy(self.tree)
        definition = next(node for name, node in _definitions(whole) if name == qualname)
        place = _Place(self.number, self.edit)
        definition.body = [place.visit(statement) for statement in definition.body]
        ast.fix_missing_locations(whole)
        code = _code_of(compile(whole, file, "exec"), qualname)
        assert code is not None
        return code


def code_mutants() -> list[CodeMutant]:
    """Every mutant of the modules; of those with one name all but the first have a number."""
    found: list[CodeMutant] = []
    seen: Counter[str] = Counter()
    for module_name in MODULES:
        module = importlib.import_module(f"optimizer.{module_name}")
        assert module.__file__ is not None
        with open(module.__file__, encoding="utf-8") as file:
            source = file.read()
        tree, lines = ast.parse(source), source.splitlines()
        functions = dict(_functions(module))
        skipped = set(SHOWN.get(module_name, "").split())
        for qualname, definition in _definitions(tree):
            function = functions.get(qualname)
            if function is None or qualname in skipped:
                continue
            for number, node, edit in _edits(definition):
                what = f"{qualname}: {_words(node)} -> {_words(edit(copy.deepcopy(node)))}"
                if isinstance(node, (ast.Constant, ast.Name)):  # too short to know it again
                    what += f" in: {_cut(lines[node.lineno - 1].strip())}"
                seen[f"{module_name}.{what}"] += 1
                times = seen[f"{module_name}.{what}"]
                what = what if times == 1 else f"{what} ({times})"
                line = f"line {getattr(node, 'lineno', '?')}"
                found.append(CodeMutant(module_name, what, function, tree, number, edit, line))
    return found


def _functions(module: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """The functions and methods that are defined in `module`, by qualified name, whatever they are wrapped in."""
    for owner in (module, *(item for item in vars(module).values() if isinstance(item, type))):
        for item in vars(owner).values():
            item = item.fget if isinstance(item, property) else item
            item = getattr(item, "__wrapped__", getattr(item, "__func__", item))
            if isinstance(item, FunctionType) and item.__module__ == module.__name__:
                yield item.__qualname__, item


def _definitions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner


def _code_of(code: CodeType, qualname: str) -> CodeType | None:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_qualname == qualname:
                return inner
            if deeper := _code_of(inner, qualname):
                return deeper
    return None


class _Place(ast.NodeTransformer):
    """Puts an edit at one expression of a function, counted in the order of `_expressions`."""

    def __init__(self, number: int, edit: Edit) -> None:
        self.number, self.edit, self.seen = number, edit, -1

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, COUNTED):
            self.seen += 1
            if self.seen == self.number:
                return self.edit(node)
        return self.generic_visit(node)


def _words(node: ast.AST) -> str:
    """The source of an expression, or of what a branch asks; the middle of a long one is left out."""
    if isinstance(node, (ast.If, ast.While)):
        text = f"{'if' if isinstance(node, ast.If) else 'while'} {ast.unparse(node.test)}"
    else:
        text = ast.unparse(node)
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= 34 else f"{text[:16]} ... {text[-13:]}"


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions, loops and branches below `node`, in the order in which `_Place` meets them."""
    if isinstance(node, COUNTED):
        yield node
    for inner in ast.iter_child_nodes(node):
        yield from _expressions(inner)


def _edits(definition: ast.FunctionDef) -> Iterator[tuple[int, ast.AST, Edit]]:
    """Each expression of the function that can be made wrong, with its number, and how."""
    number = -1
    notes = [node.annotation for node in ast.walk(definition) if isinstance(node, ast.AnnAssign)]
    skipped = {id(inner) for note in notes for inner in ast.walk(note)}
    for statement in definition.body:
        for node in _expressions(statement):
            number += 1
            if id(node) not in skipped:
                for edit in _edits_of(node):
                    yield number, node, edit


def _edits_of(node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                yield partial(_compared, place=place, other=other)
    elif isinstance(node, ast.BoolOp):
        yield lambda it: ast.BoolOp(ast.Or() if isinstance(it.op, ast.And) else ast.And(), it.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
        yield lambda it: it.operand
    elif isinstance(node, ast.BinOp) and type(node.op) in SUMMED:
        yield lambda it: ast.BinOp(it.left, SUMMED[type(it.op)](), it.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv):
        yield lambda it: ast.UnaryOp(ast.USub(), ast.BinOp(ast.UnaryOp(ast.USub(), it.left), it.op, it.right))
    elif isinstance(node, ast.Name) and node.id in NAMED:
        yield lambda it: ast.Name(NAMED[it.id], ast.Load())
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield lambda it: ast.Constant(not it.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        for step in (-1, 1):
            yield partial(_stepped, step=step)
    elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
        if not isinstance(node.test, (ast.Compare, ast.UnaryOp)):  # those are turned round already
            yield _turned
    elif isinstance(node, ast.comprehension):
        for place, test in enumerate(node.ifs):
            if not isinstance(test, (ast.Compare, ast.UnaryOp)):
                yield partial(_turned_part, place=place)


def _compared(it: ast.Compare, place: int, other: type[ast.cmpop]) -> ast.AST:
    it.ops[place] = other()
    return it


def _stepped(it: ast.Constant, step: int) -> ast.AST:
    assert isinstance(it.value, int)
    return ast.Constant(it.value + step)


def _turned(it: ast.If | ast.While | ast.IfExp) -> ast.AST:
    it.test = ast.UnaryOp(ast.Not(), it.test)
    return it


def _turned_part(it: ast.comprehension, place: int) -> ast.AST:
    it.ifs[place] = ast.UnaryOp(ast.Not(), it.ifs[place])
    return it
