"""What Tabpod is measured against: the libraries with their own defaults, and two forests."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

os.environ.setdefault("KERAS_BACKEND", "jax")


def encoder(table: pd.DataFrame) -> ColumnTransformer:
    """Numbers with the median where one is missing; everything else one-hot, missing too."""
    numbers = table.select_dtypes("number").columns
    return ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), list(numbers)),
            (
                "rest",
                OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                list(table.columns.difference(numbers, sort=False)),
            ),
        ]
    )


def ordinal_encoder(table: pd.DataFrame) -> ColumnTransformer:
    """Codes of categories as HistGradientBoosting takes them natively: at most 254 of them."""
    numbers = table.select_dtypes("number").columns
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        encoded_missing_value=np.nan,
        max_categories=254,
    )
    others = list(table.columns.difference(numbers, sort=False))
    return ColumnTransformer([("codes", codes, others), ("numbers", "passthrough", list(numbers))])


class PlainNetwork(BaseEstimator):
    """The network that the replaced system would have fitted: Keras has no defaults of its own."""

    def __init__(self, classes: int, seed: int) -> None:
        self.classes, self.seed = classes, seed

    def fit(self, rows: np.ndarray, target: np.ndarray) -> PlainNetwork:
        """Two layers of 64 and 32, ReLU, Adam as it is, 50 epochs of batches of 32."""
        import keras

        keras.utils.set_random_seed(self.seed)
        self.mean_, self.scale_ = 0.0, 1.0
        if self.classes:
            head = keras.layers.Dense(self.classes, activation="softmax")
            loss = "sparse_categorical_crossentropy"
        else:
            head, loss = keras.layers.Dense(1), "mse"
            # As they are, large numbers would not be learnt in 50 epochs.
            self.mean_, self.scale_ = float(target.mean()), float(target.std())
            target = (target - self.mean_) / self.scale_
        layers = [keras.layers.Dense(size, activation="relu") for size in (64, 32)]
        self.network_ = keras.Sequential([keras.Input(rows.shape[1:]), *layers, head])
        self.network_.compile(optimizer="adam", loss=loss)
        self.network_.fit(rows, target, epochs=50, batch_size=32, verbose=0)
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Values of a regression."""
        return self.network_.predict(rows, verbose=0).ravel() * self.scale_ + self.mean_

    def predict_proba(self, rows: np.ndarray) -> np.ndarray:
        """Probabilities, one column a class."""
        return self.network_.predict(rows, verbose=0).astype(np.float64)


def xgboost_model(classes: int, seed: int, threads: int) -> Any:
    """XGBoost as it is."""
    import xgboost

    kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
    return kind(random_state=seed, n_jobs=threads)


def lightgbm_model(classes: int, seed: int, threads: int) -> Any:
    """LightGBM as it is."""
    import lightgbm

    kind = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
    return kind(random_state=seed, n_jobs=threads, verbose=-1)


def catboost_model(classes: int, seed: int, threads: int) -> Any:
    """CatBoost as it is."""
    import catboost

    kind = catboost.CatBoostClassifier if classes else catboost.CatBoostRegressor
    return kind(random_seed=seed, thread_count=threads, verbose=0, allow_writing_files=False)


def forest(classes: int, seed: int, threads: int) -> Any:
    """A random forest as scikit-learn makes it: 100 trees."""
    kind = RandomForestClassifier if classes else RandomForestRegressor
    return kind(random_state=seed, n_jobs=threads)


def peers(
    table: pd.DataFrame, classes: int, seed: int, threads: int
) -> dict[str, Callable[[], Any]]:
    """Makers of the peers by name. `classes` is 0 for a regression."""
    histogram = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    codes = ordinal_encoder(table)
    categorical = list(range(len(codes.transformers[0][2])))
    given = (classes, seed, threads)
    return {
        "xgboost library": lambda: make_pipeline(encoder(table), xgboost_model(*given)),
        "lightgbm library": lambda: make_pipeline(encoder(table), lightgbm_model(*given)),
        "catboost library": lambda: make_pipeline(encoder(table), catboost_model(*given)),
        "keras library": lambda: make_pipeline(
            encoder(table), StandardScaler(), PlainNetwork(classes, seed)
        ),
        "forest": lambda: make_pipeline(encoder(table), forest(*given)),
        "hist_gradient_boosting": lambda: make_pipeline(
            codes, histogram(random_state=seed, categorical_features=categorical or None)
        ),
    }
