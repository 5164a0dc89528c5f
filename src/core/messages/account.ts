/** RunPod, its volume and its keys. */
export const ACCOUNT_MESSAGES = {
  'account/none': 'No RunPod account is connected. {wayOut}',
  'account/bad-key':
    'RunPod does not accept this key: {detail}. Make a new one in the RunPod console under Settings → API Keys.',
  'account/forbidden':
    'RunPod refused this call to the key in use: {detail}. Give the key access to pods and network volumes.',
  'account/no-funds':
    'The RunPod account has too little credit to rent a pod: {detail}. Add funds in the RunPod console.',
  'account/no-volume': 'Network volume “{volume}” is not in this RunPod account. Choose another one.',
} as const;
