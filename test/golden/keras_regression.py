# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = [
#     "jax>=0.7,<1",
#     "keras>=3.12,<4",
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
# cuda = ["jax[cuda12]>=0.7,<1"]
# ///
"""Train a Keras network for regression on one table, and say honestly how good it is.

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

# Read when Keras is imported; "torch" and "tensorflow" work as well where they are installed.
os.environ.setdefault("KERAS_BACKEND", "jax")
# On a GPU: memory when it is needed; products of full precision, as on a CPU; no search for the
# fastest kernels, which takes longer than a table's training gains by it.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
os.environ.setdefault("JAX_DEFAULT_MATMUL_PRECISION", "highest")
os.environ.setdefault("XLA_FLAGS", "--xla_gpu_autotune_level=0 --xla_gpu_enable_triton_gemm=false")

import jax
import keras
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import RobustScaler

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
    "family": "keras",
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
        "hidden_layers": 3,
        "hidden_units": 256,
        "activation": "mish",
        "dropout": 0.15,
        "epochs": 256,
        "batch_size": 256,
        "learning_rate": 0.001,
        "early_stopping_rounds": 256,
        "schedule": "coslog4",
        "optimizer": "adamw",
        "beta_2": 0.95,
        "weight_decay": 0.02,
        "label_smoothing": 0,
        "kernel_initializer": "lecun_normal",
        "n_frequencies": 16,
        "frequency_init_scale": 0.1,
        "embedding_size": 8,
        "max_cat_to_onehot": 9,
    },
}
# fmt: on


def prepare_data(dataset: Dataset, run: Run) -> Data:
    """Divide the rows, learn the preprocessing from the training part alone, apply it to all."""
    run.phase("preparing")
    target = read_target(dataset, CONFIG)
    parts = split_rows(dataset, target, CONFIG)
    schema = fit_schema(dataset.table.filter(pa.array(parts == TRAIN)), CONFIG, target.classes)
    features = apply_schema(dataset.table, schema)
    schema["inputs"], objects = fit_inputs(features[parts == TRAIN], schema, CONFIG)
    return Data.of(dataset, target, parts, schema, features, CONFIG, objects)


def train_keras_model(
    run: Run, schema: Mapping[str, Any], fitted_on: Part, watched: Part | None, rounds: int | None
) -> Fitted:
    """Fit one network: for `rounds`, or without them until the rows it watches gain no more."""
    settings = CONFIG["hyperparameters"]
    keras.utils.set_random_seed(CONFIG["seed"])
    rows = keras_rows(fitted_on.features, schema["inputs"])
    inputs = {name: keras.Input(values.shape[1:], name=name) for name, values in rows.items()}
    flat = [inputs[name] for name in ("numbers", "flags") if name in inputs]
    if "numbers" in inputs and settings["n_frequencies"]:
        flat.append(periodic_embeddings(inputs["numbers"], settings))
    for position, size in enumerate(schema["inputs"]["embedded"].values()):
        embedding = keras.layers.Embedding(size, settings["embedding_size"])
        flat.append(keras.layers.Flatten()(embedding(inputs[f"codes_{position}"])))
    layer = keras.layers.Concatenate()(flat) if len(flat) > 1 else flat[0]
    for _ in range(settings["hidden_layers"]):
        layer = keras.layers.Dense(
            settings["hidden_units"],
            activation=settings["activation"],
            kernel_initializer=settings["kernel_initializer"],
        )(layer)
        layer = keras.layers.Dropout(settings["dropout"])(layer)
    scale = TargetScale.of(fitted_on.target)
    network = keras.Model(inputs, keras.layers.Dense(1)(layer))
    target = scale.shrink(fitted_on.target)
    answer = keras.Model(inputs, scale.restore(network.output))
    network.compile(optimizer=keras_optimizer(settings), loss=keras_loss(CONFIG))
    epochs = Epochs(run, answer, schema, fitted_on, watched, rounds)
    network.fit(
        rows,
        target,
        sample_weight=fitted_on.weight,
        epochs=epochs.of,
        batch_size=settings["batch_size"],
        callbacks=[keras.callbacks.LearningRateScheduler(learning_rate), epochs],
        verbose=0,
    )
    return fitted_keras(answer, schema, epochs)


def main(run: Run) -> None:
    """Read, prepare, train, evaluate, save."""
    use_device(run.choose_device(CONFIG, gpu_answers), run.scratch)
    dataset = load_dataset(run, CONFIG)
    data = prepare_data(dataset, run)
    fit = partial(train_keras_model, run, data.schema)
    outcome = select_and_refit(run, data, fit, CONFIG)
    report = evaluate(run, data, outcome, CONFIG)
    save_model_to_storage(run, data, outcome, report)
    save_metrics_to_storage(run, report)


