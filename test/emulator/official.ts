import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { RecordedRequest } from './world.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly type?: string };
}

interface Operation {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: unknown } | { readonly $ref: string }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> };
}

const facts = join(process.cwd(), '..', 'shared', 'facts');

/** Why the checks against the official documents cannot run, to end a test's title; `undefined` when they can. */
export function officialMissing(file: string): string | undefined {
  const path = join(facts, file);
  return existsSync(path)
    ? undefined
    : ` (skipped: the official document ${join('..', 'shared', 'facts', file)} is not beside this checkout)`;
}

export function officialText(file: string): string {
  return readFileSync(join(facts, file), 'utf8');
}

/** What is wrong, by the official OpenAPI document, with the recorded calls: requests and replies alike. */
export function restViolations(requests: readonly RecordedRequest[]): string[] {
  const document: Document = JSON.parse(officialText('runpod-openapi-v2.json'));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'runpod' });

  const check = (what: string, pointer: string, value: unknown): string[] => {
    const valid = ajv.getSchema(`runpod#${pointer}`) ?? ajv.compile({ $ref: `runpod#${pointer}` });
    return valid(value) ? [] : [`${what}: ${ajv.errorsText(valid.errors)}`];
  };

  return requests
    .filter(({ api }) => api === 'rest')
    .flatMap((request) => {
      const what = `${request.method} ${request.path}`;
      const [path = '', query = ''] = request.path.split('?');
      const template = Object.keys(document.paths).find((candidate) => matches(candidate, path));
      const operation = template && document.paths[template]?.[request.method.toLowerCase()];
      if (!template || !operation) return [`${what}: no such operation`];
      const pointer = `/paths/${escaped(template)}/${request.method.toLowerCase()}`;
      return [
        ...queryViolations(document, operation, new URLSearchParams(query)).map((violation) => `${what}: ${violation}`),
        ...(operation.requestBody && request.status !== 422
          ? check(`${what} request`, `${pointer}/requestBody/content/application~1json/schema`, request.body)
          : []),
        ...replyViolations(operation, pointer, request, check),
      ];
    });
}

function replyViolations(
  operation: Operation,
  pointer: string,
  { status, reply, method, path }: RecordedRequest,
  check: (what: string, pointer: string, value: unknown) => string[],
): string[] {
  // A proxy's page and the gateway's plain text are not the API's answers.
  if (status === undefined || typeof reply === 'string' || reply === undefined) return [];
  const what = `${method} ${path} reply ${status}`;
  if (status >= 400) return check(what, '/components/schemas/ErrorResponse', reply);
  const response = operation.responses[String(status)];
  if (!response) return [`${what}: no such status`];
  return check(what, `${pointer}/responses/${status}/content/application~1json/schema`, reply);
}

function queryViolations(document: Document, operation: Operation, query: URLSearchParams): string[] {
  const known = (operation.parameters ?? []).map((parameter) =>
    '$ref' in parameter ? document.components.parameters[parameter.$ref.split('/').at(-1) ?? ''] : parameter,
  );
  return [...query.keys()]
    .filter((name) => !known.some((parameter) => parameter?.in === 'query' && parameter.name === name))
    .map((name) => `unknown query parameter ${name}`);
}

function matches(template: string, path: string): boolean {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`).test(path);
}

function escaped(template: string): string {
  return encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'));
}
