/** Datasets: reading and profiling them. */
export const DATA_MESSAGES = {
  'data/not-found': 'There is no file {path}. Check the path.',
} as const;
