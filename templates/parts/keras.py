class TargetScale:
    """A network learns a target around 0 best; the last layer brings it back."""

    def __init__(self, centre: float, spread: float) -> None:
        self.centre, self.spread = centre, spread

    @staticmethod
    def of(target: np.ndarray) -> TargetScale:
        """Mean and standard deviation of the rows fitted on."""
        return TargetScale(float(target.mean()), float(target.std()) or 1.0)

    def shrink(self, target: np.ndarray) -> np.ndarray:
        """Values the network learns."""
        return ((target - self.centre) / self.spread).astype(np.float32)

    def restore(self, output: Any) -> Any:
        """Values of the target, as a layer."""
        return keras.layers.Rescaling(self.spread, self.centre)(output)


# Numbers that a number's waves are summed up in; with itself they are four, as in RealMLP.
SUMS_OF_WAVES = 3


def periodic_embeddings(numbers: Any, settings: Mapping[str, Any]) -> Any:
    """Show each number as waves of its own too, as RealMLP does: bends and steps are learnt sooner.

    "PBLD" of Holzmüller et al., arXiv 2407.04491, after Gorishniy et al., arXiv 2203.05556.
    """
    count, waves = numbers.shape[1], settings["n_frequencies"]
    draw = keras.initializers
    angles = keras.layers.EinsumDense(
        "bni,nif->bnf",
        (count, waves),
        bias_axes="nf",
        kernel_initializer=draw.RandomNormal(0.0, 2 * np.pi * settings["frequency_init_scale"]),
        bias_initializer=draw.RandomUniform(-np.pi, np.pi),
    )(keras.layers.Reshape((count, 1))(numbers))
    sums = keras.layers.EinsumDense(
        "bnf,nfs->bns",
        (count, SUMS_OF_WAVES),
        bias_axes="ns",
        kernel_initializer=draw.RandomNormal(0.0, waves**-0.5),
    )(keras.ops.cos(angles))
    return keras.layers.Flatten()(sums)


def keras_optimizer(settings: Mapping[str, Any]) -> Any:
    """Build the rule that turns gradients into steps."""
    kinds = {
        "adamw": keras.optimizers.AdamW,
        "adam": keras.optimizers.Adam,
        "nadam": keras.optimizers.Nadam,
        "rmsprop": keras.optimizers.RMSprop,
        "sgd": keras.optimizers.SGD,
    }
    name, decay = settings["optimizer"], settings["weight_decay"]
    if name in ("rmsprop", "sgd"):
        return kinds[name](settings["learning_rate"], weight_decay=decay)
    return kinds[name](settings["learning_rate"], weight_decay=decay, beta_2=settings["beta_2"])


def keras_loss(config: Mapping[str, Any]) -> Any:
    """What the network makes small."""
    if config["task"] != "regression":
        smoothing = config["hyperparameters"]["label_smoothing"]
        return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    if config["objective"] == "mae":
        return "mae"
    if config["objective"] != "quantile":
        return "mse"
    share = config["quantile"]

    def pinball(truth: Any, predicted: Any) -> Any:
        error = truth - predicted
        return keras.ops.mean(keras.ops.maximum(share * error, (share - 1) * error), axis=-1)

    return pinball


def learning_rate(epoch: int, _: float) -> float:
    """Learning rate of an epoch; coslog4 falls and rises four times, ever longer."""
    settings = CONFIG["hyperparameters"]
    done = (epoch + 0.5) / settings["epochs"]
    shape = {
        "constant": 1.0,
        "cosine": 0.5 + 0.5 * np.cos(np.pi * done),
        "coslog4": 0.5 - 0.5 * np.cos(2 * np.pi * np.log2(1 + 15 * done)),
    }
    return float(settings["learning_rate"] * shape[settings["schedule"]])


def gpu_answers() -> bool:
    """Whether the backend has a GPU that computes."""
    if keras.backend.backend() != "jax":
        return True
    try:
        device = jax.devices("gpu")[0]
        return bool(jax.device_put(np.ones(8), device).sum() == 8)
    except RuntimeError:
        return False


def use_device(device: str, scratch: Path) -> None:
    """Keep JAX on the CPU where that was asked for, and let it keep what it compiled.

    Every fold trains the same network: what is compiled for one serves the others.
    """
    jax.config.update("jax_compilation_cache_dir", str(scratch))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    if device == "cpu":
        jax.config.update("jax_default_device", jax.devices("cpu")[0])


