"""Whether the tests notice every mistake that the law as written here could hold: the score, rule by rule.

Every number, date, choice, list and field of every record of `data/regimes/` is made wrong, one at a time, and so is
every comparison, sign, extreme and constant of the code that reads the records. The worked cases of `tests/cases` and
the naive second statement of the law in `tests/oracle` are asked after each. Changes that are no mistakes stand by
name, with the reason, in `tests/mutation/equivalent.py`.

    python benchmarks/rule_mutation.py [--only records|code] [--sample N] [--seed N] [--rule ID] [--plans N] [--list]

Exit 0 when every mistake was noticed, else 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), *(str(ROOT / "tests" / part) for part in ("check", "oracle", "mutation"))]

from equivalent import CODE, RECORDS  # noqa: E402  (found through the path above)
from score import Outcome, all_mutants, judge_mutants  # noqa: E402


def table(outcomes: list[Outcome]) -> str:
    """The score by rule and by module."""
    lines = [
        "| rule or module | changes | no mistakes | noticed by cases | by the oracle | otherwise | survive | score |"
    ]
    lines.append("|---|" + "---|" * 7)
    parts = dict.fromkeys(one.part for one in outcomes)
    for part in [*parts, "all"]:
        rows = [one for one in outcomes if part in (one.part, "all")]
        kinds = Counter(one.kind for one in rows)
        mistakes = len(rows) - kinds["equivalent"]
        score = f"{(mistakes - kinds['survives']) / mistakes:.1%}" if mistakes else "-"
        named = [kinds[kind] for kind in ("equivalent", "case", "oracle", "otherwise", "survives")]
        lines.append(f"| {part} | {len(rows)} | {' | '.join(map(str, named))} | {score} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Print the score and every mistake that survives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=("records", "code"))
    parser.add_argument("--sample", type=int, metavar="N", help="judge this many, drawn by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rule", dest="part", metavar="ID", help="one rule, part or module")
    parser.add_argument("--plans", type=int, default=600, help="random plans for the oracle")
    parser.add_argument("--list", action="store_true", help="list every change and who notices it")
    options = parser.parse_args(arguments)
    began = time.perf_counter()
    mutants = all_mutants(options.only, options.part, options.sample, options.seed)
    outcomes = []
    for outcome in judge_mutants(mutants, options.plans):
        outcomes.append(outcome)
        if options.list:
            print(f"{outcome.kind:10} {outcome.name}  [{outcome.by}]", flush=True)
    print(table(outcomes))
    survivors = [one for one in outcomes if one.kind == "survives"]
    stale = [one for one in outcomes if one.kind == "stale"]
    for one in survivors:
        print(f"survives: {one.name}{f' ({one.line})' if one.line else ''}")
    for one in stale:
        print(f"called no mistake, but noticed by {one.by}: {one.name}")
    if options.only is None and options.part is None and options.sample is None:
        for name in sorted({*RECORDS, *CODE} - {one.name for one in outcomes}):
            print(f"called no mistake, but made no more: {name}")
    print(f"{len(outcomes)} changes in {time.perf_counter() - began:.0f} s, {len(survivors)} survive")
    return 1 if survivors or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
