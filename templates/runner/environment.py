"""The Python environment of a script, built once on local disk and used again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from command import INSTALLER_KEPT, environment_of
from contract import LOCAL, WINDOWS, Ended, failed
from lock import Packages, locked_packages

# What the libraries of models import after pandas, and Python takes longest to compile.
IMPORTED_LATE = "import sklearn.model_selection"
# What uv and pip call a package that is not the one whose hash a lock names.
MISMATCH = re.compile(r"hash mismatch|do not match the hashes", re.IGNORECASE)


def header_of(script: str) -> dict[str, Any]:
    """Read the PEP 723 metadata of a script; an empty object when it has none."""
    try:
        import tomllib
    except ImportError as error:
        detail = f"Python 3.11 or newer is needed, not {platform.python_version()}."
        raise failed("environment", detail) from error
    pattern = r"(?m)^# /// script$\s((?:^#(?:| .*)$\s)+)^# ///$"
    block = re.search(pattern, script)
    lines = block[1].splitlines(keepends=True) if block else []
    if not block and re.search(r"(?m)^# /// script$", script):
        raise failed("environment", "The script's header never ends: `# ///` is missing.")
    text = "".join(line[2:] if line[1:2] == " " else line[1:] for line in lines)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        detail = f"The script's header cannot be read: {error}."
        raise failed("environment", detail) from error


def gpu_answers() -> bool:
    """Tell whether this machine has an NVIDIA GPU with a working driver."""
    try:
        ask = ["nvidia-smi", "-L"]
        return subprocess.run(ask, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def python_in(folder: Path) -> str:
    """Name the Python of an environment."""
    return str(folder / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def is_complete(folder: Path) -> bool:
    """Tell whether an environment was built to its end and its Python still starts."""
    if not (folder / "complete.json").exists():
        return False
    try:
        ask = [python_in(folder), "-I", "-c", ""]
        return subprocess.run(ask, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def packages_of(header: dict[str, Any]) -> Packages:
    """Read from a script's header what it needs on this machine."""
    tool = header.get("tool", {})
    wanted = list(header.get("dependencies", []))
    if wanted and gpu_answers():
        wanted += tool.get("tabpod", {}).get("cuda", [])
    uv = tool.get("uv", {})
    return Packages(wanted, uv.get("override-dependencies", []), uv.get("exclude-newer", ""))


def python_for(
    script: str,
    lock: str | None,
    build: Callable[[Packages], str],
    say: Callable[[bytes], None],
) -> str:
    """Find or build the Python that has what the script's header asks for, from the lock if it can.

    `build(packages)` makes an environment; it raises Ended when that fails.
    """
    asked = packages_of(header_of(script))
    if not asked.requirements:
        return sys.executable
    locked = locked_packages(lock, asked) if lock else None
    if lock and not locked:
        say(b"tabpod: the script's header was changed, so its packages are not those of the lock\n")
    try:
        return build(locked or asked)
    except Ended as ended:
        # A package that was exchanged is no reason to take another one unseen.
        if not locked or ended.reason != "environment" or MISMATCH.search(ended.detail or ""):
            raise
        say(b"tabpod: the lock could not be installed here, so other versions may be\n")
        return build(asked)


def environment_with(
    packages: Packages,
    cache: Path,
    work: Path,
    execute: Callable[[list[str], dict[str, str]], None],
    begin: Callable[[list[str]], None],
) -> str:
    """Find or build an environment; returns its Python.

    `execute(command, environment)` runs an installer; it raises Ended when that fails.
    `begin(command)` starts what nobody waits for: a new environment holds no compiled code, so
    half of it is compiled beside the script, which imports the other half first.
    """
    facts = {
        "packages": dataclasses.asdict(packages),
        "python": [sys.version, sys.executable],
        "platform": platform.platform(),
    }
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
    folder = cache / "envs" / key
    if not is_complete(folder):
        os.makedirs(folder.parent, exist_ok=True)
        forget_unfinished(folder.parent)
        # Built aside and renamed, so that two builders never meet in one folder.
        part = Path(tempfile.mkdtemp(prefix=f"{key}.", dir=folder.parent))
        try:
            for command in install(part, work, packages):
                execute(command, installer_environment(cache, work))
            (part / "complete.json").write_text(json.dumps(facts), "utf-8")
            settle(part, folder)
            begin([python_in(folder), "-I", "-c", IMPORTED_LATE])
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return python_in(folder)


def forget_unfinished(envs: Path) -> None:
    """Remove what builders left that were killed more than a day ago."""
    for part in envs.glob("*.*"):
        if time.time() - part.stat().st_mtime > 24 * 3600:
            shutil.rmtree(part, ignore_errors=True)


def settle(part: Path, folder: Path) -> None:
    """Give a finished environment its name, unless another builder was first."""
    if is_complete(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        os.rename(part, folder)
    except OSError:
        if not is_complete(folder):
            raise


def installer_environment(cache: Path, work: Path) -> dict[str, str]:
    """Keep caches on local disk: on a pod the image's own lie on the volume, which is slow."""
    environment = environment_of(work / "tmp", INSTALLER_KEPT)
    if not LOCAL:
        environment["UV_CACHE_DIR"] = str(cache / "uv")
        environment["PIP_CACHE_DIR"] = str(cache / "pip")
    return environment


def install(folder: Path, work: Path, packages: Packages) -> list[list[str]]:
    """Choose the commands that make an environment: with uv where there is one, else pip."""
    requirements, override = work / "requirements.txt", work / "overrides.txt"
    requirements.write_text("\n".join(packages.requirements), "utf-8")
    override.write_text("\n".join(packages.overrides), "utf-8")
    uv = shutil.which("uv") or shutil.which("uv", path=os.path.dirname(sys.executable))
    python, given = python_in(folder), ["-r", str(requirements)]
    if packages.locked:
        # The list is complete: nothing is resolved, and nothing of a package runs here.
        given += ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
    if not uv:
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        return [[sys.executable, "-m", "venv", str(folder)], [*pip, *given]]
    make = [uv, "venv", "--no-project", "--allow-existing", "--python", sys.executable]
    fill = [uv, "pip", "install", "--python", python, *given]
    fill += ["--override", str(override)] if packages.overrides else []
    fill += ["--exclude-newer", packages.newer] if packages.newer else []
    return [[*make, str(folder)], fill]
