"""Usage: python verify_certificate.py CERTIFICATE PLAN [FILE ...]: verify what `fleetplan check` or `solve` certified.
All amounts of the PLAN (.json, .csv, .yaml with a row to a line; of XLSX or Parquet write JSON first) are made anew.
The law is the certificate's: read it. Each FILE must have been used. Exit: 0 kept; 1 broken; 2 undecided, not true."""

import csv, hashlib, json, pathlib, re, runpy, sys, tomllib  # noqa: E401, I001
from collections import Counter, namedtuple

LEAVES_FIRST = ["licence", "lpp", "aia", "nveu", "uveu", "allocation"]  # of chips that are equally old
QUARTERS = [f"{year}Q{n}" for year in range(1000, 3000) for n in (1, 2, 3, 4)]
Chips = namedtuple("Chips", "country site accelerator authorization consignee_parent weights received age")
LINE = re.compile(r'(-|(?:"(?:[^"\\]|\\.)*"|[A-Za-z0-9_][A-Za-z0-9_./-]*):)(?: +(?![ #])(.*)| +#.*)?')  # of YAML
TOKEN = re.compile(r""" +|#.*|("(?:[^"\\]|\\.)*"|[][{},]|:(?= ))|([\w/.](?:[\w /.%()+'-]*[\w/.%()+'-])?(?!#))|(.)""")


def unique(pairs):
    assert len(dict(pairs)) == len(pairs), "a field stands twice"
    return dict(pairs)


def flow(text):
    """A value that stands on one line of YAML, rewritten as JSON. Numbers stay text until they are used."""
    tokens = TOKEN.findall(text)
    assert not any(strange for _, _, strange in tokens), f"this YAML is not read here: {text}"
    text = [same or (word if word in ("null", "") else json.dumps(word)) for same, word, _ in tokens]
    return json.loads("".join(text), object_pairs_hook=unique)


def block(lines):
    """The list or mapping that the last of `lines` begins (they stand in reverse); its lines are taken off."""
    depth, found = lines[-1][0], []  # the depth is odd in a list
    while lines and lines[-1][0] == depth:
        name, rest = LINE.fullmatch(lines.pop()[1]).groups()
        found.append((name, flow(rest) if rest else block(lines) if lines and lines[-1][0] > depth else None))
    return [value for _, value in found] if depth % 2 else unique([(flow(name[:-1]), value) for name, value in found])


def read(path, sha256):
    """What the plan or table at `path` holds, which must be the file that was checked."""
    raw = pathlib.Path(path).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == sha256, f"{path} is not the file that was checked"
    text, kind = raw.decode("utf-8-sig").replace("\r\n", "\n"), pathlib.Path(path).suffix.lower()
    if kind == ".json":
        return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=unique)
    if kind == ".csv":  # an apostrophe keeps spreadsheets from running what begins with =
        rows = [row for row in csv.reader(text.split("\n"), strict=True) if "".join(row).strip()]
        rows = [[re.sub(r"^'(?='*[=+\-@])", "", cell.strip()) or None for cell in row] for row in rows]
        return {"placements": [unique([*zip(rows[0], row, strict=True)]) for row in rows[1:]]}
    assert all((kind in (".yaml", ".yml"), text.replace("\n", "").isprintable())), f"{path} cannot be read exactly"
    lines = [(len(line) - len(line.lstrip(" ")), line.strip(" ")) for line in text.split("\n")[::-1]]
    lines = [(2 * spaces + (body[0] == "-"), body) for spaces, body in lines if body and body[0] != "#"]
    plan = block(lines)
    assert not lines, f"{path} cannot be read exactly here, from {lines[-1][1]}"
    return plan


def history(plan, law):
    """GPUs at the end of each quarter, present during it, and all that ever came. Quarters are compared as text."""
    stock, books, old, first, last = Counter(), {"ever": Counter()}, law["old_before"], *law["horizon"].values()
    rows = [(max(row.get("quarter") or first, first), row, None, row) for row in plan["placements"]]
    leave = [*(plan.get("moves") or []), *(plan.get("retirements") or [])]
    rows += [(row["quarter"], row, row.get("from", row), row.get("to")) for row in leave]
    named = [row["quarter"] for _, row, *_ in rows if row.get("quarter")] or [first]  # a plan without is judged once
    assert law["horizon"] == (plan.get("horizon") or {"first": min(named), "last": max(named)}), "another horizon"
    for now in QUARTERS[QUARTERS.index(first) : QUARTERS.index(last) + 1]:
        books[f"during {now}"] = stock.copy()
        for _, row, origin, to in (row for row in rows if row[0] == now):
            name, gpus, since = law["names"][row["accelerator"]], row["gpus"], row.get("quarter")
            assert all((re.fullmatch("[1-9][0-9]*", gpus), (since or first) in QUARTERS)), f"not read here: {row}"
            left = gpus = int(gpus)
            for chips in sorted(stock, key=lambda chips: chips.age) if origin else []:  # the oldest leave first
                place = law["countries"][origin["country"]]["counts_as"], origin.get("site") or chips.site, name
                part = min(left, stock[chips]) if (*place, origin.get("authorization") or chips[3]) == chips[:4] else 0
                left, stock[chips] = left - part, stock[chips] - part
            assert left == 0 or not origin, f"more leaves than stands there: {row}"
            if to:
                place, site = law["countries"][to["country"].upper()], to.get("site")
                under, weights = to.get("authorization") or place["default"], to.get("holds_weights") in (True, "true")
                group = law["consignees"][to.get("consignee") or ""] if under == "lpp" else None
                age = (since or old) >= old, since or "", LEAVES_FIRST.index(under), site or "", group or "", weights
                chips = Chips(place["counts_as"], site, name, under, group, weights, since, age)
                for book in (stock, books["ever"], books[f"during {now}"]):
                    book[chips] += gpus
        books[f"end of {now}"] = stock.copy()
    assert all(f"end of {when}" in books for when, *_ in rows), "a row lies outside the horizon"
    return books


