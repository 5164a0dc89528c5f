"""Runs one Tabpod job on the machine it was started on, and ends that machine.

All it is told comes from the environment (TABPOD_*); all it says goes to the run
directory on the volume. In order: claim the run, copy the inputs to local disk and
check them, build the Python environment there, run the script, write down how it
ended, end the machine. Standard library only. Every wait is multiplied by
TABPOD_WAIT_SCALE, which is 1 outside tests.

The modules beside this one are joined into a single file in the order contract, files,
command, lock, environment, pod, journal, main; that file is what a machine gets.
"""

from __future__ import annotations

import os
import re
import sys

CONTRACT_VERSION = 1
STATUS_MAX_BYTES = 64 * 1024
CHUNK_BYTES = 256 * 1024
LOG_MAX_BYTES = 64 * 1024 * 1024

SCALE = float(os.environ.get("TABPOD_WAIT_SCALE") or 1)
LOCAL = os.environ.get("TABPOD_BACKEND") == "local"
WINDOWS = os.name == "nt"
LINUX = sys.platform == "linux"


class Ended(Exception):
    """The run is over: `outcome`, `reason`, `detail` and `exit` of the final status."""

    def __init__(
        self,
        outcome: str,
        reason: str | None = None,
        detail: str | None = None,
        exit: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.outcome, self.reason, self.detail, self.exit = (
            outcome,
            reason,
            detail,
            exit,
        )


def failed(reason: str, detail: str, exit: int | None = None) -> Ended:
    """Make the end of a run that did not work; `reason` is one the contract knows."""
    return Ended("failed", reason, detail, exit)


def clean(text: object, limit: int) -> str:
    """Cut text for people: no control characters or colours, at most `limit` characters."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", str(text))[:limit]
    return "".join(c if c.isprintable() else " " for c in plain)
