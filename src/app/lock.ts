import { readFile } from 'node:fs/promises';
import catboost from '../../templates/locks/catboost.txt';
import keras from '../../templates/locks/keras.txt';
import lightgbm from '../../templates/locks/lightgbm.txt';
import xgboost from '../../templates/locks/xgboost.txt';
import type { Family } from '../core/model-type.ts';

/** Where the build put them, from its bundles: a file each, for they are a quarter as large as all the code. */
const PATHS: Record<Family, string> = { xgboost, lightgbm, catboost, keras };

/** The packages that scripts of a family are made for, pinned by hash (`npm run locks` makes them). */
export async function lockOf(family: Family): Promise<string> {
  return await readFile(new URL(PATHS[family], import.meta.url), 'utf8');
}
