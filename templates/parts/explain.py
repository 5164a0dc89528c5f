def importance(
    data: Data, outcome: Outcome, tested: Scored, until: float, config: Mapping[str, Any]
) -> dict[str, Any]:
    """How much each column matters, in three ways; the slower two as far as the time allows."""
    columns = {how["name"]: how["features"] for how in data.schema["columns"]}
    gains = outcome.final.gain()
    gain = {name: sum(gains.get(feature, 0.0) for feature in own) for name, own in columns.items()}
    total = sum(gain.values()) or 1.0
    by_gain = sorted(columns, key=lambda name: -gain[name])
    rows = thinned(tested.rows, MOST_SAMPLED)
    found: dict[str, Any] = {}
    if gains:
        found["gain"] = [{"column": name, "value": gain[name] / total} for name in by_gain]
    found["permutation"] = permutation(
        data, outcome, rows, {name: columns[name] for name in by_gain}, until, config
    )
    if outcome.final.contributions is not None and time.monotonic() < until:
        found["shap"] = contributions(data, outcome.final.contributions, rows, columns, until)
    return found


def permutation(
    data: Data,
    outcome: Outcome,
    rows: np.ndarray,
    columns: Mapping[str, list[str]],
    until: float,
    config: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """How much worse the model gets on test rows when one column is shuffled among them.

    Worse means a higher log loss, or a higher root mean squared error.
    """
    name = "rmse" if config["task"] == "regression" else "log_loss"
    features = data.features.iloc[rows].reset_index(drop=True)
    random = np.random.default_rng(config["seed"])

    def loss(shuffled: pd.DataFrame) -> float:
        raw = outcome.final.predict(shuffled)
        return score(data, rows, raw, config).measure(np.ones(len(rows)))[name]

    before = loss(features)
    worse: dict[str, list[float]] = {}
    for _ in range(PERMUTATIONS):
        for column, own in columns.items():
            if time.monotonic() > until:
                break
            order = random.permutation(len(rows))
            shuffled = features.copy()
            shuffled[own] = features[own].to_numpy()[order]
            worse.setdefault(column, []).append(loss(shuffled) - before)
    table: list[dict[str, Any]] = [
        {"column": column, "value": float(np.mean(values)), "sd": float(np.std(values))}
        for column, values in worse.items()
    ]
    return sorted(table, key=lambda line: -line["value"])


def contributions(
    data: Data,
    explain: Callable[[pd.DataFrame], np.ndarray],
    rows: np.ndarray,
    columns: Mapping[str, list[str]],
    until: float,
) -> list[dict[str, Any]]:
    """Mean size of the SHAP values of each column, its features taken together."""
    position = {feature: index for index, feature in enumerate(data.features.columns)}
    pieces = np.array_split(rows, max(1, len(rows) // 100))
    seen: list[np.ndarray] = []
    for piece in pieces:
        if seen and time.monotonic() > until:
            break
        seen.append(explain(data.features.iloc[piece]))
    values = np.concatenate(seen)
    table: list[dict[str, Any]] = [
        {
            "column": name,
            "value": float(
                np.abs(values[..., [position[own] for own in features]].sum(axis=-1)).mean()
            ),
        }
        for name, features in columns.items()
    ]
    return sorted(table, key=lambda line: -line["value"])


def find_warnings(
    data: Data, report: Mapping[str, Any], tested: Scored, config: Mapping[str, Any]
) -> list[str]:
    """What a careful colleague would point out before anybody trusts the numbers."""
    dataset, split = data.dataset, config["split"]
    found = list(dataset.warnings)
    if ragged := dataset.dropped.get("ragged"):
        found.append(f"{ragged} rows were left out because they have too few or too many cells.")
    learnt = dataset.identity[(data.parts == TRAIN) | (data.parts == VALIDATION)]
    if known := int(np.isin(dataset.identity[tested.rows], learnt).sum()):
        found.append(f"{known} test rows are also among those learnt from: the result flatters.")
    if len(tested.rows) < 100:
        found.append(
            f"Only {len(tested.rows)} rows are tested on: the intervals are wide, mind them."
        )
    headline = report["headline"]
    low, high = (
        report["metrics"]["test"].get(headline["name"], {}).get(side) for side in ("low", "high")
    )
    worst = low if headline["greater_is_better"] else high
    if None not in (worst, headline["baseline"]):
        gain = (
            worst - headline["baseline"]
            if headline["greater_is_better"]
            else headline["baseline"] - worst
        )
        if gain <= 0:
            found.append("The model is not surely better than guessing from the target alone.")
    if config["features"]["date"] and split["kind"] in ("random", "stratified"):
        found.append(
            "There is a date column, but the split is random: for forecasts split by time."
        )
    if config["task"] != "regression":
        absent = sorted(set(range(len(data.schema["classes"]))) - set(tested.truth.tolist()))
        if absent:
            names = ", ".join(repr(data.schema["classes"][code][:100]) for code in absent[:5])
            found.append(
                f"No test row has class {names}: nothing is known of how well it is recognised."
            )
    lost = {column for roles in config["features"].values() for column in map(column_name, roles)}
    lost -= {how["name"] for how in data.schema["columns"]}
    for name in sorted(lost)[:10]:
        found.append(
            f"Column {name[:100]!r} holds no usable value in the training part: not learnt from."
        )
    return [*found, *leaks(data)][:50]


def column_name(entry: Any) -> str:
    """Name of a feature as CONFIG lists it."""
    return entry["column"] if isinstance(entry, dict) else entry


def leaks(data: Data) -> Iterator[str]:
    """Columns that alone tell the target: often known only after the event."""
    rows = thinned(np.flatnonzero(data.parts == TRAIN), 20_000)
    truth = data.truth[rows]
    regression = data.schema["task"] == "regression"
    for how in data.schema["columns"]:
        for feature in how["features"]:
            values = data.features[feature].to_numpy()[rows]
            if tells_target(values, truth, how["kind"] == "category", regression):
                yield (
                    f"Column {how['name'][:100]!r} alone tells the target almost perfectly: "
                    "make sure that it is known before the event."
                )
                break


def tells_target(values: np.ndarray, truth: np.ndarray, category: bool, regression: bool) -> bool:
    """Whether one feature explains more than 99.9 % of the target."""
    known = np.isfinite(values)
    if known.sum() < FEWEST_ROWS:
        return False
    values, truth = values[known], truth[known]
    if regression and not category:
        if np.ptp(values) == 0 or np.ptp(truth) == 0:
            return False
        ranks = pd.DataFrame({"values": values, "truth": truth}).rank()
        return bool(
            abs(ranks.corr().iloc[0, 1]) > 0.9995
            and abs(np.corrcoef(values, truth)[0, 1]) ** 2 > 0.999
        )
    if not regression and not category and len(np.unique(truth)) == 2:
        area, _ = Ranking(truth == truth.max(), values.astype(np.float64)).measure(
            np.ones(len(truth))
        )
        return max(area, 1 - area) > 0.999
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    if len(sizes) > len(values) / 5:
        return False
    if regression:
        means = np.bincount(group, truth) / sizes
        return bool(np.var(truth) > 0 and np.var(truth - means[group]) / np.var(truth) < 0.001)
    pairs = pd.crosstab(group, truth).to_numpy()
    return bool(len(np.unique(truth)) > 1 and pairs.max(axis=1).sum() > 0.999 * len(values))
