def scrambled(identity: np.ndarray, seed: int) -> np.ndarray:
    """Well mixed 64-bit numbers (SplitMix64), the same for the same rows and seed everywhere."""
    with np.errstate(over="ignore"):
        mixed = identity + np.uint64(0x9E3779B97F4A7C15) * np.uint64(seed + 1)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def shares(units: np.ndarray, strata: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Line the rows of each stratum up in a seeded order that keeps equal units together.

    Returns for each row how far down the line its unit stands, as a share from 0 to 1, and how
    many units its stratum has.
    """
    distinct_units, first, unit, sizes = np.unique(
        units, return_index=True, return_inverse=True, return_counts=True
    )
    stratum = strata[first]
    order = np.lexsort((scrambled(distinct_units, seed), stratum))
    run_of = np.flatnonzero(np.r_[True, np.diff(stratum[order]) != 0])
    lengths = np.diff(np.r_[run_of, len(order)])
    ends = np.cumsum(sizes[order])
    starts_at = np.repeat(ends[run_of] - sizes[order][run_of], lengths)
    totals = np.repeat(np.add.reduceat(sizes[order], run_of), lengths)
    share, count = np.empty(len(order)), np.empty(len(order), dtype=np.int64)
    # Where within a unit a stratum is cut is left to chance: small ones then add up to their share.
    luck = scrambled(stratum[order][run_of].astype(np.uint64), seed) / 2.0**64
    into = sizes[order] * np.repeat(luck, lengths)
    share[order] = (ends - sizes[order] + into - starts_at) / totals
    count[order] = np.repeat(lengths, lengths)
    return share[unit], count[unit]


def units_and_strata(
    dataset: Dataset, values: np.ndarray, config: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """What must stay together (equal rows, or a group), and what is divided evenly (classes)."""
    split = config["split"]
    strata = np.zeros(len(values), dtype=np.int64)
    if split["kind"] == "group":
        texts = to_text(dataset.table[split["column"]], config["dialect"])
        groups = [
            row
            if text is None
            else int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
            for text, row in zip(texts, dataset.identity.tolist(), strict=True)
        ]
        return np.array(groups, dtype=np.uint64), strata
    if split["kind"] != "random" and config["task"] == "regression":
        # Ten rows or more of each, or few rows would leave a part empty.
        bins = min(10, len(values) // 10)
        strata = np.searchsorted(np.quantile(values, np.arange(1, bins) / bins), values)
    elif split["kind"] != "random":
        strata = values
    return units_of_rows(dataset, values), strata


def units_of_rows(dataset: Dataset, values: np.ndarray) -> np.ndarray:
    """What stands for each row: rows that are equal in all columns are copies, and share a part.

    Copies agree about the target. Where rows that are equal in all else mostly do not, the table
    just has few different values, and parts that share none of them would contradict each other.
    """
    _, group, sizes = np.unique(dataset.rest, return_inverse=True, return_counts=True)
    order = np.argsort(group, kind="stable")
    starts = np.cumsum(sizes) - sizes
    lowest, highest = (each.reduceat(values[order], starts) for each in (np.minimum, np.maximum))
    repeated = sizes > 1
    if sizes[repeated & (lowest != highest)].sum() * 2 <= sizes[repeated].sum():
        return dataset.identity
    return scrambled(dataset.identity ^ scrambled(dataset.row.astype(np.uint64), 0), 0)


def split_rows(dataset: Dataset, target: Target, config: Mapping[str, Any]) -> np.ndarray:
    """Say for each row to which part it belongs.

    The answer depends on the rows, the target, the split settings and the seed, and on nothing
    else: scripts with other features or models can be compared. Equal rows share a part.
    """
    split = config["split"]
    if split["kind"] == "time":
        parts = split_by_time(dataset, target, config)
    elif split["kind"] == "column":
        parts = split_by_column(dataset, target, config)
    elif split["kind"] == "file":
        told = np.where(dataset.tested, TEST, TRAIN)
        parts = with_validation(dataset, target, told, config)
    else:
        units, strata = units_and_strata(dataset, target.values, config)
        share, count = shares(units, strata, config["seed"])
        in_training = (share >= split["test"] + split["validation"]) | (count < 3)
        parts = np.where(in_training, TRAIN, np.where(share < split["test"], TEST, VALIDATION))
    if config["task"] != "regression":
        parts = without_unknown_classes(dataset, target, parts)
    for part, name in ((TRAIN, "training"), (VALIDATION, "validation"), (TEST, "test")):
        if not (parts == part).any():
            raise BadData(f"The split leaves no row for the {name} part: choose another split.")
    return parts


def split_by_time(dataset: Dataset, target: Target, config: Mapping[str, Any]) -> np.ndarray:
    """Train on the oldest rows, test on the newest, leave out a gap of rows before each border."""
    split = config["split"]
    days = read_times(dataset.table[split["column"]], config)
    known = np.isfinite(days)
    dataset.keep(known, "time_missing")
    target.values, days = target.values[known], days[known]
    if len(days) < FEWEST_ROWS:
        raise BadData(f"Only {len(days)} rows have a date or time in {split['column']!r}.")
    ordered = np.sort(days)
    rows = len(days)
    test_from = ordered[min(rows - 1, round(rows * (1 - split["test"])))]
    validation_from = ordered[
        min(rows - 1, round(rows * (1 - split["test"] - split["validation"])))
    ]
    parts = np.where(days >= test_from, TEST, np.where(days >= validation_from, VALIDATION, TRAIN))
    for border in (validation_from, test_from) if split["gap"] else ():
        before = np.flatnonzero(days < border)
        newest = before[np.argsort(days[before], kind="stable")][-split["gap"] :]
        parts[newest] = LEFT_OUT
    return parts


def split_by_column(dataset: Dataset, target: Target, config: Mapping[str, Any]) -> np.ndarray:
    """Do as the cells of a column say; where none asks for validation, some training rows serve."""
    split = config["split"]
    texts = to_text(dataset.table[split["column"]], config["dialect"])
    said = np.array([text.lower() if text else "" for text in texts])
    parts = np.full(len(said), LEFT_OUT)
    for part, name in ((TRAIN, "train"), (VALIDATION, "validation"), (TEST, "test")):
        parts[np.isin(said, split["labels"][name])] = part
    if not (parts == VALIDATION).any():
        parts = with_validation(dataset, target, parts, config)
    return parts


def with_validation(
    dataset: Dataset, target: Target, parts: np.ndarray, config: Mapping[str, Any]
) -> np.ndarray:
    """Take a share of the training rows for validation."""
    units, strata = units_and_strata(dataset, target.values, config)
    training = parts == TRAIN
    if not training.any():
        return parts
    share, count = shares(units[training], strata[training], config["seed"])
    watched = (share < config["split"]["validation"]) & (count >= 3)
    parts[training] = np.where(watched, VALIDATION, TRAIN)
    return parts


def read_times(column: pa.ChunkedArray, config: Mapping[str, Any]) -> np.ndarray:
    """What a split by time sorts by: numbers as they are, else dates."""
    numbers = to_number(column, config["dialect"])
    if np.isfinite(numbers).mean() > 0.5:
        return numbers
    return to_days(column, config["split"]["date_format"] or "ISO8601", config["dialect"])


def without_unknown_classes(dataset: Dataset, target: Target, parts: np.ndarray) -> np.ndarray:
    """Leave out the rows of classes that no training row has: no model could know them."""
    known = np.unique(target.values[parts == TRAIN])
    if len(known) < 2:
        raise BadData("The training part holds one class only: choose another split.")
    if len(known) < len(target.classes):
        unknown = sorted(set(range(len(target.classes))) - set(known.tolist()))
        names = ", ".join(repr(target.classes[code]) for code in unknown[:5])
        dataset.warnings.append(f"Left out because no training row has them: class {names}.")
        parts = np.where(np.isin(target.values, known), parts, LEFT_OUT)
        target.classes = [target.classes[code] for code in known]
        target.values = np.searchsorted(known, target.values).clip(0, len(known) - 1)
    return parts


def fold_rows(
    dataset: Dataset, target: Target, parts: np.ndarray, config: Mapping[str, Any]
) -> np.ndarray:
    """Deal the rows that are not tested on out to folds; -1 stays in training in every fold.

    With few rows one validation part is mostly luck, so all of them take a turn, as they do to be
    bagged. Empty when there are rows enough, or when time, the file, or a class that a fold would
    lack speaks against it.
    """
    inside = (parts == TRAIN) | (parts == VALIDATION)
    split = config["split"]
    told = split["kind"] == "column" and split["labels"]["validation"]
    enough = inside.sum() >= FOLDS_BELOW_ROWS or told
    if split["kind"] == "time" or (enough and not config["bagging"]):
        return np.array([], dtype=np.int64)
    units, strata = units_and_strata(dataset, target.values, config)
    share, count = shares(units[inside], strata[inside], config["seed"])
    folds = np.full(len(parts), -1)
    folds[inside] = np.where(count < 2, -1, np.minimum((share * FOLDS).astype(np.int64), FOLDS - 1))
    for fold in range(FOLDS):
        fitted_on = inside & (folds != fold)
        lacking = config["task"] != "regression" and len(np.unique(target.values[fitted_on])) < len(
            target.classes
        )
        if lacking or not (folds == fold).any():
            return np.array([], dtype=np.int64)
    return folds
