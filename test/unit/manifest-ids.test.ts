import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { COMMANDS, CONTAINER, CONTEXT_KEYS, EDITORS, ITEMS, SCHEME, SETTINGS, VIEWS } from '../../src/host/ids.ts';

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string; readonly when?: string }[];
    readonly customEditors: readonly { readonly viewType: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope: string }>> };
  };
}

const text = readFileSync('package.json', 'utf8');
const { contributes, activationEvents }: Manifest = JSON.parse(text);
const sentences: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.nls.json', 'utf8'));

function same(manifest: readonly string[], code: Readonly<Record<string, string>>): void {
  assert.deepEqual([...manifest].sort(), Object.values(code).sort());
}

const conditions = [...Object.values(contributes.menus).flat(), ...contributes.viewsWelcome].flatMap(
  ({ when }) => when ?? [],
);

describe('the manifest and the code agree on', () => {
  it('commands', () => {
    same(
      contributes.commands.map(({ command }) => command),
      COMMANDS,
    );
  });

  it('views and their container', () => {
    assert.deepEqual(Object.keys(contributes.views), [CONTAINER]);
    same(
      (contributes.views[CONTAINER] ?? []).map(({ id }) => id),
      VIEWS,
    );
  });

  it('custom editors', () => {
    same(
      contributes.customEditors.map(({ viewType }) => viewType),
      EDITORS,
    );
  });

  it('settings, which no workspace may set', () => {
    same(Object.keys(contributes.configuration.properties), SETTINGS);
    const scopes = Object.values(contributes.configuration.properties).map(({ scope }) => scope);
    assert.deepEqual(new Set(scopes), new Set(['application']));
  });

  it('context keys and context values of tree items', () => {
    const named = new Set(conditions.flatMap((when) => when.match(/\btabpod\.[A-Za-z.]+/g) ?? []));
    const known = new Set<string>([
      ...Object.values(CONTEXT_KEYS),
      ...Object.values(ITEMS),
      ...Object.values(VIEWS),
      ...Object.values(EDITORS),
    ]);
    assert.deepEqual(
      [...named].filter((name) => !known.has(name)),
      [],
    );
    for (const key of Object.values(CONTEXT_KEYS)) assert.ok(named.has(key), `${key} is used in no condition`);
    for (const item of [ITEMS.jobLive, ITEMS.pod]) assert.ok(named.has(item), `${item} is used in no condition`);
  });

  it('the scheme of the read-only files', () => {
    assert.ok(activationEvents.includes(`onFileSystem:${SCHEME}`));
  });
});

describe('the manifest', () => {
  it('names only commands it has, in menus and welcome views', () => {
    const known = new Set<string>(Object.values(COMMANDS));
    const linked = contributes.viewsWelcome
      .map(({ contents }) => sentences[contents.slice(1, -1)] ?? '')
      .flatMap((contents) => [...contents.matchAll(/\(command:([^)]+)\)/g)].map(([, command = '']) => command));
    const inMenus = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      [...inMenus, ...linked].filter((command) => !known.has(command)),
      [],
    );
    assert.ok(linked.length > 0);
  });

  it('has a sentence for each key and a key for each sentence', () => {
    const keys = [...text.matchAll(/"%([^"%]+)%"/g)].map(([, key = '']) => key);
    assert.deepEqual([...new Set(keys)].sort(), Object.keys(sentences).sort());
  });
});
