/** Every id that the manifest and the code must agree on. A test compares the two. */

export const COMMANDS = {
  train: 'tabpod.train',
  trainFile: 'tabpod.trainFile',
  trainUrl: 'tabpod.trainUrl',
  preview: 'tabpod.preview',
  submit: 'tabpod.submit',
  runHere: 'tabpod.runHere',
  editScript: 'tabpod.editScript',
  openAsText: 'tabpod.openAsText',
  openAsForm: 'tabpod.openAsForm',
  saveToWorkspace: 'tabpod.saveToWorkspace',
  jobReport: 'tabpod.job.openReport',
  jobLog: 'tabpod.job.openLog',
  jobScript: 'tabpod.job.openScript',
  jobStop: 'tabpod.job.stop',
  jobsRefresh: 'tabpod.jobs.refresh',
  podTerminate: 'tabpod.pod.terminate',
  podsRefresh: 'tabpod.pods.refresh',
  connect: 'tabpod.account.connect',
  disconnect: 'tabpod.account.disconnect',
  showLog: 'tabpod.showLog',
} as const;
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** The sidebar's container, and its views. */
export const CONTAINER = 'tabpod';
export const VIEWS = { jobs: 'tabpod.jobs', pods: 'tabpod.pods' } as const;

export const EDITORS = { form: 'tabpod.form', report: 'tabpod.report' } as const;

/** Scheme of the read-only file system with previews and what is kept of jobs. */
export const SCHEME = 'tabpod';

export const SETTINGS = {
  home: 'tabpod.home',
  python: 'tabpod.python',
  image: 'tabpod.runpod.image',
  restUrl: 'tabpod.runpod.restUrl',
  graphqlUrl: 'tabpod.runpod.graphqlUrl',
  s3Url: 'tabpod.runpod.s3Url',
  maximumHours: 'tabpod.limits.maximumHours',
  maximumUsd: 'tabpod.limits.maximumUsd',
} as const;
export type SettingId = (typeof SETTINGS)[keyof typeof SETTINGS];

export const CONTEXT_KEYS = { connected: 'tabpod.connected' } as const;

/** `contextValue` of tree items, for menus. */
export const ITEMS = {
  jobLive: 'tabpod.job.live',
  jobFinished: 'tabpod.job.finished',
  jobFailed: 'tabpod.job.failed',
  pod: 'tabpod.pod',
} as const;

/** Names in SecretStorage. */
export const SECRETS = { account: 'tabpod.account', address: 'tabpod.address:' } as const;
