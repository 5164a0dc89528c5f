def unique_names(names: Sequence[str]) -> list[str]:
    """Header names made unique: an empty one is numbered, a repeated one gets _2, _3 and so on."""
    unique: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        base = candidate = name if name.strip() else f"column_{position}"
        suffix = 2
        while candidate in unique:
            candidate = f"{base}_{suffix}"
            suffix += 1
        unique[candidate] = None
    return list(unique)


# What a file is, its first bytes say: a name can say anything.
PACKED = {
    b"PAR1": "parquet",
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
}
# What unpacks to more than so many bytes, and to so many times its size, is no table.
MOST_UNPACKED, MOST_TIMES = 1 << 30, 200
SHEET_ROWS = 50_000


def read_table(
    path: Path, dialect: Mapping[str, Any], dropped: dict[str, int]
) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Read a table piece by piece, each with the share of the file that is read by then.

    Cells of text files and workbooks are texts, those of Parquet files numbers or texts. Rows of a
    wrong length are left out and counted.
    """
    packing = packing_of(path)
    try:
        if packing == "parquet":
            yield from read_parquet(path)
        elif packing == "zip" and is_workbook(path):
            yield from read_workbook(path, dropped)
        else:
            yield from read_delimited(path, packing, dialect, dropped)
    except zipfile.BadZipFile as error:
        raise BadData(f"{path.name} is damaged or cut off: {error}") from error


def packing_of(path: Path) -> str | None:
    """What a file is packed as, None if it is plain text."""
    with open(path, "rb") as file:
        start = file.read(4)
    return next((name for magic, name in PACKED.items() if start.startswith(magic)), None)


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is an Excel workbook."""
    with zipfile.ZipFile(path) as archive:
        return "xl/workbook.xml" in archive.namelist()


