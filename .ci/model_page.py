"""Writes docs/model.md anew: the mathematics of the model, from the docstrings of the code that states it.

Run by `make model`. Indented lines of those docstrings are tables (under a line that ends with a colon) or mathematics
in a light notation, which this turns into LaTeX: `X_st` and `X_{s,t-1}` are subscripts, `sum_{s near r}` is a sum, `<=`
and `>=` are comparisons, and `for all ...` at the end says for what the line holds. A test compares what stands there
with what this makes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from optimizer.model import accounts, changes, families, goals, instance, moves, serving, site_loss
from optimizer.model.objectives import OBJECTIVES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "model.md"
INTRODUCTION = """\
<!-- Made by `make model` from the docstrings of optimizer/model; change those. -->

# The model

What `fleetplan solve` maximises, and subject to what. Every line here is the documentation of the function that writes
those rows (the file is named), so the page cannot drift from the code. All coefficients are whole numbers: a limit of
the law is a row in integers and never a rounded one. `fleetplan export SCENARIO --lp model.lp` writes the rows of a
scenario with their names.
"""

FAMILIES = (families, serving, site_loss, changes, moves)
"""The modules of the business constraints, in the order of the page."""

_TOKEN = re.compile(
    r"(?P<name>[A-Za-z]+)(?:_(?:\{(?P<braced>[^}]*)\}|(?P<plain>[A-Za-z]+)))?|(?P<relation><=|>=)|(?P<other>.)"
)
_WORDS = {"sum": r"\sum", "max": r"\max", "min": r"\min", "in": r"\in"}
_RELATIONS = {"<=": r"\le", ">=": r"\ge"}
_FOR_ALL = re.compile(r"\s+for all ")


def latex(line: str) -> str:
    """One line of the light notation as LaTeX, in two columns of an `aligned` block: what holds, and for what."""
    holds, *domain = _FOR_ALL.split(line.strip(), maxsplit=1)
    ends = [rf"\forall\ {_formula(part)}" for part in domain]
    return " && ".join([f"& {_formula(holds)}", *ends])


def _formula(text: str) -> str:
    """The text with subscripts, sums and comparisons in LaTeX; words of several letters stand upright."""
    parts = []
    for found in _TOKEN.finditer(text):
        name = found["name"]
        if name is not None:
            symbol = _WORDS.get(name) or (name if len(name) == 1 else rf"\text{{{name}}}")
            index = found["plain"] or (found["braced"] and _formula(found["braced"]))
            parts.append(f"{symbol}_{{{index}}}" if index else symbol)
        elif found["relation"]:
            parts.append(_RELATIONS[found["relation"]])
        else:
            parts.append({"{": r"\{", "}": r"\}", " ": " "}.get(found["other"], found["other"]))
    joined = re.sub(r"\} \\text\{", " ", "".join(parts))  # words that follow each other are one text
    # LaTeX drops the spaces of a formula, those around words are meant
    return re.sub(r"(?<=[a-zA-Z}]) (?=\\text)|(?<=[a-z]\}) (?=[a-zA-Z]\b(?!_))", r"\\ ", joined)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, indented ones with their indentation."""
    return [part for part in re.split(r"\n\s*\n", inspect.cleandoc(text)) if part]


def is_indented(paragraph: str) -> bool:
    """Whether all of the paragraph stands indented: a table or mathematics."""
    return all(line.startswith("    ") for line in paragraph.splitlines())


def section(title: str, function: Callable[..., object]) -> str:
    """A heading, what the function says in words, its mathematics, and where it stands."""
    parts = [f"### {title}"]
    for paragraph in paragraphs(function.__doc__ or ""):
        if is_indented(paragraph):
            lines = " \\\\\n".join(latex(line) for line in paragraph.splitlines())
            parts.append(f"```math\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n```")
        else:
            parts.append(paragraph)
    parts.append(f"*In `{function.__module__.replace('.', '/')}.py`: `{function.__name__}`.*")
    return "\n\n".join(parts)


def tables(module: ModuleType) -> Iterator[str]:
    """The tables of a module's docstring, each under its name: columns are parted by two spaces or more."""
    parts = paragraphs(module.__doc__ or "")
    for title, body in pairwise(parts):
        if title.endswith(":") and is_indented(body):
            rows = [re.split(r" {2,}", line.strip()) for line in body.splitlines()]
            last = "field of the scenario" if any("`" in row[-1] for row in rows) else "kind"
            lines = [f"## {title[:-1]}", "", f"| symbol | meaning | {last} |", "|---|---|---|"]
            lines += [f"| ${_formula(symbol)}$ | {' | '.join(cells)} |" for symbol, *cells in rows]
            yield "\n".join(lines)


def stated_families() -> list[Callable[..., object]]:
    """The functions that write rows or columns, in the order of the code; accounts and limits last."""
    own = [
        value
        for module in FAMILIES
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
    ]
    return [*(value for value in own if "builder" in inspect.signature(value).parameters), accounts.limits]


def page() -> str:
    """docs/model.md as it ought to be."""
    parts = [INTRODUCTION.rstrip(), *tables(instance), *tables(families), "## Constraints"]
    parts += [section(_title(function.__name__), function) for function in stated_families()]
    parts.append("## Objectives")
    parts += [section(f"`{name}`", function) for name, function in OBJECTIVES.items()]
    parts.append(section("A list of objectives", goals.toward))
    return "\n\n".join(parts) + "\n"


def _title(name: str) -> str:
    words = name.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
