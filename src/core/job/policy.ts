/** Every wait and bound of a job's life, in milliseconds. Tests scale all of them with one factor. */
export interface Policy {
  /** Between two looks at a job that boots, runs or is being stopped. */
  readonly pollMs: number;
  /** Between two looks at a machine that is only watched, long after an unanswered create call. */
  readonly watchPollMs: number;
  /** A machine that two reads this far apart do not show is gone. */
  readonly verifyGapMs: number;
  /** From the create call to the first beat. Images are large, hosts are slow: dstack allows 20 minutes too. */
  readonly bootTimeoutMs: number;
  /** A running job whose beat stands still for this long is ended. */
  readonly silentMs: number;
  /** For saving, between the graceful stop and the end of the machine. */
  readonly stopGraceMs: number;
  /** For the machine to end itself after its final status. */
  readonly selfEndGraceMs: number;
  /** A result that is not yet what the runner wrote may still be on its way through the volume. */
  readonly resultsGraceMs: number;
  /** How long a machine whose create call was not answered is looked up before the next try. */
  readonly unresolvedLookupMs: number;
  /** How long it is watched after that. */
  readonly unresolvedWatchMs: number;
  /** Reads without a final status, this far apart, until a job without machines counts as lost. */
  readonly lostReads: number;
  readonly lostGapMs: number;
  /** Tries for a create call that failed without renting and without a reason that lasts. */
  readonly createRetries: number;
  readonly createRetryMs: number;
}

const RUNPOD: Policy = {
  pollMs: 5_000,
  watchPollMs: 60_000,
  verifyGapMs: 10_000,
  bootTimeoutMs: 20 * 60_000,
  silentMs: 5 * 60_000,
  stopGraceMs: 90_000,
  selfEndGraceMs: 60_000,
  resultsGraceMs: 120_000,
  unresolvedLookupMs: 3 * 60_000,
  unresolvedWatchMs: 24 * 3_600_000,
  lostReads: 3,
  lostGapMs: 45_000,
  createRetries: 4,
  createRetryMs: 15_000,
};

/** A process on this computer is seen at once and needs no proof by time. */
const LOCAL: Policy = {
  ...RUNPOD,
  pollMs: 1_000,
  verifyGapMs: 1_000,
  lostGapMs: 1_000,
  stopGraceMs: 75_000,
  resultsGraceMs: 0,
};

/** The policy of a backend; `scale` multiplies every wait. */
export function policyFor(backend: 'local' | 'runpod', scale: number): Policy {
  const { lostReads, createRetries, ...waits } = backend === 'local' ? LOCAL : RUNPOD;
  const scaled = Object.fromEntries(Object.entries(waits).map(([name, ms]) => [name, ms * scale]));
  return { ...waits, ...scaled, lostReads, createRetries };
}
