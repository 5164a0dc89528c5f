"""The Python environment of a script, built once on local disk and used again."""

from __future__ import annotations

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
from contract import LOCAL, WINDOWS, failed


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


def python_for(
    script: str, cache: Path, work: Path, execute: Callable[[list[str], dict[str, str]], None]
) -> str:
    """Find or build the Python that has what the script's header asks for.

    `execute(command, environment)` runs an installer; it raises Ended when that fails.
    """
    header = header_of(script)
    wanted = list(header.get("dependencies", []))
    if not wanted:
        return sys.executable
    tool = header.get("tool", {})
    if gpu_answers():
        wanted += tool.get("tabpod", {}).get("cuda", [])
    overrides = tool.get("uv", {}).get("override-dependencies", [])
    newer = tool.get("uv", {}).get("exclude-newer", "")
    facts = [wanted, overrides, newer, sys.version, sys.executable, platform.platform()]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
    folder = cache / "envs" / key
    if not is_complete(folder):
        os.makedirs(folder.parent, exist_ok=True)
        forget_unfinished(folder.parent)
        # Built aside and renamed, so that two builders never meet in one folder.
        part = Path(tempfile.mkdtemp(prefix=f"{key}.", dir=folder.parent))
        try:
            for command in install(part, work, wanted, overrides, newer):
                execute(command, installer_environment(cache, work))
            (part / "complete.json").write_text(json.dumps(facts), "utf-8")
            settle(part, folder)
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


def install(
    folder: Path, work: Path, wanted: list[str], overrides: list[str], newer: str
) -> list[list[str]]:
    """Choose the commands that make an environment: with uv where there is one, else pip."""
    requirements, override = work / "requirements.txt", work / "overrides.txt"
    requirements.write_text("\n".join(wanted), "utf-8")
    override.write_text("\n".join(overrides), "utf-8")
    uv = shutil.which("uv") or shutil.which("uv", path=os.path.dirname(sys.executable))
    python, from_file = python_in(folder), ["-r", str(requirements)]
    if not uv:
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check"]
        return [[sys.executable, "-m", "venv", str(folder)], [*pip, *from_file]]
    make = [uv, "venv", "--no-project", "--allow-existing", "--python", sys.executable]
    fill = [uv, "pip", "install", "--python", python, *from_file]
    fill += ["--override", str(override)] if overrides else []
    fill += ["--exclude-newer", newer] if newer else []
    return [[*make, str(folder)], fill]
