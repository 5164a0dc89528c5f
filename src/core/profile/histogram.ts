/** Bins of the histograms in a profile. */
export const BINS = 20;
/** Bins kept while reading; the range in use is at least half of theirs, so each final bin spans 16 of them or more. */
const FINE = 640;
/** Values beyond count at the ends: a range of all doubles would overflow. */
const LIMIT = 1e290;

const clamp = (value: number) => Math.max(-LIMIT, Math.min(LIMIT, value));

function binOf(value: number, min: number, max: number): number {
  if (max <= min) return 0;
  return Math.min(BINS - 1, Math.max(0, Math.floor(((value - min) / (max - min)) * BINS)));
}

/** Counts in 20 equal bins from `min` to `max`, from all values. */
export function exactHistogram(values: Iterable<readonly [value: number, count: number]>): number[] {
  const pairs = [...values].map(([value, count]) => [clamp(value), count] as const);
  const min = pairs.reduce((least, [value]) => Math.min(least, value), LIMIT);
  const max = pairs.reduce((most, [value]) => Math.max(most, value), -LIMIT);
  const bins = new Array<number>(BINS).fill(0);
  for (const [value, count] of pairs) {
    const bin = binOf(value, min, max);
    bins[bin] = (bins[bin] ?? 0) + count;
  }
  return bins;
}

/**
 * A histogram of a stream whose range is not known beforehand. It keeps 640 fine bins over a range that doubles
 * (merging bins in pairs) whenever a value lies outside; at the end the values of a fine bin are taken as spread evenly.
 * One pass, fixed memory, total count exact.
 */
export class StreamHistogram {
  private readonly bins = new Float64Array(FINE);
  private low = 0;
  private width = 0;

  add(raw: number, count: number): void {
    const value = clamp(raw);
    if (this.width === 0) this.start(value);
    if (value < this.low || value >= this.low + this.width * FINE) this.stretch(value);
    const bin = Math.max(0, Math.min(FINE - 1, Math.floor((value - this.low) / this.width)));
    this.bins[bin] = (this.bins[bin] ?? 0) + count;
  }

  /** Counts in 20 equal bins; `min` and `max` are the exact extremes of all values added. */
  finish(min: number, max: number): number[] {
    const [low, high] = [clamp(min), clamp(max)];
    const below = Array.from({ length: BINS + 1 }, (_, edge) =>
      edge === 0
        ? 0
        : Math.round(this.countBelow(edge === BINS ? Number.POSITIVE_INFINITY : low + (high - low) * (edge / BINS))),
    );
    return below.slice(1).map((count, bin) => count - (below[bin] ?? 0));
  }

  /** Values below `edge`, as if those of a fine bin were spread evenly over it. */
  private countBelow(edge: number): number {
    const position = (edge - this.low) / this.width;
    return this.bins.reduce((sum, count, index) => sum + count * Math.max(0, Math.min(1, position - index)), 0);
  }

  private start(value: number): void {
    this.width = Math.max(Math.abs(value) * 1e-12, 1e-12);
    this.low = value - (this.width * FINE) / 2;
  }

  /** Widens the bins by the power of two that takes `value` in, keeping the far end of the range in place. */
  private stretch(value: number): void {
    const size = this.width * FINE;
    const below = value < this.low;
    const needed = below ? this.low + size - value : value - this.low;
    const factor = 2 ** Math.max(1, Math.floor(Math.log2(needed / size)) + 1);
    const old = this.bins.slice();
    this.bins.fill(0);
    old.forEach((count, index) => {
      const target = below ? FINE - 1 - Math.floor((FINE - 1 - index) / factor) : Math.floor(index / factor);
      this.bins[target] = (this.bins[target] ?? 0) + count;
    });
    if (below) this.low -= size * (factor - 1);
    this.width *= factor;
  }
}
