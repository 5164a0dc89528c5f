// The emulator as a process: `node out/tools/emulator.js --folder F [--port N] [--wait-scale S]`.
// Prints one line of JSON with its addresses and keys, runs until it is told to end or its standard input closes.
import { parseArgs } from 'node:util';
import { startEmulator } from './emulator.ts';

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    port: { type: 'string', default: '0' },
    'wait-scale': { type: 'string', default: '1' },
    /** For a terminal or a service: ignore standard input. */
    detached: { type: 'boolean', default: false },
  },
});

if (!values.folder) {
  console.error('usage: emulator --folder FOLDER [--port N] [--wait-scale S] [--detached]');
  process.exit(2);
}

const emulator = await startEmulator({
  folder: values.folder,
  port: Number(values.port),
  waitScale: Number(values['wait-scale']),
});

const ended = new AbortController();
ended.signal.addEventListener('abort', () => void emulator.stop().then(() => process.exit(0)), { once: true });
const end = () => ended.abort();
process.once('SIGINT', end);
process.once('SIGTERM', end);
if (!values.detached) process.stdin.resume().once('end', end);

const { url, restUrl, graphqlUrl, s3Url, apiKey, s3AccessKey, s3SecretKey, volumeId, volumeFolder } = emulator;
console.log(
  JSON.stringify({ url, restUrl, graphqlUrl, s3Url, apiKey, s3AccessKey, s3SecretKey, volumeId, volumeFolder }),
);
