"""Runs one Tabpod job on the machine it was started on, and ends that machine.

All it is told comes from the environment (TABPOD_*); all it says goes to the run
directory on the volume. In order: claim the run, copy the inputs to local disk and
check them, build the Python environment there, run the script, write down how it
ended, end the machine. Standard library only. Every wait is multiplied by
TABPOD_WAIT_SCALE, which is 1 outside tests.
"""

import collections
import ctypes
import errno
import hashlib
import json
import math
import os
import platform
import queue
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

CONTRACT_VERSION = 1
STATUS_MAX_BYTES = 64 * 1024
CHUNK_BYTES = 256 * 1024
LOG_MAX_BYTES = 64 * 1024 * 1024
LINE_MAX_BYTES = 16 * 1024
FILES_MAX = 200
ARTEFACT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
NOT_RESULTS = {"status.json", "claim.json", "control.json", "job.json", "reserve"}

INPUTS_S, GRACE_S, BEAT_S, CHUNK_S, CONTROL_S = 120, 60, 5, 5, 2
SCALE = float(os.environ.get("TABPOD_WAIT_SCALE") or 1)
LOCAL = os.environ.get("TABPOD_BACKEND") == "local"
WINDOWS = os.name == "nt"
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

# What the script and the installer get of this process's environment: no API or storage key.
KEPT = re.compile(
    r"PATH|HOME|USER|LANG|LC_\w+|TZ|TERM|\w+_PROXY|LD_LIBRARY_PATH|SSL_CERT_\w+|REQUESTS_CA_BUNDLE"
    r"|(CUDA|NVIDIA|OMP|MKL|OPENBLAS|XLA|JAX)_\w+|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE",
    re.IGNORECASE,
)
INSTALLER_KEPT = re.compile(r"(UV|PIP)_\w+")


class Ended(Exception):
    """The run is over: `outcome`, `reason`, `detail` and `exit` of the final status."""

    def __init__(self, outcome, reason=None, detail=None, exit=None):
        super().__init__(detail)
        self.outcome, self.reason, self.detail, self.exit = outcome, reason, detail, exit


def failed(reason, detail, exit=None):
    return Ended("failed", reason, detail, exit)


def write_file(path, data):
    """Replaces a file at once: a reader sees the old bytes or the new ones."""
    part = f"{path}.tmp"
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_json(path, limit=STATUS_MAX_BYTES):
    """The JSON object in a small file; an empty one when there is no such thing."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read(limit))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def clean(text, limit):
    """Text for people: no control characters, at most `limit` characters."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", str(text))
    return "".join(c if c.isprintable() else " " for c in text)[:limit]


class Chunks:
    """A growing text: whole on local disk, and on the volume as closed numbered files."""

    def __init__(self, folder, suffix, whole):
        self.folder, self.suffix, self.whole = folder, suffix, whole
        self.pending, self.since, self.count, self.size = bytearray(), 0.0, 0, 0

    def add(self, data):
        if self.size > LOG_MAX_BYTES:
            return
        self.size += len(data)
        if self.size > LOG_MAX_BYTES:
            data += b"[more than 64 MiB: the rest is not kept]\n"
        if not self.pending:
            self.since = time.monotonic()
        self.pending += data
        with open(self.whole, "ab") as file:
            file.write(data)

    def flush(self, force=False):
        """Closes chunks that are full or old enough. What cannot be written now is kept for later."""
        old = time.monotonic() - self.since > CHUNK_S * SCALE
        while self.pending and (force or old or len(self.pending) >= CHUNK_BYTES):
            cut = self.pending.rfind(b"\n", 0, CHUNK_BYTES) + 1 or CHUNK_BYTES
            try:
                os.makedirs(self.folder, exist_ok=True)
                write_file(self.folder / f"{self.count + 1:08d}.{self.suffix}", self.pending[:cut])
            except OSError:
                return
            del self.pending[:cut]
            self.count += 1
            self.since = time.monotonic()


