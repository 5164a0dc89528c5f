/** Jobs and machines. */
export const JOB_MESSAGES = {
  'job/unknown': 'There is no job “{id}” in this ledger. `tabpod jobs` lists the ones there are.',
  'job/upload-incomplete': 'The upload of {name} did not arrive whole. Submit the job again.',
  'job/upload-failed': 'Failed to upload training script: {detail}.',
  'job/no-metrics': 'Metrics not found for model: {id}',
  'job/unreadable-status':
    'The run’s status.json is not one that this version of Tabpod can read. It is read again; if that does not help, update Tabpod.',
  'job/damaged':
    '{name} is not what the machine wrote: size or SHA-256 differ. Download it again, or run the job again.',
  'job/still-there': 'Pod {id} is still on RunPod’s list after many tries to end it. End it in the RunPod console.',
  'job/no-offer': 'RunPod has no {gpu} beside this volume. Choose another GPU: {available}.',
  'job/price-limit':
    '{gpu} costs {price} USD an hour: less than a minute of it would be more than this job may spend ({usd} USD). Raise the limit or choose another GPU.',
  'job/key-not-profiled':
    'Tabpod cannot profile {key}, which lies only on the volume. Give the file itself, or its address.',
  'job/dataset-changed': '{name} has changed since it was profiled. Submit again: it is then read anew.',
} as const;
