"""The steps of one job, from its inputs to its final status."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import time
import traceback
from pathlib import Path
from typing import NoReturn

from command import Command, environment_of
from contract import LOCAL, SCALE, Ended, clean, failed
from environment import environment_with, python_for
from files import read_json, results
from journal import FULL, Journal
from lock import Packages
from pod import end_machine, self_termination, wait_for_registration

INPUTS_S = 120
# What last words mean; the scripts' own sentences are among them.
MEANINGS = {
    "no_space": re.compile(r"No space left on device|Disk quota exceeded"),
    "no_gpu": re.compile(r"^A GPU was asked for, but none works here"),
    "out_of_memory": re.compile(
        r"^([\w.]+\.)?_?(Array)?MemoryError\b| needs about [\d.]+ GiB of memory, "
    ),
}
# What Linux, macOS and Windows say of a library of the system that is not there, such as OpenMP's.
NO_LIBRARY = re.compile(
    r"(lib[\w.+-]+): cannot open shared object file|Library not loaded: (\S+)"
    r"|[Cc]ould not find module '([^']+)'"
)


class Job:
    """The job this machine was started for."""

    def __init__(self) -> None:
        machine = clean(os.environ["TABPOD_MACHINE" if LOCAL else "RUNPOD_POD_ID"], 128)
        self.folder = Path(os.environ["TABPOD_RUN"])
        self.cache = Path(os.environ.get("TABPOD_CACHE") or Path.home() / ".cache" / "tabpod")
        self.work = self.cache / "work" / re.sub(r"[^\w-]", "_", machine)
        self.journal = Journal(machine, self.folder, self.work)

    def perform(self) -> NoReturn:
        """Do the whole job; the end is always an Ended."""
        shutil.rmtree(self.work, ignore_errors=True)
        for name in ("script", "data", "tmp"):
            os.makedirs(self.work / name)
        self.journal.enter("waiting", "waiting for the inputs")
        self.journal.self_termination = self_termination()
        self.journal.reserve()
        expected = json.loads(os.environ["TABPOD_EXPECT"])
        script = self.work / "script" / "train.py"
        self.fetch(Path(os.environ["TABPOD_SCRIPT"]), expected["script"], script)
        environment = {
            **environment_of(self.work / "tmp"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
            "TABPOD_RUN": str(self.folder),
            "TABPOD_PROGRESS": str(self.work / "progress.jsonl"),
        }
        if os.environ.get("TABPOD_DATASET_URL"):
            environment["TABPOD_DATASET_URL"] = os.environ["TABPOD_DATASET_URL"]
        for name, input_name in (("TABPOD_DATASET", "dataset"), ("TABPOD_TEST_DATASET", "test")):
            if os.environ.get(name):
                dataset = Path(os.environ[name])
                copy = self.work / "data" / input_name / dataset.name
                os.makedirs(copy.parent)
                self.fetch(dataset, expected[input_name], copy)
                environment[name] = str(copy)
        lock = self.work / "lock.txt" if os.environ.get("TABPOD_LOCK") else None
        if lock:
            self.fetch(Path(os.environ["TABPOD_LOCK"]), expected["lock"], lock)
        self.journal.enter("preparing", "preparing the Python environment")
        python = python_for(
            script.read_text("utf-8"),
            lock.read_text("utf-8") if lock else None,
            self.build,
            self.journal.say,
        )
        self.journal.check_stop()
        self.journal.enter("running", "running the script")
        command = self.follow([python, str(script)], environment)
        raise self.verdict(command)

    def follow(self, command: list[str], environment: dict[str, str]) -> Command:
        """Run a command to its end, its output in the log."""
        running = Command(command, environment, self.work)
        running.follow(self.journal.say, self.journal.tick, self.journal.must_stop)
        return running

    def build(self, packages: Packages) -> str:
        """Find or build the environment with these packages; returns its Python."""
        return environment_with(packages, self.cache, self.work, self.install, self.begin)

    def begin(self, command: list[str]) -> None:
        """Start a command that may end when and how it likes."""
        Command(command, environment_of(self.work / "tmp"), self.work)

    def install(self, command: list[str], environment: dict[str, str]) -> None:
        """Run an installer; a failure is the end of the job."""
        installer = self.follow(command, environment)
        self.journal.check_stop()
        if installer.exit != 0:
            complaint = installer.complaint()
            reason = "no_space" if MEANINGS["no_space"].search(complaint) else "environment"
            raise failed(reason, f"The packages could not be installed: {complaint}")

    def verdict(self, script: Command) -> Ended:
        """Judge the job by how its script ended."""
        if script.asked_to_stop:
            return Ended("stopped", self.journal.stop, exit=script.exit)
        if script.exit == 0 and (self.folder / "metrics.json").is_file():
            return Ended("succeeded", exit=0)
        if script.exit == 0:
            return failed("script", "The script ended well but wrote no metrics.json.", 0)
        if script.exit in (137, -9):
            detail = "The script was killed: the machine has too little memory for it."
            return failed("out_of_memory", detail, script.exit)
        if lacking := NO_LIBRARY.search("\n".join(script.errors)):
            library = next(name for name in lacking.groups() if name)
            detail = (
                f"The library {library} is not on this machine: install the system package that "
                "holds it (libgomp1 on Debian and Ubuntu, libomp from Homebrew)."
            )
            self.journal.say(f"{detail}\n".encode())
            return failed("environment", detail, script.exit)
        words = script.last_words()
        reasons = (reason for reason, says in MEANINGS.items() if says.search(words))
        return failed(next(reasons, "script"), words, script.exit)

    def fetch(self, source: Path, expected: str, target: Path) -> None:
        """Copy an input to local disk and check it.

        Waits a while for it: what was uploaded may show up late.
        """
        deadline = time.monotonic() + INPUTS_S * SCALE
        looked_at = None
        while True:
            try:
                stat = source.stat()
                if (stat.st_size, stat.st_mtime_ns) != looked_at:
                    looked_at = (stat.st_size, stat.st_mtime_ns)
                    if self.copy(source, target) == expected:
                        return
                problem = failed("input_damaged", f"{source.name} is not what was uploaded.")
            except OSError as error:
                if error.errno in FULL:
                    raise
                detail = f"{source.name} cannot be read: {error.strerror}."
                problem = failed("input_missing", detail)
            if time.monotonic() > deadline:
                raise problem
            self.journal.check_stop()
            time.sleep(min(1, SCALE))

    def copy(self, source: Path, target: Path) -> str:
        """Copy a file; returns the sha256 of what was read."""
        digest = hashlib.sha256()
        with open(source, "rb") as reader, open(target, "wb") as writer:
            while data := reader.read(1024 * 1024):
                digest.update(data)
                writer.write(data)
                self.journal.check_stop()
        return digest.hexdigest()

    def finish(self, ended: Ended) -> None:
        """Put everything on the volume, and last of all the final status."""
        self.journal.close()
        final = {
            "outcome": ended.outcome,
            "reason": ended.reason,
            "detail": clean(ended.detail, 1000) if ended.detail else None,
            "exit": ended.exit,
            "files": results(self.folder),
        }
        (self.folder / "reserve").unlink(missing_ok=True)
        for _ in range(10):
            if self.journal.publish(final):
                break
            time.sleep(SCALE)
        shutil.rmtree(self.work, ignore_errors=True)

    def run(self) -> None:
        """Do the job and write how it ended, whatever happens."""
        try:
            self.perform()
        except Ended as ended:
            self.finish(ended)
        except Exception as error:
            full = isinstance(error, OSError) and error.errno in FULL
            self.journal.say(traceback.format_exc().encode("utf-8", "replace"))
            self.finish(failed("no_space" if full else "crashed", str(error) or repr(error)))
            raise

    def run_again(self) -> None:
        """Write that the machine started a second time, unless the end was told before."""
        before = read_json(self.folder / "status.json")
        if not before.get("final"):
            self.journal.resume(before)
            detail = "The machine started again while the job was running."
            self.finish(failed("crashed", detail))


def main() -> None:
    """Run the job if it is this machine's to run."""
    wait_for_registration()
    job = Job()

    def stop(*_: object) -> None:
        job.journal.stop = job.journal.stop or "interrupted"

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    claim = job.journal.claim()
    if claim == "ours":
        job.run()
    elif claim == "again":
        job.run_again()


if __name__ == "__main__":
    try:
        main()
    finally:
        end_machine()
