import { TabpodError } from '../../src/core/error.ts';

/** What the work was refused with; fails when it was not. */
export async function refusal(work: Promise<unknown>): Promise<TabpodError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof TabpodError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
