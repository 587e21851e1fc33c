"""The same four limits in pandas, DuckDB and Rego, for `check_speed.py`: one engine in one process.

    python benchmarks/speed_engines.py pandas|duckdb|rego|bare PLAN

Prints the broken limits as JSON: [rule, country, quarter, measured, allowed]. The limits are those of `ifr-2025` for a
validated end user from the United States: 7 % in one Tier 2 country, 25 % outside Tier 1, at least half at home, and
the national cap of what stands under allocations. None of the engines looks at whether the rows make sense. `bare` is
no check at all, but the least that a table can cost: one aggregation in DuckDB.

Each knows only the countries and accelerators that `check_speed.py` puts into its plans.
"""

from __future__ import annotations

import json
import sys
from typing import Any

TIER_1 = ("US", "DE", "JP", "GB", "FR")
TIER_2 = ("MY", "BR", "IN", "PL", "MX", "AE", "SA")
TPP = {"h100-sxm": 15_832, "h200-sxm": 15_832, "b200-hgx": 36_000, "gb200-nvl72": 40_000}
CAP = 790_000_000

Found = list[list[Any]]


def judge(amounts: list[tuple[str, str, bool, int]]) -> Found:
    """The broken limits, from the TPP that arrive by country, quarter and whether under an allocation."""
    quarters = sorted({quarter for _, quarter, _, _ in amounts})
    found: Found = []
    for quarter in quarters:
        stands = [(country, under, tpp) for country, when, under, tpp in amounts if when <= quarter]
        total = sum(tpp for _, _, tpp in stands)
        abroad = sum(tpp for country, _, tpp in stands if country in TIER_2)
        home = sum(tpp for country, _, tpp in stands if country == "US")
        for country in TIER_2:
            there = sum(tpp for where, _, tpp in stands if where == country)
            capped = sum(tpp for where, under, tpp in stands if where == country and under)
            if 100 * there > 7 * total:
                found.append(["UVEU101", country, quarter, there, 7 * total // 100])
            if capped > CAP:
                found.append(["CAP201", country, quarter, capped, CAP])
        if 4 * abroad > total:
            found.append(["UVEU102", None, quarter, abroad, total // 4])
        if 2 * home < total:
            found.append(["UVEU103", None, quarter, home, -(-total // 2)])
    return found


def with_pandas(plan: str) -> Found:
    """pandas: one sum by group."""
    import pandas

    rows = pandas.read_csv(plan, keep_default_na=False) if plan.endswith(".csv") else pandas.read_parquet(plan)
    rows["tpp"] = rows["gpus"] * rows["accelerator"].map(TPP)
    rows["under"] = rows["authorization"] == "allocation"
    sums = rows.groupby(["country", "quarter", "under"])["tpp"].sum()
    return judge([(country, quarter, bool(under), int(tpp)) for (country, quarter, under), tpp in sums.items()])


def with_duckdb(plan: str) -> Found:
    """DuckDB: one sum by group, in SQL."""
    import duckdb

    cases = " ".join(f"when '{name}' then {tpp}" for name, tpp in TPP.items())
    source = f"read_csv('{plan}')" if plan.endswith(".csv") else f"read_parquet('{plan}')"
    query = f"""
        select country, quarter, coalesce("authorization" = 'allocation', false) as under,
               sum(gpus * case accelerator {cases} end)::bigint
        from {source} group by all
    """
    return judge([(country, quarter, under, int(tpp)) for country, quarter, under, tpp in duckdb.sql(query).fetchall()])


def bare(plan: str) -> Found:
    """DuckDB, and no limits: GPUs by country and quarter."""
    import duckdb

    source = f"read_csv('{plan}')" if plan.endswith(".csv") else f"read_parquet('{plan}')"
    duckdb.sql(f"select country, quarter, sum(gpus) from {source} group by all").fetchall()
    return []


REGO = """
package law

arrives := [row | some i; r := input.rows[i]; row := {"c": r[0], "q": r[1], "u": r[2], "t": r[3] * input.tpp[r[4]]}]
quarters := {row.q | some i; row := arrives[i]}
upto[q] := rows if { some q in quarters; rows := [r | some i; r := arrives[i]; r.q <= q] }
total[q] := sum([r.t | some i; r := upto[q][i]]) if { some q in quarters }
there[[q, c]] := sum([r.t | some i; r := upto[q][i]; r.c == c]) if { some q in quarters; some c in input.places }
capped[[q, c]] := sum([r.t | some i; r := upto[q][i]; r.c == c; r.u]) if { some q in quarters; some c in input.tier2 }
abroad[q] := sum([r.t | some i; r := upto[q][i]; r.c in input.tier2]) if { some q in quarters }

broken contains ["UVEU101", c, q, there[[q, c]], total[q]] if {
    some q in quarters; some c in input.tier2; 100 * there[[q, c]] > 7 * total[q]
}
broken contains ["CAP201", c, q, capped[[q, c]], total[q]] if {
    some q in quarters; some c in input.tier2; capped[[q, c]] > input.cap
}
broken contains ["UVEU102", null, q, abroad[q], total[q]] if { some q in quarters; 4 * abroad[q] > total[q] }
broken contains ["UVEU103", null, q, there[[q, "US"]], total[q]] if {
    some q in quarters; 2 * there[[q, "US"]] < total[q]
}
"""


def with_rego(plan: str) -> Found:
    """Rego: the rows as input, sums and limits as rules."""
    import csv

    from regopy import Interpreter

    if plan.endswith(".csv"):
        with open(plan, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        from pyarrow.parquet import read_table

        rows = read_table(plan).to_pylist()
    given = {
        "rows": [
            [row["country"], row["quarter"], row["authorization"] == "allocation", int(row["gpus"]), row["accelerator"]]
            for row in rows
        ],
        "tpp": TPP,
        "tier2": TIER_2,
        "places": ["US", *TIER_2],
        "cap": CAP,
    }
    rego = Interpreter()
    rego.set_input(given)
    rego.add_module("law", REGO)
    answer = json.loads(str(rego.query("x = data.law.broken")))
    bounds = {
        "UVEU101": lambda total: 7 * total // 100,
        "CAP201": lambda _: CAP,
        "UVEU102": lambda total: total // 4,
        "UVEU103": lambda total: -(-total // 2),
    }
    broken = answer["bindings"]["x"]
    return [[rule, country, quarter, tpp, bounds[rule](total)] for rule, country, quarter, tpp, total in broken]


if __name__ == "__main__":
    if len(sys.argv) < 3:  # `make bench` runs every script of this folder
        print(__doc__)
        sys.exit(0)
    engines = {"pandas": with_pandas, "duckdb": with_duckdb, "rego": with_rego, "bare": bare}
    print(json.dumps(engines[sys.argv[1]](sys.argv[2])))