def read_parquet(path: Path) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Read a Parquet file."""
    try:
        file = pyarrow.parquet.ParquetFile(path)
        for field in file.schema_arrow:
            if pa.types.is_nested(field.type):
                raise BadData(
                    f"Column {field.name!r} of {path.name} holds lists or structures: flatten it, "
                    "or leave it out of the file."
                )
        names = unique_names(file.schema_arrow.names)
        rows = 0
        for batch in file.iter_batches(batch_size=100_000):
            rows += len(batch)
            columns = [plain(column) for column in batch.columns]
            yield (
                pa.RecordBatch.from_arrays(columns, names=names),
                rows / max(file.metadata.num_rows, 1),
            )
    except (pa.ArrowException, OSError) as error:
        raise BadData(f"{path.name} cannot be read as a Parquet file: {error}") from error


def read_workbook(path: Path, dropped: dict[str, int]) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Read the first sheet of an Excel workbook."""
    try:
        import python_calamine
    except ImportError as error:
        raise BadData("Excel workbooks are read with python-calamine: install it.") from error
    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
        kind = python_calamine.SheetTypeEnum.WorkSheet
        sheet = book.get_sheet_by_name(
            next(sheet.name for sheet in book.sheets_metadata if sheet.typ == kind)
        )
    except StopIteration as error:
        raise BadData(f"{path.name} has no sheet with cells.") from error
    except python_calamine.CalamineError as error:
        raise BadData(f"{path.name} cannot be read as a workbook: {error}") from error
    names: list[str] = []
    cells: list[list[str]] = []

    def batch() -> pa.RecordBatch:
        columns = [pa.array(column, pa.string()) for column in zip(*cells, strict=True)]
        return pa.RecordBatch.from_arrays(columns, names=names)

    for count, row in enumerate(sheet.iter_rows(), start=1):
        texts = [cell_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if not names:
            names = unique_names(texts)
        elif len(texts) > len(names):
            dropped["ragged"] = dropped.get("ragged", 0) + 1
        elif texts:
            cells.append(texts + [""] * (len(names) - len(texts)))
        if len(cells) == SHEET_ROWS:
            yield batch(), count / sheet.total_height
            cells = []
    if cells:
        yield batch(), 1.0
    if not names:
        raise BadData(f"{path.name} is empty: there is not even a header row.")


def cell_text(value: Any) -> str:
    """Write a cell of a workbook as text files have it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    # What is neither text, number nor date is a duration, which Excel counts in days.
    days = value if isinstance(value, float) else value.total_seconds() / 86400
    return str(int(days)) if days.is_integer() else repr(days)


class Unpacked(io.RawIOBase):
    """What comes out of a packed file, as far as it can be a table."""

    def __init__(self, path: Path, packing: str) -> None:
        self.path = path
        self.file = pa.OSFile(str(path))
        self.unpacked = 0
        if packing == "zip":
            archive = zipfile.ZipFile(self.file)
            self.stream = archive.open(only_member(archive, path))
        else:
            self.stream = pa.CompressedInputStream(self.file, packing)

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Unpack a bit more."""
        try:
            piece = self.stream.read(len(buffer))
        except Exception as error:
            # Each library has errors of its own for bytes that do not unpack.
            raise BadData(f"{self.path.name} is damaged or cut off: {error}") from error
        self.unpacked += len(piece)
        most = max(MOST_UNPACKED, MOST_TIMES * self.path.stat().st_size)
        if self.unpacked > most:
            raise BadData(
                f"{self.path.name} unpacks to over {MOST_TIMES} times its size: it is no table."
            )
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Close the file too."""
        super().close()
        self.file.close()


def only_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    """The one table in a zip archive."""
    tables = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not member.filename.startswith("__MACOSX/")
        and not member.filename.rpartition("/")[2].startswith(".")
    ]
    if len(tables) != 1:
        raise BadData(f"{path.name} holds {len(tables)} files: pack one table alone.")
    if tables[0].flag_bits & 1:
        raise BadData(f"{path.name} is locked by a password: unpack it first.")
    return tables[0]


def read_header(stream: Any, name: str, dialect: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """Return the column names and the number of rows before and up to the header.

    Before it are those that only tell the delimiter, as Excel likes it: `sep=;`.
    """
    before = 0
    codec = "utf-8-sig" if dialect["encoding"] == "utf-8" else dialect["encoding"]
    with io.TextIOWrapper(stream, encoding=codec, newline="") as file:
        rows = csv.reader(file, delimiter=dialect["delimiter"], quotechar=dialect["quote"])
        for count, row in enumerate(rows, start=1):
            first = row[0].removeprefix("\ufeff") if row else ""
            told = first.lower() in ("sep=", f"sep={dialect['delimiter']}") and not any(row[1:])
            if told and before == 0:
                before = count
            elif row:
                return unique_names([first, *row[1:]]), before, count - before
    raise BadData(f"{name} is empty: there is not even a header row.")


def read_delimited(
    path: Path, packing: str | None, dialect: Mapping[str, Any], dropped: dict[str, int]
) -> Iterator[tuple[pa.RecordBatch, float]]:
    """Read a text file, which may be packed."""

    def skip(row: Any) -> str:
        dropped["ragged"] = dropped.get("ragged", 0) + 1
        return "skip"

    def opened() -> Any:
        if packing is None:
            return pa.OSFile(str(path))
        return io.BufferedReader(Unpacked(path, packing))

    try:
        names, before, header_rows = read_header(opened(), path.name, dialect)
        stream = opened()
        file = stream if packing is None else stream.raw.file
        reader = pyarrow.csv.open_csv(
            stream,
            read_options=pyarrow.csv.ReadOptions(
                encoding=dialect["encoding"],
                column_names=names,
                skip_rows=before,
                skip_rows_after_names=header_rows,
                block_size=1 << 24,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=dialect["delimiter"],
                quote_char=dialect["quote"],
                newlines_in_values=True,
                invalid_row_handler=skip,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
        for batch in reader:
            yield batch, file.tell() / path.stat().st_size
    except UnicodeError as error:
        raise BadData(f"{path.name} holds bytes that are not {dialect['encoding']}.") from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise BadData(f"{path.name} holds bytes that are not {dialect['encoding']}.") from error
        raise BadData(f"{path.name} cannot be read as a table: {error}") from error
