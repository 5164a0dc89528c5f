import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { messageOf, systemCode } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';
import { bareAddress, withoutSecrets } from '../core/spec/address.ts';
import { parseSpec } from '../core/spec/parse.ts';
import type { Spec } from '../core/spec/schema.ts';
import { type PlanArguments, WrongUse } from './arguments.ts';

/** A spec and the folder its relative paths are meant from. */
export interface FoundSpec {
  readonly spec: Spec;
  readonly folder: string;
}

/** The spec of a command line: the file of --spec, if any, with the flags over it. */
export async function specOf(given: PlanArguments, folder: string, addresses: Map<string, string>): Promise<FoundSpec> {
  const file = given.spec === undefined ? undefined : resolve(folder, given.spec);
  const name = file === undefined ? 'the command line' : basename(file);
  const base = file === undefined ? undefined : parseSpec(await textOf(file), name);
  const merged = { version: 1, ...base, ...flags(given, base, folder) };
  const spec = parseSpec(JSON.stringify(merged), name);
  if ('url' in spec.dataset) addresses.set(bareAddress(spec.dataset.url), spec.dataset.url);
  return { spec: withoutSecrets(spec), folder: file === undefined ? folder : dirname(file) };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw new TabpodError('data/not-found', { path: file }, { cause: error });
    throw new TabpodError('data/read-failed', { name: file, detail: messageOf(error) }, { cause: error });
  }
}

function flags(given: PlanArguments, base: Spec | undefined, folder: string): object {
  const { data, target, features, model, set, backend, maxHours, maxCost } = given;
  return {
    ...(data === undefined ? {} : { dataset: dataset(data, folder) }),
    ...(target === undefined ? {} : { target }),
    ...(features.length === 0 ? {} : { features: features.flatMap(namesIn) }),
    ...(model === undefined ? {} : { model }),
    ...(set.length === 0
      ? {}
      : { hyperparameters: { ...base?.hyperparameters, ...Object.fromEntries(set.map(setting)) } }),
    ...(backend === undefined ? {} : { compute: { ...base?.compute, backend } }),
    limits: {
      ...base?.limits,
      ...(maxHours === undefined ? {} : { hours: maxHours }),
      ...(maxCost === undefined ? {} : { usd: maxCost }),
    },
  };
}

function dataset(data: string, folder: string): object {
  return /^https?:\/\//i.test(data) ? { url: data } : { path: resolve(folder, data) };
}

/** Names between commas; one that holds a comma or begins with a blank stands in double quotes, as in a CSV. */
export function namesIn(list: string): readonly string[] {
  const names = list.match(/(?<=^|,)\s*"(?:[^"]|"")*"\s*(?=,|$)|(?<=^|,)[^,]*/g) ?? [];
  return names.map((name) => {
    const bare = name.trim();
    return /^".*"$/s.test(bare) ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}

/** `name=value`, where a value that reads as a number or as true/false is one. */
function setting(text: string): [string, number | string | boolean] {
  const at = text.indexOf('=');
  const value = text.slice(at + 1).trim();
  if (at < 1 || value === '') throw new WrongUse(`--set takes name=value, not “${text}”.`);
  const number = Number(value);
  if (Number.isFinite(number)) return [text.slice(0, at).trim(), number];
  return [text.slice(0, at).trim(), value === 'true' ? true : value === 'false' ? false : value];
}
