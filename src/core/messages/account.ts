/** RunPod, its volume and its keys. `account/<kind>` says what a BackendFailure of that kind means. */
export const ACCOUNT_MESSAGES = {
  'account/none': 'No RunPod account is connected. {wayOut}',
  'account/bad-key':
    'RunPod does not accept this key: {detail}. Make a new one in the RunPod console under Settings → API Keys.',
  'account/forbidden':
    'RunPod refused this call to the key in use: {detail}. Give the key access to pods and network volumes.',
  'account/no-funds':
    'The RunPod account has too little credit to rent a pod: {detail}. Add funds in the RunPod console.',
  'account/no-capacity': 'RunPod has no free machine of this kind: {detail}. Choose another GPU or try again later.',
  'account/rate-limited': 'RunPod asks for fewer calls: {detail}. Try again in a minute.',
  'account/refused': 'RunPod refused the request: {detail}. Change what it names.',
  'account/volume-full':
    'The network volume is full: {detail}. Delete files on it or make it larger in the RunPod console.',
  'account/unavailable': 'RunPod cannot be reached: {detail}. Check the connection and try again.',
  'account/unknown-outcome':
    'RunPod did not say whether it rented a pod: {detail}. Tabpod looks for the pod by name and ends it if it exists.',
  'account/no-volume': 'Network volume “{volume}” is not in this RunPod account. Choose another one.',
  'account/too-many-variables':
    'The pod would get {count} environment variables and RunPod allows {limit}. Remove some of them.',
  'account/variable-reference':
    'Environment variable {name} contains “{{”, which RunPod would replace with an account secret. Change its value.',
  'account/object-too-large':
    '{key} on the network volume holds more than the {limit} bytes it may have. Look at the file before using this run.',
} as const;
