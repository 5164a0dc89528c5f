# Seconds between what CatBoost saves of a fit on a GPU, and so the most that a stop costs.
SNAPSHOT_S = 10


class Rounds:
    """Tells how far a fit is, and ends it when the machine is asked to stop."""

    def __init__(self, run: Run, of: int) -> None:
        self.run, self.of = run, of

    def after_iteration(self, info: Any) -> bool:
        """Return False to end the fit after this round."""
        shown = info.metrics.get("validation", info.metrics["learn"])
        return not self.run.round(info.iteration, self.of, watched_curve(shown)[-1])


def last_round(log: str) -> tuple[int, float] | None:
    """Round and value of a log that ends like `7:<tab>learn: 0.5<tab>test: 0.6<tab>best: …`."""
    # What follows the last line end may be half a line.
    for line in reversed(log.rpartition("\n")[0].splitlines()):
        number, *shown = line.split("\t")
        values = [text.split()[1] for text in shown if text.startswith(("learn:", "test:"))]
        if values:
            return int(number.removesuffix(":")) + 1, float(values[-1])
    return None


def follow_on_gpu(run: Run, of: int, log: io.StringIO, ended: threading.Event) -> None:
    """Tell how far a fit is, and interrupt it when the machine is asked to stop."""
    while not ended.wait(1):
        reached = last_round(log.getvalue())
        if reached and run.round(reached[0], of, reached[1]):
            _thread.interrupt_main()


def fit_on_cpu(run: Run, model: Any, pool: catboost.Pool, watched: catboost.Pool | None) -> None:
    """Fit, with a word after each round."""
    rounds = Rounds(run, model.get_params()["iterations"])
    model.fit(pool, eval_set=watched, callbacks=[rounds])


def fit_on_gpu(run: Run, model: Any, pool: catboost.Pool, watched: catboost.Pool | None) -> None:
    """Fit where CatBoost calls nobody back: its log is read, and an interrupt ends the fit.

    Then the fit goes on from its last snapshot to the round that it had reached.
    """
    # Written to by no Python code: CatBoost ignores an interrupt that is raised in a log.
    log, ended = io.StringIO(), threading.Event()
    of = model.get_params()["iterations"]
    follower = threading.Thread(target=follow_on_gpu, args=(run, of, log, ended), daemon=True)
    # What a shell starts in the background ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="tabpod-") as folder:
        model.set_params(allow_writing_files=True, train_dir=folder, verbose=True)
        fit = partial(
            model.fit, pool, eval_set=watched, save_snapshot=True, snapshot_interval=SNAPSHOT_S
        )
        follower.start()
        try:
            try:
                fit(log_cout=log)
            finally:
                ended.set()
                follower.join()
        except KeyboardInterrupt:
            ended.set()
            reached = last_round(log.getvalue())
            if not run.stopping or not reached:
                raise
            if not model.is_fitted():
                model.set_params(iterations=reached[0])
                fit(log_cout=io.StringIO())


def watched_curve(curves: Mapping[str, list[float]]) -> list[float]:
    """The curve of the metric that is watched, which may stand beside that of the loss."""
    wanted = WATCH[CONFIG["stop_on"]].partition(":")[0]
    return next(curve for name, curve in curves.items() if name.partition(":")[0] == wanted)


def gpu_answers() -> bool:
    """Whether CatBoost trains on the GPU: it raises where there is none, or one unknown to it."""
    tiny = catboost.CatBoostRegressor(
        task_type="GPU", iterations=1, allow_writing_files=False, verbose=False
    )
    try:
        tiny.fit(np.arange(16.0).reshape(8, 2), np.arange(8.0))
    except catboost.CatBoostError:
        return False
    return True


def catboost_pool(part: Part) -> catboost.Pool:
    """Hand rows over in the form CatBoost wants."""
    rows = catboost_rows(part.features, part.categorical)
    named = rows.columns[np.array(part.categorical, dtype=bool)].tolist()
    return catboost.Pool(rows, part.target, weight=part.weight, cat_features=named)


def fitted_catboost(model: Any, categorical: list[bool]) -> Fitted:
    """Wrap a fitted estimator, which keeps the trees up to the best round and no more."""
    curves = [list(watched_curve(curves)) for curves in model.get_evals_result().values()]
    answer = model.predict_proba if hasattr(model, "predict_proba") else model.predict

    def contributions(features: pd.DataFrame) -> np.ndarray:
        rows = catboost_rows(features, categorical)
        named = rows.columns[np.array(categorical, dtype=bool)].tolist()
        pool = catboost.Pool(rows, cat_features=named)
        return model.get_feature_importance(pool, type="ShapValues")

    return Fitted(
        model=model,
        rounds=model.tree_count_,
        trained=len(curves[0]),
        curves=curves,
        predict=lambda features: answer(catboost_rows(features, categorical)),
        gain=lambda: dict(
            zip(model.feature_names_, model.get_feature_importance().tolist(), strict=True)
        ),
        contributions=contributions,
        files={"model.cbm": lambda path: model.save_model(str(path)), "model.pkl": pickled(model)},
        flat={"iterations": model.tree_count_},
    )
