import { parseArgs } from 'node:util';

/** The command line cannot be understood: exit code 2. */
export class WrongUse extends Error {}

export const HELP = `tabpod: train tabular models on RunPod GPUs, or on this computer

  tabpod profile DATA [--json]              what is in a dataset
  tabpod script DATA --target COL …         print the Python that would run
  tabpod train DATA --target COL …          train, wait, and bring the metrics home
  tabpod jobs [--json]                      all jobs; unfinished ones are looked at first
  tabpod stop ID                            stop a job and verify that its machine is gone

DATA is a path or an http(s) URL: CSV or TSV, also in gzip, zstd or zip; Parquet; XLSX (its first sheet).

  --target COL              the column to predict
  --features a,b            columns to learn from (default: all usable ones); a name with a comma as '"a,b",c'
  --model TYPE              xgboost, lightgbm, catboost or keras; or with the task: xgboost_regression,
                            …_binary_classification, …_multiclass_classification
  --set name=value          a hyperparameter; may be repeated
  --spec FILE               a .tabpod.json to start from; the flags win over it
  --backend local|runpod    where to train (default: local)
  --max-hours H             stop after this many hours (default: 2)
  --max-cost USD            stop before more than this is spent (default: 5)
  --out DIR                 also fetch the model and all other results into DIR
  --json                    one JSON object on stdout

RunPod is reached with TABPOD_RUNPOD_API_KEY, TABPOD_S3_ACCESS_KEY, TABPOD_S3_SECRET_KEY and TABPOD_NETWORK_VOLUME.`;

/** What a plan is made from. */
export interface PlanArguments {
  readonly data: string | undefined;
  readonly target: string | undefined;
  readonly features: readonly string[];
  readonly model: string | undefined;
  readonly set: readonly string[];
  readonly spec: string | undefined;
  readonly backend: 'local' | 'runpod' | undefined;
  readonly maxHours: number | undefined;
  readonly maxCost: number | undefined;
}

export type Command =
  | { readonly name: 'help' | 'version' }
  | { readonly name: 'profile'; readonly data: string; readonly json: boolean }
  | ({ readonly name: 'script' } & PlanArguments)
  | ({ readonly name: 'train'; readonly out: string | undefined; readonly json: boolean } & PlanArguments)
  | { readonly name: 'jobs'; readonly json: boolean }
  | { readonly name: 'stop'; readonly id: string };

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  target: { type: 'string' },
  features: { type: 'string', multiple: true },
  model: { type: 'string' },
  set: { type: 'string', multiple: true },
  spec: { type: 'string' },
  backend: { type: 'string' },
  'max-hours': { type: 'string' },
  'max-cost': { type: 'string' },
  out: { type: 'string' },
} as const;

const PLAN_FLAGS = ['target', 'features', 'model', 'set', 'spec', 'backend', 'max-hours', 'max-cost'];

/** Which flags a command takes, besides --help and --version. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  profile: ['json'],
  script: PLAN_FLAGS,
  train: [...PLAN_FLAGS, 'json', 'out'],
  jobs: ['json'],
  stop: [],
};

/** Understands a command line; throws WrongUse with one sentence. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parsed(argv);
  if (values.version) return { name: 'version' };
  const [name, ...rest] = positionals;
  if (values.help || name === 'help') return { name: 'help' };
  if (name === undefined) throw new WrongUse('No command was given.');
  const allowed = FLAGS[name];
  if (!allowed) throw new WrongUse(`There is no command “${name}”.`);
  const surplus = Object.keys(values).find((flag) => !allowed.includes(flag));
  if (surplus) throw new WrongUse(`\`tabpod ${name}\` takes no --${surplus}.`);
  const json = values.json ?? false;
  switch (name) {
    case 'profile':
      return { name, data: one(name, rest, 'DATA'), json };
    case 'jobs':
      if (rest.length > 0) throw new WrongUse('`tabpod jobs` takes no argument.');
      return { name, json };
    case 'stop':
      return { name, id: one(name, rest, 'the ID of a job') };
    case 'script':
      return { name, ...planArguments(name, rest, values) };
    default:
      return { name: 'train', ...planArguments(name, rest, values), out: values.out, json };
  }
}

type Values = ReturnType<typeof parsed>['values'];

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new WrongUse(error instanceof Error ? error.message : String(error));
  }
}

function one(name: string, rest: readonly string[], what: string): string {
  const [first, ...more] = rest;
  if (first === undefined || more.length > 0)
    throw new WrongUse(`\`tabpod ${name}\` takes exactly one argument: ${what}.`);
  return first;
}

function planArguments(name: string, rest: readonly string[], values: Values): PlanArguments {
  if (rest.length > 1) throw new WrongUse(`\`tabpod ${name}\` takes one dataset, not ${rest.length}.`);
  if (rest.length === 0 && values.spec === undefined) throw new WrongUse('Name a dataset: a path or a URL.');
  if (values.target === undefined && values.spec === undefined)
    throw new WrongUse('Name the column to predict with --target.');
  return {
    data: rest[0],
    target: values.target,
    features: values.features ?? [],
    model: values.model,
    set: values.set ?? [],
    spec: values.spec,
    backend: backendOf(values.backend),
    maxHours: positive('max-hours', values['max-hours']),
    maxCost: positive('max-cost', values['max-cost']),
  };
}

function backendOf(text: string | undefined): 'local' | 'runpod' | undefined {
  if (text === undefined || text === 'local' || text === 'runpod') return text;
  throw new WrongUse(`--backend is local or runpod, not “${text}”.`);
}

function positive(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new WrongUse(`--${flag} takes a number above 0, not “${text}”.`);
}
