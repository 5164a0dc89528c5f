RARE_BELOW = {"category": 2, "category_high": 3}
MOST_CATEGORIES = {"category": 1000, "category_high": 500}


def fit_schema(train: pa.Table, config: Mapping[str, Any], classes: list[str]) -> dict[str, Any]:
    """Learn how columns become features, from rows of the training part and from no others."""
    dialect = config["dialect"]
    roles = config["features"]
    columns = [fit_numeric(train, name, dialect) for name in roles["numeric"]]
    columns += [fit_boolean(train, name, dialect) for name in roles["boolean"]]
    columns += [
        fit_category(train, name, role, dialect)
        for role in ("category", "category_high")
        for name in roles[role]
    ]
    columns += [fit_date(train, date["column"], date["format"], dialect) for date in roles["date"]]
    columns = [how for how in columns if how["parts"]]
    if not columns:
        raise BadData(
            "Not one feature holds a value in the training part: there is nothing to learn from."
        )
    wanted = [
        re.sub(
            r"\W+", "_", how["name"] if part is None else f"{how['name']}_{part}", flags=re.ASCII
        )
        for how in columns
        for part in how["parts"]
    ]
    names = iter(unique_names(wanted))
    for how in columns:
        how["features"] = [next(names) for _ in how["parts"]]
    return {
        "version": 1,
        "task": config["task"],
        "target": config["target"],
        "classes": classes,
        "objective": config["objective"],
        "dialect": dialect,
        "columns": columns,
        "threshold": 0.5,
        "temperature": 1.0,
    }


def fit_numeric(train: pa.Table, name: str, dialect: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers are taken as they are; a column without one is no feature."""
    known = np.isfinite(to_number(train[name], dialect)).any()
    return {"name": name, "kind": "numeric", "parts": [None] if known else []}


def fit_boolean(train: pa.Table, name: str, dialect: Mapping[str, Any]) -> dict[str, Any]:
    """Yes or no; nothing is learnt of it but whether it holds a value at all."""
    how = {"name": name, "kind": "boolean", "parts": [None]}
    (values,) = encode_column(train[name], how, dialect)
    return how if np.isfinite(values).any() else how | {"parts": []}


def fit_category(
    train: pa.Table, name: str, role: str, dialect: Mapping[str, Any]
) -> dict[str, Any]:
    """Frequent categories of a column; rare ones share a code with those never seen."""
    texts, codes = distinct_texts(train[name], dialect)
    counts: dict[str, int] = {}
    for text, count in zip(texts, np.bincount(codes % len(texts)), strict=False):
        if text is not None:
            counts[text] = counts.get(text, 0) + int(count)
    by_count = sorted(counts, key=lambda text: (-counts[text], text))[: MOST_CATEGORIES[role]]
    kept = sorted(text for text in by_count if counts[text] >= RARE_BELOW[role])
    return {"name": name, "kind": "category", "parts": [None] if kept else [], "categories": kept}


def fit_date(
    train: pa.Table, name: str, pattern: str, dialect: Mapping[str, Any]
) -> dict[str, Any]:
    """Origin of a date column, and which of its parts differ at all."""
    days = to_days(train[name], pattern, dialect)
    known = days[np.isfinite(days)]
    if len(known) == 0:
        return {"name": name, "kind": "date", "parts": []}
    origin = float(np.floor(known.min()))
    parts = [part for part, values in date_parts(known, origin).items() if np.ptp(values) > 0]
    return {"name": name, "kind": "date", "format": pattern, "origin": origin, "parts": parts}
