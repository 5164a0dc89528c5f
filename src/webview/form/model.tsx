import type { JSX } from 'preact';
import { defaultOf } from '../../core/catalogue/index.ts';
import type { CatalogueEntry, Hyperparameter } from '../../core/catalogue/schema.ts';
import { FAMILIES, FAMILY_NAMES, type Family, parseModelType, TASKS, type Task } from '../../core/model-type.ts';
import { useKept } from '../common/kept.ts';
import { type FormProps, problemsOf } from './context.ts';
import { Field, NumberInput, SelectField } from './fields.tsx';
import { at, type FormState, type Json, planOf } from './state.ts';

const FAMILY_WORDS: Readonly<Record<Family, string>> = { ...FAMILY_NAMES, keras: 'Keras (neural network)' };

/** The kind of model, and its settings: the main ones first, the others folded unless something is wrong with them. */
export function Model(props: FormProps): JSX.Element {
  const { state, catalogue, edit } = props;
  const [more, setMore] = useKept<boolean>('more', false);
  const family = chosenFamily(state);
  const entry = entryFor(catalogue, family, state);
  const parameters = entry?.hyperparameters ?? [];
  const wrong = ({ name }: Hyperparameter) => problemsOf(state, `hyperparameters.${name}`).length > 0;
  const shown = parameters.filter((parameter) => parameter.main || more || wrong(parameter));
  const folded = parameters.length - shown.length;
  const choose = (next: string) => {
    // The settings of one family mean nothing to another.
    if (at(state.spec, 'hyperparameters') !== undefined) edit(['hyperparameters'], undefined);
    edit(['model'], next);
  };
  return (
    <section aria-label="Model">
      <h2>Model</h2>
      <div class="pair">
        <SelectField
          label="Model type"
          problems={problemsOf(state, 'model')}
          value={family}
          options={FAMILIES.map((name) => ({ value: name, label: FAMILY_WORDS[name] }))}
          onChange={choose}
        />
        {taskOf(state) !== 'regression' && <TunedFor {...props} />}
        <Bagging {...props} />
      </div>
      <div class="grid">
        {shown.map((parameter) => (
          <Parameter key={parameter.name} {...props} parameter={parameter} />
        ))}
      </div>
      {(more || folded > 0) && (
        <button type="button" class="link more" aria-expanded={more} onClick={() => setMore(!more)}>
          {more ? 'Fewer settings' : `${folded} more settings`}
        </button>
      )}
    </section>
  );
}

/** Which defaults are used, and what early stopping watches. */
function TunedFor({ state, edit }: FormProps): JSX.Element {
  const preset = at(state.spec, 'preset');
  return (
    <SelectField
      label="Tuned for"
      problems={problemsOf(state, 'preset')}
      value={typeof preset === 'string' ? preset : ''}
      options={[
        { value: '', label: 'Honest probabilities (log loss)' },
        { value: 'lowest_class_error', label: 'Fewest wrong classes' },
      ]}
      onChange={(value) => edit(['preset'], value || undefined)}
    />
  );
}

function Bagging({ state, edit }: FormProps): JSX.Element {
  return (
    <SelectField
      label="Final model"
      problems={problemsOf(state, 'bagging')}
      value={at(state.spec, 'bagging') === true ? 'bag' : ''}
      options={[
        { value: '', label: 'One model, fitted on all but the test rows' },
        { value: 'bag', label: 'The mean of five, one a fold (bagging)' },
      ]}
      onChange={(value) => edit(['bagging'], value === 'bag' || undefined)}
    />
  );
}

function chosenFamily(state: FormState): Family {
  const model = at(state.spec, 'model');
  return (typeof model === 'string' ? parseModelType(model)?.family : undefined) ?? 'xgboost';
}

function entryFor(catalogue: readonly CatalogueEntry[], family: Family, state: FormState): CatalogueEntry | undefined {
  const task = taskOf(state);
  return catalogue.find(({ modelType }) => modelType === `${family}_${task}`);
}

/** The task in force; regression until the plan knows, as the settings hardly differ. */
function taskOf(state: FormState): Task {
  const named = planOf(state)?.task ?? at(state.spec, 'task');
  return TASKS.find((task) => task === named) ?? 'regression';
}

function Parameter({ state, edit, parameter }: FormProps & { readonly parameter: Hyperparameter }): JSX.Element {
  const path = ['hyperparameters', parameter.name];
  const numeric = parameter.type === 'integer' || parameter.type === 'number';
  return (
    <Field
      label={parameter.label}
      help={numeric ? `${parameter.help} ${range(parameter)}` : parameter.help}
      problems={problemsOf(state, path.join('.'))}
      control={(ids) => (
        <ParameterInput
          ids={ids}
          parameter={parameter}
          value={at(state.spec, ...path)}
          normal={String(planOf(state)?.hyperparameters[parameter.name] ?? defaultOf(parameter, taskOf(state)))}
          onChange={(value) => edit(path, value)}
        />
      )}
    />
  );
}

interface InputProps {
  readonly ids: { readonly id: string; readonly describedBy: string; readonly invalid: boolean };
  readonly parameter: Hyperparameter;
  readonly value: unknown;
  /** The default, shown while nothing is set. */
  readonly normal: string;
  onChange(value: Json | undefined): void;
}

function ParameterInput({ ids, parameter, value, normal, onChange }: InputProps): JSX.Element {
  switch (parameter.type) {
    case 'integer':
    case 'number':
      return (
        <NumberInput
          {...ids}
          value={typeof value === 'number' ? value : undefined}
          placeholder={normal}
          min={parameter.min}
          max={parameter.max}
          step={parameter.type === 'integer' ? 1 : 'any'}
          onChange={onChange}
        />
      );
    case 'boolean':
      return (
        <Options
          ids={ids}
          options={['true', 'false']}
          value={value}
          normal={normal}
          onChange={(text) => onChange(text === undefined ? undefined : text === 'true')}
        />
      );
    case 'choice':
      return <Options ids={ids} options={parameter.choices} value={value} normal={normal} onChange={onChange} />;
  }
}

interface OptionsProps extends Pick<InputProps, 'ids' | 'value' | 'normal'> {
  readonly options: readonly string[];
  onChange(value: string | undefined): void;
}

function Options({ ids, options, value, normal, onChange }: OptionsProps): JSX.Element {
  return (
    <select
      id={ids.id}
      class="short"
      aria-describedby={ids.describedBy}
      aria-invalid={ids.invalid}
      value={value === undefined ? '' : String(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    >
      <option value="">Default: {normal}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}

function range({ min, max }: { readonly min: number; readonly max: number }): string {
  return `${min.toLocaleString('en')} to ${max.toLocaleString('en')}.`;
}
