"""Files that are none: missing, folders, devices, pipes, in other encodings, beside themselves; and paths in plans."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable
from pathlib import Path

from bad_input import FIRM, HEAD, ROWS, Bad, marked

PLAN = HEAD + ROWS
TABLE = "country,accelerator,gpus\nUS,h100-sxm,8\n"
AWAY = "Put the table beside or below the plan"


def file(
    name: str, content: bytes | str | None, code: str, *says: str, prepare: Callable[[Path], object] | None = None
) -> Bad:
    """The case of one file, which is checked; no file where there is no content."""
    files = {} if content is None else {name: content}
    flags = FIRM if name.endswith(".csv") else ()
    return Bad(files, ("check", *flags, name), code, says, prepare=prepare)


def path(written: str, code: str, *says: str, prepare: Callable[[Path], object] | None = None) -> Bad:
    """The case of a plan that names a table by this path."""
    text, at = marked(f"{HEAD}placements_file: «{written}\n")
    files = {"inside/plan.yaml": text, "rows.csv": TABLE, "elsewhere/rows.csv": TABLE}
    return Bad(files, ("check", "inside/plan.yaml"), code, says, at, prepare=prepare)


def stdin(content: bytes, code: str, *says: str, at: tuple[int, int] | None = None) -> Bad:
    """The case of a plan on standard input."""
    return Bad({}, ("check", "-"), code, says, at, "<stdin>", stdin=content)


def argument(written: str, code: str, *says: str, files: dict[str, str] | None = None) -> Bad:
    """The case of an argument that names nothing."""
    return Bad(files or {}, ("check", written), code, says)


def output(target: str, code: str, *says: str, plan: str = PLAN, **files: str) -> Bad:
    """The case of a good plan and a report that cannot be written, or would replace what was read."""
    known = {name.replace("_", "."): text for name, text in files.items()}
    return Bad({"plan.yaml": plan, **known}, ("check", "-o", f"json:{target}", "plan.yaml"), code, says, file=target)


def link(name: str, target: str) -> Callable[[Path], object]:
    """Makes a symbolic link."""
    return lambda folder: (folder / name).symlink_to(target)


def unreadable(name: str) -> Callable[[Path], object]:
    """Takes the right to read away."""
    return lambda folder: (folder / name).chmod(0)


def large(name: str, size: int) -> Callable[[Path], object]:
    """Makes a file of nothing but NUL, which takes no room on the disk."""
    return lambda folder: os.truncate(folder / name, size)


def bomb() -> bytes:
    """20 MB of spaces, packed."""
    return gzip.compress(b" " * 20_000_000)


KINDS = {
    "missing": file("plan.yaml", None, "IN001", "there is no such file"),
    "missing folder": file("none/plan.yaml", None, "IN001", "there is no such file"),
    "file as a folder": Bad({"a": ""}, ("check", "a/plan.yaml"), "IN001", ("there is no such file",)),
    "pipe": file("plan.yaml", None, "IN001", "not a regular file", prepare=lambda d: os.mkfifo(d / "plan.yaml")),
    "pipe as a table": file("rows.csv", None, "IN001", "regular file", prepare=lambda d: os.mkfifo(d / "rows.csv")),
    "device without an end": file("plan.yaml", None, "IN001", "not a regular", prepare=link("plan.yaml", "/dev/zero")),
    "device as a table": file("rows.csv", None, "IN001", "regular file", prepare=link("rows.csv", "/dev/urandom")),
    "device as JSON": file("plan.json", None, "IN001", "not a regular file", prepare=link("plan.json", "/dev/full")),
    "link to nothing": file("plan.yaml", None, "IN001", "no such file", prepare=link("plan.yaml", "nothing.yaml")),
    "links in a circle": file("plan.yaml", None, "IN001", "lead in a circle", prepare=link("plan.yaml", "plan.yaml")),
    "name of 300 letters": file("a" * 300 + ".yaml", None, "IN001"),
    "16 MB and a byte": file("plan.yaml", PLAN, "IN002", "16 MB", prepare=large("plan.yaml", 2**24 + 1)),
    "16 MB and a byte of JSON": file("plan.json", PLAN, "IN002", "16 MB", prepare=large("plan.json", 2**24 + 1)),
    "a terabyte": file("plan.yaml", PLAN, "IN002", "16 MB", prepare=large("plan.yaml", 2**40)),
    "a terabyte of table": file("rows.csv", TABLE, "IN002", prepare=large("rows.csv", 2**40)),
    "hole at the end": file("plan.yaml", PLAN, "IN004", "NUL", prepare=large("plan.yaml", 4096)),
    "no extension": file("plan", PLAN, "IN011", "no extension"),
    "another extension": file("plan.txt", PLAN, "IN011", "'.txt'"),
    "backup of a plan": file("plan.yaml.bak", PLAN, "IN011", "'.bak'"),
}

ENCODINGS = {
    "UTF-16": file("plan.yaml", PLAN.encode("utf-16"), "IN003", "UTF-16", "Save it as UTF-8"),
    "UTF-16 without a mark": file("plan.yaml", PLAN.encode("utf-16-be"), "IN003", "UTF-16"),
    "UTF-16 JSON": file("plan.json", "{}".encode("utf-16"), "IN003", "UTF-16"),
    "UTF-16 table": file("rows.csv", TABLE.encode("utf-16-le"), "IN003", "UTF-16"),
    "UTF-32": file("plan.yaml", PLAN.encode("utf-32"), "IN003", "UTF-32"),
    "Latin-1": file("plan.yaml", f"{PLAN}# caf\xe9\n".encode("latin-1"), "IN003", "byte 0xE9"),
    "Latin-1 table": file("rows.csv", f"{TABLE}US,h100-sxm,\xe9\n".encode("latin-1"), "IN003", "byte 0xE9"),
    "overlong slash": file("plan.yaml", PLAN.encode() + b"# \xc0\xaf\n", "IN003", "byte 0xC0"),
    "half of a pair in UTF-8": file("plan.yaml", PLAN.encode() + b"# \xed\xa0\x80\n", "IN003", "byte 0xED"),
    "letter cut in two": file("plan.yaml", PLAN.encode() + b"# \xe2\x82", "IN003", "byte 0xE2"),
    "EBCDIC": file("plan.yaml", PLAN.encode("cp037"), "IN003", "not UTF-8"),
    "gzip": file("plan.yaml", gzip.compress(PLAN.encode()), "IN003", "compressed", "Unpack"),
    "gzip bomb": file("plan.json", bomb(), "IN003", "compressed"),
    "gzip table": file("rows.csv", gzip.compress(TABLE.encode()), "IN003", "compressed"),
    "zlib": file("plan.yaml", zlib.compress(PLAN.encode()), "IN003"),
    "zip": file("plan.yaml", b"PK\x03\x04" + b"\0" * 30, "IN003", "archive"),
    "parquet by another name": file("rows.csv", b"PAR1\0\0PAR1", "IN003", "not text"),
    "picture": file("plan.yaml", b"\x89PNG\r\n\x1a\n", "IN003", "not text"),
    "program": file("plan.json", b"\x7fELF\x02\x01\x01", "IN004", "DELETE"),
    "only a byte-order mark": file("plan.yaml", b"\xef\xbb\xbf", "IN006", "empty"),
}

PATHS = {
    "up and away": path("../../etc/rows.csv", "IN010", "out of the folder", AWAY),
    "beside the folder": path("../rows.csv", "IN010", "out of the folder"),
    "down and up": path("a/../../rows.csv", "IN010", "out of the folder"),
    "absolute": path("/etc/rows.csv", "IN010", "relative"),
    "home": path("~/rows.csv", "IN010", "relative"),
    "drive": path("'C:\\rows.csv'", "IN010", "relative"),
    "share": path("'\\\\host\\rows.csv'", "IN010", "relative"),
    "backslashes": path("'a\\rows.csv'", "IN010", "separated by '/'"),
    "URL": path("https://example.org/rows.csv", "IN010", "URLs are not read"),
    "URL of a file": path("file:///etc/rows.csv", "IN010", "URLs are not read"),
    "missing": path("none.csv", "IN010", "there is no such file"),
    "folder": path("x.csv", "IN001", "it is a folder", prepare=lambda d: (d / "inside/x.csv").mkdir())._replace(
        at=None, file="inside/x.csv"
    ),
    "pipe": path("x.csv", "IN001", "regular file", prepare=lambda d: os.mkfifo(d / "inside/x.csv"))._replace(
        at=None, file="inside/x.csv"
    ),
    "link out of the folder": path("x.csv", "IN010", "out of the folder", prepare=link("inside/x.csv", "../rows.csv")),
    "link to a folder elsewhere": path(
        "d/rows.csv", "IN010", "out of the folder", prepare=link("inside/d", "../elsewhere")
    ),
    "link to a device": path("x.csv", "IN010", "out of the folder", prepare=link("inside/x.csv", "/dev/zero")),
    "links in a circle": path("x.csv", "IN010", "lead in a circle", prepare=link("inside/x.csv", "x.csv")),
    "another format": path("rows.txt", "IN011", "'rows.txt'"),
    "the plan itself": path("plan.yaml", "IN011", "'plan.yaml'"),
    "the folder itself": path(".", "IN011"),
    "empty": path("''", "IN109", "a name is needed"),
    "list": path("[rows.csv]", "IN103", "a list"),
    "escaped NUL": path('"x\\0.csv"', "IN004", "'x\\x00.csv'"),
    "name of 300 letters": path("a" * 300 + ".csv", "IN109", "200 characters"),
}

STREAMS = {
    "empty": stdin(b"", "IN006", "empty"),
    "UTF-16": stdin(PLAN.encode("utf-16"), "IN003", "UTF-16"),
    "not UTF-8": stdin(b"\xff", "IN003", "byte 0xFF", at=(1, 1)),
    "compressed": stdin(gzip.compress(PLAN.encode()), "IN003", "compressed"),
    "no plan": stdin(b"- a\n", "IN103", "field: value", at=(1, 1)),
    "a table": stdin(TABLE.encode(), "IN103", "a mapping is needed", at=(1, 1)),
    "more than 16 MB": stdin(b"#" * (2**24 + 1), "IN002", "16 MB"),
}

ARGUMENTS = {
    "nothing": Bad({}, ("check",), "IN001", ("no plan lies below",), file="."),
    "empty folder": argument("d", "IN001", "no plan lies below", files={"d/plan.txt": ""}),
    "pattern without a match": argument("*.plan.yaml", "IN001", "there is no such file"),
    "URL": argument("https://example.org/plan.yaml", "IN001", "there is no such file"),
    "name with a line break": Bad({"a\nb.yaml": "- x\n"}, ("check", "a\nb.yaml"), "IN103", ("a list",)),
    "name with an ANSI escape": Bad({"\x1b[2J.yaml": "- x\n"}, ("check", "\x1b[2J.yaml"), "IN103", ("a list",)),
    "missing name with an ANSI escape": argument("\x1b]0;x\x07.yaml", "IN001", "there is no such file"),
}

OUTPUTS = {
    "over the plan": output("plan.yaml", "IN704", "one of an input"),
    "over the plan by another name": output("./plan.yaml", "IN704", "one of an input"),
    "over the table": output(
        "rows.csv", "IN704", "one of an input", plan=f"{HEAD}placements_file: rows.csv\n", rows_csv=TABLE
    ),
    "over a folder": output("folder", "IN012", "it is a folder")._replace(prepare=lambda d: (d / "folder").mkdir()),
    "in a missing folder": output("none/report.json", "IN012", "there is no such folder"),
    "on a full disk": output("/dev/full", "IN012", "the disk is full"),
}

RIGHTS = {
    "unreadable": file("plan.yaml", PLAN, "IN001", "not permitted", prepare=unreadable("plan.yaml")),
    "unreadable table": file("rows.csv", TABLE, "IN001", "not permitted", prepare=unreadable("rows.csv")),
}

ALL = {
    f"{part}: {name}": case
    for part, cases in {
        "kind": KINDS,
        "encoding": ENCODINGS,
        "path": PATHS,
        "stdin": STREAMS,
        "argument": ARGUMENTS,
        "output": OUTPUTS,
        **({} if os.geteuid() == 0 else {"rights": RIGHTS}),
    }.items()
    for name, case in cases.items()
}
