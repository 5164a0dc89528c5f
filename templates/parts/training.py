CELLS_FOR_THREADS = 20_000


@dataclass
class Part:
    """Some of the rows, ready for a library."""

    features: pd.DataFrame
    target: np.ndarray
    weight: np.ndarray | None
    # For each feature whether it is the code of a category.
    categorical: list[bool]
    classes: int

    @property
    def threads(self) -> int | None:
        """How many threads fit this, None for as many as the library takes.

        In a small table they lose more by waiting for each other than they gain.
        """
        if self.features.size < CELLS_FOR_THREADS:
            return 1
        told = os.environ.get("OMP_NUM_THREADS", "")
        return int(told) if told.isdigit() else None


@dataclass
class Data:
    """All rows that are used, and to which part each belongs."""

    features: pd.DataFrame
    truth: np.ndarray
    target: np.ndarray
    weight: np.ndarray | None
    parts: np.ndarray
    folds: np.ndarray
    units: np.ndarray
    schema: dict[str, Any]
    dataset: Dataset
    # Objects of libraries that the preprocessing was read from, by the name of their file.
    objects: Mapping[str, Any]

    @staticmethod
    def of(
        dataset: Dataset,
        target: Target,
        parts: np.ndarray,
        schema: dict[str, Any],
        features: pd.DataFrame,
        config: Mapping[str, Any],
        objects: Mapping[str, Any] | None = None,
    ) -> Data:
        """Put together what a fit needs."""
        weight = None
        if config["sample_weight"] is not None:
            weight = to_number(dataset.table[config["sample_weight"]], config["dialect"])
            if unusable := int((~(weight >= 0)).sum()):
                dataset.warnings.append(f"{unusable} rows without a usable weight count nothing.")
                weight = np.where(weight >= 0, weight, 0.0)
        learnt = np.log1p(target.values) if config["objective"] == "log1p" else target.values
        folds = fold_rows(dataset, target, parts, config)
        units, _ = units_and_strata(dataset, target.values, config)
        return Data(
            features=features,
            truth=target.values,
            target=learnt,
            weight=weight,
            parts=parts,
            folds=folds,
            units=units,
            schema=schema,
            dataset=dataset,
            objects=objects or {},
        )

    @property
    def categorical(self) -> list[bool]:
        """For each feature whether it is the code of a category."""
        return [
            how["kind"] == "category" for how in self.schema["columns"] for _ in how["features"]
        ]

    def part(self, rows: np.ndarray) -> Part:
        """The rows that a mask selects."""
        weight = None if self.weight is None else self.weight[rows]
        classes = len(self.schema["classes"])
        return Part(self.features[rows], self.target[rows], weight, self.categorical, classes)


@dataclass
class Fitted:
    """A fitted model, seen the same way whatever library it is of."""

    model: Any
    rounds: int
    trained: int
    # One value a round, of the rows fitted on and, if any were, of the rows watched.
    curves: list[list[float]]
    predict: Callable[[pd.DataFrame], np.ndarray]
    gain: Callable[[], Mapping[str, float]]
    contributions: Callable[[pd.DataFrame], np.ndarray] | None
    files: Mapping[str, Callable[[Path], object]]
    # What the top of the report says of the fit, by the library's own name.
    flat: Mapping[str, int | float]


@dataclass
class Outcome:
    """A selection finds the number of rounds; the final model is fitted with watched rows too."""

    final: Fitted
    curves: dict[str, list[float]]
    selection_rows: np.ndarray
    selection_raw: np.ndarray
    rounds: int
    trained: int
    cap: int
    # Whether the final model was fitted on the validation rows too.
    on_validation: bool = False
    # How many models the final one is the mean of, if it is one.
    bagged: int = 0


# Fits on the first part, watching the second if there is one, for so many rounds as the third
# says, or without it until the watched rows gain no more.
Fit = Callable[[Part, Part | None, int | None], Fitted]


def most_rounds(config: Mapping[str, Any]) -> int:
    """Rounds after which a fit ends that is not stopped early, whatever the library calls them."""
    settings = config["hyperparameters"]
    names = ("n_estimators", "iterations", "epochs")
    return next(settings[name] for name in names if name in settings)


def select_and_refit(
    run: Run,
    data: Data,
    fit: Fit,
    config: Mapping[str, Any],
) -> Outcome:
    """Find the number of rounds on rows that are watched, then fit again with those rows too."""
    inside = (data.parts == TRAIN) | (data.parts == VALIDATION)
    if len(data.folds):
        found = select_by_folds(run, data, fit, inside, config)
    else:
        found = select_by_validation(run, data, fit, config)
        if config["bagging"]:
            data.dataset.warnings.append("Not bagged: a fold would lack rows of a class.")
    if not run.stopping and not found.bagged:
        run.phase("refitting")
        print(f"refitting on {int(inside.sum()):,} rows for {found.rounds} rounds", flush=True)
        final = fit(data.part(inside), None, found.rounds)
        if final.trained == found.rounds:
            found.final, found.on_validation = final, True
    return found


