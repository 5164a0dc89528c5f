def watched_metric(config: Mapping[str, Any]) -> str:
    """Name of what is watched; libraries watch the error where the accuracy is asked for."""
    return "error" if config["stop_on"] == "accuracy" else config["stop_on"]


class Run:
    """Where this run reads and writes, how far it is, and whether it was asked to end."""

    def __init__(
        self,
        dataset: Path | None,
        test_dataset: Path | None,
        folder: Path,
        scratch: Path,
        config: Mapping[str, Any],
    ) -> None:
        self.watched = watched_metric(config)
        self.dataset, self.test_dataset = dataset, test_dataset
        self.folder, self.scratch = folder, scratch
        self.stopping = False
        self.device: dict[str, str] = {}
        self.peak_gpu_mb: float | None = None
        self.gpu_looked_at = 0.0
        self.started = self.phase_started = time.monotonic()
        self.timing: dict[str, float] = {}
        self.current = "starting"
        self.told = 0.0
        self.progress_file = os.environ.get("TABPOD_PROGRESS")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self.stop)

    @staticmethod
    def from_command_line(config: Mapping[str, Any], scratch: Path) -> Run:
        """Options first, then the environment of a machine, then what works by hand."""
        parser = argparse.ArgumentParser(description="Train a model on one table.")
        parser.add_argument(
            "--data", type=Path, help="the dataset (else TABPOD_DATASET, else CONFIG)"
        )
        parser.add_argument(
            "--out", type=Path, help="folder for results (else TABPOD_RUN, else tabpod-run)"
        )
        parser.add_argument(
            "--test-data", type=Path, help="a file of test rows, where the split has one"
        )
        options = parser.parse_args()
        dataset = options.data or os.environ.get("TABPOD_DATASET")
        tested = options.test_data or os.environ.get("TABPOD_TEST_DATASET")
        folder = options.out or os.environ.get("TABPOD_RUN") or "tabpod-run"
        return Run(
            Path(dataset) if dataset else None,
            Path(tested) if tested else None,
            Path(folder),
            scratch,
            config,
        )

    def stop(self, *_: object) -> None:
        """End the fit after the current round; what there is by then is evaluated and saved."""
        self.stopping = True

    def phase(self, name: str) -> None:
        """Begin the next phase, and note how long the last one took."""
        self.end_phase()
        self.current, self.told = name, 0.0
        print(f"{name} …", flush=True)
        self.tell({"phase": name, "round": None, "of": None, "metric": None})

    def look_at_gpu(self) -> None:
        """Note how much of the GPU's memory is taken, every few seconds while it is in use."""
        now = time.monotonic()
        if self.device.get("actual") == "cuda" and now - self.gpu_looked_at >= 5:
            self.gpu_looked_at = now
            self.peak_gpu_mb = max(gpu_memory_mb(), self.peak_gpu_mb or 0.0)

    def end_phase(self) -> None:
        """Note how long the phase took."""
        self.look_at_gpu()
        now = time.monotonic()
        self.timing[self.current] = self.timing.get(self.current, 0.0) + now - self.phase_started
        self.phase_started = now

    def round(self, number: int, of: int, value: float) -> bool:
        """Tell about a round, at most once a second. Returns True when the fit should end."""
        now = time.monotonic()
        if now - self.told >= 1:
            self.told = now
            self.look_at_gpu()
            finite = value if np.isfinite(value) else None
            about = None if finite is None else {"name": self.watched, "value": finite}
            self.tell({"phase": self.current, "round": number, "of": of, "metric": about})
            print(
                f"{self.current}: round {number} of at most {of}, {self.watched} {value:.6g}",
                flush=True,
            )
        return self.stopping

    def tell(self, line: Mapping[str, Any]) -> None:
        """Append one line to the progress file, if the machine named one."""
        if self.progress_file:
            with open(self.progress_file, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def choose_device(self, config: Mapping[str, Any], gpu_answers: Callable[[], bool]) -> str:
        """Establish the device before any data is read: a GPU that was paid for has to work."""
        wanted = actual = config["device"]
        if wanted == "cuda" and not gpu_answers():
            if not config["allow_cpu"]:
                raise BadData(
                    "A GPU was asked for, but none works here and CPU training is not allowed."
                )
            print("no GPU works here: training on the CPU", flush=True)
            actual = "cpu"
        self.device = {"requested": wanted, "actual": actual}
        return actual

    def fit_seconds(self) -> float:
        """Seconds spent on fitting so far."""
        return self.timing.get("training", 0.0) + self.timing.get("refitting", 0.0)
