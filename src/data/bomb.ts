import { TabpodError } from '../core/error.ts';

const GIB = 2 ** 30;
const TIMES = 200;

/** Watches how much comes out of a packed file: true tables pack to a few per cent, hardly ever below one. */
export class BombGuard {
  private unpacked = 0;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Counts more bytes that came out of `packed`. Throws TabpodError beyond 1 GiB and 200 times the packed size. */
  add(bytes: number, packed: number): void {
    this.unpacked += bytes;
    if (this.unpacked > GIB && this.unpacked > TIMES * packed) {
      throw new TabpodError('data/bomb', { name: this.name, times: TIMES });
    }
  }
}
