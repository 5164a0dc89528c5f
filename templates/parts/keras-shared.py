# Rows that a network is asked about at once. Always as many: one shape is compiled, and the answer
# to a row depends on no other.
ASKED_AT_ONCE = 1024


def keras_rows(features: pd.DataFrame, inputs: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Turn features into what the network takes: one table of numbers, and codes to embed.

    Numbers are filled with their median, centred, scaled and held within about 3; a column says
    where one was missing. Small categories become a column for each value.
    """
    columns: list[np.ndarray] = []
    for name, how in inputs["numeric"].items():
        values = features[name].to_numpy(np.float64)
        scaled = (np.where(np.isnan(values), how["median"], values) - how["centre"]) / how["scale"]
        columns.append(scaled / np.sqrt(1 + (scaled / 3) ** 2))
        if how["indicator"]:
            columns.append(np.isnan(values))
    for name, size in inputs["one_hot"].items():
        codes = features[name].fillna(size).to_numpy(np.int64)
        columns += [codes == code for code in range(size)]
    table = np.column_stack(columns) if columns else np.zeros((len(features), 1))
    rows = {"numbers": table.astype(np.float32)}
    for name in inputs["embedded"]:
        # Zero stands for a missing value.
        rows[name] = (features[name].fillna(-1).to_numpy(np.int32) + 1)[:, None]
    return rows


def keras_answer(
    model: keras.Model, rows: Mapping[str, np.ndarray], regression: bool
) -> np.ndarray:
    """Values of a regression, else probabilities with one column a class."""
    count = len(rows["numbers"])
    said = []
    for start in range(0, count, ASKED_AT_ONCE):
        some = {name: table[start : start + ASKED_AT_ONCE] for name, table in rows.items()}
        lacking = max(0, start + ASKED_AT_ONCE - count)
        filled = {name: np.pad(table, ((0, lacking), (0, 0))) for name, table in some.items()}
        said.append(model.predict_on_batch(filled))
    raw = np.concatenate(said)[:count].astype(np.float64)
    return raw.ravel() if regression else raw
