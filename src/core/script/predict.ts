import end from '../../../templates/parts/predict-end.py';
import predict from '../../../templates/predict.py.hbs';
import { FAMILIES } from '../model-type.ts';
import type { Plan } from '../plan/schema.ts';
import { familySharedPart, joined, SHARED_PART } from './parts.ts';

/**
 * The `predict.py` that lies beside a model: it scores new rows from the native model and `schema.json`. It holds
 * nothing of the plan but the library, and shares its reading and preprocessing with the script, byte for byte.
 */
export function renderPredict({ family }: Plan): string {
  const head = predict(Object.fromEntries(FAMILIES.map((name) => [name, name === family])));
  return `${joined([head, ...familySharedPart(family), SHARED_PART, end]).replaceAll('\r\n', '\n')}\n`;
}
