import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../protocol/form.ts';

/** A text or number is sent when the user pauses this long. */
const PAUSE_MS = 400;

const SEVERITIES = { error: 'Error: ', warning: 'Warning: ', note: 'Note: ' } as const;

interface FieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly problems: readonly Problem[];
  control(ids: { id: string; describedBy: string; invalid: boolean }): ComponentChildren;
}

/** A label, a control, its help and what is wrong with it, tied together for screen readers. */
export function Field({ label, help, problems, control }: FieldProps): JSX.Element {
  const id = useId();
  const describedBy = `${id}-notes`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({ id, describedBy, invalid: problems.some(({ severity }) => severity === 'error') })}
      <div id={describedBy}>
        {help && <p class="help">{help}</p>}
        <Problems items={problems} />
      </div>
    </div>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly problems: readonly Problem[];
  /** The value of the option that is chosen. */
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly disabled?: boolean;
  onChange(value: string): void;
}

/** A label and a list to choose from. */
export function SelectField({ label, problems, value, options, disabled, onChange }: SelectFieldProps): JSX.Element {
  return (
    <Field
      label={label}
      problems={problems}
      control={({ id, describedBy, invalid }) => (
        <select
          id={id}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          value={value}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    />
  );
}

/** Sentences about a field; read out when they change. */
export function Problems({ items }: { readonly items: readonly Problem[] }): JSX.Element {
  return (
    <div aria-live="polite">
      {items.map(({ severity, text }) => (
        <p key={`${severity} ${text}`} class={`problem ${severity}`}>
          <span class="visually-hidden">{SEVERITIES[severity]}</span>
          {text}
        </p>
      ))}
    </div>
  );
}

interface NumberProps {
  readonly id: string;
  readonly describedBy: string;
  readonly invalid: boolean;
  /** `undefined` shows the placeholder: the default. */
  readonly value: number | undefined;
  readonly placeholder: string;
  readonly min: number;
  readonly max: number;
  readonly step: number | 'any';
  onChange(value: number | undefined): void;
}

/** A number that is sent on a pause, on Enter or when the field is left. Empty means the default. */
export function NumberInput(props: NumberProps): JSX.Element {
  const { value, onChange } = props;
  const [text, setText] = useState(show(value));
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const editing = useRef(false);
  useEffect(() => {
    if (!editing.current) setText(show(value));
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string) => {
    clearTimeout(timer.current);
    editing.current = false;
    const number = next.trim() === '' ? undefined : Number(next);
    if (number !== value && !Number.isNaN(number)) onChange(number);
  };
  return (
    <input
      id={props.id}
      type="number"
      class="short"
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      min={props.min}
      max={props.max}
      step={props.step}
      placeholder={props.placeholder}
      value={text}
      onInput={({ currentTarget }) => {
        const next = currentTarget.value;
        editing.current = true;
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(next), PAUSE_MS);
      }}
      onBlur={({ currentTarget }) => send(currentTarget.value)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') send(currentTarget.value);
      }}
    />
  );
}

type NumberFieldProps = Omit<FieldProps, 'control'> & Omit<NumberProps, 'id' | 'describedBy' | 'invalid'>;

/** A label and a number. */
export function NumberField({ label, help, problems, ...input }: NumberFieldProps): JSX.Element {
  return <Field label={label} help={help} problems={problems} control={(ids) => <NumberInput {...ids} {...input} />} />;
}

function show(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly label: string; readonly help: string }[];
  onChange(value: T): void;
}

/** A few exclusive choices, each with a line of help. */
export function Choice<T extends string>({ legend, value, options, onChange }: ChoiceProps<T>): JSX.Element {
  const name = useId();
  return (
    <fieldset class="choice">
      <legend class="visually-hidden">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} class={option.value === value ? 'card chosen' : 'card'}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>
            {option.label}
            <span class="help">{option.help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