def fit_inputs(
    train: pd.DataFrame, schema: Mapping[str, Any], config: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Learn how features become inputs of the network, from the training part alone.

    Returns what schema.json keeps, and the imputer and the scaler that it was read from.
    """
    inputs: dict[str, Any] = {"numeric": {}, "one_hot": {}, "embedded": {}}
    for how in schema["columns"]:
        kinds = len(how["categories"]) if how["kind"] == "category" else None
        for feature in how["features"]:
            if kinds is None:
                inputs["numeric"][feature] = {"indicator": bool(train[feature].isna().any())}
            elif kinds < config["hyperparameters"]["max_cat_to_onehot"]:
                inputs["one_hot"][feature] = kinds + 1
            else:
                inputs["embedded"][feature] = kinds + 2
    if not inputs["numeric"]:
        return inputs, {}
    rows = thinned(np.arange(len(train)), MOST_TRAIN_ROWS)
    values = train[list(inputs["numeric"])].iloc[rows].to_numpy(np.float64)
    imputer = SimpleImputer(strategy="median", keep_empty_features=True).fit(values)
    filled = imputer.transform(values)
    scaler = RobustScaler().fit(filled)
    low, high = np.quantile(filled, [0.25, 0.75], axis=0)
    # Where more than half of the rows are equal, the whole range says more than its middle half.
    ranges = np.where(np.ptp(filled, axis=0) > 0, np.ptp(filled, axis=0) / 2, 1.0)
    scaler.scale_ = np.where(high > low, high - low, ranges)
    learnt = zip(imputer.statistics_, scaler.center_, scaler.scale_, strict=True)
    for how, numbers in zip(inputs["numeric"].values(), learnt, strict=True):
        how |= dict(zip(("median", "centre", "scale"), map(float, numbers), strict=True))
    return inputs, {"imputer.pkl": imputer, "scaler.pkl": scaler}


class Epochs(keras.callbacks.Callback):
    """Judges each epoch, keeps the best weights, and ends the fit when it is time."""

    def __init__(
        self,
        run: Run,
        answer: Any,
        schema: Mapping[str, Any],
        fitted_on: Part,
        watched: Part | None,
        rounds: int | None,
    ) -> None:
        super().__init__()
        settings = CONFIG["hyperparameters"]
        self.run, self.answer, self.of = run, answer, rounds or settings["epochs"]
        self.patience = settings["early_stopping_rounds"] if rounds is None else rounds
        parts = [fitted_on] if watched is None else [fitted_on, watched]
        self.judges = [self.judge(part, schema) for part in parts]
        self.watching = watched is not None
        self.curves: list[list[float]] = [[] for _ in parts]
        self.best, self.weights = 0, None

    def judge(self, part: Part, schema: Mapping[str, Any]) -> Callable[[], float]:
        """Return what measures the network on some of the rows of a part."""
        some = thinned(np.arange(len(part.target)), 10_000)
        rows = keras_rows(part.features.iloc[some], schema["inputs"])
        truth, weight = part.target[some], np.ones(len(some))
        regression = CONFIG["task"] == "regression"

        def measure() -> float:
            raw = np.asarray(self.answer.predict_on_batch(rows), dtype=np.float64)
            if regression:
                found = regression_measure(truth, raw.ravel(), CONFIG["quantile"])(weight)
            else:
                found = classification_measure(truth, raw, raw.argmax(axis=1))(weight)
                found["error"] = 1 - found["accuracy"]
            return found[self.run.watched]

        return measure

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measure, remember, and stop the fit if nothing more is to be gained."""
        for curve, judge in zip(self.curves, self.judges, strict=True):
            curve.append(judge())
        curve = self.curves[-1]
        sign = 1 if self.run.watched in LOWER_IS_BETTER else -1
        if not self.watching or epoch == 0 or sign * curve[-1] < sign * curve[self.best]:
            self.best = epoch
            self.weights = self.answer.get_weights() if self.watching else None
        stale = self.watching and epoch - self.best >= self.patience
        if self.run.round(epoch + 1, self.of, curve[-1]) or stale:
            self.model.stop_training = True

    def on_train_end(self, logs: Any = None) -> None:
        """Go back to the best epoch."""
        if self.weights is not None:
            self.answer.set_weights(self.weights)


def fitted_keras(answer: Any, schema: Mapping[str, Any], epochs: Epochs) -> Fitted:
    """Wrap a fitted network."""
    regression = CONFIG["task"] == "regression"
    return Fitted(
        model=answer,
        rounds=epochs.best + 1,
        trained=len(epochs.curves[0]),
        curves=epochs.curves,
        predict=lambda features: keras_answer(
            answer, keras_rows(features, schema["inputs"]), regression
        ),
        gain=dict,
        contributions=None,
        files={"model.keras": answer.save},
        flat={"epochs_trained": epochs.best + 1},
    )
