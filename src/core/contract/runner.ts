import command from '../../../templates/runner/command.py';
import contract from '../../../templates/runner/contract.py';
import environment from '../../../templates/runner/environment.py';
import files from '../../../templates/runner/files.py';
import main from '../../../templates/runner/main.py';
import pod from '../../../templates/runner/pod.py';

/** An import of one module of the runner by another, on one line or in parentheses. */
const BETWEEN_MODULES = /^from (?:command|contract|environment|files|pod) import (?:\([^)]*\)|.*)\n/gm;

/** The runner as machines get it: its modules one after another, in one file that imports only the standard library. */
export const runner: string = [contract, files, command, environment, pod, main]
  .map((text) => text.replace(BETWEEN_MODULES, ''))
  .join('\n\n');
