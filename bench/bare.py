"""The least that reads the wide table and fits XGBoost on it: what Tabpod's script is held against.

`python bare.py DATA.csv ROWS HYPERPARAMETERS`, the last two as JSON.
"""

from __future__ import annotations

import json
import sys

import pyarrow as pa
import pyarrow.csv
import xgboost
from wide import TARGET


def main(path: str, rows: int, hyperparameters: dict[str, object]) -> None:
    """Read with pyarrow, cast, fit."""
    print("reading …", flush=True)
    with pyarrow.csv.open_csv(path) as head:
        texts = [field.name for field in head.schema if field.type == pa.string()]
    categories = dict.fromkeys(texts, pa.dictionary(pa.int32(), pa.string()))
    options = pyarrow.csv.ConvertOptions(column_types=categories, strings_can_be_null=True)
    table = pyarrow.csv.read_csv(path, convert_options=options)
    print("preparing …", flush=True)
    numbers = {pa.bool_(): pa.int8(), pa.date32(): pa.int32()}
    fields = [field.with_type(numbers.get(field.type, field.type)) for field in table.schema]
    frame = table.unify_dictionaries().cast(pa.schema(fields)).to_pandas(self_destruct=True)
    target = (frame.pop(TARGET) == "yes").to_numpy()
    print("training …", flush=True)
    model = xgboost.XGBClassifier(**hyperparameters, enable_categorical=True, tree_method="hist")
    model.fit(frame[:rows], target[:rows])
    print("done …", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]))
