# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = [
#     "numpy>=2.1,<3",
#     "pandas>=2.3,<4",
#     "pyarrow>=21,<27",
#     "scikit-learn>=1.7,<2",
#     "xgboost>=3.2,<3.3",
# ]
#
# [tool.uv]
# exclude-newer = "2026-11-15T00:00:00Z"
# override-dependencies = ["nvidia-nccl-cu12>=2; sys_platform == 'never'"]
#
# [tool.tabpod]
# cuda = []
# ///
"""Train an XGBoost regressor on one table, and say honestly how good it is.

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
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xgboost as xgb

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
    "family": "xgboost",
    "task": "regression",
    "target": "body_mass_g",
    "classes": [],
    "positive_class": None,
    "features": {
        "numeric": ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year"],
        "boolean": [],
        "category": ["species", "island", "sex"],
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
    "stop_on": "rmse",
    "headline": "rmse",
    "hyperparameters": {
        "n_estimators": 2000,
        "learning_rate": 0.05,
        "max_depth": 6,
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "min_child_weight": 2,
        "early_stopping_rounds": 100,
        "reg_lambda": 1,
        "reg_alpha": 0,
        "gamma": 0,
        "colsample_bylevel": 1,
        "colsample_bynode": 1,
        "grow_policy": "depthwise",
        "max_leaves": 0,
        "max_bin": 256,
        "max_cat_to_onehot": 4,
        "max_cat_threshold": 64,
        "max_delta_step": 0,
        "num_parallel_tree": 1,
    },
}
# fmt: on

# Metrics that early stopping can watch, and XGBoost's names for them.
WATCH = {"rmse": "rmse", "mae": "mae", "quantile_loss": "quantile"}


def prepare_data(dataset: Dataset, run: Run) -> Data:
    """Divide the rows, learn the preprocessing from the training part alone, apply it to all."""
    run.phase("preparing")
    target = read_target(dataset, CONFIG)
    parts = split_rows(dataset, target, CONFIG)
    schema = fit_schema(dataset.table.filter(pa.array(parts == TRAIN)), CONFIG, target.classes)
    return Data.of(dataset, target, parts, schema, apply_schema(dataset.table, schema), CONFIG)


def train_xgboost_model(
    run: Run, device: str, fitted_on: Part, watched: Part | None, rounds: int | None
) -> Fitted:
    """Fit one model: for `rounds`, or without them until the rows it watches gain no more."""
    settings = dict(CONFIG["hyperparameters"])
    if rounds is not None:
        settings |= {"n_estimators": rounds, "early_stopping_rounds": None}
    objective = {
        "default": {"objective": "reg:squarederror"},
        "log1p": {"objective": "reg:squarederror"},
        "mae": {"objective": "reg:absoluteerror"},
        "quantile": {"objective": "reg:quantileerror", "quantile_alpha": CONFIG["quantile"]},
    }[CONFIG["objective"]]
    model = xgb.XGBRegressor(
        **objective,
        **settings,
        eval_metric=WATCH[CONFIG["stop_on"]],
        tree_method="hist",
        device=device,
        enable_categorical=True,
        feature_types=["c" if categorical else "q" for categorical in fitted_on.categorical],
        n_jobs=fitted_on.threads,
        random_state=CONFIG["seed"],
        callbacks=[Rounds(run, settings["n_estimators"])],
    )
    shown = [fitted_on] if watched is None else [fitted_on, watched]
    weighted = fitted_on.weight is not None
    model.fit(
        fitted_on.features,
        fitted_on.target,
        sample_weight=fitted_on.weight,
        eval_set=[(part.features, part.target) for part in shown],
        sample_weight_eval_set=[part.weight for part in shown] if weighted else None,
        verbose=False,
    )
    return fitted_xgboost(model, watched)


def main(run: Run) -> None:
    """Read, prepare, train, evaluate, save."""
    device = run.choose_device(CONFIG, gpu_answers)
    dataset = load_dataset(run, CONFIG)
    data = prepare_data(dataset, run)
    fit = partial(train_xgboost_model, run, device)
    outcome = select_and_refit(run, data, fit, CONFIG)
    report = evaluate(run, data, outcome, CONFIG)
    save_model_to_storage(run, data, outcome, report)
    save_metrics_to_storage(run, report)


