"""Running a command: its environment, its output, its end."""

from __future__ import annotations

import collections
import contextlib
import ctypes
import math
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from contract import LINUX, SCALE, WINDOWS

GRACE_S = 60
LINE_MAX_BYTES = 16 * 1024
LIBC = ctypes.CDLL(None) if LINUX else None

# What commands get of this process's environment: no key of an API or a storage.
KEPT = re.compile(
    r"PATH|HOME|USER|LANG|LC_\w+|TZ|TERM|\w+_PROXY|LD_LIBRARY_PATH"
    r"|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|(CUDA|NVIDIA|OMP|MKL|OPENBLAS|XLA|JAX)_\w+"
    r"|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE",
    re.IGNORECASE,
)
INSTALLER_KEPT = re.compile(rf"{KEPT.pattern}|(UV|PIP)_\w+", re.IGNORECASE)


def environment_of(temporary: Path, kept: re.Pattern[str] = KEPT) -> dict[str, str]:
    """Make a cleaned environment whose temporary files lie on local disk."""
    passed = {name: value for name, value in os.environ.items() if kept.fullmatch(name)}
    return {**passed, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}


class Command:
    """A process, leader of a group of its own, whose lines arrive in a queue."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.lines: queue.Queue[tuple[bytes, bool]] = queue.Queue(10_000)
        self.exit: int | None = None
        self.asked_to_stop = False
        self.errors: collections.deque[str] = collections.deque(maxlen=12)
        own_group: dict[str, Any] = (
            {"creationflags": 0x200} if WINDOWS else {"preexec_fn": lead_group}
        )
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **own_group,
        )
        streams = ((self.process.stdout, False), (self.process.stderr, True))
        self.pumps = [
            threading.Thread(target=self.pump, args=stream, daemon=True) for stream in streams
        ]
        for thread in self.pumps:
            thread.start()

    def pump(self, stream: BinaryIO, error: bool) -> None:
        """Cut a stream into lines of bounded length."""
        for line in iter(lambda: stream.readline(LINE_MAX_BYTES), b""):
            self.lines.put((line if line.endswith(b"\n") else line + b"\n", error))

    def take(self, say: Callable[[bytes], None], wait: float = 0.0) -> None:
        """Hand on what was printed, waiting up to `wait` seconds for a first line."""
        try:
            for _ in range(2000):
                line, error = self.lines.get(wait > 0, wait or None)
                wait = 0.0
                say(line)
                if error and line.strip():
                    self.errors.append(line.decode("utf-8", "replace").rstrip())
        except queue.Empty:
            pass

    def follow(
        self,
        say: Callable[[bytes], None],
        tick: Callable[[], None],
        must_stop: Callable[[], bool],
    ) -> None:
        """Follow the process to its end.

        Once `must_stop()` says so: SIGTERM, its grace to save, then SIGKILL.
        """
        kill_at = math.inf
        while self.process.poll() is None:
            self.take(say, wait=0.1)
            tick()
            if not self.asked_to_stop and must_stop():
                self.asked_to_stop = True
                kill_at = time.monotonic() + GRACE_S * SCALE
                self.process.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGTERM)
            if time.monotonic() > kill_at:
                self.kill()
        # Whatever it left behind holds its output open, and the machine busy.
        self.kill()
        patience = time.monotonic() + 2
        while any(pump.is_alive() for pump in self.pumps) and time.monotonic() < patience:
            self.take(say, wait=0.05)
        self.take(say)
        self.exit = self.process.returncode

    def kill(self) -> None:
        """Kill the process and its children."""
        if WINDOWS:
            kill = ["taskkill", "/T", "/F", "/PID", str(self.process.pid)]
            subprocess.run(kill, capture_output=True, check=False)
            return
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """Find its last error line that says something: no indented line, no underline."""
        plain = (line for line in reversed(self.errors) if re.match(r"\S*\w", line))
        return next(plain, "It gave no reason.")

    def complaint(self) -> str:
        """Put the last error of an installer, which may be several lines long, on one line."""
        lines = list(self.errors)
        marks = [i for i, x in enumerate(lines) if re.match(r"\s*(error:|ERROR:|×)", x)]
        return " ".join(x.strip() for x in lines[marks[0] :]) if marks else self.last_words()


def lead_group() -> None:
    """Make the child lead a group, and end with the runner where Linux offers that."""
    os.setpgid(0, 0)
    if LIBC:
        LIBC.prctl(1, signal.SIGKILL)
