/** What only the editor says. */
export const HOST_MESSAGES = {
  'host/choose-target': 'Choose the column to predict.',
  'host/choose-features': 'Choose at least one column to learn from, or press Automatic.',
  'host/over-maximum':
    'The limit of {value} {unit} is above your maximum of {maximum}. Lower it, or raise the setting {setting}.',
  'host/no-script-yet': 'There is no script yet: {reason}',
  'host/untrusted':
    'Submitting runs code with your files and your account, so it needs a trusted workspace. Trust this workspace first.',
  'host/spec-exists': '{path} exists already. Choose another name.',
  'host/not-a-table':
    '{name} is not a file Tabpod can read. Choose a .csv, .tsv, .parquet or .xlsx file, or a packed .csv.gz, .csv.zst or .csv.zip.',
  'host/nothing-selected': 'Select a job or a pod in the Tabpod view first.',
  'host/no-spec': 'Open a *.tabpod.json file first, or right-click a dataset and choose “Train Model on RunPod…”.',
  'host/incomplete-keys': 'Connecting needs the API key, both storage keys and a network volume.',
  'host/no-volumes':
    'This account has no network volume in a data centre with S3 access. Create one in the RunPod console under Storage.',
  'host/read-only': '{path} is read-only: it shows what Tabpod will run or has kept.',
} as const;