class Run:
    """One job on this machine: its claim, its status, its log, its limits."""

    def __init__(self):
        self.started = time.monotonic()
        self.folder = Path(os.environ["TABPOD_RUN"])
        self.machine = clean(os.environ["TABPOD_MACHINE" if LOCAL else "RUNPOD_POD_ID"], 128)
        self.cache = Path(os.environ.get("TABPOD_CACHE") or Path.home() / ".cache" / "tabpod")
        self.work = self.cache / "work" / re.sub(r"[^\w-]", "_", self.machine)
        self.limit = self.started + float(os.environ["TABPOD_SOFT_LIMIT_S"]) * SCALE
        self.stop = None
        self.state, self.beat, self.attempt = "waiting", 0, 1
        self.told = {"phase": None, "round": None, "of": None, "metric": None}
        self.tail, self.errors = collections.deque(maxlen=40), collections.deque(maxlen=12)
        self.log = Chunks(self.folder / "log", "txt", self.work / "train.log")
        self.progress = Chunks(self.folder / "progress", "jsonl", self.work / "progress.whole")
        self.progress_read, self.published, self.control_read = 0, 0.0, 0.0
        self.changed = True
        self.self_termination = "not_needed" if LOCAL else can_end_itself()

    # --- what the host sees ---

    def claim(self):
        """Takes the run for this machine. `ours`, `again` when this machine had it before, else `foreign`."""
        path, nonce = self.folder / "claim.json", secrets.token_hex(16)
        mine = {"version": CONTRACT_VERSION, "machine": self.machine, "attempt": 1, "nonce": nonce}
        os.makedirs(self.folder, exist_ok=True)
        try:
            with open(path, "xb") as file:
                file.write(json.dumps(mine).encode())
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
        tail = [clean(line, 1000) for line in self.tail]
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
        data = self.status(final)
        try:
            write_file(self.folder / "status.json", data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                # Room kept for this moment, so that a full volume can still be told.
                (self.folder / "reserve").unlink(missing_ok=True)
            return False
        self.published, self.changed = time.monotonic(), False
        return True

    def say(self, text, line=None, error=False):
        """Adds a line to the log."""
        try:
            self.log.add(line or f"{text}\n".encode())
        except OSError:
            pass
        if text.strip():
            self.tail.append(text)
            if error:
                self.errors.append(text)
        self.changed = True

    def enter(self, state, text):
        self.state = state
        self.say(f"tabpod: {text}")
        self.publish()

    def tick(self):
        """Everything that must happen while something else goes on: limit, control, progress, chunks, beat."""
        now = time.monotonic()
        if now > self.limit:
            self.stop = self.stop or "time_limit"
        if now - self.control_read > CONTROL_S * SCALE:
            self.control_read = now
            wish = read_json(self.folder / "control.json").get("stop")
            self.stop = self.stop or (clean(wish, 64) if wish else None)
        self.read_progress()
        self.log.flush()
        self.progress.flush()
        age = now - self.published
        if age > BEAT_S * SCALE or (self.changed and age > min(1, BEAT_S * SCALE)):
            self.publish()

    def read_progress(self):
        """Takes the complete lines the script has added to its progress file since the last look."""
        try:
            with open(self.work / "progress.jsonl", "rb") as file:
                file.seek(self.progress_read)
                data = file.read(CHUNK_BYTES)
        except OSError:
            return
        data = data[: data.rfind(b"\n") + 1]
        if not data:
            return
        self.progress_read += len(data)
        self.progress.add(data)
        for line in data.splitlines():
            self.told.update(progress_of(line))
        self.changed = True

    def check_stop(self):
        self.tick()
        if self.stop:
            raise Ended("stopped", self.stop)

    # --- the steps of the job ---

    def perform(self):
        """The whole job; always raises Ended."""
        shutil.rmtree(self.work, ignore_errors=True)
        for name in ("script", "data", "tmp"):
            os.makedirs(self.work / name)
        expected = json.loads(os.environ["TABPOD_EXPECT"])
        self.enter("waiting", "waiting for the inputs")
        with open(self.folder / "reserve", "wb") as file:
            file.write(bytes(2 * STATUS_MAX_BYTES))
        script = self.fetch(os.environ["TABPOD_SCRIPT"], expected["script"], self.work / "script" / "train.py")
        environment = self.environment({"TABPOD_RUN": str(self.folder), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"})
        environment["TABPOD_PROGRESS"] = str(self.work / "progress.jsonl")
        if os.environ.get("TABPOD_DATASET_URL"):
            environment["TABPOD_DATASET_URL"] = os.environ["TABPOD_DATASET_URL"]
        dataset = os.environ.get("TABPOD_DATASET")
        if dataset:
            copy = self.work / "data" / os.path.basename(dataset)
            environment["TABPOD_DATASET"] = str(self.fetch(dataset, expected["dataset"], copy))
        self.enter("preparing", "preparing the Python environment")
        python = python_for(self, script.read_text("utf-8"))
        self.enter("running", "running the script")
        code = self.execute([python, str(script)], environment)
        self.judge(code)

    def judge(self, code):
        """Turns the script's exit code into the end of the run."""
        detail = next((e for e in reversed(self.errors) if re.match(r"\S*[A-Za-z]", e)), f"exit code {code}")
        if self.stop:
            raise Ended("stopped", self.stop, None, code)
        if code == 0 and (self.folder / "metrics.json").is_file():
            raise Ended("succeeded", exit=0)
        if code == 0:
            raise failed("script", "The script ended well but wrote no metrics.json.", code)
        if code in (137, -9) or "MemoryError" in detail:
            raise failed("out_of_memory", f"The script was killed or ran out of memory: {detail}", code)
        if re.search(r"No space left on device|Disk quota exceeded", detail):
            raise failed("no_space", detail, code)
        raise failed("script", detail, code)

    def fetch(self, source, expected, target):
        """Copies an input to local disk and checks it. Waits a while: what was uploaded may show up late."""
        deadline = time.monotonic() + INPUTS_S * SCALE
        looked_at = problem = None
        while True:
            try:
                stat = os.stat(source)
                if (stat.st_size, stat.st_mtime_ns) != looked_at:
                    looked_at = (stat.st_size, stat.st_mtime_ns)
                    if self.copy(source, target) == expected:
                        return target
                problem = ("input_damaged", "is not what was uploaded")
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise
                problem = ("input_missing", f"cannot be read: {error.strerror}")
            if time.monotonic() > deadline:
                raise failed(problem[0], f"{os.path.basename(source)} {problem[1]}.")
            self.check_stop()
            time.sleep(min(1, SCALE))

    def copy(self, source, target):
        digest = hashlib.sha256()
        with open(source, "rb") as reader, open(target, "wb") as writer:
            while data := reader.read(1024 * 1024):
                digest.update(data)
                writer.write(data)
                self.check_stop()
        return digest.hexdigest()

    def environment(self, more, kept=KEPT):
        """A cleaned environment, with temporary files on local disk."""
        passed = {name: value for name, value in os.environ.items() if kept.fullmatch(name) or KEPT.fullmatch(name)}
        temporary = str(self.work / "tmp")
        return {**passed, "TMPDIR": temporary, "TEMP": temporary, "TMP": temporary, **more}

    def execute(self, command, environment):
        """Runs a command to its end; when the run is to stop: SIGTERM, its grace, SIGKILL. Returns the exit code."""
        self.errors.clear()
        lines = queue.Queue(10_000)
        process = subprocess.Popen(
            command, env=environment, cwd=self.work, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1, **OWN_GROUP
        )
        pumps = [
            threading.Thread(target=pump, args=(process.stdout, False, lines), daemon=True),
            threading.Thread(target=pump, args=(process.stderr, True, lines), daemon=True),
        ]
        for thread in pumps:
            thread.start()
        kill_at = math.inf
        while process.poll() is None:
            self.drain(lines, wait=0.1)
            self.tick()
            if self.stop and kill_at == math.inf:
                self.say(f"tabpod: stopping ({self.stop})")
                kill_at = time.monotonic() + GRACE_S * SCALE
                process.send_signal(signal.CTRL_BREAK_EVENT if WINDOWS else signal.SIGTERM)
            if time.monotonic() > kill_at:
                kill_group(process)
        kill_group(process)
        patience = time.monotonic() + 2
        while time.monotonic() < patience and any(thread.is_alive() for thread in pumps):
            self.drain(lines, wait=0.05)
        self.drain(lines)
        self.read_progress()
        return process.returncode

    def drain(self, lines, wait=0.0):
        """Logs what the command has printed, waiting up to `wait` seconds for a first line."""
        try:
            for _ in range(2000):
                line, error = lines.get(wait > 0, wait or None)
                wait = 0.0
                self.say(line.decode("utf-8", "replace").rstrip().rsplit("\r")[-1], line, error)
        except queue.Empty:
            pass

    def finish(self, ended):
        """Puts everything on the volume: log, progress, hashes, and last of all the final status."""
        self.log.flush(force=True)
        self.progress.flush(force=True)
        for name, chunks in (("train.log", self.log), ("progress.jsonl", self.progress)):
            try:
                if chunks.size:
                    shutil.copyfile(chunks.whole, self.folder / f"{name}.tmp")
                    os.replace(self.folder / f"{name}.tmp", self.folder / name)
            except OSError:
                pass
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

    def crashed_before(self):
        """This machine had the run already: its container was started again. Says so, unless the end was told."""
        before = read_json(self.folder / "status.json")
        if before.get("final"):
            return
        self.attempt, self.beat = 2, before.get("beat") or 0
        self.told = {name: before.get(name) for name in self.told}
        self.tail.extend(before.get("tail") or [])
        self.log.count = before.get("logChunks") or 0
        self.progress.count = before.get("progressChunks") or 0
        self.finish(failed("crashed", "The machine was started a second time while the job was running."))


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
    if isinstance(metric, dict) and type(metric.get("value")) in (int, float) and math.isfinite(metric["value"]):
        told["metric"] = {"name": clean(metric.get("name"), 32), "value": metric["value"]}
    return told


def pump(stream, error, lines):
    """Cuts a stream into lines of bounded length."""
    for line in iter(lambda: stream.readline(LINE_MAX_BYTES), b""):
        lines.put((line if line.endswith(b"\n") else line + b"\n", error))


def lead_own_group():
    """In the child: a process group of its own, and its end when this process dies (where Linux offers that)."""
    os.setpgid(0, 0)
    if LIBC:
        LIBC.prctl(1, signal.SIGKILL)


OWN_GROUP = {"creationflags": 0x200} if WINDOWS else {"preexec_fn": lead_own_group}


def kill_group(process):
    """Kills a command and whatever it left behind."""
    if WINDOWS:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True)
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        pass


def results(folder):
    """Size and hash of every file that the host may fetch, each flushed to the volume first."""
    files = {}
    for entry in sorted(os.scandir(folder), key=lambda entry: (entry.name != "metrics.json", entry.name)):
        wanted = ARTEFACT.fullmatch(entry.name) and entry.name not in NOT_RESULTS and not entry.name.endswith(".tmp")
        if not wanted or not entry.is_file(follow_symlinks=False) or len(files) == FILES_MAX:
            continue
        digest, size = hashlib.sha256(), 0
        try:
            with open(entry.path, "rb" if not WINDOWS else "rb+") as file:
                os.fsync(file.fileno())
                while data := file.read(1024 * 1024):
                    digest.update(data)
                    size += len(data)
        except OSError:
            continue
        files[entry.name] = {"bytes": size, "sha256": digest.hexdigest()}
    return files


# --- the Python environment ---


def header_of(script):
    """The PEP 723 metadata of a script; an empty object when it has none."""
    if sys.version_info < (3, 11):
        raise failed("environment", f"Python 3.11 or newer is needed; this machine has {platform.python_version()}.")
    import tomllib

    block = re.search(r"(?m)^# /// script$\s((?:^#(?:| .*)$\s)+)^# ///$", script)
    return tomllib.loads("".join(line[2:] for line in block[1].splitlines(True))) if block else {}


def gpu_answers():
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def python_in(folder):
    return str(folder / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def is_usable(folder):
    """Whether an environment was completed and its Python is still there."""
    try:
        done = (folder / "complete.json").exists()
        return done and subprocess.run([python_in(folder), "-I", "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def python_for(run, script):
    """The Python of an environment with the script's requirements, built unless this machine has it already."""
    header = header_of(script)
    tool = header.get("tool", {})
    wanted = list(header.get("dependencies", []))
    if not wanted:
        return sys.executable
    if gpu_answers():
        wanted += tool.get("tabpod", {}).get("cuda", [])
    overrides = tool.get("uv", {}).get("override-dependencies", [])
    newer = tool.get("uv", {}).get("exclude-newer", "")
    facts = [wanted, overrides, newer, sys.version, sys.executable, platform.platform()]
    folder = run.cache / "envs" / hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:24]
    if is_usable(folder):
        run.say("tabpod: the environment is there already")
        return python_in(folder)
    os.makedirs(folder.parent, exist_ok=True)
    # Built aside and renamed, so that two builders never meet in one folder.
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        install(run, part, wanted, overrides, newer)
        (part / "complete.json").write_text(json.dumps(facts))
        if not is_usable(folder):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            os.rename(part, folder)
        except OSError:
            if not is_usable(folder):
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return python_in(folder)


def install(run, folder, wanted, overrides, newer):
    """Makes a virtual environment and installs into it: with uv where there is one, else with pip."""
    files = {"requirements": run.work / "requirements.txt", "overrides": run.work / "overrides.txt"}
    files["requirements"].write_text("\n".join(wanted), "utf-8")
    files["overrides"].write_text("\n".join(overrides), "utf-8")
    more = {} if LOCAL else {"UV_CACHE_DIR": str(run.cache / "uv"), "PIP_CACHE_DIR": str(run.cache / "pip")}
    environment = run.environment(more, INSTALLER_KEPT)
    beside = os.path.dirname(sys.executable)
    uv = shutil.which("uv") or shutil.which("uv", path=beside)
    requirements = ["-r", str(files["requirements"])]
    if uv:
        dated = ["--exclude-newer", newer] if newer else []
        make = [uv, "venv", "--no-project", "--allow-existing", "--python", sys.executable, str(folder)]
        fill = [uv, "pip", "install", "--python", python_in(folder), *requirements, *dated]
        fill += ["--override", str(files["overrides"])] if overrides else []
    else:
        make = [sys.executable, "-m", "venv", str(folder)]
        fill = [python_in(folder), "-m", "pip", "install", "--disable-pip-version-check", *requirements]
    for command in (make, fill):
        code = run.execute(command, environment)
        run.check_stop()
        if code != 0:
            raise failed("environment", f"The packages could not be installed: {complaint(run.errors)}")


def complaint(lines):
    """The last complaint of an installer, which may be several lines long, as one sentence."""
    lines = list(lines)
    starts = [index for index, line in enumerate(lines) if re.match(r"\s*(error|ERROR|\u00d7)", line)]
    return " ".join(re.sub(r"^[\s\W]+", "", line) for line in lines[starts[0] if starts else -1 :]) or "no reason given"


# --- the end of the machine ---


def ask(path_url, body=None):
    """Calls the API as this pod; the HTTP status (0 when there was no answer) and the body."""
    headers = {
        "Authorization": f"Bearer {os.environ.get('RUNPOD_API_KEY', '')}",
        "Content-Type": "application/json",
        "User-Agent": "tabpod-runner/1",
    }
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(path_url, data, headers), timeout=20) as answer:
            return answer.status, answer.read(STATUS_MAX_BYTES)
    except urllib.error.HTTPError as error:
        return error.code, b""
    except (OSError, ValueError):
        return 0, b""


def rest(suffix=""):
    return f"{os.environ['TABPOD_REST_URL']}/pods/{os.environ['RUNPOD_POD_ID']}{suffix}"


def graphql(text):
    pod = json.dumps(os.environ["RUNPOD_POD_ID"])
    return ask(os.environ["TABPOD_GRAPHQL_URL"], {"query": text.replace("$POD", pod)})


def can_end_itself():
    """Whether the key of this pod may speak for it: `works`, `refused` or `unknown`."""
    code, _ = ask(rest())
    if code == 200:
        return "works"
    answer, body = graphql("query{pod(input:{podId:$POD}){id}}")
    if answer == 200 and os.environ["RUNPOD_POD_ID"].encode() in body:
        return "works"
    return "refused" if code in (401, 403) else "unknown"


def end_machine():
    """Ends this machine. A pod asks for that for ever: it is billed until it is gone."""
    tries = 0
    while not LOCAL:
        ask(rest("/action"), {"action": "terminate"})
        graphql("mutation{podTerminate(input:{podId:$POD})}")
        tries += 1
        time.sleep((5 if tries <= 6 else 30) * SCALE)


def wait_for_registration():
    """On this computer: goes on only when the host has recorded this process, so that none runs unseen."""
    path, deadline = os.environ.get("TABPOD_REGISTRATION"), time.monotonic() + 30
    while path and not read_json(path).get("pid"):
        if time.monotonic() > deadline:
            raise SystemExit("tabpod: nobody registered this process")
        time.sleep(0.05)


def main():
    wait_for_registration()
    run = Run()
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: setattr(run, "stop", run.stop or "interrupted"))
    held = run.claim()
    if held == "again":
        run.crashed_before()
    if held != "ours":
        return
    try:
        run.perform()
    except Ended as ended:
        run.finish(ended)
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        run.say(f"tabpod: {error!r}", error=True)
        run.finish(failed("no_space" if full else "crashed", str(error) or repr(error)))


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        print(f"tabpod: {error!r}", file=sys.stderr)
    finally:
        end_machine()
