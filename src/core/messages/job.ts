/** Jobs and machines. */
export const JOB_MESSAGES = {
  'job/unknown': 'There is no job “{id}” in this ledger. `tabpod jobs` lists the ones there are.',
} as const;
