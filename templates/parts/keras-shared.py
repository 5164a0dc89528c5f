# Rows that a network is asked about at once. Always as many: one shape is compiled, and the answer
# to a row depends on no other.
ASKED_AT_ONCE = 1024


def keras_rows(features: pd.DataFrame, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Turn features into what the network takes: numbers, flags of 0 and 1, and codes to embed.

    Numbers are filled with their median, centred, scaled, and pressed together the more they lie
    beyond 3; a flag says where one was missing. Small categories become a flag for each value.
    """
    numbers: list[np.ndarray] = []
    flags: list[np.ndarray] = []
    for name, how in inputs["numeric"].items():
        values = features[name].to_numpy(np.float64)
        scaled = (np.where(np.isnan(values), how["median"], values) - how["centre"]) / how["scale"]
        numbers.append(3 * np.arcsinh(scaled / 3))
        if how["indicator"]:
            flags.append(np.isnan(values))
    for name, size in inputs["one_hot"].items():
        codes = features[name].fillna(size).to_numpy(np.int64)
        flags += [codes == code for code in range(size)]
    tables = {"numbers": numbers, "flags": flags}
    rows = {name: np.column_stack(some).astype(np.float32) for name, some in tables.items() if some}
    for position, name in enumerate(inputs["embedded"]):
        # Zero stands for a missing value.
        codes = features[name].fillna(-1).to_numpy(np.int32) + 1
        rows[f"codes_{position}"] = codes[:, None]
    return rows


def keras_answer(
    model: keras.Model, rows: Mapping[str, np.ndarray], regression: bool
) -> np.ndarray:
    """Values of a regression, else probabilities with one column a class."""
    count = len(next(iter(rows.values())))
    said = []
    for start in range(0, count, ASKED_AT_ONCE):
        some = {name: table[start : start + ASKED_AT_ONCE] for name, table in rows.items()}
        lacking = max(0, start + ASKED_AT_ONCE - count)
        filled = {name: np.pad(table, ((0, lacking), (0, 0))) for name, table in some.items()}
        said.append(model.predict_on_batch(filled))
    raw = np.concatenate(said)[:count].astype(np.float64)
    return raw.ravel() if regression else raw
