import { byTask, choice, decimal, integer } from './define.ts';
import type { Hyperparameter } from './schema.ts';

const REALMLP = 'RealMLP-TD of “Better by Default”, Holzmüller et al., NeurIPS 2024 (arXiv 2407.04491)';

/** RealMLP’s own learning rates belong to its parametrisation; layers as Keras has them need much smaller steps. */
const PLAIN_MLP =
  'the plain network that “Better by Default” compares with, Holzmüller et al., NeurIPS 2024 (arXiv 2407.04491)';

/** A multi-layer perceptron in Keras 3, in the manner of RealMLP. */
export const keras: readonly Hyperparameter[] = [
  integer('hidden_layers', {
    label: 'Hidden layers',
    help: 'How many layers lie between the columns and the prediction.',
    main: true,
    source: REALMLP,
    min: 1,
    max: 16,
    defaults: 3,
  }),
  integer('hidden_units', {
    label: 'Units per layer',
    help: 'The width of each hidden layer; wider learns more and overfits sooner.',
    main: true,
    source: REALMLP,
    min: 1,
    max: 8192,
    defaults: 256,
  }),
  choice('activation', {
    label: 'Activation',
    help: 'What each unit does with its sum.',
    main: true,
    source: REALMLP,
    choices: ['selu', 'mish', 'relu', 'gelu', 'silu', 'elu', 'tanh'],
    defaults: byTask('selu', 'mish'),
  }),
  decimal('dropout', {
    label: 'Dropout',
    help: 'Share of the units that are left out at random in each step; raise it when the model overfits.',
    main: true,
    source: REALMLP,
    min: 0,
    max: 0.95,
    defaults: 0.15,
  }),
  integer('epochs', {
    label: 'Epochs',
    help: 'How often training goes over all rows; the best epoch is kept.',
    main: true,
    source: REALMLP,
    min: 1,
    max: 100_000,
    defaults: 256,
  }),
  integer('batch_size', {
    label: 'Batch size',
    help: 'Rows per step; larger is faster on a GPU and often needs a higher learning rate.',
    main: true,
    source: REALMLP,
    min: 1,
    max: 1_048_576,
    defaults: 256,
  }),
  decimal('learning_rate', {
    label: 'Learning rate',
    help: 'The largest step of the schedule.',
    main: true,
    source: PLAIN_MLP,
    min: 1e-7,
    max: 10,
    defaults: 0.001,
  }),
  integer('early_stopping_rounds', {
    label: 'Patience',
    help: 'Training ends when the validation metric has not improved for this many epochs.',
    source: 'as many as there are epochs: RealMLP-TD runs its whole schedule and keeps the best epoch',
    min: 1,
    max: 100_000,
    defaults: 256,
  }),
  choice('schedule', {
    label: 'Schedule',
    help: 'How the learning rate changes: coslog4 falls and rises four times, ever longer.',
    source: REALMLP,
    choices: ['coslog4', 'cosine', 'constant'],
    defaults: 'coslog4',
  }),
  choice('optimizer', {
    label: 'Optimiser',
    help: 'The rule that turns gradients into steps.',
    source: REALMLP,
    choices: ['adamw', 'adam', 'nadam', 'rmsprop', 'sgd'],
    defaults: 'adamw',
  }),
  decimal('beta_2', {
    label: 'Memory of Adam',
    help: 'How long squared gradients are remembered; RealMLP forgets sooner than usual.',
    source: REALMLP,
    min: 0,
    max: 0.999999,
    defaults: 0.95,
  }),
  decimal('weight_decay', {
    label: 'Weight decay',
    help: 'Pulls weights towards zero; raise it when the model overfits.',
    source: REALMLP,
    min: 0,
    max: 10,
    defaults: 0.02,
  }),
  decimal('label_smoothing', {
    label: 'Label smoothing',
    help: 'Makes the model less sure of the classes; 0 keeps probabilities honest.',
    source: 'off, as the authors of RealMLP advise when log loss counts',
    min: 0,
    max: 0.9,
    defaults: 0,
  }),
  choice('kernel_initializer', {
    label: 'First weights',
    help: 'How weights are drawn at the start.',
    source: 'keeps the scale of activations from layer to layer with SELU (Klambauer et al., 2017)',
    choices: ['lecun_normal', 'he_normal', 'glorot_uniform', 'random_normal'],
    defaults: 'lecun_normal',
  }),
  integer('embedding_size', {
    label: 'Size of embeddings',
    help: 'Numbers per value of a category that is too large for one-hot.',
    source: REALMLP,
    min: 1,
    max: 256,
    defaults: 8,
  }),
  integer('max_cat_to_onehot', {
    label: 'One-hot up to',
    help: 'Categories with more values get an embedding.',
    source: REALMLP,
    min: 0,
    max: 1000,
    defaults: 9,
  }),
];
