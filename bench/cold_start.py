"""Cold start: bytes and seconds from an empty disk to the first round of training.

Each environment is built the way a pod's runner builds it, by its own code and from the family's
lock (`--no-lock`: from the bounds in the script's header), with empty caches; then the script runs
until it tells of its first round, once with the environment new and once more with it there. Beside
it stands the pip line that the replaced system ran on every pod.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from common import CACHE, FAMILIES, ROOT, keep, render, use_cores

SAMPLE = ROOT / "samples" / "penguins.csv"
REPLACED_LINE = "pandas numpy scikit-learn boto3 xgboost lightgbm catboost tensorflow"
# One round, by the shortest program that the replaced system's environment could run.
ONE_ROUND = """
import sys, numpy, pandas, xgboost
table = pandas.read_csv(sys.argv[1]).dropna()
rows, target = table[["bill_length_mm", "bill_depth_mm"]], table["species"].factorize()[0]
xgboost.XGBClassifier(n_estimators=1).fit(rows, target)
print("training: round 1", flush=True)
"""


def first_round(command: Sequence[str | Path], environment: dict[str, str]) -> float:
    """Seconds from the start of a script until it tells of its first round; it is ended then."""
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if line.startswith("training: round"):
                return time.monotonic() - started
    finally:
        process.kill()
        process.wait()
    raise RuntimeError(f"{command[1]} told of no round")


def downloaded(python: str, environment: dict[str, str], folder: Path) -> tuple[int, int]:
    """Packages of an environment and their bytes as the index serves them, fetched once more."""
    freeze = ["uv", "pip", "freeze", "--python", python]
    names = subprocess.run(freeze, env=environment, capture_output=True, text=True, check=True)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    wheels = folder / "wheels"
    subprocess.run([*pip, "--dest", wheels, *names.stdout.split()], env=environment, check=True)
    sizes = [file.stat().st_size for file in wheels.iterdir()]
    return len(sizes), sum(sizes)


def runner_python(script: Path, lock: str | None, folder: Path) -> str:
    """Build the environment of a script as a pod's runner does."""
    sys.path.insert(0, str(ROOT / "templates" / "runner"))
    from environment import Packages, environment_with, python_for

    def execute(command: list[str], environment: dict[str, str]) -> None:
        subprocess.run(command, env=environment, capture_output=True, check=True)

    def build(packages: Packages) -> str:
        return environment_with(packages, folder, folder, execute, subprocess.Popen)

    def say(line: bytes) -> None:
        # What the runner has to say is that it left the lock alone.
        raise RuntimeError(line.decode())

    (folder / "tmp").mkdir(exist_ok=True)
    return python_for(script.read_text(encoding="utf-8"), lock, build, say)


def replaced_python(folder: Path, environment: dict[str, str]) -> str:
    """Build the environment of the replaced system with pip."""
    venv = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", *REPLACED_LINE.split()]
    subprocess.run(pip, env={**environment, "PIP_CACHE_DIR": str(folder / "pip")}, check=True)
    return str(venv / "bin" / "python")


def measure(what: str, locked: bool, environment: dict[str, str]) -> None:
    """Build one environment from nothing, and start in it twice."""
    folder = Path(tempfile.mkdtemp(prefix="cold-", dir=CACHE))
    try:
        if what == "replaced":
            command = ["-c", ONE_ROUND, str(SAMPLE)]
        else:
            spec = {"dataset": {"path": str(SAMPLE)}, "target": "species", "model": what}
            script = render(spec, folder / "script")
            command = [str(script), "--data", str(SAMPLE), "--out", str(folder / "out")]
        started = time.monotonic()
        if what == "replaced":
            python = replaced_python(folder, environment)
        else:
            lock = ROOT / "templates" / "locks" / f"{what}.txt"
            text = lock.read_text(encoding="utf-8") if locked else None
            python = runner_python(script, text, folder)
        install = time.monotonic() - started
        cold, warm = (first_round([python, *command], environment) for _ in range(2))
        packages, size = downloaded(python, environment, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    seconds = {"install_s": install, "cold_s": install + cold, "warm_s": warm}
    name = what if locked or what == "replaced" else f"{what}, no lock"
    keep("cold-start", {"what": name, "packages": packages, "bytes": size, **seconds})
    print(
        f"{name}: {packages} packages, {size / 1e6:.0f} MB, installed in {install:.1f} s, "
        f"first round {install + cold:.1f} s cold and {warm:.1f} s warm",
        flush=True,
    )


def main() -> None:
    """Measure what the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    everything = (*FAMILIES, "replaced")
    parser.add_argument("--only", nargs="*", choices=everything, default=everything)
    parser.add_argument("--no-lock", action="store_true", help="only the bounds of the header")
    options = parser.parse_args()
    # The runner looks for uv where a machine's image has it.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    os.environ.pop("UV_CACHE_DIR", None)
    environment = use_cores(os.cpu_count() or 1)
    CACHE.mkdir(parents=True, exist_ok=True)
    for what in options.only:
        measure(what, not options.no_lock, environment)


if __name__ == "__main__":
    main()
