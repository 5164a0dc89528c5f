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
