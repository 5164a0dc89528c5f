import { performance } from 'node:perf_hooks';

/** Money of the emulated account. *documented*: billed by the second, from create to terminate, boot time included. */
export interface Billing {
  /** Begins to charge; ends when the result is called. Price in USD per hour. */
  charge(pricePerHour: number): () => void;
  /** USD left. */
  balance(): number;
  /** USD per hour now. */
  rate(): number;
  /** USD since the start. */
  spent(): number;
}

export function createBilling(credit: number): Billing {
  const running = new Set<{ readonly price: number; readonly since: number }>();
  let settled = 0;
  const cost = ({ price, since }: { price: number; since: number }) =>
    (price * Math.ceil((performance.now() - since) / 1000)) / 3600;
  const spent = () => [...running].reduce((sum, charge) => sum + cost(charge), settled);
  return {
    charge(price) {
      const charge = { price, since: performance.now() };
      running.add(charge);
      return () => {
        if (running.delete(charge)) settled += cost(charge);
      };
    },
    balance: () => credit - spent(),
    rate: () => [...running].reduce((sum, { price }) => sum + price, 0),
    spent,
  };
}
