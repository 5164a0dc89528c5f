import answers from '../../../templates/parts/answers.py';
import banner from '../../../templates/parts/banner.py';
import catboost from '../../../templates/parts/catboost.py';
import catboostShared from '../../../templates/parts/catboost-shared.py';
import columns from '../../../templates/parts/columns.py';
import dataset from '../../../templates/parts/dataset.py';
import evaluate from '../../../templates/parts/evaluate.py';
import explain from '../../../templates/parts/explain.py';
import keras from '../../../templates/parts/keras.py';
import kerasShared from '../../../templates/parts/keras-shared.py';
import lightgbm from '../../../templates/parts/lightgbm.py';
import memory from '../../../templates/parts/memory.py';
import metrics from '../../../templates/parts/metrics.py';
import reading from '../../../templates/parts/reading.py';
import run from '../../../templates/parts/run.py';
import saving from '../../../templates/parts/saving.py';
import schema from '../../../templates/parts/schema.py';
import split from '../../../templates/parts/split.py';
import training from '../../../templates/parts/training.py';
import xgboost from '../../../templates/parts/xgboost.py';
import type { Family } from '../model-type.ts';

/** Fragments of Python, joined as `ruff format` separates them. */
export function joined(fragments: readonly string[]): string {
  return fragments.map((fragment) => fragment.trim()).join('\n\n\n');
}

/** What a script and its `predict.py` read tables, apply `schema.json` and word answers with. */
export const SHARED_PART = joined([columns, reading, answers]);

/** The end of every script, byte for byte. */
export const REPORT_PART = joined([
  dataset,
  SHARED_PART,
  split,
  schema,
  training,
  run,
  memory,
  metrics,
  evaluate,
  explain,
  saving,
]);

const FAMILY_PARTS: Partial<Record<Family, string>> = { xgboost, lightgbm, catboost, keras };

/** What of this a script and its `predict.py` both need, where asking a model is more than one call. */
const FAMILY_SHARED_PARTS: Partial<Record<Family, string>> = { catboost: catboostShared, keras: kerasShared };

/** What only this family's scripts and their `predict.py` share. */
export function familySharedPart(family: Family): readonly string[] {
  return [FAMILY_SHARED_PARTS[family]].filter((part) => part !== undefined);
}

/** Everything under the line that ends the reader's part: how this library is wrapped, then what all scripts share. */
export function secondPart(family: Family): string {
  return joined([banner, FAMILY_PARTS[family] ?? '', ...familySharedPart(family), REPORT_PART]);
}
