"""Files on the volume: whole or not at all, in closed pieces, hashed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from pathlib import Path
from typing import Any

from contract import CHUNK_BYTES, LOG_MAX_BYTES, SCALE, STATUS_MAX_BYTES, WINDOWS

CHUNK_S = 5
RESULTS_MAX = 200
RESULT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
NOT_RESULTS = {"status.json", "claim.json", "control.json", "job.json", "reserve"}


def write_file(path: Path, data: bytes | bytearray) -> None:
    """Replace a file at once: a reader sees the old bytes or the new ones."""
    part = f"{path}.tmp"
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_json(path: str | Path) -> dict[str, Any]:
    """Read the JSON object in a small file; an empty one when there is no such thing."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read(STATUS_MAX_BYTES))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


class Chunks:
    """A growing text: whole on local disk, and on the volume as closed pieces."""

    def __init__(self, folder: Path, suffix: str, whole: Path) -> None:
        self.folder, self.suffix, self.whole = folder, suffix, whole
        self.pending, self.since = bytearray(), 0.0
        self.count = self.size = 0

    def add(self, data: bytes) -> None:
        """Append bytes; past the limit they are dropped, so that no log fills a disk."""
        if self.size > LOG_MAX_BYTES:
            return
        self.size += len(data)
        if self.size > LOG_MAX_BYTES:
            data += b"[the rest is not kept: more than 64 MiB]\n"
        if not self.pending:
            self.since = time.monotonic()
        self.pending += data
        with open(self.whole, "ab") as file:
            file.write(data)

    def flush(self, force: bool = False) -> None:
        """Close pieces that are full or old; what the volume refuses is kept for later."""
        old = time.monotonic() - self.since > CHUNK_S * SCALE
        while self.pending and (force or old or len(self.pending) >= CHUNK_BYTES):
            cut = self.pending.rfind(b"\n", 0, CHUNK_BYTES) + 1 or CHUNK_BYTES
            name = f"{self.count + 1:08d}.{self.suffix}"
            try:
                os.makedirs(self.folder, exist_ok=True)
                write_file(self.folder / name, self.pending[:cut])
            except OSError:
                return
            del self.pending[:cut]
            self.count += 1

    def publish(self, path: Path) -> None:
        """Put the whole text on the volume."""
        if self.size:
            with open(self.whole, "rb") as file:
                write_file(path, file.read())


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """List every file the host may fetch with size and hash, each flushed to the volume."""
    files = {}
    entries = sorted(os.scandir(folder), key=lambda e: (e.name != "metrics.json", e.name))
    for entry in entries:
        name = entry.name
        if name in NOT_RESULTS or name.endswith(".tmp") or not RESULT.fullmatch(name):
            continue
        if not entry.is_file(follow_symlinks=False) or len(files) == RESULTS_MAX:
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with open(entry.path, "rb+" if WINDOWS else "rb") as file:
                os.fsync(file.fileno())
                while data := file.read(1024 * 1024):
                    digest.update(data)
                    size += len(data)
        except OSError:
            continue
        files[name] = {"bytes": size, "sha256": digest.hexdigest()}
    return files
