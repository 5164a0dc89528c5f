EPOCH = pd.Timestamp("1970-01-01", tz="UTC")
TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "on"})
FALSE_WORDS = frozenset({"0", "false", "f", "no", "n", "off"})
WHOLE_NUMBER = re.compile(r"\+?(-?(?:0|[1-9][0-9]*))(?:\.0*)?")
DECIMAL_NUMBER = re.compile(r"\+?(-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9])0*")
# A sign of money at one end of a number, or of percent at its end: what is counted, not how much.
SIGNED = r"^(?:([+-]?)\p{Sc} ?(.*[^\p{Sc}%])|(.*[^ \p{Sc}%]) ?[\p{Sc}%])$"
HARD_SPACE = "[\u00a0\u2009\u202f]"


class BadData(Exception):
    """What is wrong with the input, in one sentence for whoever started the script."""


def abandon(sentence: str) -> NoReturn:
    """Say what went wrong, and end with exit code 1.

    Without the clean-up of the interpreter: threads of pyarrow that read ahead may still come back
    to it, and would abort the process.
    """
    print(sentence.replace("\n", " "), file=sys.stderr, flush=True)
    os._exit(1)


def canonical(value: Any, missing: frozenset[str]) -> str | None:
    """Write a value such that 1, 1.0 and "1.00" agree in all files; None if it is missing."""
    if value is None or value != value:
        return None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    text = str(value).strip()
    if text in missing:
        return None
    if number := WHOLE_NUMBER.fullmatch(text) or DECIMAL_NUMBER.fullmatch(text):
        return "0" if number[1] == "-0" else number[1]
    return text.lower() if text.lower() in ("true", "false") else text


def plain(column: pa.Array) -> pa.Array:
    """Numbers and texts are as they are; what else a Parquet file can hold becomes text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain(column.cast(kind.value_type))
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        if pa.types.is_timestamp(kind):
            column = column.cast(pa.timestamp(kind.unit))
        text = pc.replace_substring(column.cast(pa.string()), " ", "T")
        return pc.replace_substring_regex(text, r"\.?0*$", "") if kind.unit != "s" else text
    if pa.types.is_duration(kind):
        return column.cast(pa.int64())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column.cast(pa.float32()) if pa.types.is_float16(kind) else column
    return column.cast(pa.string())


def distinct(column: pa.ChunkedArray) -> tuple[list[Any], np.ndarray]:
    """Return each different value of a column, and for each row the position of its own, or -1."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    merged = column.unify_dictionaries().combine_chunks()
    codes = merged.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return merged.dictionary.to_pylist(), codes.astype(np.int64)


def distinct_texts(
    column: pa.ChunkedArray, dialect: Mapping[str, Any]
) -> tuple[list[str | None], np.ndarray]:
    """Canonical text of each value of a column, the last one missing, and the position of each row.

    Values that are written in several ways have several positions.
    """
    missing = frozenset(["", *dialect["missing"]])
    values, codes = distinct(column)
    return [*(canonical(value, missing) for value in values), None], codes


def to_text(column: pa.ChunkedArray, dialect: Mapping[str, Any]) -> np.ndarray:
    """Canonical text of each row, None where it is missing."""
    texts, codes = distinct_texts(column, dialect)
    return np.array(texts, dtype=object)[codes]


