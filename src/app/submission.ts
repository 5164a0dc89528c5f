import { randomBytes } from 'node:crypto';
import type { Backend } from '../backends/ports.ts';
import { keys } from '../core/contract/keys.ts';
import { TabpodError } from '../core/error.ts';
import type { Submission } from '../core/job/events.ts';
import { limitsOf } from '../core/job/limits.ts';
import { type ModelId, modelId } from '../core/model-id.ts';
import { extensionOf } from '../core/profile/formats.ts';
import { withoutSecrets } from '../core/spec/address.ts';
import { sha256OfText } from '../jobs/stage.ts';
import type { RunpodSettings } from './platform.ts';
import type { SubmitRequest } from './tabpod.ts';

/** How many of the cheapest GPUs are tried when the spec names none. */
const AUTOMATIC_GPUS = 5;

export interface SubmissionContext {
  readonly owner: string;
  readonly backend: Backend;
  readonly settings: RunpodSettings | undefined;
  readonly runner: string;
  readonly lock: string;
  readonly version: string;
  readonly now: number;
  /** The dataset's SHA-256, or `null` when the machine reads a URL. */
  readonly datasetSha256: string | null;
  readonly testDataset: Submission['testDataset'];
}

/** Everything about a job that never changes again. */
export async function buildSubmission(request: SubmitRequest, context: SubmissionContext): Promise<Submission> {
  const { spec, plan, profile } = request;
  const { backend, datasetSha256: sha256 } = context;
  const limits = limitsOf(spec);
  const onRunpod = backend.kind === 'runpod';
  const name = profile.name;
  return {
    version: 1,
    id: newId(name, request, context.now),
    backend: backend.kind,
    volumeId: backend.volumeId,
    owner: context.owner,
    spec: withoutSecrets(spec),
    modelType: plan.modelType,
    target: plan.target,
    dataset: {
      name,
      sha256,
      key: sha256 === null ? null : keys.dataset(sha256, extensionOf(profile)),
      bytes: profile.bytes ?? null,
    },
    ...(context.testDataset && { testDataset: context.testDataset }),
    scriptSha256: sha256OfText(request.script),
    runnerSha256: sha256OfText(context.runner),
    lockSha256: sha256OfText(context.lock),
    quotes: onRunpod ? await quotes(spec.compute?.gpus, limits.usd, backend) : [],
    gpuCount: spec.compute?.gpuCount ?? 1,
    image: spec.compute?.image ?? context.settings?.image ?? '',
    diskGb: spec.compute?.diskGb ?? context.settings?.diskGb ?? 0,
    limits,
    tabpod: context.version,
  };
}

function newId(name: string, { plan }: SubmitRequest, now: number): ModelId {
  return modelId(name, plan.modelType, new Date(now), randomBytes(2).toString('hex'));
}

/** The GPUs to try, with what they cost now: the ones the user named, else the cheapest in stock. */
async function quotes(
  wanted: readonly string[] | undefined,
  usd: number,
  backend: Backend,
): Promise<Submission['quotes']> {
  const offers = (await backend.offers?.list()) ?? [];
  const inStock = offers.filter(({ stock }) => stock !== 'none').sort((a, b) => a.pricePerHour - b.pricePerHour);
  // A minute must be affordable, else the job would be stopped before it could do anything.
  const isDear = ({ pricePerHour }: { pricePerHour: number }) => pricePerHour / 60 > usd;
  const cheapest = inStock.slice(0, AUTOMATIC_GPUS).filter((offer, index) => index === 0 || !isDear(offer));
  const chosen = (wanted ?? cheapest.map(({ gpu }) => gpu)).map((gpu) => {
    const offer = offers.find((candidate) => candidate.gpu === gpu);
    if (offer) return { gpu, pricePerHour: offer.pricePerHour };
    throw new TabpodError('job/no-offer', {
      gpu,
      available: inStock.map((other) => other.gpu).join(', ') || 'none in stock',
    });
  });
  if (chosen.length === 0) throw new TabpodError('job/no-offer', { gpu: 'GPU in stock', available: 'none' });
  const dear = chosen.find(isDear);
  if (dear) throw new TabpodError('job/price-limit', { gpu: dear.gpu, price: dear.pricePerHour, usd });
  return chosen;
}
