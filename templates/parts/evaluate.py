MOST_POINTS = 200
MOST_CURVE_POINTS = 1000
MOST_SAMPLED = 2000
MOST_TRAIN_ROWS = 100_000
MOST_COLUMNS = 100
MOST_CLASSES = 50
MOST_LISTED_CLASSES = 1000
PERMUTATIONS = 5


@dataclass
class Scored:
    """Some rows, what the model says of them, and the metrics of that."""

    rows: np.ndarray
    truth: np.ndarray
    answer: np.ndarray
    shares: np.ndarray | None
    measure: Measure

    def points(self) -> dict[str, dict[str, float]]:
        """Metrics without intervals."""
        return {
            name: {"value": value} for name, value in self.measure(np.ones(len(self.rows))).items()
        }


def score(data: Data, rows: np.ndarray, raw: np.ndarray, config: Mapping[str, Any]) -> Scored:
    """Metrics of a model's raw output for some rows; two classes are told apart at 0.5."""
    truth = data.truth[rows]
    answer, shares = outputs(raw, data.schema)
    if shares is None:
        return Scored(
            rows, truth, answer, None, regression_measure(truth, answer, config["quantile"])
        )
    plain = (shares[:, 1] >= 0.5).astype(np.int64) if shares.shape[1] == 2 else answer
    return Scored(rows, truth, answer, shares, classification_measure(truth, shares, plain))


def tune(data: Data, outcome: Outcome, config: Mapping[str, Any]) -> None:
    """Choose temperature and threshold on rows that the models of the selection did not fit."""
    if config["task"] == "regression":
        return
    truth = data.truth[outcome.selection_rows]
    data.schema["temperature"] = find_temperature(truth, outcome.selection_raw)
    if config["task"] == "binary_classification":
        shares = probabilities(outcome.selection_raw, data.schema["temperature"])
        data.schema["threshold"] = find_threshold(truth, shares[:, 1])


def evaluate(run: Run, data: Data, outcome: Outcome, config: Mapping[str, Any]) -> dict[str, Any]:
    """Say how good the final model is, on rows that neither it nor any choice has seen."""
    run.phase("evaluating")
    budget = 5.0 if run.stopping else max(20.0, 0.15 * run.fit_seconds())
    until = time.monotonic() + budget
    tune(data, outcome, config)
    fitted_on = (data.parts == TRAIN) | ((data.parts == VALIDATION) & outcome.on_validation)
    inside = thinned(np.flatnonzero(fitted_on), MOST_TRAIN_ROWS)
    test = np.flatnonzero(data.parts == TEST)
    raw = outcome.final.predict(data.features.iloc[test])
    tested = score(data, test, raw, config)
    selected = score(data, outcome.selection_rows, outcome.selection_raw, config)
    learnt = score(data, inside, outcome.final.predict(data.features.iloc[inside]), config)
    metrics = {
        "train": learnt.points(),
        "validation": selected.points(),
        "test": test_intervals(data, tested, config),
        "baseline": score_baseline(data, inside, test, config).points(),
    }
    name = config["headline"]
    if name not in metrics["test"]:
        raise BadData(f"There is no metric {name!r} to headline: {', '.join(metrics['test'])}.")
    report = {
        **flat_metrics(metrics, outcome, config),
        "version": 1,
        "model_type": f"{config['family']}_{config['task']}",
        "task": config["task"],
        "family": config["family"],
        "headline": {
            "name": name,
            "value": metrics["test"][name]["value"],
            "baseline": metrics["baseline"].get(name, {}).get("value"),
            "greater_is_better": name not in LOWER_IS_BETTER,
        },
        "target": describe_target(data, config),
        "data": describe_data(data, config),
        "device": run.device,
        "params": {
            **config["hyperparameters"],
            "objective": config["objective"],
            "seed": config["seed"],
        },
        "rounds": describe_rounds(run, outcome),
        "describes": {
            "train": "final",
            "validation": "selection",
            "test": "final",
            "refitted": outcome.on_validation,
            "bagged": outcome.bagged,
            "folds": int(data.folds.max()) + 1 if len(data.folds) else 0,
        },
        "metrics": metrics,
        "history": describe_history(outcome, config),
        **(
            describe_regression(tested)
            if tested.shares is None
            else describe_classes(data, tested, tested.shares)
        ),
        "importance": importance(data, outcome, tested, until, config),
    }
    report["data"]["warnings"] = find_warnings(data, report, tested, config)
    save_predictions(run.folder / "test_predictions.parquet", data, tested)
    save_predictions(run.folder / "validation_predictions.parquet", data, selected)
    return report


