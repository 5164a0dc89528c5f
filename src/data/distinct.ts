/**
 * Estimates how many different texts a stream holds (HyperLogLog, Flajolet et al. 2007, with linear counting for small
 * numbers): 2^bits registers of one byte, standard error 1.04 / sqrt(2^bits).
 */
export class DistinctEstimate {
  private readonly registers: Uint8Array;
  private readonly bits: number;

  constructor(bits: number) {
    this.bits = bits;
    this.registers = new Uint8Array(2 ** bits);
  }

  add(text: string): void {
    const hash = hashOf(text);
    const index = hash >>> (32 - this.bits);
    const rank = Math.clz32((hash << this.bits) | (1 << (this.bits - 1))) + 1;
    if (rank > (this.registers[index] ?? 0)) this.registers[index] = rank;
  }

  estimate(): number {
    const size = this.registers.length;
    let sum = 0;
    let zeros = 0;
    for (const rank of this.registers) {
      sum += 2 ** -rank;
      if (rank === 0) zeros++;
    }
    const raw = ((0.7213 / (1 + 1.079 / size)) * size * size) / sum;
    if (raw <= 2.5 * size && zeros > 0) return Math.round(size * Math.log(size / zeros));
    // Beyond a billion different texts, hashes of 32 bits collide: the correction of the paper.
    const space = 2 ** 32;
    return Math.round(raw <= space / 30 ? raw : -space * Math.log(1 - raw / space));
  }
}

/** FNV-1a over the code units, its bits mixed by the finaliser of MurmurHash3: registers need every bit to count. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
