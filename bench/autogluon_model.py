"""One of AutoGluon's single models on one split; runs in AutoGluon's own environment.

`python autogluon_model.py DATA.csv TARGET TASK MODEL PREDICTIONS.npy`: rows are divided by the
column `part`; a classification's probabilities stand in the order of the sorted classes.
"""

from __future__ import annotations

import sys
import tempfile
from importlib.metadata import version

import numpy as np
import pandas as pd
from autogluon.tabular import TabularPredictor

PROBLEMS = {
    "regression": ("regression", "root_mean_squared_error"),
    "binary_classification": ("binary", "log_loss"),
    "multiclass_classification": ("multiclass", "log_loss"),
}


def main(data: str, target: str, task: str, model: str, answers: str) -> None:
    """Fit with AutoGluon's defaults and its own validation rows, then again on all rows."""
    problem, metric = PROBLEMS[task]
    table = pd.read_csv(data)
    if problem != "regression":
        table[target] = table[target].astype(str)
    tested = table.pop("part") == "test"
    with tempfile.TemporaryDirectory() as folder:
        predictor = TabularPredictor(
            target, problem, metric, path=folder, verbosity=0, log_to_file=False
        )
        predictor.fit(
            table[~tested],
            hyperparameters={model: {}},
            fit_weighted_ensemble=False,
            refit_full=True,
            set_best_to_refit_full=True,
            num_cpus=1,
            num_gpus=0,
        )
        if problem == "regression":
            answer = predictor.predict(table[tested]).to_numpy()
        else:
            shares = predictor.predict_proba(table[tested])
            answer = shares[sorted(shares.columns)].to_numpy()
    np.save(answers, answer)
    print(f"AutoGluon {version('autogluon.tabular')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
