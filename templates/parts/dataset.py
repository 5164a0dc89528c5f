TRAIN, VALIDATION, TEST, LEFT_OUT = 0, 1, 2, 3
FOLDS = 5
FOLDS_BELOW_ROWS = 2000
FEWEST_ROWS = 20
CONNECT_S, SILENT_S = 30, 300


@dataclass
class Dataset:
    """The columns in use, and fingerprints of each row, the unused columns included."""

    table: pa.Table
    # Of all columns, and of all but the target.
    identity: np.ndarray
    rest: np.ndarray
    # Position in the file, from 0, of each row that is still used.
    row: np.ndarray
    rows_read: int
    # Which rows come from a file of test rows.
    tested: np.ndarray
    dropped: dict[str, int]
    warnings: list[str]

    def keep(self, rows: np.ndarray, reason: str) -> None:
        """Go on with these rows, and remember how many others there were."""
        if lost := int((~rows).sum()):
            self.dropped[reason] = lost
            self.table = self.table.filter(pa.array(rows))
            self.identity, self.rest = self.identity[rows], self.rest[rows]
            self.row, self.tested = self.row[rows], self.tested[rows]

    def append(self, other: Dataset) -> None:
        """Take the rows of a file of test rows."""
        columns = {}
        for name in self.table.column_names:
            mine, theirs = self.table[name], other.table[name]
            if mine.type != theirs.type:
                # Parquet files may hold the same values as other types.
                mine, theirs = (column.cast(pa.string()) for column in (mine, theirs))
            columns[name] = pa.chunked_array([*mine.chunks, *theirs.chunks])
        self.table = pa.table(columns).unify_dictionaries()
        self.identity = np.concatenate([self.identity, other.identity])
        self.rest = np.concatenate([self.rest, other.rest])
        self.row = np.concatenate([self.row, other.row])
        self.tested = np.concatenate([self.tested, np.ones(len(other.row), dtype=bool)])
        self.rows_read += other.rows_read
        for reason, rows in other.dropped.items():
            self.dropped[reason] = self.dropped.get(reason, 0) + rows


def load_dataset(run: Run, config: Mapping[str, Any]) -> Dataset:
    """Read the table from where the command line, the environment or CONFIG says it is."""
    run.phase("reading")
    place = dict(config["dataset"])
    if secret_url := os.environ.get("TABPOD_DATASET_URL"):
        place = {"url": secret_url}
    dataset = load_table(run.dataset, place, config)
    if config["split"]["kind"] == "file":
        dataset.append(load_table(run.test_dataset, config["split"]["test"], config))
    return dataset


def load_table(path: Path | None, place: Mapping[str, str], config: Mapping[str, Any]) -> Dataset:
    """Read one table: a file that was named, else what CONFIG says."""
    if path is None and "url" in place:
        return load_dataset_from_url(place["url"], config)
    return load_dataset_from_storage(path or Path(place["file"]), config)


class Patient(http.client.HTTPConnection):
    """A connection that must stand soon, and may then be silent for a while."""

    def connect(self) -> None:
        """Connect, the way through a proxy and TLS included."""
        self.timeout = CONNECT_S
        super().connect()
        self.sock.settimeout(SILENT_S)


class PatientTls(Patient, http.client.HTTPSConnection):
    """The same by https."""


