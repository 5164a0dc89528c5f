"""One run, from its claim to its final status."""

import collections
import errno
import hashlib
import json
import math
import os
import re
import secrets
import shutil
import signal
import time
import traceback
from pathlib import Path

from command import Command, environment_of
from contract import (
    CHUNK_BYTES,
    CONTRACT_VERSION,
    LOCAL,
    SCALE,
    STATUS_MAX_BYTES,
    Ended,
    clean,
    failed,
)
from environment import python_for
from files import Chunks, read_json, results, write_file
from pod import end_machine, self_termination, wait_for_registration

INPUTS_S, BEAT_S, CONTROL_S = 120, 5, 2
FULL = (errno.ENOSPC, errno.EDQUOT)
SAYS_FULL = re.compile(r"No space left on device|Disk quota exceeded")


class Run:
    """One job on this machine: its claim, its status, its log, its limits."""

    def __init__(self):
        self.started = time.monotonic()
        self.limit = self.started + float(os.environ["TABPOD_SOFT_LIMIT_S"]) * SCALE
        self.machine = clean(os.environ["TABPOD_MACHINE" if LOCAL else "RUNPOD_POD_ID"], 128)
        self.self_termination = self_termination()
        self.folder = Path(os.environ["TABPOD_RUN"])
        cache = os.environ.get("TABPOD_CACHE") or Path.home() / ".cache" / "tabpod"
        self.cache = Path(cache)
        self.work = self.cache / "work" / re.sub(r"[^\w-]", "_", self.machine)
        self.log = Chunks(self.folder / "log", "txt", self.work / "train.log")
        self.progress = Chunks(self.folder / "progress", "jsonl", self.work / "progress.whole")
        self.progress_read = 0
        self.state, self.stop = "waiting", None
        self.attempt, self.beat = 1, 0
        self.told = dict.fromkeys(("phase", "round", "of", "metric"))
        self.tail = collections.deque(maxlen=40)
        self.published = self.control_read = -math.inf
        self.changed = True

    # What the host sees.

    def claim(self):
        """Takes the run: `ours`, `again` when this machine had it before, `foreign`."""
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

    def status(self, final=None):
        """The bytes of status.json, within their limit whatever the log holds."""
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

    def publish(self, final=None):
        """Writes status.json; False when the volume refused it."""
        self.published, self.changed = time.monotonic(), False
        try:
            write_file(self.folder / "status.json", self.status(final))
        except OSError as error:
            if error.errno in FULL:
                # Room kept for this moment, so that a full volume can still be told.
                (self.folder / "reserve").unlink(missing_ok=True)
            return False
        return True

    def say(self, line):
        """Adds a line, bytes that end with a newline, to the log."""
        try:
            self.log.add(line)
        except OSError:
            pass
        # A progress bar writes over itself: its last state is the line.
        text = line.decode("utf-8", "replace").rstrip().rsplit("\r")[-1]
        if text:
            self.tail.append(clean(text, 1000))
            self.changed = True

    def enter(self, state, text):
        self.state = state
        self.say(f"tabpod: {text}\n".encode())
        self.publish()

    def tick(self):
        """What must go on beside everything else: limit, control, chunks, beat."""
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
        if age > BEAT_S * SCALE or (self.changed and age > min(1, BEAT_S * SCALE)):
            self.publish()

    def read_progress(self):
        """Takes complete lines the script wrote since the last look; whether any."""
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
                self.told.update(progress_of(line))
            self.changed = True
        return cut > 0

    def must_stop(self):
        return self.stop is not None

    def check_stop(self):
        self.tick()
        if self.stop:
            raise Ended("stopped", self.stop)

    # The steps of the job.

    def perform(self):
        """The whole job; always raises Ended."""
        shutil.rmtree(self.work, ignore_errors=True)
        for name in ("script", "data", "tmp"):
            os.makedirs(self.work / name)
        self.enter("waiting", "waiting for the inputs")
        with open(self.folder / "reserve", "wb") as file:
            file.write(bytes(2 * STATUS_MAX_BYTES))
        expected = json.loads(os.environ["TABPOD_EXPECT"])
        script = self.work / "script" / "train.py"
        self.fetch(os.environ["TABPOD_SCRIPT"], expected["script"], script)
        environment = {
            **environment_of(self.work / "tmp"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "TABPOD_RUN": str(self.folder),
            "TABPOD_PROGRESS": str(self.work / "progress.jsonl"),
        }
        if os.environ.get("TABPOD_DATASET_URL"):
            environment["TABPOD_DATASET_URL"] = os.environ["TABPOD_DATASET_URL"]
        if os.environ.get("TABPOD_DATASET"):
            dataset = Path(os.environ["TABPOD_DATASET"])
            copy = self.work / "data" / dataset.name
            self.fetch(dataset, expected["dataset"], copy)
            environment["TABPOD_DATASET"] = str(copy)
        self.enter("preparing", "preparing the Python environment")
        text = script.read_text("utf-8")
        python = python_for(text, self.cache, self.work, self.install)
        self.check_stop()
        self.enter("running", "running the script")
        command = Command([python, str(script)], environment, self.work)
        self.judge(command, command.run(self.say, self.tick, self.must_stop))

    def install(self, command, environment):
        """Runs an installer; a failure is the end of the run."""
        installer = Command(command, environment, self.work)
        code = installer.run(self.say, self.tick, self.must_stop)
        self.check_stop()
        complaint = installer.complaint()
        if code != 0:
            reason = "no_space" if SAYS_FULL.search(complaint) else "environment"
            raise failed(reason, f"The packages could not be installed: {complaint}")

    def judge(self, command, code):
        """Turns the exit of the script into the end of the run."""
        if self.stop:
            raise Ended("stopped", self.stop, exit=code)
        if code == 0 and (self.folder / "metrics.json").is_file():
            raise Ended("succeeded", exit=0)
        if code == 0:
            raise failed("script", "The script ended well but wrote no metrics.json.", 0)
        complaint = command.complaint()
        if code in (137, -9):
            detail = "The script was killed: the machine has too little memory for it."
            raise failed("out_of_memory", detail, code)
        if re.match(r"(\w+\.)*_?(Array)?MemoryError\b", complaint):
            raise failed("out_of_memory", complaint, code)
        reason = "no_space" if SAYS_FULL.search(complaint) else "script"
        raise failed(reason, complaint, code)

    def fetch(self, source, expected, target):
        """Copies an input to local disk and checks it.

        Waits a while for it: what was uploaded may show up late.
        """
        deadline = time.monotonic() + INPUTS_S * SCALE
        name, looked_at = os.path.basename(source), None
        while True:
            try:
                stat = os.stat(source)
                if (stat.st_size, stat.st_mtime_ns) != looked_at:
                    looked_at = (stat.st_size, stat.st_mtime_ns)
                    if self.copy(source, target) == expected:
                        return
                problem = failed("input_damaged", f"{name} is not what was uploaded.")
            except OSError as error:
                if error.errno in FULL:
                    raise
                detail = f"{name} cannot be read: {error.strerror}."
                problem = failed("input_missing", detail)
            if time.monotonic() > deadline:
                raise problem
            self.check_stop()
            time.sleep(min(1, SCALE))

    def copy(self, source, target):
        """Copies a file and returns the sha256 of what was read."""
        digest = hashlib.sha256()
        with open(source, "rb") as reader, open(target, "wb") as writer:
            while data := reader.read(1024 * 1024):
                digest.update(data)
                writer.write(data)
                self.check_stop()
        return digest.hexdigest()

    def finish(self, ended):
        """Puts everything on the volume, and last of all the final status."""
        while self.read_progress():
            pass
        for name, chunks in (
            ("train.log", self.log),
            ("progress.jsonl", self.progress),
        ):
            chunks.flush(force=True)
            try:
                chunks.publish(self.folder / name)
            except OSError:
                self.say(f"tabpod: {name} could not be written\n".encode())
        final = {
            "outcome": ended.outcome,
            "reason": ended.reason,
            "detail": clean(ended.detail, 1000) if ended.detail else None,
            "exit": ended.exit,
            "files": results(self.folder),
        }
        (self.folder / "reserve").unlink(missing_ok=True)
        for _ in range(10):
            if self.publish(final):
                break
            time.sleep(SCALE)
        shutil.rmtree(self.work, ignore_errors=True)

    def crashed(self):
        """A container that started again: says so, unless the end was told before."""
        before = read_json(self.folder / "status.json")
        if before.get("final"):
            return
        self.attempt, self.beat = 2, before.get("beat") or 0
        self.told = {name: before.get(name) for name in self.told}
        self.tail.extend(before.get("tail") or [])
        self.log.count = before.get("logChunks") or 0
        self.progress.count = before.get("progressChunks") or 0
        detail = "The machine started again while the job was running."
        self.finish(failed("crashed", detail))


def progress_of(line):
    """What one line of the script's progress file says, as far as it makes sense."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    told = {}
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


def main():
    """Runs the job if it is this machine's to run."""
    wait_for_registration()
    run = Run()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: setattr(run, "stop", run.stop or "interrupted"))
    held = run.claim()
    if held == "again":
        run.crashed()
    if held != "ours":
        return
    try:
        run.perform()
    except Ended as ended:
        run.finish(ended)
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in FULL
        run.say(traceback.format_exc().encode("utf-8", "replace"))
        run.finish(failed("no_space" if full else "crashed", str(error) or repr(error)))
        raise


if __name__ == "__main__":
    try:
        main()
    finally:
        end_machine()
