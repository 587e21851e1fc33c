"""The installed HiGHS solves what its release 1.14.0 got wrong: it fixed continuous columns beside whole ones too soon.

ERGO-Code/HiGHS#2957, mended by #2961 in 1.15.0; 1.13.1 is right. On the OR-Library's cap71 to cap74 the fault made
"optimal" plans 1.5 % to 14 % too dear.
"""

from __future__ import annotations

import highspy
import numpy as np

from optimizer.model.program import INFINITE, Builder
from optimizer.solvers.highs import load


def test_a_continuous_column_that_is_cheaper_than_a_whole_one_is_taken() -> None:
    builder = Builder()
    amount = builder.columns("x", [0], [10], lambda _: "amount", integral=False)
    number = builder.columns("z", [0], [10], lambda _: "number", integral=True)
    columns = np.concatenate([amount, number])
    row = builder.rows("need", 9, INFINITE, 1, lambda _: "need")
    builder.entries(row, columns, 2)
    builder.objective(columns, np.array([-2, -3]))
    program = builder.build()
    highs = load(program, program.integral)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert highs.getInfo().objective_function_value == 9  # 4.5 of the amount, nothing of the number
