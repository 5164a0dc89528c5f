"""A large table of every kind of column, the same on every machine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

TARGET = "target"
MISSING = 0.1


def wide_table(rows: int) -> pa.Table:
    """30 columns: numbers, integers, booleans, categories, dates; the target depends on some."""
    draw = np.random.default_rng(0)
    columns: dict[str, pa.Array] = {}

    def add(name: str, values: np.ndarray, missing: float = 0.0) -> None:
        columns[name] = pa.array(values, mask=draw.random(rows) < missing if missing else None)

    numbers = draw.normal(size=(11, rows)).round(4)
    for index, values in enumerate(numbers):
        add(f"number_{index}", values, MISSING if index < 4 else 0)
    for index in range(5):
        add(f"integer_{index}", draw.integers(0, 10 ** (index + 1), rows))
    for index in range(3):
        add(f"boolean_{index}", draw.random(rows) < 0.3, MISSING if index == 0 else 0)
    effect = np.zeros(rows)
    for index, count in enumerate((5, 5, 5, 50, 50, 50, 1000, 1000)):
        codes = draw.integers(0, count, rows)
        effect += draw.normal(size=count)[codes]
        names = np.array([f"value {code}" for code in range(count)])
        add(f"category_{index}", names[codes], MISSING if index in (0, 3, 6) else 0)
    for index in range(2):
        days = draw.integers(0, 3650, rows).astype("timedelta64[D]")
        add(f"date_{index}", np.datetime64("2015-01-01") + days)
    score = numbers[0] + numbers[1] * numbers[2] + 0.5 * effect + draw.logistic(size=rows)
    add(TARGET, np.where(score > 0, "yes", "no"))
    return pa.table(columns)


def write_wide(path: Path, rows: int) -> None:
    """Write the table as CSV unless it is there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        pyarrow.csv.write_csv(wide_table(rows), partial)
        partial.rename(path)
