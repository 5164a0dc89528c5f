import { messageOf, systemCode } from '../base/error.ts';
import { TabpodError } from '../core/error.ts';

/** Runs what writes below the Tabpod home; what the system refuses becomes a sentence. */
export async function writingHome<T>(home: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new TabpodError(
      'local/not-written',
      { folder: home, detail: messageOf(error), setting: 'TABPOD_HOME' },
      { cause: error },
    );
  }
}
