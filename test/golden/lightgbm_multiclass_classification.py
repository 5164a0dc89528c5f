# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = [
#     "lightgbm>=4.7,<5",
#     "numpy>=2.1,<3",
#     "pandas>=2.3,<4",
#     "pyarrow>=21,<27",
#     "scikit-learn>=1.7,<2",
# ]
#
# [tool.uv]
# exclude-newer = "2026-11-15T00:00:00Z"
#
# [tool.tabpod]
# cuda = []
# ///
"""Train a LightGBM classifier on one table, and say honestly how good it is.

Run it with `uv run --script THIS_FILE --data DATA.csv --out FOLDER`, or with any Python that has
the packages above. What can be changed stands in CONFIG.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import errno
import hashlib
import http.client
import io
import json
import os
import pickle
import platform
import re
import signal
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

# fmt: off
CONFIG: dict[str, Any] = {
    "dataset": {"file": "penguins.csv"},
    "dialect": {
        "delimiter": ",",
        "quote": '"',
        "encoding": "utf-8",
        "decimal": ".",
        "thousands": None,
        "missing": ["NA"],
    },
    "family": "lightgbm",
    "task": "multiclass_classification",
    "target": "species",
    "classes": ["Adelie", "Chinstrap", "Gentoo"],
    "positive_class": None,
    "features": {
        "numeric": ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g", "year"],
        "boolean": [],
        "category": ["island", "sex"],
        "category_high": [],
        "date": [],
    },
    "left_out": [],
    "sample_weight": None,
    "split": {"kind": "stratified", "test": 0.2, "validation": 0.16},
    "seed": 42,
    "bagging": False,
    "device": "cpu",
    "allow_cpu": False,
    "objective": "default",
    "quantile": None,
    "stop_on": "log_loss",
    "headline": "accuracy",
    "hyperparameters": {
        "n_estimators": 2000,
        "learning_rate": 0.04,
        "num_leaves": 31,
        "max_depth": -1,
        "subsample": 0.9,
        "colsample_bytree": 0.8,
        "min_child_samples": 10,
        "early_stopping_rounds": 100,
        "subsample_freq": 1,
        "min_child_weight": 0.001,
        "reg_lambda": 1,
        "reg_alpha": 0,
        "min_split_gain": 0,
        "max_bin": 255,
        "extra_trees": False,
        "cat_smooth": 10,
        "cat_l2": 10,
        "max_cat_to_onehot": 4,
        "min_data_per_group": 100,
    },
}
# fmt: on

# Metrics that early stopping can watch, and LightGBM's names for them.
WATCH = {"log_loss": "multi_logloss", "accuracy": "multi_error"}


def prepare_data(dataset: Dataset, run: Run) -> Data:
    """Divide the rows, learn the preprocessing from the training part alone, apply it to all."""
    run.phase("preparing")
    target = read_target(dataset, CONFIG)
    parts = split_rows(dataset, target, CONFIG)
    schema = fit_schema(dataset.table.filter(pa.array(parts == TRAIN)), CONFIG, target.classes)
    return Data.of(dataset, target, parts, schema, apply_schema(dataset.table, schema), CONFIG)


def train_lightgbm_model(
    run: Run, fitted_on: Part, watched: Part | None, rounds: int | None
) -> Fitted:
    """Fit one model: for `rounds`, or without them until the rows it watches gain no more."""
    settings = dict(CONFIG["hyperparameters"])
    patience = settings.pop("early_stopping_rounds")
    settings["n_estimators"] = rounds or settings["n_estimators"]
    model = lgb.LGBMClassifier(
        objective="multiclass",
        num_class=fitted_on.classes,
        **settings,
        metric=WATCH[CONFIG["stop_on"]],
        n_jobs=fitted_on.threads,
        random_state=CONFIG["seed"],
        deterministic=True,
        force_col_wise=True,
        verbosity=-1,
    )
    shown = [fitted_on] if watched is None else [fitted_on, watched]
    weighted = fitted_on.weight is not None
    progress = Rounds(run, settings["n_estimators"])
    patient = lgb.early_stopping(patience, first_metric_only=True, verbose=False)
    names = fitted_on.features.columns
    model.fit(
        fitted_on.features,
        fitted_on.target,
        sample_weight=fitted_on.weight,
        eval_X=tuple(part.features for part in shown),
        eval_y=tuple(part.target for part in shown),
        eval_sample_weight=[part.weight for part in shown] if weighted else None,
        categorical_feature=names[fitted_on.categorical].tolist(),
        callbacks=[progress, patient] if rounds is None else [progress],
    )
    return fitted_lightgbm(model, progress)


def main(run: Run) -> None:
    """Read, prepare, train, evaluate, save."""
    run.choose_device(CONFIG, gpu_answers)
    dataset = load_dataset(run, CONFIG)
    data = prepare_data(dataset, run)
    fit = partial(train_lightgbm_model, run)
    outcome = select_and_refit(run, data, fit, CONFIG)
    report = evaluate(run, data, outcome, CONFIG)
    save_model_to_storage(run, data, outcome, report)
    save_metrics_to_storage(run, report)


