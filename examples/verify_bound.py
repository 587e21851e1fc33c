"""Usage: python verify_bound.py CERTIFICATE [PLAN]: verify what `fleetplan solve --certificate` wrote (.json or .xz).

Sharing no code with fleetplan and without a solver, it sums up in whole numbers that the plan keeps every row of the
program, what it is worth, and that no plan can be worth more than the bound. Read the program: each column and row has
its name. Exit code 0: the bound is proved and the gap asked for is met; 1: the gap is larger; 2: not true."""

import hashlib
import json
import lzma
import re
import sys
from fractions import Fraction
from math import gcd
from pathlib import Path


def read(path):
    """The certificate, which must have its own digest."""
    raw = Path(path).read_bytes()
    text = (lzma.decompress(raw) if raw[:1] != b"{" else raw).decode()
    body, sha256 = re.fullmatch(r'\{\n(.*),\n "sha256": "([0-9a-f]{64})"\n\}\n', text, re.DOTALL).groups()
    assert hashlib.sha256(body.encode()).hexdigest() == sha256, "the certificate was changed"
    return json.loads(text, parse_float=refuse, object_pairs_hook=unique)


def refuse(text):
    raise ValueError(f"{text} is not a whole number")


def unique(pairs):
    assert len(dict(pairs)) == len(pairs), "a field stands twice"
    return dict(pairs)


def point_value(columns, rows, offset):
    """What the plan is worth, rounded down, once it is seen to keep every bound and row. Column j is part / scale."""
    value, scale = Fraction(offset), [max(own, 1) for _, _, _, own, _, _ in columns]
    for (name, lower, upper, _, objective, part), grain in zip(columns, scale, strict=True):
        assert lower * grain <= part <= upper * grain, f"{name} is out of its bounds"
        value += Fraction(objective * part, grain)
    for name, lower, upper, *entries in rows:
        total = sum(Fraction(a * columns[j][5], scale[j]) for j, a in zip(entries[::2], entries[1::2], strict=True))
        assert lower is None or lower <= total, f"{name} is broken"
        assert upper is None or total <= upper, f"{name} is broken"
    return value.numerator // value.denominator


def whole_columns(columns, rows):
    """Which columns take whole values only: as declared, or since an equation gives them from whole ones."""
    whole = [scale == 0 for _, _, _, scale, _, _ in columns]
    for _, lower, upper, *entries in rows:
        others = [(j, a) for j, a in zip(entries[::2], entries[1::2], strict=True) if not whole[j]]
        if lower is not None and lower == upper and len(others) == 1 and abs(others[0][1]) == 1:
            whole[others[0][0]] = True
    return whole


def leaf_bound(multipliers, lower, upper, objective, rows, places):
    """2**places times what c x is at most, for lower <= x <= upper: sum y_i side_i + sum max(d_j l_j, d_j u_j), where
    d = c - y A. A positive multiplier takes the row's upper side and a negative one its lower side."""
    total, reduced = 0, [c << places for c in objective]
    for row, y in multipliers.items():
        name, least, most, *entries = rows[int(row)]
        side = most if y > 0 else least
        assert type(y) is int, f"the multiplier of {name} is not whole"
        assert side is not None, f"the multiplier of {name} has the wrong sign"
        total += y * side
        for j, a in zip(entries[::2], entries[1::2], strict=True):
            reduced[j] -= y * a
    return total + sum(d * (high if d > 0 else low) for d, low, high in zip(reduced, lower, upper, strict=True))


def proved_bound(law):
    """The largest bound of a leaf, rounded down; the splits must leave no gap between the leaves, nor a part open."""
    columns, rows = law["columns"], law["rows"]
    whole, objective = whole_columns(columns, rows), [column[4] for column in columns]
    parts, found = [([column[1] for column in columns], [column[2] for column in columns])], None
    for node in law["tree"]:  # in the order in which one meets them, the lower part of a split first
        lower, upper = parts.pop()
        if isinstance(node, list):
            j, at = node
            assert type(at) is int, "a split is not at a whole number"
            assert whole[j], f"{columns[j][0]} can be anything between two whole numbers"
            parts.append(([*lower[:j], max(lower[j], at + 1), *lower[j + 1 :]], upper))
            parts.append((lower, [*upper[:j], min(upper[j], at), *upper[j + 1 :]]))
        else:
            bound = leaf_bound(node, lower, upper, objective, rows, law["places"]) >> law["places"]
            found = bound if found is None else max(found, bound)
    assert not parts, "the tree has an end that is not closed"
    step = gcd(*objective) if all(column[3] == 0 for column in columns if column[4]) else 1
    return found // (step or 1) * (step or 1) + law["offset"]  # values are multiples of the step, but for the offset


def verify(certificate, plan=None):
    """The word that the certificate says, and its figures, once all of it is seen to be so."""
    law = read(certificate)
    assert law["fleetplan"] == "bound/1", "this is no certificate of a bound"
    if plan is not None:
        assert hashlib.sha256(Path(plan).read_bytes()).hexdigest() == law["plan"]["sha256"], "this is another plan"
    for _, *numbers in [*law["columns"], *law["rows"]]:
        assert all(type(number) in (int, type(None)) for number in numbers), "a number is not whole"
    value, bound = point_value(law["columns"], law["rows"], law["offset"]), proved_bound(law)
    assert value == law["value"], f"the plan is worth {value}"
    assert bound <= law["bound"], f"no more is proved than {bound}"
    gap = Fraction(abs(law["bound"] - value), abs(value) or 1)
    word = "proved" if gap <= Fraction(law["gap_asked"]) else "bounded"
    assert (str(gap), word) == (law["gap"], law["word"]), f"it is {word} with a gap of {gap}"
    times = Fraction(law["shown"]["times"], law["shown"]["parts"])
    return word, f"value {float(value * times):,.3f}, bound {float(law['bound'] * times):,.3f}, gap {float(gap):.3e}"


if __name__ == "__main__":
    try:
        word, more = verify(*sys.argv[1:]) if __debug__ and len(sys.argv) > 1 else ("NOT VERIFIED", __doc__)
    except Exception as error:
        word, more = "NOT VERIFIED", f"{type(error).__name__}: {error}"
    print(f"{word}: {more}")
    sys.exit({"proved": 0, "bounded": 1}.get(word, 2))
