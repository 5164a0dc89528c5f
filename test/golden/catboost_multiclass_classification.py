# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = [
#     "catboost>=1.2.8,<1.3",
#     "numpy>=2.1,<3",
#     "pandas>=2.3,<4",
#     "pyarrow>=21,<27",
#     "scikit-learn>=1.7,<2",
# ]
#
# [tool.uv]
# exclude-newer = "2026-11-15T00:00:00Z"
# override-dependencies = [
#     "graphviz>=0.20; sys_platform == 'never'",
#     "matplotlib>=3; sys_platform == 'never'",
#     "plotly>=6; sys_platform == 'never'",
# ]
#
# [tool.tabpod]
# cuda = []
# ///
"""Train a CatBoost classifier on one table, and say honestly how good it is.

Run it with `uv run --script THIS_FILE --data DATA.csv --out FOLDER`, or with any Python that has
the packages above. What can be changed stands in CONFIG.
"""

from __future__ import annotations

import _thread
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
import threading
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

import catboost
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
    "family": "catboost",
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
        "iterations": 2000,
        "learning_rate": 0.04,
        "depth": 6,
        "l2_leaf_reg": 1,
        "subsample": 0.8,
        "early_stopping_rounds": 100,
        "boosting_type": "Plain",
        "bootstrap_type": "Bernoulli",
        "grow_policy": "SymmetricTree",
        "random_strength": 1,
        "one_hot_max_size": 255,
        "leaf_estimation_iterations": 5,
        "border_count": 254,
        "max_ctr_complexity": 4,
        "min_data_in_leaf": 1,
    },
}
# fmt: on

# Metrics that early stopping can watch, and CatBoost's names for them.
WATCH = {"log_loss": "MultiClass", "accuracy": "ZeroOneLoss"}


def prepare_data(dataset: Dataset, run: Run) -> Data:
    """Divide the rows, learn the preprocessing from the training part alone, apply it to all."""
    run.phase("preparing")
    target = read_target(dataset, CONFIG)
    parts = split_rows(dataset, target, CONFIG)
    schema = fit_schema(dataset.table.filter(pa.array(parts == TRAIN)), CONFIG, target.classes)
    return Data.of(dataset, target, parts, schema, apply_schema(dataset.table, schema), CONFIG)


def train_catboost_model(
    run: Run, device: str, fitted_on: Part, watched: Part | None, rounds: int | None
) -> Fitted:
    """Fit one model: for `rounds`, or without them until the rows it watches gain no more."""
    settings = dict(CONFIG["hyperparameters"])
    if rounds is not None:
        settings |= {"iterations": rounds, "early_stopping_rounds": None}
    # CatBoost refuses settings that another one makes pointless.
    if settings["bootstrap_type"] in ("Bayesian", "No"):
        del settings["subsample"]
    if settings["grow_policy"] == "SymmetricTree":
        del settings["min_data_in_leaf"]
    model = catboost.CatBoostClassifier(
        loss_function="MultiClass",
        classes_count=fitted_on.classes,
        **settings,
        eval_metric=WATCH[CONFIG["stop_on"]],
        # Each round, also of what a GPU cannot measure itself.
        metric_period=1,
        task_type="GPU" if device == "cuda" else "CPU",
        thread_count=fitted_on.threads,
        random_seed=CONFIG["seed"],
        allow_writing_files=False,
        verbose=False,
    )
    watched_pool = None if watched is None else catboost_pool(watched)
    fit = fit_on_gpu if device == "cuda" else fit_on_cpu
    fit(run, model, catboost_pool(fitted_on), watched_pool)
    return fitted_catboost(model, fitted_on.categorical)


def main(run: Run) -> None:
    """Read, prepare, train, evaluate, save."""
    device = run.choose_device(CONFIG, gpu_answers)
    dataset = load_dataset(run, CONFIG)
    data = prepare_data(dataset, run)
    fit = partial(train_catboost_model, run, device)
    outcome = select_and_refit(run, data, fit, CONFIG)
    report = evaluate(run, data, outcome, CONFIG)
    save_model_to_storage(run, data, outcome, report)
    save_metrics_to_storage(run, report)


