"""Tables of what was measured, written into README.md between its markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from common import FAMILIES, kept, of_last_command
from datasets import DEVELOPMENT, REPORTED, Dataset
from quality_table import BEST, PEERS, Quality

README = Path(__file__).with_name("README.md")
# Nothing is kept of this bench, so its table stays as it is.
NONE = ""


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; its first column is text, the others are numbers."""
    lines = [head, ["---", *["---:" for _ in head[1:]]], *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def spread(values: Sequence[float], unit: str, digits: int = 1) -> str:
    """Least, median and most."""
    three = (min(values), median(values), max(values))
    return f"{' / '.join(f'{value:.{digits}f}' for value in three)} {unit}"


def measured(lines: Sequence[Mapping[str, Any]]) -> str:
    """When, where, with what and how."""
    days = sorted({line["date"] for line in lines})
    period = days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    where = "; ".join(sorted({line["machine"] for line in lines}))
    what = sorted({line["versions"] for line in lines if "versions" in line})
    commands = dict.fromkeys(line["command"] for line in lines if "command" in line)
    how = ", ".join(f"`{command}`" for command in commands)
    return ". ".join([f"Measured {period}, {where}", *what, f"By {how}"]) + "."


def quality(sets: Sequence[Dataset]) -> str:
    """Mean losses, ratios, goals and losses by name."""
    found = Quality(sets, kept("quality"))
    if not found.names:
        return NONE
    splits = found.losses.groupby("dataset").size()
    named = {
        **{family: (family, f"{family} library") for family in FAMILIES},
        **{f"best / {name}": (BEST, peer) for peer, name in PEERS.items()},
    }
    upper = {f"{family} / AutoGluon": (family, f"{family} autogluon") for family in FAMILIES}
    measured_too = set(found.losses.columns)
    named |= {title: pair for title, pair in upper.items() if pair[1] in measured_too}
    titles, pairs = list(named), list(named.values())
    compared = [found.compared(*pair) for pair in pairs]
    ratios = [
        [
            f"{name} ({found.rows[name]:,} rows, {splits[name]} splits, {found.metric[name]})",
            *(ratio(values.get(name)) for values in compared),
        ]
        for name in found.names
    ]
    goals = [goal(title, values) for title, values in zip(titles, compared, strict=True) if values]
    means = found.losses.groupby("dataset").mean().reindex(found.names)
    columns = [column for pair in pairs for column in pair if column in means.columns]
    columns = list(dict.fromkeys(columns))
    absolute = [
        [name, *("" if value != value else f"{value:.4g}" for value in means.loc[name, columns])]
        for name in found.names
    ]
    return "\n\n".join(
        [
            measured(found.lines),
            markdown(["Goals", "not worse", "geometric mean", "worse", "beyond noise"], goals),
            markdown(["Ratio of mean losses", *titles], ratios),
            markdown(["Mean loss", *columns], absolute),
        ]
    )


def ratio(value: tuple[float, bool] | None) -> str:
    """A ratio, with a star where it is beyond noise."""
    return "" if value is None else f"{value[0]:.3f}{'*' if value[1] else ''}"


def goal(title: str, values: Mapping[str, tuple[float, bool]]) -> list[str]:
    """How often Tabpod is not worse, by how much it is better, where it loses, and where surely."""
    even = sum(value <= 1 for value, _ in values.values())
    losses = [f"{name} {ratio(value)}" for name, value in values.items() if value[0] > 1]
    beyond = [name for name, (value, sure) in values.items() if value > 1 and sure]
    mean = geometric_mean(value for value, _ in values.values())
    share = f"{even} of {len(values)} ({even / len(values):.0%})"
    return [title, share, f"{mean:.3f}", ", ".join(losses) or "none", ", ".join(beyond) or "none"]


def overhead() -> str:
    """Time and memory to the end of the first fit, and what comes after it."""
    lines = of_last_command("overhead")
    if not lines:
        return NONE
    runs = {who: [line for line in lines if line["who"] == who] for who in ("tabpod", "bare")}
    ends = {who: [fitted(line) for line in of] for who, of in runs.items()}
    rows = []
    for key, unit, title in (
        ("at", "s", "time"),
        ("cpu", "s", "processor time"),
        ("peak_mb", "MB", "peak memory"),
    ):
        ours, theirs = ([end[key] for end in ends[who]] for who in ("tabpod", "bare"))
        factor = spread([a / b for a, b in zip(ours, theirs, strict=True)], "×", 2)
        digits = 1 if unit == "s" else 0
        rows.append([title, spread(ours, unit, digits), spread(theirs, unit, digits), factor])
    times = {who: [phase_times(line) for line in of] for who, of in runs.items()}
    steps = [
        [name, *(spread_of(times[who], name) for who in ("tabpod", "bare"))]
        for name in times["tabpod"][0]
    ]
    whole = [run["marks"][-1]["peak_mb"] for run in runs["tabpod"]]
    last = lines[-1]
    size = f"{last['rows']:,} rows, {last['fitted_on']:,} of them fitted on, cores: {last['cores']}"
    return "\n\n".join(
        [
            measured(lines),
            f"{size}, {len(runs['bare'])} pair(s) of runs; least / median / most.",
            markdown(["To the end of the first fit", "Tabpod", "bare script", "ratio"], rows),
            markdown(["Phase, processor time", "Tabpod", "bare script"], steps),
            f"Peak memory of Tabpod's whole run: {spread(whole, 'MB', 0)}.",
        ]
    )


def fitted(line: Mapping[str, Any]) -> Mapping[str, float]:
    """The mark at which the first fit had ended."""
    return next(mark for mark in line["marks"] if mark["phase"] == line["until"])


def phase_times(line: Mapping[str, Any]) -> dict[str, float]:
    """Seconds of processors that each phase took."""
    marks = line["marks"]
    return {now["phase"]: after["cpu"] - now["cpu"] for now, after in pairwise(marks)}


def spread_of(runs: Sequence[Mapping[str, float]], name: str) -> str:
    """Spread of a phase that not every script has."""
    return spread([run[name] for run in runs], "s") if name in runs[0] else ""


def cold_start() -> str:
    """The newest start of each family, and of the replaced line."""
    lines = {line["what"]: line for line in kept("cold-start")}
    if not lines:
        return NONE
    rows = [
        [
            what,
            line["packages"],
            f"{line['bytes'] / 1e6:.0f} MB",
            f"{line['install_s']:.1f} s",
            f"{line['cold_s']:.1f} s",
            f"{line['warm_s']:.1f} s",
        ]
        for what, line in lines.items()
    ]
    head = ["", "packages", "download", "installed in", "first round, cold", "first round, warm"]
    return f"{measured(list(lines.values()))}\n\n{markdown(head, rows)}"


def job() -> str:
    """The two waits of a job, and what of each the host sees first."""
    lines = of_last_command("job")
    if not lines:
        return NONE
    titles = {
        "create_to_runner_s": "create → the runner tells of itself",
        "create_to_environment_s": "create → inputs there, environment begun",
        "create_to_script_s": "create → environment there, script started",
        "create_to_first_round_s": "create → first round (goal 20 s)",
        "script_end_to_final_seen_s": "script end → final status seen",
        "script_end_to_gone_s": "script end → pod verified gone (goal 30 s)",
    }
    rows = [[title, spread([line[key] for line in lines], "s")] for key, title in titles.items()]
    about = f"{len(lines)} runs; least / median / most."
    return "\n\n".join([measured(lines), about, markdown(["Wait", "time"], rows)])


def main() -> None:
    """Write all tables."""
    tables = {
        "quality": quality(REPORTED),
        "development": quality(DEVELOPMENT),
        "overhead": overhead(),
        "cold-start": cold_start(),
        "job": job(),
    }
    text = README.read_text(encoding="utf-8")
    for name, table in tables.items():
        if table == NONE:
            print(f"{name}: no result is kept here, so its table stays", flush=True)
            continue
        between = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = between.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