def judge(limit, law, books):
    """What the plan gives: measured at most (or at least) p/q of base, and fixed; chips in doubt count or do not."""
    if limit["standing"] in ("undecided", "not_applicable"):
        return {"measured": None, "base": None, "allowed": None, "excess": None, "verdict": limit["standing"]}
    measured, base = Counter(), Counter()  # under None what counts for certain, else of an accelerator in doubt
    for account, found in ((limit["measures"], measured), (limit["of"], base)):
        for chips, gpus in books[account["when"]].items() if account else []:
            chip, since = law["accelerators"][chips.accelerator], account["received_from"]
            meets = chip["meets_3a090a"] if account["chips"] == "meets_3a090a" else "yes"
            chosen = all(getattr(chips, part) in some for part, some in account["only"].items())
            if chosen and meets != "no" and not (since and chips.received and chips.received < since):
                found[None if meets == "yes" else chips.accelerator] += gpus * chip["tpp"]
    p, q, fixed, sign = limit["p"], limit["q"], limit["fixed"], {"at most": 1, "at least": -1}[limit["sense"]]
    assert all((limit["standing"] == "applies", type(p) is type(q) is type(fixed) is int, p >= 0 < q)), "no known limit"
    over = {name: sign * (q * measured[name] - p * base[name]) for name in {**measured, **base}}
    sure = over.pop(None, 0) - sign * q * fixed
    least, most = (sure + sum(part for part in over.values() if part * way > 0) for way in (-1, 1))
    measured, base = (sum(side[name] for name in [None, *over] if over.get(name, 1) > 0) for side in (measured, base))
    allowed = sign * (sign * (p * base + q * fixed) // q)
    excess, verdict = (0, "pass") if most <= 0 else (abs(measured - allowed), "fail" if least > 0 else "undecided")
    return {"measured": measured, "base": base, "allowed": allowed, "excess": excess, "verdict": verdict}


def verify(certificate, plan_file, *files):
    """The status that the certificate states, once everything that it says of the plan is seen to be so."""
    law = json.loads(pathlib.Path(certificate).read_text("utf-8"), object_pairs_hook=unique)
    rest = json.dumps({name: part for name, part in law.items() if name != "sha256"}, sort_keys=True)
    assert hashlib.sha256(rest.encode()).hexdigest() == law["sha256"], "the certificate was changed"
    plan = read(plan_file, law["plan"]["sha256"])
    if plan.get("placements_file"):
        table = read(pathlib.Path(plan_file).parent / plan["placements_file"], law["plan"]["placements_file"])
        plan["placements"] = (plan.get("placements") or []) + table["placements"]
    for path, raw in [(path, pathlib.Path(path).read_bytes()) for path in files]:
        assert hashlib.sha256(raw).hexdigest() in law["sources"].values(), f"{path} was not used"
        plan |= {"horizon": tomllib.loads(raw.decode()).get("horizon")} if ".toml" in path and len(plan) == 1 else {}
    for own in plan.get("accelerators") or []:
        chip = law["accelerators"].get(law["names"].get(own["accelerator"]), {})
        assert all(own.get(name) in (None, str(chip[name])) for name in chip), f"another accelerator: {own}"
    books, verdicts = history(plan, law), ["undecided"] if law["nothing_judged"] else []
    for limit in law["limits"]:
        found = judge(limit, law, books)
        assert found.items() <= limit.items(), f"{limit['limit']} is not as the certificate says: {found}"
        verdicts.append("excused" if found["verdict"] == "fail" and limit["excuse"].strip() else found["verdict"])
    keys = {None: None, **{name[7:]: name[-2:] for name in books if name.startswith("end of ")}}
    keys |= {chips.country: law["countries"][chips.country]["tier"] for chips in books["ever"]}
    have = {(limit["rule"], limit["country"], limit["quarter"]) for limit in law["limits"]}
    for name, rule in law["rules"].items():  # it has a limit for every country of its tiers, in every quarter
        places, quarters = ([key for key in keys if keys[key] in rule[part]] for part in ("tiers", "quarters"))
        assert {(name, place, now) for place in places for now in quarters} <= have, f"a limit of {name} is missing"
    status = next((verdict for verdict in ("undecided", "fail", "excused") if verdict in verdicts), "compliant")
    assert law["status"] == {"fail": "violations", "excused": "compliant"}.get(status, status), f"there is {status}"
    return status.replace("fail", "violations"), ", ".join(f"{v} {n}" for v, n in sorted(Counter(verdicts).items()))


if __name__ == "__main__":
    try:
        if sys.argv[2:] and re.match(rb'\{\n "fleetplan": "bound/|\xfd7zXZ', pathlib.Path(sys.argv[1]).read_bytes()):
            runpy.run_path(str(pathlib.Path(__file__).with_name("verify_bound.py")), run_name="__main__")
        status, more = verify(*sys.argv[1:]) if __debug__ and len(sys.argv) > 2 else ("NOT VERIFIED", __doc__)
    except Exception as e:
        status, more = "NOT VERIFIED", __doc__ if isinstance(e, UnicodeDecodeError) else f"{type(e).__name__}: {e}"
    print(f"{status}: {more}")
    sys.exit({"compliant": 0, "violations": 1, "excused": 1}.get(status, 2))
