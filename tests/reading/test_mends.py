"""What a message advises fits the kind of value that is needed there."""

from __future__ import annotations

import pytest

from optimizer.errors import Location
from optimizer.reading.nodes import (
    WRITE_DECIMAL,
    WRITE_WHOLE,
    Fields,
    Node,
    Problems,
    number_mend,
    quarter_mend,
    share_mend,
)

AT = Location("a.yaml", 1, 1)


def mends(getter: str, text: str) -> list[str]:
    """What the field's getter advises where `text` stands."""
    problems = Problems()
    fields = Fields(Node({"x": Node(text, AT)}, AT), "", problems)
    getattr(fields, getter)("x")
    return [problem.mend for problem in problems.found]


@pytest.mark.parametrize(
    ("getter", "text", "mend"),
    [
        ("whole", "lots", "Write plain digits such as 12."),
        ("decimal", "lots", "Write plain digits such as 12 or 1.5."),
        ("whole", "1.5", "Write it without a decimal point."),
        ("quarter", "2026Q5", "Write it as 2026Q3; quarters are Q1 to Q4."),
        ("quarter", "2026Q0", "Write it as 2026Q3; quarters are Q1 to Q4."),
        ("quarter", "2026", "Write it as 2026Q3."),
        ("percentage", "0.05", "Write it with its sign, as 5%."),
        ("percentage", "0.125", "Write it with its sign, as 12.5%."),
        ("percentage", "10", "Write it with its sign, as 10%."),
        ("percentage", "seven", "Write it with its sign, as 7%."),
        ("percentage", "1", "Write it with its sign, as 7%."),
        ("percentage", "101%", "Write it with its sign, as 7%."),
    ],
)
def test_the_advice_fits_the_field(getter: str, text: str, mend: str) -> None:
    assert mends(getter, text) == [mend]


def test_a_number_below_nothing_and_a_fraction_are_told_apart() -> None:
    assert number_mend("-5") == "Write plain digits, without a minus sign."
    assert number_mend("1.5") == "Write plain digits, without a decimal point."
    assert number_mend("1.5", WRITE_DECIMAL) == WRITE_DECIMAL
    assert number_mend("lots") == WRITE_WHOLE


def test_nothing_else_is_read_into_a_quarter_or_a_share() -> None:
    assert quarter_mend("2026-Q5") == "Write it as 2026Q3."
    assert quarter_mend("٢٠٢٦Q5") == "Write it as 2026Q3."
    assert share_mend("") == share_mend("-3") == "Write it with its sign, as 7%."