def select_by_validation(run: Run, data: Data, fit: Fit, config: Mapping[str, Any]) -> Outcome:
    """Fit on the training part and watch the validation part."""
    run.phase("training")
    watched = data.parts == VALIDATION
    fitted = fit(data.part(data.parts == TRAIN), data.part(watched), None)
    train, validation = fitted.curves
    return Outcome(
        final=fitted,
        curves={"train": train, "validation": validation},
        selection_rows=np.flatnonzero(watched),
        selection_raw=fitted.predict(data.features[watched]),
        rounds=fitted.rounds,
        trained=fitted.trained,
        cap=most_rounds(config),
    )


def select_by_folds(
    run: Run, data: Data, fit: Fit, inside: np.ndarray, config: Mapping[str, Any]
) -> Outcome:
    """Watch each fold once while the others are fitted on, and take the round best on average."""
    run.phase("training")
    models: list[Fitted] = []
    rows: list[np.ndarray] = []

    def fit_fold(fold: int, rounds: int | None) -> Fitted:
        held = data.folds == fold
        return fit(data.part(inside & ~held), data.part(held), rounds)

    for fold in range(FOLDS):
        if run.stopping and models:
            break
        models.append(fit_fold(fold, None))
        rows.append(np.flatnonzero(data.folds == fold))
        print(f"fold {fold + 1} of {FOLDS}: best after {models[-1].rounds} rounds", flush=True)
    bag = config["bagging"] and len(models) > 1
    curves = [model.curves for model in models]
    if not bag and cut_short(curves, run.watched, config):
        longest = max(model.trained for model in models)
        for fold, model in enumerate(models):
            if model.trained < longest and not run.stopping:
                print(f"fold {fold + 1} goes on to {longest} rounds, as others did", flush=True)
                longer = fit_fold(fold, longest).curves
                curves[fold] = max(model.curves, longer, key=lambda sides: len(sides[1]))
    train, validation = mean_curves(curves)
    raw = [
        model.predict(data.features.iloc[held]) for model, held in zip(models, rows, strict=True)
    ]
    final = bag_of(models) if bag else models[0]
    return Outcome(
        final=final,
        on_validation=bag,
        bagged=len(models) if bag else 0,
        curves={"train": train, "validation": validation},
        selection_rows=np.concatenate(rows),
        selection_raw=np.concatenate(raw),
        rounds=final.rounds if bag else best_round(validation, run.watched),
        trained=max(model.trained for model in models),
        cap=most_rounds(config),
    )


def mean_curves(curves: Sequence[list[list[float]]]) -> list[list[float]]:
    """Mean of the folds' curves of training and of validation, up to the end of the shortest."""
    shortest = min(len(watched) for _, watched in curves)
    return [
        np.mean([side[:shortest] for side in sides], axis=0).tolist()
        for sides in zip(*curves, strict=True)
    ]


def cut_short(curves: Sequence[list[list[float]]], metric: str, config: Mapping[str, Any]) -> bool:
    """Whether the mean of the folds still gained where the first of them stopped."""
    _, validation = mean_curves(curves)
    patience = config["hyperparameters"]["early_stopping_rounds"]
    return best_round(validation, metric) > len(validation) - patience


def best_round(curve: Sequence[float], metric: str) -> int:
    """Number of the round, from 1, at which a metric was best."""
    sign = 1 if metric in LOWER_IS_BETTER else -1
    return int(np.argmin(sign * np.asarray(curve))) + 1


def bag_of(models: Sequence[Fitted]) -> Fitted:
    """The models of all folds as one, which says the mean of what they say."""
    rounds = round(float(np.median([model.rounds for model in models])))
    explaining = [model.contributions for model in models if model.contributions is not None]

    def gain() -> dict[str, float]:
        gains = pd.DataFrame([model.gain() for model in models]).fillna(0.0)
        return {str(name): float(value) for name, value in gains.sum().items()}

    def contributions(features: pd.DataFrame) -> np.ndarray:
        return np.mean([explain(features) for explain in explaining], axis=0)

    return Fitted(
        model=[model.model for model in models],
        rounds=rounds,
        trained=max(model.trained for model in models),
        curves=models[0].curves,
        predict=lambda features: np.mean([model.predict(features) for model in models], axis=0),
        gain=gain,
        contributions=contributions if explaining else None,
        files={
            name.replace("model.", f"model_{number}."): write
            for number, model in enumerate(models, start=1)
            for name, write in model.files.items()
        },
        flat=dict.fromkeys(models[0].flat, rounds),
    )
