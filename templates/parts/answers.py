def probabilities(raw: np.ndarray, temperature: float) -> np.ndarray:
    """Soften (above 1) or sharpen (below 1) the probabilities of a model."""
    if temperature == 1.0:
        return np.asarray(raw, dtype=np.float64)
    logits = np.log(np.clip(raw, 1e-15, 1.0)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def outputs(raw: np.ndarray, schema: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray | None]:
    """What a model says, in the user's terms: values or positions of classes, and probabilities."""
    if schema["task"] == "regression":
        values = np.asarray(raw, dtype=np.float64)
        return np.expm1(values) if schema["objective"] == "log1p" else values, None
    shares = probabilities(raw, schema["temperature"])
    if schema["task"] == "binary_classification":
        return (shares[:, 1] >= schema["threshold"]).astype(np.int64), shares
    return shares.argmax(axis=1), shares


def named_probabilities(shares: np.ndarray, classes: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of probabilities: one for two classes, that of the positive one; else one a class."""
    if len(classes) == 2:
        return {"probability": shares[:, 1]}
    return {f"probability_{label}": shares[:, code] for code, label in enumerate(classes)}
