"""What the results of the quality bench come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from common import FAMILIES
from datasets import Dataset

PEERS = {"forest": "random forest", "hist_gradient_boosting": "HistGradientBoosting"}
BEST = "best of four"
# Rows tested on to rows fitted on, in every split.
SHARE = 0.2 / 0.8


class Quality:
    """Losses of every model on every split of some datasets; rows are (dataset, split)."""

    def __init__(self, sets: Sequence[Dataset], lines: Sequence[Mapping[str, Any]]) -> None:
        names = [dataset.name for dataset in sets]
        self.lines = newest([line for line in lines if line["dataset"] in names])
        frame = pd.DataFrame(self.lines)
        self.names = [name for name in names if not frame.empty and name in set(frame["dataset"])]
        if not self.names:
            return
        self.rows = frame.groupby("dataset")["rows"].first()
        self.metric = frame.groupby("dataset")["metric"].first()
        index = ["dataset", "split"]
        self.losses = frame.pivot(index=index, columns="model", values="value")
        if set(FAMILIES) <= set(self.losses.columns):
            validation = frame.pivot(index=index, columns="model", values="validation")
            self.losses[BEST] = best_of_four(self.losses, validation)

    def compared(self, model: str, peer: str) -> dict[str, tuple[float, bool]]:
        """By dataset: mean loss of a model to that of a peer, and whether that is beyond noise."""
        if not {model, peer} <= set(self.losses.columns):
            return {}
        pairs = self.losses[[model, peer]].dropna()
        found = {}
        for name in self.names:
            if name in pairs.index:
                own, other = pairs.loc[name].to_numpy().T
                found[name] = (own.mean() / other.mean(), beyond_noise(own - other))
        return found


def newest(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Results of the script, or the versions, that a model was last measured with."""
    last = {(line["dataset"], line["model"]): line["of"] for line in lines}
    current = [line for line in lines if last[line["dataset"], line["model"]] == line["of"]]
    unique = {(line["dataset"], line["model"], line["split"]): line for line in current}
    return list(unique.values())


def best_of_four(losses: pd.DataFrame, validation: pd.DataFrame) -> pd.Series:
    """Test loss of the family that its own report says did best on validation rows."""
    whole = losses[list(FAMILIES)].dropna()
    chosen = validation.loc[whole.index, list(FAMILIES)].to_numpy().argmin(axis=1)
    return pd.Series(whole.to_numpy()[np.arange(len(whole)), chosen], index=whole.index)


def beyond_noise(differences: np.ndarray) -> bool:
    """Corrected resampled t of two or more (Nadeau and Bengio): splits share rows."""
    count = len(differences)
    if count < 4:
        return False
    error = np.sqrt((1 / count + SHARE) * differences.var(ddof=1))
    return bool(abs(differences.mean()) > 2 * error)
