#!/usr/bin/env node
import { version } from '../../package.json';
import { createTabpod } from '../app/create.ts';
import { codeOf, explainAny } from '../app/explain.ts';
import { tabpodHome } from '../app/home.ts';
import { settingsFromEnvironment, waitScaleFrom } from '../app/settings-from-environment.ts';
import { systemClock } from '../base/clock.ts';
import { type Command, HELP, parseCommand, WrongUse } from './arguments.ts';
import type { Cli } from './cli.ts';
import { jobs, stop } from './jobs.ts';
import { createOutput, type Output, outliveListeners } from './output.ts';
import { profile, script } from './profile.ts';
import { train } from './train.ts';

const HINT =
  'Set TABPOD_RUNPOD_API_KEY, TABPOD_S3_ACCESS_KEY, TABPOD_S3_SECRET_KEY and TABPOD_NETWORK_VOLUME, or train with `--backend local`.';

/** Runs one command; resolves to the exit code: 0 done, 1 failed, 2 wrong use. */
async function main(argv: readonly string[]): Promise<number> {
  const output = createOutput(argv.includes('--json'));
  try {
    return await run(parseCommand(argv), output);
  } catch (error) {
    if (error instanceof WrongUse) {
      output.result({ error: { code: 'wrong-use', message: error.message } }, () => undefined);
      output.progress(`${error.message}\n\n${HELP}`);
      return 2;
    }
    output.result({ error: { code: codeOf(error), message: explainAny(error) } }, () => undefined);
    output.progress(`tabpod: ${explainAny(error)}`);
    return 1;
  }
}

async function run(command: Command, output: Output): Promise<number> {
  if (command.name === 'help') return output.text(HELP);
  if (command.name === 'version') return output.text(version);
  const addresses = new Map<string, string>();
  const environment = settingsFromEnvironment(process.env);
  const datasetAddress = async (bare: string) => addresses.get(bare) ?? (await environment.datasetAddress(bare));
  const settings = { ...environment, datasetAddress };
  const waitScale = waitScaleFrom(process.env);
  const home = tabpodHome(process.env);
  const platform = { home, clock: systemClock, log: output.log, settings, waitScale, connectHint: HINT, version };
  const tabpod = createTabpod(platform);
  const cli: Cli = { tabpod, output, home, addresses, folder: process.cwd() };
  try {
    switch (command.name) {
      case 'profile':
        return await profile(command, cli);
      case 'script':
        return await script(command, cli);
      case 'train':
        return await train(command, cli);
      case 'jobs':
        return await jobs(command, cli);
      case 'stop':
        return await stop(command, cli);
    }
  } finally {
    tabpod.dispose();
  }
}

outliveListeners();
process.exitCode = await main(process.argv.slice(2));
// What was written to a pipe may still be on its way.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((sent) => stream.write('', sent))));
// Connections that are kept alive for the next call would keep the process alive too.
process.exit();
