import text from '../../../templates/start.sh';

/** What a pod runs: a guard in POSIX sh that starts the runner and ends the pod whatever happens. Holds no secret. */
export function startCommand(): readonly string[] {
  return ['sh', '-c', text];
}

/** The same as one string for REST v2 `args`, which RunPod splits like a shell. */
export function startArgs(): string {
  return `sh -c '${text.replaceAll("'", String.raw`'\''`)}'`;
}
