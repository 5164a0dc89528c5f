LOWER_IS_BETTER = frozenset(
    {
        "log_loss",
        "brier",
        "calibration_error",
        "error",
        "mse",
        "rmse",
        "rmsle",
        "mae",
        "median_ae",
        "mape",
        "wape",
        "max_error",
        "quantile_loss",
    }
)
MOST_RANKED_CLASSES = 30
MOST_STRATA = 50

# Metrics of fixed rows as a function of how often each row counts. Counting each once gives the
# metric itself, counting as a draw with replacement does gives the bootstrap.
Measure = Callable[[np.ndarray], dict[str, float]]


def ratio(above: float, below: float) -> float:
    """A share that is 0 where there is nothing to share."""
    return float(above / below) if below else 0.0


class Ranking:
    """Rows of one class against all others, in falling order of their score; ties count half."""

    def __init__(self, positive: np.ndarray, score: np.ndarray) -> None:
        self.order = np.argsort(-score, kind="stable")
        self.positive = positive[self.order].astype(np.float64)
        self.score = score[self.order]
        self.starts = np.flatnonzero(np.r_[True, np.diff(self.score) != 0])

    def counts(self, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """True and false positives when the line is drawn after each different score."""
        weight = weight[self.order]
        positives = np.add.reduceat(weight * self.positive, self.starts)
        negatives = np.add.reduceat(weight * (1 - self.positive), self.starts)
        return np.cumsum(positives), np.cumsum(negatives)

    def measure(self, weight: np.ndarray) -> tuple[float, float]:
        """Area under the ROC curve, and average precision; NaN when one side has no row."""
        hits, alarms = self.counts(weight)
        if hits[-1] == 0 or alarms[-1] == 0:
            return np.nan, np.nan
        new_hits, new_alarms = np.diff(hits, prepend=0), np.diff(alarms, prepend=0)
        area = (new_alarms * (hits - new_hits / 2)).sum() / (hits[-1] * alarms[-1])
        named = np.maximum(hits + alarms, 1e-300)
        return float(area), float((new_hits * hits / named).sum() / hits[-1])


def confusion_metrics(confusion: np.ndarray) -> dict[str, float]:
    """Everything that follows from counts of (true class, predicted class)."""
    total, hits = confusion.sum(), np.diag(confusion)
    support, named = confusion.sum(axis=1), confusion.sum(axis=0)
    recall = np.divide(hits, support, out=np.zeros(len(hits)), where=support > 0)
    f1 = np.divide(2 * hits, support + named, out=np.zeros(len(hits)), where=support + named > 0)
    occurs = (support > 0) | (named > 0)
    by_chance = (support * named).sum()
    spread = (total**2 - (named**2).sum()) * (total**2 - (support**2).sum())
    found = {
        "accuracy": ratio(hits.sum(), total),
        "balanced_accuracy": float(recall[support > 0].mean()),
        "mcc": ratio(hits.sum() * total - by_chance, float(np.sqrt(spread))),
    }
    if len(hits) == 2:
        found |= {
            "precision": ratio(hits[1], named[1]),
            "recall": float(recall[1]),
            "specificity": float(recall[0]),
            "f1": float(f1[1]),
        }
    return found | {
        "macro_f1": float(f1[occurs].mean()),
        "weighted_f1": ratio((f1 * support).sum(), total),
        "kappa": ratio(hits.sum() * total - by_chance, total**2 - by_chance),
    }


def classification_measure(truth: np.ndarray, shares: np.ndarray, predicted: np.ndarray) -> Measure:
    """Metrics of a classification; `truth` and `predicted` are positions of classes."""
    classes = shares.shape[1]
    cell = truth * classes + predicted
    surprise = -np.log(np.clip(shares[np.arange(len(truth)), truth], 1e-15, 1.0))
    hit = np.arange(classes) == truth[:, None]
    brier = ((shares - hit) ** 2).sum(axis=1) / (2 if classes == 2 else 1)
    ranked = [1] if classes == 2 else range(min(classes, MOST_RANKED_CLASSES))
    rankings = [Ranking(hit[:, code], shares[:, code]) for code in ranked]

    def measure(weight: np.ndarray) -> dict[str, float]:
        confusion = np.bincount(cell, weight, classes**2).reshape(classes, classes)
        areas = [ranking.measure(weight) for ranking in rankings]
        known = [area for area in areas if np.isfinite(area[0])]
        roc_auc, average_precision = np.mean(known, axis=0).tolist() if known else (np.nan, np.nan)
        return confusion_metrics(confusion) | {
            "log_loss": float(np.average(surprise, weights=weight)),
            "brier": float(np.average(brier, weights=weight)),
            "roc_auc": roc_auc,
            "average_precision": average_precision,
        }

    return measure


def regression_measure(truth: np.ndarray, predicted: np.ndarray, quantile: float | None) -> Measure:
    """Metrics of a regression."""
    error = predicted - truth
    squared, size = error**2, np.abs(error)
    nonzero = truth != 0
    relative = size[nonzero] / np.abs(truth[nonzero])

    def measure(weight: np.ndarray) -> dict[str, float]:
        mse = float(np.average(squared, weights=weight))
        spread = float(np.average((truth - np.average(truth, weights=weight)) ** 2, weights=weight))
        found = {
            "rmse": mse**0.5,
            "mae": float(np.average(size, weights=weight)),
            "r2": 1 - mse / spread if spread else np.nan,
            "mse": mse,
            "bias": float(np.average(error, weights=weight)),
            "wape": ratio((weight * size).sum(), (weight * np.abs(truth)).sum()),
        }
        measured = (weight * nonzero).sum() > 0
        found["mape"] = float(np.average(relative, weights=weight[nonzero])) if measured else np.nan
        if quantile is not None:
            loss = np.maximum(-quantile * error, (1 - quantile) * error)
            found["quantile_loss"] = float(np.average(loss, weights=weight))
            found["coverage"] = float(np.average(truth <= predicted, weights=weight))
        return found

    return measure


def with_intervals(
    measure: Measure, units: np.ndarray, strata: np.ndarray, seed: int
) -> dict[str, dict[str, float]]:
    """Point values with 95 % bootstrap intervals. Rows that belong together are drawn together."""
    rows = len(units)
    point = measure(np.ones(rows))
    distinct_units, first, unit = np.unique(units, return_index=True, return_inverse=True)
    of_unit = strata[first]
    groups = [np.flatnonzero(of_unit == stratum) for stratum in np.unique(of_unit)]
    classes = len(groups)
    if len(groups) > MOST_STRATA:
        groups = [np.arange(len(distinct_units))]
    draws: dict[str, list[float]] = {name: [] for name in point}
    random = np.random.default_rng(seed)
    for _ in range(int(np.clip(5e6 // (rows + classes**2), 50, 500))):
        times = np.empty(len(distinct_units))
        for members in groups:
            times[members] = np.bincount(
                random.integers(0, len(members), len(members)), minlength=len(members)
            )
        for name, value in measure(times[unit]).items():
            draws[name].append(value)
    found = {}
    for name, value in point.items():
        finite = np.array(draws[name])
        finite = finite[np.isfinite(finite)]
        low, high = (
            np.quantile(finite, [0.025, 0.975]).tolist() if len(finite) else (np.nan, np.nan)
        )
        found[name] = {"value": value, "low": low, "high": high}
    return found


def calibration_error(truth: np.ndarray, shares: np.ndarray) -> float:
    """Mean distance between how sure the model is and how often it is right, over 15 bins."""
    sure = shares.max(axis=1)
    right = shares.argmax(axis=1) == truth
    if shares.shape[1] == 2:
        sure, right = shares[:, 1], truth == 1
    bins = np.minimum((sure * 15).astype(int), 14)
    distance = np.abs(np.bincount(bins, sure, 15) - np.bincount(bins, right, 15))
    return float(distance.sum() / len(truth))


def find_temperature(truth: np.ndarray, raw: np.ndarray) -> float:
    """Temperature with the lowest log loss on rows the model did not fit; 1 if little is gained.

    Few rows without an error would make a model sure of anything. So the loss is also taken as
    Platt (1999) does, as if one more row for each class were of all classes alike; of all
    temperatures between the two answers the one next to 1 is chosen.
    """
    rows = np.arange(len(truth))
    tried = np.exp(np.linspace(np.log(0.25), np.log(4), 81))

    def losses(unseen: float) -> np.ndarray:
        surprises = [-np.log(np.clip(probabilities(raw, t), 1e-15, 1.0)) for t in tried]
        return np.array(
            [(1 - unseen) * each[rows, truth].mean() + unseen * each.mean() for each in surprises]
        )

    classes, one = raw.shape[1], len(tried) // 2
    seen, expected = losses(0.0), losses(classes / (len(truth) + classes))
    low, high = sorted((int(seen.argmin()), int(expected.argmin())))
    best = min(range(low, high + 1), key=lambda place: abs(place - one))
    gains = all(each[best] < 0.99 * each[one] for each in (seen, expected))
    return float(tried[best]) if gains else 1.0


def find_threshold(truth: np.ndarray, share: np.ndarray) -> float:
    """Line between the two classes with the highest Matthews correlation on rows not fitted."""
    between = np.unique(np.quantile(share, np.linspace(0.005, 0.995, 199)))
    between = (between[1:] + between[:-1]) / 2

    def worth(threshold: float) -> tuple[float, float]:
        cell = truth * 2 + (share >= threshold)
        confusion = np.bincount(cell, minlength=4).reshape(2, 2).astype(float)
        return confusion_metrics(confusion)["mcc"], -abs(threshold - 0.5)

    best = max([0.5, *between.tolist()], key=worth)
    return best if worth(best)[0] > worth(0.5)[0] + 0.02 else 0.5