def thinned(values: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the values, evenly spread, the first and the last among them."""
    if len(values) <= most:
        return values
    return values[np.linspace(0, len(values) - 1, most).round().astype(np.int64)]


def test_intervals(
    data: Data, tested: Scored, config: Mapping[str, Any]
) -> dict[str, dict[str, float]]:
    """Metrics of the test part with intervals, and those that have none."""
    units = data.units[tested.rows]
    grouped = config["split"]["kind"] == "group"
    plain = tested.shares is None or grouped
    strata = np.zeros(len(units), dtype=np.int64) if plain else tested.truth
    found = with_intervals(tested.measure, units, strata, config["seed"])
    if tested.shares is None:
        size = np.abs(tested.answer - tested.truth)
        found["median_ae"] = {"value": float(np.median(size))}
        found["max_error"] = {"value": float(size.max())}
        ranks = pd.DataFrame({"truth": tested.truth, "answer": tested.answer}).rank()
        if ranks.nunique().min() > 1:
            found["spearman"] = {"value": float(ranks.corr().iloc[0, 1])}
    else:
        found["calibration_error"] = {"value": calibration_error(tested.truth, tested.shares)}
    return found


def score_baseline(
    data: Data, inside: np.ndarray, test: np.ndarray, config: Mapping[str, Any]
) -> Scored:
    """What somebody would score who knows the target column and nothing else."""
    truth = data.truth[inside]
    rows = len(test)
    if config["task"] == "regression":
        by_objective: dict[str, Callable[[np.ndarray], Any]] = {
            "mae": np.median,
            "quantile": lambda values: np.quantile(values, config["quantile"]),
        }
        guess = float(by_objective.get(config["objective"], np.mean)(truth))
        answer = np.full(rows, guess)
        measure = regression_measure(data.truth[test], answer, config["quantile"])
        return Scored(test, data.truth[test], answer, None, measure)
    share = np.bincount(truth, minlength=len(data.schema["classes"])) / len(truth)
    shares = np.tile(share, (rows, 1))
    answer = np.full(rows, share.argmax())
    measure = classification_measure(data.truth[test], shares, answer)
    return Scored(test, data.truth[test], answer, shares, measure)


def flat_metrics(
    metrics: Mapping[str, Any], outcome: Outcome, config: Mapping[str, Any]
) -> dict[str, float | int]:
    """Keys that stand at the top of the report, for readers who want no more than these."""
    regression = config["task"] == "regression"
    if config["family"] == "keras":
        loss, other = ("mse", "mae") if regression else ("log_loss", "accuracy")
        wanted = {
            f"{flat}_{name}": metrics[side][metric]["value"]
            for flat, side in (("val", "validation"), ("train", "train"))
            for name, metric in (("loss", loss), (other, other))
        }
    else:
        names = ("mse", "rmse", "mae", "r2") if regression else ("accuracy",)
        wanted = {name: metrics["test"][name]["value"] for name in names}
    return {**wanted, **outcome.final.flat}


def describe_target(data: Data, config: Mapping[str, Any]) -> dict[str, Any]:
    """Name and classes of what is predicted."""
    classes = [label[:200] for label in data.schema["classes"][:MOST_LISTED_CLASSES]]
    binary = config["task"] == "binary_classification"
    return {
        "name": config["target"],
        "classes": classes or None,
        "positive_class": classes[1] if binary else None,
        "threshold": data.schema["threshold"] if binary else None,
        "temperature": data.schema["temperature"] if classes else None,
        "objective": config["objective"],
    }


def describe_data(data: Data, config: Mapping[str, Any]) -> dict[str, Any]:
    """How many rows and columns there were, and what became of them."""
    parts, dataset = data.parts, data.dataset
    fingerprint = hashlib.sha256(dataset.identity.tobytes() + parts.astype(np.int8).tobytes())
    used = parts != LEFT_OUT
    roles = config["features"]
    return {
        "rows_read": dataset.rows_read,
        "rows_used": int(used.sum()),
        "rows_dropped": dataset.dropped
        | ({"left_out": int((~used).sum())} if (~used).any() else {}),
        "rows_repeated": int(used.sum() - len(np.unique(dataset.identity[used]))),
        "columns": {role: len(roles[role]) for role in roles}
        | {"left_out": len(config["left_out"])},
        "features": data.features.shape[1],
        "split": {
            "kind": config["split"]["kind"],
            "seed": config["seed"],
            "train": int((parts == TRAIN).sum()),
            "validation": int((parts == VALIDATION).sum()),
            "test": int((parts == TEST).sum()),
            "hash": fingerprint.hexdigest()[:16],
        },
    }


def describe_rounds(run: Run, outcome: Outcome) -> dict[str, Any]:
    """How long the fit took, in rounds, and why it ended."""
    if run.stopping:
        reason = "time_limit"
    else:
        reason = "round_limit" if outcome.trained >= outcome.cap else "early_stopping"
    return {
        "best": outcome.rounds,
        "trained": outcome.trained,
        "cap": outcome.cap,
        "stop_reason": reason,
    }


def describe_history(outcome: Outcome, config: Mapping[str, Any]) -> dict[str, Any]:
    """Learning curves of the selection, thinned to what a picture can show."""
    rounds = thinned(np.arange(len(outcome.curves["validation"])), MOST_CURVE_POINTS)
    sides = {side: np.asarray(values)[rounds].tolist() for side, values in outcome.curves.items()}
    return {"metric": watched_metric(config), "rounds": (rounds + 1).tolist(), **sides}


def describe_regression(tested: Scored) -> dict[str, Any]:
    """Where and how far the predictions are off."""
    error = tested.answer - tested.truth
    counts, edges = np.histogram(error, bins=40)
    shown = thinned(np.argsort(tested.truth, kind="stable"), MOST_SAMPLED)
    quantiles = (5, 25, 50, 75, 95)
    return {
        "residuals": {"edges": edges.tolist(), "counts": counts.tolist()},
        "error_quantiles": {
            str(share): float(value)
            for share, value in zip(quantiles, np.percentile(error, quantiles), strict=True)
        },
        "predicted_vs_actual": {
            "actual": tested.truth[shown].tolist(),
            "predicted": tested.answer[shown].tolist(),
        },
    }


def describe_classes(data: Data, tested: Scored, shares: np.ndarray) -> dict[str, Any]:
    """Which classes are confused, and how well rows are told apart."""
    classes, truth = data.schema["classes"], tested.truth
    binary = len(classes) == 2 and data.schema["task"] == "binary_classification"
    plain = (shares[:, 1] >= 0.5).astype(np.int64) if binary else tested.answer
    support = np.bincount(truth, minlength=len(classes))
    largest = np.sort(np.argsort(-support, kind="stable")[:MOST_CLASSES])
    found: dict[str, Any] = {
        "confusion": confusion_of(classes, largest, truth, plain),
        "per_class": [
            describe_class(classes, code, truth, plain, shares) for code in largest.tolist()
        ],
    }
    if binary:
        found |= describe_binary(tested, shares, data.schema["threshold"])
        found["confusion_at_threshold"] = confusion_of(classes, largest, truth, tested.answer)
    return found


def confusion_of(
    classes: list[str], largest: np.ndarray, truth: np.ndarray, predicted: np.ndarray
) -> dict[str, Any]:
    """Counts by true class (rows) and predicted class (columns), of the most frequent classes."""
    counts = np.bincount(truth * len(classes) + predicted, minlength=len(classes) ** 2)
    counts = counts.reshape(len(classes), len(classes))[np.ix_(largest, largest)]
    return {"labels": [classes[code][:200] for code in largest], "counts": counts.tolist()}


def describe_class(
    classes: list[str], code: int, truth: np.ndarray, predicted: np.ndarray, shares: np.ndarray
) -> dict[str, Any]:
    """One class against all others."""
    hits = int(((truth == code) & (predicted == code)).sum())
    support, named = int((truth == code).sum()), int((predicted == code).sum())
    area, _ = Ranking(truth == code, shares[:, code]).measure(np.ones(len(truth)))
    return {
        "class": classes[code][:200],
        "precision": ratio(hits, named),
        "recall": ratio(hits, support),
        "f1": ratio(2 * hits, support + named),
        "roc_auc": area,
        "support": support,
    }


def describe_binary(tested: Scored, shares: np.ndarray, threshold: float) -> dict[str, Any]:
    """Curves over all thresholds, metrics at the chosen one, and whether 70 % means 70 %."""
    truth, share = tested.truth, shares[:, 1]
    ranking = Ranking(truth == 1, share)
    hits, alarms = ranking.counts(np.ones(len(truth)))
    at = thinned(np.arange(len(hits)), MOST_POINTS - 1)
    recall = hits / max(hits[-1], 1)
    measure = classification_measure(truth, shares, tested.answer)
    bins = np.minimum((share * 10).astype(int), 9)
    counts = np.bincount(bins, minlength=10)
    filled = counts > 0
    spread = {
        name: np.histogram(share[truth == code], bins=20, range=(0, 1))[0].tolist()
        for code, name in enumerate(("negative", "positive"))
    }
    return {
        "at_threshold": {
            "threshold": threshold,
            "chosen_by": "mcc",
            "metrics": {
                name: {"value": value} for name, value in measure(np.ones(len(truth))).items()
            },
        },
        "roc": {
            "fpr": [0.0, *(alarms / max(alarms[-1], 1))[at].tolist()],
            "tpr": [0.0, *recall[at].tolist()],
        },
        "pr": {
            "recall": [0.0, *recall[at].tolist()],
            "precision": [1.0, *(hits / (hits + alarms))[at].tolist()],
        },
        "calibration": {
            "predicted": (np.bincount(bins, share, 10)[filled] / counts[filled]).tolist(),
            "observed": (np.bincount(bins, truth, 10)[filled] / counts[filled]).tolist(),
            "counts": counts[filled].tolist(),
        },
        "score_histogram": spread,
    }
