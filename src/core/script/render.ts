import catboost from '../../../templates/catboost.py.hbs';
import keras from '../../../templates/keras.py.hbs';
import lightgbm from '../../../templates/lightgbm.py.hbs';
import xgboost from '../../../templates/xgboost.py.hbs';
import { TabpodError } from '../error.ts';
import type { Family } from '../model-type.ts';
import type { Plan } from '../plan/schema.ts';
import { scriptConfig, scriptFlags } from './config.ts';
import { pyLiteral } from './literal.ts';
import { joined, secondPart } from './parts.ts';

/** A template as the build compiled it. */
export type Template = (context: object, options: { helpers: Record<string, (value: unknown) => string> }) => string;

const TEMPLATES: Partial<Record<Family, Template>> = { xgboost, lightgbm, catboost, keras };

/**
 * The Python of a plan: the reader's part from the family's template, then the report part. The same plan gives the
 * same bytes everywhere; lines end with LF.
 *
 * Throws TabpodError `spec/template-not-found` for a family without a template, `script/…` for a value that Python
 * would not read back as it is.
 */
export function render(plan: Plan): string {
  const template = TEMPLATES[plan.family];
  if (!template) throw new TabpodError('spec/template-not-found', { template: `${plan.family}.py.hbs` });
  const readersPart = fill(template, { config: scriptConfig(plan), ...scriptFlags(plan) });
  // A checkout on Windows may give the templates other line ends; those of values are escaped.
  return `${joined([readersPart, secondPart(plan.family)]).replaceAll('\r\n', '\n')}\n`;
}

/** Fills a template; `literal` is the only helper, and the only way for a value to be printed. */
export function fill(template: Template, context: object): string {
  return template(context, { helpers: { literal: (value) => pyLiteral(value) } });
}
