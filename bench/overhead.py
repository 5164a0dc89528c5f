"""Overhead: what Tabpod's XGBoost script takes on a large table, beside a bare script.

Both read the same file and fit the same number of rounds on the same number of rows; runs take
turns. Time, processor time and peak memory are counted from the start of the process to the end
of the first fit. On a machine that does other things too, `--cores 1` and the processor time tell
most: threads that wait for each other spin.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import CACHE, keep, render, use_cores, versions
from wide import TARGET, write_wide

PHASE = re.compile(r"(\w+) …\n?")
PACKAGES = ("xgboost", "pandas", "pyarrow")
ROUNDS = 100


def mark(phase: str, started: float, process: int) -> dict[str, Any]:
    """What a running process has taken until now: time, time on processors, most memory."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024
    # After the name in brackets; fields 14 and 15 of proc(5).
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return {"phase": phase, "at": time.monotonic() - started, "cpu": cpu, "peak_mb": peak}


def follow(command: Sequence[str | Path], environment: dict[str, str]) -> list[dict[str, Any]]:
    """Run a script that says when its phases begin: name, second and peak memory at each."""
    started = time.monotonic()
    marks = [{"phase": "starting", "at": 0.0, "cpu": 0.0, "peak_mb": 0.0}]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if found := PHASE.fullmatch(line):
            marks.append(mark(found[1], started, process.pid))
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise RuntimeError(f"{command[1]} failed")
    cpu, at = usage.ru_utime + usage.ru_stime, time.monotonic() - started
    end = {"phase": "ended", "at": at, "cpu": cpu, "peak_mb": usage.ru_maxrss / 1024}
    return [*marks, end]


def measure_pair(data: Path, script: Path, environment: dict[str, str]) -> None:
    """One run of Tabpod's script, one of the bare script."""
    out = CACHE / "overhead" / "out"
    ours = follow([sys.executable, script, "--data", data, "--out", out], environment)
    report = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    if report["rounds"]["trained"] != ROUNDS:
        raise RuntimeError(f"trained for {report['rounds']['trained']} rounds, not {ROUNDS}")
    names = ("objective", "seed", "early_stopping_rounds")
    settings = {name: value for name, value in report["params"].items() if name not in names}
    rows = report["data"]["split"]["train"]
    bare = Path(__file__).with_name("bare.py")
    command = [sys.executable, bare, data, str(rows), json.dumps(settings)]
    about = {
        "rows": report["data"]["rows_read"],
        "fitted_on": rows,
        "cores": int(environment["OMP_NUM_THREADS"]),
        "versions": versions(PACKAGES),
    }
    keep("overhead", {"who": "tabpod", "until": "refitting", "marks": ours, **about})
    theirs = follow(command, environment)
    keep("overhead", {"who": "bare", "until": "done", "marks": theirs, **about})
    for who, marks in (("tabpod", ours), ("bare", theirs)):
        steps = " ".join(
            f"{m['phase']} {m['at']:.1f} s {m['cpu']:.1f} cpu-s {m['peak_mb']:.0f} MB;"
            for m in marks
        )
        print(f"{who}: {steps}", flush=True)


def main() -> None:
    """Measure what the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    data = CACHE / "data" / f"wide_{options.rows}.csv"
    write_wide(data, options.rows)
    spec = {
        "dataset": {"path": str(data)},
        "target": TARGET,
        "model": "xgboost_binary_classification",
        "hyperparameters": {"n_estimators": ROUNDS, "early_stopping_rounds": ROUNDS},
    }
    script = render(spec, CACHE / "overhead")
    environment = use_cores(options.cores)
    for _ in range(options.runs):
        measure_pair(data, script, environment)


if __name__ == "__main__":
    main()
