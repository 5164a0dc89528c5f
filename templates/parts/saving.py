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
    save_atomically(path, lambda partial: pyarrow.parquet.write_table(pa.table(table), partial))


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
    predictions = ("test_predictions.parquet", "validation_predictions.parquet")
    report["artifacts"] = [
        describe_file(run.folder / name) for name in (*files, "schema.json", *predictions)
    ]


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


def explained() -> int:
    """Run, and end with one sentence about whatever went wrong. The exit code is 0 or 1."""
    try:
        main(Run.from_command_line(CONFIG))
        return 0
    except BadData as error:
        sentence = str(error)
    except MemoryError:
        sentence = "MemoryError: this machine has too little memory for the dataset."
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
        sentence = f"{type(error).__name__}: {error}"
    print(sentence.replace("\n", " "), file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(explained())
