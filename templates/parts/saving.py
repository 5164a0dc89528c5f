MOST_REPORT_BYTES = 1024 * 1024


def save_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write under another name and rename: whoever sees the file sees all of it."""
    partial = path.with_name(f".partial-{path.name}")
    write(partial)
    with open(partial, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, path)


def pickled(value: Any) -> Callable[[Path], object]:
    """Write an object of a library: whoever has the library can load it, without this script."""
    return lambda path: path.write_bytes(pickle.dumps(value))


def save_predictions(path: Path, data: Data, scored: Scored) -> None:
    """Row number in the file read, truth and prediction, and the probabilities of classes."""
    classes = data.schema["classes"]
    table: dict[str, Any] = {"row": data.dataset.row[scored.rows]}
    if scored.shares is None:
        table |= {"truth": scored.truth, "prediction": scored.answer}
    else:
        labels = np.array(classes, dtype=object)
        table |= {"truth": labels[scored.truth], "prediction": labels[scored.answer]}
        table |= named_probabilities(scored.shares, classes)
    save_table(path, pa.table(table))


def save_table(path: Path, table: pa.Table) -> None:
    """Save a table as Parquet."""
    save_atomically(path, lambda partial: pyarrow.parquet.write_table(table, partial))


def save_whole_tables(
    folder: Path,
    outcome: Outcome,
    tested: Scored,
    ranked: Mapping[str, list[dict[str, Any]]],
    classes: Sequence[str],
) -> None:
    """Save in full what the report shows of: all rounds, all columns, all pairs of classes."""
    rounds = np.arange(1, len(outcome.curves["validation"]) + 1)
    save_table(folder / "history.parquet", pa.table({"round": rounds, **outcome.curves}))
    lines = [{"measure": name, "sd": None} | line for name, own in ranked.items() for line in own]
    kinds = {"measure": pa.string(), "column": pa.string(), "value": pa.float64()}
    columns = pa.schema(kinds | {"sd": pa.float64()})
    save_table(folder / "importance.parquet", pa.Table.from_pylist(lines, columns))
    if tested.shares is not None:
        labels = np.array(classes, dtype=object)
        pairs, counts = np.unique([tested.truth, tested.answer], axis=1, return_counts=True)
        confused = {"truth": labels[pairs[0]], "prediction": labels[pairs[1]], "rows": counts}
        save_table(folder / "confusion.parquet", pa.table(confused))


def save_model_to_storage(run: Run, data: Data, outcome: Outcome, report: dict[str, Any]) -> None:
    """Save the model and its preprocessing, and list all files in the report."""
    run.phase("saving")
    text = json.dumps(data.schema, ensure_ascii=False, indent=1, allow_nan=False)
    save_atomically(
        run.folder / "schema.json", lambda path: path.write_text(text, encoding="utf-8")
    )
    files = dict(outcome.final.files) | {
        name: pickled(value) for name, value in data.objects.items()
    }
    for name, write in files.items():
        save_atomically(run.folder / name, write)
    tables = ["test_predictions", "validation_predictions", "history", "importance"]
    if data.schema["classes"]:
        tables.append("confusion")
    names = (*files, "schema.json", *(f"{name}.parquet" for name in tables))
    report["artifacts"] = [describe_file(run.folder / name) for name in names]


def describe_file(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file that was saved."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return {"path": path.name, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}


def finite(value: Any) -> Any:
    """JSON knows no NaN and no infinity: null takes their place. Seven digits are enough."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.7g}") if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def save_metrics_to_storage(run: Run, report: dict[str, Any]) -> None:
    """Save the report as the very last file: where it is, everything is."""
    run.end_phase()
    report["timing"] = {**run.timing, "total": time.monotonic() - run.started}
    report["resources"] = {
        "peak_ram_mb": peak_ram_mb(),
        "peak_gpu_mb": run.peak_gpu_mb,
        "cpus": os.cpu_count(),
    }
    report["environment"] = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{
            name: version(name)
            for name in ("numpy", "pandas", "pyarrow", "scikit-learn", report["family"])
        },
    }
    text = json.dumps(finite(report), ensure_ascii=False, allow_nan=False)
    for spare in ("predicted_vs_actual", "history", "per_class", "confusion", "importance"):
        if len(text.encode()) > MOST_REPORT_BYTES:
            report.pop(spare, None)
            text = json.dumps(finite(report), ensure_ascii=False, allow_nan=False)
    save_atomically(
        run.folder / "metrics.json", lambda path: path.write_text(text, encoding="utf-8")
    )
    headline = report["headline"]
    print(
        f"{headline['name']} {headline['value']:.4g}, baseline {headline['baseline']:.4g}",
        flush=True,
    )


# What libraries say when the memory of a machine, or of its GPU, is full.
MEMORY_FULL = re.compile(r"out of memory|bad_alloc|RESOURCE_EXHAUSTED", re.IGNORECASE)


def memory_full(holder: str) -> str:
    """Name what has too little memory, and the ways out."""
    return (
        f"MemoryError: {holder} has too little memory for this table with these settings: "
        "take a larger one, or fewer columns."
    )


def explained() -> None:
    """Run, and end with one sentence about whatever went wrong. The exit code is 0 or 1."""
    try:
        with tempfile.TemporaryDirectory(prefix="tabpod-") as scratch:
            main(Run.from_command_line(CONFIG, Path(scratch)))
        return
    except BadData as error:
        sentence = str(error)
    except MemoryError:
        sentence = memory_full("this machine")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            traceback.print_exc()
        sentence = (
            f"No space left on device: {error.filename or 'the results'} cannot be written."
            if error.errno == errno.ENOSPC
            else f"{type(error).__name__}: {error}"
        )
    except Exception as error:
        traceback.print_exc()
        holder = "the GPU" if CONFIG["device"] == "cuda" else "this machine"
        full = MEMORY_FULL.search(str(error))
        sentence = memory_full(holder) if full else f"{type(error).__name__}: {error}"
    abandon(sentence)


if __name__ == "__main__":
    explained()
