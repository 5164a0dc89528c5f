import { StreamHistogram } from './histogram.ts';

/** Least, greatest and mean of finite numbers that come one by one. */
export class Range {
  count = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  /** The running mean: a sum could overflow or drown small values. */
  mean = 0;

  add(value: number, count: number): void {
    if (!Number.isFinite(value)) return;
    this.count += count;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.mean += (value / this.count - this.mean / this.count) * count;
  }
}

/** A range with its histogram, for columns with more different values than are kept. */
export class StreamRange extends Range {
  readonly histogram = new StreamHistogram();

  override add(value: number, count: number): void {
    super.add(value, count);
    if (Number.isFinite(value)) this.histogram.add(value, count);
  }
}
