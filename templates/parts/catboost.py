class Rounds:
    """Tells how far a fit is, and ends it when the machine is asked to stop."""

    def __init__(self, run: Run, of: int) -> None:
        self.run, self.of = run, of

    def after_iteration(self, info: Any) -> bool:
        """Return False to end the fit after this round."""
        shown = info.metrics.get("validation", info.metrics["learn"])
        return not self.run.round(info.iteration, self.of, watched_curve(shown)[-1])


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
