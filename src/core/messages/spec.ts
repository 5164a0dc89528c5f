/** Specs, plans and scripts. The first block is worded exactly as in the system Tabpod replaces. */
export const SPEC_MESSAGES = {
  'spec/unsupported-model-type': 'Unsupported model type: {modelType}',
  'spec/template-not-found': 'Training template not found: {template}',
} as const;
