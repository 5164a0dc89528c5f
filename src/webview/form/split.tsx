import type { JSX } from 'preact';
import { type FormProps, problemsOf } from './context.ts';
import { NumberField, SelectField } from './fields.tsx';
import { SPLIT_KINDS, type SplitJson, type SplitKind, withKind, withSetting } from './split-edits.ts';
import { at, planOf } from './state.ts';
import { columnLine } from './words.ts';

const KIND_WORDS: Readonly<Record<SplitKind, string>> = {
  '': 'Automatic: random, target spread alike',
  random: 'Random, whatever the target',
  time: 'The newest rows',
  group: 'Random groups of rows',
  column: 'As a column says: train, validation or test',
};
const COLUMN_WORDS: Readonly<Record<string, string>> = {
  time: 'Time column',
  group: 'Group column',
  column: 'Column of parts',
};

/** Which rows the model is tested on, and which ones early stopping watches. */
export function Split(props: FormProps): JSX.Element {
  const { state, edit } = props;
  const split = splitIn(state);
  const columns = (state.profile?.profile?.columns ?? []).filter(({ name }) => name !== at(state.spec, 'target'));
  const kind = typeof split.kind === 'string' && split.kind !== 'auto' ? split.kind : '';
  const column = typeof split.column === 'string' ? split.column : '';
  const tests = kind !== 'column' && kind !== 'file';
  // A setting that this kind does not have has no field of its own to complain at.
  const fields = ['validation', tests && 'test', COLUMN_WORDS[kind] && 'column', kind === 'time' && 'gap'];
  const complaints = problemsOf(state, 'split').filter(
    ({ field }) => !fields.some((name) => field === `split.${name}`),
  );
  const offered = SPLIT_KINDS.map((value) => ({ value: value as string, label: KIND_WORDS[value] }));
  // What only the text can say is shown, and stays.
  if (kind === 'file') offered.push({ value: kind, label: 'The rows of another file' });
  if (kind === 'stratified') offered.push({ value: kind, label: 'Random, target spread alike' });
  return (
    <section aria-label="Test on">
      <h2>Test on</h2>
      <div class="pair">
        <SelectField
          label="Test rows"
          problems={complaints}
          value={kind}
          options={offered}
          onChange={(value) => edit(['split'], withKind(split, value, columns))}
        />
        {COLUMN_WORDS[kind] && (
          <SelectField
            label={COLUMN_WORDS[kind]}
            problems={problemsOf(state, 'split.column')}
            value={column}
            options={[
              ...(columns.some(({ name }) => name === column)
                ? []
                : [{ value: column, label: `${column} (not to be split by)` }]),
              ...columns.map((each) => ({ value: each.name, label: `${each.name} — ${columnLine(each)}` })),
            ]}
            onChange={(value) => edit(['split', 'column'], value)}
          />
        )}
      </div>
      <div class="grid">
        {tests && (
          <Share {...props} name="test" label="Share for the test" help="Nothing is fitted or chosen on these rows." />
        )}
        <Share
          {...props}
          name="validation"
          label="Share for validation"
          help="Early stopping watches these rows; the final model learns from them too."
        />
        {kind === 'time' && <Gap {...props} />}
        <Seed {...props} />
      </div>
    </section>
  );
}

interface ShareProps extends FormProps {
  readonly name: 'test' | 'validation';
  readonly label: string;
  readonly help: string;
}

function Share({ state, edit, name, label, help }: ShareProps): JSX.Element {
  const split = splitIn(state);
  return (
    <NumberField
      label={label}
      help={help}
      problems={problemsOf(state, `split.${name}`)}
      value={numberOf(split[name])}
      placeholder={String(planOf(state)?.split[name] ?? '')}
      min={0.001}
      max={0.999}
      step="any"
      onChange={(value) => edit(['split'], withSetting(split, name, value))}
    />
  );
}

function Gap({ state, edit }: FormProps): JSX.Element {
  const split = splitIn(state);
  return (
    <NumberField
      label="Rows left out between parts"
      help="So that rows next to each other do not tell of each other."
      problems={problemsOf(state, 'split.gap')}
      value={numberOf(split.gap)}
      placeholder="0"
      min={0}
      max={1_000_000_000}
      step={1}
      onChange={(value) => edit(['split'], withSetting(split, 'gap', value))}
    />
  );
}

function Seed({ state, edit }: FormProps): JSX.Element {
  return (
    <NumberField
      label="Seed"
      help="Of the split and of training: the same seed gives the same rows."
      problems={problemsOf(state, 'seed')}
      value={numberOf(at(state.spec, 'seed'))}
      placeholder={String(planOf(state)?.seed ?? '')}
      min={0}
      max={2 ** 31 - 1}
      step={1}
      onChange={(seed) => edit(['seed'], seed)}
    />
  );
}

function splitIn(state: FormProps['state']): SplitJson {
  const split = at(state.spec, 'split');
  return typeof split === 'object' && split !== null && !Array.isArray(split) ? (split as SplitJson) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
