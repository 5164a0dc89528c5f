"""Quality: Tabpod's families at default settings against their libraries' defaults and forests.

Every model of a split sees the same rows: Tabpod by a column that says `train` or `test`. A result
is kept as soon as it is there, and what is kept is not measured again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import CACHE, FAMILIES, keep, kept, render, use_cores, versions
from datasets import DEVELOPMENT, REGRESSION, REPORTED, Dataset
from peers import peers
from sklearn.metrics import log_loss, root_mean_squared_error
from sklearn.model_selection import KFold, StratifiedKFold

PART = "part"
# AutoGluon's names of the families that it has too, and where its environment is.
AUTOGLUON = {"xgboost": "XGB", "lightgbm": "GBM", "catboost": "CAT"}
AUTOGLUON_PYTHON = CACHE / "autogluon" / ("Scripts" if os.name == "nt" else "bin") / "python"
PACKAGES = ("xgboost", "lightgbm", "catboost", "keras", "jax", "scikit-learn")


def splits(dataset: Dataset, table: pd.DataFrame, repeats: int) -> Iterator[tuple[str, np.ndarray]]:
    """Two disjoint test parts of 20 % a repeat, as names and masks of the rows tested on."""
    kind = KFold if dataset.task == REGRESSION else StratifiedKFold
    for repeat in range(repeats):
        folds = kind(5, shuffle=True, random_state=repeat).split(table, table[dataset.target])
        for half, (_, test) in zip(("a", "b"), folds, strict=False):
            mask = np.zeros(len(table), dtype=bool)
            mask[test] = True
            yield f"{repeat}{half}", mask


class Bench:
    """One dataset: its file on disk, its scripts, and what was measured before."""

    def __init__(self, dataset: Dataset, environment: dict[str, str], threads: int) -> None:
        self.dataset, self.environment, self.threads = dataset, environment, threads
        self.table = dataset.table()
        self.folder = CACHE / "quality" / dataset.name
        self.file = self.folder / f"{dataset.name}.csv"
        labels = [] if dataset.task == REGRESSION else self.table[dataset.target].unique()
        self.classes = sorted(labels)
        self.metric = "rmse" if dataset.task == REGRESSION else "log_loss"
        self.done = {
            (line["split"], line["model"], line["of"])
            for line in kept("quality")
            if line["dataset"] == dataset.name
        }
        self.scripts: dict[str, Path] = {}

    def write(self, test: np.ndarray) -> None:
        """Write the file with the column that divides it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        parts = np.where(test, "test", "train")
        self.table.assign(**{PART: parts}).to_csv(self.file, index=False)

    def script(self, family: str) -> Path:
        """The script of a family: one for all splits, which differ in one column of the file."""
        spec = {
            "dataset": {"path": str(self.file)},
            "target": self.dataset.target,
            "model": f"{family}_{self.dataset.task}",
            "split": {"kind": "column", "column": PART},
        }
        return render(spec, self.folder / family)

    def score(self, truth: np.ndarray, answer: np.ndarray) -> float:
        """Root mean squared error of values, or log loss of probabilities."""
        if self.dataset.task == REGRESSION:
            return float(root_mean_squared_error(truth, answer))
        # Single precision adds up to 1 only nearly.
        shares = answer / answer.sum(axis=1, keepdims=True)
        return float(log_loss(truth, shares, labels=range(len(self.classes))))

    def target(self, test: np.ndarray) -> np.ndarray:
        """Values, or positions in the list of classes, of some rows."""
        column = self.table[self.dataset.target][test]
        if self.dataset.task == REGRESSION:
            return column.to_numpy()
        return column.map(self.classes.index).to_numpy()

    def measure(
        self, split: str, test: np.ndarray, families: Sequence[str], autogluon: bool
    ) -> None:
        """Everything that is to be measured on one split."""
        self.write(test)
        libraries = [f"{family} library" for family in families]
        self.measure_peers(split, test, [*libraries, "forest", "hist_gradient_boosting"])
        if autogluon:
            self.measure_autogluon(split, test, families)
        for family in families:
            self.scripts.setdefault(family, self.script(family))
            self.measure_tabpod(split, test, family, self.scripts[family])

    def measure_tabpod(self, split: str, test: np.ndarray, family: str, script: Path) -> None:
        """Run a script and score what it says of the rows tested on."""
        of = hashlib.sha256(script.read_bytes()).hexdigest()[:12]
        if (split, family, of) in self.done:
            return
        out = self.folder / family / "out"
        shutil.rmtree(out, ignore_errors=True)
        started = time.monotonic()
        command = [sys.executable, script, "--data", self.file, "--out", out]
        done = subprocess.run(command, env=self.environment, capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{self.dataset.name} {family}: {done.stderr.decode()[-2000:]}")
        seconds = time.monotonic() - started
        report = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
        said = pd.read_parquet(out / "test_predictions.parquet").sort_values("row")
        if not np.array_equal(said["row"], np.flatnonzero(test)):
            raise RuntimeError(f"{self.dataset.name} {family}: other rows were tested on")
        answer = self.answer(said, report)
        value = self.score(self.target(test), answer)
        validation = report["metrics"]["validation"][self.metric]["value"]
        about = {"validation": validation, "rounds": report["rounds"], "timing": report["timing"]}
        self.keep(split, family, value, seconds, of, **about)

    def answer(self, said: pd.DataFrame, report: dict[str, Any]) -> np.ndarray:
        """Predictions in the form that `score` takes."""
        if self.dataset.task == REGRESSION:
            return said["prediction"].to_numpy()
        if len(self.classes) > 2:
            return said[[f"probability_{label}" for label in self.classes]].to_numpy()
        positive = self.classes.index(report["target"]["positive_class"])
        share = said["probability"].to_numpy()
        return np.column_stack([share, 1 - share] if positive == 0 else [1 - share, share])

    def measure_peers(self, split: str, test: np.ndarray, names: Sequence[str]) -> None:
        """Fit the peers on all rows that are not tested on."""
        # What a peer sees is what is in the file, read as pandas reads it.
        table = pd.read_csv(self.file).drop(columns=[PART, self.dataset.target])
        seed = int(split[:-1])
        of = versions(PACKAGES)
        for name, make in peers(table, len(self.classes), seed, self.threads).items():
            if name not in names or (split, name, of) in self.done:
                continue
            started = time.monotonic()
            with warnings.catch_warnings():
                # Unknown categories and names of columns: said once for each fit.
                warnings.simplefilter("ignore")
                model = make().fit(table[~test], self.target(~test))
                ask = model.predict_proba if self.classes else model.predict
                answer = ask(table[test])
            seconds = time.monotonic() - started
            self.keep(split, name, self.score(self.target(test), answer), seconds, of)

    def measure_autogluon(self, split: str, test: np.ndarray, families: Sequence[str]) -> None:
        """Fit AutoGluon's single models in the environment that is theirs."""
        requirements = Path(__file__).with_name("requirements-autogluon.txt")
        of = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
        answers = self.folder / "autogluon.npy"
        for family in families:
            name = f"{family} autogluon"
            if family not in AUTOGLUON or (split, name, of) in self.done:
                continue
            started = time.monotonic()
            program = Path(__file__).with_name("autogluon_model.py")
            asked = [self.file, self.dataset.target, self.dataset.task, AUTOGLUON[family], answers]
            command = [AUTOGLUON_PYTHON, program, *asked]
            done = subprocess.run(command, env=self.environment, capture_output=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"{self.dataset.name} {name}: {done.stderr.decode()[-2000:]}")
            seconds = time.monotonic() - started
            said = done.stdout.decode().splitlines()[-1]
            value = self.score(self.target(test), np.load(answers))
            self.keep(split, name, value, seconds, of, autogluon=said)

    def keep(
        self, split: str, model: str, value: float, seconds: float, of: str, **more: Any
    ) -> None:
        """Keep a result, and say it."""
        tested = {"dataset": self.dataset.name, "split": split, "model": model, "of": of}
        result = {"metric": self.metric, "value": value, "seconds": round(seconds, 2)}
        size = {"task": self.dataset.task, "rows": len(self.table)}
        keep("quality", {**tested, **result, **size, "versions": versions(PACKAGES), **more})
        print(
            f"{self.dataset.name} {split} {model}: {self.metric} {value:.4f}, {seconds:.1f} s",
            flush=True,
        )


def main() -> None:
    """Measure what the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", choices=("reported", "development"), default="reported")
    parser.add_argument("--datasets", nargs="*", help="only these, by name")
    parser.add_argument("--families", nargs="*", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--repeats", type=int, default=10, help="two splits each")
    parser.add_argument("--threads", type=int, default=1, help="cores of one fit")
    parser.add_argument("--autogluon", action="store_true", help="its single models too")
    options = parser.parse_args()
    sets = REPORTED if options.sets == "reported" else DEVELOPMENT
    wanted = [each for each in sets if not options.datasets or each.name in options.datasets]
    environment = use_cores(options.threads)
    benches = [Bench(dataset, environment, options.threads) for dataset in wanted]
    # Split by split over all sets, so that a run that is cut off has measured each of them alike.
    parts = (splits(bench.dataset, bench.table, options.repeats) for bench in benches)
    for tested in zip(*parts, strict=True):
        for bench, (split, test) in zip(benches, tested, strict=True):
            bench.measure(split, test, options.families, options.autogluon)


if __name__ == "__main__":
    main()
