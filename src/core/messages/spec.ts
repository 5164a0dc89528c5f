/** Specs, plans and scripts. The first block is worded exactly as in the system Tabpod replaces. */
export const SPEC_MESSAGES = {
  'spec/unsupported-model-type': 'Unsupported model type: {modelType}',
  'spec/template-not-found': 'Training template not found: {template}',
  'spec/no-source': 'Either dataset path or dataset URL must be provided',
  'spec/many-sources': 'Only one of dataset path, dataset URL and dataset key must be provided',
  'spec/missing-field': 'Missing required field: {field}',

  'spec/not-json': '{name} is not valid JSON: {problem} in line {line}.',
  'spec/not-object': '{name} holds no training spec: a JSON object in braces was expected.',
  'spec/unsupported-version':
    '{name} has spec version {version}, and this Tabpod reads versions up to {newest}: update Tabpod, or set the version to {newest}.',
  'spec/unknown-key': '{name} has a setting “{key}” that Tabpod does not know; the nearest names are {nearest}.',
  'spec/wrong-type': 'In {name}, “{path}” must be of type {expected}.',
  'spec/not-one-of': 'In {name}, “{path}” must be one of {allowed}.',
  'spec/at-least': 'In {name}, “{path}” must be at least {limit}.',
  'spec/more-than': 'In {name}, “{path}” must be more than {limit}.',
  'spec/at-most': 'In {name}, “{path}” must be at most {limit}.',
  'spec/less-than': 'In {name}, “{path}” must be less than {limit}.',
  'spec/empty': 'In {name}, “{path}” is empty: fill it in or leave it out.',
  'spec/wrong-url': 'In {name}, “{path}” must be an address that starts with http:// or https:// and holds no blank.',
  'spec/wrong-key': 'In {name}, “{path}” may hold only letters, digits, dots, slashes, hyphens and underscores.',
  'spec/invalid': 'In {name}, “{path}” holds something that Tabpod cannot use.',

  'plan/reserved': 'No script can use “{field}” yet; take it out of the spec.',
  'plan/no-column':
    'There is no column “{column}” in {dataset}, which {field} asks for; the nearest names are {nearest}.',
  'plan/target-empty': 'The target “{column}” has no value in any row of {dataset}; choose another column.',
  'plan/target-constant':
    'The target “{column}” has the same value “{value}” in each row of {dataset}, so there is nothing to learn; choose another column.',
  'plan/target-constant-so-far':
    'The target “{column}” has one value only, “{value}”, in the {rows} rows read so far; read the whole file, or set the task.',
  'plan/target-dates':
    'The target “{column}” holds dates, which no model predicts; add a column that counts days or seconds and predict that.',
  'plan/target-not-numeric':
    'The target “{column}” holds text such as “{value}”, and regression needs numbers; choose a classification task or another target.',
  'plan/target-not-binary':
    'The target “{column}” has {classes} classes, and binary classification takes two; choose multiclass_classification.',
  'plan/too-many-classes':
    'The target “{column}” has {classes} different values, and classification takes at most {limit}; choose regression if they are numbers, else another target.',
  'plan/classes-unique':
    'The target “{column}” has {classes} different values, such as “{value}”, in {rows} rows: too many to be classes; choose regression if they are amounts, written as plain numbers, else another target.',
  'plan/target-options':
    'The role, missing values and date format of the target “{column}” cannot be set in “columns”; set the task instead.',
  'plan/task-conflict': 'The task is set to {task}, but the model {modelType} does another; take one of the two out.',
  'plan/too-small':
    '{dataset} has {rows} rows with a value in “{column}”, and a model needs at least {limit}; add rows or choose another target.',
  'plan/split-too-greedy':
    'With a test share of {test} and a validation share of {validation}, {rows} rows leave too few to learn from; choose smaller shares.',
  'plan/time-kind':
    'The split by time needs dates or numbers, and “{column}” holds text; choose another column, or give its date format under “columns”.',
  'plan/too-few-groups':
    'The split by groups needs at least {limit} groups, and “{column}” has {groups}; choose another column or split.',
  'plan/split-label':
    'The split goes by column “{column}”, and its cell “{value}” says neither train, validation nor test; correct it, or choose another split.',
  'plan/split-part': 'The split goes by column “{column}”, and none of its cells says {part}; choose another split.',
  'plan/test-secret':
    'The address of the test rows holds a user or a query, which a script must not show; download the file and name its path.',
  'plan/preset': 'The preset {preset} is made for classification, and the task is {task}; take it out.',
  'plan/bagging-time':
    'Bagging deals rows out to folds at random, and the split goes by time; take one of the two out.',
  'plan/catboost-ordered':
    'CatBoost boosts in order only with symmetric trees, and “{parameter}” is {growth}; choose SymmetricTree, or the boosting Plain.',
  'plan/catboost-mvs':
    'CatBoost takes MVS as “{parameter}” on the CPU only, and the device is a GPU; choose another bootstrap, or set compute.device to “cpu”.',
  'plan/catboost-ordered-gpu':
    'CatBoost takes Ordered as “{parameter}” for several classes on the CPU only, and the device is a GPU; choose Plain, or set compute.device to “cpu”.',
  'plan/catboost-depth':
    'CatBoost cannot grow trees 16 deep for several classes on a GPU; choose a “{parameter}” of 15, or set compute.device to “cpu”.',
  'plan/target-as-feature':
    'The target “{column}” is also among the features, so the model would see the answer; take it out of the features.',
  'plan/target-as': 'The target “{column}” cannot serve as {field} too; choose another column.',
  'plan/no-feature':
    'No column of {dataset} is left to learn from besides the target “{column}”; choose features, or set the role of a column that was left out.',
  'plan/role-date':
    'Column “{column}” is to be read as dates, but none were recognised; give its date format under “columns”.',
  'plan/role-boolean':
    'Column “{column}” holds values such as “{value}”, which say neither true nor false; choose the role category.',
  'plan/weight-not-numeric': 'The sample weight “{column}” holds no numbers; choose a numeric column.',
  'plan/weight-negative':
    'The sample weight “{column}” goes down to {value}, and weights must not be negative; choose another column.',
  'plan/unknown-hyperparameter': '{modelType} has no hyperparameter “{parameter}”; the nearest names are {nearest}.',
  'plan/hyperparameter-type': 'The hyperparameter {parameter} of {modelType} takes {expected}, not “{value}”.',
  'plan/hyperparameter-range':
    'The hyperparameter {parameter} of {modelType} must lie between {min} and {max}, and {value} does not.',
  'plan/hyperparameter-choice':
    'The hyperparameter {parameter} of {modelType} must be one of {choices}, not “{value}”.',
  'plan/unknown-metric': 'The metric “{metric}” cannot be used as {field} of {modelType}; choose one of {choices}.',
  'plan/objective':
    'The objective {objective} is made for regression, and the task is {task}; choose the objective default.',
  'plan/objective-log1p':
    'The objective log1p needs a target above −1, and “{column}” goes down to {value}; choose another objective.',

  'plan/sampled':
    'Only the first {rows} rows of {dataset} were read, so roles, classes and the split may change once the whole file is.',
  'plan/two-classes':
    'The target “{column}” has two classes, so a binary_classification model is planned instead of a multiclass one.',
  'plan/id-used': 'Column “{column}” looks like an id: a model that learns from it may know rows by heart.',
  'plan/text-used': 'Column “{column}” holds free text: each different text counts as a value of its own.',
  'plan/not-numbers': 'Column “{column}” is to be read as numbers: cells that hold none count as missing.',
  'plan/empty-used': 'Column “{column}” was chosen, but it has the same value in each row and was left out.',
  'plan/date-random':
    'The rows carry dates (“{column}”) and are split at random: if you will predict the future, split by time, or the result looks too good.',
  'plan/rare-class': 'Class “{value}” of the target has only {count} rows: expect little of its scores.',
  'plan/tiny': 'With {rows} rows, the scores depend much on which rows happen to be in the test part.',
  'plan/cpu-on-pod':
    'With {rows} rows the pod’s CPUs are faster than its GPU, so they are used; set compute.device to “cuda” to insist.',
  'plan/missing-target': '{count} rows have no value in “{column}” and are not used.',

  'script/number': 'The number {value} cannot be written into a script without changing it; choose another value.',
  'script/value': 'A value of type {type} cannot be written into a script.',
} as const;