class PatientHandler(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Opens addresses by such connections."""

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open one by http."""
        return self.do_open(Patient, req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Open one by https."""
        return self.do_open(PatientTls, req)


def load_dataset_from_url(url: str, config: Mapping[str, Any]) -> Dataset:
    """Download to a temporary file, gone afterwards. The log shows no secret of the address."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    shown = urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))
    if parts.scheme not in ("http", "https"):
        raise BadData(f"Only http and https addresses can be read, not {shown}.")
    with tempfile.TemporaryDirectory(prefix="tabpod-") as folder:
        path = Path(folder) / "data"
        try:
            request = urllib.request.Request(url, headers={"User-Agent": "tabpod"})
            opened = urllib.request.build_opener(PatientHandler).open(request)
            with opened as reply, open(path, "wb") as file:
                expected = reply.headers.get("Content-Length")
                while piece := reply.read(1 << 20):
                    file.write(piece)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise
            raise BadData(f"{shown} could not be downloaded: {error}") from error
        if expected and path.stat().st_size != int(expected):
            raise BadData(f"{shown} broke off after {path.stat().st_size} of {expected} bytes.")
        return load_dataset_from_storage(path, config)


def load_dataset_from_storage(path: Path, config: Mapping[str, Any]) -> Dataset:
    """Read the columns in use from a file, wherever the folder it lies in comes from."""
    if not path.is_file():
        raise BadData(f"There is no file {path}: name the dataset with --data.")
    numeric = {*config["features"]["numeric"], config["sample_weight"]}
    dropped: dict[str, int] = {}
    identity, rest = [], []
    pieces: list[pa.RecordBatch] = []
    for batch, share in read_table(path, config["dialect"], dropped):
        used = columns_in_use(batch.schema.names, config)
        target = batch.schema.get_field_index(config["target"])
        others = [column for index, column in enumerate(batch.columns) if index != target]
        rest.append(fingerprints(others or batch.columns))
        answers = batch[target].cast(pa.string()).dictionary_encode(null_encoding="encode")
        told = fingerprints([answers.dictionary])[answers.indices.to_numpy()]
        identity.append(scrambled(rest[-1] ^ told, 0))
        columns = [
            pa.array(to_number(pa.chunked_array([batch[name]]), config["dialect"]))
            if name in numeric
            else batch[name].dictionary_encode()
            for name in used
        ]
        pieces.append(pa.RecordBatch.from_arrays(columns, names=used))
        check_memory(path.name, pieces, share, config)
    if not pieces:
        raise BadData(f"{path.name} has no row of data that can be read.")
    table = pa.Table.from_batches(pieces).unify_dictionaries()
    print(f"read {table.num_rows:,} rows, {table.num_columns} columns in use", flush=True)
    rows_read = table.num_rows + dropped.get("ragged", 0)
    row = np.arange(table.num_rows)
    return Dataset(
        table=table,
        identity=np.concatenate(identity),
        rest=np.concatenate(rest),
        row=row,
        rows_read=rows_read,
        tested=np.zeros(len(row), dtype=bool),
        dropped=dropped,
        warnings=[],
    )


def fingerprints(columns: Sequence[pa.Array]) -> np.ndarray:
    """A 64-bit number for each row, the same for rows that are equal in these columns."""
    count, cores = len(columns[0]), pa.cpu_count()
    step = max(1000, -(-count // cores))

    def texts_from(start: int) -> pa.Array:
        texts = [column.slice(start, step).cast(pa.string()) for column in columns]
        return pc.binary_join_element_wise(
            *texts, "\x1f", null_handling="replace", null_replacement="\x00"
        )

    # Numbers become text slowly: threads share it, as pyarrow works outside of Python's lock.
    with ThreadPoolExecutor(cores) as pool:
        rows = [
            row
            for texts in pool.map(texts_from, range(0, count, step))
            for row in texts.to_pylist()
        ]
    digests = [hashlib.blake2b(row.encode(), digest_size=8).digest() for row in rows]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def columns_in_use(names: Sequence[str], config: Mapping[str, Any]) -> list[str]:
    """Features, target, weight and the column that the split goes by: all must be in the file."""
    features = config["features"]
    needed = [
        name
        for role in ("numeric", "boolean", "category", "category_high")
        for name in features[role]
    ]
    needed += [date["column"] for date in features["date"]]
    needed += [config["target"], config["split"].get("column"), config["sample_weight"]]
    needed = list(dict.fromkeys(name for name in needed if name is not None))
    lost = [name for name in needed if name not in names]
    if config["target"] in lost:
        raise BadData(f"The target column {config['target']!r} is not in the file.")
    if lost:
        raise BadData(
            f"{len(lost)} column(s) are no longer in the file: {', '.join(map(repr, lost[:5]))}."
        )
    return needed


@dataclass
class Target:
    """What is to be predicted, as numbers: values, or positions in the list of classes."""

    values: np.ndarray
    classes: list[str]


def read_target(dataset: Dataset, config: Mapping[str, Any]) -> Target:
    """Turn the target column into numbers. Rows without a target cannot be learnt from."""
    name, dialect = config["target"], config["dialect"]
    texts = to_text(dataset.table[name], dialect)
    present = np.array([text is not None for text in texts], dtype=bool)
    if not present.any():
        raise BadData(f"The target column {name!r} is empty in every row.")
    dataset.keep(present, "target_missing")
    target = (
        read_numbers(dataset, config)
        if config["task"] == "regression"
        else read_classes(texts[present], dataset, config)
    )
    if len(target.values) < FEWEST_ROWS:
        raise BadData(
            f"Only {len(target.values)} rows can be used; training and testing take "
            f"at least {FEWEST_ROWS}."
        )
    return target


def read_numbers(dataset: Dataset, config: Mapping[str, Any]) -> Target:
    """Target of a regression."""
    name = config["target"]
    values = to_number(dataset.table[name], config["dialect"])
    dataset.keep(np.isfinite(values), "target_not_a_number")
    values = values[np.isfinite(values)]
    if len(values) == 0:
        raise BadData(
            f"The target column {name!r} holds no numbers: choose a classification model."
        )
    if values.min() == values.max():
        raise BadData(
            f"The target column {name!r} holds one single value: there is nothing to learn."
        )
    if config["objective"] == "log1p" and values.min() <= -1:
        raise BadData(
            f"The target column {name!r} holds values of -1 or less: log1p cannot be used."
        )
    return Target(values, [])


def class_order(label: str) -> tuple[bool, float, str]:
    """Numbers by size, then texts."""
    number = WHOLE_NUMBER.fullmatch(label) or DECIMAL_NUMBER.fullmatch(label)
    return (number is None, float(label) if number else 0.0, label)


def read_classes(texts: np.ndarray, dataset: Dataset, config: Mapping[str, Any]) -> Target:
    """Target of a classification: the classes of CONFIG in their order, then others that occur."""
    missing = frozenset(["", *config["dialect"]["missing"]])
    planned = [canonical(label, missing) for label in config["classes"]]
    present, codes = np.unique(texts.astype(str), return_inverse=True)
    found = sorted((str(label) for label in present), key=class_order)
    classes = [label for label in planned if label in found]
    classes += [label for label in found if label not in planned]
    if len(classes) < 2:
        raise BadData(
            f"The target column {config['target']!r} holds one class only: {classes[0]!r}."
        )
    if config["task"] == "binary_classification":
        if len(classes) > 2:
            raise BadData(
                f"The target column {config['target']!r} holds {len(classes)} classes, not two: "
                f"{', '.join(map(repr, classes[:5]))}. Choose a multiclass model."
            )
        positive = canonical(config["positive_class"], missing)
        if positive not in classes:
            positive = str(present[np.bincount(codes).argmin()])
        classes = [*(label for label in classes if label != positive), positive]
    position = {label: code for code, label in enumerate(classes)}
    return Target(np.array([position[str(label)] for label in present])[codes], classes)
