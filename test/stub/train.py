"""Stand in for a training script where a test needs no model: the same contract, no packages.

Columns of the dataset whose names start with `stub_` are switches: `stub_fail` raises, `stub_hang`
trains for ever, `stub_slow` trains for some seconds, `stub_deaf` ignores SIGTERM, `stub_full` meets
a full disk, `stub_hungry` is killed as for want of memory, `stub_loud` prints a lot, `stub_empty`
leaves no metrics, `stub_orphan` leaves a child behind.
"""

from __future__ import annotations

import argparse
import csv
import errno
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROUNDS = 20


def save(folder: Path, name: str, data: bytes) -> None:
    """Write a result under a temporary name and rename it."""
    part = folder / f"{name}.tmp"
    part.write_bytes(data)
    os.replace(part, folder / name)


def report(target: str, rows: int, trained: int, stopped: bool) -> dict[str, Any]:
    """Make the smallest metrics.json there can be."""
    value = {"value": 0.5, "low": 0.4, "high": 0.6}
    return {
        "version": 1,
        "model_type": "xgboost_regression",
        "task": "regression",
        "family": "xgboost",
        "rmse": 0.5,
        "n_estimators": trained,
        "target": {"name": target, "classes": None, "positive_class": None},
        "data": {
            "rows_read": rows,
            "rows_used": rows,
            "rows_dropped": {},
            "split": {
                "kind": "random",
                "seed": 0,
                "train": rows,
                "validation": 0,
                "test": 0,
                "hash": "0" * 64,
            },
            "warnings": [],
        },
        "device": {"requested": "auto", "actual": "cpu"},
        "params": {},
        "rounds": {
            "best": trained,
            "trained": trained,
            "cap": ROUNDS,
            "stop_reason": "time_limit" if stopped else "cap",
        },
        "headline": {"name": "rmse", "value": 0.5, "baseline": 1.0, "greater_is_better": False},
        "metrics": {"test": {"rmse": value}, "baseline": {"rmse": {"value": 1.0}}},
        "timing": {"total": 0.1},
        "environment": {"python": platform.python_version()},
    }


def main() -> None:
    """Read, pretend to train, save."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=os.environ.get("TABPOD_DATASET"))
    parser.add_argument("--out", default=os.environ.get("TABPOD_RUN", "tabpod-run"))
    arguments = parser.parse_args()
    folder = Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    with open(arguments.data, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    switches = {name.removeprefix("stub_") for name in header if name.startswith("stub_")}
    stopped: list[bool] = []
    signal.signal(
        signal.SIGTERM, signal.SIG_IGN if "deaf" in switches else lambda *_: stopped.append(True)
    )

    def tell(**what: object) -> None:
        with open(os.environ.get("TABPOD_PROGRESS", os.devnull), "a", encoding="utf-8") as progress:
            print(json.dumps(what), file=progress)

    print(f"reading {len(rows)} rows", flush=True)
    tell(phase="reading")
    if "fail" in switches:
        raise ValueError("the stub was told to fail")
    if "full" in switches:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "hungry" in switches:
        os.kill(os.getpid(), signal.SIGKILL)
    if "orphan" in switches:
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    for line in range(20_000 if "loud" in switches else 0):
        print(f"line {line:06d} " + "\u00e9\u2028\x1b[31m" * 20)
    trained = 0
    while not stopped and (trained < ROUNDS or "hang" in switches):
        trained += 1
        tell(
            phase="training",
            round=trained,
            of=ROUNDS,
            metric={"name": "rmse", "value": 1 / trained},
        )
        time.sleep(0.2 if switches & {"slow", "hang"} else 0)
    print("saving", flush=True)
    tell(phase="saving")
    save(folder, "model.bin", bytes(range(256)))
    if "empty" not in switches:
        text = json.dumps(report(header[0], len(rows), trained, bool(stopped)))
        save(folder, "metrics.json", text.encode())


if __name__ == "__main__":
    main()
