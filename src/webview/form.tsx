import { render } from 'preact';
import { useEffect, useReducer } from 'preact/hooks';
import { catalogue } from '../core/catalogue/index.ts';
import { type FormToHost, type FormToPage, formToPageSchema } from '../protocol/form.ts';
import { connect } from './common/host.ts';
import { App } from './form/app.tsx';
import { type Edit, EMPTY, edited, type FormState, receive } from './form/state.ts';
import './common/base.css';
import './form.css';

type Event = { readonly message: FormToPage } | { readonly edit: Edit };

const ENTRIES = Object.values(catalogue);
const listeners = new Set<(message: FormToPage) => void>();
const host = connect<FormToHost, FormToPage>(
  (message) => formToPageSchema.safeParse(message).data,
  (message) => {
    for (const listener of listeners) listener(message);
  },
);

function reduce(state: FormState, event: Event): FormState {
  return 'edit' in event ? edited(state, event.edit) : receive(state, event.message);
}

function Form() {
  const [state, dispatch] = useReducer(reduce, EMPTY);
  useEffect(() => {
    const listener = (message: FormToPage) => dispatch({ message });
    listeners.add(listener);
    host.send({ type: 'ready' });
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return (
    <App
      state={state}
      catalogue={ENTRIES}
      edit={(path, value) => {
        const edit: Edit = { id: crypto.randomUUID(), path, value };
        dispatch({ edit });
        host.send({
          type: 'edit',
          id: edit.id,
          path: [...path],
          ...(value === undefined ? {} : { value: copy(value) }),
        });
      }}
      act={(action) => host.send({ type: 'action', action })}
    />
  );
}

function copy(value: Exclude<Edit['value'], undefined>) {
  return structuredClone(value) as NonNullable<Extract<FormToHost, { type: 'edit' }>['value']>;
}

const root = document.getElementById('root');
if (root) render(<Form />, root);
