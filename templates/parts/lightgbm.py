class Rounds:
    """Keeps the curves of a fit, and ends it when the machine is asked to stop."""

    def __init__(self, run: Run, of: int) -> None:
        self.run, self.of = run, of
        self.curves: list[list[float]] = []

    def __call__(self, env: lgb.callback.CallbackEnv) -> None:
        """Look at one finished round."""
        results = env.evaluation_result_list or []
        self.curves = self.curves or [[] for _ in results]
        for curve, result in zip(self.curves, results, strict=True):
            curve.append(float(result.metric_value))
        curve, upwards = self.curves[-1], results[-1].maximize
        if self.run.round(env.iteration + 1, self.of, curve[-1]):
            best = int(np.argmax(curve) if upwards else np.argmin(curve))
            raise lgb.callback.EarlyStopException(best, results)


def gpu_answers() -> bool:
    """Whether LightGBM trains on the GPU: its wheels hold no CUDA trainer."""
    return False


def fitted_lightgbm(model: Any, progress: Rounds) -> Fitted:
    """Wrap a fitted estimator."""
    booster, trained = model.booster_, len(progress.curves[0])
    best = model.best_iteration_ or trained

    def predict(features: pd.DataFrame) -> np.ndarray:
        raw = np.asarray(booster.predict(features, num_iteration=best))
        binary = raw.ndim == 1 and hasattr(model, "predict_proba")
        return np.column_stack([1 - raw, raw]) if binary else raw

    def contributions(features: pd.DataFrame) -> np.ndarray:
        flat = np.asarray(booster.predict(features, num_iteration=best, pred_contrib=True))
        return flat.reshape(len(features), -1, features.shape[1] + 1)

    return Fitted(
        model=model,
        rounds=best,
        trained=trained,
        curves=progress.curves,
        predict=predict,
        gain=lambda: dict(
            zip(booster.feature_name(), booster.feature_importance("gain").tolist(), strict=True)
        ),
        contributions=contributions,
        files={
            "model.txt": lambda path: booster.save_model(path, num_iteration=best),
            "model.pkl": pickled(model),
        },
        flat={"n_estimators": best},
    )
