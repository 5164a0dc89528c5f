import type { JSX } from 'preact';
import { DEFAULT_LIMITS } from '../../core/job/limits.ts';
import type { FormOffer } from '../../protocol/form.ts';
import { type FormProps, problemsOf } from './context.ts';
import { Choice, NumberField, Problems } from './fields.tsx';
import { at } from './state.ts';

const BACKENDS = [
  { value: 'local', label: 'This Computer', help: 'The same script with this computer’s Python. Costs nothing.' },
  { value: 'runpod', label: 'RunPod', help: 'A rented GPU beside your network volume, gone when the job ends.' },
] as const;

/** Where to train, on which GPU, and how much of time and money at most. */
export function Compute(props: FormProps): JSX.Element {
  const { state, edit } = props;
  const backend = at(state.spec, 'compute', 'backend') === 'runpod' ? 'runpod' : 'local';
  return (
    <section aria-label="Where and how long">
      <h2>Where and how long</h2>
      <Choice
        legend="Where to train"
        value={backend}
        options={BACKENDS}
        onChange={(value) => edit(['compute', 'backend'], value)}
      />
      {backend === 'runpod' && <Gpus {...props} />}
      <Problems items={problemsOf(state, 'compute')} />
      <Limits {...props} paid={backend === 'runpod'} />
    </section>
  );
}

function Limits({ state, edit, paid }: FormProps & { readonly paid: boolean }): JSX.Element {
  const value = (name: string) => {
    const limit = at(state.spec, 'limits', name);
    return typeof limit === 'number' ? limit : undefined;
  };
  return (
    <div class="grid">
      <NumberField
        label="Time limit (hours)"
        help="The model so far is saved before the end."
        problems={problemsOf(state, 'limits.hours')}
        value={value('hours')}
        placeholder={String(DEFAULT_LIMITS.hours)}
        min={0.01}
        max={168}
        step="any"
        onChange={(hours) => edit(['limits', 'hours'], hours)}
      />
      {paid && (
        <NumberField
          label="Cost limit (US dollars)"
          help="Counted from the moment a pod is rented."
          problems={problemsOf(state, 'limits.usd')}
          value={value('usd')}
          placeholder={String(DEFAULT_LIMITS.usd)}
          min={0.01}
          max={10_000}
          step="any"
          onChange={(usd) => edit(['limits', 'usd'], usd)}
        />
      )}
    </div>
  );
}

const STOCK = { none: 'none now', low: 'low', medium: 'medium', high: 'high' } as const;

/** GPUs beside the volume. Ticked ones are tried in the order they were ticked. */
function Gpus({ state, edit, act }: FormProps): JSX.Element {
  const { state: phase = 'none', text = '', offers = [] } = state.offers ?? {};
  if (phase === 'disconnected') {
    return (
      <div class="notice">
        <p>No RunPod account is connected.</p>
        <button type="button" onClick={() => act('connect')}>
          Connect RunPod Account…
        </button>
      </div>
    );
  }
  const chosen = gpuList(at(state.spec, 'compute', 'gpus'));
  const toggle = (gpu: string) => {
    const next = chosen.includes(gpu) ? chosen.filter((one) => one !== gpu) : [...chosen, gpu];
    edit(['compute', 'gpus'], next.length > 0 ? next : undefined);
  };
  return (
    <div class="gpus">
      <div class="toolbar">
        <p class="help" aria-live="polite">
          {phase === 'ready' ? `Prices and stock beside your volume, read ${clock(offers)}.` : text}
        </p>
        <button type="button" class="secondary" disabled={phase === 'reading'} onClick={() => act('offers')}>
          Refresh
        </button>
      </div>
      {offers.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>GPU</th>
              <th class="number">Memory</th>
              <th class="number">Price</th>
              <th>Stock</th>
              <th>Order</th>
            </tr>
          </thead>
          <tbody>
            {offers.map((offer) => (
              <Gpu key={offer.gpu} offer={offer} place={chosen.indexOf(offer.gpu)} toggle={toggle} />
            ))}
          </tbody>
        </table>
      )}
      {offers.length > 0 && (
        <p class="help">
          {chosen.length === 0
            ? 'None ticked: the cheapest one in stock that suits the job is taken.'
            : 'Tried in this order until one can be rented.'}
        </p>
      )}
    </div>
  );
}

interface GpuProps {
  readonly offer: FormOffer;
  /** Position among the ticked ones, −1 when not ticked. */
  readonly place: number;
  toggle(gpu: string): void;
}

function Gpu({ offer, place, toggle }: GpuProps): JSX.Element {
  return (
    <tr class={offer.stock === 'none' ? 'muted' : ''}>
      <td>
        <label class="tick">
          <input type="checkbox" checked={place >= 0} onChange={() => toggle(offer.gpu)} />
          {offer.label}
        </label>
      </td>
      <td class="number">{offer.memoryGb} GB</td>
      <td class="number">${offer.pricePerHour.toFixed(2)}/h</td>
      <td>{STOCK[offer.stock]}</td>
      <td>{place >= 0 ? place + 1 : ''}</td>
    </tr>
  );
}

function gpuList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((gpu) => typeof gpu === 'string') : [];
}

/** When the oldest of these offers was read, as a time of day. */
function clock(offers: readonly FormOffer[]): string {
  if (offers.length === 0) return 'now: none is offered there';
  const oldest = Math.min(...offers.map(({ readAt }) => readAt));
  return `at ${new Date(oldest).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`;
}
