"""What all benches share: where things lie, how a script comes to be, where results are kept."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
NODE = ROOT / "node_modules" / ".bin" / "node"
# Tells the results of one command from those of the next.
STARTED = datetime.now(UTC).isoformat(timespec="seconds")
FAMILIES = ("xgboost", "lightgbm", "catboost", "keras")


def render(spec: Mapping[str, Any], folder: Path) -> Path:
    """Have Tabpod write the training script of a spec into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "spec.tabpod.json"
    file.write_text(json.dumps({"version": 1, **spec}, indent=2), encoding="utf-8")
    command = [NODE, ROOT / "dist" / "cli.js", "script", "--spec", file]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode())
    script = folder / "train.py"
    script.write_bytes(done.stdout)
    return script


def use_cores(count: int) -> dict[str, str]:
    """Bind this process and its children to so many cores; returns their environment."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-count:])
    own = {name: value for name, value in os.environ.items() if not name.startswith("TABPOD_")}
    return {**own, "OMP_NUM_THREADS": str(count), "PYTHONUNBUFFERED": "1"}


def keep(bench: str, result: Mapping[str, Any]) -> None:
    """Append one result to the bench's file, with the day, the machine and the command."""
    CACHE.mkdir(parents=True, exist_ok=True)
    about = {"started": STARTED, "date": STARTED[:10], "machine": machine()}
    line = {**result, **about, "command": " ".join(["npm run bench --", bench, *sys.argv[1:]])}
    with open(CACHE / f"{bench}.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def kept(bench: str) -> list[dict[str, Any]]:
    """Results of a bench so far, oldest first."""
    path = CACHE / f"{bench}.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def of_last_command(bench: str) -> list[dict[str, Any]]:
    """Results of the command that was given last."""
    lines = kept(bench)
    return [line for line in lines if line.get("started") == lines[-1].get("started")]


def machine() -> str:
    """Cores, processor, memory and system in words, without a name of the machine."""
    cpu, memory = platform.machine(), ""
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        cpu = next(names, cpu)
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = f", {pages / 2**30:.0f} GB"
    return f"{os.cpu_count()} cores of {cpu}{memory}, {platform.system()}"


def versions(names: Sequence[str]) -> str:
    """Python and packages in use, in words."""
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return f"Python {platform.python_version()}, {packages}"
