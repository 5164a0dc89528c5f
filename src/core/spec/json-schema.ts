import * as z from 'zod/mini';
import { catalogue, defaultOf } from '../catalogue/index.ts';
import type { Hyperparameter } from '../catalogue/schema.ts';
import { MODEL_TYPES, type ModelType, parseModelType } from '../model-type.ts';
import { specSchema } from './schema.ts';

type Json = { readonly [key: string]: unknown };

/** What a spec needs before anybody has chosen something: a draft without a target is unfinished, not wrong. */
const REQUIRED = ['version', 'dataset'];

/**
 * The JSON schema of `*.tabpod.json`, for editors: derived from the zod schema that reads specs, with the
 * hyperparameters of the catalogue. The same bytes each time.
 */
export function specJsonSchema(): Json {
  const schema: Json = z.toJSONSchema(specSchema, { target: 'draft-7', io: 'input' });
  const properties = schema.properties as Record<string, Json>;
  return {
    ...schema,
    title: 'Tabpod training spec',
    required: REQUIRED,
    properties: {
      ...properties,
      hyperparameters: {
        type: 'object',
        description: properties.hyperparameters?.description,
        properties: hyperparameterSchemas(),
        additionalProperties: false,
      },
    },
  };
}

/** One schema a name; families that share a name may give it other bounds. */
function hyperparameterSchemas(): Record<string, Json> {
  const uses = new Map<string, { type: ModelType; parameter: Hyperparameter }[]>();
  for (const type of MODEL_TYPES) {
    for (const parameter of catalogue[type].hyperparameters) {
      uses.set(parameter.name, [...(uses.get(parameter.name) ?? []), { type, parameter }]);
    }
  }
  return Object.fromEntries(
    [...uses].map(([name, found]) => {
      const shapes = new Map(found.map(({ parameter }) => [JSON.stringify(shapeOf(parameter)), shapeOf(parameter)]));
      const [only, ...others] = shapes.values();
      const description = `${found[0]?.parameter.help ?? ''} Default: ${defaultsOf(found)}.`;
      return [name, others.length === 0 ? { description, ...only } : { description, anyOf: [...shapes.values()] }];
    }),
  );
}

function shapeOf(parameter: Hyperparameter): Json {
  switch (parameter.type) {
    case 'integer':
    case 'number':
      return { type: parameter.type, minimum: parameter.min, maximum: parameter.max };
    case 'choice':
      return { type: 'string', enum: parameter.choices };
    case 'boolean':
      return { type: 'boolean' };
  }
}

/** One value, or each value with the model types it is the default of. */
function defaultsOf(found: readonly { type: ModelType; parameter: Hyperparameter }[]): string {
  const byValue = new Map<string, string[]>();
  for (const { type, parameter } of found) {
    const { family, task = 'regression' } = parseModelType(type) ?? {};
    const value = String(defaultOf(parameter, task));
    const where = `${family} ${task.replaceAll('_', ' ')}`;
    byValue.set(value, [...(byValue.get(value) ?? []), where]);
  }
  if (byValue.size === 1) return [...byValue.keys()].join('');
  return [...byValue].map(([value, where]) => `${value} (${where.join(', ')})`).join(', ');
}
