"""What the host sees of a run: its claim, its status, its log, its progress."""

from __future__ import annotations

import collections
import contextlib
import errno
import json
import math
import os
import secrets
import time
from pathlib import Path
from typing import Any

from contract import CHUNK_BYTES, CONTRACT_VERSION, SCALE, STATUS_MAX_BYTES, Ended, clean
from files import Chunks, read_json, write_file

BEAT_S, CONTROL_S = 5, 2
FULL = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """One run as the host follows it, and what the host wants of it."""

    def __init__(self, machine: str, folder: Path, work: Path) -> None:
        self.machine, self.folder, self.work = machine, folder, work
        self.started = time.monotonic()
        self.limit = self.started + float(os.environ["TABPOD_SOFT_LIMIT_S"]) * SCALE
        self.stop: str | None = None
        self.self_termination = "unknown"
        self.state, self.attempt, self.beat = "waiting", 1, 0
        self.told: dict[str, Any] = dict.fromkeys(("phase", "round", "of", "metric"))
        self.tail: collections.deque[str] = collections.deque(maxlen=40)
        self.log = Chunks(folder / "log", "txt", work / "train.log")
        self.progress = Chunks(folder / "progress", "jsonl", work / "progress.whole")
        self.progress_read = 0
        self.published = self.control_read = -math.inf
        # Whether there is something to tell, and whether it can wait.
        self.changed, self.urgent = True, False

    def claim(self) -> str:
        """Take the run: `ours`, `again` when this machine had it before, `foreign`."""
        path, nonce = self.folder / "claim.json", secrets.token_hex(16)
        mine = {"version": CONTRACT_VERSION, "attempt": 1, "nonce": nonce}
        os.makedirs(self.folder, exist_ok=True)
        try:
            with open(path, "xb") as file:
                file.write(json.dumps({**mine, "machine": self.machine}).encode())
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            pass
        # Read back: on a network volume two exclusive creates may both seem to work.
        held = read_json(path)
        if held.get("nonce") == nonce:
            return "ours"
        return "again" if held.get("machine") == self.machine else "foreign"

    def status(self, final: dict[str, Any] | None = None) -> bytes:
        """Render status.json, within their limit whatever the log holds."""
        self.beat += 1
        tail = list(self.tail)
        while True:
            value = {
                "version": CONTRACT_VERSION,
                "attempt": self.attempt,
                "machine": self.machine,
                "state": "ended" if final else self.state,
                "beat": self.beat,
                "elapsed": round(time.monotonic() - self.started, 3),
                **self.told,
                "tail": tail,
                "logChunks": self.log.count,
                "progressChunks": self.progress.count,
                "selfTermination": self.self_termination,
                "final": final,
            }
            data = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
            if len(data) <= STATUS_MAX_BYTES or not tail:
                return data
            del tail[0]

    def publish(self, final: dict[str, Any] | None = None) -> bool:
        """Write status.json; False when the volume refused it."""
        self.published, self.changed, self.urgent = time.monotonic(), False, False
        try:
            write_file(self.folder / "status.json", self.status(final))
        except OSError as error:
            if error.errno in FULL:
                (self.folder / "reserve").unlink(missing_ok=True)
            return False
        return True

    def say(self, line: bytes) -> None:
        """Add a line, bytes that end with a newline, to the log."""
        with contextlib.suppress(OSError):
            self.log.add(line)
        # A progress bar writes over itself: its last state is the line.
        text = line.decode("utf-8", "replace").rstrip().rsplit("\r")[-1]
        if text:
            self.tail.append(clean(text, 1000))
            self.changed = True

    def enter(self, state: str, text: str) -> None:
        """Tell the host of a new state at once."""
        self.state = state
        self.say(f"tabpod: {text}\n".encode())
        self.publish()

    def tick(self) -> None:
        """Do what must go on beside everything else: limit, control, chunks, beat."""
        now = time.monotonic()
        if now > self.limit:
            self.stop = self.stop or "time_limit"
        if now - self.control_read > CONTROL_S * SCALE:
            self.control_read = now
            wish = read_json(self.folder / "control.json").get("stop")
            self.stop = self.stop or (clean(wish, 32) if wish else None)
        self.read_progress()
        self.log.flush()
        self.progress.flush()
        age = now - self.published
        changed = self.changed and age > min(1, BEAT_S * SCALE)
        if self.urgent or changed or age > BEAT_S * SCALE:
            self.publish()

    def read_progress(self) -> bool:
        """Take the lines the script completed since the last look; False when there are none."""
        try:
            with open(self.work / "progress.jsonl", "rb") as file:
                file.seek(self.progress_read)
                data = file.read(CHUNK_BYTES)
        except OSError:
            return False
        cut = data.rfind(b"\n") + 1 or (len(data) == CHUNK_BYTES) * CHUNK_BYTES
        if cut:
            self.progress_read += cut
            self.progress.add(data[:cut])
            for line in data[:cut].splitlines():
                step = self.told["phase"], self.told["round"] is None
                self.told.update(progress_of(line))
                # A phase and its first round are told at once: people wait for them.
                self.urgent |= step != (self.told["phase"], self.told["round"] is None)
            self.changed = True
        return cut > 0

    def must_stop(self) -> bool:
        """Tell whether the run is to end early."""
        return self.stop is not None

    def check_stop(self) -> None:
        """Tick, and end the run here when it is to stop."""
        self.tick()
        if self.stop:
            raise Ended("stopped", self.stop)

    def reserve(self) -> None:
        """Keep some room on the volume, so that a full one can still be told."""
        (self.folder / "reserve").write_bytes(bytes(2 * STATUS_MAX_BYTES))

    def close(self) -> None:
        """Put the whole log and the whole progress on the volume."""
        while self.read_progress():
            pass
        for name, chunks in (("train.log", self.log), ("progress.jsonl", self.progress)):
            chunks.flush(force=True)
            with contextlib.suppress(OSError):
                chunks.publish(self.folder / name)

    def resume(self, before: dict[str, Any]) -> None:
        """Go on from the status that an earlier start of this machine left."""
        self.attempt, self.beat = 2, before.get("beat") or 0
        self.told = {name: before.get(name) for name in self.told}
        self.tail.extend(before.get("tail") or [])
        self.log.count = before.get("logChunks") or 0
        self.progress.count = before.get("progressChunks") or 0


def progress_of(line: bytes) -> dict[str, Any]:
    """Read one line of the script's progress file, as far as it makes sense."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    told: dict[str, Any] = {}
    if isinstance(value.get("phase"), str):
        told = {"phase": clean(value["phase"], 32), "round": None, "of": None}
    for name in ("round", "of"):
        if type(value.get(name)) is int and 0 <= value[name] < 2**53:
            told[name] = value[name]
    metric = value.get("metric")
    number = metric.get("value") if isinstance(metric, dict) else None
    if type(number) in (int, float) and math.isfinite(number):
        told["metric"] = {"name": clean(metric.get("name"), 32), "value": number}
    return told
