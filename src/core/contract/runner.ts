import command from '../../../templates/runner/command.py';
import contract from '../../../templates/runner/contract.py';
import environment from '../../../templates/runner/environment.py';
import files from '../../../templates/runner/files.py';
import journal from '../../../templates/runner/journal.py';
import lock from '../../../templates/runner/lock.py';
import main from '../../../templates/runner/main.py';
import pod from '../../../templates/runner/pod.py';

/** Imports of one module of the runner by another, and what may stand only at the top of a file. */
const NOT_WITHIN =
  /^from (?:__future__|command|contract|environment|files|journal|lock|pod) import (?:\([^)]*\)|.*)\n+/gm;

/** The runner as machines get it: its modules one after another, in one file that imports only the standard library. */
export const runner: string = [
  contract,
  ...[files, command, lock, environment, pod, journal, main].map((text) => text.replace(NOT_WITHIN, '')),
].join('\n\n');
