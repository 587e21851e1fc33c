"""Only regular files of a bounded size and of UTF-8 text are read, and paths in files stay below their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from reading_helpers import HEAD, file_problems

from optimizer.errors import InputError
from optimizer.reading import HeadOverrides, read_document, read_plan
from optimizer.reading import files as opening

GOOD = HEAD + "placements: [{country: US, accelerator: h100-sxm, gpus: 8}]\n"
TABLE = "country,accelerator,gpus\nUS,h100-sxm,8\n"


def code_of(path: Path) -> str:
    return file_problems(path)[0].code


def test_a_missing_file(tmp_path: Path) -> None:
    (problem,) = file_problems(tmp_path / "none.yaml")
    assert (problem.code, problem.why) == ("IN001", "there is no such file")
    assert code_of(tmp_path / "none" / "none.yaml") == "IN001"


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    (problem,) = file_problems(tmp_path / "x.yaml")
    assert (problem.code, problem.why) == ("IN001", "it is a folder")


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.open", denied)
    (problem,) = file_problems(tmp_path / "x.yaml")
    assert (problem.code, problem.why) == ("IN001", "reading it is not permitted")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a Unix system")
def test_devices_and_pipes_are_not_read(tmp_path: Path) -> None:
    pipe, zero = tmp_path / "pipe.yaml", tmp_path / "zero.yaml"
    os.mkfifo(pipe)
    zero.symlink_to("/dev/zero")
    assert code_of(pipe) == code_of(zero) == "IN001"
    table = tmp_path / "zero.csv"
    table.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="not a regular file"):
        read_plan(table, overrides=HeadOverrides(headquarters="US", status="none"))


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    (problem,) = file_problems(tmp_path / "a.yaml")
    assert (problem.code, "circle" in problem.why) == ("IN001", True)


def test_a_path_that_is_none() -> None:
    assert code_of(Path("a\0b.yaml")) == "IN010"
    assert code_of(Path("a" * 5000 + ".yaml")) == "IN001"


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        stream.truncate(opening.MAX_TEXT_BYTES + 1)
    assert code_of(large) == "IN002"
    monkeypatch.setattr("optimizer.reading.csv_text.MAX_TABLE_BYTES", 10)
    (tmp_path / "rows.csv").write_text(TABLE)
    with pytest.raises(InputError, match="IN002"):
        read_plan(tmp_path / "rows.csv", overrides=HeadOverrides(headquarters="US", status="none"))


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        (GOOD.encode("utf-16"), "IN003", "UTF-16"),
        (GOOD.encode("utf-16-le"), "IN003", "UTF-16"),
        (GOOD.encode("utf-32"), "IN003", "UTF-16 or UTF-32"),
        (b"\x1f\x8b\x08\x00", "IN003", "compressed"),
        (b"PK\x03\x04zip", "IN003", "archive"),
        (b"PAR1", "IN003", "not text"),
        (b"", "IN006", "empty"),
    ],
)
def test_other_encodings(tmp_path: Path, raw: bytes, code: str, words: str) -> None:
    for name in ("plan.yaml", "plan.json", "plan.csv"):
        path = tmp_path / name
        path.write_bytes(raw)
        with pytest.raises(InputError) as caught:
            read_plan(path, overrides=HeadOverrides(headquarters="US", status="none"))
        problem = caught.value.problems[0]
        assert (problem.code, words in problem.why) == (code, True)


def test_the_first_byte_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(HEAD.encode() + b"x: \xe9t\xe9\n")
    (problem,) = file_problems(path)
    assert (problem.code, problem.at.line, problem.at.column, problem.found) == ("IN003", 3, 4, "byte 0xE9")
    table = tmp_path / "rows.csv"
    table.write_bytes(b"country,accelerator,gpus,site\nUS,h100-sxm,8,ok\nUS,h100-sxm,8,\xe9\n")
    with pytest.raises(InputError) as caught:
        read_plan(table, overrides=HeadOverrides(headquarters="US", status="none"))
    assert (caught.value.problems[0].at.line, caught.value.problems[0].at.column) == (3, 15)


def test_a_byte_order_mark_is_skipped_at_the_start_only(tmp_path: Path) -> None:
    for name, text in (("plan.yaml", GOOD), ("rows.csv", TABLE)):
        path = tmp_path / name
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert read_plan(path, overrides=HeadOverrides(headquarters="US", status="uveu")).placements[0].gpus == 8
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD + "\ufeffregime: none\n", encoding="utf-8")
    assert code_of(path) == "IN004"


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    for name, text in (("plan.yaml", GOOD), ("rows.csv", TABLE)):
        path = tmp_path / name
        path.write_bytes(text.replace("\n", "\r\n").encode())
        assert read_plan(path, overrides=HeadOverrides(headquarters="US", status="uveu")).placements[0].gpus == 8


def test_other_extensions_are_not_guessed(tmp_path: Path) -> None:
    for name in ("plan.txt", "plan", "plan.xls", "plan.ods"):
        (tmp_path / name).write_text(GOOD)
        assert code_of(tmp_path / name) == "IN011"
    with pytest.raises(InputError, match="IN011"):
        read_document(tmp_path / "plan.txt")


def test_standard_input_without_an_extension_is_yaml() -> None:
    assert read_plan("-", stdin_text=GOOD).file == "-"
    assert read_document("-", text="a: 1\n").plain() == {"a": "1"}


def plan_with_table(folder: Path, written: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(f"{HEAD}placements_file: {written}\n")
    return path


def test_a_table_below_the_plan_is_read(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "rows.csv").write_text(TABLE)
    plan = read_plan(plan_with_table(tmp_path, "deep/rows.csv"))
    assert plan.placements[0].gpus == 8
    assert str(plan.placements[0].at) == f"{tmp_path}/deep/rows.csv:2"


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "rows.csv").write_text(TABLE)
    (tmp_path / "inside" / "rows.csv").symlink_to(tmp_path / "rows.csv")
    (problem,) = file_problems(plan_with_table(tmp_path / "inside", "rows.csv"))
    assert (problem.code, problem.at.line, "out of the folder" in problem.why) == ("IN010", 3, True)


def test_a_link_to_a_folder_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "rows.csv").write_text(TABLE)
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    assert code_of(plan_with_table(tmp_path / "inside", "link/rows.csv")) == "IN010"
    assert code_of(plan_with_table(tmp_path / "inside", "../outside/rows.csv")) == "IN010"


def test_a_link_that_stays_below_is_read(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(TABLE)
    (tmp_path / "link.csv").symlink_to(tmp_path / "rows.csv")
    assert read_plan(plan_with_table(tmp_path, "link.csv")).placements[0].gpus == 8


def test_a_circle_of_links_in_a_plan(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "a.csv")
    (problem,) = file_problems(plan_with_table(tmp_path, "a.csv"))
    assert (problem.code, "circle" in problem.why) == ("IN010", True)


def test_problems_of_a_plan_and_its_table_come_together(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("country,accelerator,gpus\nUK,h100-sxm,8\n")
    path = plan_with_table(tmp_path, "rows.csv\nregim: none")
    assert [(Path(problem.at.file).name, problem.code) for problem in file_problems(path)] == [
        ("rows.csv", "IN110"),
        ("plan.yaml", "IN102"),
    ]
