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


def read_header(path: Path, dialect: Mapping[str, Any]) -> tuple[list[str], int]:
    """Return the column names and the number of rows up to and including the header."""
    codec = "utf-8-sig" if dialect["encoding"] == "utf-8" else dialect["encoding"]
    with open(path, encoding=codec, newline="") as file:
        rows = csv.reader(file, delimiter=dialect["delimiter"], quotechar=dialect["quote"])
        for count, row in enumerate(rows, start=1):
            if row:
                return unique_names([row[0].removeprefix("\ufeff"), *row[1:]]), count
    raise BadData(f"{path.name} is empty: there is not even a header row.")


def read_delimited(
    path: Path, dialect: Mapping[str, Any], dropped: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    """Read a CSV file piece by piece, every cell as text, and count rows of a wrong length."""

    def skip(row: Any) -> str:
        dropped["ragged"] = dropped.get("ragged", 0) + 1
        return "skip"

    try:
        names, header_rows = read_header(path, dialect)
        reader = pyarrow.csv.open_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(
                encoding=dialect["encoding"],
                column_names=names,
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
        yield from reader
    except UnicodeError as error:
        raise BadData(f"{path.name} holds bytes that are not {dialect['encoding']}.") from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise BadData(f"{path.name} holds bytes that are not {dialect['encoding']}.") from error
        raise BadData(f"{path.name} cannot be read as a table: {error}") from error
