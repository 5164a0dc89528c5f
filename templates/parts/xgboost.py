class Rounds(xgb.callback.TrainingCallback):
    """Tells how far a fit is, and ends it when the machine is asked to stop."""

    def __init__(self, run: Run, of: int) -> None:
        self.run, self.of = run, of

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Return True to end the fit after this round."""
        curve = [values for metrics in evals_log.values() for values in metrics.values()][-1]
        return self.run.round(epoch + 1, self.of, float(curve[-1]))


def gpu_answers() -> bool:
    """Whether XGBoost trains on the GPU: without a usable one it only warns and takes the CPU."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = xgb.QuantileDMatrix(np.zeros((8, 1)), label=np.zeros(8))
        booster = xgb.train({"device": "cuda", "tree_method": "hist"}, matrix, 1)
    settings = json.loads(booster.save_config())["learner"]["generic_param"]
    return settings["device"].startswith("cuda")


def fitted_xgboost(model: Any, watched: Part | None) -> Fitted:
    """Wrap a fitted estimator; from here on it predicts on the CPU."""
    booster = model.set_params(callbacks=None, device="cpu").get_booster()
    booster.set_param({"device": "cpu"})
    trained = booster.num_boosted_rounds()
    # A fit that is stopped in its first round knows no best one.
    best = trained if watched is None else getattr(model, "best_iteration", trained - 1) + 1

    def contributions(features: pd.DataFrame) -> np.ndarray:
        kinds = booster.feature_types
        matrix = xgb.DMatrix(features, feature_types=kinds, enable_categorical=True)
        return booster.predict(matrix, pred_contribs=True, iteration_range=(0, best))

    return Fitted(
        model=model,
        rounds=best,
        trained=trained,
        curves=[next(iter(metrics.values())) for metrics in model.evals_result().values()],
        predict=getattr(model, "predict_proba", model.predict),
        gain=lambda: booster.get_score(importance_type="total_gain"),
        contributions=contributions,
        files={
            "model.ubj": lambda path: booster[:best].save_model(path),
            "model.pkl": pickled(model),
        },
        flat={"n_estimators": best},
    )
