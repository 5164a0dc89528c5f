/** This computer as a place where jobs run. */
export const LOCAL_MESSAGES = {
  'local/no-python':
    'No usable Python was found on this computer ({tried}). Install Python 3.11, 3.12 or 3.13 with venv or uv, or name one in the setting tabpod.python or in TABPOD_PYTHON.',
  'local/not-written':
    '{folder} cannot be written: {detail}. Make room there, or choose another folder with {setting}.',
  'local/object-too-large': '{key} is larger than the {limit} bytes that Tabpod reads of it.',
} as const;
