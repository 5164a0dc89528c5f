import type { JSX } from 'preact';
import { useKeptScroll } from '../common/kept.ts';
import { Compute } from './compute.tsx';
import { type FormProps, problemsOf } from './context.ts';
import { Features, Target } from './data.tsx';
import { Problems } from './fields.tsx';
import { Model } from './model.tsx';
import { Split } from './split.tsx';

/** The form over a spec: one page, no steps. */
export function App(props: FormProps): JSX.Element {
  const { state, act } = props;
  useKeptScroll(state.profile?.profile != null);
  if (state.broken !== null) {
    return (
      <main>
        <h1>This spec cannot be shown as a form</h1>
        <p class="problem error">{state.broken}</p>
        <p class="actions">
          <button type="button" onClick={() => act('openText')}>
            Open as Text
          </button>
        </p>
      </main>
    );
  }
  if (!state.spec) return <main aria-busy="true" />;
  const columns = state.profile?.profile;
  return (
    <>
      <main>
        <Header {...props} />
        {columns && <Target {...props} />}
        {columns && <Features {...props} />}
        {columns && <Split {...props} />}
        {columns && <Model {...props} />}
        {columns && <Compute {...props} />}
      </main>
      {columns && <Footer {...props} />}
    </>
  );
}

function Header({ state, act }: FormProps): JSX.Element {
  const { profile, place } = state;
  return (
    <header>
      <h1>Train a model on {place?.dataset ?? 'a dataset'}</h1>
      <p class="muted" aria-live="polite">
        {profile?.state === 'failed' ? '' : profile?.text}
      </p>
      {profile?.state === 'failed' && <p class="problem error">{profile.text}</p>}
      <Problems items={problemsOf(state, 'dataset')} />
      <p class="links">
        {profile?.state === 'asking' && (
          <button type="button" onClick={() => act('read')}>
            Read the Dataset
          </button>
        )}
        {(profile?.state === 'failed' || profile?.state === 'ready') && (
          <button type="button" class="link" onClick={() => act('reread')}>
            Read again
          </button>
        )}
        <button type="button" class="link" onClick={() => act('openText')}>
          Open as text
        </button>
        {place?.draft && (
          <button type="button" class="link" onClick={() => act('save')}>
            Save to workspace…
          </button>
        )}
      </p>
    </header>
  );
}

function Footer({ state, act }: FormProps): JSX.Element {
  const problems = state.verdict?.problems ?? [];
  const errors = problems.filter(({ severity }) => severity === 'error');
  const ready = state.verdict?.plan != null;
  return (
    <footer>
      <div class="bar">
        {state.busy === null && errors.length > 0 ? (
          <Problems items={errors.slice(0, 1)} />
        ) : (
          <p aria-live="polite" class="muted">
            {state.busy ?? (ready && 'Ready. Look at the script, then submit it.')}
          </p>
        )}
        <button type="button" class="secondary" onClick={() => act('preview')}>
          Preview Script
        </button>
        <button type="button" disabled={!ready || state.busy !== null} onClick={() => act('submit')}>
          Submit
        </button>
      </div>
    </footer>
  );
}