def to_number(column: pa.ChunkedArray, dialect: Mapping[str, Any]) -> np.ndarray:
    """Numbers as float64; what is missing, no number, or too large for a float32 becomes NaN."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = parse_numbers(column, dialect)
    numbers = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).copy()
    numbers[~(np.abs(numbers) <= np.finfo(np.float32).max)] = np.nan
    return numbers


def parse_numbers(column: pa.ChunkedArray, dialect: Mapping[str, Any]) -> pa.ChunkedArray:
    """Numbers written with this file's marks for decimals and thousands."""
    text = pc.utf8_trim_whitespace(column)
    missing = pa.array(["", *dialect["missing"]], text.type)
    text = pc.if_else(pc.is_in(text, value_set=missing), None, text)
    if dialect["decimal"] == "." and not dialect["thousands"]:
        with contextlib.suppress(pa.ArrowInvalid):
            return text.cast(pa.float64())
    text = pc.replace_substring_regex(text, HARD_SPACE, " ")
    text = pc.replace_substring_regex(text, SIGNED, r"\1\2\3")
    decimal, thousands = re.escape(dialect["decimal"]), re.escape(dialect["thousands"] or "")
    whole = rf"(\d{{1,3}}({thousands}\d{{3}})+|\d+)" if thousands else r"\d+"
    number = rf"^[+-]?({whole}({decimal}\d*)?|{decimal}\d+)([eE][+-]?\d+)?$"
    text = pc.if_else(pc.match_substring_regex(text, number), text, None)
    if thousands:
        text = pc.replace_substring(text, dialect["thousands"], "")
    return pc.replace_substring(text, dialect["decimal"], ".").cast(pa.float64())


def to_days(column: pa.ChunkedArray, pattern: str, dialect: Mapping[str, Any]) -> np.ndarray:
    """Dates and times as days since 1970 in UTC, with the time of day as a fraction; else NaN."""
    missing = frozenset(["", *dialect["missing"]])
    values, codes = distinct(column)
    texts = [value.strip() if isinstance(value, str) else value for value in values]
    texts = [None if text in missing else text for text in texts]
    moments = pd.to_datetime(
        pd.Series([*texts, None], dtype=object), format=pattern, errors="coerce", utc=True
    )
    return ((moments - EPOCH) / pd.Timedelta(days=1)).to_numpy(np.float64)[codes]


def date_parts(days: np.ndarray, origin: float) -> dict[str, np.ndarray]:
    """Take a date apart into numbers that a model can use.

    The year is not among them: whatever it divides, the days since the origin divide too.
    """
    known = np.isfinite(days)
    moments = pd.DatetimeIndex(
        EPOCH.tz_localize(None) + pd.to_timedelta(np.where(known, days, 0.0), unit="D").round("s")
    )
    parts = {
        "days": days - origin,
        "month": moments.month,
        "day": moments.day,
        "weekday": moments.day_of_week,
        "hour": moments.hour,
    }
    return {name: np.where(known, values, np.nan) for name, values in parts.items()}


def encode_column(
    column: pa.ChunkedArray, how: Mapping[str, Any], dialect: Mapping[str, Any]
) -> list[np.ndarray]:
    """Turn one column of the table into its features, NaN where a value is missing."""
    if how["kind"] == "numeric":
        return [to_number(column, dialect)]
    if how["kind"] == "date":
        parts = date_parts(to_days(column, how["format"], dialect), how["origin"])
        return [parts[name] for name in how["parts"]]
    texts, codes = distinct_texts(column, dialect)
    if how["kind"] == "boolean":
        known = {**dict.fromkeys(TRUE_WORDS, 1.0), **dict.fromkeys(FALSE_WORDS, 0.0)}
        table = [np.nan if text is None else known.get(text.lower(), np.nan) for text in texts]
    else:
        # Rare values and values never seen in training share one code of their own, after the last.
        known = {text: float(code) for code, text in enumerate(how["categories"])}
        table = [np.nan if text is None else known.get(text, float(len(known))) for text in texts]
    return [np.array(table)[codes]]


def apply_schema(frame: pa.Table, schema: Mapping[str, Any]) -> pd.DataFrame:
    """Turn rows as read into the features of the model; nothing but the arguments matters."""
    features: dict[str, np.ndarray] = {}
    for how in schema["columns"]:
        for name, values in zip(
            how["features"], encode_column(frame[how["name"]], how, schema["dialect"]), strict=True
        ):
            features[name] = values.astype(np.float32)
    return pd.DataFrame(features, copy=False)
