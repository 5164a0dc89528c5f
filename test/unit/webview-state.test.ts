import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { edited as editText } from '../../src/host/spec/edit.ts';
import type { FormPlan } from '../../src/protocol/form.ts';
import { at, type Edit, EMPTY, edited, type FormState, planOf, receive } from '../../src/webview/form/state.ts';

function document(spec: Record<string, unknown>, causedBy: string | null = null) {
  return { type: 'document', version: 1, causedBy, spec, broken: null } as const;
}

function verdict(plan: FormPlan | null) {
  return { type: 'verdict' as const, problems: [], plan };
}

const PLAN: FormPlan = {
  task: 'binary_classification',
  modelType: 'xgboost_binary_classification',
  features: ['b'],
  leftOut: [],
  hyperparameters: {},
  split: { test: 0.2, validation: 0.2 },
  seed: 0,
};

const START = { version: 1, target: 'a', limits: { hours: 1 } };

describe('the state of the form', () => {
  const opened = receive(EMPTY, document(START));

  it('shows an edit at once and ignores its echo', () => {
    const edit: Edit = { id: '1', path: ['limits', 'usd'], value: 3 };
    const after = edited(opened, edit);
    assert.deepEqual(at(after.spec, 'limits'), { hours: 1, usd: 3 });
    const echoed = receive(after, document({ anything: 'else' }, '1'));
    assert.equal(echoed.spec, after.spec);
    assert.deepEqual(echoed.pending, []);
  });

  it('takes a change that is not its own, such as undo', () => {
    const after = receive(opened, document({ ...START, target: 'b' }));
    assert.equal(at(after.spec, 'target'), 'b');
  });

  it('keeps what is on its way when the text changes elsewhere', () => {
    const typed = edited(opened, { id: '1', path: ['target'], value: 'mine' });
    const after = receive(typed, document({ ...START, seed: 7 }));
    assert.equal(at(after.spec, 'target'), 'mine');
    assert.equal(at(after.spec, 'seed'), 7);
  });

  it('removes a place', () => {
    const after = edited(opened, { id: '1', path: ['limits', 'hours'], value: undefined });
    assert.deepEqual(after.spec, { version: 1, target: 'a', limits: {} });
  });

  it('takes a value of another kind for nothing', () => {
    assert.equal(at(receive(EMPTY, document({ limits: 'none' })).spec, 'limits', 'hours'), undefined);
  });

  it('keeps the plan of the same target and model while a setting is refused', () => {
    const planned = receive(opened, verdict(PLAN));
    const refused = receive(receive(planned, document({ ...START, seed: -1 })), verdict(null));
    assert.equal(planOf(refused), PLAN);
    const other = receive(receive(planned, document({ ...START, target: 'b' })), verdict(null));
    assert.equal(planOf(other), null);
    assert.equal(planOf(receive(opened, verdict(null))), null);
  });

  it('keeps no plan that an edit has overtaken', () => {
    const asked = edited(opened, { id: '1', path: ['target'], value: 'b' });
    const late = receive(asked, verdict(PLAN));
    assert.equal(planOf(late), PLAN);
    assert.equal(planOf(receive(receive(late, document({}, '1')), verdict(null))), null);
  });

  it('ends where the document ends, however edits and other changes mix', () => {
    const name = fc.constantFrom('a', 'b', 'limits', 'toString', 'x y');
    const value = fc.option(fc.oneof(fc.integer(), fc.string(), fc.boolean()), { nil: undefined });
    const step = fc.record({
      path: fc.array(name, { minLength: 1, maxLength: 2 }),
      value,
      mine: fc.boolean(),
      delivered: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const end = play(steps);
        assert.deepEqual(end.state.pending, []);
        assert.equal(JSON.stringify(sorted(end.state.spec)), JSON.stringify(sorted(end.host)));
      }),
    );
  });
});

interface Step {
  readonly path: readonly string[];
  readonly value: string | number | boolean | undefined;
  /** By this page; else by undo, by the text editor, by git. */
  readonly mine: boolean;
  /** Whether the host is done with everything before the next step. */
  readonly delivered: boolean;
}

/** Plays a page and its host: the page's edits reach the host late, the host's answers come in order. */
function play(steps: readonly Step[]): { state: FormState; host: Record<string, unknown> } {
  let text = '{}';
  let state = receive(EMPTY, document({}));
  let onTheirWay: Edit[] = [];
  const deliver = () => {
    for (const edit of onTheirWay) {
      text = editText(text, [...edit.path], edit.value);
      state = receive(state, document(parse(text), edit.id));
    }
    onTheirWay = [];
  };
  for (const [index, { path, value, mine, delivered }] of steps.entries()) {
    if (mine) {
      const edit = { id: String(index), path, value };
      state = edited(state, edit);
      onTheirWay.push(edit);
    } else {
      text = editText(text, [...path], value);
      state = receive(state, document(parse(text)));
    }
    if (delivered) deliver();
  }
  deliver();
  return { state, host: parse(text) };
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}
