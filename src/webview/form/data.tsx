import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FormColumn } from '../../protocol/form.ts';
import { useKept } from '../common/kept.ts';
import { VirtualList } from '../common/virtual-list.tsx';
import { type FormProps, problemsOf } from './context.ts';
import { Problems, SelectField } from './fields.tsx';
import { at, planOf } from './state.ts';
import { columnLine, distinctWord, percent, roleWord, TASK_WORDS } from './words.ts';

/** What to predict: the target column and the kind of task. */
export function Target({ state, edit }: FormProps): JSX.Element {
  const columns = state.profile?.profile?.columns ?? [];
  const target = text(at(state.spec, 'target'));
  const known = columns.some(({ name }) => name === target);
  const choose = (name: string) => {
    // A column is not learnt from and predicted at once.
    const features = at(state.spec, 'features');
    if (Array.isArray(features) && features.includes(name)) {
      edit(
        ['features'],
        features.filter((feature) => feature !== name),
      );
    }
    edit(['target'], name);
  };
  return (
    <section aria-label="Predict">
      <h2>Predict</h2>
      <div class="pair">
        <SelectField
          label="Target column"
          problems={problemsOf(state, 'target')}
          value={target}
          disabled={columns.length === 0}
          options={[
            ...(target === '' ? [{ value: '', label: 'Choose a column…' }] : []),
            ...(target !== '' && !known ? [{ value: target, label: `${target} (not in the dataset)` }] : []),
            ...columns.map((column) => ({ value: column.name, label: `${column.name} — ${columnLine(column)}` })),
          ]}
          onChange={choose}
        />
        <Task state={state} edit={edit} />
      </div>
    </section>
  );
}

function Task({ state, edit }: Pick<FormProps, 'state' | 'edit'>): JSX.Element {
  const inferred = planOf(state)?.task;
  const chosen = text(at(state.spec, 'task'));
  const word = inferred && inferred in TASK_WORDS ? inferred.replaceAll('_', ' ') : '';
  return (
    <SelectField
      label="Task"
      problems={problemsOf(state, 'task')}
      value={chosen}
      options={[
        { value: '', label: !chosen && word ? `Automatic: ${word}` : 'Automatic: what the target suggests' },
        ...Object.entries(TASK_WORDS).map(([value, label]) => ({ value, label })),
      ]}
      onChange={(value) => edit(['task'], value || undefined)}
    />
  );
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  id: 'left out: an identifier',
  constant: 'left out: always the same',
  text: 'left out: free text',
};

/** Which columns to learn from: every usable one unless the user chooses. */
export function Features({ state, edit }: FormProps): JSX.Element {
  const [search, setSearch] = useKept<string>('search', '');
  const columns = state.profile?.profile?.columns ?? [];
  const target = at(state.spec, 'target');
  const candidates = useMemo(() => columns.filter(({ name }) => name !== target), [columns, target]);
  const chosen = chosenFeatures(state, candidates);
  const reasons = new Map(state.verdict?.plan?.leftOut.map(({ name, reason }) => [name, reason]));
  const wanted = search.trim().toLowerCase();
  const shown = candidates.filter(({ name }) => name.toLowerCase().includes(wanted));
  const explicit = Array.isArray(at(state.spec, 'features'));
  const choose = (names: ReadonlySet<string>) =>
    edit(
      ['features'],
      candidates.map(({ name }) => name).filter((name) => names.has(name)),
    );
  const set = (names: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const name of names) on ? next.add(name) : next.delete(name);
    choose(next);
  };
  const shownNames = shown.map(({ name }) => name);
  return (
    <section aria-label="Learn from">
      <h2>Learn from</h2>
      <div class="toolbar">
        <input
          type="search"
          aria-label="Search columns"
          placeholder="Search columns"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <button type="button" class="secondary" onClick={() => set(shownNames, true)}>
          All{wanted && ' found'}
        </button>
        <button type="button" class="secondary" onClick={() => set(shownNames, false)}>
          None{wanted && ' found'}
        </button>
        <button type="button" class="secondary" disabled={!explicit} onClick={() => edit(['features'], undefined)}>
          Automatic
        </button>
      </div>
      <p class="help" aria-live="polite">
        {chosen.size.toLocaleString('en')} of {candidates.length.toLocaleString('en')} columns
        {explicit ? ' chosen by hand' : ', chosen automatically'}
        {wanted && `; ${shown.length.toLocaleString('en')} match the search`}
      </p>
      <div class="columns">
        <div class="column head" aria-hidden="true">
          <span />
          <span>Column</span>
          <span>Type</span>
          <span class="number">Missing</span>
          <span class="number">Distinct</span>
        </div>
        <VirtualList
          items={shown}
          rowHeight={28}
          rows={10}
          label="Columns"
          row={(column) => (
            <ColumnRow
              column={column}
              chosen={chosen.has(column.name)}
              note={explicit ? undefined : LEFT_OUT[reasons.get(column.name) ?? '']}
              onChange={(on) => set([column.name], on)}
            />
          )}
        />
        {shown.length === 0 && <p class="help empty">No column matches.</p>}
      </div>
      <Problems items={problemsOf(state, 'features')} />
    </section>
  );
}

interface RowProps {
  readonly column: FormColumn;
  readonly chosen: boolean;
  readonly note: string | undefined;
  onChange(on: boolean): void;
}

function ColumnRow({ column, chosen, note, onChange }: RowProps): JSX.Element {
  return (
    <label class="column">
      <input
        type="checkbox"
        aria-label={[column.name, columnLine(column), ...(note ? [note] : [])].join(', ')}
        checked={chosen}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <span class="name" title={column.name}>
        {column.name}
        {note && <span class="muted"> {note}</span>}
      </span>
      <span>{roleWord(column.role)}</span>
      <span class="number">{percent(column.missing)}</span>
      <span class="number">{distinctWord(column)}</span>
    </label>
  );
}

/** The features in force: the spec's own list, else what the plan takes, else what it would take by role. */
function chosenFeatures(state: FormProps['state'], candidates: readonly FormColumn[]): ReadonlySet<string> {
  const listed = at(state.spec, 'features');
  if (Array.isArray(listed)) return new Set(listed.filter((name) => typeof name === 'string'));
  const planned = state.verdict?.plan?.features;
  if (planned) return new Set(planned);
  const usable = candidates.filter(({ role }) => role !== 'id' && role !== 'constant' && role !== 'text');
  return new Set(usable.map(({ name }) => name));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
